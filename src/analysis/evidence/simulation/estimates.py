"""Estimates of many replicates at once, with the variances and intervals of `survey.inference` (a test says so)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.evidence.simulation.response import Answered, Floats
from analysis.evidence.simulation.weights import Weighted
from analysis.survey.inference.intervals import Groups, Share, choose_interval
from analysis.survey.inference.variance import corrections

# A standard error below this share of the estimate is rounding, as in `inference.domains`.
NO_SPREAD = 1e-12


@dataclass(frozen=True)
class Outcomes:
    """What each unit of the frame would say, from 0 to 1: units x outcomes, and which outcomes are yes or no."""

    values: Floats
    is_share: NDArray[np.bool_]


@dataclass(frozen=True)
class Estimated:
    """Estimates, standard errors and interval limits: replicates x outcomes."""

    point: Floats
    se: Floats
    lo: Floats
    hi: Floats


def bounds(answered: Answered, outcomes: Outcomes) -> tuple[Floats, Floats]:
    """Worst-case bounds, replicates x outcomes: all missing units at 0, and all at 1 (see `bounds.worst_case`)."""
    units = answered.shape[1]
    low = answered @ outcomes.values / units
    return low, low + (units - answered.sum(axis=1, keepdims=True)) / units


def estimate(answered: Answered, weighted: Weighted, outcomes: Outcomes, *, confidence: float) -> Estimated:
    """The weighted means of all units, with the intervals of `mean_record` and, for shares, of `share_record`."""
    from scipy.special import stdtrit

    n, units = answered.sum(axis=1), answered.shape[1]
    point = weighted.weights @ outcomes.values / units
    variance, lost = _variance(answered, weighted, outcomes.values)
    low, high = bounds(answered, outcomes)
    se, df = np.sqrt(variance), np.maximum(n - lost, 1)
    half = stdtrit(df, (1 + confidence) / 2)[:, None] * se
    still = se <= NO_SPREAD * np.maximum(np.abs(point), 1)
    lo = np.where(still, low, np.maximum(point - half, low))
    hi = np.where(still, high, np.minimum(point + half, high))
    for place in np.flatnonzero(outcomes.is_share):
        groups = _groups(answered, weighted, outcomes.values[:, place])
        alike = weighted.sizes is not None and weighted.sizes.shape[1] == 1
        for row in range(len(answered)):
            share = Share(
                point=float(point[row, place]),
                n=int(n[row]),
                population_size=units,
                variance=float(variance[row, place]),
                df=int(df[row]),
                groups=groups[row],
                equal_weights=alike,
                bounds=(float(low[row, place]), float(high[row, place])),
            )
            limits = choose_interval(share, confidence=confidence)
            lo[row, place], hi[row, place] = limits["ci_lo"], limits["ci_hi"]
    return Estimated(point, se, lo, hi)


def _variance(answered: Answered, weighted: Weighted, values: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """The variance of each estimate, and how many degrees of freedom the weights take in each replicate."""
    if weighted.columns is None:
        return _by_group(answered, weighted, values)
    return _by_residuals(answered, weighted.weights, weighted.columns, values)


def _by_group(answered: Answered, weighted: Weighted, values: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """sum over groups of W_h^2 (1 - f_h) s_h^2 / n_h (see `rhg_variance`)."""
    assert weighted.sizes is not None
    sizes, centred = weighted.sizes, values - values.mean(axis=0)
    counts = _sums(answered, weighted, np.ones(len(values)))
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = (sizes / sizes.sum(axis=1, keepdims=True)) ** 2 * (1 - counts / sizes) / counts / (counts - 1)
    factor = np.where((sizes > 0) & (counts < sizes), factor, 0.0)
    variances = []
    for column in centred.T:
        sums, squares = _sums(answered, weighted, column), _sums(answered, weighted, column**2)
        spread = squares - sums**2 / np.maximum(counts, 1)
        variances.append((factor * np.maximum(spread, 0.0)).sum(axis=1))
    return np.stack(variances, axis=1), (sizes > 0).sum(axis=1)


def _by_residuals(
    answered: Answered, weights: Floats, columns: Floats, values: Floats
) -> tuple[Floats, NDArray[np.int64]]:
    """n/(n - p) sum(max(0, 1 - 1/w) (w e)^2) / N^2 with residuals under equal base weights."""
    given = answered[:, :, None] * columns
    crossed = np.swapaxes(given, 1, 2) @ columns
    # Columns of zeros, where groups were joined, have no place in the regression.
    slopes = np.linalg.pinv(crossed, rcond=1e-10, hermitian=True) @ (np.swapaxes(given, 1, 2) @ values)
    p = (np.diagonal(crossed, axis1=1, axis2=2) > 0).sum(axis=1)
    n = answered.sum(axis=1)
    scale = np.sqrt(corrections(weights)) * weights
    squares = ((values - columns @ slopes) * scale[:, :, None]) ** 2
    return squares.sum(axis=1) * (n / (n - p))[:, None] / len(values) ** 2, p


def _groups(answered: Answered, weighted: Weighted, yes: Floats) -> list[Groups | None]:
    """Units, answers and yes of each response group, by replicate; None for calibrated weights."""
    if weighted.sizes is None:
        return [None] * len(answered)
    n, k = (_sums(answered, weighted, part).round().astype(int) for part in (np.ones(len(yes)), yes))
    sizes = weighted.sizes.astype(int)
    return [
        Groups(*(tuple(part[row][sizes[row] > 0].tolist()) for part in (sizes, n, k))) for row in range(len(answered))
    ]


def _sums(answered: Answered, weighted: Weighted, values: Floats) -> Floats:
    """The sum of the values of the respondents of each group, by replicate."""
    assert weighted.groups is not None
    assert weighted.sizes is not None
    rows, many = weighted.sizes.shape
    places = (weighted.groups + many * np.arange(rows)[:, None])[answered]
    spread = np.broadcast_to(values, answered.shape)[answered]
    return np.bincount(places, weights=spread, minlength=rows * many).reshape(rows, many).astype("float64")
