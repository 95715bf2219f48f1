"""The pictures of the README: of pages that there are, and never of anything made from synthetic answers."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.site.checks import PageReader
from tests.workspace import ROOT

LARGEST = 200_000  # bytes of a picture


@pytest.fixture(scope="module")
def screenshots() -> ModuleType:
    found = importlib.util.spec_from_file_location("screenshots", ROOT / "docs" / "screenshots.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_the_readme_shows_the_pictures_that_the_script_takes(screenshots: ModuleType) -> None:
    shown = re.findall(r"docs/([\w-]+\.png)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert sorted(shown) == sorted(screenshots.PICTURES)
    assert sorted(file.name for file in (ROOT / "docs").glob("*.png")) == sorted(shown)
    assert all((ROOT / "docs" / name).stat().st_size <= LARGEST for name in shown)


def test_the_places_of_the_pictures_are_on_the_site(screenshots: ModuleType, built: Path) -> None:
    for page, place in screenshots.PICTURES.values():
        assert place in PageReader(built / "outputs" / "site" / page).ids(), page


def test_pictures_of_the_real_site_show_nothing_synthetic(
    screenshots: ModuleType, browser: Any, built: Path, tmp_path: Path
) -> None:
    for name, (page, place) in screenshots.PICTURES.items():
        screenshots.take(browser, built / "outputs" / "site" / page, place, target=tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("page", "place"), [("no-2017/05_results.nb.html", "text"), ("index.html", "text"), ("data.sv.html", "released")]
)
def test_a_picture_that_would_show_a_synthetic_part_is_refused(
    screenshots: ModuleType, browser: Any, sample_folder: Path, tmp_path: Path, page: str, place: str
) -> None:
    if page == "index.html":
        changed = (sample_folder / page).read_text(encoding="utf-8").replace("made-up scores", "syntetiske svar")
        page_file = tmp_path / page
        page_file.write_text(changed, encoding="utf-8")
        place = "data-histogram"
    else:
        page_file = sample_folder / page
    with pytest.raises(screenshots.SyntheticPictureError):
        screenshots.take(browser, page_file, place, target=tmp_path / "refused.png")
    assert not (tmp_path / "refused.png").exists()
