"""Whole counts near the expected ones that meet every printed figure: a mixed-integer programme, solved by HiGHS."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from math import inf, lcm

import numpy as np

from analysis.errors import InputError
from analysis.standins.anchors import Anchor
from analysis.standins.layout import BLANK, Layout

FAR = 3.0  # what each further unit costs beyond the neighbours of the expected count
GAP = 0.03  # how far from the least cost the solver may stop
NODES = 20_000
MOST_NAMED = 6  # figures in the sentence about a contradiction


@dataclass(frozen=True)
class Condition:
    """`low` <= sum of weights times counts <= `high`, for the counts at these places of the flattened table."""

    places: np.ndarray
    weights: np.ndarray
    low: float
    high: float


def solve(
    layout: Layout, *, expected: np.ndarray, anchors: Sequence[Anchor], blanks: np.ndarray, name: str
) -> np.ndarray:
    """Whole counts of each answer in each cell with a small total distance from the expected ones.

    Each count is the floor of the expected one and steps of rising cost, so that the programme stays nearly all 0 and
    1. `blanks` are kept where they are given and free where they are not a number. Raises InputError that names
    figures which cannot hold together when there is no solution.
    """
    structure = [*_totals(layout), *_blocks(layout)]
    figures = {anchor.figure_id: list(conditions_of(anchor)) for anchor in anchors}
    start = np.where(np.isnan(blanks), expected, blanks)
    fixed = ~np.isnan(blanks)
    counts = _milp(start, [*structure, *chain.from_iterable(figures.values())], fixed=fixed)
    if counts is not None:
        return counts
    clash = _irreducible(
        list(figures),
        lambda kept: _milp(start, [*structure, *(c for f in kept for c in figures[f])], fixed=fixed) is None,
    )
    named = ", ".join(clash[:MOST_NAMED]) or "the structure of the questionnaire alone"
    more = f" and {len(clash) - MOST_NAMED} more" if len(clash) > MOST_NAMED else ""
    raise InputError(f"{name}: these figures cannot hold together: {named}{more}; correct an item, category or subset.")


def _irreducible(figures: list[str], impossible: Callable[[list[str]], bool]) -> list[str]:
    """The figures that a contradiction needs: groups of falling size are left out wherever it stays without them."""
    size = max(len(figures) // 2, 1)
    while True:
        start = 0
        while start < len(figures):
            rest = figures[:start] + figures[start + size :]
            if impossible(rest):
                figures = rest
            else:
                start += size
        if size == 1:
            return figures
        size //= 2


def _milp(start: np.ndarray, conditions: Sequence[Condition], *, fixed: np.ndarray) -> np.ndarray | None:
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, hstack

    floor = np.floor(start + 1e-9).ravel()
    rest = np.clip(start.ravel() - floor, 0, 1)
    size = floor.size
    indices = np.concatenate([condition.places for condition in conditions])
    weights = np.concatenate([condition.weights for condition in conditions])
    starts = np.cumsum([0, *(len(condition.places) for condition in conditions)])
    matrix = csr_array((weights, indices, starts), shape=(len(conditions), size))
    shift = matrix @ floor
    low, high = (np.array([getattr(condition, end) for condition in conditions]) - shift for end in ("low", "high"))
    free = ~fixed.ravel()
    # Steps: one up, one down, further up, further down.
    upper = np.concatenate(
        [free, free & (floor > 0), np.where(free, inf, 0), np.where(free, np.maximum(floor - 1, 0), 0)]
    )
    found = milp(
        np.concatenate([1 - 2 * rest, np.ones(size), np.full(2 * size, FAR)]),
        constraints=LinearConstraint(hstack([matrix, -matrix, matrix, -matrix], format="csr"), low, high),
        integrality=np.ones(4 * size),
        bounds=Bounds(0, upper),
        options={"mip_rel_gap": GAP, "node_limit": NODES},
    )
    if found.x is None:
        return None
    up, down, more, less = np.rint(found.x).astype(int).reshape(4, -1)
    result: np.ndarray = (floor.astype(int) + up - down + more - less).reshape(start.shape)
    return result


def conditions_of(anchor: Anchor) -> Iterator[Condition]:
    """A figure as part - low * whole >= 0 and part - high * whole <= 0, with whole weights.

    With them an end that does not belong to the interval is one unit away.
    """
    limits = anchor.interval
    if anchor.whole is None:
        yield _condition(anchor.part, float(limits.low), float(limits.high))
        return
    for end, belongs, sign in ((limits.low, limits.takes_low, 1), (limits.high, limits.takes_high, -1)):
        used = np.unique(np.concatenate([anchor.part.ravel(), anchor.whole.ravel()]))
        parts = [Fraction(float(weight)).limit_denominator(10_000) for weight in used]
        scale = lcm(*(part.denominator for part in parts), *((part * end).denominator for part in parts))
        weights = np.rint(sign * (anchor.part * float(scale) - anchor.whole * float(end * scale)))
        divisor = float(np.gcd.reduce(np.abs(weights[weights != 0]).astype(np.int64)))
        yield _condition(weights / divisor, 0.0 if belongs else 1.0, inf)


def _condition(weights: np.ndarray, low: float, high: float) -> Condition:
    places = np.flatnonzero(weights)
    return Condition(places, weights.ravel()[places], low, high)


def _totals(layout: Layout) -> Iterator[Condition]:
    """The answers to an item and its blanks make those asked: a given number, or those with the filter's options."""
    for question in layout.questions:
        item = question.item
        rows = list(layout.rows[item.item].values())
        rule = item.asked_if
        filters = [layout.rows[rule.item][option] for option in rule.options] if rule else []
        signs = np.array([1.0] * len(rows) + [-1.0] * len(filters))
        for cell in range(layout.cells):
            places = np.array([*rows, *filters]) * layout.cells + cell
            total = 0.0 if rule else float(layout.asked[item.item][cell])
            yield Condition(places, signs, total, total)


def _blocks(layout: Layout) -> Iterator[Condition]:
    """In a multi-select block every unit ticks something, and those that tick an exclusive option nothing else."""
    for options in layout.blocks.values():
        first = layout.rows[options[0].item.item]
        answered = [row for answer, row in first.items() if answer != BLANK]
        ticked = {question: layout.rows[question.item.item]["ticked"] for question in options}
        exclusive = [row for question, row in ticked.items() if question.item.exclusive]
        others = [row for question, row in ticked.items() if not question.item.exclusive]
        for cell in range(layout.cells):
            yield _balance([*exclusive, *others], answered, cell, layout.cells, low=0.0, high=inf)
            for row in others:
                yield _balance([*exclusive, row], answered, cell, layout.cells, low=-inf, high=0.0)


def _balance(plus: list[int], minus: list[int], cell: int, cells: int, *, low: float, high: float) -> Condition:
    """A condition on the counts of some rows less those of others; a row on both sides cancels out."""
    weights: dict[int, float] = {}
    for rows, sign in ((plus, 1.0), (minus, -1.0)):
        for row in rows:
            weights[row] = weights.get(row, 0.0) + sign
    kept = {row: weight for row, weight in weights.items() if weight}
    return Condition(np.array(list(kept)) * cells + cell, np.array(list(kept.values())), low, high)
