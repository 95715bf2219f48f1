"""Printed figures as conditions on the table of counts: a sum over a sum lies in the interval of what is printed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import InputError
from analysis.inputs.register import DECIMALS
from analysis.inputs.targets import COMPARED, PROJECTS, Target, members
from analysis.inputs.waves import Wave
from analysis.standins.layout import BLANK, Layout
from analysis.survey.counts import rounding_interval

# Means are aimed at the middle of what is printed, because don't knows take questions out of a unit's own mean.
MEAN_SHARE = Fraction(2, 5)
ENOUGH_TICKS = 1.15

# The rows of the register by figure id.
Figures = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Interval:
    """What a printed figure allows, in its own unit (percent, count, score); the upper end may not belong to it."""

    low: Fraction
    high: Fraction
    takes_low: bool = True
    takes_high: bool = True

    def holds(self, value: Fraction) -> bool:
        """Whether a value is printed like this, or fits its words."""
        above = value >= self.low if self.takes_low else value > self.low
        return above and (value <= self.high if self.takes_high else value < self.high)


@dataclass(frozen=True)
class Anchor:
    """`low` <= sum(part * counts) / sum(whole * counts) <= `high`; without `whole` the sum itself lies between them.

    The ends belong as the interval says; `aim` is the value the counts should come near to before they are whole.
    """

    figure_id: str
    part: np.ndarray
    whole: np.ndarray | None
    interval: Interval
    aim: tuple[float, float]

    def shifted(self, by: float) -> "Anchor":
        """The same condition with its interval moved, in thousandths."""
        if not by:
            return self
        step, limits = Fraction(round(1000 * by), 1000), self.interval
        moved = replace(limits, low=limits.low + step, high=limits.high + step)
        return replace(self, interval=moved, aim=(self.aim[0] + float(step), self.aim[1] + float(step)))


def interval(target: Target, figure: Mapping[str, Any]) -> Interval:
    """What a target's printed figure allows: the rounding interval, the count itself, or the tolerance of a word.

    A word's reason that says above or below limits it to that side of the printed value.
    """
    value, precision = Decimal(str(figure["value"])), str(figure["precision"])
    if target.carrier == "worded":
        middle, width = Fraction(value), Fraction(str(target.tolerance))
        above, below = "above" in target.reason, "below" in target.reason
        above, below = above and not below, below and not above
        low, high = middle if above else middle - width, middle if below else middle + width
        return Interval(low, high, takes_low=not above, takes_high=not below)
    if target.measure in ("count", "minimum", "maximum") or precision not in DECIMALS:
        return Interval(Fraction(value), Fraction(value))
    low, high = rounding_interval(value, decimals=DECIMALS[precision])
    return Interval(low, high, takes_high=False)


def anchors(
    targets: Sequence[Target],
    *,
    figures: Figures,
    wave: Wave,
    layout: Layout,
    cells: pd.DataFrame,
    projects: bool = False,
) -> list[Anchor]:
    """The conditions that the printed figures set on the counts of answers, and those of `answered` in wave.yml.

    `cells` describes the columns of the table. Figures about units that answered, and the lowest, highest and any of
    a unit's own number of answers, are no sums of counts: they are met elsewhere.
    """
    result = []
    for target in targets:
        wanted = target.carrier in COMPARED and target.item and (target.subset == PROJECTS) == projects
        if not wanted or target.measure in ("any", "minimum", "maximum"):
            continue
        part, whole = _sums(target, wave=wave, layout=layout, cells=cells)
        limits = interval(target, figures[target.figure_id])
        scale = 100 if target.measure == "share" else 1
        limits = Interval(limits.low / scale, limits.high / scale, limits.takes_low, limits.takes_high)
        result.append(_anchor(target, part, whole, limits, mean=_is_indicator(target, wave)))
    if not projects:
        for item, number in wave.file.answered.items():
            part = _mask(layout, cells, item, answers=_given(layout, item, missing=True))
            limit = Interval(Fraction(number), Fraction(number))
            result.append(Anchor(f"answered.{item}", part, None, limit, (number, number)))
    # The last to pull at the expected counts has its way: figures stand after words.
    words = {target.figure_id for target in targets if target.carrier == "worded"}
    return sorted(result, key=lambda anchor: anchor.figure_id not in words)


def block_anchors(layout: Layout) -> list[Anchor]:
    """What multi-selects ask of expected counts: enough ticks for all who do not tick an exclusive option."""
    result = []
    for block, options in layout.blocks.items():
        ticks, answered = np.zeros((layout.size, layout.cells)), np.zeros((layout.size, layout.cells))
        for question in options:
            ticks[layout.rows[question.item.item]["ticked"]] = 1
        for answer in ("ticked", "not_ticked"):
            answered[layout.rows[options[0].item.item][answer]] = 1
        limits = Interval(Fraction(1), Fraction(len(options)))
        result.append(Anchor(f"block.{block}", ticks, answered, limits, (ENOUGH_TICKS, float(len(options)))))
    return result


def _anchor(target: Target, part: np.ndarray, whole: np.ndarray | None, limits: Interval, *, mean: bool) -> Anchor:
    if mean:
        middle, half = (limits.low + limits.high) / 2, (limits.high - limits.low) / 2
        limits = Interval(middle - MEAN_SHARE * half, middle + MEAN_SHARE * half)
    width = limits.high - limits.low
    inside = width / (10 if target.carrier == "worded" else 4)
    aim = (float(limits.low + inside), float(limits.high - inside))
    return Anchor(target.figure_id, part, whole, limits, aim)


def _is_indicator(target: Target, wave: Wave) -> bool:
    return target.measure == "mean" and any(one.id == target.item for one in wave.file.indicators)


def _sums(target: Target, *, wave: Wave, layout: Layout, cells: pd.DataFrame) -> tuple[np.ndarray, np.ndarray | None]:
    """The weights of the counts in the numerator and in the base of a target."""
    columns = cell_mask(target.subset, cells)
    if _is_indicator(target, wave):
        return _indicator(target.item, layout=layout, cells=cells)
    items = [item.item for item in members(wave, target.item) if item.item in layout.by_item]
    part, whole = np.zeros((layout.size, layout.cells)), np.zeros((layout.size, layout.cells))
    for item in items:
        given = _given(layout, item, missing=target.subset == "asked")
        part += _mask(layout, cells, item, answers=target.category or given)
        # The mean number of items that a unit has in the category is over units, whatever they left blank.
        whole += _mask(layout, cells, item, answers=(*given, BLANK) if target.measure == "mean" else given)
    if target.measure == "mean":
        whole /= len(items)
    return part * columns, None if target.measure == "count" else whole * columns


def cell_mask(subset: str, cells: pd.DataFrame) -> np.ndarray:
    """The cells a subset is made of; `asked`, a module and the projects leave all, since they follow from the item.

    Raises InputError for a subset that is no property of cells.
    """
    key, _, value = subset.partition("=")
    if subset in ("", "asked", PROJECTS) or key == "module":
        return np.ones(len(cells))
    column = {"size": "size_group", "unit_type": "unit_type", "group": "special"}.get(key)
    if column is None:
        raise InputError(f"targets.csv, column 'subset': {subset!r} is no subset of answers; correct it.")
    return (cells[column].astype(str) == value).to_numpy(dtype=float)


def _given(layout: Layout, item: str, *, missing: bool) -> tuple[str, ...]:
    """The answers that make the base of an item: those with a value, and with `missing` also tagged don't knows."""
    options = layout.by_item[item].options
    return tuple(option.option for option in options if missing or option.value is not None)


def _mask(layout: Layout, cells: pd.DataFrame, item: str, *, answers: Sequence[str]) -> np.ndarray:
    result = np.zeros((layout.size, len(cells)))
    for answer in answers:
        result[layout.rows[item][answer]] = 1
    return result


def _indicator(indicator: str, *, layout: Layout, cells: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The points of an indicator's questions over the number of questions answered with points."""
    part, whole = np.zeros((layout.size, len(cells))), np.zeros((layout.size, len(cells)))
    blocks = set()
    for question in layout.questions:
        item = question.item
        if item.indicator != indicator:
            continue
        rows = layout.rows[item.item]
        counts = item.type == "single" or item.block not in blocks
        blocks |= {item.block} if item.type == "multi" else set()
        for option in question.options:
            if option.score is not None:
                part[rows[option.option]] = option.score
                whole[rows[option.option]] = counts
    return part, whole
