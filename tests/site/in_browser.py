"""What a browser finds on a page: one tab goes over all pages, and each check returns the problems it sees."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.site.payloads import FOREIGN, RENAMED

WIDTHS = (360, 768, 1440)
SCHEMES = ("light", "dark")
PAPER = 718  # A4 between the margins that browsers print with, in CSS pixels
KEPT = 4  # rows of one table look alike, and so do trails: the first ones stand for all after the first look
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
_THIN = """(kept) => {
  document.querySelectorAll(`tbody tr:nth-child(n + ${kept + 1}), svg`).forEach((part) => part.remove());
  [...document.querySelectorAll('details.trail')].slice(kept).forEach((trail) => trail.remove());
}"""
_AXE = """async (options) => {
  const found = await axe.run(document, {...options, resultTypes: ['violations'], preload: false});
  return found.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 120)}`));
}"""


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
    return _named(file, [*folded, *layout(tab), *accessibility(tab), *tab.seen])


def misplaced(tab: Tab, file: Path) -> list[str]:
    """What is wrong with the layout of a page: all that can be of a translation, which has other words alone."""
    tab.open(file)
    folded = layout(tab)
    tab.run(UNFOLD)
    return _named(file, [*folded, *layout(tab), *tab.seen])


def obeyed(tab: Tab, file: Path) -> list[str]:
    """What a page does that a text in it told it to, and not the project."""
    tab.open(file)
    tab.run(UNFOLD)
    tab.page.mouse.move(300, 300)
    left = [f"went to {tab.page.url}"] if tab.page.url != file.as_uri() else []
    renamed = [f"is called {tab.page.title()}"] if tab.page.title() in RENAMED else []
    foreign = tab.run("(foreign) => [...document.querySelectorAll(foreign)].map((e) => e.outerHTML)", FOREIGN)
    return [*tab.seen, *left, *renamed, *foreign]


def _named(file: Path, found: list[str]) -> list[str]:
    return [f"{file.parent.name}/{file.name}: {problem}" for problem in dict.fromkeys(found)]


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
    """What axe-core finds: each rule at each width, and contrast, which no width changes, in each scheme.

    The whole page is searched once; then it is thinned, because rows, trails and drawings look alike. What was taken
    out stays out, so nothing should look at the page afterwards.
    """
    tab.run(_axe())
    found = []
    for width in WIDTHS:
        tab.as_on(width, SCHEMES[0])
        found += tab.run(_AXE, {"rules": {"color-contrast": {"enabled": False}}})
        tab.run(_THIN, KEPT)
    for width, scheme in zip(WIDTHS, SCHEMES, strict=False):
        tab.as_on(width, scheme)
        found += tab.run(_AXE, {"runOnly": ["color-contrast"]})
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
