"""Intervals for shares from a full frame of which a part has answered: which method where, and the methods.

No interval is the estimate plus or minus a multiple of its standard error: such intervals leave 0 to 1 and have no
width where all answers agree.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.survey.estimation import hypergeometric_interval, wilson_interval

Record = dict[str, Any]
Floats = NDArray[np.float64]
Limits = tuple[float, float]

# Where Wilson's interval covers too little: few answers, and shares near 0 or 1 (methods 3.9).
FEW_ANSWERS = 30
EXTREME_SHARE = 0.1


@dataclass(frozen=True)
class Groups:
    """Response groups: the units, the answers and the answers that are yes of each."""

    sizes: tuple[int, ...]
    answers: tuple[int, ...]
    yes: tuple[int, ...]

    @property
    def unanimous(self) -> bool:
        """Whether in every group all answers agree."""
        return all(k in (0, n) for k, n in zip(self.yes, self.answers, strict=True))


@dataclass(frozen=True)
class Share:
    """A share as an interval needs it.

    `point` 0 to 1; `n` answers; `variance` with the finite-population correction (without it, if `population_size` is
    None); `df` its degrees of freedom, n - groups or n - calibration columns; `groups` the response groups (None where
    inhabitants count); `equal_weights` whether all answers count the same; `bounds` the worst-case bounds, which no
    interval leaves.
    """

    point: float
    n: int
    population_size: int | None
    variance: float
    df: int
    groups: Groups | None = None
    equal_weights: bool = False
    bounds: Limits = (0.0, 1.0)


def choose_interval(share: Share, *, confidence: float) -> Record:
    """The interval for a share by the method that fits its `situation`: columns ci_method, ci_lo, ci_hi (0 to 1).

    Kept within the worst-case bounds. Of no answers there is none: NaN. Source of the choice: methods 3.9.
    """
    if share.n == 0:
        return {"ci_method": "none", "ci_lo": np.nan, "ci_hi": np.nan}
    method, interval = METHODS[situation(share)]
    low, high = interval(share, confidence)
    return {"ci_method": method, "ci_lo": max(low, share.bounds[0]), "ci_hi": min(high, share.bounds[1])}


def situation(share: Share) -> str:
    """Which of the situations of `METHODS` a share is in; the first that holds."""
    groups = share.groups
    extreme = min(share.point, 1 - share.point) < EXTREME_SHARE
    # The variance of answers that agree is zero but for rounding.
    without_spread = share.variance <= 1e-14 * max(share.point * (1 - share.point), 1 / share.n) / share.n
    cases = {
        "complete": share.n == share.population_size,
        "no correction": share.population_size is None,
        "one group": share.equal_weights and groups is not None and len(groups.sizes) == 1,
        "unanimous groups": without_spread and groups is not None and groups.unanimous,
        "no spread": without_spread,
        "few or extreme": share.n < FEW_ANSWERS or extreme,
        "weighted": True,
    }
    return next(name for name, holds in cases.items() if holds)


def n_star(point: float, variance: float) -> float:
    """The number of answers of a simple random sample that would give this variance: p (1 - p) / V; infinite at 0."""
    return point * (1 - point) / variance if variance > 0 else inf


def clopper_pearson(point: float, *, n: float, confidence: float) -> Limits:
    """The exact binomial interval for a share of `n` answers; `n` may be an effective number.

    Quantiles of beta(np, n - np + 1) and beta(np + 1, n - np). Source: Clopper and Pearson 1934, Biometrika 26:404.
    """
    from scipy.special import betaincinv

    alpha, k = 1 - confidence, n * point
    low = float(betaincinv(k, n - k + 1, alpha / 2)) if k > 0 else 0.0
    high = float(betaincinv(k + 1, n - k, 1 - alpha / 2)) if k < n else 1.0
    return low, high


def korn_graubard(point: float, *, variance: float, n: int, df: int, confidence: float) -> Limits:
    """The beta interval of a weighted share: `clopper_pearson` with n* (t_{n-1} / t_df)^2 answers.

    Source: Korn and Graubard 1998, Survey Methodology 24:193; as `svyciprop(method = "beta")` of R's survey.
    """
    from scipy.special import stdtrit

    upper = (1 + confidence) / 2
    ratio = float(stdtrit(n - 1, upper) / stdtrit(df, upper))
    return clopper_pearson(point, n=n_star(point, variance) * ratio**2, confidence=confidence)


def goodman(points: ArrayLike, *, n: ArrayLike, confidence: float) -> list[Limits]:
    """Simultaneous intervals for all K shares of one distribution: Wilson's at 1 - alpha/K.

    `n` is the number of answers, or n* of each share. Source: Goodman 1965, Technometrics 7:247.
    """
    p, numbers = np.broadcast_arrays(np.asarray(points, dtype="float64"), np.asarray(n, dtype="float64"))
    each = 1 - (1 - confidence) / len(p)
    return [wilson_interval(float(a), n=float(b), confidence=each) for a, b in zip(p, numbers, strict=True)]


def unanimous_bound(groups: Groups, *, confidence: float) -> tuple[int, int]:
    """The exact interval for the number of yes among all units when in every response group all answers agree.

    Upper end: the yes of groups where all said yes, and the largest sum of M_h over those where none did, such that
    the product of C(N_h - M_h, n_h) / C(N_h, n_h) is at least alpha/2; the lower end mirrors it. By a dynamic
    programme over the groups. Raises ValueError when answers of a group differ.
    """
    if not groups.unanimous:
        raise ValueError("answers differ within a group")
    rows = list(zip(groups.sizes, groups.answers, groups.yes, strict=True))
    threshold = float(np.log((1 - confidence) / 2))
    # A group without answers agrees with either: its units may be all yes or all no.
    hidden_yes = _most_hidden([(size, n) for size, n, k in rows if k == 0], threshold)
    hidden_no = _most_hidden([(size, n) for size, n, k in rows if k == n], threshold)
    sure_yes = sum(size for size, n, k in rows if k == n > 0)
    return sum(size for size, n, k in rows if k == n) - hidden_no, sure_yes + hidden_yes


def _most_hidden(groups: list[tuple[int, int]], threshold: float) -> int:
    """The most units of another kind that can have stayed unseen in groups of (units, answers)."""
    from scipy.special import gammaln

    best: Floats = np.zeros(1)
    for size, n in groups:
        m = np.arange(size - n + 1.0)
        logs = gammaln(size - m + 1) - gammaln(size - m - n + 1) - gammaln(size + 1.0) + gammaln(size - n + 1.0)
        logs = logs[logs >= threshold - 1e-10]
        wider = np.full(len(best) + len(logs) - 1, -inf)
        for hidden, log in enumerate(logs):
            np.maximum(wider[hidden : hidden + len(best)], best + log, out=wider[hidden : hidden + len(best)])
        best = wider[: np.flatnonzero(wider >= threshold - 1e-10).max() + 1]
    return len(best) - 1


def _complete(share: Share, confidence: float) -> Limits:
    return share.point, share.point


def _no_correction(share: Share, confidence: float) -> Limits:
    n = n_star(share.point, share.variance)
    return wilson_interval(share.point, n=n if n < inf else share.n, confidence=confidence)


def _one_group(share: Share, confidence: float) -> Limits:
    assert share.groups is not None
    (size,), (n,), (k,) = share.groups.sizes, share.groups.answers, share.groups.yes
    low, high = hypergeometric_interval(k, n=n, population_size=size, confidence=confidence)
    return low / size, high / size


def _unanimous(share: Share, confidence: float) -> Limits:
    assert share.groups is not None
    low, high = unanimous_bound(share.groups, confidence=confidence)
    return low / sum(share.groups.sizes), high / sum(share.groups.sizes)


def _beta(share: Share, confidence: float) -> Limits:
    return korn_graubard(share.point, variance=share.variance, n=share.n, df=share.df, confidence=confidence)


def _wilson(share: Share, confidence: float) -> Limits:
    return wilson_interval(share.point, n=n_star(share.point, share.variance), confidence=confidence)


METHODS: Mapping[str, tuple[str, Callable[[Share, float], Limits]]] = MappingProxyType(
    {
        "complete": ("complete", _complete),
        "no correction": ("wilson", _no_correction),
        "one group": ("hypergeometric", _one_group),
        "unanimous groups": ("unanimous_groups", _unanimous),
        "no spread": ("bounds", lambda share, confidence: share.bounds),
        "few or extreme": ("korn_graubard", _beta),
        "weighted": ("wilson_n_star", _wilson),
    }
)
