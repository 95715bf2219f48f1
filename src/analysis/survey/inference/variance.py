"""Variances of weighted estimates from a full frame of which a part has answered.

Nothing was sampled. A variance here says how far an estimate moves if, within groups of alike units, it is chance who
answered. Each respondent carries the correction max(0, 1 - 1/w): one that stands for itself alone adds nothing.

All functions take one column of values, or several side by side: then a variance is the matrix of the covariances.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.errors import InputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Design:
    """How the respondents were weighted, as far as a variance needs it.

    `base` and `weights`: before and after calibration, one a respondent. `columns`: the calibration columns, of full
    rank, a row a respondent; without them the respondents are weighted by response group. `strata` and
    `stratum_sizes`: the response group of each respondent, numbered from 0, and the units of each group; without them
    all units are one group. `mode` D speaks of the units of the frame, A of units like them in general: A has no
    finite-population correction. Raises InputError for lengths that differ, and for a weight that is zero or infinite.
    """

    base: Floats
    weights: Floats
    population_size: int
    columns: Floats | None = None
    strata: Ints | None = None
    stratum_sizes: Floats | None = None
    mode: Literal["D", "A"] = "D"

    def __post_init__(self) -> None:
        for name in ("base", "weights"):
            usable = np.isfinite(getattr(self, name)) & (getattr(self, name) != 0)
            if not usable.all():
                at = int(np.argmin(usable))
                raise InputError(
                    f"{name}: respondent {at + 1} of {len(usable)} has the weight {getattr(self, name)[at]}; "
                    "every weight must be a finite number other than zero."
                )
        lengths = {len(part) for part in (self.base, self.weights, self.columns, self.strata) if part is not None}
        if len(lengths) > 1:
            raise InputError(
                f"weights, base weights, columns and strata are for {sorted(lengths)} respondents; give each the same."
            )
        if len(self.weights) > self.population_size:
            raise InputError(
                f"{len(self.weights)} respondents of a frame of {self.population_size} units is not possible; "
                "give the frame that these respondents belong to."
            )


def covariance(scores: Floats, design: Design) -> Floats:
    """The variance of sum(w u) over the respondents, by the way they were weighted.

    `scores` u are linearised: y/N for a mean, c (y - R)/X for a ratio (see `domains`). Calibrated:
    `calibrated_variance` of the `residuals`. By response group: `survey_variance` within the groups, which for weights
    N_h/n_h is `rhg_variance`; a group of one answer is joined with a neighbour first (`merged_strata`).
    """
    if design.columns is not None:
        e = residuals(scores, design.columns, base=design.base)
        factors = corrections(design.weights) if design.mode == "D" else np.ones(len(e))
        return _summed(e, design.weights, factors=factors, columns=design.columns.shape[1])
    strata, sizes = np.zeros(len(scores), dtype="int64"), np.array([float(design.population_size)])
    if design.strata is not None and design.stratum_sizes is not None:
        strata, sizes = merged_strata(design.strata, stratum_sizes=design.stratum_sizes)
    finite = sizes if design.mode == "D" else np.full(len(sizes), np.inf)
    return survey_variance(scores, design.weights, population_size=finite.sum(), strata=strata, stratum_sizes=finite)


def survey_covariance(scores: Floats, design: Design) -> Floats:
    """The variance of sum(w u) as R's `survey` gives it: one correction for all, residuals with base weights."""
    columns = design.columns
    if columns is None and design.strata is not None:
        columns = np.eye(int(design.strata.max()) + 1)[design.strata]
    e = scores if columns is None else residuals(scores, columns, base=design.base)
    size = design.population_size if design.mode == "D" else np.inf
    return survey_variance(e, design.weights, population_size=size)


def rhg_variance(y: ArrayLike, *, strata: Ints, stratum_sizes: ArrayLike) -> Floats:
    """The variance of the mean of all units when, within each response homogeneity group, it is chance who answered.

    sum over the groups of W_h^2 (1 - f_h) s_h^2 / n_h with W_h = N_h/N, f_h = n_h/N_h and n_h - 1 in s_h^2. `y` has no
    missing values. Raises InputError for a group without an answer, with a single one of several units, or with more
    answers than units. Source: Särndal, Swensson and Wretman 1992, section 15.6.
    """
    y, sizes = np.asarray(y, dtype="float64"), np.asarray(stratum_sizes, dtype="float64")
    answers = np.bincount(strata, minlength=len(sizes))
    expanded = (y.T * (sizes / np.maximum(answers, 1))[strata]).T
    return _within(expanded, strata, sizes) / sizes.sum() ** 2


def residuals(y: ArrayLike, columns: Floats, *, base: Floats) -> Floats:
    """What the calibration columns do not explain of `y`: y - X b with b of the regression weighted by `base`.

    Base weights, as R's `calibrate()`: final weights give another standard error. `columns` are of full rank.
    Source: Deville and Särndal 1992, section 2.
    """
    root = np.sqrt(base)
    q, _ = np.linalg.qr((columns.T * root).T)
    scaled = (np.asarray(y, dtype="float64").T * root).T
    return ((scaled - q @ (q.T @ scaled)).T / root).T


