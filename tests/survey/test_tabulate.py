"""Numbers of a questionnaire by hand: shares, joined options, filters, items together, groups, modules."""

import numpy as np
import pytest

from analysis.survey import indicators
from analysis.survey.tabulate import ALL, RESPONSE, Cell, Tables
from tests.small_survey import answers, survey

M = "municipality"


@pytest.fixture(scope="module")
def tables():
    return Tables(data=indicators.score(answers(), wave=survey(), min_share=0.5), wave=survey(), confidence=0.95)


@pytest.mark.parametrize(
    ("cell", "k", "n", "population"),
    [
        (Cell("plan", category=("yes",), unit_type=M), 2, 4, 8),
        (Cell("plan", category=("yes",), unit_type=M, subset="asked"), 2, 6, 8),
        (Cell("plan", category=("yes",)), 3, 5, 10),
        (Cell("how", category=("some", "all"), unit_type=M), 4, 5, 8),
        # Two of eight said no and were not asked why; of the others the two that said yes answered.
        (Cell("why", category=("some",), unit_type=M), 1, 2, 6),
        (Cell("tick_a", category=("ticked",), unit_type=M), 2, 4, 8),
        (Cell("tick_a", category=("not_ticked",), unit_type=M), 2, 4, 8),
        (Cell("how", category=("all",), unit_type=M, subset="group=smallest2"), 1, 2, 2),
        (Cell("how", category=("all",), unit_type=M, subset="size_group=2"), 1, 2, 4),
        (Cell(RESPONSE, unit_type=M), 6, 6, 8),
        (Cell(RESPONSE, category=("partial",), unit_type=M), 1, 1, 8),
        (Cell(RESPONSE, category=("second",), unit_type=M), 5, 5, 8),
    ],
)
def test_shares_by_hand(tables, cell, k, n, population):
    row = tables.row(cell)
    assert (row["k"], row["n_answered"], row["n_frame"]) == (k, n, population)
    assert row["point"] == pytest.approx(k / (population if cell.item == RESPONSE else n))


def test_units_that_were_not_asked_leave_the_bounds(tables):
    row = tables.row(Cell("why", category=("some",), unit_type=M))
    assert (row["bound_lo"], row["bound_hi"]) == (pytest.approx(1 / 6), pytest.approx(5 / 6))


def test_shares_of_inhabitants_count_population(tables):
    row = tables.row(Cell("plan", category=("yes",), unit_type=M, estimand="P"))
    assert row["point"] == pytest.approx(3000 / 10000)


def test_the_number_of_answers_is_a_count_without_category(tables):
    assert tables.row(Cell("how", "count", unit_type=M))["point"] == 5
    assert tables.row(Cell("said", "count", unit_type=M))["point"] == 2


def test_means_of_counts_and_indicators(tables):
    staff = tables.row(Cell("staff", "mean", unit_type=M))
    assert (staff["point"], staff["n_answered"]) == (pytest.approx(18 / 5), 5)
    # A count without a maximum has no highest possible mean.
    assert staff["bound_hi"] is None or np.isnan(staff["bound_hi"])
    maturity = tables.row(Cell("maturity", "mean", unit_type=M))
    assert maturity["point"] == pytest.approx((4 + 8 / 3 + 0 + 2 + 2) / 5)
    assert (maturity["scale_max"], maturity["n_frame"], maturity["module"]) == (4, 8, "first")


def test_items_together_are_shares_of_their_answers(tables):
    # how: 2 1 0 2 1; why: 1 0.
    row = tables.row(Cell("area:services", category=("all",), unit_type=M))
    assert (row["k"], row["point"]) == (2, pytest.approx(2 / 7))


@pytest.mark.parametrize(("measure", "point"), [("mean", 2 / 5), ("any", 2 / 5), ("minimum", 0), ("maximum", 1)])
def test_numbers_of_items_in_a_category_per_unit(tables, measure, point):
    assert tables.row(Cell("area:services", measure, ("all",), unit_type=M))["point"] == pytest.approx(point)


def test_unit_types_are_kept_apart_and_add_up(tables):
    parts = [tables.row(Cell("plan", category=("yes",), unit_type=kind)) for kind in (M, "county_municipality", ALL)]
    assert parts[0]["k"] + parts[1]["k"] == parts[2]["k"]
    assert parts[0]["n_answered"] + parts[1]["n_answered"] == parts[2]["n_answered"]


def test_an_item_that_nobody_could_answer_has_no_share(tables):
    empty = Tables(data=tables.data.assign(plan=-1), wave=survey(), confidence=0.95)
    row = empty.row(Cell("plan", category=("yes",), unit_type=M))
    assert (row["n_answered"], row["n_frame"]) == (0, 0)
    assert np.isnan(row["point"])


def test_an_unknown_item_is_an_error(tables):
    with pytest.raises(KeyError):
        tables.row(Cell("nothing", category=("yes",)))
