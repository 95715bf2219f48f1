"""Mistakes in a wave's folder: each is one sentence with the place and the remedy, exit code 1 and no traceback."""

import csv
import shutil

import pyreadstat
import pytest

from analysis import paths
from analysis.__main__ import main
from analysis.errors import InputError
from analysis.inputs import check_wave, cleaning, generated
from analysis.inputs.readers import read_delivery
from analysis.inputs.waves import load_wave
from tests.raw_survey import write
from tests.workspace import ROOT, replace


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A project that holds the small survey as files, with the real frames."""
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    (raw / "frames").symlink_to(ROOT / "data" / "raw" / "frames")
    (tmp_path / "dvc.yaml").write_text("stages: {}\n")
    monkeypatch.chdir(tmp_path)
    return write(raw / "waves" / "no-survey")


def cell(folder, row, column, text):
    path = folder / "responses.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    rows[row - 1][rows[0].index(column)] = text
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def refused(said, capsys):
    """The run stops with one sentence, and check-wave lists it, without a traceback."""
    with pytest.raises(InputError) as error:
        cleaning.run(load_wave("no-survey"))
    sentence = str(error.value)
    assert said in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".") or sentence.endswith("?")
    assert main(["check-wave", "no-survey"]) == 1
    printed = capsys.readouterr()
    assert said in printed.out
    assert "Traceback" not in printed.out + printed.err
    assert "no-survey:" in printed.err


def test_the_small_survey_is_without_mistakes(folder, capsys):
    assert list(check_wave.problems("no-survey")) == []
    assert main(["check-wave", "no-survey"]) == 0
    assert "nothing is wrong" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("origin: observed", "origin: real", "key 'origin': 'real' is not allowed"),
        ("origin: observed", "origin: synthetic", "lacks a column 'synthetic'"),
        ("origin: observed", "orgin: observed", "key 'origin': no value is given"),
        ("promise: open", "promises: open", "unknown key"),
        ("year: 2013\n", "", "key 'year': no value is given"),
        ("promise: open", "promise: none", "key 'promise'"),
        ("last: '2013-06-30'", "last: '2013-01-01'", "lies before the first"),
        ("date: '2013-01-01'", "date: '2013-02-01'", "there is no frame of norway (municipality) on 2013-02-01"),
        ("date: '2013-01-01'", "date: yesterday", "key 'frame.date'"),
        ("country: norway\n  date", "country: denmark\n  date", "key 'frame.country'"),
        ("file: responses.csv", "file: answers.csv", "answers.csv is missing"),
        ("file: responses.csv", "file: responses.doc", "files of kind '.doc' are not read"),
        ("answered_on: day", "answered_on: date", "the column 'date' that wave.yml names is missing"),
        ("size: ssb6", "size: ssb7", "there is no scheme 'ssb7'"),
        ("region: region5", "region: nuts2", "groups units of sweden"),
        ("complete_modules: 2\n", "", "complete_modules and partial_modules go together"),
        ("partial_modules: 1", "partial_modules: 3", "above what makes it complete"),
        ("complete_modules: 2\n", "complete_modules: 2\n  complete_min: 0.9\n", "not both"),
        ("duplicates: most_complete_then_latest", "duplicates: first", "key 'duplicates'"),
        ("id: school", "id: general", "general stands twice among the modules"),
        ("id: school", "id: schools", "'school' is none of the modules of wave.yml"),
        ("freeze_date: '2013-06-30'", "freeze_date: '2013-01-01'", "no row counts as an answer"),
        ("wave: no-survey", "wave: no-other", "is not the name of the folder"),
        ("modules:\n", "modules: [\n", "this is not valid YAML"),
        ("wave: no-survey", "answered: {stuff: 3}\nwave: no-survey", "'stuff' is no item of items.csv"),
        ("wave: no-survey", "lifecycle: {published: x, freeze_date: 2013-04-01}\nwave: no-survey", "needs the columns"),
        (
            "country: norway\n  date",
            "file: frame.csv\n  country: norway\n  date",
            "only synthetic answers have a frame",
        ),
    ],
)
def test_a_mistake_in_wave_yml(folder, capsys, old, new, said):
    replace(folder / "wave.yml", old, new)
    refused(said, capsys)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("items.csv", "plan,plan,1=yes;2=no", "plan,plan,1=yes;2=nope", "'nope' is no option of yes_no"),
        ("items.csv", "plan,plan,1=yes;2=no", "plan,plan,1=yes;1=no", "the code 1 stands twice"),
        ("items.csv", "plan,plan,1=yes;2=no", "plan,plan,1:yes", "codes are written like 1=yes;2=no"),
        ("items.csv", "single,yes_no", "single,yesno", "'yesno' is no scale of options.csv"),
        ("items.csv", "single,yes_no", "single,", "an item of type single needs scale"),
        ("items.csv", "single,yes_no", "choice,yes_no", "column 'type'"),
        ("items.csv", "multi,,,,,general,help", "multi,,,,,general,", "an item of type multi needs block"),
        (
            "items.csv",
            "remarks,remarks,,text,,,,,school,",
            "remarks,remarks,,text,,,,,school,help",
            "which no item of type multi in its",
        ),
        ("items.csv", "plan=yes", "plans=yes", "'plans' is no earlier item"),
        ("items.csv", "plan=yes", "plan=maybe", "'maybe' is no option of plan"),
        ("items.csv", "plan=yes", "plan", "a filter is written like item=option|option"),
        ("items.csv", "count,,0,900", "count,,900,0", "is not above the minimum"),
        ("items.csv", "staff,staff", "plan,staff", "stands already in row 2"),
        ("items.csv", "staff,staff", "staff,plan", "'plan' stands already in row 2; match it to one item"),
        ("items.csv", "staff,staff", "Staff!,staff", "column 'item'"),
        ("items.csv", "item,variable", "items,variable", "unknown column 'items'"),
        ("items.csv", "pupils,pupils", "pupils,elever", "the column 'elever' that items.csv names is missing"),
        ("options.csv", "yes_no,no,0", "yes_no,no,", "either a value or, when it is no answer, a missing tag"),
        ("options.csv", "yes_no,no,0", "yes_no,no,1", "yes_no has 1 already"),
        ("options.csv", "yes_no,no,0", "yes_no,no,-1", "column 'value'"),
        ("options.csv", ",,,-3,", ",,,-9,", "column 'missing'"),
    ],
)
def test_a_mistake_in_items_or_options(folder, capsys, file, old, new, said):
    replace(folder / file, old, new)
    with pytest.raises(InputError) as error:
        cleaning.run(load_wave("no-survey"))
    assert said in str(error.value)
    assert main(["check-wave", "no-survey"]) == 1
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("row", "column", "text", "said"),
    [
        (2, "code", "9999", "row 2, column 'code': '9999' is no municipality of the frame"),
        (2, "code", "", "row 2, column 'code': '' is no municipality of the frame"),
        (2, "day", "1.3.2013", "row 2, column 'day': '1.3.2013' is not a date"),
        (2, "day", "2013-13-01", "row 2, column 'day': '2013-13-01' is not a date"),
        (1, "plan", "code", "the column 'code' stands twice"),
        (1, "plan", "", "column 4 has no name"),
    ],
)
def test_a_mistake_in_a_cell(folder, capsys, row, column, text, said):
    cell(folder, row, column, text)
    refused(said, capsys)


def test_values_off_the_scale_in_most_rows(folder, capsys):
    for row in (2, 3):
        cell(folder, row, "plan", "7")
    refused("'7' and 1 more of 3 answers are off the scale of plan", capsys)


def test_dates_that_mostly_lie_outside_the_field_period(folder, capsys):
    for row in (2, 3):
        cell(folder, row, "day", "2012-03-01")
    refused("2012-03-01 and 1 more dates lie outside the field period", capsys)


def test_an_item_that_nobody_answered(folder, capsys):
    for row in (2, 3, 4):
        cell(folder, row, "staff", "")
    refused("no row has an answer to the item staff", capsys)


def test_more_rows_than_the_frame_can_have(folder, capsys):
    path = folder / "responses.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + text.partition("\n")[2] * 300, encoding="utf-8")
    refused("903 rows for the 428 units of the frame", capsys)


def test_a_unit_that_stands_twice_without_a_rule(folder, capsys):
    replace(folder / "wave.yml", "duplicates: most_complete_then_latest", "duplicates: refuse")
    cell(folder, 3, "code", "0101")
    refused("municipality 0101 stands already in row 2", capsys)


@pytest.mark.parametrize("content", [b"", b"code,plan\n", "code,plan\n0101,å\n".encode("utf-16")])
def test_a_file_without_answers(folder, capsys, content):
    (folder / "responses.csv").write_bytes(content)
    refused("responses.csv", capsys)


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ({1.0: "nei", 2.0: "ja"}, "the code 1 is labelled 'nei', but items.csv takes it for yes"),
        ({1.0: "ja", 2.0: "nei", 5.0: "kanskje"}, "the code 5 is labelled 'kanskje' and is no option of plan"),
    ],
)
def test_labels_of_the_file_that_contradict_items_csv(folder, capsys, labels, said):
    table = read_delivery(folder / "responses.csv").cells
    table["plan"] = table["plan"].astype(float)
    pyreadstat.write_sav(table, str(folder / "responses.sav"), variable_value_labels={"plan": labels})
    replace(folder / "wave.yml", "file: responses.csv", "file: responses.sav")
    refused(said, capsys)


def test_real_answers_in_the_clothes_of_synthetic_ones(folder, capsys):
    for change in ("codes", "name", "column"):
        shutil.rmtree(folder)
        write(folder)
        if change == "codes":
            cell(folder, 2, "code", "SYN-NO-0001")
        elif change == "name":
            (folder / "responses.csv").rename(folder / "SYNTHETIC_responses.csv")
            replace(folder / "wave.yml", "file: responses.csv", "file: SYNTHETIC_responses.csv")
        else:
            cell(folder, 1, "who", "synthetic")
            replace(folder / "wave.yml", "role: who", "role: synthetic")
        refused("observed, but", capsys)


def test_a_copy_of_a_made_up_file_is_not_taken_for_real_answers(folder, capsys):
    copy = folder / "responses.csv"
    made = paths.generated_files()
    made.write_text(f"sha256,wave,file\n{generated.sha256(copy)},no-2012,SYNTHETIC_responses.csv\n", encoding="utf-8")
    refused("responses.csv is a copy of SYNTHETIC_responses.csv of no-2012", capsys)
    copy.write_text(copy.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    cleaning.run(load_wave("no-survey"))


def test_check_wave_lists_every_mistake_not_only_the_first(folder):
    replace(folder / "wave.yml", "origin: observed", "origin: real")
    replace(folder / "wave.yml", "size: ssb6", "sizes: ssb6")
    replace(folder / "items.csv", "single,yes_no", "choice,yes_no")
    replace(folder / "items.csv", "count,,0,900", "count,,900,0")
    lines = list(check_wave.problems("no-survey"))
    places = ["wave.yml, key 'origin'", "wave.yml, key 'groups.size", "items.csv, row 2", "items.csv, row 7"]
    assert [any(place in line for line in lines) for place in places] == [True] * 4


def test_check_wave_lists_every_cell_that_cannot_be_read(folder):
    cell(folder, 2, "code", "9998")
    cell(folder, 3, "code", "9999")
    cell(folder, 3, "day", "soon")
    lines = list(check_wave.problems("no-survey"))
    assert len(lines) == 3


def test_check_wave_proposes_variables_and_codes(folder, capsys):
    table = read_delivery(folder / "responses.csv").cells.rename(columns={"plan": "spm1", "staff": "staffing"})
    table["spm1"] = table["spm1"].astype(float)
    values = {"spm1": {1.0: "ja", 2.0: "nei", 99.0: "ubesvart"}}
    labels = {
        "variable_value_labels": values,
        "column_labels": {"spm1": "Plan for IKT"},
        "missing_ranges": {"spm1": [99]},
    }
    pyreadstat.write_sav(table, str(folder / "responses.sav"), **labels)
    replace(folder / "wave.yml", "file: responses.csv", "file: responses.sav")
    text = (folder / "items.csv").read_text(encoding="utf-8")
    text = text.replace("plan,plan,1=yes;2=no;9=dont_know", "plan,,").replace("general,,,,,plan=yes", "general,,,,,")
    text = text.replace("staff,staff", "staff,")
    rows = text.splitlines(keepends=True)
    rows[1] = rows[1].replace(",x,y,z,", ",x,Plan for IKT,z,")
    (folder / "items.csv").write_text("".join(rows), encoding="utf-8")
    assert main(["check-wave", "no-survey"]) == 0
    said = capsys.readouterr().out
    assert "plan is not in the file; write 'spm1' (Plan for IKT) and the codes 1=yes;2=no if it is that" in said
    assert "staff is not in the file; write 'staffing' if it is that" in said


def test_free_text_with_formulas_and_html_goes_through_as_text(folder):
    cell(folder, 2, "remarks", '=CMD("x")')
    cell(folder, 3, "remarks", "<script>alert(1)</script>")
    data = cleaning.run(load_wave("no-survey")).data.set_index("code")
    assert list(data.loc[["0101", "0104"], "remarks"]) == ['=CMD("x")', "<script>alert(1)</script>"]


def test_a_wave_that_is_not_there(folder, capsys):
    assert main(["check-wave", "no-nothing"]) == 1
    assert "data/raw/waves/no-nothing is missing" in capsys.readouterr().out


def test_the_folder_of_a_wave_is_where_paths_says(folder):
    assert paths.wave("no-survey").resolve() == folder.resolve()
