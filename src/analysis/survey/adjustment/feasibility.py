"""Why no weights meet the targets, and the smallest change that would do, by linear programming."""

from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.survey.adjustment.columns import Design
from analysis.survey.adjustment.margins import Floats, NoWeights

# The solver meets its equations to about 1e-7; what is closer to a bound or a target than this is at it.
NEAR = 1e-6
# The logit never reaches its bounds: a bound that would do for it leaves each weight at least this much room.
INSIDE = 1e-3


class Limits(NamedTuple):
    """The smallest and largest weight of each respondent, the weights that are settled from the start, the distance.

    `settled`: NaN for those that are not; `counts`: how many respondents each one stands for, where they are taken
    together in cells.
    """

    low: Floats
    high: Floats
    settled: Floats
    distance: str
    counts: NDArray[np.integer]


class Program(NamedTuple):
    """Respondents alike in every column and in their bounds as one row: their sum of weights is the unknown.

    `rows` x columns with their `totals`; `low` and `high`: bounds of the sum of weights; `counts`: respondents;
    `free`: their weights are not settled.
    """

    rows: Floats
    totals: Floats
    low: Floats
    high: Floats
    counts: Floats
    free: NDArray[np.bool_]


def explained(full: Design, limits: Limits) -> NoWeights:
    """The error for totals that no weights within the limits meet: what is in the way, what would do.

    First the smallest upper bound that would do; where none does, the smallest sum of gaps that must be left; where
    weights at a bound meet the totals, whom they concern.
    """
    program = _program(full, limits)
    also = '; distance="linear" would also move weights that are at a bound' if not program.free.all() else ""
    if (np.isfinite(program.high) & program.free).any():
        factor, held_by = _smallest_upper_bound(program, full, inside=INSIDE * (limits.distance == "logit"))
        if factor > 1 + NEAR:
            bound = np.ceil(factor * limits.high.max() * 1e4) / 1e4
            same = limits.high.min() == limits.high.max()
            which = f"{bound:.10g}" if same else f"{np.ceil(factor * 1e4) / 1e4:g} times the one given"
            return NoWeights(
                f"weights: no weights{_range(limits)} meet the targets, of which {held_by} asks for more; the smallest "
                f"largest weight that would do is {which}{also}."
            )
    if changes := _relaxation(program, full):
        # Raking never reaches 0, so that only targets which leave some weight to each respondent would do.
        itself = limits.distance == "exponential" and bool((limits.low <= 0).all())
        changes = _relaxation(_for_itself(program), full) if itself else changes
        return NoWeights(
            f"weights: no weights{_range(limits)} meet all targets at once; the smallest relaxation"
            f"{' that lets each respondent stand for itself' if itself else ''} is to {changes}{also}."
        )
    return unreachable(full, limits) or NoWeights(
        "weights: the targets can be met only with weights at the edge of what the bounds allow, too close for the "
        'calibration to come within 1e-10; widen the bounds, or use distance="linear".'
    )


def unreachable(full: Design, limits: Limits) -> NoWeights | None:
    """The error for totals that only weights at a bound meet which the distance never reaches, or None.

    Raking never reaches 0, the logit neither of its bounds.
    """
    program = _program(full, limits)
    stuck = _at_a_bound(program, full, logit=limits.distance == "logit")
    if not stuck:
        return None
    if limits.distance == "logit":
        return NoWeights(
            f"weights: the targets leave the respondents of {stuck} only a weight at its bound, which the logit never "
            'reaches; widen the bounds, or use distance="linear".'
        )
    changes = _relaxation(_for_itself(program), full)
    return NoWeights(
        f"weights: the targets leave the respondents of {stuck} a weight of 0, since those of other classes fill them "
        f"already; the smallest relaxation that lets each respondent stand for itself is to {changes}."
    )


def _program(full: Design, limits: Limits) -> Program:
    free = np.isnan(limits.settled)
    low, high = (np.where(free, bound, limits.settled) for bound in (limits.low, limits.high))
    stacked = np.column_stack([full.matrix, free, low, high])
    rows, places = np.unique(stacked, axis=0, return_inverse=True)
    counts = np.bincount(places, weights=limits.counts).astype(float)
    return Program(rows[:, :-3], full.totals, rows[:, -2] * counts, rows[:, -1] * counts, counts, rows[:, -3] == 1)


def _for_itself(program: Program) -> Program:
    """The same with a weight of at least 1 for each respondent."""
    return program._replace(low=np.maximum(program.low, program.counts))


