"""The stage indicators: scores as shares of the most that could be had, and how well their parts hang together."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.inputs.cleaning import ANSWERED, FRAME_COLUMNS
from analysis.inputs.waves import Item, Wave
from analysis.survey import reliability
from analysis.survey.estimates import records
from analysis.survey.groups import source_ref, wave_columns


@dataclass(frozen=True)
class IndicatorsResult:
    """Indicators of every frame unit, what they are made of, and their reliability.

    `data`: scores as shares from 0 to 1 of the round's own maximum, classes and printed percent as whole numbers;
    missing where a unit or item was not answered.
    """

    data: pd.DataFrame
    scales: pd.DataFrame
    spread: pd.DataFrame
    hanging_together: reliability.Reliability
    estimates: pd.DataFrame


def run(cleaned: pd.DataFrame, *, wave: Wave, confidence: float) -> IndicatorsResult:
    """Scores, their spread among the units that answered, and reliability of the parts of the total.

    `cleaned` is the data of the stage cleaning.
    """
    data = score(cleaned, wave=wave)
    spread = _spread(data, wave=wave)
    parts = [item.item for item in part_items(wave)]
    points = data[parts] * [wave.item(part).maximum for part in parts]
    together = reliability.describe(data[["unit_type", "size_group"]].join(points), items=parts, confidence=confidence)
    rows = [*_spread_rows(spread, wave), *together.rows]
    return IndicatorsResult(
        data=data,
        scales=_scales(wave),
        spread=spread,
        hanging_together=together,
        estimates=records(rows, **wave_columns(wave, stage="indicators")),
    )


def total_item(wave: Wave) -> Item:
    """The score that is no part of another. Raises StopIteration when there is none."""
    return next(item for item in wave.items_of("score") if item.part_of is None)


def part_items(wave: Wave) -> tuple[Item, ...]:
    """The scores that are parts of the total, in the order of `items.csv`."""
    return tuple(item for item in wave.items_of("score") if item.part_of == total_item(wave).item)


def score(cleaned: pd.DataFrame, *, wave: Wave) -> pd.DataFrame:
    """One row per frame unit: each score as (points - minimum) / (maximum - minimum) of its own round, 0 to 1.

    Classes and printed percent stay whole numbers. Tagged missing values, and all answers of units that broke off,
    are missing.
    """
    data = cleaned[[*FRAME_COLUMNS, "disposition"]].copy()
    answered = cleaned["disposition"].isin(ANSWERED)
    for item in wave.items:
        given = cleaned[item.item].where(answered & (cleaned[item.item] >= 0))
        if item.type == "score":
            data[item.item] = (given - item.minimum) / (item.maximum - item.minimum)
        else:
            data[item.item] = given.astype("Int64")
    return data


def _scales(wave: Wave) -> pd.DataFrame:
    """What each indicator is made of: the file's column, its scale, and the whole it is a part of."""
    return pd.DataFrame(
        {
            "indicator": item.label_en,
            "column": item.variable,
            "type": item.type,
            "minimum": item.minimum,
            "maximum": item.maximum,
            "part_of": "none" if item.part_of is None else wave.label(item.part_of, "en"),
        }
        for item in wave.items
    )


def _spread(data: pd.DataFrame, *, wave: Wave) -> pd.DataFrame:
    """Number, lowest, mean, highest and standard deviation (n - 1) of each score among the units that answered."""
    rows = []
    for unit_type, units in data.groupby("unit_type", sort=False):
        for item in wave.items_of("score"):
            values = units[item.item].dropna().to_numpy(dtype="float64")
            rows.append(
                {
                    "unit_type": unit_type,
                    "item": item.item,
                    "n": len(values),
                    "n_frame": len(units),
                    "lowest": values.min() if len(values) else np.nan,
                    "mean": values.mean() if len(values) else np.nan,
                    "highest": values.max() if len(values) else np.nan,
                    "standard_deviation": values.std(ddof=1) if len(values) > 1 else np.nan,
                }
            )
    return pd.DataFrame(rows)


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
            "scale_max": 1,
            "source_ref": source_ref(wave, row["item"]),
        }
        for row in spread.to_dict("records")
        for statistic in ("lowest", "mean", "highest", "standard_deviation")
    ]
