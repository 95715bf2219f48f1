"""Standardised differences between who answered and who was asked: how large a difference is, whatever its p-value."""

import numpy as np
from numpy.typing import ArrayLike

from analysis.errors import InputError
from analysis.survey.balance.association import checked

# Up to which difference a word holds; above the last it is large.
SIZES = ((0.10, "small"), (0.25, "moderate"), (np.inf, "large"))


def share_difference(first: float, second: float) -> float:
    """The standardised difference of two shares: (p1 - p2) / sqrt((p1 q1 + p2 q2) / 2).

    0 where both are the same, infinite where both are certain and differ. Raises InputError off 0 to 1.
    """
    if not (0 <= first <= 1 and 0 <= second <= 1):
        raise InputError(f"{first} and {second} are no two shares from 0 to 1; correct them.")
    if first == second:
        return 0.0
    spread = float(np.sqrt((first * (1 - first) + second * (1 - second)) / 2))
    return (first - second) / spread if spread else float(np.copysign(np.inf, first - second))


def class_difference(first: ArrayLike, second: ArrayLike) -> float:
    """The standardised difference of two distributions over the same classes, from counts.

    d = sqrt(D' S^-1 D), S = ((diag(p1) - p1 p1') + (diag(p2) - p2 p2')) / 2, with one class left out (which one makes
    no difference) and classes that are empty in both dropped. Infinite where the two have no class in common. Raises
    InputError for counts of different length, negative counts, or none. Source: Yang and Dalton 2012.
    """
    counts = np.asarray(first, dtype="float64"), np.asarray(second, dtype="float64")
    if counts[0].shape != counts[1].shape or any((c < 0).any() or c.sum() <= 0 for c in counts):
        raise InputError("two distributions need counts from zero over the same classes, and at least one unit each.")
    if not (np.minimum(*counts) > 0).any():
        return float("inf")
    used = (counts[0] + counts[1]) > 0
    shares = [(c / c.sum())[used][:-1] for c in counts]
    if not len(shares[0]):
        return 0.0
    spread = sum(np.diag(p) - np.outer(p, p) for p in shares) / 2
    gap = shares[0] - shares[1]
    return float(np.sqrt(max(0.0, gap @ np.linalg.solve(spread, gap))))


def against_frame(answered: ArrayLike, *, frame: ArrayLike) -> tuple[float, float]:
    """Standardised differences of respondents by class from the frame, and from those who did not answer.

    The second is missing where all answered. Raises InputError for impossible counts or where none answered.
    """
    n_h, big_n_h = checked(answered, frame)
    silent = big_n_h - n_h
    return class_difference(n_h, big_n_h), class_difference(n_h, silent) if silent.sum() else float("nan")


def size_word(difference: float) -> str:
    """`small` (below 0.10), `moderate` (to 0.25) or `large`, whatever its sign."""
    return next(word for limit, word in SIZES if abs(difference) < limit or limit == np.inf)
