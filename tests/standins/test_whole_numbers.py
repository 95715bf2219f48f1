"""Whole counts that meet printed figures, and figures that cannot hold together."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.inputs.instrument import Item, Option
from analysis.inputs.targets import Target
from analysis.standins import priors, whole_numbers
from analysis.standins.anchors import Anchor, Interval, interval
from analysis.standins.layout import Layout, questions

WORDS = {"label_en": "x", "label_nb": "x", "label_sv": "x"}
OPTIONS = tuple(Option(scale="yes_no", option=o, value=v, **WORDS) for o, v in (("no", 0), ("yes", 1)))


def item(name: str, **more: object) -> Item:
    about = {"type": "single", "scale": "yes_no", "source_locator": "-", **WORDS} | more
    return Item.model_validate({"item": name, "variable": name} | about)


def layout(*items: Item, asked: tuple[int, ...] = (10, 30)) -> Layout:
    found = questions(items, options=OPTIONS)
    return Layout(found, {question.item.item: np.array(asked) for question in found})


def no_blanks(table: Layout) -> np.ndarray:
    blanks = np.full((table.size, table.cells), np.nan)
    for rows in table.rows.values():
        blanks[rows["blank"]] = 0
    return blanks


def share(table: Layout, name: str, answer: str, printed: int, *, cell: int | None = None) -> Anchor:
    part, whole = np.zeros((table.size, table.cells)), np.zeros((table.size, table.cells))
    cells = slice(None) if cell is None else cell
    part[table.rows[name][answer], cells] = 1
    for option in ("no", "yes", "ticked", "not_ticked"):
        if option in table.rows[name]:
            whole[table.rows[name][option], cells] = 1
    half = Fraction(1, 200)
    limits = Interval(Fraction(printed, 100) - half, Fraction(printed, 100) + half, takes_high=False)
    return Anchor(f"{name}-{answer}-{printed}", part, whole, limits, (float(limits.low), float(limits.high)))


def solved(table: Layout, *anchors: Anchor) -> np.ndarray:
    cells = pd.DataFrame({"size_group": range(1, table.cells + 1)})
    rng = np.random.default_rng(1)
    blanks = no_blanks(table)
    expected = priors.expected(table, cells=cells, anchors=anchors, blanks=blanks, rng=rng)
    return whole_numbers.solve(table, expected=expected, anchors=anchors, blanks=blanks, name="test")


def test_counts_add_up_in_every_cell_and_are_printed_as_they_should():
    table = layout(item("a"))
    counts = solved(table, share(table, "a", "yes", 33), share(table, "a", "yes", 10, cell=0))
    assert counts.sum(axis=0).tolist() == [10, 30]
    assert counts[table.rows["a"]["yes"]].tolist() == [1, 12]  # 13 of 40 are 32.5 percent, printed as 33


def test_an_upper_end_that_rounds_up_does_not_count():
    # 1 of 8 is 12.5 percent: printed as 13, never as 12.
    table = layout(item("a"), asked=(8,))
    assert solved(table, share(table, "a", "yes", 13))[table.rows["a"]["yes"]].tolist() == [1]
    with pytest.raises(InputError, match="a-yes-12"):
        solved(table, share(table, "a", "yes", 12))


def test_a_contradiction_names_the_figures_it_needs_and_no_others():
    table = layout(item("a"), item("b"))
    figures = [share(table, "b", "yes", 50), share(table, "a", "yes", 60), share(table, "a", "no", 60)]
    with pytest.raises(InputError, match=r"together: a-yes-60, a-no-60;"):
        solved(table, *figures)


def test_a_follow_up_is_asked_of_those_who_said_yes():
    table = layout(item("a"), item("b", asked_if="a=yes"))
    counts = solved(table, share(table, "a", "yes", 50), share(table, "b", "yes", 25))
    assert counts[table.rows["a"]["yes"]].sum() == 20
    assert counts[[table.rows["b"]["yes"], table.rows["b"]["no"]]].sum() == 20
    assert counts[table.rows["b"]["yes"]].sum() == 5


def test_whoever_ticks_nothing_else_ticks_none():
    ticks = [item(name, type="multi", scale=None, block="q") for name in ("x", "y")]
    table = layout(*ticks, item("z", type="multi", scale=None, block="q", exclusive="y"))
    counts = solved(table, share(table, "x", "ticked", 10), share(table, "y", "ticked", 20))
    ticked = [int(counts[table.rows[name]["ticked"]].sum()) for name in "xyz"]
    assert ticked == [4, 8, ticked[2]]
    assert ticked[2] >= 40 - 12
    for name in "xy":
        rows = table.rows[name]
        assert (counts[rows["ticked"]] + counts[table.rows["z"]["ticked"]] <= [10, 30]).all()


@pytest.mark.parametrize(
    ("reason", "holds", "fails"),
    [
        ("close to 40: below 40", "39.5 39.9", "39.4 40 40.1"),
        ("above the printed limit", "40.1 40.5", "39.9 40 40.6"),
        ("about", "39.5 40 40.5", "39.4 40.6"),
    ],
)
def test_a_word_has_a_side_where_its_reason_names_one(reason, holds, fails):
    target = Target(figure_id="f", carrier="worded", item="a", measure="share", tolerance=0.5, reason=reason)
    limits = interval(target, {"value": "40", "precision": "bound"})
    assert all(limits.holds(Fraction(value)) for value in holds.split())
    assert not any(limits.holds(Fraction(value)) for value in fails.split())


def test_a_printed_percentage_takes_its_lower_half_and_a_count_only_itself():
    figure = {"value": "12", "precision": "integer"}
    percent = interval(Target(figure_id="f", carrier="fitted", measure="share"), figure)
    assert percent.holds(Fraction("11.5"))
    assert not percent.holds(Fraction("12.5"))
    count = interval(Target(figure_id="f", carrier="fitted", measure="count"), figure)
    assert count.holds(Fraction(12))
    assert not count.holds(Fraction(13))
