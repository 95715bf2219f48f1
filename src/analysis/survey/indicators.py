"""The stage indicators: answers become scores, and how well the parts of a score hang together."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.inputs.cleaning import ANSWERED, FRAME_COLUMNS, UNIT_NONRESPONSE
from analysis.inputs.params import Params
from analysis.inputs.waves import Item, Wave
from analysis.survey import reliability, scoring
from analysis.survey.estimates import records
from analysis.survey.groups import source_ref, wave_columns

# How an answer came about; not every wave has each.
ABOUT_ANSWER = "answered_on published_on role attempts tool_version".split()
NOT_GIVEN, WRITTEN = -4, 1


@dataclass(frozen=True)
class IndicatorsResult:
    """Indicators of every frame unit, what they are made of, and their reliability.

    `data`: scored items as shares from 0 to 1 of the round's own maximum, classes and printed percent as whole numbers,
    missing where a unit or item was not answered; answers to a questionnaire as they were cleaned, with their tagged
    missing values, and beside them its indicators in points. `scales`: the scored items; `composition`: the indicators
    of a questionnaire, with the questions they were to have, that the file has, and that the source shows; `kinds`: its
    items by type.
    """

    data: pd.DataFrame
    kinds: pd.DataFrame
    scales: pd.DataFrame
    composition: pd.DataFrame
    spread: pd.DataFrame
    hanging_together: reliability.Reliability
    estimates: pd.DataFrame


def run(cleaned: pd.DataFrame, *, wave: Wave, params: Params) -> IndicatorsResult:
    """Scores, their spread among the units that answered, and reliability of their parts.

    `cleaned` is the data of the stage cleaning. Raises InputError as `scoring.scores`.
    """
    data = score(cleaned, wave=wave, min_share=params.min_share)
    spread = _spread(data, wave=wave)
    parts = [item.item for item in part_items(wave)]
    points = data[parts] * [wave.item(part).highest for part in parts]
    groups = data[["unit_type", "size_group"]]
    together = reliability.describe(groups.join(points), items=parts, confidence=params.confidence)
    questions = {one.id: scoring.question_points(data, wave=wave, indicator=one) for one in wave.file.indicators}
    together = reliability.with_indicators(together, questions, groups=groups, confidence=params.confidence)
    composition = _composition(data, wave=wave)
    kinds = _kinds(data, wave=wave)
    rows = [*_spread_rows(spread, wave), *_kind_rows(kinds), *_composition_rows(composition), *together.rows]
    return IndicatorsResult(
        data=data,
        kinds=kinds,
        scales=_scales(wave),
        composition=composition,
        spread=spread,
        hanging_together=together,
        estimates=records(rows, **wave_columns(wave, stage="indicators")),
    )


def total_item(wave: Wave) -> Item:
    """The score that is no part of another. Raises StopIteration when there is none."""
    return next(item for item in wave.items_of("score") if item.part_of is None)


def part_items(wave: Wave) -> tuple[Item, ...]:
    """The scores that are parts of the total, in the order of `items.csv`; none in a wave without scored items."""
    scored = wave.items_of("score")
    return tuple(item for item in scored if item.part_of == total_item(wave).item) if scored else ()


def headline(wave: Wave) -> dict[str, float]:
    """The scores that a wave is summed up by and their maxima: the total score (1), or its indicators (points)."""
    if wave.items_of("score"):
        return {total_item(wave).item: 1.0}
    return {one.id: one.scale_maximum for one in wave.file.indicators}


def level_scores(wave: Wave) -> dict[str, float]:
    """All scores of a wave and their maxima: scored items as shares (1), indicators in points."""
    shares = {item.item: 1.0 for item in wave.items_of("score")}
    return shares | {one.id: one.scale_maximum for one in wave.file.indicators}


def score(cleaned: pd.DataFrame, *, wave: Wave, min_share: float = 0.5) -> pd.DataFrame:
    """One row per frame unit: scored items as (points - minimum) / (maximum - minimum) of their own round, 0 to 1.

    Classes and printed percent stay whole numbers; tagged missing values, and all answers of units that broke off, are
    missing. Answers to a questionnaire keep their tags, and units that broke off count as unit nonresponse; of free
    text only whether something was written is kept (1). Indicators: see `scoring.scores`, which `min_share` is for.
    """
    about = [column for column in cleaned.columns if column in ABOUT_ANSWER or column.startswith("answered_")]
    kept = list(dict.fromkeys([*FRAME_COLUMNS, "disposition", *about]))
    answered = cleaned["disposition"].isin(ANSWERED)
    columns = {}
    for item in wave.items:
        if item.item in cleaned.columns:
            columns[item.item] = _answers(cleaned[item.item], answered, item=item)
    data = pd.concat([cleaned[kept], pd.DataFrame(columns, index=cleaned.index)], axis=1)
    return pd.concat([data, scoring.scores(data, wave=wave, min_share=min_share)], axis=1)


def _answers(values: pd.Series, answered: pd.Series, *, item: Item) -> pd.Series:
    """The answers to one item as the later stages take them."""
    if item.type in ("score", "ordinal", "percent"):
        given = values.where(answered & (values >= 0))
        if item.type == "score":
            return ((given - item.lowest) / (item.highest - item.lowest)).astype("float64")
        return given.astype("Int64")
    if item.type == "text":
        written = values.notna() & (values.astype("string").fillna("") != "")
        values = written.map({True: WRITTEN, False: NOT_GIVEN})
    return values.where(answered, UNIT_NONRESPONSE).astype("Int64")


def _scales(wave: Wave) -> pd.DataFrame:
    """What each indicator is made of: the file's column, its scale, and the whole it is a part of."""
    return pd.DataFrame(
        {
            "indicator": item.label_en,
            "column": item.variable,
            "type": item.type,
            "minimum": item.lowest,
            "maximum": item.highest,
            "part_of": "none" if item.part_of is None else wave.label(item.part_of, "en"),
        }
        for item in wave.items
        if item.type in ("score", "ordinal", "percent")
    )


