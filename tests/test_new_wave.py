"""A made-up wave is added by files alone: other questions, other size groups, a merger while answers came in."""

import csv
import hashlib
import re
import subprocess
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
import yaml

from analysis.inputs.waves import load_wave
from analysis.survey.tabulate import Cell, Tables
from tests.reports import attacker
from tests.workspace import ROOT, analysis, copy_project, keep_waves

WAVE = "no-2018"
# What a researcher may write when adding a wave. All the rest is made by the run, or stays as it was.
ALLOWED = ("data/raw/waves/no-2018/", "data/raw/frames/size_groups.csv", "docs/decisions/09", "params.yaml")
MADE = ("outputs/", "data/processed/", "dvc.lock", ".dvc/", "answers.sav")
SIZES = [
    ["coast3", "norway", "1", "", "3000", "under 3,000", "under 3 000", "under 3 000"],
    ["coast3", "norway", "2", "3000", "100000", "3,000–99,999", "3 000–99 999", "3 000–99 999"],
    ["coast3", "norway", "3", "100000", "", "100,000 and more", "100 000 og mer", "100 000 och mer"],
]
DEGREE = {1.0: "ikke i bruk", 2.0: "på prøve", 3.0: "i bruk", 9.0: "vet ikke"}
LABELS = {
    "kommunenr": "Kommunenummer",
    "svardato": "Dato for svar",
    "chatbot": "Hvor langt er kommunen kommet med praterobot?",
    "sensors": "Hvor langt er kommunen kommet med sensorer?",
    "partner_1": "Samarbeid: nabokommuner",
    "partner_2": "Samarbeid: leverandører",
    "partner_3": "Samarbeid: ingen",
    "robots": "Antall programvareroboter",
    "merknad": "Merknad",
}
# Answers of January carry the codes of 2018: two were renumbered, and one is a merger of two units of the frame.
RENUMBERED = {"1601": "5001", "1714": "5035"}
MERGED, PART = "0712", "0709"


def delivery() -> pd.DataFrame:
    """Answers of every third municipality of 2017, codes as numbers; the last three came in after the mergers."""
    units = pd.read_csv(ROOT / "data/raw/frames/units.csv", dtype=str)
    asked = units[(units["reference_date"] == "2017-01-01") & (units["unit_type"] == "municipality")]
    late = [*RENUMBERED, PART]
    codes = [code for code in asked["code"].sort_values().iloc[::3] if code not in (*late, "0728")]
    given = [*codes, *RENUMBERED.values(), MERGED]
    place = pd.Series(range(len(given)))
    none = (place % 7 == 0).astype(float)
    return pd.DataFrame(
        {
            "kommunenr": [float(code) for code in given],
            "svardato": ["2017-12-04"] * len(codes) + ["2018-01-09"] * len(late),
            "chatbot": [(1.0, 2.0, 3.0, 9.0)[number % 4] for number in place],
            "sensors": [(3.0, 1.0, 1.0, 2.0, 99.0)[number % 5] for number in place],
            "partner_1": (place % 2) * (1 - none),
            "partner_2": (1 - place % 2) * (1 - none),
            "partner_3": none,
            "robots": [float(number * 37 % 50) for number in place],
            "merknad": ["=HYPERLINK(1)" if number == 0 else f"<b>{number}</b>" for number in place],
        }
    )


def deliver(project: Path) -> None:
    values = {"chatbot": DEGREE, "sensors": DEGREE}
    about = {"column_labels": LABELS, "variable_value_labels": values, "missing_ranges": {"sensors": [99]}}
    pyreadstat.write_sav(delivery(), str(project / "answers.sav"), **about)


