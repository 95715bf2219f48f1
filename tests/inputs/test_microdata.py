"""Every kind of file gives the same cells, and keeps what it says of its variables."""

import datetime

import openpyxl
import pandas as pd
import pyreadstat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.inputs import microdata
from analysis.inputs.readers import read_csv, read_delivery
from tests.workspace import ROOT

TABLE = pd.DataFrame(
    {
        "code": ["0101", "0102", "0201"],
        "plan": [1.0, 2.0, float("nan")],
        "share": [0.5, 1.0, 2.25],
        "day": [datetime.date(2013, 3, day) for day in (1, 2, 3)],
    }
)
CELLS = {
    "code": ["0101", "0102", "0201"],
    "plan": ["1", "2", ""],
    "share": ["0.5", "1", "2.25"],
    "day": ["2013-03-01", "2013-03-02", "2013-03-03"],
}
LABELS = {"plan": "Har kommunen en plan? (æøå)"}
VALUES = {"plan": {1.0: "ja", 2.0: "nei"}}


@pytest.mark.parametrize("kind", [".sav", ".zsav", ".dta", ".por"])
def test_statistics_files_give_cells_as_text_with_their_labels(tmp_path, kind):
    path = tmp_path / f"answers{kind}"
    about = {"column_labels": LABELS, "variable_value_labels": VALUES}
    if kind == ".por":
        pyreadstat.write_por(
            TABLE.rename(columns=str.upper), str(path), column_labels={"PLAN": "Har kommunen en plan?"}
        )
    elif kind == ".dta":
        pyreadstat.write_dta(TABLE, str(path), **about)
    else:
        pyreadstat.write_sav(TABLE, str(path), compress=kind == ".zsav", **about)
    delivery = read_delivery(path)
    cells = delivery.cells.rename(columns=str.lower)
    assert cells.to_dict("list") == CELLS
    assert list(cells.index) == [1, 2, 3]
    label = next(iter(delivery.labels.values()))
    assert label.startswith("Har kommunen en plan?")
    if kind != ".por":
        assert label == LABELS["plan"]
        assert delivery.value_labels["plan"] == {"1": "ja", "2": "nei"}


def test_a_sas_file_gives_the_same_cells():
    delivery = read_delivery(ROOT / "tests" / "fixtures" / "small.sas7bdat")
    assert delivery.cells.to_dict("list") == {key: CELLS[key] for key in ("code", "plan", "day")}
    assert delivery.labels == LABELS


def test_user_missing_values_of_spss_keep_their_code_and_are_declared(tmp_path):
    table = TABLE.assign(plan=[1.0, 9.0, 98.0])
    path = tmp_path / "answers.sav"
    pyreadstat.write_sav(table, str(path), missing_ranges={"plan": [9, {"lo": 90, "hi": 99}]})
    delivery = read_delivery(path)
    assert list(delivery.cells["plan"]) == ["1", "9", "98"]
    assert [delivery.declares_missing("plan", code) for code in ("1", "9", "89", "98", "x")] == [
        False,
        True,
        False,
        True,
        False,
    ]


def test_user_missing_values_of_stata_are_declared(tmp_path):
    path = tmp_path / "answers.dta"
    table = TABLE.assign(plan=pd.Series([1, "a", 2], dtype=object))
    pyreadstat.write_dta(table, str(path), missing_user_values={"plan": ["a"]})
    delivery = read_delivery(path)
    assert list(delivery.cells["plan"]) == ["1", "a", "2"]
    assert delivery.declares_missing("plan", "a")


