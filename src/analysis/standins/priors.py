"""Expected counts: a graded probit that rises with the size of units, pulled to what is printed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.standins.anchors import Anchor
from analysis.standins.layout import BLANK, Layout, Question

# Assumptions of this project: nothing about them is printed.
RISE = 0.18  # standard deviations a step of size adds
SPREAD = 0.8  # standard deviation of the thresholds of items
STEP = 0.9  # distance between the thresholds of one item
ASIDE_SHARE = 0.04  # don't know and the like
EXCLUSIVE_SHARE = 0.12  # none of these
BLANK_SHARE = 0.02  # of items that no figure is printed of
NOT_WRITTEN = 0.3  # of free texts
PASSES = 60
NEAR = 1e-6


def expected(
    layout: Layout, *, cells: pd.DataFrame, anchors: Sequence[Anchor], blanks: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Expected counts of each answer (row) in each cell (column), in line with the printed figures.

    P(at least category c) = Phi(mu - b_c) with mu linear in the size group of the cell and b drawn for each item.
    Then, figure by figure and again, the answers of the items concerned are tilted, p_c times exp(lambda a_c), until
    the figure's own expectation is near its printed value. `blanks`: given counts of blanks, not a number where open.
    """
    mean = RISE * (cells["size_group"].to_numpy(dtype=float) - 3)
    shares = np.zeros((layout.size, layout.cells))
    for question in layout.questions:
        _fill_shares(shares, question, layout=layout, mean=mean, rng=rng)
    table = np.zeros_like(shares)
    pulls = [_pull(anchor, layout) for anchor in anchors]
    for _ in range(PASSES):
        _scale(table, shares, layout=layout, blanks=blanks)
        for pull in pulls:
            _tilt(table, shares, pull)
    _scale(table, shares, layout=layout, blanks=blanks)
    return np.where(np.isnan(blanks), table, blanks)


def _fill_shares(
    shares: np.ndarray, question: Question, *, layout: Layout, mean: np.ndarray, rng: np.random.Generator
) -> None:
    """The graded probit of one item; answers outside the order have a small fixed share."""
    from scipy.special import ndtr

    rows, ranked = layout.rows[question.item.item], question.ranked
    middle = rng.normal(0.2, SPREAD)
    thresholds = middle + STEP * (np.arange(1, len(ranked)) - len(ranked) / 2)
    at_least = np.vstack([np.ones_like(mean), ndtr(mean - thresholds[:, None]), np.zeros_like(mean)])
    left = 1 - ASIDE_SHARE * len(question.aside)
    if question.item.exclusive:
        at_least[1] = EXCLUSIVE_SHARE
    for n, answer in enumerate(ranked):
        shares[rows[answer]] = left * (at_least[n] - at_least[n + 1])
    for answer in question.aside:
        shares[rows[answer]] = ASIDE_SHARE
    shares[rows[BLANK]] = ASIDE_SHARE


def _scale(table: np.ndarray, shares: np.ndarray, *, layout: Layout, blanks: np.ndarray) -> None:
    """Counts from shares, so that each item has those asked, less given blanks, in each cell."""
    for question in layout.questions:
        rows = list(layout.rows[question.item.item].values())
        given = blanks[rows[-1]]
        known = not np.isnan(given).any()
        if known:
            shares[rows[-1]] = 0
        shares[rows] /= shares[rows].sum(axis=0)
        base = layout.base(question.item.item, table)
        table[rows] = shares[rows] * np.maximum(base - (given if known else 0), 0)


@dataclass(frozen=True)
class Pull:
    """A figure, the rows of the items that it counts answers of, and where among them each item begins."""

    aim: tuple[float, float]
    rows: np.ndarray
    starts: np.ndarray
    part: np.ndarray
    whole: np.ndarray | None

    def over_items(self, table: np.ndarray) -> np.ndarray:
        """The sums over the answers of each item, on the row of each answer."""
        lengths = np.diff([*self.starts, len(self.rows)])
        result: np.ndarray = np.repeat(np.add.reduceat(table, self.starts, axis=0), lengths, axis=0)
        return result


def _pull(anchor: Anchor, layout: Layout) -> Pull:
    rows, starts = layout.around(np.flatnonzero(anchor.part.any(axis=1)))
    whole = None if anchor.whole is None else anchor.whole[rows]
    return Pull(anchor.aim, rows, starts, anchor.part[rows], whole)


def _tilt(table: np.ndarray, shares: np.ndarray, pull: Pull) -> None:
    """One Newton step of the tilt of all answers that a figure counts, towards its printed value."""
    counts, part = table[pull.rows], pull.part
    total = 1.0 if pull.whole is None else float((pull.whole * counts).sum())
    now = float((part * counts).sum())
    wanted = min(max(now, pull.aim[0] * total), pull.aim[1] * total)
    if abs(wanted - now) < NEAR or not total:
        return
    own, base = shares[pull.rows], pull.over_items(counts)
    mean = pull.over_items(own * part)
    slope = float((counts * (part - mean) ** 2).sum())
    step = np.clip((wanted - now) / max(slope, NEAR), -1, 1)
    tilted = own * np.exp(step * part)
    tilted /= pull.over_items(tilted)
    shares[pull.rows], table[pull.rows] = tilted, tilted * base
