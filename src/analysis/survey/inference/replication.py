"""Variances by doing the weighting again: for indices, ranks and quantiles, which no formula covers.

The weighting comes in as a function `weigh` from multipliers of the base weights (one a respondent, 0 for one left
out) to final weights, so that all of it is done again in each replicate. Raking has a faster way: `estimates` with
`replicate_raking.raked_replicates` of the multipliers.
"""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.errors import InputError
from analysis.survey.inference.variance import Floats, Ints, corrections

Weigh = Callable[[Floats], Floats]
Statistic = Callable[[Floats], ArrayLike]


def estimates(statistic: Statistic, weights: Iterable[Floats]) -> Floats:
    """The estimates under each set of weights, a row each: for replicates weighted by `raked_replicates`."""
    return np.array([np.atleast_1d(statistic(one)) for one in weights])


def jackknife(statistic: Statistic, weigh: Weigh, *, strata: Ints, stratum_sizes: ArrayLike) -> Floats:
    """The estimates with each respondent left out in turn, a row each.

    The others of its response group count n_h/(n_h - 1) times, then all are weighted again. `statistic` takes weights
    (0 for the one left out) and gives one or more numbers. Raises InputError for a group of one respondent.
    """
    return estimates(statistic, map(weigh, jackknife_multipliers(strata, stratum_sizes=stratum_sizes)))


def jackknife_multipliers(strata: Ints, *, stratum_sizes: ArrayLike) -> Iterator[Floats]:
    """For each respondent: 0 for it, n_h/(n_h - 1) for the others of its response group, 1 elsewhere.

    Nobody is left out of a group that answered in full. Raises InputError for a single answer of several units.
    """
    counts, sizes = _checked(strata, stratum_sizes)
    for i, h in enumerate(strata):
        multipliers = np.ones(len(strata))
        if counts[h] < sizes[h]:
            multipliers[strata == h] = counts[h] / (counts[h] - 1)
            multipliers[i] = 0.0
        yield multipliers


def jackknife_variance(replicates: Floats, point: ArrayLike, *, strata: Ints, weights: Floats) -> Floats:
    """The variance from leaving out: sum over groups (n_h - 1)/n_h sum(phi_i (estimate without i - point)^2).

    phi_i = max(0, 1 - 1/w_i) is the finite-population correction of respondent i. One number per estimate.
    Without phi the variance is 46 percent too large at a response rate of 54 percent.
    """
    counts = np.bincount(strata)
    factors = ((counts - 1) / np.maximum(counts, 1))[strata] * corrections(weights)
    return factors @ (replicates - np.atleast_1d(point)) ** 2


def rao_wu(
    statistic: Statistic,
    weigh: Weigh,
    *,
    strata: Ints,
    stratum_sizes: ArrayLike,
    replicates: int,
    generator: np.random.Generator,
) -> Floats:
    """The estimates in each replicate of the rescaled bootstrap with finite-population correction, a row each.

    The weighting is done again in each. Raises InputError as `rao_wu_multipliers`.
    """
    drawn = rao_wu_multipliers(strata, stratum_sizes=stratum_sizes, replicates=replicates, generator=generator)
    return estimates(statistic, map(weigh, drawn))


def rao_wu_multipliers(
    strata: Ints, *, stratum_sizes: ArrayLike, replicates: int, generator: np.random.Generator
) -> Iterator[Floats]:
    """Multipliers 1 - l_h + l_h n_h/m_h r_i: r_i times drawn in m_h = n_h - 1 draws, l_h = sqrt(1 - f_h).

    They are always above 0 and have mean 1; groups that answered in full keep 1. Raises InputError for a group with a
    single answer of several units, or with more answers than units. Source: Rao and Wu 1988, JASA 83:231.
    """
    counts, sizes = _checked(strata, stratum_sizes)
    members = [np.flatnonzero(strata == h) for h in range(len(sizes)) if counts[h] < sizes[h] and counts[h]]
    for _ in range(replicates):
        multipliers = np.ones(len(strata))
        for group in members:
            n = len(group)
            shrink = np.sqrt(1 - n / sizes[strata[group[0]]])
            times = generator.multinomial(n - 1, np.full(n, 1 / n))
            multipliers[group] = 1 - shrink + shrink * n / (n - 1) * times
        yield multipliers


def bootstrap_variance(replicates: Floats, point: ArrayLike) -> Floats:
    """The mean squared distance of the replicates from the `point`. One number per estimate."""
    return np.asarray(((replicates - np.atleast_1d(point)) ** 2).mean(axis=0))


def percentile_interval(replicates: Floats, *, confidence: float) -> NDArray[np.float64]:
    """The middle part of the replicates, a row (low, high) per estimate: for ranks and quantiles."""
    tail = (1 - confidence) / 2
    return np.quantile(replicates, [tail, 1 - tail], axis=0).T


def _checked(strata: Ints, stratum_sizes: ArrayLike) -> tuple[Ints, Floats]:
    """Respondents and units of each response group."""
    sizes = np.asarray(stratum_sizes, dtype="float64")
    counts = np.bincount(strata, minlength=len(sizes))
    for h in np.flatnonzero((counts > sizes) | (counts == 1) & (sizes > 1)):
        raise InputError(
            f"stratum {h + 1} has {counts[h]} respondents of {sizes[h]:g} units, which cannot be drawn from; "
            "join it with another stratum."
        )
    return counts, sizes
