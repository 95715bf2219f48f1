"""All pages of the built site, of every wave and in every language, in a real browser and as files."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

import pytest

from analysis import paths
from analysis.reports import unchanged
from tests.conftest import chromium
from tests.site import checks, in_browser
from tests.site.in_browser import Tab

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def whole_site(request: pytest.FixtureRequest) -> Path:
    """The published site where it is up to date, else that of a copy of the project."""
    if unchanged.since_last_run(unchanged.inputs()):
        return paths.site()
    return request.getfixturevalue("whole") / "outputs" / "site"


def on_every_page(site: Path, look: Callable[[Tab, Path], list[str]], *, scripts: bool = True) -> list[str]:
    """What a look finds on the pages of a site, over which two browsers go at once."""
    pages = checks.pages(site)

    def over(some: list[Path]) -> list[str]:
        with chromium() as browser:
            tab = Tab(browser, scripts=scripts)
            return [problem for page in some for problem in look(tab, page)]

    with ThreadPoolExecutor() as pool:
        return list(chain.from_iterable(pool.map(over, (pages[::2], pages[1::2]))))


def test_every_page_stands_at_every_width_in_both_schemes(whole_site: Path) -> None:
    assert on_every_page(whole_site, in_browser.problems) == []


def test_every_page_reads_without_scripts(whole_site: Path) -> None:
    assert on_every_page(whole_site, in_browser.without_scripts, scripts=False) == []


def test_no_page_loses_anything_on_paper(whole_site: Path) -> None:
    assert on_every_page(whole_site, in_browser.on_paper) == []


def test_every_link_leads_somewhere_and_nothing_is_fetched_or_too_heavy(whole_site: Path) -> None:
    assert checks.dead_links(whole_site) == []
    assert checks.foreign_requests(whole_site) == []
    assert checks.form_problems(whole_site) == []
    assert checks.site_problems(whole_site) == []