def _smallest_upper_bound(program: Program, full: Design, *, inside: float) -> tuple[float, str]:
    """By what the upper bounds must be multiplied, and the column that asks for it; 0 where no factor does.

    `inside`: how far from its bounds each weight that is not settled must stay.
    """
    from scipy.optimize import linprog

    n = len(program.rows)
    bounded = np.flatnonzero(np.isfinite(program.high) & program.free)
    limits = np.zeros((len(bounded), n + 1))
    limits[np.arange(len(bounded)), bounded] = 1.0
    limits[:, n] = -program.high[bounded]
    scale = _scale(program)
    low = program.low + inside * program.counts * program.free
    high = np.where(program.free, np.inf, program.high)
    result = linprog(
        np.append(np.zeros(n), 1.0),
        A_ub=limits,
        b_ub=-inside * program.counts[bounded],
        A_eq=np.column_stack([program.rows.T, np.zeros(len(scale))]) / scale[:, None],
        b_eq=program.totals / scale,
        bounds=[*zip(low, high, strict=True), (0, None)],
        method="highs",
    )
    if not result.success:
        return 0.0, ""
    # A margin's prices all shift when another takes its place, so a category's price counts from the lowest in it.
    prices = result.eqlin.marginals / scale
    groups = np.array([name.partition(": ")[0] for name in full.columns])
    above = np.array([price - prices[groups == group].min() for price, group in zip(prices, groups, strict=True)])
    return float(result.fun), repr(full.columns[int(above.argmax())])


def _relaxation(program: Program, full: Design) -> str:
    """The targets that change when the sum of absolute gaps is as small as it can be; empty where none must.

    Gaps of auxiliaries count in shares of their total, so that those in other units than the margins can be added.
    """
    from scipy.optimize import linprog

    scale = _scale(program)
    n, p = program.rows.shape
    result = linprog(
        np.concatenate([np.zeros(n), np.ones(2 * p)]),
        A_eq=np.column_stack([program.rows.T / scale[:, None], np.eye(p), -np.eye(p)]),
        b_eq=program.totals / scale,
        bounds=[*zip(program.low, program.high, strict=True), *[(0, None)] * (2 * p)],
        method="highs",
    )
    if not result.success:
        return "widen the bounds, which no weights keep"
    attained = program.totals - (result.x[n : n + p] - result.x[n + p :]) * scale
    off = np.flatnonzero(np.abs(attained - program.totals) > NEAR * np.maximum(np.abs(program.totals), 1.0))
    changes = [
        f"take {full.columns[place]!r} as {attained[place]:.10g} instead of {program.totals[place]:.10g}"
        for place in off
    ]
    return ", ".join(changes) + _nobody_in_both(program, full, off)


def _nobody_in_both(program: Program, full: Design, off: NDArray[np.intp]) -> str:
    """Which two of these categories have no respondent in common, as a remark; empty where all have."""
    margins = [name.partition(": ")[0] for name in full.columns]
    for one, other in combinations(off, 2):
        if margins[one] != margins[other] and not (program.rows[:, one] * program.rows[:, other]).any():
            return f" (nobody in both {full.columns[one]!r} and {full.columns[other]!r} answered)"
    return ""


def _at_a_bound(program: Program, full: Design, *, logit: bool) -> str:
    """A class of respondents whose weights every solution puts at a bound that the distance does not reach.

    The largest sum of distances from the open bounds, each counted up to a small amount: those that stay 0 have none.
    """
    from scipy.optimize import linprog

    n, scale = len(program.rows), _scale(program)
    below = np.flatnonzero(program.free & (program.low <= 0 if not logit else True))
    above = np.flatnonzero(program.free & np.isfinite(program.high) & logit)
    unit = np.eye(n)
    result = linprog(
        np.concatenate([np.zeros(n), -np.ones(n)]),
        A_ub=np.vstack([np.hstack([-unit, unit])[below], np.hstack([unit, unit])[above]]),
        b_ub=np.concatenate([-program.low[below], program.high[above]]),
        A_eq=np.column_stack([program.rows.T / scale[:, None], np.zeros((len(scale), n))]),
        b_eq=program.totals / scale,
        bounds=[*zip(program.low, program.high, strict=True), *[(0, 1e-3)] * n],
        method="highs",
    )
    if not result.success:
        return ""
    for place in np.flatnonzero(result.x[n:] <= NEAR):
        names = [full.columns[column] for column in np.flatnonzero(program.rows[place] == 1)]
        return " and ".join(map(repr, names)) or "one class"
    return ""


def _scale(program: Program) -> Floats:
    """The unit in which a column's gap counts: 1 for the indicator of a category, else its total per respondent."""
    indicator = np.isin(program.rows, (0.0, 1.0)).all(axis=0)
    size = np.maximum(np.abs(program.totals), program.counts @ np.abs(program.rows)) / program.counts.sum()
    return np.where(indicator | (size == 0), 1.0, size)


def _range(limits: Limits) -> str:
    """The bounds in words; where they differ between respondents, the widest."""
    low, high = float(limits.low.min()), float(limits.high.max())
    if np.isfinite(high):
        return f" from {low:g} to {high:g}" if np.isfinite(low) else f" of at most {high:g}"
    return f" of at least {low:g}" if np.isfinite(low) and low > 0 else ""
