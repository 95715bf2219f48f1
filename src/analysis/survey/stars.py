"""Ordered classes, such as stars: how many units are in each, and which rule the scores behind them imply."""

from typing import Any

import numpy as np
import pandas as pd

from analysis.inputs.waves import Item, Wave
from analysis.survey.estimation import share_record
from analysis.survey.groups import Group, source_ref


def shares(group: Group, item: Item, *, wave: Wave, confidence: float) -> list[dict[str, Any]]:
    """The share of units (M) and of inhabitants (P) in each class of an item; the classes of a group add up to 1."""
    answers, sizes = group.given(item.item)
    common = {"estimate_type": "level", "measure": "share", "mode": "D", "item": item.item, "base": "B"}
    common |= {"source_ref": source_ref(wave, item.item)}
    return [
        common
        | {"category": str(level), "estimand": estimand}
        | share_record(answers == level, confidence=confidence, **size)
        for level in range(item.lowest, item.highest + 1)
        for estimand, size in sizes.items()
    ]


def rule(indicators: pd.DataFrame, *, wave: Wave) -> pd.DataFrame:
    """What the data imply about the rule behind the classes; no rows when the wave states no cut-points.

    One row per class: units in it, the lowest and highest value of the item the class is drawn from (`of`), the
    cut-point in `wave.yml` (the lowest value of the class), the lowest and highest cut-points that this round's data
    leave open, and how many of the class's units the cut-points place elsewhere. All unit types together.
    """
    points = wave.file.cut_points
    if points is None:
        return pd.DataFrame(columns="level units lowest highest cut cut_from cut_to elsewhere".split())
    given = indicators[[points.item, points.of]].dropna().astype("int64")
    levels = range(wave.item(points.item).lowest, wave.item(points.item).highest + 1)
    placed = levels[0] + np.searchsorted(points.lower, given[points.of], side="right")
    rows = []
    for level, cut in zip(levels, [None, *points.lower], strict=True):
        values = given.loc[given[points.item] == level, points.of]
        below = given.loc[given[points.item] < level, points.of]
        rows.append(
            {
                "level": level,
                "units": len(values),
                "lowest": values.min() if len(values) else None,
                "highest": values.max() if len(values) else None,
                "cut": cut,
                # The class begins above all that lies in lower classes and not above its own lowest value.
                "cut_from": below.max() + 1 if len(below) else None,
                "cut_to": values.min() if len(below) and len(values) else None,
                "elsewhere": int((placed[given[points.item] == level] != level).sum()),
            }
        )
    return pd.DataFrame(rows).astype(dict.fromkeys(["lowest", "highest", "cut", "cut_from", "cut_to"], "Int64"))


def rule_rows(table: pd.DataFrame, *, wave: Wave) -> list[dict[str, Any]]:
    """The rule as rows of estimate records: values as shares, units as counts."""
    points = wave.file.cut_points
    if points is None:
        return []
    common = {"estimate_type": "diagnostic", "source_ref": source_ref(wave, points.item)}
    rows = []
    for row in table.to_dict("records"):
        about = common | {"item": points.of, "n_answered": row["units"]}
        for column in ("lowest", "highest", "cut_from", "cut_to"):
            if not pd.isna(row[column]):
                category = f"{points.item} {row['level']} {column}"
                rows.append(about | {"measure": "index", "category": category, "point": row[column] / 100})
        category = f"{points.item} {row['level']} elsewhere"
        rows.append(about | {"measure": "count", "category": category, "point": row["elsewhere"]})
    return rows