def calibrated_variance(e: Floats, weights: Floats, *, columns: int, population_size: float) -> Floats:
    """The variance of sum(w y)/N after calibration, each respondent with its own finite-population correction.

    n/(n - p) sum(max(0, 1 - 1/w) (w e)^2) / N^2 with the `residuals` e and p calibration `columns`. Use 1 as
    `population_size` for a total. Raises InputError unless there are more respondents than columns.
    """
    return _summed(e, weights, factors=corrections(weights), columns=columns) / population_size**2


def corrections(weights: Floats) -> Floats:
    """The finite-population correction of each respondent: max(0, 1 - 1/w), and 0 for weights up to 1."""
    return 1 - 1 / np.maximum(weights, 1)


def survey_variance(
    e: Floats,
    weights: Floats,
    *,
    population_size: float,
    strata: Ints | None = None,
    stratum_sizes: ArrayLike | None = None,
) -> Floats:
    """The variance of sum(w y) as R's `survey` gives it: (1 - n/N) n/(n - 1) sum((z - mean z)^2) with z = w e.

    With `strata` the same within each, summed. `e` are linearised, and after calibration the `residuals`; respondents
    outside a domain, or without an answer, have 0 there and still count in n. Raises InputError as `rhg_variance`.
    """
    n = len(weights)
    if strata is None or stratum_sizes is None:
        strata, stratum_sizes = np.zeros(n, dtype="int64"), [population_size]
    return _within((e.T * weights).T, strata, np.asarray(stratum_sizes, dtype="float64"))


def merged_strata(strata: Ints, *, stratum_sizes: ArrayLike) -> tuple[Ints, Floats]:
    """Strata where none has a single answer of several units: such a one joins the neighbour that answered most alike.

    Strata stand in their order (size groups); neighbours are next to each other in it; the nearer response rate
    decides, then the smaller number of units. For variances only. Raises InputError when there is nothing to join.
    """
    sizes = np.asarray(stratum_sizes, dtype="float64")
    groups = [[h] for h in range(len(sizes))]
    counts = np.bincount(strata, minlength=len(sizes))

    def rate(group: list[int]) -> float:
        return float(counts[group].sum() / max(sizes[group].sum(), 1.0))

    def lonely(group: list[int]) -> bool:
        return counts[group].sum() == 1 < sizes[group].sum()

    while (at := next((i for i, group in enumerate(groups) if lonely(group)), None)) is not None:
        if len(groups) == 1:
            raise InputError("One respondent alone has no variance; ask for an estimate of at least two respondents.")
        near = [i for i in (at - 1, at + 1) if 0 <= i < len(groups)]
        other = min(near, key=lambda i: (abs(rate(groups[i]) - rate(groups[at])), sizes[groups[i]].sum()))
        first, second = sorted((at, other))
        groups[first] += groups.pop(second)
    new = np.empty(len(sizes), dtype="int64")
    for number, group in enumerate(groups):
        new[group] = number
    return new[strata], np.array([sizes[group].sum() for group in groups])


def kish(weights: ArrayLike) -> tuple[float, float]:
    """Kish's design effect and the effective number of respondents.

    deff = n sum(w^2) / (sum w)^2, which is 1 + the squared coefficient of variation of the weights with n, not n - 1,
    in its variance; n_effective = n / deff. Source: Kish 1992, Journal of Official Statistics 8:183.
    """
    w = np.asarray(weights, dtype="float64")
    deff = len(w) * float(w @ w) / float(w.sum()) ** 2
    return deff, len(w) / deff


def _summed(e: Floats, weights: Floats, *, factors: Floats, columns: int) -> Floats:
    """n/(n - p) sum(factor (w e)^2)."""
    n = len(weights)
    if n <= columns:
        raise InputError(
            f"{n} respondents cannot carry the variance of weights with {columns} calibration columns; "
            "use fewer margins or join categories."
        )
    z = (e.T * np.sqrt(factors) * weights).T
    return n / (n - columns) * (z.T @ z)


def _within(z: Floats, strata: Ints, sizes: Floats) -> Floats:
    """sum over strata of (1 - n_h/N_h) n_h/(n_h - 1) sum((z - mean of z in h)^2)."""
    n = np.bincount(strata, minlength=len(sizes))
    for h in np.flatnonzero((n > sizes) | (n == 0) & (sizes > 0) | (n == 1) & (sizes > 1)):
        raise InputError(
            f"stratum {h + 1} has {n[h]} respondents of {sizes[h]:g} units, which leaves its variance unknown; "
            "join it with another stratum."
        )
    wide = z.reshape(len(z), -1)
    # Every stratum that is complete has the factor 0, whatever stands in it.
    factor = np.where(n < sizes, (1 - n / np.maximum(sizes, 1)) * n / np.maximum(n - 1, 1), 0.0)
    sums = np.stack([np.bincount(strata, column, minlength=len(sizes)) for column in wide.T], axis=1)
    centred = wide - (sums / np.maximum(n, 1)[:, None])[strata]
    scaled = centred * np.sqrt(factor)[strata][:, None]
    product: Floats = scaled.T @ scaled
    return product.reshape(z.shape[1:] * 2)[()]
