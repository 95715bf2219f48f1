"""Raking the replicates of a jackknife or bootstrap, many side by side."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import numpy as np

from analysis.survey.adjustment.cells import cross
from analysis.survey.adjustment.margins import Margin, checked_base, checked_margins
from analysis.survey.adjustment.raking import cell_factors
from analysis.survey.inference.variance import Floats

# Replicates fitted together: enough that the work is in the tables, few enough that these stay in the cache.
TOGETHER = 16


def raked_replicates(
    multipliers: Iterable[Floats],
    *,
    base: Floats,
    margins: Sequence[Margin],
    tolerance: float = 1e-12,
    cycles: int = 200,
) -> Iterator[Floats]:
    """The raked weights of each replicate: those that `rake` gives for the base weights times its multipliers.

    The margins are crossed once; iterative proportional fitting then runs on the tables of several replicates at a
    time, to a relative gap of `tolerance`. Replicates it does not fit go to `cell_factors`, which raises NoWeights
    where nothing can: where the only respondent of a category was left out.
    """
    values, cells = checked_base(base, margins), cross(margins)
    codes = cells.codes.astype(np.intp)
    sums = [one.sums(values) for one in margins]
    targets = [one.totals for one in checked_margins(margins, sums=sums, n=len(values))]
    stream = iter(multipliers)
    while block := [values * one for one in islice(stream, TOGETHER)]:
        tables = np.array([np.bincount(codes, weights=one, minlength=len(cells)) for one in block], dtype="float64")
        dense = cells.places is None
        fitted = _fitted(tables, targets, tolerance=tolerance, cycles=cycles) if dense else [None] * len(block)
        for weights, table, factors in zip(block, tables, fitted, strict=True):
            found = cell_factors(table, cells, margins, tolerance=tolerance) if factors is None else factors
            yield weights * found[codes]


def _fitted(tables: Floats, targets: Sequence[Floats], *, tolerance: float, cycles: int) -> list[Floats | None]:
    """The factor of each cell of each table; None for a table that does not come within the tolerance.

    A cycle goes through the margins from the first to the last. What the tables come to under the factors of the later
    margins is summed once, from the last axis on; the earlier ones are multiplied in from the first axis on.
    """
    many = len(tables)
    factors = [np.ones((many, len(target))) for target in targets]
    gaps = np.full(many, np.inf)
    with np.errstate(all="ignore"):
        for _ in range(cycles):
            gaps, later = np.zeros(many), [tables]
            for factor in factors[:0:-1]:
                later.append((later[-1].reshape(many, -1, factor.shape[1]) @ factor[:, :, None])[..., 0])
            for place, target in enumerate(targets):
                sums = later.pop()
                for factor in factors[:place]:
                    sums = (factor[:, None] @ sums.reshape(many, factor.shape[1], -1))[:, 0]
                off = np.abs(factors[place] * sums - target) / np.where(target > 0, target, 1.0)
                gaps = np.maximum(gaps, off.max(axis=1))
                factors[place] = np.where(target > 0, target / sums, 0.0)
            if not (gaps > tolerance).any():
                break
    product = factors[0]
    for factor in factors[1:]:
        product = (product[:, :, None] * factor[:, None]).reshape(many, -1)
    return [cells if gap <= tolerance else None for cells, gap in zip(product, gaps, strict=True)]
