"""What is published of answers that were promised not to show, attacked from the site alone, survey by survey.

The stand-in answers are put where real ones will be, as if real units had given them, all surveys in one site.
"""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pandas as pd
import pytest

from analysis.inputs.waves import Wave, load_wave
from analysis.survey.tabulate import Tables
from tests.observed import put_in_place
from tests.reports import attacker
from tests.workspace import analysis, copy_project, keep_stages, keep_waves

pytestmark = pytest.mark.slow
SURVEYS = ("no-2009", "no-2012", "no-2017", "se-2016")
# The stages whose pages leave, and those that they need; restricted pages only say that they are withheld.
STAGES = ("cleaning", "indicators", "weighting", "results", "registry", "published", "comparison", "overview")
EVERY = 6  # of the items, one in so many is tried with the weights of single units, and all indicators
JUDGED = ["tolerance"]  # how near a number must come to a printed word, which the wave's folder says
SIGN = {"\N{NO-BREAK SPACE}": "", "\N{NARROW NO-BREAK SPACE}": "", "\N{MINUS SIGN}": "-", ",": "."}


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A project in which all surveys are observed and protected, run and published."""
    made = copy_project(tmp_path_factory.mktemp("protected") / "project")
    keep_waves(made, *SURVEYS)
    keep_stages(made, *STAGES)
    for wave in SURVEYS:
        put_in_place(made, wave)
    run = analysis(made, "report", timeout=1200)
    assert run.returncode == 0, run.stdout + run.stderr
    return made


@pytest.fixture
def site(project, monkeypatch) -> Path:
    monkeypatch.chdir(project)
    return project / "outputs" / "site"


def published(site: Path, wave: str) -> pd.DataFrame:
    """What the site's own table of estimates has of the answers to a survey."""
    texts = dict.fromkeys(("subset", "category", "module", "flags", "estimand"), str)
    rows = pd.read_csv(site / "data" / "estimates.csv", dtype=texts, keep_default_na=True, low_memory=False)
    rows = rows.fillna(dict.fromkeys(texts, ""))
    return rows[(rows["wave"] == wave) & (rows["stage"] == "results") & (rows["source"] == "observed")]


def attacks(site: Path, wave: Wave) -> Iterator[attacker.Attack]:
    """What the site tells of each item and indicator, to somebody who knows who answered and their weights."""
    rows, units = published(site, wave.id), pd.read_parquet(f"data/processed/indicators/{wave.id}.parquet")
    factors = pd.read_parquet(f"data/processed/weighting/{wave.id}.parquet")
    tables = Tables(data=units, wave=wave, confidence=0)
    items = {one.item: one.module for one in wave.items if one.type != "text" and one.item in units}
    for item, module in (items | {one.id: one.module for one in wave.file.indicators}).items():
        found = attacker.attack(item, rows, tables, weights=attacker.weights_of(factors, module, units))
        if found is not None:
            yield found


@pytest.mark.parametrize("name", SURVEYS)
def test_no_protected_cell_is_narrower_than_it_must_be(site, name):
    found = list(attacks(site, load_wave(name)))
    protected = sum(len(one.protected()) for one in found)
    assert [cell for one in found for cell in one.narrowed()] == []
    assert len(found) > 40
    # Where groups cross, some cells are protected, so that there is something to attack.
    assert protected > 0 or name == "no-2009"


@pytest.mark.parametrize("name", SURVEYS)
def test_no_weighted_number_tells_what_one_or_two_units_answered(site, name):
    found = list(attacks(site, load_wave(name)))
    tried = [one for place, one in enumerate(found) if place % EVERY == 0 or not one.options]
    assert [cell for one in tried for cell in one.told_by_weights()] == []


@pytest.mark.parametrize("name", SURVEYS)
def test_most_of_what_units_answered_is_still_published(site, name):
    rows = published(site, name)
    answered = rows[(rows["estimand"] == "R") & (rows["subset"] != "projects")]
    assert (answered["flags"] == "withheld").mean() < 0.05
    whole = rows[(rows["estimand"] == "M") & (rows["subset"] == "") & (rows["unit_type"] == "municipality")]
    assert (whole["flags"] == "withheld").mean() < 0.4