def _kinds(data: pd.DataFrame, *, wave: Wave) -> pd.DataFrame:
    """The items of a questionnaire by type: how many there are, in the file, seen in the source, and scored."""
    rows = []
    for kind in ("single", "multi", "count", "text"):
        items = wave.items_of(kind)
        if items:
            present = sum(item.item in data.columns for item in items)
            seen = sum(not item.placeholder for item in items)
            scored = sum(item.indicator is not None for item in items)
            rows.append({"type": kind, "items": len(items), "in_file": present, "seen": seen, "scored": scored})
    return pd.DataFrame(rows, columns=["type", "items", "in_file", "seen", "scored"])


def _kind_rows(kinds: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {"estimate_type": "diagnostic", "measure": "count", "item": f"items {row['type']}", "category": column}
        | {"point": row[column]}
        for row in kinds.to_dict("records")
        for column in ("items", "in_file", "seen", "scored")
    ]


def _composition(data: pd.DataFrame, *, wave: Wave) -> pd.DataFrame:
    """Each indicator with its questions: declared, in the file, and seen in the source; the others are placeholders."""
    rows = []
    for one in wave.file.indicators:
        questions = scoring.questions(wave, one.id)
        present = [items for items in questions.values() if any(item.item in data.columns for item in items)]
        rows.append(
            {
                "indicator": one.id,
                "module": one.module,
                "questions": one.items,
                "in_file": len(present),
                "seen": sum(not all(item.placeholder for item in items) for items in questions.values()),
                "scale_maximum": one.scale_maximum,
                "units": int(data[one.id].notna().sum()),
            }
        )
    return pd.DataFrame(rows, columns="indicator module questions in_file seen scale_maximum units".split())


def _composition_rows(composition: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            "estimate_type": "diagnostic",
            "measure": "count",
            "item": row["indicator"],
            "module": row["module"],
            "category": column.replace("_", " "),
            "point": row[column],
        }
        for row in composition.to_dict("records")
        for column in ("questions", "in_file", "seen", "units")
    ]


def _spread(data: pd.DataFrame, *, wave: Wave) -> pd.DataFrame:
    """Number, lowest, mean, highest and standard deviation (n - 1) of each score among the units that answered."""
    rows = []
    for unit_type, units in data.groupby("unit_type", sort=False):
        for item, maximum in level_scores(wave).items():
            values = units[item].dropna().to_numpy(dtype="float64")
            rows.append(
                {
                    "unit_type": unit_type,
                    "item": item,
                    "scale_maximum": maximum,
                    "n": len(values),
                    "n_frame": len(units),
                    "lowest": values.min() if len(values) else np.nan,
                    "mean": values.mean() if len(values) else np.nan,
                    "highest": values.max() if len(values) else np.nan,
                    "standard_deviation": values.std(ddof=1) if len(values) > 1 else np.nan,
                }
            )
    columns = "unit_type item scale_maximum n n_frame lowest mean highest standard_deviation".split()
    return pd.DataFrame(rows, columns=columns)


def _spread_rows(spread: pd.DataFrame, wave: Wave) -> list[dict[str, Any]]:
    return [
        {
            "estimate_type": "diagnostic",
            "measure": "mean" if statistic == "mean" else "index",
            "unit_type": row["unit_type"],
            "item": row["item"],
            "category": statistic,
            "estimand": "R",
            "n_frame": row["n_frame"],
            "n_answered": row["n"],
            "point": row[statistic],
            "scale_max": row["scale_maximum"],
            "source_ref": source_ref(wave, row["item"]),
        }
        for row in spread.to_dict("records")
        for statistic in ("lowest", "mean", "highest", "standard_deviation")
    ]
