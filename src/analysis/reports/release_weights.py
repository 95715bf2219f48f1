"""Weighted numbers beside exact ones of those who answered: which of them would tell what one unit answered.

Whoever knows the weights sees by how far a weighted number lies from that of those who answered, and so whether the few
units of an unusual weight are among those that said yes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from analysis.reports.disclosure.audit import enough
from analysis.reports.disclosure.rules import DEFAULT, Rules
from analysis.reports.disclosure.table import Floats, Mask
from analysis.reports.release_items import numbers
from analysis.survey.plan import weights_for
from analysis.survey.tabulate import Cell, Tables

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# Weights that differ by less than this share were rounded when they were written.
SAME = 1e-9
Group = tuple[str, str]  # a unit type and a part of it


@dataclass(frozen=True)
class Weighted:
    """The weights of a wave's respondents as everybody can work them out: by module (empty for all), a number a unit.

    NaN for units without a weight.
    """

    tables: Tables
    by_module: Mapping[str, Floats]

    def of(self, module: str) -> Floats:
        """The weights that the numbers of a module take."""
        return self.by_module.get(module, self.by_module[""])

    def even(self, module: str, group: Group) -> bool:
        """Whether all respondents of a group have one weight: a weighted number is then that of those who answered."""
        weights = self.of(module)[self.tables.part(Cell("", unit_type=group[0], subset=group[1]))]
        known = weights[~np.isnan(weights)]
        return bool(known.size == 0 or np.ptp(known) <= SAME * known.max())


def weights(tables: Tables) -> Weighted:
    """The weights of a wave by its plan, one for all where it is not weighted."""
    wave, units = tables.wave, tables.data
    plan = wave.file.weighting
    if plan.method == "none":
        return Weighted(tables, {"": np.ones(len(units))})
    found = {}
    for module in ("", *(one.id for one in wave.file.modules)) if plan.modules else ("",):
        made = weights_for(units, plan, module=module)
        found[module] = np.full(len(units), np.nan)
        found[module][made.answered] = made.final
    return Weighted(tables, found)


@dataclass(frozen=True)
class Answers:
    """The answers to one item that is published by group, and weighted for some wholes.

    A piece is respondents whom neither group nor weight tells apart: `groups` and `wholes` (by pieces) say what is
    published of those who answered, exactly, and of all units, rounded; `sizes` and `weights` are those of pieces.
    `values`: pieces by options, how many gave it; or of a number its sum, in one column. `most`: the highest answer.
    """

    groups: Mask
    wholes: Mask
    sizes: Floats
    weights: Floats
    values: Floats
    most: float
    rounding: float

    def tells(self, *, rules: Rules = DEFAULT) -> bool:
        """Whether the weighted numbers narrow the answers of fewer than `rules.apart` respondents too far.

        Each must be able to lie as far to both sides as its protection asks, or as without the weighted numbers.
        """
        few = np.flatnonzero(np.repeat(self.sizes < rules.apart, self.values.shape[1]))
        wide = np.maximum(rules.least, rules.share * self.values.ravel()[few])
        goals = [(int(cell), sign, float(need)) for cell, need in zip(few, wide, strict=True) for sign in (-1, 1)]
        if not goals or not self.wholes.any():
            return False
        reached = self._reach(goals, weighted=True)
        short = {goal: far for goal, far in zip(goals, reached, strict=True) if not enough(far, goal[2])}
        if not short:
            return False
        before = self._reach(list(short), weighted=False)
        return any(not enough(far, without) for far, without in zip(short.values(), before, strict=True))

    def _reach(self, goals: Sequence[tuple[int, int, float]], *, weighted: bool) -> Floats:
        """How far each cell can move in its direction, at most as far as needed: all as one linear programme."""
        from scipy.optimize import linprog
        from scipy.sparse import block_diag

        count, size = len(goals), self.values.size
        goal, low, high = np.zeros((count, size)), -self._low, self._high
        down, up = np.tile(low, (count, 1)), np.tile(high, (count, 1))
        for place, (cell, sign, need) in enumerate(goals):
            goal[place, cell] = -sign
            down[place, cell], up[place, cell] = max(low[cell], -need), min(high[cell], need)
        exact = block_diag([self._exact] * count, format="csr")
        rounded = block_diag([self._rounded] * count, format="csr") if weighted else None
        result = linprog(
            goal.ravel(),
            A_eq=exact,
            b_eq=np.zeros(exact.shape[0]),
            A_ub=rounded,
            b_ub=np.tile(self._slack, count) if weighted else None,
            bounds=np.column_stack([down.ravel(), up.ravel()]),
            method="highs",
        )
        if not result.success:
            raise ArithmeticError(f"the audit of weighted numbers has no solution: {result.message}")
        return np.asarray(-(goal * result.x.reshape(count, size)).sum(axis=1))

    @cached_property
    def _low(self) -> Floats:
        return self.values.ravel()

    @cached_property
    def _high(self) -> Floats:
        return (self.sizes[:, None] * self.most - self.values).ravel()

    @cached_property
    def _exact(self) -> "csr_array":
        """That the answers of a piece add up, and that numbers of those who answered stay as they are."""
        from scipy.sparse import csr_array, eye_array, kron, vstack

        options = self.values.shape[1]
        of_groups = kron(csr_array(self.groups.astype(float)), eye_array(options))
        adding_up = kron(eye_array(len(self.sizes)), csr_array(np.ones((1, options))))
        return csr_array(vstack([of_groups, adding_up]) if options > 1 else of_groups)

    @cached_property
    def _terms(self) -> "csr_array":
        from scipy.sparse import csr_array, eye_array, kron

        return csr_array(kron(csr_array(self.wholes * self.weights), eye_array(self.values.shape[1])))

    @cached_property
    def _rounded(self) -> "csr_array":
        """That weighted numbers stay what they are rounded to: from above, then from below."""
        from scipy.sparse import csr_array, vstack

        return csr_array(vstack([self._terms, -self._terms]))

    @cached_property
    def _slack(self) -> Floats:
        """How far the sum behind each weighted number can move up, then down, until it would be rounded otherwise."""
        behind = np.repeat((self.wholes * self.weights) @ self.sizes, self.values.shape[1])
        point = np.divide(self._terms @ self._low, behind, out=np.zeros(len(behind)), where=behind > 0)
        shown = np.round(point / (2 * self.rounding)) * 2 * self.rounding
        return np.concatenate([shown + self.rounding - point, point - shown + self.rounding]) * np.tile(behind, 2)


def telling(
    tables: Tables, shown: Mapping[str, Sequence[Group]], weighted: Weighted, *, decimals: int
) -> dict[str, frozenset[str]]:
    """The unit types (and `all`) for which weighted numbers of an item would tell too much, by item or indicator.

    `shown`: the groups for which the numbers of those who answered are published; `decimals`: how weighted numbers are
    rounded. Tried are all unit types with a weighted number, then each of them alone, and the first that is safe stays.
    Groups of even weights tell nothing more, and parts of uneven weights have no weighted number (`Weighted.even`).
    """
    found = {}
    for item, groups in shown.items():
        module = tables.module(item)
        wholes = [group for group in groups if not group[1] and not weighted.even(module, group)]
        if wholes:
            pieces = _answers(tables, item, groups, weights=weighted.of(module), decimals=decimals)
            tries = [wholes, *([one] for one in wholes if len(wholes) > 1), []]
            safe = next(some for some in tries if not pieces(some).tells())
            found[item] = frozenset(one[0] for one in wholes if one not in safe)
    return found


def _answers(
    tables: Tables, item: str, groups: Sequence[Group], *, weights: Floats, decimals: int
) -> Callable[[Sequence[Group]], Answers]:
    """The answers to an item in pieces, for the wholes that have weighted numbers."""
    said, options, most = numbers(tables, item)
    counted = np.array(options[:1] if len(options) == 2 else options)  # of two, one is the rest of the other
    given = np.array(sorted(said, key=int), dtype=int)
    inside = {one: tables.part(Cell("", unit_type=one[0], subset=one[1]))[given] for one in groups}
    known = np.nan_to_num(weights[given])
    columns, pieces = np.unique(np.vstack([*inside.values(), known]), axis=1, return_inverse=True)
    values = np.zeros((columns.shape[1], len(counted)))
    for unit, piece in zip(given, pieces.ravel(), strict=True):
        answer = said[str(unit)]
        values[piece] += answer if isinstance(answer, float) else counted == answer
    masks = dict(zip(inside, columns[:-1].astype(bool), strict=True))
    return lambda wholes: Answers(
        groups=np.array(list(masks.values())),
        wholes=np.array([masks[one] for one in wholes]).reshape(-1, columns.shape[1]),
        sizes=np.bincount(pieces.ravel()).astype("float64"),
        weights=columns[-1],
        values=values,
        most=most,
        rounding=10.0**-decimals / 2,
    )