def tables_of(site: Path, name: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """The data files of a survey's pages, apart from what they say of questions and printed figures."""
    for file in sorted((site / name).rglob("*.csv")):
        # One diagram of the report adds up the released numbers of several areas, which tells no more than they do.
        if not re.match("codebook|methodology|PRINTED|SYNTHETIC|report_diagram_3", file.name):
            yield file.name, pd.read_csv(file).drop(columns=JUDGED, errors="ignore")


@pytest.mark.parametrize("name", SURVEYS)
def test_every_number_in_a_table_is_one_of_the_estimates_on_the_site(site, name):
    estimates = pd.read_csv(site / "data" / "estimates.csv", low_memory=False)
    known = set(estimates.select_dtypes("number").stack())
    known |= {100 * number for number in known}
    known = {round(number, 6) for number in known}
    figures = pd.read_csv("data/raw/published/figures.csv", low_memory=False)
    known |= set(pd.to_numeric(figures["value"], errors="coerce").dropna().round(6))
    strange = {
        file: sorted(set(table.select_dtypes("number").stack().round(6)) - known)
        for file, table in tables_of(site, name)
    }
    assert {file: numbers[:5] for file, numbers in strange.items() if numbers} == {}


@pytest.mark.parametrize("name", SURVEYS)
def test_every_cell_of_a_page_is_in_the_data_behind_it(site, name):
    for page in sorted((site / name).glob("05_results.*.html")):
        text = page.read_text(encoding="utf-8")
        cells = [unescape(re.sub(r"<.*?>", "", cell)) for cell in re.findall(r"<td[^>]*>(.*?)</td>", text, re.DOTALL)]
        told = {number for cell in cells for number in numbers_in(cell)}
        language = page.name.split(".")[1]
        behind = pd.concat(
            [pd.read_csv(file, dtype=str) for file in (site / name).rglob("*.csv") if _language(file) == language]
        )
        known = {number for value in behind.stack().unique() for number in shown_as(str(value))}
        assert told
        assert told <= known, sorted(told - known)[:10]


def _language(file: Path) -> str:
    parts = file.name.split(".")
    return parts[1] if len(parts) == 3 else "en"


def numbers_in(text: str) -> list[float]:
    """The numbers that a text names."""
    for sign, plain in SIGN.items():
        text = text.replace(sign, plain)
    return [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", text)]


def shown_as(text: str) -> Iterator[float]:
    """The numbers of a value of a data file, as they are and as pages round them, also as percent."""
    for number in numbers_in(text):
        for value in (number, number * 100):
            yield from (round(value, digits) for digits in (0, 1, 2, 3))


@pytest.mark.parametrize("name", SURVEYS)
def test_no_page_has_a_row_a_code_or_a_text_of_a_unit(site, name):
    units = pd.read_parquet(f"data/processed/cleaning/{name}.parquet")
    texts = [item.item for item in load_wave(name).items if item.type == "text" and item.item in units]
    said = {str(one) for item in texts for one in units[item].dropna().unique() if len(str(one)) > 3}
    answered = units["disposition"].isin(["I", "P"]).sum()
    for file in sorted([*(site / name).rglob("*.html"), *(site / name).rglob("*.csv"), *site.glob("index*.html")]):
        text = file.read_text(encoding="utf-8")
        cells = set(re.findall(r"<t[dh][^>]*>([^<]*)</t[dh]>", text)) if file.suffix == ".html" else set()
        cells |= set(pd.read_csv(file, dtype=str).stack()) if file.suffix == ".csv" else set()
        places = set(units["region"]) | set(units["county_name"])  # some are called as their largest municipality
        assert not cells & (set(units["name"]) - places), file
        assert not {one for one in cells if one in set(units["code"]) and one.startswith("0")}, file
        assert not {one for one in said if one in text}, file
        assert file.suffix != ".csv" or len(pd.read_csv(file, dtype=str)) != answered, file


def test_no_number_follows_units_from_one_survey_to_another(site):
    rows = pd.read_csv(site / "data" / "estimates.csv", low_memory=False).fillna({"subset": "", "reference_wave": ""})
    own = rows[rows["wave"].isin(SURVEYS) & (rows["source"] == "observed")]
    assert set(own["reference_wave"]) == {""}
    assert not (rows["reference_wave"].isin(SURVEYS) & (rows["source"] == "observed")).any()
    parts = {part.split("=")[0] for subset in own["subset"] for part in subset.split(";")}
    assert parts <= {"", "asked", "projects", "size_group", "region", "group"}


def test_numbers_side_by_side_are_sums_of_those_that_each_survey_published(site):
    rows = pd.read_csv(site / "data" / "estimates.csv", low_memory=False).fillna({"subset": ""})
    own = rows[rows["wave"].isin(SURVEYS) & (rows["source"] == "observed")]
    beside = own[own["stage"] != "results"]
    assert set(beside["stage"]) == {"comparison"}
    assert set(beside["measure"]) == {"share"}
    whole = own[(own["stage"] == "results") & (own["estimand"] == "M") & (own["subset"] == "")]
    released = whole[whole["measure"] == "share"].set_index(["unit_type", "wave", "item", "category"])["point"]
    for row in beside.to_dict("records"):
        parts = [released[row["unit_type"], row["wave"], row["item"], one] for one in row["category"].split("|")]
        assert row["point"] == pytest.approx(sum(parts), abs=1e-9)


def test_withheld_pages_say_so_and_nothing_else(site):
    for wave in SURVEYS:
        for page in (site / wave).glob("0[1-4]*.html"):
            text = page.read_text(encoding="utf-8")
            assert "This page is withheld" in text, page
            assert "<table" not in text, page
    log = pd.read_csv("outputs/release_log.csv")
    assert set(log["class"]) == {"public", "restricted", "internal"}
    assert set(log.loc[log["output"].str.startswith("site/"), "class"]) == {"public"}