def test_a_sheet_of_excel_gives_the_same_cells_and_skips_empty_rows(tmp_path):
    path = tmp_path / "answers.xlsx"
    book = openpyxl.Workbook()
    rows = [list(TABLE.columns), *TABLE.astype(object).where(TABLE.notna(), None).to_numpy().tolist()]
    for row in [*rows[:2], [], *rows[2:]]:
        book.active.append(row)
    book.save(path)
    delivery = read_delivery(path)
    assert delivery.cells.to_dict("list") == CELLS
    assert list(delivery.cells.index) == [2, 4, 5]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_text_files_are_read_in_any_usual_form(tmp_path, encoding, separator):
    path = tmp_path / "answers.csv"
    number = "1.5" if separator == "," else "1,5"
    lines = [["code", "name", "number"], ["0101", "Rømskog – å", number], ["0102", "", "2"]]
    path.write_bytes(("\r\n".join(separator.join(line) for line in lines) + "\r\n").encode(encoding))
    assert read_csv(path).cells.to_dict("list") == {
        "code": ["0101", "0102"],
        "name": ["Rømskog – å", ""],
        "number": ["1.5", "2"],
    }


def test_what_wave_yml_names_wins_over_what_is_found_out(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_bytes("code;a,b\n0101;1,5\n".encode("latin-1"))
    assert list(read_csv(path, separator=",", encoding="latin-1").cells.columns) == ["code;a", "b"]
    assert read_csv(path, decimal=".").cells.loc[2, "a,b"] == "1,5"


@given(st.one_of(st.integers(-(10**9), 10**9), st.floats(-1e9, 1e9).map(lambda value: round(value, 3))))
def test_numbers_as_text_are_the_same_numbers(value):
    assert float(microdata.number_text(value)) == float(value)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.sav", b"", "is empty"),
        ("a.sav", b"code,plan\n0101,1\n", "cannot be read as a .sav file"),
        ("a.dta", b"\x00" * 200, "cannot be read as a .dta file"),
        ("a.por", b"0101", "cannot be read as a .por file"),
        ("a.sas7bdat", b"0101" * 99, "cannot be read as a .sas7bdat file"),
        ("a.xlsx", b"code,plan\n0101,1\n", "cannot be read as an Excel file"),
        ("a.xlsx", b"PK\x03\x04" + b"\x00" * 50, "cannot be read as an Excel file"),
        ("a.csv", b"$FL2@(#) SPSS", "the content is that of a .sav file; give the file that ending"),
        ("a.csv", b"PK\x03\x04", "the content is that of a .xlsx file"),
        ("a.xls", b"\xd0\xcf\x11\xe0", "files of kind '.xls' are not read"),
        ("a.csv", "code,name\n0101,å\n".encode("utf-16"), "the text is not UTF-8"),
        ("a.csv", "code,name\n0101,å\n".encode() + b"0102,\xe5\n", "row 3: the text is not UTF-8"),
        ("a.csv", b"code,,plan\n0101,1,1\n", "column 2 has no name"),
        ("a.csv", b"code;plan;plan\n0101;1;1\n", "'plan' stands twice"),
        ("a.csv", b"code,plan\n", "a header and no rows"),
        ("a.csv", b'code,plan\n0101,"1\n', "check its quotes"),
        ("a.csv", b"code,plan\n0101\n", "1 fields where the header has 2"),
        ("a.csv", ",".join(f"v{n}" for n in range(10_000)).encode() + b"\n1\n", "10000 columns, more than the 5000"),
    ],
)
def test_a_file_that_is_not_what_it_seems_is_said_in_one_sentence(tmp_path, name, content, said):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        read_delivery(path)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_truncated_sav_is_said_in_one_sentence(tmp_path):
    path = tmp_path / "answers.sav"
    pyreadstat.write_sav(TABLE, str(path))
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(InputError, match=r"cannot be read as a \.sav file .*; deliver it whole"):
        read_delivery(path)


def test_a_sav_without_cases_or_with_ten_thousand_variables_is_said_in_one_sentence(tmp_path):
    path = tmp_path / "answers.sav"
    pyreadstat.write_sav(TABLE.iloc[:0], str(path))
    with pytest.raises(InputError, match="variables and no cases"):
        read_delivery(path)
    pyreadstat.write_sav(pd.DataFrame([[1.0] * 6000], columns=[f"v{n}" for n in range(6000)]), str(path))
    with pytest.raises(InputError, match="6000 columns, more than the 5000"):
        read_delivery(path)
