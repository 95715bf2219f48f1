"""The relations between figures as they are read: every mistake is one sentence with file, row and column."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.inputs.frames import load_frame
from analysis.inputs.register import load_register
from analysis.inputs.relations import formula_names, load_relations

FIGURES = pd.DataFrame({"figure_id": ["a", "b", "c"]})
CHOICE = {
    "relation_id": "choice",
    "kind": "single_choice",
    "how": "complete",
    "label_en": "A choice",
    "source_locator": "p.1",
}
PRODUCT = CHOICE | {"relation_id": "product", "kind": "arithmetic", "how": "left * right"}
WORD = CHOICE | {"relation_id": "word", "kind": "word", "how": ""}
NONE = {"figure_id": "", "reference_id": "", "value": ""}
MEMBERS = [
    NONE | {"relation_id": "choice", "role": "option", "figure_id": "a"},
    NONE | {"relation_id": "choice", "role": "option", "figure_id": "b"},
    NONE | {"relation_id": "product", "role": "left", "figure_id": "a"},
    NONE | {"relation_id": "product", "role": "right", "reference_id": "units-2020"},
    NONE | {"relation_id": "product", "role": "result", "figure_id": "b"},
    NONE | {"relation_id": "word", "role": "word", "figure_id": "c", "value": "half"},
]
REFERENCE = {
    "reference_id": "units-2020",
    "series": "units",
    "reference_date": "2020-01-01",
    "value": "60",
    "unit": "municipalities",
    "source": "made up",
}
TERM = {"term_id": "half", "label_en": "half", "share": "1/2", "side": "about", "tolerance": "5"}


def write(folder: Path, name: str, rows: list[dict[str, str]]) -> None:
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "relations.csv", [CHOICE, PRODUCT, WORD])
    write(tmp_path, "relation_members.csv", MEMBERS)
    write(tmp_path, "reference_records.csv", [REFERENCE])
    write(tmp_path, "terms.csv", [TERM])
    return tmp_path


def test_well_formed_relations_are_read(folder: Path) -> None:
    found = load_relations(FIGURES, folder=folder)
    assert [relation.kind for relation in found.relations] == ["single_choice", "arithmetic", "word"]
    assert len(found.members) == 6


def test_a_register_without_relations_has_none(tmp_path: Path) -> None:
    assert load_relations(FIGURES, folder=tmp_path).relations == ()


@pytest.mark.parametrize(
    ("row", "change", "message"),
    [
        (0, {"kind": "sum"}, "row 2, column 'kind'"),
        (0, {"how": "mostly"}, "row 2, column 'how'.*complete, open, overlapping"),
        (1, {"how": "left ** right"}, "row 3, column 'how'.*no formula"),
        (1, {"how": "print(left)"}, "row 3, column 'how'.*no formula"),
        (2, {"how": "complete"}, "row 4, column 'how'.*has none"),
        (0, {"label_en": ""}, "row 2, column 'label_en'.*no value"),
        (1, {"how": "left * right * more"}, "row 3, column 'relation_id'.*0 members in the role 'more'"),
        (1, {"relation_id": "choice"}, "row 3: relation_id 'choice' stands already in row 2"),
    ],
)
def test_a_malformed_relation_names_file_row_and_column(
    folder: Path, row: int, change: dict[str, str], message: str
) -> None:
    rows = [CHOICE, PRODUCT, WORD]
    rows[row] = rows[row] | change
    write(folder, "relations.csv", rows)
    with pytest.raises(InputError, match=f"relations.csv, {message}") as error:
        load_relations(FIGURES, folder=folder)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("row", "change", "message"),
    [
        (0, {"relation_id": "other"}, "row 2, column 'relation_id'.*no relation"),
        (0, {"role": "part"}, "row 2, column 'role'.*no 'part'.*option"),
        (0, {"figure_id": "z"}, "row 2, column 'figure_id'.*no figure"),
        (0, {"figure_id": ""}, "row 2, column 'figure_id'.*one of the two"),
        (3, {"reference_id": "units-2021"}, "row 5, column 'reference_id'.*no record"),
        (5, {"value": "most"}, "row 7, column 'value'.*no word"),
    ],
)
def test_a_malformed_member_names_file_row_and_column(
    folder: Path, row: int, change: dict[str, str], message: str
) -> None:
    rows = [dict(member) for member in MEMBERS]
    rows[row] |= change
    write(folder, "relation_members.csv", rows)
    with pytest.raises(InputError, match=f"relation_members.csv, {message}"):
        load_relations(FIGURES, folder=folder)


def test_a_choice_of_one_option_is_none(folder: Path) -> None:
    write(folder, "relation_members.csv", MEMBERS[1:])
    with pytest.raises(InputError, match=r"relations.csv, row 2, column 'relation_id'.*1 members.*at least 2"):
        load_relations(FIGURES, folder=folder)


def test_a_place_in_a_ranking_is_a_number(folder: Path) -> None:
    write(folder, "relations.csv", [CHOICE | {"kind": "ranking", "how": ""}])
    write(
        folder,
        "relation_members.csv",
        [NONE | {"relation_id": "choice", "role": "ranked", "figure_id": "a", "value": "first"}],
    )
    with pytest.raises(InputError, match=r"relation_members.csv, row 2, column 'value'.*whole number"):
        load_relations(FIGURES, folder=folder)


@pytest.mark.parametrize(
    ("file", "rows", "message"),
    [
        ("reference_records.csv", [REFERENCE | {"value": "about 60"}], "row 2, column 'value'"),
        ("reference_records.csv", [REFERENCE | {"reference_date": "2020"}], "row 2, column 'reference_date'"),
        ("terms.csv", [TERM | {"share": "0.5"}], "row 2, column 'share'"),
        ("terms.csv", [TERM | {"side": "near"}], "row 2, column 'side'"),
    ],
)
def test_malformed_facts_and_words_are_refused(
    folder: Path, file: str, rows: list[dict[str, str]], message: str
) -> None:
    write(folder, file, rows)
    with pytest.raises(InputError, match=f"{file}, {message}"):
        load_relations(FIGURES, folder=folder)


def test_the_names_of_a_formula() -> None:
    assert formula_names("100 * part / (whole - rest)") == ("part", "rest", "whole")


def test_reference_records_of_frames_are_what_the_frames_say() -> None:
    found = load_relations(load_register().figures)
    for record in found.references:
        place, _, what = record.series.partition("-")
        if what not in ("municipalities", "counties", "population"):
            continue
        unit_type = "county_municipality" if what == "counties" else "municipality"
        frame = load_frame(place, date=record.reference_date, unit_types=(unit_type,))
        assert int(record.value) == (frame["population"].sum() if what == "population" else len(frame))
