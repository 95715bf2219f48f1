"""The interval and the worst-case bounds of one printed percentage: rounding and nonresponse together."""

import numpy as np

from analysis.evidence.aggregates.overlap import wilson_limits
from analysis.evidence.aggregates.shares import PrintedShare
from analysis.survey.bounds import share_bounds
from analysis.survey.estimation import hypergeometric_interval


def union_interval(share: PrintedShare, *, population_size: int, confidence: float) -> tuple[float, float]:
    """The hull of the exact hypergeometric intervals (shares 0 to 1) of every count and base behind a printed share.

    It holds rounding and nonresponse, if those who answered are as a random part of the frame; nothing is adjusted
    for who they are. Where all units answered it is the range of the counts. Raises ValueError for a base above the
    frame. Source: methods of this project, section 4.3.
    """
    k, n = (np.array(column, dtype="float64") for column in zip(*share.pairs, strict=True))
    if n.max() > population_size:
        raise ValueError(f"a base of {int(n.max())} in a frame of {population_size} units")
    low, high = wilson_limits(k / n, n, population_size=population_size, confidence=confidence)
    # An exact limit lies within one answer of Wilson's: pairs that cannot reach the extreme are not worked out.
    near = (low - 1 / n <= (low + 1 / n).min()) | (high + 1 / n >= (high - 1 / n).max())
    limits = [
        hypergeometric_interval(count, n=base, population_size=population_size, confidence=confidence)
        for (count, base), kept in zip(share.pairs, near, strict=True)
        if kept
    ]
    return min(lo for lo, _ in limits) / population_size, max(hi for _, hi in limits) / population_size


def union_bounds(share: PrintedShare, *, population_size: int) -> tuple[float, float]:
    """The lowest and highest share of all units, whatever those who did not answer would have said.

    Over every count k and base n behind the printed share: from k/N to (k + N - n)/N. Raises ValueError for a base
    above the frame. Source: Manski 2003; methods of this project, section 2.6.
    """
    ends = [share_bounds(k, n=n, population_size=population_size) for k, n in share.pairs]
    return min(low for low, _ in ends), max(high for _, high in ends)


def arithmetic(share: PrintedShare, *, population_size: int) -> str:
    """How the counts, shares and bounds of a printed share come about, in one line."""
    first, last = min(share.pairs, key=_ratio), max(share.pairs, key=_ratio)
    shares = f"{first[0]}/{first[1]} = {_ratio(first):.1%}"
    if first != last:
        shares += f" to {last[0]}/{last[1]} = {_ratio(last):.1%}"
    if share.bases == (population_size,):
        return f"{shares}; no unit is missing"
    low, high = union_bounds(share, population_size=population_size)
    k_low, (k_high, n_high) = min(share.counts), max(share.pairs, key=lambda pair: pair[0] - pair[1])
    return (
        f"{shares}; all units: {k_low}/{population_size} = {low:.1%} to "
        f"({k_high} + {population_size} - {n_high})/{population_size} = {high:.1%}"
    )


def _ratio(pair: tuple[int, int]) -> float:
    return pair[0] / pair[1]
