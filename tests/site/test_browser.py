import re
from pathlib import Path
from typing import Any

from tests.site import checks, in_browser
from tests.site.in_browser import Tab

BAD = """<!DOCTYPE html><html lang="en"><head><title>Bad</title><style>
body { background: #fff; color: #999 } a:focus { outline: none }
a { display: block; font: 9px/1 serif } p { width: 900px }</style></head><body><main>
<h1>Bad</h1><article><p>Too wide.</p><a href="#x">small</a>
<a href="#y" onfocus="this.blur()">away</a>
<img src="https://example.org/x.png"><figure class="chart" id="chart">
<svg viewBox="0 0 9 9" width="90"><rect width="9" height="9" fill="#333"/>
<text x="5" y="5">cut at the side</text></svg></figure>
<details class="fold"><summary>Folded</summary><figure class="table"><table><tbody><tr><td>1</td></tr></tbody></table>
</figure></details></article></main><script>console.error("complaint")</script></body></html>"""


def test_every_kind_of_page_stands_at_every_width_in_both_schemes(kinds: list[Path], tab: Tab) -> None:
    assert [problem for page in kinds for problem in in_browser.problems(tab, page)] == []


def test_pages_read_without_scripts(kinds: list[Path], tab_without_scripts: Tab) -> None:
    assert [problem for page in kinds for problem in in_browser.without_scripts(tab_without_scripts, page)] == []


def test_paper_shows_what_the_screen_folds_and_cuts_nothing(kinds: list[Path], tab: Tab) -> None:
    assert [problem for page in kinds for problem in in_browser.on_paper(tab, page)] == []


def test_a_results_page_prints_to_pdf(site_folder: Path, tab: Tab) -> None:
    tab.open(site_folder / "no-web-2013" / "05_results.en.html", scheme="dark")
    printed = tab.page.pdf(format="A4")
    assert printed.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) > 1


def test_the_checks_in_a_browser_find_what_they_look_for(tmp_path: Path, tab: Tab) -> None:
    page = tmp_path / "bad.html"
    page.write_text(BAD, encoding="utf-8")
    found = " ".join([*in_browser.problems(tab, page), *in_browser.on_paper(tab, page)])
    for problem in (
        "px too wide at 360 px", "text of chart is cut", "look the same", "not reached: <a", "focus is not seen: <a",
        "color-contrast: <p", "faint text in chart", "target-size: <a", "image-alt", "logged: complaint",
        "asked another host: https://example.org/x.png", "wide on a sheet", "a table stays folded",
    ):  # fmt: skip
        assert problem in found, problem


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
    tab.click(".languages [lang=sv]")
    tab.wait_for_url("**/methods.sv.html#printed")
    tab.close()
