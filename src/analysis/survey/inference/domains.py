"""Weighted means, shares, totals and their differences, overall and by domain, with what their variances need.

To first order an estimate is linear in the weights. It is carried with its scores u, one a respondent, so that its
variance is that of sum(w u); a difference of two estimates has the difference of their scores, which takes care of
what they have in common. Respondents outside the domain or without an answer have the score 0 and still count.
"""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.errors import InputError
from analysis.survey.bounds import worst_case
from analysis.survey.inference.intervals import Groups, Limits, Record, Share, choose_interval, n_star
from analysis.survey.inference.variance import Design, Floats, covariance, kish, survey_covariance

Mask = NDArray[np.bool_]
# A standard error below this share of the estimate is rounding.
NO_SPREAD = 1e-12
NO_INTERVAL = MappingProxyType({"ci_method": "none", "ci_lo": np.nan, "ci_hi": np.nan})


@dataclass(frozen=True)
class Estimate:
    """A number, its scores (one a respondent), and which respondents it rests on."""

    point: float
    scores: Floats
    used: Mask

    def __sub__(self, other: "Estimate") -> "Estimate":
        return Estimate(self.point - other.point, self.scores - other.scores, self.used | other.used)

    def __mul__(self, number: float) -> "Estimate":
        return Estimate(self.point * number, self.scores * number, self.used)


@dataclass(frozen=True)
class Domain:
    """A part of the frame: which respondents are in it, and its units by response group (one group: its units).

    `inhabitants`: of each respondent, inside the domain or not, and `all_inhabitants`: of all units of the domain; with
    them inhabitants count (estimand P), without them units do (M).
    """

    within: Mask
    sizes: tuple[int, ...]
    inhabitants: Floats | None = None
    all_inhabitants: float | None = None


def everyone(design: Design, *, inhabitants: Floats | None = None, all_inhabitants: float | None = None) -> Domain:
    """The whole frame as a domain."""
    sizes = [design.population_size] if design.stratum_sizes is None else design.stratum_sizes
    within = np.ones(len(design.weights), dtype=bool)
    return Domain(within, tuple(int(size) for size in sizes), inhabitants, all_inhabitants)


def total(y: ArrayLike, weights: Floats, *, within: Mask | None = None) -> Estimate:
    """The total of `y` over all units of the domain `within`: sum(w y).

    Raises InputError for a missing answer: then the known number of units times the `mean` is the total.
    """
    values, used = _answered(y, within)
    missing = int(np.sum(~used if within is None else within & ~used))
    if missing:
        raise InputError(
            f"a total over {missing} respondents without an answer would count them as 0; "
            "take the mean times the number of units."
        )
    return Estimate(float(weights @ values), values, used)


def mean(
    y: ArrayLike, weights: Floats, *, inhabitants: ArrayLike | None = None, within: Mask | None = None
) -> Estimate:
    """The mean of `y` over the units (estimand M), or over their inhabitants (P), of the domain `within`.

    sum(w c y) / sum(w c) over those who answered, c = 1 or the inhabitants; scores c (y - mean) / sum(w c). A share is
    the mean of 0 and 1. Missing answers (NaN) are left out; of no answers the mean is NaN with scores 0.
    Source: Särndal, Swensson and Wretman 1992, sections 5.6 and 10.3.
    """
    values, used = _answered(y, within)
    counts = np.where(used, 1.0 if inhabitants is None else np.asarray(inhabitants, dtype="float64"), 0.0)
    size = float(weights @ counts)
    if size == 0:
        return Estimate(np.nan, np.zeros(len(values)), used)
    point = float(weights @ (counts * values)) / size
    return Estimate(point, counts * (values - point) / size, used)


def by_domain(
    y: ArrayLike, weights: Floats, domain: pd.Series, *, inhabitants: ArrayLike | None = None
) -> dict[str, Estimate]:
    """The `mean` within each value of `domain`, in sorted order; respondents without a domain are in none."""
    labels = domain.to_numpy()
    names = sorted(domain.dropna().unique())
    return {name: mean(y, weights, inhabitants=inhabitants, within=labels == name) for name in names}


def share_of_answers(y: ArrayLike) -> float:
    """The mean of `y` among those who answered (estimand R): says nothing about others, so it has no error."""
    values, used = _answered(y, None)
    return float(values[used].mean()) if used.any() else np.nan


def share_record(y: ArrayLike, design: Design, *, domain: Domain, confidence: float) -> Record:
    """The share (0 to 1) of a domain that has a property: point, errors, bounds and interval of an estimate record.

    `y`: 1, 0, or NaN without an answer, for every respondent. The method of the interval is that of
    `choose_interval`. Of no answers only the bounds are known.
    """
    estimate, record = _described(y, design, domain=domain, low=0.0, high=1.0)
    if record["n_answered"] == 0:
        return record | {"k": 0, "n_star": np.nan} | NO_INTERVAL
    yes = np.where(estimate.used, np.asarray(y, dtype="float64"), 0.0)
    share = Share(
        point=estimate.point,
        n=record["n_answered"],
        population_size=sum(domain.sizes),
        variance=record["se"] ** 2,
        df=degrees_of_freedom(design),
        groups=_groups(yes, estimate.used, design, domain.sizes) if domain.inhabitants is None else None,
        equal_weights=design.columns is None and bool(np.ptp(design.weights) <= 1e-12 * design.weights.max()),
        bounds=(record["bound_lo"], record["bound_hi"]),
    )
    about = {"k": int(yes.sum()), "n_star": n_star(share.point, share.variance)}
    return record | about | choose_interval(share, confidence=confidence)


