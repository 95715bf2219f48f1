"""What every page of a site must hold, as functions over a site folder that return the problems they find."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LARGEST = 1_500_000  # bytes a page may weigh
LARGEST_SITE = 60_000_000
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
    read = {page.resolve(): PageReader(page) for page in pages(folder)}
    ids = {page: set(reader.ids()) for page, reader in read.items()}
    problems = []
    for page, reader in read.items():
        for tag, attributes in reader.tags:
            parts = urlsplit(attributes.get("href", ""))
            if tag != "a" or parts.scheme in ("http", "https", "mailto"):
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            if not target.is_file() or not target.is_relative_to(folder.resolve()):
                problems.append(f"{page.name}: no file {attributes.get('href')} in the site")
            elif parts.fragment and unquote(parts.fragment) not in ids.get(target, ()):
                problems.append(f"{page.name}: no place {attributes['href']}")
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


def site_problems(folder: Path) -> list[str]:
    """A site that is too heavy to send."""
    weight = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return [f"the site weighs {weight} bytes"] if weight > LARGEST_SITE else []
