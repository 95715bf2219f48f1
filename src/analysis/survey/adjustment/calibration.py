"""Calibration: the weights nearest to the base weights that meet every total, within bounds on each weight."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.survey.adjustment.columns import Design, all_columns, independent
from analysis.survey.adjustment.distances import DISTANCES, Distance
from analysis.survey.adjustment.feasibility import Limits, explained, unreachable
from analysis.survey.adjustment.margins import Floats, Margin, NoWeights, checked_base

# The largest relative gap that a total may have; Newton's method goes on to GOAL where the numbers allow it.
GAP = 1e-10
GOAL = 1e-14
STEPS = 200
# Units whose weight a total settles: the total is what their bounds add up to, to this relative precision.
SETTLED = 1e-9
# A weight closer than this to a bound (as a share of the base weight) may only be there because it never arrives.
EDGE = 1e-6


def calibrate(
    base: ArrayLike,
    margins: Sequence[Margin] = (),
    *,
    x: pd.DataFrame | ArrayLike | None = None,
    totals: ArrayLike | None = None,
    distance: Literal["linear", "exponential", "logit"] = "linear",
    smallest: ArrayLike | None = 1.0,
    largest: ArrayLike | None = None,
) -> Floats:
    """Calibrated weights: minimise the distance to the base weights d subject to sum of w_i x_i = T.

    w_i = d_i F(x_i'lambda) with F(u) = 1 + u (`linear`), exp(u) (`exponential`; raking), or the logit of Deville and
    Särndal, each kept between L_i = smallest / d_i and U_i = largest / d_i: the first two are cut off there, the last
    approaches them, and a unit whose base weight is a bound keeps it. `smallest` and `largest` are weights, one for all
    or one each; None means no bound (the last two stay above 0 even so). By default each respondent of a census stands
    for at least itself.
    Raises NoWeights for what `design_matrix` and `checked_base` refuse, and where no weights within the bounds meet
    the totals to 1e-10, with the bound that would do or the smallest gaps that must be left.
    Source: Deville and Särndal 1992; methods of this project, section 3.4.
    """
    values = checked_base(base, margins)
    full = all_columns(margins, x, totals=totals)
    if len(full.matrix) != len(values):
        raise NoWeights(f"x: {len(full.matrix)} rows for {len(values)} respondents; give one row each.")
    low, high = _bounds(values, smallest, largest, distance=distance)
    fixed = (values <= low) | (values >= high) if distance == "logit" else np.zeros(len(values), bool)
    weights = _settled(values, full, low, high, fixed=fixed)
    free = np.isnan(weights)
    weights[free] = _nearest(
        values[free],
        full.matrix[free],
        full.totals - weights[~free] @ full.matrix[~free],
        low=low[free] / values[free],
        high=high[free] / values[free],
        distance=DISTANCES[distance],
    )
    # A bound divided by a base weight and multiplied by it again is off by the last digit.
    weights = np.clip(weights, low, high)
    settled = np.where(free | (distance != "logit"), np.nan, weights)
    limits = Limits(low, high, settled, distance, np.ones(len(values), dtype=np.int64))
    return _proved(weights, values, full, limits)


def calibrated_cells(
    table: Floats,
    counts: NDArray[np.integer],
    categories: Sequence[NDArray[np.integer]],
    margins: Sequence[Margin],
    targets: Sequence[Floats],
) -> Floats:
    """What the sums of base weights in cells come to when raked to the targets, by Newton's method (see `rake`).

    `counts`: respondents of each cell; `categories`: its category in each margin. Raises NoWeights where no weights do.
    """
    blocks = [place[:, None] == np.arange(len(one.labels)) for place, one in zip(categories, margins, strict=True)]
    names = tuple(f"{one.name}: {label}" for one in margins for label in one.labels)
    full = Design(np.hstack(blocks).astype(float), np.concatenate(targets), names)
    low, high = np.zeros(len(table)), np.full(len(table), np.inf)
    weights = _nearest(table, full.matrix, full.totals, low=low, high=high, distance=DISTANCES["exponential"])
    limits = Limits(low, high, np.full(len(table), np.nan), "exponential", counts)
    return _proved(weights, table, full, limits)


def _bounds(
    base: Floats, smallest: ArrayLike | None, largest: ArrayLike | None, *, distance: str
) -> tuple[Floats, Floats]:
    """The smallest and the largest weight of each respondent."""
    if distance not in DISTANCES:
        raise NoWeights(f"distance: {distance!r} is not known; choose one of {', '.join(DISTANCES)}.")
    lowest = -np.inf if distance == "linear" else 0.0
    low = np.maximum(np.broadcast_to(np.asarray(lowest if smallest is None else smallest, float), base.shape), lowest)
    high = np.broadcast_to(np.asarray(np.inf if largest is None else largest, float), base.shape)
    if not (low <= high).all():
        raise NoWeights("bounds: the smallest weight is above the largest, or not a number; give them in order.")
    for place in np.flatnonzero((base < low) | (base > high))[: int(distance == "logit")]:
        raise NoWeights(
            f"bounds: the base weight {base[place]:g} of respondent {place + 1} is outside {low[place]:g} to "
            f'{high[place]:g}, where the logit needs it; use distance="linear", or other bounds.'
        )
    return low, high


def _settled(base: Floats, full: Design, low: Floats, high: Floats, *, fixed: NDArray[np.bool_]) -> Floats:
    """The weights that are settled before any calibration, NaN for the others.

    Those of the units that keep their base weight, and those of a category or column whose total is just what the
    bounds of its units come to: a size group in which everybody answered leaves each of them a weight of 1.
    """
    weights = np.where(fixed, base, np.nan)
    weights = np.where(low == high, low, weights)
    positive = (full.matrix >= 0).all(axis=0)
    for _ in range(len(full.columns)):
        free = np.isnan(weights)
        rest = full.totals - weights[~free] @ full.matrix[~free]
        before = free.sum()
        for bound in (low, high):
            ends = np.where(free, bound, 0.0)
            with np.errstate(invalid="ignore"):
                sums = np.where(full.matrix[free] > 0, ends[free, None] * full.matrix[free], 0.0).sum(axis=0)
                tight = positive & np.isfinite(sums) & (np.abs(sums - rest) <= SETTLED * np.abs(full.totals))
            reached = free & (full.matrix[:, tight] > 0).any(axis=1)
            weights = np.where(reached & np.isnan(weights), bound, weights)
        if np.isnan(weights).sum() == before:
            break
    return weights


def _nearest(base: Floats, matrix: Floats, totals: Floats, *, low: Floats, high: Floats, distance: Distance) -> Floats:
    """The weights by Newton's method with step halving on the dual problem; whether they meet the totals is not said.

    The dual, sum of d_i (integral of F)(x_i'lambda) - T'lambda, is convex, and its gradient is the gap of each total.
    A step counts when it lowers the dual by a share of what its slope promises, or, where the dual changes only in its
    last digits, when it lowers the gap.
    """
    if not len(base):
        return base
    kept = independent(matrix)
    scale = np.sqrt(base @ matrix[:, kept] ** 2)
    columns, goals = matrix[:, kept] / scale, totals[kept] / scale
    size = np.maximum(np.abs(goals), base @ np.abs(columns))

    def at(point: Floats) -> tuple[float, float, Floats, Floats, Floats]:
        response = distance(columns @ point, low, high)
        weights = base * response.ratio
        gradient = weights @ columns - goals
        dual = float(base @ response.integral - goals @ point)
        return dual, float((np.abs(gradient) / size).max()), gradient, base * response.slope, weights

    point = np.zeros(len(kept))
    with np.errstate(all="ignore"):
        dual, gap, gradient, slope, weights = at(point)
        for _ in range(STEPS):
            if gap <= GOAL:
                break
            curvature = columns.T @ (columns * slope[:, None])
            # The smallest ridge keeps the step finite where all units of a column are cut off at a bound.
            ridge = 1e-10 * max(np.trace(curvature) / len(kept), 1e-6)
            step = np.linalg.solve(curvature + ridge * np.eye(len(kept)), gradient)
            promised, last_digits = 1e-4 * float(gradient @ step), 1e-13 * (np.abs(dual) + base.sum())
            for halvings in range(60):
                tried = at(point - step / 2**halvings)
                change = tried[0] - dual
                if change < -promised / 2**halvings or (np.abs(change) < last_digits and tried[1] < gap):
                    break
            else:
                break
            point = point - step / 2**halvings
            dual, gap, gradient, slope, weights = tried
    return weights


def _proved(weights: Floats, base: Floats, full: Design, limits: Limits) -> Floats:
    """The weights, after a look at what they come to: every total, and no bound that the distance never reaches."""
    if not _gap(weights, full) <= GAP:
        raise explained(full, limits)
    logit = limits.distance == "logit"
    room = np.minimum(weights - limits.low, limits.high - weights) if logit else weights
    near = np.isnan(limits.settled) & (room < EDGE * base) & (limits.distance != "linear")
    if near.any() and (error := unreachable(full, limits)):
        raise error
    return weights


def _gap(weights: Floats, full: Design) -> float:
    """The largest relative gap of a total."""
    size = np.maximum(np.abs(full.totals), np.abs(weights) @ np.abs(full.matrix))
    return float((np.abs(weights @ full.matrix - full.totals) / np.where(size > 0, size, 1.0)).max())
