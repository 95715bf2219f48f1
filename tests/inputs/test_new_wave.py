"""A file of answers becomes the folder of a wave that can be cleaned."""

import pandas as pd
import pyreadstat
import pytest

from analysis.__main__ import main
from analysis.inputs import cleaning
from analysis.inputs.waves import load_wave
from tests.workspace import ROOT

LABELS = {"q1": "Har kommunen en plan?", "q3_1": "Hjelp: staten", "q3_2": "Hjelp: andre", "q5": "Antall ansatte"}
VALUES = {
    "q1": {1.0: "Ja", 2.0: "Nei", 9.0: "Vet ikke"},
    "q2": {1.0: "lite", 2.0: "mye"},
    "q6": {1.0: "lite", 2.0: "mye"},
}
TABLE = pd.DataFrame(
    {
        "kommunenr": ["0101", "104", "Sarpsborg", "0106"],
        "dato": ["2013-03-01", "2013-03-02", "2013-03-03", "2013-04-01"],
        "q1": [1.0, 2.0, 9.0, 99.0],
        "q2": [1.0, 2.0, 2.0, 1.0],
        "q3_1": [1.0, 0.0, 1.0, 0.0],
        "q3_2": [0.0, 1.0, 1.0, 1.0],
        "q4": ["A", "A", "B", "B"],
        "q5": [12.0, 900.0, 33.0, 4.0],
        "q6": [1.0, 1.0, 2.0, 1.0],
        "q7": ["one", "another", "a third", "none of these"],
        "role": ["head", "head", "clerk", "head"],
    }
)


@pytest.fixture
def project(tmp_path, monkeypatch):
    (tmp_path / "data" / "raw" / "waves").mkdir(parents=True)
    (tmp_path / "data" / "raw" / "frames").symlink_to(ROOT / "data" / "raw" / "frames")
    (tmp_path / "dvc.yaml").write_text("stages: {}\n")
    monkeypatch.chdir(tmp_path)
    about = {"column_labels": LABELS, "variable_value_labels": VALUES, "missing_ranges": {"q1": [99]}}
    pyreadstat.write_sav(TABLE, str(tmp_path / "delivered.sav"), **about)
    return tmp_path


def make(*arguments):
    return main(["new-wave", "no-2013b", "--responses", "delivered.sav", "--frame", "norway@2013-01-01", *arguments])


def test_types_scales_and_columns_are_read_from_the_file(project):
    assert make() == 0
    wave = load_wave("no-2013b")
    types = {item.variable: item.type for item in wave.items}
    assert types == {
        "q1": "single",
        "q2": "single",
        "q3_1": "multi",
        "q3_2": "multi",
        "q4": "single",
        "q5": "count",
        "q6": "single",
        "q7": "text",
    }
    assert wave.item("q2").scale == wave.item("q6").scale
    assert [option.option for option in wave.options_of("q1")] == ["ja", "nei", "dont_know"]
    assert wave.item("q5").label_nb == "Antall ansatte"
    columns = wave.file.responses.columns()
    assert columns == {"code": "kommunenr", "answered_on": "dato", "role": "role"}
    assert str(wave.file.field_period.last) == "2013-04-01"


def test_the_new_wave_can_be_cleaned_at_once(project, capsys):
    assert make() == 0
    capsys.readouterr()
    assert main(["check-wave", "no-2013b"]) == 0
    said = capsys.readouterr().out
    assert "items.csv, row 2 (and 7 more): the label is the same in all three languages; translate it" in said
    data = cleaning.run(load_wave("no-2013b")).data
    assert len(data) == 428
    answered = data[data["disposition"] == "I"].set_index("code")
    assert list(answered.index) == ["0101", "0104", "0105", "0106"]
    assert list(answered["q1"]) == [1, 2, 9, -4]
    assert list(answered["q4"]) == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--frame", "norway"], "write a country and a date"),
        (["--frame", "denmark@2013-01-01"], "write a country and a date"),
        (["--frame", "norway@2013-02-01"], "there is no frame of norway"),
        (["--frame", "sweden@2015-12-31"], "no column has codes or names of the units of the frame"),
        (["--responses", "nothing.sav"], "nothing.sav is missing"),
    ],
)
def test_what_cannot_become_a_wave_is_said_in_one_sentence_and_leaves_no_folder(project, capsys, arguments, said):
    assert make(*arguments) == 1
    assert said in capsys.readouterr().err
    assert not (project / "data" / "raw" / "waves" / "no-2013b").exists()


def test_a_wave_that_is_there_is_not_written_over(project, capsys):
    assert make() == 0
    assert make() == 1
    assert "is there already" in capsys.readouterr().err
