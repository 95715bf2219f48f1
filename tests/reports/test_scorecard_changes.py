"""A card of a wave whose indicators an earlier wave had: what changed, rendered through the real notebook."""

import re
import shutil

import pandas as pd
import pyreadstat
import pytest
import yaml

from tests.workspace import analysis, copy_project, keep_waves, replace

FIRST, SECOND = "se-2016", "se-2018"
IMPROVED, FULLY = "services_school", 2.0


@pytest.fixture(scope="module")
def card(tmp_path_factory):
    """The English card of the first unit that answered twice: better in one area, and elsewhere as it was."""
    project = copy_project(tmp_path_factory.mktemp("change") / "project")
    keep_waves(project, FIRST)
    folder = project / "data" / "raw" / "waves"
    shutil.copytree(folder / FIRST, folder / SECOND)
    content = yaml.safe_load((folder / SECOND / "wave.yml").read_text(encoding="utf-8"))
    text = yaml.safe_dump(content | {"wave": SECOND, "year": 2018}, allow_unicode=True, sort_keys=False)
    (folder / SECOND / "wave.yml").write_text(text, encoding="utf-8")
    (folder / SECOND / "targets.csv").unlink()
    replace(project / "params.yaml", f"  - {FIRST}\n", f"  - {FIRST}\n  - {SECOND}\n")
    replace(project / "params.yaml", f"scorecards: [{FIRST}]", f"scorecards: [{FIRST}, {SECOND}]")
    unit = improve(folder / SECOND / "SYNTHETIC_responses.sav")
    for arguments in (
        ("stage", "cleaning", FIRST),
        ("stage", "cleaning", SECOND),
        ("scorecard", SECOND, "--unit", unit),
    ):
        run = analysis(project, *arguments)
        assert run.returncode == 0, run.stderr
    (page,) = (project / "outputs" / "restricted" / "scorecards" / SECOND).glob("*.en.html")
    return page


def improve(file):
    """Let the first unit with one published assessment meet every question of one area fully; returns its code."""
    rows, about = pyreadstat.read_sav(file, user_missing=True)
    items = pd.read_csv(file.with_name("items.csv"))
    own = items.loc[items["indicator"] == IMPROVED, "variable"]
    published = rows.loc[(rows["status"] == "published") & (rows[own] < FULLY).any(axis=1), "unit"]
    unit = published.value_counts().loc[lambda n: n == 1].index[0]
    rows.loc[rows["unit"] == unit, own] = FULLY
    missing = about.missing_ranges
    pyreadstat.write_sav(rows, file, variable_value_labels=about.variable_value_labels, missing_ranges=missing)
    return unit


@pytest.mark.slow
def test_a_card_says_what_changed_and_by_how_much_a_change_means_anything(card):
    text = card.read_text(encoding="utf-8")
    rows = [
        [re.sub(r"<.*?>", "", cell).strip() for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)]
        for row in re.findall(r"<tr>.*?</tr>", text[text.index("in 2016 and 2018") :], re.DOTALL)
    ]
    changes = [row for row in rows if len(row) == 6][1:10]
    assert len(changes) == 9
    better = [row for row in changes if row[2] == "100"]
    assert better
    for _, before, now, change, smallest, beyond in changes:
        assert change == (f"+{int(now) - int(before)}" if now != before else "0")
        assert beyond == ("yes" if int(now) - int(before) > int(smallest) else "no")
    assert {row[5] for row in changes if row[3] == "0"} == {"no"}


@pytest.mark.slow
def test_a_card_with_changes_prints_on_two_pages_too(card, browser, tmp_path):
    page = browser.new_page()
    page.goto(card.as_uri())
    pdf = page.pdf(path=tmp_path / "card.pdf", format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 2
    page.close()
