import re
from pathlib import Path

import pandas as pd
import pytest

from analysis import paths
from analysis.__main__ import main
from analysis.inputs.waves import load_wave
from analysis.reports import runner, scorecard_files
from analysis.reports.made_up import made_up
from tests.workspace import analysis, copy_project, keep_waves

KEY = bytes(range(32))  # a fixed key for tests; real ones come from the system's random source


def test_the_token_is_the_keyed_hash_of_wave_and_code():
    # printf 'no-2017\nSYN-NO-0003' | openssl dgst -sha256 -mac HMAC -macopt hexkey:000102...1f
    found = scorecard_files.token("no-2017", "SYN-NO-0003", key=KEY)
    assert found == "60bcd6cf0956e4c85f3dbad2e8ff53da0e66799ec9de0fb492a967a879e000d1"
    assert scorecard_files.token("no-2018", "SYN-NO-0003", key=KEY) != found
    assert scorecard_files.token("no-2017", "SYN-NO-0003", key=bytes(32)) != found


def test_a_wave_without_answers_of_units_is_one_sentence(capsys):
    assert main(["scorecard", "se-2011", "--unit", "0180"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("se-2011: ")
    assert error.count("\n") == 1


def test_the_page_on_the_site_is_synthetic_whatever_the_answers_are():
    assert runner._state("scorecard", "observed") == "synthetic"
    assert runner._state("weighting", "observed") == "real"


@pytest.mark.parametrize("arguments", [["no-2017"], ["no-2017", "--all", "--unit", "X"]])
def test_a_unit_or_all_must_be_chosen(arguments, capsys):
    with pytest.raises(SystemExit):
        main(["scorecard", *arguments])
    assert "--unit" in capsys.readouterr().err


def test_all_units_that_answered_get_a_card_and_a_list_says_which_is_whose(monkeypatch, tmp_path):
    wave = load_wave("se-2016")
    answers = made_up(wave).iloc[:8]
    answers.loc[3, "disposition"] = "NC"
    monkeypatch.setattr(paths, "scorecards", lambda wave: tmp_path / wave)
    monkeypatch.setattr(scorecard_files, "read_stage", lambda stage, wave: answers)
    monkeypatch.setattr(scorecard_files.keys, "load_key", lambda name: KEY)
    monkeypatch.setattr(scorecard_files, "write", lambda wave, units, **_: [Path(f"{unit}.html") for unit in units])
    scorecard_files.run("se-2016", unit=None, everything=True)
    listed = pd.read_csv(tmp_path / "se-2016" / "cards.csv")
    assert listed["unit"].tolist() == [f"SYN-000{number}" for number in (1, 2, 3, 5, 6, 7, 8)]
    assert listed["file"].tolist() == [f"{unit}.html" for unit in listed["unit"]]


@pytest.fixture(scope="module")
def cleaned(tmp_path_factory):
    """A project with the answers of one wave cleaned, and the first unit that answered and the first that did not."""
    project = copy_project(tmp_path_factory.mktemp("cards") / "project")
    keep_waves(project, "se-2016")
    run = analysis(project, "stage", "cleaning", "se-2016")
    assert run.returncode == 0, run.stderr
    units = pd.read_parquet(project / "data" / "processed" / "cleaning" / "se-2016.parquet")
    answered = units["disposition"] == "I"
    return project, units[answered].iloc[0], units[~answered].iloc[0]


@pytest.fixture(scope="module")
def project(cleaned):
    """The same project with the card of the unit that answered."""
    project, unit, _ = cleaned
    run = analysis(project, "scorecard", "se-2016", "--unit", unit["code"])
    assert run.returncode == 0, run.stderr
    return project


@pytest.mark.slow
def test_a_card_is_a_page_in_each_language_in_the_restricted_folder_alone(project, cleaned):
    folder = project / "outputs" / "restricted" / "scorecards" / "se-2016"
    names = sorted(file.name for file in folder.iterdir())
    assert len(names) == 3
    assert all(re.fullmatch(r"SYNTHETIC_[0-9a-f]{64}\.(en|nb|sv)\.html", name) for name in names)
    made = [file for file in (project / "outputs").rglob("*scorecard*") if folder.parent not in (file, *file.parents)]
    assert made == []
    assert not (project / "data" / "processed" / "scorecard").exists()
    text = (folder / names[0]).read_text("utf-8")
    assert f"{cleaned[1]['name']}<" in text
    assert names[1] in text, "the languages lead to each other"
    assert 'class="csv"' not in text
    assert "SYNTHETIC DATA" in text


@pytest.mark.slow
def test_units_without_a_card_are_one_sentence(cleaned):
    project, _, silent = cleaned
    for unit, said in (("0180", "no unit of se-2016 has this code"), (silent["code"], "did not answer in se-2016")):
        run = analysis(project, "scorecard", "se-2016", "--unit", unit)
        assert run.returncode == 1
        assert said in run.stderr
        assert run.stderr.count("\n") == 1


@pytest.mark.slow
def test_a_card_prints_on_two_pages(project, browser, tmp_path):
    folder = project / "outputs" / "restricted" / "scorecards" / "se-2016"
    page = browser.new_page()
    for number, file in enumerate(sorted(folder.glob("*.html"))):
        page.goto(file.as_uri())
        pdf = page.pdf(path=tmp_path / f"{number}.pdf", format="A4", prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 2, file.name
    page.close()
