"""How long the pages of the published site take to open from a file: until all is loaded, and until text is seen.

Every page, in a browser that has shown it before, on a telephone and on a desk, some times over, of which the middle
one is taken. The later of the two moments counts. The figures are for comparing; nothing is asserted.
"""

from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Any

from analysis import paths
from tests.conftest import chromium
from tests.site import checks

WIDTHS = (360, 1440)
TIMES = 5
OPENED = """() => new Promise((told) => {
  const loaded = performance.getEntriesByType('navigation')[0];
  const tell = (painted) => told(Math.max(loaded.loadEventEnd, painted.startTime) / 1000);
  const watch = new PerformanceObserver((seen) => tell(seen.getEntriesByName('first-contentful-paint')[0]));
  watch.observe({type: 'paint', buffered: true});
})"""


def seconds(tab: Any, page: Path) -> float:
    """How long the page usually takes to open again."""
    taken = []
    for _ in range(TIMES + 1):
        tab.goto(page.as_uri())
        taken.append(tab.evaluate(OPENED))
    return median(taken[1:])


def main() -> None:
    """Print the quickest, the middle and the slowest page of each kind at each width, and which the slowest is."""
    kinds = defaultdict(list)
    for page in checks.pages(paths.site()):
        kinds[page.name.split(".")[0]].append(page)
    with chromium() as browser:
        for kind, pages in kinds.items():
            for width in WIDTHS:
                tab = browser.new_page(viewport={"width": width, "height": 900})
                taken = sorted((seconds(tab, page), page) for page in pages)
                tab.close()
                (least, _), (most, slowest) = taken[0], taken[-1]
                middle = median(one for one, _ in taken)
                where = slowest.relative_to(paths.site())
                print(f"{kind:<22} {width:>5} px  {least:.2f}  {middle:.2f}  {most:.2f} s  {where}", flush=True)


if __name__ == "__main__":
    main()
