from pathlib import Path
from typing import Any

import pytest

from tests.site import checks

SCHEMES = ("light", "dark")


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_no_page_is_wider_than_the_screen_asks_other_hosts_or_complains(
    browser: Any, site_folder: Path, width: int
) -> None:
    for page in checks.page_kinds(site_folder):
        seen = {scheme: checks.visit(browser, page, width=width, scheme=scheme) for scheme in SCHEMES}
        for scheme, found in seen.items():
            assert found["overflow"] <= 0, (page.name, scheme)
            assert found["foreign"] == [], (page.name, scheme)
            assert found["messages"] == [], (page.name, scheme)
            assert found["title"] not in ("run", "1"), "text from a survey was run"
        assert seen["light"]["background"] != seen["dark"]["background"]


def test_pages_read_without_scripts(browser: Any, site_folder: Path) -> None:
    for page in checks.page_kinds(site_folder):
        found = checks.visit(browser, page, width=360, scheme="light", scripts=False)
        assert found["title"]
        assert found["overflow"] <= 0
        assert found["foreign"] == []


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1440, "light")])
def test_axe_finds_nothing(browser: Any, site_folder: Path, width: int, scheme: str) -> None:
    pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    problems = [
        problem
        for page in checks.page_kinds(site_folder)
        for problem in checks.axe_problems(browser, page, width=width, scheme=scheme)
    ]
    assert problems == []


def test_every_control_is_reached_by_keyboard(browser: Any, site_folder: Path) -> None:
    for page in checks.page_kinds(site_folder):
        assert checks.unreached_by_keyboard(browser, page) == []


def test_one_switch_opens_and_folds_all_code(browser: Any, site_folder: Path) -> None:
    page = next(page for page in checks.pages(site_folder) if 'class="code"' in page.read_text(encoding="utf-8"))
    tab = browser.new_page()
    tab.goto(page.as_uri())
    closed = "document.querySelectorAll('details.code:not([open])').length"
    assert tab.evaluate(closed) > 0
    tab.click("#all-code")
    assert tab.evaluate(closed) == 0
    tab.click("#all-code")
    assert tab.evaluate(closed) > 0
    tab.close()


def test_print_is_light_in_a_dark_scheme(browser: Any, site_folder: Path) -> None:
    context = browser.new_context(color_scheme="dark")
    tab = context.new_page()
    tab.goto((site_folder / "index.html").as_uri())
    tab.emulate_media(media="print", color_scheme="dark")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert len(tab.pdf()) > 10_000
    context.close()


def test_a_long_list_can_be_searched_and_stands_whole_without_scripts(browser: Any, sample_folder: Path) -> None:
    page = (sample_folder / "glossary.nb.html").as_uri()
    tab = browser.new_page()
    tab.goto(page)
    rows = "[...document.querySelectorAll('.records > li')].filter((row) => row.checkVisibility()).length"
    everything = tab.evaluate(rows)
    tab.get_by_label("Søk i listen").fill("RAMME")
    assert 0 < tab.evaluate(rows) < everything
    assert tab.locator("output").first.text_content() == f"{tab.evaluate(rows)} av {everything} vises"
    tab.close()
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(page)
    assert plain.locator("input").count() == 0
    assert plain.locator(".records > li:visible").count() == everything
    plain.context.close()


def test_the_language_switch_stays_at_the_place_read(browser: Any, sample_folder: Path) -> None:
    tab = browser.new_page()
    tab.goto((sample_folder / "methods.en.html").as_uri())
    tab.evaluate(
        "document.documentElement.style.scrollBehavior = 'auto'; document.getElementById('printed').scrollIntoView()"
    )
    tab.evaluate("document.querySelector('.languages [lang=sv]').click()")
    tab.wait_for_url("**/methods.sv.html#printed")
    tab.close()
