"""Margins: classifications of the units with known totals, and what is checked before anything is weighted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.errors import InputError

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_] | pd.Series

# Totals that differ by less than this share are the same total, rounded differently.
AGREEMENT = 1e-6


class NoWeights(InputError):
    """No weights meet the targets: which margin and category, what is wrong, and the smallest change that would do."""


@dataclass(frozen=True)
class Margin:
    """A classification of the respondents whose total in the frame is known for each category.

    `codes`: the category of each respondent, as its place in `labels`; `totals`: the target of each category, in units
    of the frame or in inhabitants. Raises NoWeights where codes, labels and totals do not belong together.
    """

    name: str
    labels: tuple[str, ...]
    codes: NDArray[np.integer]
    totals: Floats

    def __post_init__(self) -> None:
        if len(self.labels) != len(self.totals) or not self.labels:
            raise NoWeights(f"{self.name}: {len(self.labels)} categories have {len(self.totals)} totals; one each.")
        if len(self.codes) and not 0 <= self.codes.min() <= self.codes.max() < len(self.labels):
            raise NoWeights(f"{self.name}: a respondent has no category; codes run from 0 to {len(self.labels) - 1}.")
        if not (self.totals.min() >= 0 and self.totals.max() < np.inf):
            raise NoWeights(f"{self.name}: a total is negative, infinite or missing; give the size of each category.")

    def sums(self, weights: Floats | None = None) -> Floats:
        """The sum of the weights of each category; without weights, the number of respondents."""
        return np.bincount(self.codes, weights=weights, minlength=len(self.labels)).astype(float)


def margin(frame: pd.DataFrame, by: tuple[str, ...], *, answered: Mask, size: str | None = None) -> Margin:
    """The margin of a frame by one column, or by several crossed; categories are those that occur in the frame.

    `frame` has one row per unit and `answered` says which of them answered, in the same order. Targets are numbers of
    units, or sums of the column `size` (inhabitants). Ordered categories keep their order, others are sorted.
    Raises NoWeights for a mask of another length and for a unit without a category or size.
    """
    name, mask = " x ".join(by), np.asarray(answered, dtype=bool)
    if len(mask) != len(frame):
        raise NoWeights(f"{name}: {len(mask)} marks of who answered for a frame of {len(frame)} units; give one each.")
    for column in (*by, *([size] if size else [])):
        if missing := int(frame[column].isna().sum()):
            raise NoWeights(f"{name}: {missing} units of the frame have no {column}; complete the frame.")
    grouped = frame.groupby(list(by), observed=True, sort=True)
    keys = [key if isinstance(key, tuple) else (key,) for key, _ in grouped]
    totals = grouped[size].sum() if size else grouped.size()
    return Margin(
        name=name,
        labels=tuple(" x ".join(map(str, key)) for key in keys),
        codes=grouped.ngroup().to_numpy(dtype=np.int64)[mask],
        totals=np.asarray(totals, dtype=float),
    )


def account(margins: Sequence[Margin], weights: ArrayLike) -> pd.DataFrame:
    """Target, achieved total and gap of each category: achieved = sum of its weights, gap = achieved - target.

    `relative_gap` = gap / target; 0 where both are 0, infinite where only the target is. `n`: respondents.
    """
    values, tables = np.asarray(weights, dtype=float), []
    for one in margins:
        gap = (achieved := one.sums(values)) - one.totals
        with np.errstate(divide="ignore", invalid="ignore"):
            relative = np.where(gap == 0, 0.0, gap / one.totals)
        columns = {"margin": one.name, "category": one.labels, "n": one.sums().astype(int), "target": one.totals}
        tables.append(pd.DataFrame(columns | {"achieved": achieved, "gap": gap, "relative_gap": relative}))
    return pd.concat(tables, ignore_index=True)


def checked_base(base: ArrayLike, margins: Sequence[Margin] = ()) -> Floats:
    """The base weights as an array of floats.

    Raises NoWeights when nobody answered, when a weight is zero, negative, infinite or not a number, and when a margin
    classifies another number of respondents.
    """
    values = np.asarray(base, dtype=float)
    if values.ndim != 1 or not len(values):
        raise NoWeights("base weights: nobody answered; give one weight for each respondent.")
    for one in margins:
        if len(one.codes) != len(values):
            raise NoWeights(f"{one.name}: {len(one.codes)} respondents are classified and {len(values)} have a weight.")
    if not (values.min() > 0 and values.max() < np.inf):
        bad = np.flatnonzero(~((values > 0) & (values < np.inf)))
        raise NoWeights(
            f"base weights: respondent {bad[0] + 1} of {len(values)} has {values[bad[0]]:g}, one of {len(bad)} "
            "that are not positive and finite; correct the plan or leave the unit out of the respondents."
        )
    return values


def checked_margins(margins: Sequence[Margin], *, sums: Sequence[NDArray[Any]], n: int) -> tuple[Margin, ...]:
    """The margins, scaled to the total of the first one (they differ by at most 1e-6 of it).

    `sums` are the base weights summed over each margin. Raises NoWeights for no margin, totals that disagree, a
    category with a target and no respondents, one with respondents and no target, fewer units than respondents.
    """
    if not margins:
        raise NoWeights("margins: none was given; name at least one classification with known totals.")
    first = margins[0]
    whole = float(first.totals.sum())
    for one, achieved in zip(margins, sums, strict=True):
        total = float(one.totals.sum())
        if abs(total - whole) > AGREEMENT * max(whole, total):
            raise NoWeights(
                f"{one.name}: its targets add up to {total:g} and those of {first.name} to {whole:g}; "
                "take both from the same frame."
            )
        for place in np.flatnonzero((one.totals > 0) & (achieved <= 0))[:1]:
            raise NoWeights(
                f"{one.name}: none of the {one.totals[place]:g} of {one.labels[place]!r} answered, so that no "
                f"weight can stand for them; {_merger(one, achieved, place)}."
            )
        for place in np.flatnonzero((one.totals <= 0) & (achieved > 0))[:1]:
            raise NoWeights(
                f"{one.name}: respondents of {one.labels[place]!r} have a target of 0; correct the frame, or take them "
                "out of the respondents."
            )
    if n > whole * (1 + AGREEMENT):
        raise NoWeights(f"{first.name}: the frame has {whole:g} and {n} answered; take the frame of these answers.")
    return tuple(replace(one, totals=one.totals * (whole / one.totals.sum())) for one in margins)


def _merger(one: Margin, achieved: Floats, place: int) -> str:
    """Which neighbouring categories could take in one that nobody answered in."""
    found = np.flatnonzero(achieved > 0)
    near = [*found[found < place][-1:], *found[found > place][:1]]
    names = " or ".join(repr(one.labels[other]) for other in near)
    return f"merge it with {names}" if names else "nobody answered at all"
