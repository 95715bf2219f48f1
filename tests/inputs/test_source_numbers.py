import csv
from pathlib import Path

import pandas as pd
import pytest

from analysis import paths
from analysis.__main__ import main
from analysis.errors import InputError
from analysis.inputs import source_numbers
from analysis.inputs.source_numbers import OTHER, OtherNumber, account, load_other_numbers

# Written for these tests; no source says this.
TEXT = """Planer i kommunene 2009

1. Om svarene
Vi spurte 430 kommuner, og 249 svarte.
Nesten halvparten (48 prosent) har en plan; 3 av 4 vil lage den.
Over 60 % deler på skole og helse.
De fleste er fornøyd."""
FIGURES = [
    ("asked", "L4", "count", "430"),
    ("answered", "Innledning; L4", "count", "249"),
    ("plan", "L5", "percent", "48"),
    ("plan-verbal", "L5", "share_text", "50"),
    ("will", "L5", "share_text", "75"),
    ("school", "L6", "percent", "60"),
    ("health", "L6", "percent", "60"),
    ("content", "L7", "share_text", "50"),
]
OTHERS = [("L1", "2009", 1, "year", None), ("L3", "1", 1, "heading", None)]
PAGES = """Planer

Av 141 svar har 22 % en plan. Sida Planer 1
I tabell 2: 22 % och n/a. Lika stor andel har två planer. Planer 2"""


def figures(rows: list[tuple[str, str, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["figure_id", "source_locator", "statistic", "value"])


def others(rows: list[tuple[str, str, int, str, str | None]]) -> list[OtherNumber]:
    columns = ("locator", "number", "times", "kind", "figure_id")
    return [OtherNumber(source_id="report", **dict(zip(columns, row, strict=True))) for row in rows]


def problems(text: str = TEXT, *, rows=FIGURES, listed=OTHERS, language: str = "nb") -> tuple[str, ...]:
    return account(text, name="report.txt", language=language, figures=figures(rows), other=others(listed)).problems


def without(figure_id: str) -> list[tuple[str, str, str, str]]:
    return [row for row in FIGURES if row[0] != figure_id]


def test_a_text_whose_numbers_are_all_known_has_no_problem():
    found = account(TEXT, name="report.txt", language="nb", figures=figures(FIGURES), other=others(OTHERS))
    assert found.problems == ()
    assert (found.numbers, found.figures, found.other) == (8, 6, 2)


def test_a_number_that_is_neither_is_named_with_file_line_and_place():
    (problem,) = problems(rows=without("answered"))
    assert problem.startswith("report.txt, line 4 (L4), number '249': no figure")
    (problem,) = problems(listed=OTHERS[:1])
    assert problem.startswith("report.txt, line 3 (L3), number '1': no figure")


@pytest.mark.parametrize(
    ("locator", "statistic", "value"), [("L5", "percent", "47"), ("L4", "percent", "48"), ("L5", "count", "48")]
)
def test_a_figure_of_another_value_place_or_kind_is_found_on_both_sides(locator, statistic, value):
    number, figure = problems(rows=[*without("plan"), ("plan", locator, statistic, value)])
    assert "number '48 prosent'" in number
    assert figure.startswith("figures.csv, plan: ")
    assert f"is not printed at {locator} of report.txt" in figure


def test_a_figure_without_a_place_is_a_problem():
    assert "a place that the locator does not name" in problems(rows=[*FIGURES, ("more", "intro", "count", "430")])[0]


def test_a_number_that_stands_once_more_needs_a_row_of_its_own():
    text = TEXT.replace("svarte.", "svarte. Alle 430 fikk brev.")
    (problem,) = problems(text)
    assert "line 4 (L4), number '430'" in problem
    assert problems(text, listed=[*OTHERS, ("L4", "430", 1, "repeated", "asked")]) == ()


def test_a_row_of_the_list_must_be_in_the_text_as_often_as_it_says():
    (problem,) = problems(listed=[*OTHERS, ("L7", "12", 1, "year", None)])
    assert problem == "other_numbers.csv, '12' (year): stands 0 times instead of 1 at L7 of report.txt."
    assert "stands 1 times instead of 2 at L1" in problems(listed=[("L1", "2009", 2, "year", None), OTHERS[1]])[0]


def test_pages_parts_of_locators_quoted_words_and_missing_values_are_followed():
    rows = [
        ("answered", "p.1 text", "count", "141"),
        ("plan", "p.1-2 text; p.2 Table 2", "percent", "22"),
        ("same", 'p.2 text ("lika stor andel" as 22)', "percent", "22"),
        ("empty", "p.2 Table 2", "percent", ""),
        ("plans", "p.2 text", "count", "2"),
    ]
    listed = [("p.1", "1", 1, "page", None), ("p.2", "2", 2, "label", None)]
    assert problems(PAGES, rows=rows, listed=listed, language="sv") == ()
    rows[2] = ("same", 'p.1 text ("lika stor andel" as 22)', "percent", "22")
    (problem,) = problems(PAGES, rows=rows, listed=listed, language="sv")
    assert problem == "figures.csv, same: lika stor andel is not printed at p.1 of report.txt."
    rows[1:3] = [("plan", "p.1 text (twice)", "percent", "22")]
    (problem,) = problems(PAGES, rows=rows, listed=listed, language="sv")
    assert "line 4 (p.2), number '22 %'" in problem


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "published"
    folder.mkdir()
    for name in ("sources.csv", "figures.csv", "claims.csv", OTHER):
        (folder / name).write_bytes((paths.published() / name).read_bytes())
    monkeypatch.setattr(paths, "published", lambda: folder)
    return folder


def write_other(folder: Path, **changes: str) -> None:
    row = {"source_id": "ks-difi-2009", "locator": "L5", "number": "2012", "times": "1", "kind": "year"}
    row |= {"figure_id": ""} | changes
    with (folder / OTHER).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=row, lineterminator="\n")
        writer.writeheader()
        writer.writerow(row)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"source_id": "nowhere"}, "row 2, column 'source_id': 'nowhere' is no source"),
        ({"locator": "line 5"}, "row 2, column 'locator'"),
        ({"number": "2012 er et år"}, "row 2, column 'number': '2012 er et år' is not one number"),
        ({"number": "ingen"}, "row 2, column 'number'"),
        ({"times": "0"}, "row 2, column 'times'"),
        ({"kind": "number"}, "row 2, column 'kind'"),
        ({"figure_id": "no2009-field-invited"}, "row 2, column 'figure_id'.*every other number names none"),
        ({"kind": "repeated"}, "row 2, column 'figure_id'.*names the figure"),
        (
            {"kind": "repeated", "figure_id": "no2017-field-invited"},
            "row 2, column 'figure_id': '.*' is no figure of ks",
        ),
    ],
)
def test_a_malformed_list_is_refused(published, changes, message):
    write_other(published)
    assert len(load_other_numbers()) == 1
    write_other(published, **changes)
    with pytest.raises(InputError, match=f"{OTHER}, {message}"):
        load_other_numbers()


