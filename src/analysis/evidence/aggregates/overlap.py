"""Estimates of one frame at several times, when it is not known which units answered each time.

Arrays have one column for each combination of counts and bases that is possible; the first axis is the wave.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from analysis.evidence.aggregates.shares import PrintedShare

Floats = NDArray[np.float64]
MOST_COMBINATIONS = 1_000_000


@dataclass(frozen=True)
class Combinations:
    """Every combination of what can lie behind some printed shares: counts `k` and bases `n`, waves x combinations."""

    k: Floats
    n: Floats
    population_size: int

    @property
    def p(self) -> Floats:
        """The shares (0 to 1)."""
        return self.k / self.n

    @property
    def bounds(self) -> tuple[Floats, Floats]:
        """The worst-case bounds of each share of all units: k/N and (k + N - n)/N."""
        return self.k / self.population_size, (self.k + self.population_size - self.n) / self.population_size


def combine(shares: Sequence[PrintedShare], *, population_size: int) -> Combinations:
    """All combinations of the counts and bases behind some printed shares of one frame of `population_size` units.

    Raises ValueError for a base below 2 or above the frame, and for more than a million combinations.
    """
    bases = [n for share in shares for n in share.bases]
    if not 2 <= min(bases) <= max(bases) <= population_size:
        raise ValueError(f"bases from 2 to the {population_size} units of the frame are expected, not {sorted(bases)}")
    if np.prod([float(len(share.pairs)) for share in shares]) > MOST_COMBINATIONS:
        raise ValueError("more than a million combinations of counts and bases; narrow the bases first")
    table = np.array(list(product(*(share.pairs for share in shares))), dtype="float64")
    return Combinations(k=table[:, :, 0].T, n=table[:, :, 1].T, population_size=population_size)


def variance(p: Floats, n: Floats, *, population_size: int) -> Floats:
    """The variance of a share of n of N units that answered at random: (1 - n/N) p (1 - p) / (n - 1).

    Source: Cochran 1977, Sampling Techniques, section 3.2.
    """
    return np.asarray((1 - n / population_size) * p * (1 - p) / (n - 1))


def covariance(
    p: tuple[Floats, Floats], n: tuple[Floats, Floats], *, joint: Floats, shared: Floats, population_size: int
) -> Floats:
    """The covariance of two shares, when `shared` units answered both times and `joint` of all units are yes twice.

    (m/(n1 n2) - 1/N) S12 with S12 = N/(N - 1) (P11 - p1 p2). Source: methods of this project, section 4.4; it is
    exact when the true shares are put in.
    """
    s12 = population_size / (population_size - 1) * (joint - p[0] * p[1])
    return np.asarray((shared / (n[0] * n[1]) - 1 / population_size) * s12)


def shared_units(n: tuple[Floats, Floats], *, population_size: int) -> tuple[Floats, Floats]:
    """The fewest and most units that can have answered both times: max(0, n1 + n2 - N) and min(n1, n2)."""
    return np.maximum(n[0] + n[1] - population_size, 0.0), np.minimum(n[0], n[1])


def correlations(p: Floats, n: Floats, *, population_size: int) -> tuple[Floats, Floats]:
    """The lowest and highest correlation that any two of the shares can have: waves x waves x combinations.

    The extremes of the covariance stand at the corners of the possible overlap and of the possible share of units
    that are yes twice (from max(0, p1 + p2 - 1) to min(p1, p2)); each is kept within -1 to 1. A share without
    variance has correlation 0.
    """
    waves = len(p)
    low = np.repeat(np.eye(waves)[:, :, None], p.shape[1], axis=2)
    high = low.copy()
    v = variance(p, n, population_size=population_size)
    for s, t in combinations(range(waves), 2):
        pair = (p[s], p[t]), (n[s], n[t])
        joints = np.maximum(p[s] + p[t] - 1, 0.0), np.minimum(p[s], p[t])
        corners = [
            covariance(*pair, joint=joint, shared=shared, population_size=population_size)
            for joint, shared in product(joints, shared_units(pair[1], population_size=population_size))
        ]
        scale = np.sqrt(v[s] * v[t])
        rho = np.divide(corners, scale, out=np.zeros((4, len(scale))), where=scale > 0).clip(-1, 1)
        low[s, t] = low[t, s] = rho.min(axis=0)
        high[s, t] = high[t, s] = rho.max(axis=0)
    return low, high


def wilson_limits(p: Floats, n: Floats, *, population_size: int, confidence: float) -> tuple[Floats, Floats]:
    """Wilson's limits for a share of n of N units, with n* = n (N - 1)/(N - n); of all units it is the share itself.

    Source: Wilson 1927, JASA 22:209; methods of this project, section 3.9.
    """
    a = quantile(confidence) ** 2 * (population_size - n) / (n * max(population_size - 1, 1))
    half = np.sqrt(a * p * (1 - p) + a**2 / 4)
    return (p + a / 2 - half) / (1 + a), (p + a / 2 + half) / (1 + a)


def mover(weights: Floats, p: Floats, limits: tuple[Floats, Floats], *, rho: Floats) -> tuple[Floats, Floats]:
    """An interval for a sum of weighted shares from the limits of each and their correlations (MOVER).

    sum(c p) less and plus sqrt(sum over s, t of rho_st e_s e_t), where e_t is the weight c_t times the distance of
    p_t to that of its limits that moves the sum down, or up. For a difference: L = d - sqrt((p2-l2)^2 + (u1-p1)^2 -
    2 rho (p2-l2)(u1-p1)). Source: Zou and Donner 2008, Stat Med 27:1693; without correlation: Newcombe 1998, method 10.
    """
    low, high = limits
    middle = (weights * p).sum(axis=0)
    down = weights * np.where(weights > 0, p - low, high - p)
    up = weights * np.where(weights > 0, high - p, p - low)
    return middle - quadratic(down, rho), middle + quadratic(up, rho)


def quadratic(parts: Floats, rho: Floats) -> Floats:
    """sqrt(sum over s, t of rho_st e_s e_t): the joint length of correlated parts; never below 0."""
    return np.sqrt(np.maximum(np.einsum("s...,st...,t...->...", parts, rho, parts), 0.0))


def worst_correlations(weights: Floats, low: Floats, high: Floats) -> Floats:
    """Of the possible correlations those that make the weighted sum least certain: high for like signs, else low."""
    like = weights[:, None] * weights[None, :] > 0
    return np.where(like, high, low)


def uncorrelated(waves: int) -> Floats:
    """No correlation between waves: what a random overlap of those that answered gives."""
    return np.eye(waves)[:, :, None]


def quantile(confidence: float) -> float:
    """The normal quantile of a two-sided confidence, 1.96 for 0.95. Raises ValueError unless 0 < confidence < 1."""
    from scipy.special import ndtri

    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1, not at {confidence}")
    return float(ndtri((1 + confidence) / 2))
