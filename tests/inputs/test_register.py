import csv
from pathlib import Path

import pytest

from analysis.errors import InputError
from analysis.inputs.register import load_register

SOURCE = {
    "source_id": "report-a",
    "waves": "no-2009;no-2012",
    "publisher": "A publisher",
    "year": "2012",
    "title": "A report",
    "language": "nb",
    "pages": "",
    "fieldwork": "spring",
    "found_at": "",
    "remark": "",
}
FIGURE = {
    "figure_id": "plan",
    "quantity_id": "plan",
    "source_id": "report-a",
    "source_locator": "p.3",
    "wave": "no-2009",
    "domain": "01-plans",
    "sector": "",
    "label_en": "Have a plan",
    "statistic": "percent",
    "value": "58",
    "precision": "integer",
    "unit": "% of responding municipalities",
    "answer_category": "",
    "base_n": "249",
    "base_status": "printed",
    "base_note": "",
    "group": "all",
    "multi_select": "n",
    "note": "",
}
SECOND = FIGURE | {
    "figure_id": "mean",
    "statistic": "mean",
    "value": "1.9",
    "precision": "one_decimal",
    "unit": "score on 0-5 scale",
    "base_n": "",
    "base_status": "",
}
CLAIM = {
    "claim_id": "first",
    "source_id": "report-a",
    "source_locator": "p.4",
    "wave": "no-2012",
    "domain": "",
    "kind": "rank",
    "claim_en": "Plans come first",
    "testable_as": "",
}


def write(folder: Path, name: str, rows: list[dict[str, str]]) -> None:
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "sources.csv", [SOURCE])
    write(tmp_path, "figures.csv", [FIGURE, SECOND])
    write(tmp_path, "claims.csv", [CLAIM])
    return tmp_path


def test_the_printed_text_stays_beside_the_number(folder: Path) -> None:
    write(folder, "figures.csv", [FIGURE, SECOND | {"value": "3.0"}])
    figures = load_register(folder).figures.set_index("figure_id")
    assert figures.loc["mean", "value"] == "3.0"
    assert figures.loc["mean", "number"] == 3.0
    assert figures.loc["plan", "base_n"] == 249
    assert figures["base_n"].isna().tolist() == [False, True]


def test_a_figure_printed_as_not_available_has_no_number(folder: Path) -> None:
    write(folder, "figures.csv", [FIGURE | {"value": "", "precision": ""}])
    figures = load_register(folder).figures
    assert figures["value"].tolist() == [""]
    assert figures["number"].isna().all()


MALFORMED = [
    ("source_id", "report-b", "'report-b' is no source of sources.csv"),
    ("source_locator", "", "no value is given"),
    ("wave", "no-2017", "'no-2017' is no wave of report-a"),
    ("wave", "2009", "'2009' is not allowed"),
    ("figure_id", "Plan 1", "'Plan 1' is not allowed"),
    ("statistic", "median", "'median' is not allowed"),
    ("precision", "rounded", "'rounded' is not allowed"),
    ("precision", "one_decimal", "another number of decimals"),
    ("precision", "", "given together or not at all"),
    ("value", "101", "a percentage lies between 0 and 100"),
    ("value", "-1", "a number of zero or more"),
    ("value", "58,0", "a number of zero or more"),
    ("value", "about half", "a number of zero or more"),
    ("value", "nan", "a number of zero or more"),
    ("value", "58.5", "another number of decimals"),
    ("base_n", "0", "'0' is not allowed"),
    ("base_n", "-249", "'-249' is not allowed"),
    ("base_n", "24.9", "'24.9' is not allowed"),
    ("base_n", "", "given together or not at all"),
    ("base_status", "", "given together or not at all"),
    ("base_status", "guessed", "'guessed' is not allowed"),
    ("multi_select", "yes", "'yes' is not allowed"),
    ("label_en", "", "no value is given"),
]


@pytest.mark.parametrize(("column", "value", "message"), MALFORMED)
def test_a_malformed_figure_is_one_sentence_with_file_row_and_column(
    folder: Path, column: str, value: str, message: str
) -> None:
    write(folder, "figures.csv", [SECOND, FIGURE | {column: value}])
    with pytest.raises(InputError, match="row 3") as error:
        load_register(folder)
    text = str(error.value)
    assert "figures.csv, row 3, column '" in text
    assert message in text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("value", "message"), [("1.5", "a count is a whole number"), ("250", "larger than its base 249")]
)
def test_a_count_is_whole_and_within_its_base(folder: Path, value: str, message: str) -> None:
    write(folder, "figures.csv", [FIGURE | {"statistic": "count", "value": value}])
    with pytest.raises(InputError, match=rf"figures.csv, row 2, column.*{message}"):
        load_register(folder)


def test_a_duplicate_figure_names_both_rows(folder: Path) -> None:
    write(folder, "figures.csv", [FIGURE, SECOND, FIGURE])
    with pytest.raises(InputError, match=r"figures.csv, row 4: figure_id 'plan' stands already in row 2"):
        load_register(folder)


def test_a_missing_and_an_unknown_column_are_named(folder: Path) -> None:
    write(folder, "figures.csv", [{key: value for key, value in FIGURE.items() if key != "wave"}])
    with pytest.raises(InputError, match=r"the column 'wave' is missing"):
        load_register(folder)
    write(folder, "figures.csv", [FIGURE | {"page": "3"}])
    with pytest.raises(InputError, match=r"unknown column 'page'"):
        load_register(folder)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [("source_id", "report-b", "is no source"), ("wave", "no-2017", "is no wave"), ("claim_en", "", "no value")],
)
def test_a_malformed_claim_names_file_row_and_column(folder: Path, column: str, value: str, message: str) -> None:
    write(folder, "claims.csv", [CLAIM | {column: value}])
    with pytest.raises(InputError, match=rf"claims.csv, row 2, column '{column}'.*{message}"):
        load_register(folder)


def test_a_source_with_a_broken_wave_list_is_refused(folder: Path) -> None:
    write(folder, "sources.csv", [SOURCE | {"waves": "no-2009,no-2012"}])
    with pytest.raises(InputError, match=r"sources.csv, row 2, column 'waves"):
        load_register(folder)


def test_a_truncated_file_is_refused(folder: Path) -> None:
    path = folder / "figures.csv"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match=r"figures.csv, row 3"):
        load_register(folder)


def test_the_delivered_register_is_complete() -> None:
    register = load_register()
    figures = register.figures
    assert len(figures) == 533
    assert figures["figure_id"].is_unique
    assert figures["wave"].value_counts().to_dict() == {
        "se-2016": 198,
        "no-2017": 171,
        "no-2009": 58,
        "no-2012": 36,
        "se-2014": 34,
        "se-2011": 31,
        "no-2020": 5,
    }
    assert figures["number"].isna().sum() == 7
    assert len(register.sources) == 5
    assert len(register.claims) == 121
    assert set(figures["source_id"]) == set(register.sources["source_id"])
