"""Means over groups of unlike sizes: standardised to one distribution, and the part that composition has in a gap."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Parts:
    """A difference of two means as the sum of a part from the composition and a part from the rates."""

    difference: float
    composition: float
    rate: float


def standardised(rates: ArrayLike, standard: ArrayLike) -> float:
    """The mean that the groups' rates would give with the shares of a standard: sum of a_h p_h, a scaled to sum 1.

    Raises ValueError for a negative or empty standard, and for a missing rate in a group that the standard has.
    Source: direct standardisation, methods of this project, section 6.2.
    """
    a, p = np.asarray(standard, dtype="float64"), np.asarray(rates, dtype="float64")
    if (a < 0).any() or a.sum() <= 0:
        raise ValueError("a standard has no negative share and some share above 0")
    if np.isnan(p[a > 0]).any():
        raise ValueError("a group of the standard has no rate; merge it with its neighbour in both populations")
    return float((np.where(a > 0, p, 0) * a).sum() / a.sum())


def kitagawa(
    first_shares: ArrayLike, first_rates: ArrayLike, second_shares: ArrayLike, second_rates: ArrayLike
) -> Parts:
    """The second mean less the first, in parts: composition sum (W2 - W1)(q1 + q2)/2, rate sum (q2 - q1)(W1 + W2)/2.

    Shares are scaled to sum 1 in each population; the parts add up to the difference exactly. Raises ValueError as
    `standardised`, here for a group that only one of the two has. Source: Kitagawa 1955, JASA 50:1168.
    """
    q1, q2 = np.asarray(first_rates, dtype="float64"), np.asarray(second_rates, dtype="float64")
    w1, w2 = (np.asarray(w, dtype="float64") / np.sum(w) for w in (first_shares, second_shares))
    difference = standardised(q2, w2) - standardised(q1, w1)
    either = (w1 > 0) | (w2 > 0)
    if np.isnan(q1[either]).any() or np.isnan(q2[either]).any():
        raise ValueError("a group that only one population has; merge it with its neighbour in both")
    composition = float(((w2 - w1) * (q1 + q2) / 2)[either].sum())
    rate = float(((q2 - q1) * (w1 + w2) / 2)[either].sum())
    return Parts(difference=difference, composition=composition, rate=rate)


def merged_groups(counts: pd.DataFrame, *, smallest: int = 1) -> dict[int, int]:
    """Which neighbouring groups are merged so that every population has at least `smallest` units in each.

    `counts` has a row a population and a column an ordered group. The group with the fewest units anywhere is merged
    with the neighbour that is nearer to having too few, until all have enough; each group is told the first group of
    its set. Raises ValueError when one set of all groups is still too small.
    """
    sets = [[int(group)] for group in counts.columns]
    while len(sets) > 1:
        least = [int(counts[members].sum(axis=1).min()) for members in sets]
        place = int(np.argmin(least))
        if least[place] >= smallest:
            break
        others = [other for other in (place - 1, place + 1) if 0 <= other < len(sets)]
        low, high = sorted((place, min(others, key=lambda other: least[other])))
        sets[low : high + 1] = [sets[low] + sets[high]]
    if int(counts[sets[0]].sum(axis=1).min()) < smallest and len(sets) == 1:
        raise ValueError("a population has fewer units than a group needs")
    return {group: members[0] for members in sets for group in members}