def test_the_committed_list_is_sound_and_holds_every_source():
    rows = load_other_numbers()
    counts = pd.Series([row.times for row in rows]).groupby([row.source_id for row in rows]).sum().to_dict()
    assert counts == {
        "ikt-norge-2012": 120,
        "it-i-praksis-2020": 10,
        "ks-difi-2009": 36,
        "ks-ramboll-2017": 28,
        "skl-eblomladan-2016": 307,
    }
    assert {row.figure_id for row in rows if row.kind != "repeated"} == {None}


def test_the_command_prints_what_is_open_and_fails(published, tmp_path, capsys):
    write_other(published, source_id="it-i-praksis-2020", locator="L1", number="2020")
    figures_file = published / "figures.csv"
    lines = figures_file.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if line.startswith(("figure_id", "no2020-field-edition"))]
    figures_file.write_text("".join(kept), encoding="utf-8")
    texts = tmp_path / "texts"
    texts.mkdir()
    file = texts / "it-i-praksis-2020.txt"
    file.write_text("Om 2020\n\n\n\n\n\nFor trettende gang.\n", encoding="utf-8")
    assert main(["check-sources", str(texts)]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("1 texts, 2 numbers: 1 printed figures, 1 listed as other numbers; 0 unexplained; not")
    assert "ks-difi-2009.txt" in printed
    file.write_text("Om 2020\n\n\n\n\n\nFor trettende gang, 51 prosent.\n", encoding="utf-8")
    assert main(["check-sources", str(texts)]) == 1
    output = capsys.readouterr()
    assert output.out.startswith("it-i-praksis-2020.txt, line 7 (L7), number '51 prosent': ")
    assert "3 numbers: 1 printed figures, 1 listed as other numbers; 1 unexplained" in output.err


def test_a_folder_without_texts_is_refused(tmp_path):
    with pytest.raises(InputError, match="no text of the register's sources is there"):
        source_numbers.run(tmp_path)
