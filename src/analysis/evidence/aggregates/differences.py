"""The difference and the ratio of two printed shares of one frame, when it is not known who answered both times."""

import math
from dataclasses import dataclass, replace

import numpy as np

from analysis.evidence.aggregates.overlap import (
    Floats,
    combine,
    correlations,
    mover,
    quadratic,
    quantile,
    shared_units,
    uncorrelated,
    variance,
    wilson_limits,
    worst_correlations,
)
from analysis.evidence.aggregates.shares import PrintedShare

SMALLEST_RATIO_SHARE = 0.05


@dataclass(frozen=True)
class Difference:
    """The second printed share less the first (shares, -1 to 1); all ranges are unions over the rounding sets.

    `point` is the difference of the printed values, `rounding` what the counts behind them allow. `ci` is the main
    interval (overlap at random, so no covariance), `worst` the one at the least favourable corner of overlap and
    persistence, `bounds` what holds whatever the missing units would have answered. `se` is the largest standard
    error without covariance, `se_range` the lowest and highest at any corner. `shared` are the fewest and most units
    that can have answered both times, `cohen_h` the effect size of the printed values.
    """

    point: float
    rounding: tuple[float, float]
    se: float
    se_range: tuple[float, float]
    ci: tuple[float, float]
    worst: tuple[float, float]
    bounds: tuple[float, float]
    shared: tuple[int, int]
    cohen_h: float
    confidence: float
    population_size: int
    arithmetic: str


@dataclass(frozen=True)
class Ratio:
    """The second printed share over the first, with the intervals as those of a difference."""

    point: float
    rounding: tuple[float, float]
    ci: tuple[float, float]
    worst: tuple[float, float]
    arithmetic: str


def difference(
    first: PrintedShare, second: PrintedShare, *, population_size: int, confidence: float = 0.95
) -> Difference:
    """The difference of two printed shares of the same units, second less first, with unknown overlap of answers.

    V(d) = V1 + V2 - 2 Cov, with V_t = (1 - n_t/N) p_t (1 - p_t)/(n_t - 1) and the covariance at the corners of what
    is possible; intervals by MOVER from Wilson limits with finite-population correction, kept within the worst-case
    bounds. `population_size` is N, the units that both frames have. Whether the two figures may be subtracted is
    not decided here. Raises ValueError for a base below 2 or above N. Source: methods of this project, section 4.4.
    """
    c = combine([first, second], population_size=population_size)
    signs = np.array([[-1.0], [1.0]])
    v = variance(c.p, c.n, population_size=population_size)
    low, high = correlations(c.p, c.n, population_size=population_size)
    limits = wilson_limits(c.p, c.n, population_size=population_size, confidence=confidence)
    (low1, low2), (high1, high2) = c.bounds
    ends = low2 - high1, high2 - low1
    gaps = c.p[1] - c.p[0]
    fewest, most = shared_units((c.n[0], c.n[1]), population_size=population_size)
    se, se_low, se_high = (quadratic(signs * np.sqrt(v), rho) for rho in (uncorrelated(2), high, low))
    result = Difference(
        point=second.value - first.value,
        rounding=(float(gaps.min()), float(gaps.max())),
        se=float(se.max()),
        se_range=(float(se_low.min()), float(se_high.max())),
        ci=_union(mover(signs, c.p, limits, rho=uncorrelated(2)), within=ends),
        worst=_union(mover(signs, c.p, limits, rho=worst_correlations(signs, low, high)), within=ends),
        bounds=(float(ends[0].min()), float(ends[1].max())),
        shared=(int(fewest.min()), int(most.max())),
        cohen_h=cohens_h(second.value, first.value),
        confidence=confidence,
        population_size=population_size,
        arithmetic="",
    )
    return replace(result, arithmetic=_arithmetic(result, first, second))


def ratio(first: PrintedShare, second: PrintedShare, *, population_size: int, confidence: float = 0.95) -> Ratio:
    """The ratio of two printed shares of the same units, second over first, on the log scale.

    V(log r) = V1/p1^2 + V2/p2^2 - 2 Cov/(p1 p2), without covariance in `ci` and at its lowest corner in `worst`;
    unions over the rounding sets, within what the worst-case bounds of the two shares allow. Raises ValueError for a
    share that may be below 5 percent, of which only the difference is shown, and as `difference`.
    Source: methods of this project, section 6.3.
    """
    c = combine([first, second], population_size=population_size)
    if c.p.min() < SMALLEST_RATIO_SHARE:
        raise ValueError(f"{first.text} and {second.text} percent: no ratio of a share that may be below 5 percent")
    signs = np.array([[-1.0], [1.0]])
    relative = np.sqrt(variance(c.p, c.n, population_size=population_size)) / c.p
    low, _ = correlations(c.p, c.n, population_size=population_size)
    (low1, low2), (high1, high2) = c.bounds
    ends = low2 / high1, high2 / low1
    ratios = c.p[1] / c.p[0]
    limits = []
    for rho in (uncorrelated(2), low):
        factor = np.exp(quantile(confidence) * quadratic(signs * relative, rho))
        limits.append(_union((ratios / factor, ratios * factor), within=ends))
    rounding = float(ratios.min()), float(ratios.max())
    return Ratio(
        point=second.value / first.value,
        rounding=rounding,
        ci=limits[0],
        worst=limits[1],
        arithmetic=f"{second.text} / {first.text} = {second.value / first.value:.2f}; with {second.words} and "
        f"{first.words} from {rounding[0]:.2f} to {rounding[1]:.2f}",
    )


def cohens_h(p1: float, p2: float) -> float:
    """Cohen's h, the effect size of two shares (0 to 1): 2 asin(sqrt(p1)) - 2 asin(sqrt(p2)).

    Raises ValueError for a share off 0 to 1. Source: Cohen 1988, chapter 6.
    """
    return 2 * math.asin(math.sqrt(p1)) - 2 * math.asin(math.sqrt(p2))


def _union(limits: tuple[Floats, Floats], *, within: tuple[Floats, Floats]) -> tuple[float, float]:
    """The hull over all combinations of limits that are kept within the bounds of their combination."""
    return float(np.maximum(limits[0], within[0]).min()), float(np.minimum(limits[1], within[1]).max())


def _arithmetic(result: Difference, first: PrintedShare, second: PrintedShare) -> str:
    low, high = (f"{100 * end:.1f}" for end in result.rounding)
    fewest, most = result.shared
    return (
        f"{second.text} - {first.text} = {100 * result.point:.0f} points; with {second.words} and {first.words} "
        f"{low} to {high}; {fewest} to {most} of {result.population_size} units can have answered both times, so the "
        f"standard error is {100 * result.se_range[0]:.1f} to {100 * result.se_range[1]:.1f} points, and "
        f"{100 * result.se:.1f} without covariance"
    )
