from pathlib import Path
from typing import Any

import pytest

from analysis.reports import reference
from tests.site import checks, sample_site
from tests.site.in_browser import Tab


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small made-up site: a real and a synthetic wave, and hostile texts in every place that shows text."""
    with pytest.MonkeyPatch.context() as patch:
        return sample_site.make(tmp_path_factory.mktemp("sample"), patch)


@pytest.fixture(scope="session", params=["sample", "real"])
def site_folder(request: pytest.FixtureRequest) -> Path:
    """The made-up site and the real one of one wave: every check goes over both."""
    if request.param == "real":
        return request.getfixturevalue("built") / "outputs" / "site"
    return request.getfixturevalue("sample_folder")


@pytest.fixture(scope="session")
def kinds(site_folder: Path, sample_folder: Path) -> list[Path]:
    """One page of each kind; those for reference come from the same templates in both sites and are taken once."""
    found = checks.page_kinds(site_folder)
    return [page for page in found if site_folder == sample_folder or page.name.split(".")[0] not in reference.PAGES]


@pytest.fixture(scope="session")
def tab(browser: Any) -> Tab:
    """One tab in which page after page is opened."""
    return Tab(browser)


@pytest.fixture(scope="session")
def tab_without_scripts(browser: Any) -> Tab:
    return Tab(browser, scripts=False)
