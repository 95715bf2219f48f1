"""Means, shares and quantiles of a finite frame of which a part has answered.

There is no sampling: an interval here says how far the answers of the missing units may move the number if, within
the group, they are missing at random. When every unit has answered it has no width.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.survey.bounds import worst_case

Record = dict[str, Any]
Floats = NDArray[np.float64]


def mean_record(
    values: ArrayLike,
    *,
    population_size: int,
    confidence: float,
    inhabitants: ArrayLike | None = None,
    all_inhabitants: float | None = None,
    low: float = 0.0,
    high: float = 1.0,
) -> Record:
    """The mean of all units of a group, as columns of an estimate record.

    Without `inhabitants` each unit counts once (estimand M): mean of the answers, variance (1 - n/N) s^2 / n with
    n - 1 in s^2. With the inhabitants of each unit that answered and of the whole group, inhabitants count (P):
    sum(P y) / sum(P) over the answers, variance (1 - n/N) s_e^2 / (n mean(P)^2) with e = P (y - estimate).
    Interval: Student's t with n - 1 degrees of freedom, kept within the worst-case bounds for values from `low` to
    `high`. `values` are the answers given, none missing; of no answers only the bounds are known, of a single one
    that is not all there is no interval. Raises ValueError for more answers than units.
    Source: Särndal, Swensson and Wretman 1992, sections 2.8 and 5.6.
    """
    y, sizes, total = _arrays(values, inhabitants, all_inhabitants, population_size)
    record = _point(y, sizes, total, population_size, low, high)
    n = len(y)
    if n == population_size:
        return record | {"se": 0.0, "ci_method": "complete", "ci_lo": record["point"], "ci_hi": record["point"]}
    if n < 2:
        return record
    se = _standard_error(y, sizes, record["point"], population_size)
    half = _t_quantile(n - 1, confidence) * se
    return record | {
        "se": se,
        "ci_method": "t",
        "ci_lo": max(record["point"] - half, record["bound_lo"]),
        "ci_hi": min(record["point"] + half, record["bound_hi"]),
    }


def share_record(
    yes: ArrayLike,
    *,
    population_size: int,
    confidence: float,
    inhabitants: ArrayLike | None = None,
    all_inhabitants: float | None = None,
) -> Record:
    """The share (0 to 1) of all units of a group that have a property, as columns of an estimate record.

    Without `inhabitants` (estimand M) the interval is the exact hypergeometric one. With them (P) the variance is
    that of `mean_record` and the interval Wilson's with n* = p (1 - p) / variance answers, kept within the worst-case
    bounds; where all answers agree it is the bounds, since nothing then shows how units differ.
    `yes` are the answers given, true or false, none missing. Raises ValueError as `mean_record`.
    """
    y, sizes, total = _arrays(np.asarray(yes, dtype=bool), inhabitants, all_inhabitants, population_size)
    record = _point(y, sizes, total, population_size, 0.0, 1.0) | {"k": int(y.sum())}
    n, point = len(y), record["point"]
    if n == population_size:
        return record | {"se": 0.0, "ci_method": "complete", "ci_lo": point, "ci_hi": point}
    if n < 2:
        return record
    se = _standard_error(y, sizes, point, population_size)
    if inhabitants is None:
        lo, hi = hypergeometric_interval(record["k"], n=n, population_size=population_size, confidence=confidence)
        limits = {"ci_method": "hypergeometric", "ci_lo": lo / population_size, "ci_hi": hi / population_size}
    elif se == 0:
        limits = {"ci_method": "bounds", "ci_lo": record["bound_lo"], "ci_hi": record["bound_hi"]}
    else:
        low, high = wilson_interval(point, n=point * (1 - point) / se**2, confidence=confidence)
        limits = {
            "ci_method": "wilson",
            "ci_lo": max(low, record["bound_lo"]),
            "ci_hi": min(high, record["bound_hi"]),
        }
    return record | {"se": se} | limits


@lru_cache(maxsize=4096)
def hypergeometric_interval(k: int, *, n: int, population_size: int, confidence: float) -> tuple[int, int]:
    """The exact interval for the number M of all N units that have a property, when `k` of `n` answers have it.

    All M with P(X >= k | M) > alpha/2 and P(X <= k | M) > alpha/2 for X hypergeometric. Raises ValueError unless
    0 <= k <= n <= N. Source: Konijn 1973; Wang 2015, JASA 110:1491.
    """
    if not 0 <= k <= n <= population_size:
        raise ValueError(f"{k} of {n} answers of {population_size} units is not possible")
    candidates = np.arange(k, population_size - n + k + 1)
    # With the M units first in a row, X >= k when the k-th unit drawn is among them, X <= k when the next one is not.
    every = np.ones(len(candidates))
    at_least = np.cumsum(_place_of(k, n, population_size)) if k else every
    at_most = np.cumsum(_place_of(k + 1, n, population_size)[::-1])[::-1] if k < n else every
    # A tail that equals alpha/2 but for rounding is not above it.
    threshold = (1 - confidence) / 2 * (1 + 1e-10)
    kept = candidates[(at_least > threshold) & (at_most > threshold)]
    return int(kept.min()), int(kept.max())


def wilson_interval(p: float, *, n: float, confidence: float) -> tuple[float, float]:
    """Wilson's interval for a share `p` of `n` answers; `n` may be an effective number.

    (p + z²/2n ± sqrt(z² (p (1-p)/n + z²/4n²))) / (1 + z²/n). Source: Wilson 1927, JASA 22:209.
    """
    from scipy.special import ndtri

    z2 = float(ndtri((1 + confidence) / 2)) ** 2
    centre = p + z2 / (2 * n)
    half = float(np.sqrt(z2 * (p * (1 - p) / n + z2 / (4 * n**2))))
    return (centre - half) / (1 + z2 / n), (centre + half) / (1 + z2 / n)


def quantile_record(
    values: ArrayLike,
    q: float,
    *,
    population_size: int,
    inhabitants: ArrayLike | None = None,
    all_inhabitants: float | None = None,
    low: float = 0.0,
    high: float = 1.0,
) -> Record:
    """The smallest answer that at least a share `q` of the answers (or of their inhabitants) does not exceed.

    The bounds put all missing units at `low` and at `high`. There is no interval. Of no answers only the bounds are
    known. Raises ValueError as `mean_record`.
    """
    y, sizes, total = _arrays(values, inhabitants, all_inhabitants, population_size)
    missing = max(total - float(sizes.sum()), 0.0)
    record = {"n_frame": population_size, "n_answered": len(y), "point": _quantile(y, sizes, q) if len(y) else np.nan}
    for name, extreme in (("bound_lo", low), ("bound_hi", high)):
        record[name] = _quantile(np.append(y, extreme), np.append(sizes, missing), q) if missing else record["point"]
    return record


def _quantile(y: Floats, sizes: Floats, q: float) -> float:
    order = np.argsort(y, kind="stable")
    reached = np.cumsum(sizes[order]) >= q * sizes.sum() * (1 - 1e-12)
    return float(y[order][np.argmax(reached)])


def _arrays(
    values: ArrayLike, inhabitants: ArrayLike | None, all_inhabitants: float | None, population_size: int
) -> tuple[Floats, Floats, float]:
    """Answers, the size by which each counts, and the size of all units together."""
    y = np.asarray(values, dtype="float64")
    if len(y) > population_size:
        raise ValueError(f"{len(y)} answers of {population_size} units")
    if np.isnan(y).any():
        raise ValueError("a missing answer among the answers given")
    if inhabitants is None:
        return y, np.ones(len(y)), float(population_size)
    if all_inhabitants is None:
        raise ValueError("the inhabitants of all units are needed with those of each")
    return y, np.asarray(inhabitants, dtype="float64"), float(all_inhabitants)


def _point(y: Floats, sizes: Floats, total: float, population_size: int, low: float, high: float) -> Record:
    weighted, covered = float((y * sizes).sum()), float(sizes.sum())
    lo, hi = worst_case(weighted, covered=covered, total=total, low=low, high=high)
    point = weighted / covered if len(y) else np.nan
    return {"n_frame": population_size, "n_answered": len(y), "point": point, "bound_lo": lo, "bound_hi": hi}


def _standard_error(y: Floats, sizes: Floats, point: float, population_size: int) -> float:
    n = len(y)
    residuals = sizes * (y - point)
    variance = (1 - n / population_size) * residuals.var(ddof=1) / (n * sizes.mean() ** 2)
    return float(np.sqrt(variance))


def _t_quantile(df: int, confidence: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(df, (1 + confidence) / 2))


def _place_of(rank: int, n: int, population_size: int) -> Floats:
    """The probability that the `rank`-th of n units drawn is unit r of all in a row, for r = rank to N - n + rank.

    C(r - 1, rank - 1) C(N - r, n - rank) / C(N, n).
    """
    logs_of = _log_factorials(population_size)

    def log_choose(a: Any, b: Any) -> Any:
        return logs_of[a] - logs_of[b] - logs_of[a - b]

    r = np.arange(rank, population_size - n + rank + 1)
    before, after = log_choose(r - 1, rank - 1), log_choose(population_size - r, n - rank)
    return np.asarray(np.exp(before + after - log_choose(population_size, n)))


@lru_cache(maxsize=64)
def _log_factorials(most: int) -> Floats:
    """The logarithms of 0! to `most`!."""
    from scipy.special import gammaln

    return np.asarray(gammaln(np.arange(most + 1) + 1.0))
