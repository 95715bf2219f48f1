"""Indicators of a questionnaire: options give points, questions are averaged where enough of them are answered."""

import numpy as np
import pandas as pd

from analysis import paths
from analysis.errors import InputError
from analysis.inputs.cleaning import ANSWERED
from analysis.inputs.instrument import Item, options_of
from analysis.inputs.waves import Indicator, Wave

ROUTED_OUT, NOT_APPLICABLE = -1, -2
MIN_QUESTIONS = 2


def questions(wave: Wave, indicator: str) -> dict[str, tuple[Item, ...]]:
    """The questions that an indicator is made of: single items, and multi-select blocks whose ticks count together.

    Keys are item ids, or the id of a block; a row of a grid is a question of its own.
    """
    found: dict[str, list[Item]] = {}
    for item in wave.items:
        if item.indicator == indicator:
            key = item.block if item.type == "multi" and item.block else item.item
            found.setdefault(key, []).append(item)
    return {key: tuple(items) for key, items in found.items()}


def scores(data: pd.DataFrame, *, wave: Wave, min_share: float) -> pd.DataFrame:
    """A column per indicator of the wave, in points from 0 to its `scale_maximum`; missing where few are answered.

    Mean of the answered questions, if these are at least the share `min_share` of the questions that apply to the unit
    and at least two (or the only one there is). Questions that were not asked of the unit or do not apply leave the
    denominator, as do answers without points. Units that did not answer or broke off have none. `data` is cleaned data.
    Raises InputError when scales of different length would be averaged.
    Source: methods of this project, section 5.2; OECD/JRC 2008.
    """
    return pd.DataFrame(
        {one.id: _score(data, wave=wave, indicator=one, min_share=min_share) for one in wave.file.indicators},
        index=data.index,
    )


def question_points(data: pd.DataFrame, *, wave: Wave, indicator: Indicator) -> pd.DataFrame:
    """The points of each question of an indicator; missing where it has no answer that gives points.

    A multi-select block gives the sum of the points of its ticks, at most `scale_maximum`; "none" alone gives 0.
    Items that are not in the file are left out. Raises InputError when a question's most points are not the scale's.
    """
    columns = {}
    for key, items in questions(wave, indicator.id).items():
        _check_scale(key, items, wave=wave, indicator=indicator)
        present = [item for item in items if item.item in data.columns]
        if present:
            parts = pd.DataFrame({item.item: points(data[item.item], item=item, wave=wave) for item in present})
            columns[key] = parts.sum(axis=1, min_count=1).clip(upper=indicator.scale_maximum)
    return pd.DataFrame(columns, index=data.index)


def points(answers: pd.Series, *, item: Item, wave: Wave) -> pd.Series:
    """The points of answers given as option values; missing for missing values and for options without points."""
    given = {option.typed: option.score for option in options_of(item, options=wave.options)}
    return answers.map({value: score for value, score in given.items() if score is not None}).astype("float64")


def _score(data: pd.DataFrame, *, wave: Wave, indicator: Indicator, min_share: float) -> pd.Series:
    given = question_points(data, wave=wave, indicator=indicator)
    if given.empty:
        return pd.Series(np.nan, index=data.index)
    answered = given.notna().sum(axis=1)
    applicable = _applicable(data, wave=wave, indicator=indicator)[given.columns].sum(axis=1)
    enough = (answered >= min_share * applicable) & (answered >= min(MIN_QUESTIONS, len(given.columns)))
    return given.mean(axis=1).where(enough & data["disposition"].isin(ANSWERED))


def _applicable(data: pd.DataFrame, *, wave: Wave, indicator: Indicator) -> pd.DataFrame:
    """Whether each question was asked of each unit and can apply to it."""
    found = {}
    for key, items in questions(wave, indicator.id).items():
        present = [item.item for item in items if item.item in data.columns]
        found[key] = ~data[present].isin([ROUTED_OUT, NOT_APPLICABLE]).all(axis=1)
    return pd.DataFrame(found, index=data.index)


def _check_scale(key: str, items: tuple[Item, ...], *, wave: Wave, indicator: Indicator) -> None:
    """Questions whose most points differ from the indicator's maximum are on another scale and are never averaged."""
    best = [
        max((o.score for o in options_of(item, options=wave.options) if o.score is not None), default=0.0)
        for item in items
    ]
    most = sum(best)
    # Ticks beyond the scale's maximum do not count, so that a block may have more of them.
    if most == indicator.scale_maximum or (items[0].type == "multi" and most > indicator.scale_maximum):
        return
    place = f"{paths.relative(paths.wave(wave.id) / 'options.csv')}, column 'score'"
    raise InputError(
        f"{place}: the most points of {key!r} are {most:g} where the indicator {indicator.id!r} runs to "
        f"{indicator.scale_maximum:g}; put all its questions on one scale."
    )
