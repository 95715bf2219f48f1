"""The straight line through the printed shares of one frame at three or more times, and how badly it fits."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analysis.evidence.aggregates.overlap import (
    Combinations,
    Floats,
    combine,
    correlations,
    mover,
    quadratic,
    quantile,
    uncorrelated,
    variance,
    wilson_limits,
    worst_correlations,
)
from analysis.evidence.aggregates.shares import PrintedShare


@dataclass(frozen=True)
class Slope:
    """The slope of printed shares (share a year); ranges are unions over the rounding sets, as in `Difference`.

    `lack_of_fit` is Q, the weighted squares of the distances to the line, at the printed values, `lack_range` its
    lowest and highest over the rounding sets and `p_range` what probabilities these have with `df` degrees of
    freedom; they are missing where every unit answered each time, since nothing is then left to chance.
    """

    point: float
    rounding: tuple[float, float]
    se: float
    ci: tuple[float, float]
    worst: tuple[float, float]
    bounds: tuple[float, float]
    lack_of_fit: float
    lack_range: tuple[float, float]
    p_range: tuple[float, float]
    df: int
    arithmetic: str


def slope(
    shares: Sequence[PrintedShare], *, years: Sequence[float], population_size: int, confidence: float = 0.95
) -> Slope:
    """The weighted least-squares slope of printed shares of one frame on calendar time, with its lack of fit.

    b = sum w (x - x_w) p / sum w (x - x_w)^2 with w = 1/V_t, V_t with finite-population correction (Wilson's where a
    share is 0 or 1); Q = sum w (p - a - b x)^2 with T - 2 degrees of freedom. `ci` by MOVER without covariance,
    `worst` with the least favourable covariance of each pair of waves, `bounds` from the worst-case bounds of each
    share with these weights. The line describes the years in it and nothing beyond. Raises ValueError for fewer than
    three waves, years that do not rise, and as `combine`. Source: methods of this project, section 6.7.
    """
    if len(shares) < 3 or len(years) != len(shares) or not all(a < b for a, b in pairwise(years)):
        raise ValueError("a slope needs three or more printed shares and as many rising years")
    x = np.asarray(years, dtype="float64")[:, None]
    c = combine(shares, population_size=population_size)
    limits = wilson_limits(c.p, c.n, population_size=population_size, confidence=confidence)
    spread = _spread(c, limits, confidence=confidence)
    weights = _weights(spread, x)
    low, high = correlations(c.p, c.n, population_size=population_size)
    lowest, highest = c.bounds
    ends = _extreme(weights, lowest, highest), _extreme(weights, highest, lowest)
    slopes = (weights * c.p).sum(axis=0)
    worst = mover(weights, c.p, limits, rho=worst_correlations(weights, low, high))
    main = mover(weights, c.p, limits, rho=uncorrelated(len(x)))
    sd = np.sqrt(variance(c.p, c.n, population_size=population_size))
    lack = _lack(spread, c.p, x)
    point, printed_lack = _at_printed(shares, c, spread, x)
    return Slope(
        point=point,
        rounding=(float(slopes.min()), float(slopes.max())),
        se=float(quadratic(weights * sd, uncorrelated(len(x))).max()),
        ci=(float(np.maximum(main[0], ends[0]).min()), float(np.minimum(main[1], ends[1]).max())),
        worst=(float(np.maximum(worst[0], ends[0]).min()), float(np.minimum(worst[1], ends[1]).max())),
        bounds=(float(ends[0].min()), float(ends[1].max())),
        lack_of_fit=printed_lack,
        lack_range=(float(lack.min()), float(lack.max())),
        p_range=(_upper_tail(float(lack.max()), len(x) - 2), _upper_tail(float(lack.min()), len(x) - 2)),
        df=len(x) - 2,
        arithmetic=_arithmetic(shares, years, point=point),
    )


def _spread(c: Combinations, limits: tuple[Floats, Floats], *, confidence: float) -> Floats:
    """The variance that weighs each share; 0 throughout a combination only where all units answered every time."""
    v = variance(c.p, c.n, population_size=c.population_size)
    wilson = ((limits[1] - limits[0]) / (2 * quantile(confidence))) ** 2
    chosen = np.where((c.p > 0) & (c.p < 1), v, wilson)
    # A share that is known exactly weighs without limit; a limit keeps the arithmetic finite.
    return np.maximum(chosen, 1e-12 * chosen.max(axis=0))


def _weights(spread: Floats, x: Floats) -> Floats:
    """What each share is multiplied with to give the slope: w (x - x_w) / sum w (x - x_w)^2."""
    w = _inverse(spread)
    gap = x - (w * x).sum(axis=0) / w.sum(axis=0)
    return np.asarray(w * gap / (w * gap**2).sum(axis=0))


def _inverse(spread: Floats) -> Floats:
    known = (spread == 0).all(axis=0)
    return 1 / np.where(known, 1.0, spread)


def _lack(spread: Floats, p: Floats, x: Floats) -> Floats:
    """Q of each combination; missing where no share has a variance."""
    w = _inverse(spread)
    middle_x, middle_p = ((w * value).sum(axis=0) / w.sum(axis=0) for value in (x, p))
    fitted = middle_p + (_weights(spread, x) * p).sum(axis=0) * (x - middle_x)
    return np.asarray(np.where((spread == 0).all(axis=0), np.nan, (w * (p - fitted) ** 2).sum(axis=0)))


def _extreme(weights: Floats, low: Floats, high: Floats) -> Floats:
    return np.asarray((weights * np.where(weights > 0, low, high)).sum(axis=0))


def _at_printed(shares: Sequence[PrintedShare], c: Combinations, spread: Floats, x: Floats) -> tuple[float, float]:
    """Slope and Q of the printed values, weighted as the combination that is nearest to them."""
    p = np.array([[share.value] for share in shares])
    nearest = int(((c.p - p) ** 2).sum(axis=0).argmin())
    own = spread[:, [nearest]]
    return float((_weights(own, x) * p).sum()), float(_lack(own, p, x)[0])


def _upper_tail(q: float, df: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(df, q))


def _arithmetic(shares: Sequence[PrintedShare], years: Sequence[float], *, point: float) -> str:
    series = ", ".join(f"{share.text} ({year:g}; {share.words})" for share, year in zip(shares, years, strict=True))
    return f"weighted straight line through {series}: {100 * point:.2f} points a year"
