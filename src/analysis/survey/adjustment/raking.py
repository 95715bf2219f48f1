"""Raking: weights that meet several margins at once and keep the association between them."""

from collections.abc import Sequence
from functools import reduce
from math import prod

import numpy as np
from numpy.typing import ArrayLike

from analysis.survey.adjustment.calibration import calibrated_cells
from analysis.survey.adjustment.cells import Cells, cross
from analysis.survey.adjustment.margins import Floats, Margin, checked_base, checked_margins


def rake(base: ArrayLike, margins: Sequence[Margin], *, tolerance: float = 1e-12, cycles: int = 1000) -> Floats:
    """Raked weights w_i = d_i x (one factor for each category that unit i is in), which meet every margin.

    Iterative proportional fitting on the table of the crossed margins, until no category is off its target by more
    than `tolerance` (relative); where that takes more than `cycles`, Newton's method on the same equations. The
    result depends on the data only through the sums of the base weights in the cells. There is no bound: a raked weight
    can be below 1, which the result shows; `calibrate(distance="logit")` has the remedy.
    Raises NoWeights for what `checked_base` and `checked_margins` refuse, and where no weights meet the margins (a
    combination of categories without respondents), with the classes and the smallest relaxation: never a gap.
    Source: Deming and Stephan 1940; methods of this project, section 3.3.
    """
    values = checked_base(base, margins)
    cells = cross(margins)
    factors = cell_factors(cells.sums(values), cells, margins, tolerance=tolerance, cycles=cycles)
    return cells.spread(values, factors)


def cell_factors(
    table: Floats, cells: Cells, margins: Sequence[Margin], *, tolerance: float = 1e-12, cycles: int = 1000
) -> Floats:
    """The raking factor of each cell, from the sums of base weights in the cells (see `rake`).

    For replicates: cross the margins once, then sum and rake each set of base weights.
    """
    if cells.places is None:
        seed = table.reshape(cells.shape)
        sums = [_along(seed, axis) for axis in range(seed.ndim)]
        targets = [one.totals for one in checked_margins(margins, sums=sums, n=len(cells.codes))]
        factors = _fitted(seed, targets, tolerance=tolerance, cycles=cycles)
        if factors is not None:
            return reduce(np.multiply.outer, factors).reshape(-1)
    return _by_newton(table, cells, margins)


def _by_newton(table: Floats, cells: Cells, margins: Sequence[Margin]) -> Floats:
    """The factors of the cells by Newton's method on the cells with respondents."""
    occupied = np.flatnonzero(table)
    categories = cells.categories(occupied)
    sums = [
        np.bincount(place, weights=table[occupied], minlength=size)
        for place, size in zip(categories, cells.shape, strict=True)
    ]
    targets = [one.totals for one in checked_margins(margins, sums=sums, n=len(cells.codes))]
    counts = np.bincount(cells.codes, minlength=len(cells))[occupied]
    result = np.zeros(len(table))
    result[occupied] = calibrated_cells(table[occupied], counts, categories, margins, targets) / table[occupied]
    return result


def _along(table: Floats, axis: int) -> Floats:
    """The sums of a table along one axis; by products with ones, which are many times faster than sums over axes."""
    before, after = prod(table.shape[:axis]), prod(table.shape[axis + 1 :])
    return (np.ones(before) @ table.reshape(before, -1)).reshape(-1, after) @ np.ones(after)


def _fitted(seed: Floats, targets: list[Floats], *, tolerance: float, cycles: int) -> list[Floats] | None:
    """The factors of each margin by iterative proportional fitting, or None where the cycles do not suffice.

    A cycle goes through the margins from the first to the last. What the table comes to under the factors of the later
    margins is summed once, from the last axis on; the earlier ones are multiplied in from the first axis on.
    """
    factors = [np.ones(len(target)) for target in targets]
    goals = [np.where(target > 0, target, 1.0) for target in targets]
    with np.errstate(all="ignore"):
        for _ in range(cycles):
            gap, later = 0.0, [seed.reshape(-1)]
            for factor in factors[:0:-1]:
                later.append(later[-1].reshape(-1, len(factor)) @ factor)
            for place, (target, goal) in enumerate(zip(targets, goals, strict=True)):
                sums = later.pop()
                for factor in factors[:place]:
                    sums = factor @ sums.reshape(len(factor), -1)
                off = np.abs(factors[place] * sums - target) / goal
                if not (largest := float(off.max())) < np.inf:
                    return None
                gap = max(gap, largest)
                factors[place] = np.divide(target, sums, out=np.zeros_like(sums), where=target > 0)
            if gap <= tolerance:
                return factors
    return None
