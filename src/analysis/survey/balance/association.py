"""Tests of who answered against a finite frame: under no selection the respondents are a random subset of its units."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.errors import InputError

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

MOST_TABLES = 5_000_000  # partial tables that are listed for the exact test; above it, tables are drawn
DRAWS = 100_000
SUBSETS = 1_999
# A table whose probability equals that of the observed one but for rounding is as improbable as it.
SAME = 1e-7


@dataclass(frozen=True)
class Association:
    """Tests that those who answered are a random subset of the frame by a classification.

    `naive`: the chi-square statistic that takes the shares of the frame as those of an endless population; wrong here
    and shown for comparison. `corrected`: the same divided by 1 - n/N. `exact_p` sums the probabilities of all tables
    that are no more probable than the observed one; `exact_error` is the standard error of a simulated p, 0 where all
    tables were counted (`simulated` says which).
    """

    df: int
    naive: float
    naive_p: float
    corrected: float
    corrected_p: float
    exact_p: float
    exact_error: float
    simulated: bool
    smallest_expected: float


@dataclass(frozen=True)
class NumberTest:
    """A number known for every unit (such as inhabitants), respondents against a random subset of the frame.

    `difference`: standardised, (mean of respondents - mean of frame) / S of the frame. `z` and `p` are of the mean
    with S known. `ks`: largest distance of the two cumulative shares; `ks_p` is simulated with error `ks_error`.
    """

    mean_answered: float
    mean_frame: float
    difference: float
    z: float
    p: float
    ks: float
    ks_p: float
    ks_error: float


def association(answered: ArrayLike, *, frame: ArrayLike, seed: int = 1, most_tables: int = MOST_TABLES) -> Association:
    """Chi-square, finite-population chi-square and exact test of respondents by class against the frame.

    X2 = sum (n_h - n P_h)^2 / (n P_h) with P_h = N_h / N; corrected X2 / (1 - n/N), H - 1 degrees of freedom, which
    is Pearson's chi-square of respondents against nonrespondents. Exact: multivariate hypergeometric, after Freeman and
    Halton. Raises InputError for impossible counts, and ValueError where there is nothing to test: all or none
    answered, or only one class. Source: methods of this project, 2.1.
    """
    n_h, big_n_h = checked(answered, frame)
    n, total = int(n_h.sum()), int(big_n_h.sum())
    if len(n_h) < 2 or n in (0, total):
        raise ValueError("there is nothing to test: all or none answered, or there is one class only")
    expected = n * big_n_h / total
    naive = float(((n_h - expected) ** 2 / expected).sum())
    corrected, df = naive / (1 - n / total), len(n_h) - 1
    p, error, simulated = _exact(n_h, big_n_h, seed=seed, most_tables=most_tables)
    return Association(
        df=df,
        naive=naive,
        naive_p=chi_square_tail(naive, df=df),
        corrected=corrected,
        corrected_p=chi_square_tail(corrected, df=df),
        exact_p=p,
        exact_error=error,
        simulated=simulated,
        smallest_expected=float(expected.min()),
    )


def cell_tests(answered: ArrayLike, *, frame: ArrayLike) -> dict[str, Floats]:
    """Each class against all others: expected number, z, exact two-sided p, and p after Holm's correction.

    z_h = (n_h - n P_h) / sqrt(n P_h (1 - P_h) (1 - f) N / (N - 1)); p by minimum likelihood, hypergeometric. Missing
    where nothing can be tested. Raises InputError for impossible counts.
    """
    n_h, big_n_h = checked(answered, frame)
    n, total = int(n_h.sum()), int(big_n_h.sum())
    expected = n * big_n_h / total
    share = big_n_h / total
    z, p = np.full(len(n_h), np.nan), np.full(len(n_h), np.nan)
    if 0 < n < total and len(n_h) > 1:
        z = (n_h - expected) / np.sqrt(n * share * (1 - share) * (1 - n / total) * total / (total - 1))
        pairs = zip(n_h, big_n_h, strict=True)
        p = np.array([_listed(np.array([a, n - a]), np.array([b, total - b])) for a, b in pairs])
    return {"expected": expected, "z": z, "p": p, "p_holm": holm(p)}


def number_test(values: ArrayLike, *, answered: ArrayLike, seed: int = 1, subsets: int = SUBSETS) -> NumberTest:
    """Mean and distribution of a number among respondents against random subsets of the frame of the same size.

    z = (mean_s - mean_U) / sqrt((1 - f) S^2 / n), S^2 of all units with N - 1. The Kolmogorov-Smirnov distance is
    held against `subsets` random subsets: p = (1 + those at least as far) / (subsets + 1). `answered` is true or false
    for each unit. Raises InputError for a missing value, and ValueError where all or none answered or all are equal.
    """
    y, said = np.asarray(values, dtype="float64"), np.asarray(answered, dtype=bool)
    n, total = int(said.sum()), len(y)
    if np.isnan(y).any():
        raise InputError(
            f"{int(np.isnan(y).sum())} units of the frame have no value to compare by; complete the frame."
        )
    if n in (0, total) or np.ptp(y) == 0:
        raise ValueError("there is nothing to test: all or none answered, or all units are equal")
    difference, z, p_mean = mean_test(
        float(y[said].mean()), frame=float(y.mean()), spread=float(y.std(ddof=1)), answered=n, units=total
    )
    order = np.argsort(y, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(y[order])), total - 1)  # tied units count together
    at = (ends + 1) / total

    def distance(chosen: NDArray[np.bool_]) -> Floats:
        return np.asarray(np.abs(np.cumsum(chosen, axis=-1)[..., ends] / n - at).max(axis=-1))

    ks = float(distance(said[order]))
    drawn = np.random.default_rng(seed).random((subsets, total)).argsort(axis=1) < n
    p = (1 + int((distance(drawn) >= ks * (1 - SAME)).sum())) / (subsets + 1)
    error = float(np.sqrt(p * (1 - p) / subsets))
    return NumberTest(float(y[said].mean()), float(y.mean()), difference, z, p_mean, ks, p, error)


def mean_test(mean: float, *, frame: float, spread: float, answered: int, units: int) -> tuple[float, float, float]:
    """A mean of respondents against that of the frame: standardised difference, z and p, with S of the frame known.

    (mean_s - mean_U) / S, and z = (mean_s - mean_U) / sqrt((1 - n/N) S^2 / n). Raises ValueError where all or none
    answered or S is 0.
    """
    if not 0 < answered < units or not spread > 0:
        raise ValueError("there is nothing to test: all or none answered, or all units are equal")
    difference = (mean - frame) / spread
    z = difference / float(np.sqrt((1 - answered / units) / answered))
    return difference, z, normal_tails(z)


def checked(answered: ArrayLike, frame: ArrayLike) -> tuple[Counts, Counts]:
    """Counts of respondents and of the frame by class as whole numbers; classes without a unit are refused.

    Raises InputError that names the class (counted from 1) with more respondents than units, no unit, or no count.
    """
    n_h, big_n_h = np.asarray(answered, dtype="float64"), np.asarray(frame, dtype="float64")
    if n_h.shape != big_n_h.shape or n_h.ndim != 1 or not len(n_h):
        raise InputError(f"{n_h.size} counts of answers stand against {big_n_h.size} of the frame; give both by class.")
    for place, (n, units) in enumerate(zip(n_h, big_n_h, strict=True), start=1):
        if not (np.isfinite(n) and np.isfinite(units)) or n != int(n) or units != int(units) or n < 0:
            raise InputError(f"class {place}: {n:g} of {units:g} units is no count; give whole numbers from zero.")
        if n > units:
            raise InputError(
                f"class {place}: {n:.0f} answers of {units:.0f} units in the frame; correct the frame or the answers."
            )
        if units == 0:
            raise InputError(f"class {place}: there is no unit in the frame; leave the class out or merge it.")
    return n_h.astype(np.int64), big_n_h.astype(np.int64)


def holm(p: Floats) -> Floats:
    """Holm's step-down correction of several p-values; missing ones stay missing and do not count."""
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    factors = len(order) - np.arange(len(order))
    adjusted = np.full(len(p), np.nan)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * factors), 1) if len(order) else []
    return adjusted


