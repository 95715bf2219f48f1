"""What every page of a site must hold, as functions over a site folder that return the problems they find."""

from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

LARGEST = 1_500_000  # bytes a page may weigh
VOID = set("area base br col embed hr img input link meta source track wbr".split())


class PageReader(HTMLParser):
    """The tags, attributes and text of one page."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.unclosed: list[str] = []
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {key: value or "" for key, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {key: value or "" for key, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.unclosed.append(tag)

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self.open):
            self.text.append(data)

    def ids(self) -> list[str]:
        return [attributes["id"] for _, attributes in self.tags if "id" in attributes]


def pages(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.html"))


def page_kinds(folder: Path) -> list[Path]:
    """One page of each kind: the first of each numbered name, whatever its wave and language, and the index."""
    kinds: dict[tuple[str, bool], Path] = {}
    for page in pages(folder):
        kinds.setdefault((page.name.split(".")[0], "state synthetic" in page.read_text(encoding="utf-8")), page)
    return list(kinds.values())


def dead_links(folder: Path) -> list[str]:
    """Links and anchors that lead nowhere; links to other hosts are for readers to follow and are not tried."""
    read = {page: PageReader(page) for page in pages(folder)}
    problems = []
    for page, reader in read.items():
        for tag, attributes in reader.tags:
            parts = urlsplit(attributes.get("href", ""))
            if tag != "a" or parts.scheme in ("http", "https", "mailto"):
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page.resolve()
            if not target.is_file():
                problems.append(f"{page.relative_to(folder)}: no file {attributes.get('href')}")
            elif parts.fragment and parts.fragment not in PageReader(target).ids():
                problems.append(f"{page.relative_to(folder)}: no place {attributes['href']}")
    return problems


def foreign_requests(folder: Path) -> list[str]:
    """Anything that a browser would fetch by itself from elsewhere, or run: only plain links may leave the site."""
    problems = []
    for page in pages(folder):
        for tag, attributes in PageReader(page).tags:
            for name, value in attributes.items():
                fetched = name in ("src", "srcset", "data", "poster", "action") or (name == "href" and tag != "a")
                harmless = value.startswith(("data:image/png;base64,", "#"))
                if (
                    (fetched and not harmless)
                    or name.startswith("on")
                    or value.strip().lower().startswith("javascript")
                ):
                    problems.append(f"{page.relative_to(folder)}: <{tag} {name}={value[:60]!r}>")
        if "url(http" in page.read_text(encoding="utf-8"):
            problems.append(f"{page.relative_to(folder)}: a style fetches something")
    return problems


def form_problems(folder: Path) -> list[str]:
    """One title, one h1, a language, unique ids and labels, closed tags, no style attribute, not too heavy."""
    problems = []
    for page in pages(folder):
        reader = PageReader(page)
        names = [tag for tag, _ in reader.tags]
        labels = [a["aria-label"] for tag, a in reader.tags if a.get("role") == "region"]
        wrong = {
            "more or less than one h1": names.count("h1") != 1,
            "no language": not next(a for tag, a in reader.tags if tag == "html").get("lang"),
            "an id stands twice": len(reader.ids()) != len(set(reader.ids())),
            "two regions share a label": len(labels) != len(set(labels)),
            f"tags not closed: {reader.unclosed or reader.open}": bool(reader.unclosed or reader.open),
            "a style attribute": any("style" in attributes for _, attributes in reader.tags),
            "more scripts than one": names.count("script") != 1,
            "too heavy": page.stat().st_size > LARGEST,
        }
        problems += [f"{page.relative_to(folder)}: {what}" for what, found in wrong.items() if found]
    return problems


def visit(browser: Any, page: Path, *, width: int, scheme: str, scripts: bool = True) -> dict[str, Any]:
    """Open a page as a reader would and report what it asked for, logged, and how wide it became."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=scripts
    )
    seen: dict[str, Any] = {"requests": [], "messages": []}
    tab = context.new_page()
    tab.on("request", lambda request: seen["requests"].append(request.url))
    tab.on("console", lambda message: seen["messages"].append(message.text))
    tab.on("pageerror", lambda error: seen["messages"].append(str(error)))
    tab.goto(page.as_uri())
    seen["title"] = tab.title()
    seen["background"] = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    seen["overflow"] = tab.evaluate("document.documentElement.scrollWidth") - width
    seen["foreign"] = [url for url in seen["requests"] if not url.startswith(("file:", "data:"))]
    context.close()
    return seen


def axe_problems(browser: Any, page: Path, *, width: int, scheme: str) -> list[str]:
    """What axe-core finds wrong with a page, its folded parts opened."""
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True)
    tab = context.new_page()
    tab.goto(page.as_uri())
    tab.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    result = Axe().run(tab).response
    context.close()
    return [
        f"{page.name}: {violation['id']}: {node['html'][:120]}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]


def unreached_by_keyboard(browser: Any, page: Path) -> list[str]:
    """Controls that the Tab key does not reach, in the page as it opens."""
    context = browser.new_context(viewport={"width": 1440, "height": 800})
    tab = context.new_page()
    tab.goto(page.as_uri())
    controls = tab.evaluate(
        """() => {
          const all = [...document.querySelectorAll('a[href], button, summary, [tabindex="0"]')]
            .filter((e) => e.checkVisibility() || e.matches('.skip'));
          all.forEach((e, n) => { e.dataset.number = n; });
          return all.map((e) => e.outerHTML.slice(0, 100));
        }"""
    )
    reached = set()
    for _ in range(len(controls) + 5):
        tab.keyboard.press("Tab")
        reached.add(tab.evaluate("document.activeElement.dataset.number"))
    context.close()
    return [control for number, control in enumerate(controls) if str(number) not in reached]
