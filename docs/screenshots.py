"""Takes the pictures of the README from the published site: `python docs/screenshots.py` after `make report`."""

from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
SITE = DOCS.parent / "outputs" / "site"
CHROMIUM = "/usr/bin/chromium"
FLAGS = "--headless --no-sandbox --disable-gpu --disable-background-networking --no-first-run".split()
SIZE = {"width": 1100, "height": 1150}

# The file, the page, and the place on it at the top of the picture.
PICTURES = {
    "map-2013.png": ("no-web-2013/05_results.en.html", "map-heading"),
    "comparison.png": ("all/07_comparison.en.html", "comparison-differences"),
}
# Whether the page is one of synthetic answers, or the window shows a word of their label in any language.
_SHOWS_SYNTHETIC = """() => {
  if (document.querySelector('.state.synthetic, .state.specimen')) return true;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walker.nextNode()) {
    if (!/synth?eti/i.test(walker.currentNode.data)) continue;
    range.selectNodeContents(walker.currentNode);
    if ([...range.getClientRects()].some((box) => box.bottom > 0 && box.top < innerHeight)) return true;
  }
  return false;
}"""


class SyntheticPictureError(Exception):
    """A picture for the README would show something that is made from synthetic answers."""


def take(browser: Any, page: Path, place: str, *, target: Path) -> None:
    """A picture of a page from a place on; raises SyntheticPictureError when it would show a synthetic part."""
    view = browser.new_page(viewport=SIZE, reduced_motion="reduce")
    view.goto(page.as_uri())
    view.evaluate("(place) => document.getElementById(place).scrollIntoView()", place)
    if view.evaluate(_SHOWS_SYNTHETIC):
        raise SyntheticPictureError(f"{page.name} shows a synthetic part at {place}; choose another page or place.")
    view.screenshot(path=target)
    view.close()


def main() -> None:
    """Take all pictures."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, (page, place) in PICTURES.items():
            take(browser, SITE / page, place, target=DOCS / name)
        browser.close()


if __name__ == "__main__":
    main()
