"""Texts that an answer, a label or a name may hold and that a page must show as they are, and never run or obey."""

# Each would leave a trace if it ran: the page's title, a dialog, a request, an element that no page of ours has.
PAYLOADS = (
    '<script>document.title="run"</script>',
    '"><script>alert(1)</script>',
    "</table></figure><script>alert(1)</script>",
    "<SCRIPT SRC=//example.org/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    '<img src=x onerror="document.title=1">',
    "<img src=//example.org/pixel.png>",
    "<svg onload=alert(1)><circle r=9></svg>",
    "<svg><style>@import url(//example.org/x.css)</style></svg>",
    '<iframe src="javascript:alert(1)"></iframe>',
    '<a href="javascript:alert(1)">press</a>',
    '<a href="data:text/html,<script>alert(1)</script>">press</a>',
    '<form action="//example.org"><button>send</button></form>',
    '<meta http-equiv="refresh" content="0;url=//example.org">',
    '<base href="//example.org/">',
    '<body onload="alert(1)">',
    '<details open ontoggle="alert(1)">',
    '<input autofocus onfocus="alert(1)">',
    '<video><source onerror="alert(1)"></video>',
    '<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)></style></mglyph></math>',
    '" onmouseover="alert(1)" x="',
    "' onfocus='alert(1)' autofocus='",
    '<b style="color:red" id="text">bold</b>',
    "<!-- a comment --><!--data--> --> ]]> <![CDATA[x]]>",
    "</style><style>*{display:none}</style>",
    "</textarea></title></noscript><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &nbsp; &#x3c;b&#62;",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e %3Cscript%3E",
    "[press](javascript:alert(1)) ![x](//example.org/x.png)",
    "**bold** _leaning_ `code` # heading | cell | cell",
    "<javascript:alert(1)> [x]: javascript:alert(1) [x][x]",
    "$\\frac{1}{2}$ and $x_1$",
    "$\\notacommand{$ $$ \\( \\begin{document}",
    "\\input{/etc/passwd} \\href{javascript:alert(1)}{press}",
    "{{ 7 * 7 }} {% raw %} ${7*7} #{7*7} {n:count}",
    "{0.__class__} %s %(n)s {unknown}",
    "=HYPERLINK(\"//example.org\",\"press\")",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "'; DROP TABLE answers; --",
    "shalom \u05e9\u05dc\u05d5\u05dd 12 % \u0645\u0631\u062d\u0628\u0627",
    "<scr\u200bipt> zero\ufeffwidth \u00adsoft",
    "a very long word: " + "x" * 300,
    "\U0001f9c1\u0301 e\u0301 \ud55c\uae00",
)  # fmt: skip
# Marks that turn the text around them; a page leaves them out, so that no number after them reads backwards.
TURNED = "\u202e12 % of 340\u202c \u2066x\u2067y\u2068z\u2069 \u200f7"
# What no page of ours has, so that it would be there only if a text had become markup.
FOREIGN = (
    "article :is(img, script, style, iframe, object, embed, form, video, math, meta, base, body, b, mglyph, circle, "
    "input:not([type=search])), article [onerror], article [onload], article [style], [href^='javascript:' i]"
)
# Titles that payloads would give a page.
RENAMED = ("run", "1")
