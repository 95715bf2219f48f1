import pandas as pd
import pytest

from analysis.evidence.matrix import matrix, rounds_of, tally, wide
from analysis.inputs.concepts import Concepts, load_concepts


@pytest.fixture(scope="module")
def concepts() -> Concepts:
    return load_concepts({})


@pytest.fixture(scope="module")
def table(concepts) -> pd.DataFrame:
    return matrix(concepts)


def cell(table: pd.DataFrame, concept: str, first: str, second: str) -> tuple[str, str]:
    row = table[(table["concept"] == concept) & (table["reference_wave"] == first) & (table["wave"] == second)]
    return row["grade"].item(), row["status"].item()


def test_every_cell_says_a_grade_or_why_it_has_none(table):
    assert cell(table, "council-webcast", "no-2009", "se-2016") == ("C", "graded")
    assert cell(table, "council-webcast", "no-2009", "no-2012") == ("", "no_figure")
    assert cell(table, "council-webcast", "no-2012", "no-2017") == ("", "neither")
    assert cell(table, "strategy", "se-2011", "se-2014") == ("", "apart")
    assert ((table["grade"] == "") == (table["status"] != "graded")).all()


def test_rounds_stand_by_country_and_year(concepts):
    assert rounds_of(concepts, "survey") == [
        "no-2009",
        "no-2012",
        "no-2017",
        "no-2020",
        "se-2011",
        "se-2014",
        "se-2016",
    ]
    assert rounds_of(concepts, "series") == ["se-2011", "se-2014", "se-2016"]


def test_each_pair_is_counted_once_by_what_may_be_done(table):
    found = tally(table).set_index(["reference_wave", "wave"])
    assert len(found) == 21
    assert found.loc[("no-2009", "no-2012")].to_dict() == {"subtract": 1, "beside": 1, "name": 1, "none": 24}
    graded = (table["grade"] != "").sum()
    assert found[["subtract", "beside", "name"]].to_numpy().sum() == graded
    assert found["none"].sum() == (table["status"] == "no_figure").sum()


def test_no_answer_of_two_countries_or_of_two_norwegian_surveys_is_subtracted(table):
    allowed = table[table["grade"].isin(["A", "B"])]
    answers = allowed[allowed["concept"] != "response"]
    assert set(zip(answers["reference_wave"], answers["wave"], strict=True)) == {("se-2011", "se-2014")}
    assert not (allowed["reference_wave"].str[:2] != allowed["wave"].str[:2]).any()


def test_the_wide_matrix_puts_concepts_without_a_pair_last(table):
    found = wide(table, [("no-2009", "no-2012"), ("no-2012", "no-2017")], kind="survey")
    graded = found.isin(["A", "B", "C", "D"]).any(axis=1)
    assert graded.to_list() == sorted(graded, reverse=True)
    assert len(found) == 43
