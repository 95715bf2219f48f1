"""Single units' answers: the highest get the highest, blocks and filters hold, nonrespondents lie a little lower."""

import numpy as np
import pytest

from analysis.errors import InputError
from analysis.standins import answers, nonrespondents
from analysis.standins.transport import fill, fill_cells
from tests.standins.test_whole_numbers import item, layout


def filled(table, counts, utility, *, limits=()):
    units = int(sum(next(iter(table.asked.values()))))
    cells = np.repeat(np.arange(table.cells), next(iter(table.asked.values())))
    may = dict.fromkeys(table.rows, np.ones(units, dtype=bool))
    rng = np.random.default_rng(1)
    return answers.fill_in(table, counts, cells=cells, may=may, utility=utility, limits=limits, rng=rng), may, cells


def counted(table, **numbers):
    counts = np.zeros((table.size, table.cells), dtype=int)
    for name, by_answer in numbers.items():
        for answer, number in by_answer.items():
            counts[table.rows[name][answer]] = number
    return counts


def test_within_a_cell_the_highest_units_have_the_highest_category():
    table = layout(item("a"), asked=(3, 3))
    counts = counted(table, a={"no": [1, 2], "yes": [2, 1]})
    values, _, _ = filled(table, counts, {"a": np.array([0.1, 0.2, -1.0, 5.0, 4.0, 6.0])})
    assert values["a"].tolist() == [1, 1, 0, 0, 0, 1]


def test_a_filter_leaves_the_others_not_asked():
    table = layout(item("a"), item("b", asked_if="a=yes"), asked=(4,))
    counts = counted(table, a={"no": [2], "yes": [2]}, b={"no": [1], "yes": [1]})
    values, _, _ = filled(table, counts, {"a": np.array([4.0, 3, 2, 1]), "b": np.array([1.0, 2, 3, 4])})
    assert values["b"].tolist() == [0, 1, -1, -1]


def test_everyone_who_answers_a_block_ticks_something_and_none_stands_alone():
    ticks = [item(name, type="multi", scale=None, block="q") for name in ("x", "y")]
    table = layout(*ticks, item("z", type="multi", scale=None, block="q", exclusive="y"), asked=(5,))
    counts = counted(table, x={"ticked": [2]}, y={"ticked": [2]}, z={"ticked": [1]})
    for name in "xyz":
        counts[table.rows[name]["blank"]] = 1
    values, _, _ = filled(table, counts, {name: np.arange(5.0) for name in "xyz"})
    blocks = np.column_stack([values[name] for name in "xyz"])
    assert blocks[0].tolist() == [-4, -4, -4]
    assert blocks[1].tolist() == [0, 0, 1]
    assert (blocks[2:, :2].sum(axis=1) >= 1).all()
    assert blocks[2:].sum(axis=0).tolist() == [2, 2, 0]


def test_the_lowest_and_the_highest_number_of_an_area_both_occur():
    items = [item(name) for name in ("a", "b", "c")]
    table = layout(*items, asked=(4,))
    counts = counted(table, **{name: {"no": [2], "yes": [2]} for name in "abc"})
    limit = answers.Limit(("a", "b", "c"), "yes", 0, 2)
    values, _, _ = filled(table, counts, {name: np.arange(4.0) for name in "abc"}, limits=[limit])
    number = sum(values.values())
    assert (number.min(), number.max()) == (0, 2)
    assert [int(values[name].sum()) for name in "abc"] == [2, 2, 2]


def test_ticks_have_their_totals_and_stay_where_they_are_allowed():
    allowed = np.array([[True, False], [True, True], [True, True]])
    utility = np.array([[0.0, 9.0], [1.0, 1.0], [2.0, 0.0]])
    ticks = fill_cells(
        utility,
        cells=np.array([0, 0, 1]),
        columns=np.array([[1, 1], [1, 0]]),
        low=np.array([0, 0, 1]),
        high=np.array([2, 2, 2]),
        allowed=allowed,
    )
    assert ticks.tolist() == [[False, False], [True, True], [True, False]]


def test_totals_that_no_table_has_are_refused():
    with pytest.raises(InputError, match="no choice of options"):
        fill(np.zeros((2, 1)), columns=np.array([1]), low=np.array([1, 1]), high=np.array([1, 1]))


def test_units_without_an_answer_lie_below_those_of_equal_utility_and_keep_to_filters():
    table = layout(item("a"), item("b", asked_if="a=yes"), asked=(200,))
    counts = counted(table, a={"no": [100], "yes": [100]}, b={"no": [50], "yes": [50]})
    rng = np.random.default_rng(3)
    utility = {name: rng.normal(size=200) for name in "ab"}
    may = dict.fromkeys("ab", np.zeros(200, dtype=bool))
    empty = dict.fromkeys("ab", np.full(200, -1))
    truth = nonrespondents.complete(
        table, counts, values=empty, may=may, cells=np.zeros(200, dtype=int), utility=utility
    )
    # P(Phi(u - 0.3) > 1/2) = Phi(-0.3) = .38
    assert truth["a"].mean() == pytest.approx(0.38, abs=0.1)
    assert (truth["b"][truth["a"] == 0] == -1).all()
    assert (truth["b"][truth["a"] == 1] >= 0).all()
