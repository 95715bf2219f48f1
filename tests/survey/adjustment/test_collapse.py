import pandas as pd
import pytest

from analysis.survey.adjustment.collapse import collapse
from analysis.survey.adjustment.margins import NoWeights, margin


def cells(*rows, columns="size_group n_answered n_frame"):
    return pd.DataFrame(rows, columns=columns.split())


def by_size(*rows, **how):
    return collapse(cells(*rows), unit_type=None, **how)


CROSSED = "unit_type size_group region n_answered n_frame"


def crossed(*rows, **how):
    return collapse(cells(*rows, columns=CROSSED), region="region", **how)


def test_large_enough_cells_stay():
    found = by_size(("s", 5, 10), ("m", 8, 12))
    assert found.mapping["cell"].tolist() == ["s", "m"]
    assert found.log.empty


def test_a_small_cell_joins_the_neighbour_with_the_closest_response_rate():
    """m: 2 of 10. s has answered at 30 percent, l at 80: s is closer."""
    found = by_size(("s", 9, 30), ("m", 2, 10), ("l", 16, 20))
    assert found.mapping["cell"].tolist() == ["s + m", "s + m", "l"]
    (step,) = found.log.to_dict("records")
    assert step == {
        "step": 1,
        "rule": "neighbouring class",
        "before": {"m": [2, 10], "s": [9, 30]},
        "after": {"s + m": [11, 40]},
        "reason": "2 respondents, fewer than 5",
        "rejected": ["l"],
    }


def test_a_class_further_away_is_no_neighbour_however_close_its_rate():
    found = by_size(("s", 2, 10), ("m", 16, 20), ("l", 6, 30))
    assert found.mapping["cell"].tolist() == ["s + m", "s + m", "l"]
    assert found.log["rejected"].tolist() == [[]]


def test_the_order_of_an_ordered_category_counts_and_not_that_of_the_rows():
    table = cells(("9", 2, 10), ("100", 9, 45), ("50", 16, 20))
    table["size_group"] = pd.Categorical(table["size_group"], categories=["9", "50", "100"], ordered=True)
    assert collapse(table, unit_type=None).mapping["cell"].tolist() == ["9 + 50", "100", "9 + 50"]


def test_ties_go_to_fewer_units():
    found = by_size(("s", 10, 20), ("m", 4, 8), ("l", 8, 16))
    assert found.log["after"].tolist() == [{"m + l": [12, 24]}]


def test_the_worst_cell_comes_first():
    """4 of 40 is short of respondents by a quarter, 1 of 8 by four fifths."""
    found = by_size(("a", 4, 40), ("b", 9, 30), ("c", 9, 20), ("d", 1, 8))
    assert [next(iter(step)) for step in found.log["before"]] == ["d", "a"]


def test_a_weight_too_far_above_the_mean_is_collapsed():
    """a: 10 each, mean 130 / 55; the ratio is 4.23."""
    found = by_size(("a", 5, 50), ("b", 20, 35), ("c", 30, 45))
    assert found.log["reason"].tolist() == ["weight 4.23 times the mean, more than 3"]
    assert by_size(("a", 5, 50), ("b", 20, 35), ("c", 30, 45), max_ratio=4.5).log.empty


def test_steps_go_on_until_all_limits_hold():
    found = by_size(("a", 1, 9), ("b", 1, 9), ("c", 1, 9), ("d", 9, 12))
    assert found.mapping["cell"].nunique() == 1
    assert found.log["step"].tolist() == [1, 2, 3]


def test_a_region_inside_the_same_class_comes_second_and_only_where_declared():
    rows = [("m", "s", "north", 2, 10), ("m", "s", "south", 8, 30), ("m", "s", "west", 3, 14)]
    found = crossed(*rows, min_n=3, adjacency=[("south", "north")])
    assert found.mapping["cell"].tolist() == ["m x s x north + m x s x south"] * 2 + ["m x s x west"]
    assert found.log["rule"].tolist() == ["adjacent region"]
    assert crossed(*rows, min_n=3).log["rule"].tolist() == ["kept"]


def test_a_neighbouring_class_of_the_same_region_comes_before_another_region():
    rows = [("m", "s", "north", 2, 10), ("m", "l", "north", 9, 10), ("m", "s", "south", 8, 40)]
    found = crossed(*rows, adjacency=[("north", "south")])
    assert found.log["after"].tolist() == [{"m x s x north + m x l x north": [11, 20]}]


def test_a_class_that_a_region_lacks_does_not_stand_between():
    rows = [("m", "s", "north", 2, 10), ("m", "m", "south", 9, 40), ("m", "l", "north", 9, 10)]
    assert crossed(*rows).mapping["cell"].tolist()[::2] == ["m x s x north + m x l x north"] * 2


def test_unit_types_are_never_put_together():
    """The two county municipalities have no neighbour of their own: they stay, and the log says so."""
    table = cells(
        ("m", "s", 9, 20), ("m", "l", 8, 10), ("c", "l", 1, 2), columns="unit_type size_group n_answered n_frame"
    )
    found = collapse(table)
    assert found.mapping["cell"].tolist() == ["m x s", "m x l", "c x l"]
    assert found.log["rule"].tolist() == ["kept"]
    assert "no admissible neighbour" in found.log["reason"][0]


def test_a_cell_without_respondents_or_neighbour_says_who_is_not_covered():
    table = cells(("m", "s", 9, 20), ("c", "l", 0, 2), columns="unit_type size_group n_answered n_frame")
    with pytest.raises(NoWeights, match="c x l: none of its 2 units answered and it has no admissible neighbour"):
        collapse(table)


def test_a_cell_without_respondents_joins_its_neighbour():
    found = by_size(("a", 9, 20), ("b", 0, 7))
    assert found.log["after"].tolist() == [{"a + b": [9, 27]}]
    assert found.log["reason"].tolist() == ["0 respondents, fewer than 5"]


def test_nobody_and_no_unit_is_lost():
    table = cells(*[(str(place), place % 4, 5 + place) for place in range(12)])
    found = collapse(table, unit_type=None)
    totals = found.mapping.groupby("cell")[["n_answered", "n_frame"]].sum()
    assert totals["n_frame"].sum() == table["n_frame"].sum()
    assert totals["n_answered"].min() >= 5


def test_collapsed_cells_become_a_margin_of_the_frame():
    frame = pd.DataFrame({"size_group": ["l", "s", "m", "s"], "answered": [True, True, False, False]})
    found = by_size(("s", 1, 2), ("m", 0, 1), ("l", 1, 1), min_n=1, max_ratio=9)
    made = margin(frame.assign(cell=found.labels(frame)), ("cell",), answered=frame["answered"])
    assert made.labels == ("s + m", "l")
    assert made.totals.tolist() == [3, 1]
    assert made.codes.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("rows", "how", "said"),
    [
        ([("a", 3, 2)], {}, "a: 3 of 2 units answered"),
        ([("a", -1, 2)], {}, "a: -1 of 2 units answered"),
        ([("a", 9, 9), ("a", 9, 9)], {}, "a: there are 2 rows for this cell"),
        ([("a", 9, 9)], {"adjacency": [("north", "south")]}, "no cell is in region 'north'"),
    ],
)
def test_cells_that_cannot_be_are_refused(rows, how, said):
    with pytest.raises(NoWeights, match=said):
        by_size(*rows, **how)
