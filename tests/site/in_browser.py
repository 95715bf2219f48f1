"""What a browser finds on a page: one tab goes over all pages, and each check returns the problems it sees."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.site.payloads import FOREIGN, RENAMED

WIDTHS = (360, 768, 1440)
SCHEMES = ("light", "dark")
CLEAR = 4.5  # least contrast of text, by WCAG
PAPER = 718  # A4 between the margins that browsers print with, in CSS pixels
CONTROLS = 'a[href], button, summary, input, [tabindex="0"]'
UNFOLD = "document.querySelectorAll('details').forEach((fold) => { fold.open = true; })"

_MEASURE = """() => {
  const cut = [...document.querySelectorAll('figure.chart svg')].filter((svg) => {
    const frame = svg.getBoundingClientRect();
    return frame.width && [...svg.querySelectorAll('text')].some((text) => {
      const box = text.getBoundingClientRect();
      return box.width && (box.left < frame.left - 1 || box.right > frame.right + 1
        || box.top < frame.top - 1 || box.bottom > frame.bottom + 1);
    });
  });
  return {
    overflow: document.documentElement.scrollWidth - innerWidth,
    cut: cut.map((svg) => svg.closest('figure').id),
    ground: getComputedStyle(document.body).backgroundColor,
  };
}"""
_FOLLOW_FOCUS = """(controls) => {
  window.reached = new Set();
  window.unmarked = new Set();
  addEventListener('focusin', ({target}) => {
    reached.add(target);
    if (target.matches(controls) && getComputedStyle(target).outlineStyle === 'none') unmarked.add(target);
  });
  window.wanted = [...document.querySelectorAll(controls)].filter((e) => e.checkVisibility() || e.matches('.skip'));
  return wanted.length;
}"""
_MISSED = """() => [
  ...wanted.filter((e) => !reached.has(e)).map((e) => `not reached: ${e.outerHTML.slice(0, 100)}`),
  ...[...unmarked].map((e) => `focus is not seen: ${e.outerHTML.slice(0, 100)}`),
]"""
# Contrast depends on styles, not on text: of what looks alike in both schemes the first one stands for all.
_NOTE_LOOKS = """() => {
  window.looks ??= new Map();
  for (const element of document.querySelectorAll('body *:not(svg *)')) {
    if (![...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim())) continue;
    const {color, fontSize, fontWeight} = getComputedStyle(element);
    const look = [element.tagName, element.className, color, fontSize, fontWeight];
    for (let under = element; under; under = under.parentElement) {
      const {backgroundColor, backgroundImage, opacity} = getComputedStyle(under);
      look.push(backgroundColor, backgroundImage, opacity);
    }
    if (!looks.has(look.join())) looks.set(look.join(), element);
  }
}"""
_KEEP_LOOKS = """() => {
  const kept = new Set();
  for (let element of looks.values()) for (; element; element = element.parentElement) kept.add(element);
  const repeated = 'tbody tr:not(:first-child), details.trail, .records > li, svg';
  document.querySelectorAll(repeated).forEach((part) => kept.has(part) || part.remove());
}"""
# axe-core does not judge text on a gradient or half out of sight: a shade is the ground, and no table scrolls.
_FLATTEN = """() => document.querySelectorAll('body *').forEach((element) => {
  element.style.background = '';
  const shades = getComputedStyle(element).backgroundImage.match(/rgb\\([^)]*\\)/g);
  if (shades) element.style.background = shades.pop();
  if (!element.matches('.scroll')) return;
  Object.assign(element.style, {overflow: 'visible', width: 'max-content', containerType: 'normal'});
})"""
# axe-core judges no text in drawings: it is held against what is painted under its middle.
_FAINT = """(least) => {
  const parts = (colour) => [...colour.match(/[\\d.]+/g).map(Number), 1].slice(0, 4);
  const over = ([r, g, b, a], [x, y, z]) => [r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a)];
  const light = (colour) => colour.slice(0, 3).map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0.05);
  const found = [];
  for (const svg of document.querySelectorAll('svg')) {
    const painted = [[svg.getBoundingClientRect(), parts(getComputedStyle(document.body).backgroundColor)]];
    for (const drawn of svg.querySelectorAll('path, rect, circle, ellipse, polygon, use, text')) {
      const [box, style] = [drawn.getBoundingClientRect(), getComputedStyle(drawn)];
      if (style.fill === 'none' || !box.width) continue;
      const colour = parts(style.fill);
      colour[3] *= style.fillOpacity * style.opacity;
      if (!drawn.matches('text')) { painted.push([box, colour]); continue; }
      const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
      const ground = painted.filter(([b]) => b.left <= x && x <= b.right && b.top <= y && y <= b.bottom)
        .reduce((under, [, top]) => over(top, under), [0, 0, 0]);
      const [dark, bright] = [light(over(colour, ground)), light(ground)].sort((one, other) => one - other);
      if (bright / dark < least) {
        found.push(`faint text in ${svg.closest('figure').id}: ${drawn.textContent}, ${(bright / dark).toFixed(2)}`);
      }
    }
  }
  return found;
}"""
_AXE = """async ({results, ...options}) => {
  const found = await axe.run(document, {...options, resultTypes: results, preload: false});
  return results.flatMap((kind) => found[kind]).flatMap(
    (one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 120)}`));
}"""
RULES = {"color-contrast": {"enabled": False}, "target-size": {"enabled": True}}
ALL_RULES = {"results": ["violations"], "rules": RULES}
CONTRAST = {"results": ["violations", "incomplete"], "runOnly": ["color-contrast"]}


class Tab:
    """One tab of a browser, which keeps what the page it shows asked for from elsewhere, logged and said aloud."""

    def __init__(self, browser: Any, *, scripts: bool = True, policy: bool = True) -> None:
        self.context = browser.new_context(java_script_enabled=scripts, bypass_csp=not policy)
        self.context.route(lambda url: not url.startswith(("file:", "data:")), lambda route: route.abort())
        self.page = self.context.new_page()
        self.seen: list[str] = []
        self.page.on("request", self._requested)
        self.page.on("console", lambda message: self.seen.append(f"logged: {message.text}"))
        self.page.on("pageerror", lambda error: self.seen.append(f"error: {error}"))
        self.page.on("dialog", self._asked)

    def open(self, file: Path, *, width: int = WIDTHS[-1], scheme: str = "light") -> None:
        """Show a page of the site."""
        self.seen.clear()
        self.as_on(width, scheme)
        self.page.goto(file.as_uri())

    def as_on(self, width: int, scheme: str) -> None:
        """Show the page as a screen of this width, in this colour scheme, does."""
        self.page.set_viewport_size({"width": width, "height": 800})
        self.page.emulate_media(media="screen", color_scheme=scheme)

    def run(self, script: str, value: Any = None) -> Any:
        """Evaluate a script in the page."""
        return self.page.evaluate(script, value)

    def _requested(self, request: Any) -> None:
        if not request.url.startswith(("file:", "data:")):
            self.seen.append(f"asked another host: {request.url}")

    def _asked(self, dialog: Any) -> None:
        self.seen.append(f"dialog: {dialog.message}")
        dialog.dismiss()


def problems(tab: Tab, file: Path) -> list[str]:
    """Everything that is wrong with a page in a browser, each problem under the name of its page."""
    tab.open(file)
    folded = [*layout(tab), *keyboard(tab)]
    tab.run(UNFOLD)
    found = dict.fromkeys([*folded, *layout(tab), *accessibility(tab), *tab.seen])
    return [f"{file.parent.name}/{file.name}: {problem}" for problem in found]


def obeyed(tab: Tab, file: Path) -> list[str]:
    """What a page does that a text in it told it to, and not the project."""
    tab.open(file)
    tab.run(UNFOLD)
    tab.page.mouse.move(300, 300)
    left = [f"went to {tab.page.url}"] if tab.page.url != file.as_uri() else []
    renamed = [f"is called {tab.page.title()}"] if tab.page.title() in RENAMED else []
    foreign = tab.run("(foreign) => [...document.querySelectorAll(foreign)].map((e) => e.outerHTML)", FOREIGN)
    return [*tab.seen, *left, *renamed, *foreign]


def layout(tab: Tab) -> list[str]:
    """At each width, in both schemes: the page is no wider than the screen, no figure's text is cut, dark is dark."""
    found, grounds = [], set()
    for width in WIDTHS:
        for scheme in SCHEMES:
            tab.as_on(width, scheme)
            measured = tab.run(_MEASURE)
            grounds.add(measured["ground"])
            if measured["overflow"] > 0:
                found.append(f"{measured['overflow']} px too wide at {width} px, {scheme}")
            found += [f"text of {figure} is cut at {width} px" for figure in measured["cut"]]
    return [*found, *([] if len(grounds) == len(SCHEMES) else ["light and dark look the same"])]


def keyboard(tab: Tab) -> list[str]:
    """Controls that the Tab key does not reach, or that do not show that they have the focus."""
    tab.as_on(WIDTHS[-1], SCHEMES[0])
    for _ in range(tab.run(_FOLLOW_FOCUS, CONTROLS) + 2):
        tab.page.keyboard.press("Tab")
    return list(tab.run(_MISSED))


def accessibility(tab: Tab) -> list[str]:
    """What axe-core finds: every rule at every width, and the contrast of everything that looks different, per scheme.

    The whole page is searched once; then one of each look stays, and the first row of each table. What was taken out
    stays out, so nothing should look at the page afterwards.
    """
    tab.run(_axe())
    found = []
    for scheme in SCHEMES:
        tab.as_on(WIDTHS[0], scheme)
        found += tab.run(_FAINT, CLEAR)
        tab.run(_NOTE_LOOKS)
    for width in WIDTHS:
        tab.as_on(width, SCHEMES[0])
        tab.run("scrollTo({top: 0, behavior: 'instant'})")  # elsewhere the bar on top may lie over a link
        found += tab.run(_AXE, ALL_RULES)
        tab.run(_KEEP_LOOKS)
    for scheme in SCHEMES:
        tab.as_on(2 * WIDTHS[-1], scheme)
        tab.run(_FLATTEN)
        found += tab.run(_AXE, CONTRAST)
    return found


def without_scripts(tab: Tab, file: Path) -> list[str]:
    """What is wrong with a page in a tab that runs no scripts."""
    tab.open(file)
    found = [*layout(tab), *tab.seen]
    if not tab.run("document.querySelector('article').innerText.trim().length"):
        found.append("nothing to read")
    return [f"{file.parent.name}/{file.name}, no scripts: {problem}" for problem in found]


def on_paper(tab: Tab, file: Path) -> list[str]:
    """What a printer would lose: dark ground, folded tables, what is wider than the sheet."""
    tab.open(file, width=PAPER, scheme="dark")
    tab.run("dispatchEvent(new Event('beforeprint'))")
    tab.page.emulate_media(media="print", color_scheme="dark")
    found = []
    if (wide := tab.run("document.documentElement.scrollWidth")) > PAPER:
        found.append(f"{wide} px wide on a sheet of {PAPER}")
    if tab.run("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)":
        found.append("the ground is not white")
    if tab.run("[...document.querySelectorAll('figure.table tbody tr')].some((row) => !row.checkVisibility())"):
        found.append("a table stays folded")
    return [f"{file.parent.name}/{file.name}, on paper: {problem}" for problem in found]


@lru_cache(maxsize=1)
def _axe() -> str:
    import axe_playwright_python

    return Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
