"""Texts that come with a survey are shown as they are, wherever a page shows them, and never run or obeyed."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.site import checks, sample_site
from tests.site.in_browser import Tab, obeyed
from tests.site.payloads import PAYLOADS, TURNED


@pytest.fixture(scope="module")
def unguarded(browser: Any) -> Tab:
    """A tab in which the page's content security policy is off, so that escaping alone has to hold."""
    return Tab(browser, policy=False)


def squeezed(text: str) -> str:
    """A text without white space, which charts break lines at."""
    return re.sub(r"\s", "", text)


def test_each_payload_is_shown_as_text_in_every_place(sample_folder: Path, unguarded: Tab) -> None:
    unguarded.open(sample_folder / "no-2012" / "02_indicators.html")
    text = squeezed(unguarded.run("document.querySelector('article').textContent"))
    shown = {payload: text.count(squeezed(payload)) for payload in PAYLOADS}
    assert len(PAYLOADS) >= 30
    assert {payload: times for payload, times in shown.items() if times < sample_site.PLACES} == {}
    alt = unguarded.run("document.querySelector('figure.chart svg').getAttribute('aria-label')")
    assert alt == "".join(PAYLOADS)


def test_no_payload_runs_or_becomes_part_of_a_page(sample_folder: Path, unguarded: Tab) -> None:
    for page in checks.pages(sample_folder):
        assert obeyed(unguarded, page) == [], page.name


def test_marks_that_turn_text_around_stay_out_of_pages(sample_folder: Path) -> None:
    page = (sample_folder / "no-2012" / "02_indicators.html").read_text(encoding="utf-8")
    assert "12 % of 340" in page
    assert not set(page) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
    data = sample_folder.parent / "outputs" / "tables" / "no-2012" / "02_indicators" / "hostile_0.csv"
    assert TURNED in data.read_text(encoding="utf-8")