def chi_square_tail(x: float, *, df: int) -> float:
    """P(chi-square with `df` degrees of freedom > x)."""
    from scipy.special import chdtrc

    return float(chdtrc(df, x))


def normal_tails(z: float) -> float:
    """P(|Z| > |z|) of a standard normal Z."""
    from scipy.special import ndtr

    return float(2 * ndtr(-abs(z)))


def _exact(n_h: Counts, big_n_h: Counts, *, seed: int, most_tables: int) -> tuple[float, float, bool]:
    """Exact p, its simulation error, and whether it was simulated."""
    if max(float(np.prod(side + 1.0)) for side in _sides(big_n_h)) <= most_tables:
        return _listed(n_h, big_n_h), 0.0, False
    drawn = np.random.default_rng(seed).multivariate_hypergeometric(big_n_h, int(n_h.sum()), size=DRAWS)
    limit = float(_log_choose(big_n_h, n_h).sum()) + SAME
    p = (1 + int((_log_choose(big_n_h, drawn).sum(axis=1) <= limit).sum())) / (DRAWS + 1)
    return p, float(np.sqrt(p * (1 - p) / DRAWS)), True


def _listed(n_h: Counts, big_n_h: Counts) -> float:
    """The exact p from all tables, listed as two halves: for each half-table the other halves that complete it.

    Only the halves are listed, so that tables whose number is the product of theirs are all counted.
    """
    n = int(n_h.sum())
    limit = float(_log_choose(big_n_h, n_h).sum()) + SAME
    whole = float(_log_choose(np.array([big_n_h.sum()]), np.array([n]))[0])
    (first_sums, first), (second_sums, second) = (_half(side) for side in _sides(big_n_h))
    order = np.lexsort((second, second_sums))
    second, second_sums = second[order], second_sums[order]
    probability = 0.0
    for total in np.unique(first_sums):
        start, stop = np.searchsorted(second_sums, [n - total, n - total + 1])
        others = second[start:stop]
        if start == stop:
            continue
        most = others[-1]
        below = np.concatenate([[0.0], np.cumsum(np.exp(others - most))])
        logs = first[first_sums == total]
        at = np.searchsorted(others, limit - logs, side="right")
        probability += float((np.exp(logs + most - whole) * below[at]).sum())
    return min(probability, 1.0)


def _sides(big_n_h: Counts) -> tuple[Counts, Counts]:
    """The classes in two halves with about the same number of tables each: every second class by size."""
    ordered = np.sort(big_n_h)[::-1]
    return ordered[::2], ordered[1::2]


def _half(sizes: Counts) -> tuple[Counts, Floats]:
    """Every choice of respondents from some classes: their number and the logarithm of in how many ways."""
    sums, logs = np.zeros(1, dtype=np.int64), np.zeros(1)
    for size in sizes:
        x = np.arange(size + 1)
        sums = np.add.outer(sums, x).ravel()
        logs = np.add.outer(logs, _log_choose(np.full(size + 1, size), x)).ravel()
    return sums, logs


def _log_choose(a: Counts, b: Counts) -> Floats:
    from scipy.special import gammaln

    return np.asarray(gammaln(a + 1.0) - gammaln(b + 1.0) - gammaln(a - b + 1.0))
