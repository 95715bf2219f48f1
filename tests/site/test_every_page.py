"""All pages of the built site, of every wave and in every language, in a real browser and as files."""

from pathlib import Path

import pytest

from analysis import paths
from analysis.reports import unchanged
from tests.site import checks, in_browser
from tests.site.in_browser import Tab

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def whole_site(request: pytest.FixtureRequest) -> Path:
    """The published site where it is up to date, else that of a copy of the project."""
    if unchanged.since_last_run(unchanged.inputs()):
        return paths.site()
    return request.getfixturevalue("whole") / "outputs" / "site"


def test_every_page_stands_at_every_width_in_both_schemes(whole_site: Path, tab: Tab) -> None:
    found = []
    for page in checks.pages(whole_site):
        look = in_browser.misplaced if page.suffixes[0] in (".nb", ".sv") else in_browser.problems
        found += look(tab, page)
    assert found == []


def test_every_page_reads_without_scripts(whole_site: Path, tab_without_scripts: Tab) -> None:
    pages = checks.pages(whole_site)
    assert [problem for page in pages for problem in in_browser.without_scripts(tab_without_scripts, page)] == []


def test_no_page_loses_anything_on_paper(whole_site: Path, tab: Tab) -> None:
    assert [problem for page in checks.pages(whole_site) for problem in in_browser.on_paper(tab, page)] == []


def test_every_link_leads_somewhere_and_nothing_is_fetched_or_too_heavy(whole_site: Path) -> None:
    assert checks.dead_links(whole_site) == []
    assert checks.foreign_requests(whole_site) == []
    assert checks.form_problems(whole_site) == []
    assert checks.site_problems(whole_site) == []