def mean_record(y: ArrayLike, design: Design, *, domain: Domain, confidence: float, low: float, high: float) -> Record:
    """The mean of a domain of values from `low` to `high`: point, errors, bounds and interval of an estimate record.

    Student's t interval with the `degrees_of_freedom` of the design, kept within the worst-case bounds, and all of
    them where the answers show no spread. For scores and amounts: a share goes through `share_record`.
    """
    from scipy.special import stdtrit

    estimate, record = _described(y, design, domain=domain, low=low, high=high)
    lo, hi, n = record["bound_lo"], record["bound_hi"], record["n_answered"]
    if n == 0:
        return record | NO_INTERVAL
    if n == sum(domain.sizes):
        return record | {"ci_method": "complete", "ci_lo": estimate.point, "ci_hi": estimate.point}
    if record["se"] <= NO_SPREAD * max(abs(estimate.point), 1.0):
        return record | {"ci_method": "bounds", "ci_lo": lo, "ci_hi": hi}
    half = float(stdtrit(degrees_of_freedom(design), (1 + confidence) / 2)) * record["se"]
    limits = {"ci_lo": max(estimate.point - half, lo), "ci_hi": min(estimate.point + half, hi)}
    return record | {"ci_method": "t"} | limits


def difference(first: Estimate, second: Estimate, design: Design, *, limits: tuple[Limits, Limits]) -> Record:
    """The difference of two shares or means, with the covariance that common weights and answers give them.

    Interval from the `limits` of both (MOVER): d - sqrt((p1 - l1)^2 - 2 r (p1 - l1)(u2 - p2) + (u2 - p2)^2) and its
    mirror, r = cov / sqrt(V1 V2). Source: Zou and Donner 2008, Statistics in Medicine 27:1693.
    """
    matrix = covariance(np.column_stack([first.scores, second.scores]), design)
    spread = float(np.sqrt(matrix[0, 0] * matrix[1, 1]))
    correlation = float(np.clip(matrix[0, 1] / spread, -1, 1)) if spread > 0 else 0.0
    (l1, u1), (l2, u2) = limits
    gap = first - second

    def reach(a: float, b: float) -> float:
        return float(np.sqrt(max(a * a - 2 * correlation * a * b + b * b, 0.0)))

    return {
        "point": gap.point,
        "se": standard_error(gap, design),
        "ci_method": "mover",
        "ci_lo": gap.point - reach(first.point - l1, u2 - second.point),
        "ci_hi": gap.point + reach(u1 - first.point, second.point - l2),
    }


def _described(y: ArrayLike, design: Design, *, domain: Domain, low: float, high: float) -> tuple[Estimate, Record]:
    """The mean of a domain, with numbers, standard error, design effect and worst-case bounds."""
    estimate = mean(y, design.weights, inhabitants=domain.inhabitants, within=domain.within)
    values, used = _answered(y, domain.within)
    counts = np.where(used, 1.0 if domain.inhabitants is None else domain.inhabitants, 0.0)
    whole = float(sum(domain.sizes)) if domain.inhabitants is None else domain.all_inhabitants
    if whole is None:
        raise ValueError("the inhabitants of all units are needed with those of each")
    bounds = worst_case(float(counts @ values), covered=float(counts.sum()), total=whole, low=low, high=high)
    record = {"n_frame": sum(domain.sizes), "n_answered": int(used.sum()), "point": estimate.point}
    record |= dict(zip(("bound_lo", "bound_hi"), bounds, strict=True))
    if not used.any():
        return estimate, record | dict.fromkeys(("se", "deff_kish", "n_effective"), np.nan)
    deff, effective = kish(design.weights[used])
    about = {"se": standard_error(estimate, design), "deff_kish": deff, "n_effective": effective}
    return estimate, record | about


def standard_error(estimate: Estimate, design: Design) -> float:
    """The standard error of an estimate by the way the respondents were weighted (see `covariance`)."""
    return float(np.sqrt(covariance(estimate.scores, design)))


def survey_error(estimate: Estimate, design: Design) -> float:
    """The same as R's survey gives it (see `survey_covariance`)."""
    return float(np.sqrt(survey_covariance(estimate.scores, design)))


def _answered(y: ArrayLike, within: Mask | None) -> tuple[Floats, Mask]:
    """The values, with 0 where none is used, and where one is."""
    values = np.asarray(y, dtype="float64")
    used = ~np.isnan(values) if within is None else ~np.isnan(values) & within
    return np.where(used, values, 0.0), used


def degrees_of_freedom(design: Design) -> int:
    """Respondents less response groups, or less calibration columns; at least 1."""
    groups = 1 if design.stratum_sizes is None else len(design.stratum_sizes)
    parameters = groups if design.columns is None else design.columns.shape[1]
    return max(len(design.weights) - parameters, 1)


def _groups(yes: Floats, used: Mask, design: Design, sizes: tuple[int, ...]) -> Groups:
    """Units, answers and yes of each response group."""
    strata = np.zeros(len(yes), dtype="int64") if design.strata is None else design.strata
    n = np.bincount(strata[used], minlength=len(sizes))
    k = np.bincount(strata[used], yes[used], minlength=len(sizes))
    return Groups(sizes, tuple(map(int, n)), tuple(map(int, k)))
