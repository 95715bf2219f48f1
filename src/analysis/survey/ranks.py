"""How far a rank can be trusted: it is drawn anew with the error of measurement and with other ways of scoring."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import InputError

Floats = NDArray[np.float64]

DRAWS, SEED = 2000, 20170101
COVERED = 0.9
# Wider than this share of the ranked units, an interval is told as a third.
WIDE = 0.25
THIRDS = ("upper", "middle", "lower")
COLUMNS = ["n", "first", "last", "low", "high", "median", *THIRDS, "method_share"]


@dataclass(frozen=True)
class Drawn:
    """Ranks by draw (rows) and unit (columns), 1 for the highest; `again`: the same ways of scoring, other errors."""

    ranks: Floats
    again: Floats


def ways(points: pd.DataFrame, *, score: pd.Series) -> Floats:
    """The score of each unit (columns) by each way of scoring (rows); the first is the score as it is.

    Three normalisations of a question (points as they are, z-scores, relative position), with all questions and with
    each left out, averaged in three ways (`average`). A unit's missing questions are passed over. `points`: units by
    questions, from 0. Source: OECD/JRC 2008, steps 5, 6 and 7.
    """
    z_scores = (points - points.mean()) / points.std(ddof=1).replace(0, np.nan)
    position = (points.rank() - 0.5) / points.count()
    found = []
    for normalised in (points, z_scores - z_scores.min().min(), position):
        values = normalised.to_numpy(dtype="float64")
        for left_out in ([], *range(values.shape[1])):
            kept = np.delete(values, left_out, axis=1)
            found += [average(kept, how=how) for how in ("arithmetic", "geometric", "harmonic")]
    found[0] = score.to_numpy(dtype="float64")
    return np.array(found)


def average(values: Floats, *, how: str) -> Floats:
    """The arithmetic, geometric or harmonic mean of each row; the last two of values plus one, less one again.

    So a value of 0 is admissible. Missing values are passed over; every row has at least one value.
    Source: methods of this project, section 5.4.
    """
    if how == "arithmetic":
        return np.nanmean(values, axis=1)
    if how == "geometric":
        return np.exp(np.nanmean(np.log1p(values), axis=1)) - 1
    return 1 / np.nanmean(1 / (1 + values), axis=1) - 1


def draw(scores: Floats, *, unreliable: float, draws: int = DRAWS, seed: int = SEED) -> Drawn:
    """Ranks of N(x, SEM^2) draws of the units' scores, each by a way of scoring that is drawn too.

    `scores`: ways by units, without missing values; `unreliable`: 1 - omega, so that SEM = SD sqrt(1 - omega) with the
    SD of each way. Equal draws share their mean rank. Source: methods of this project, section 5.6.
    """
    from scipy.stats import rankdata

    generator = np.random.default_rng(seed)
    sem = scores.std(axis=1, ddof=1) * np.sqrt(unreliable)
    way = generator.integers(len(scores), size=draws)
    found = []
    for _ in range(2):
        noise = generator.standard_normal((draws, scores.shape[1]))
        found.append(rankdata(-(scores[way] + sem[way, None] * noise), axis=1))
    return Drawn(*found)


def summarise(drawn: Drawn, *, scores: Floats) -> pd.DataFrame:
    """For each unit what the draws say of its rank among the ranked.

    `n`: ranked units; `first`, `last`: its rank by `scores`, a range where scores tie; `low`, `high`: the middle 90
    percent of its ranks; `median`; the share of draws in each third; `method_share`: see `first_order`.
    """
    tails = (1 - COVERED) / 2
    low, median, high = np.quantile(drawn.ranks, [tails, 0.5, 1 - tails], axis=0, method="inverted_cdf")
    higher = (scores[None, :] > scores[:, None]).sum(axis=1)
    equal = (scores[None, :] == scores[:, None]).sum(axis=1)
    n = len(scores)
    table = pd.DataFrame({"n": n, "first": higher + 1, "last": higher + equal})
    table = table.assign(low=np.floor(low), high=np.ceil(high), median=median)
    for third, share in zip(THIRDS, thirds(drawn.ranks), strict=True):
        table[third] = share
    return table.assign(method_share=first_order(drawn.ranks, drawn.again))[COLUMNS]


def thirds(ranks: Floats) -> Floats:
    """The share (0 to 1) of each unit's draws in the upper, middle and lower third; upper where rank <= n/3."""
    n = ranks.shape[1]
    upper, lower = 3 * ranks <= n, 3 * ranks > 2 * n
    return np.array([upper.mean(axis=0), (~upper & ~lower).mean(axis=0), lower.mean(axis=0)])


def first_order(first: Floats, second: Floats) -> Floats:
    """The share (0 to 1) of the variance of each column that comes from what both tables were drawn with.

    Sobol's first-order index by pick and freeze: covariance of the two over the variance of both. Estimates below 0
    are 0; NaN where nothing varies. Raises InputError for fewer than two draws.
    Source: Saltelli et al. 2008, Global Sensitivity Analysis, section 4.6.
    """
    if len(first) < 2:
        raise InputError("ranks: a share of variance needs at least two draws; draw more.")
    mean = (first.mean(axis=0) + second.mean(axis=0)) / 2
    both = ((first**2).mean(axis=0) + (second**2).mean(axis=0)) / 2 - mean**2
    shared = (first * second).mean(axis=0) - mean**2
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(both > 0, np.clip(shared / both, 0, 1), np.nan)


def wide(low: float, high: float, *, n: float) -> bool:
    """Whether an interval of ranks spans more than a quarter of the ranked units, so that only a third is told."""
    return high - low > WIDE * n