def describe(project: Path) -> None:
    """What the comments of `wave.yml` and check-wave ask for: words, groups, an indicator, scores."""
    folder = project / "data" / "raw" / "waves" / WAVE
    content = yaml.safe_load((folder / "wave.yml").read_text(encoding="utf-8"))
    words = {"en": "Robots in municipalities", "nb": "Roboter i kommunene", "sv": "Robotar i kommunerna"}
    content |= {
        "title": words,
        "instrument": words,
        "about": words,
        "groups": {"size": "coast3", "region": "region5"},
        "indicators": [{"id": "robots_in_use", "label": words, "scale_maximum": 4, "items": 2}],
    }
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    (folder / "wave.yml").write_text(text, encoding="utf-8")
    change(folder / "items.csv", {"indicator": "robots_in_use"}, where=("type", "single"))
    change(folder / "items.csv", {"exclusive": "y"}, where=("variable", "partner_3"))
    for value, score in (("1", "0"), ("2", "2"), ("3", "4")):
        change(folder / "options.csv", {"score": score}, where=("value", value))
    with (project / "data" / "raw" / "frames" / "size_groups.csv").open("r+", encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
        file.seek(0)
        csv.writer(file, lineterminator="\n").writerows([head, *sorted([*rows, *SIZES])])


def settle_the_merger(project: Path) -> None:
    """The answer of the merged municipality is counted for its larger part, as a decision record says."""
    record = {"unit_type": "municipality", "code": "712", "variable": "kommunenr", "expect": "712", "value": PART}
    record |= {"reason": "The answer came from Larvik, which Lardal joined on 1 January 2018.", "decision": "0900"}
    text = yaml.safe_dump({"corrections": [record]}, allow_unicode=True, sort_keys=False)
    (project / "data" / "raw" / "waves" / WAVE / "corrections.yml").write_text(text, encoding="utf-8")
    decision = {
        "id": "0900", "title": "The merged Larvik answers for the former Larvik", "waves": [WAVE],
        "parameter": "corrections.yml", "chosen": PART, "alternatives": ["leave the answer out"],
        "reason": "The former Larvik had 95 percent of the inhabitants.", "source": "answers.sav", "date": "2018-02-01",
    }  # fmt: skip
    head = yaml.safe_dump(decision, allow_unicode=True, sort_keys=False)
    file = project / "docs" / "decisions" / "0900-the-merged-larvik.md"
    file.write_text(f"---\n{head}---\nBoth parts were invited in 2017.\n", encoding="utf-8")


def change(path: Path, values: dict[str, str], *, where: tuple[str, str]) -> None:
    """Write values into the rows of a table where a column has a text."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows = table[where[0]] == where[1]
    assert rows.any(), f"{path.name} has no {where}"
    for column, value in values.items():
        table.loc[rows, column] = value
    table.to_csv(path, index=False, lineterminator="\n")


def hashes(project: Path) -> dict[str, str]:
    files = sorted(path for path in project.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {str(path.relative_to(project)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def start(tmp_path_factory) -> tuple[Path, dict[str, str]]:
    """A project with the new wave as new-wave wrote it, and the hashes of all files before that."""
    project = copy_project(tmp_path_factory.mktemp("rehearsal") / "project")
    before = hashes(project)
    deliver(project)
    run = new_wave(project)
    assert run.returncode == 0, run.stderr
    return project, before


def new_wave(project: Path) -> subprocess.CompletedProcess[str]:
    return analysis(project, "new-wave", WAVE, "--responses", "answers.sav", "--frame", "norway@2017-01-01")


@pytest.fixture(scope="module")
def checked(start) -> tuple[Path, list[subprocess.CompletedProcess[str]]]:
    """The project with the wave described and the merger settled, and what check-wave said after each of the two."""
    project, _ = start
    describe(project)
    first = analysis(project, "check-wave", WAVE)
    settle_the_merger(project)
    return project, [first, analysis(project, "check-wave", WAVE)]


def test_check_wave_asks_about_the_merger_and_nothing_else(checked):
    _, (first, second) = checked
    assert first.returncode == 1
    (line,) = first.stdout.strip().splitlines()
    assert "712" in line
    assert "responses.sav, row " in line
    assert second.returncode == 0, second.stdout
    assert "nothing is wrong" in second.stdout


@pytest.fixture(scope="module")
def reported(checked) -> Path:
    project, _ = checked
    keep_waves(project, WAVE)
    run = analysis(project, "report", timeout=600)
    assert run.returncode == 0, run.stdout + run.stderr
    return project


@pytest.mark.slow
def test_every_page_of_the_new_wave_comes_out_and_calls_real_answers_real(reported):
    pages = {path.name: path.read_text(encoding="utf-8") for path in (reported / "outputs/site" / WAVE).glob("*.html")}
    stages = {"01_cleaning", "02_indicators", "03_representativeness", "04_weighting", "08_robustness"}
    assert set(pages) == {f"{s}.html" for s in stages} | {f"05_results.{lang}.html" for lang in ("en", "nb", "sv")}
    for name, text in pages.items():
        assert 'class="state real"' in text, name
        assert 'class="state synthetic"' not in text, name
        assert "synthetic answers" not in text, name
    assert "Robots in municipalities" in pages["05_results.en.html"]
    assert "Roboter i kommunene" in pages["05_results.nb.html"]
    assert "100,000 and more" in pages["05_results.en.html"]
    assert "<b>1</b>" not in pages["01_cleaning.html"]


@pytest.mark.slow
def test_the_answers_after_the_merger_are_those_of_the_units_that_were_invited(reported):
    data = pd.read_parquet(reported / "data" / "processed" / "cleaning" / f"{WAVE}.parquet")
    assert len(data) == 426
    answered = data[data["answered_on"].notna()].set_index("code")
    assert len(answered) == len(delivery())
    january = answered[answered["answered_on"] >= "2018-01-01"]
    assert set(january.index) == {*RENUMBERED, PART}
    edges = data.groupby("size_group")["population"].agg(["min", "max"])
    assert edges.loc[1, "max"] < 3000 <= edges.loc[2, "min"]
    assert edges.loc[2, "max"] < 100000 <= edges.loc[3, "min"]


@pytest.mark.slow
def test_the_estimates_of_the_new_wave_are_observed_and_by_its_own_groups(reported):
    rows = pd.read_csv(reported / "outputs" / "estimates.csv", dtype=str, keep_default_na=False)
    own = rows[rows["wave"] == WAVE]
    assert set(own["source"]) == {"observed"}
    assert all("0900" in decisions.split(";") for decisions in own["decisions"])
    assert {"chatbot", "robots", "robots_in_use"} <= set(own["item"])


@pytest.mark.slow
def test_nothing_but_the_files_of_the_wave_was_touched(start, reported):
    _, before = start
    after = hashes(reported)
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert {name for name in changed if not name.startswith((*ALLOWED, *MADE))} == set()
    assert (reported / "data/raw/waves" / WAVE / "responses.sav").read_bytes() == (
        reported / "answers.sav"
    ).read_bytes()


@pytest.fixture
def site(reported, monkeypatch) -> Path:
    """The published site of the new wave, whose answers are real and promised not to show."""
    monkeypatch.chdir(reported)
    return reported / "outputs" / "site"


@pytest.mark.slow
def test_no_answer_to_the_new_wave_can_be_worked_out_from_its_site(site):
    texts = {"subset": "", "category": "", "module": ""}
    shown = pd.read_csv(site / "data" / "estimates.csv", low_memory=False).fillna(texts)
    own = shown[(shown["wave"] == WAVE) & (shown["stage"] == "results")]
    wave, units = load_wave(WAVE), pd.read_parquet(f"data/processed/indicators/{WAVE}.parquet")
    weights = attacker.weights_of(pd.read_parquet(f"data/processed/weighting/{WAVE}.parquet"), None, units)
    tables, attacked = Tables(data=units, wave=wave, confidence=0), 0
    for item in ("chatbot", "sensors", "robots", "robots_in_use"):
        found = attacker.attack(item, own, tables, weights=weights)
        attacked += len(found.protected())
        assert found.narrowed() == []
        assert found.told_by_weights() == []
    assert attacked


@pytest.mark.slow
def test_no_published_amount_of_the_new_wave_is_mostly_that_of_one_or_two_units(site):
    shown = pd.read_csv(site / "data" / "estimates.csv", low_memory=False).fillna({"subset": ""})
    own = shown[(shown["wave"] == WAVE) & (shown["item"] == "robots") & shown["measure"].isin(["mean", "amount"])]
    units = pd.read_parquet(f"data/processed/indicators/{WAVE}.parquet")
    tables = Tables(data=units, wave=load_wave(WAVE), confidence=0)
    told = own[own["point"].notna()]
    assert len(told)
    for place in set(zip(told["unit_type"], told["subset"], strict=True)):
        inside = tables.part(Cell("robots", unit_type=place[0], subset=attacker.plain(place[1])))
        assert not attacker.dominated([one for one in units.loc[inside, "robots"] if one >= 0]), place


@pytest.mark.slow
def test_the_site_of_the_new_wave_has_no_row_of_a_unit(site):
    names = set(pd.read_csv("data/raw/frames/units.csv")["name"])
    for file in sorted([*(site / WAVE).rglob("*.html"), *(site / WAVE).rglob("*.csv")]):
        text = re.sub(r"<(style|script|svg).*?</\1>", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        words = set(re.findall(r"[\w-]+", re.sub(r"sha256[^<]*|[0-9a-f]{12,}", "", text)))
        assert not words & (names - {"Os", "Sel", "Dovre", "Nes"}), file
        assert "HYPERLINK" not in words, file


@pytest.mark.slow
def test_every_number_in_a_table_of_the_new_wave_is_one_of_the_estimates_on_its_site(site):
    shown = pd.read_csv(site / "data" / "estimates.csv")
    known = set(shown[shown["wave"] == WAVE].select_dtypes("number").round(9).stack())
    tables = [pd.read_csv(file) for file in sorted((site / WAVE).rglob("*.csv")) if "codebook" not in file.name]
    numbers = pd.concat([table.select_dtypes("number").stack() for table in tables])
    assert len(numbers)
    assert set(numbers.round(9)) <= known
