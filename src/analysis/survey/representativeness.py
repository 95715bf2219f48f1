"""The stage representativeness: who answered, who is missing, and how far the missing can move the main number."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.inputs.cleaning import ANSWERED
from analysis.inputs.waves import Wave
from analysis.survey.bounds import worst_case
from analysis.survey.estimates import records
from analysis.survey.groups import Group, groups, source_ref, wave_columns
from analysis.survey.indicators import total_item

MISSING_COLUMNS = "unit_type code name county_name population size_group region disposition".split()


@dataclass(frozen=True)
class RepresentativenessResult:
    """`data`: frame and answers by group; `missing`: the units without an answer; `stakes`: how far they can move it.

    `missing` names units only where the wave's promise is open; else it has no rows and `missing_count` alone is told.
    """

    data: pd.DataFrame
    missing: pd.DataFrame
    missing_count: int
    stakes: pd.DataFrame
    units: pd.DataFrame
    estimates: pd.DataFrame


def run(indicators: pd.DataFrame, *, wave: Wave) -> RepresentativenessResult:
    """Response by unit type, size group and region, the missing units, and bounds of the mean total score.

    `indicators` is the data of the stage indicators: one row per frame unit.
    """
    shown = list(groups(indicators, groupings=("all", "size_group", "region")))
    table = pd.DataFrame([_response(group, indicators) for group in shown])
    stakes = pd.DataFrame([row for group in shown for row in _stakes(group, total_item(wave).item)])
    missing = indicators.loc[~indicators["disposition"].isin(ANSWERED), MISSING_COLUMNS].reset_index(drop=True)
    return RepresentativenessResult(
        data=table,
        missing=missing if wave.file.promise == "open" else missing.iloc[:0],
        missing_count=len(missing),
        stakes=stakes,
        units=indicators,
        estimates=records(
            [*_response_rows(table), *_stakes_rows(stakes, wave)], **wave_columns(wave, stage="representativeness")
        ),
    )


def _response(group: Group, frame: pd.DataFrame) -> dict[str, Any]:
    """Units and inhabitants of a group and how many of them answered; shares are of all units of the type."""
    whole = frame[frame["unit_type"] == group.unit_type]
    answered, all_answered = group.answered, whole["disposition"].isin(ANSWERED).sum()
    return {
        "unit_type": group.unit_type,
        "grouping": group.grouping,
        "group": group.group,
        "n_frame": len(group.units),
        "n_answered": len(answered),
        "rate": len(answered) / len(group.units),
        "share_frame": len(group.units) / len(whole),
        "share_answered": len(answered) / all_answered if all_answered else np.nan,
        "inhabitants": int(group.units["population"].sum()),
        "inhabitants_covered": answered["population"].sum() / group.units["population"].sum(),
    }


def _stakes(group: Group, item: str) -> list[dict[str, Any]]:
    """The observed mean and its worst-case bounds where units count once (M) and where inhabitants do (P)."""
    given = group.units.dropna(subset=[item])
    rows = []
    sizes = {"M": pd.Series(1, group.units.index), "P": group.units["population"]}
    for estimand, size in sizes.items():
        weighted, covered = (given[item] * size[given.index]).sum(), size[given.index].sum()
        lo, hi = worst_case(weighted, covered=covered, total=size.sum(), low=0, high=1)
        rows.append(
            {
                "unit_type": group.unit_type,
                "grouping": group.grouping,
                "group": group.group,
                "subset": group.subset,
                "estimand": estimand,
                "n_frame": len(group.units),
                "n_answered": len(given),
                "observed": weighted / covered if covered else np.nan,
                "bound_lo": lo,
                "bound_hi": hi,
                "width": hi - lo,
            }
        )
    return rows


def _response_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    rows = []
    for row in table.to_dict("records"):
        about = {
            "estimate_type": "level",
            "measure": "share",
            "unit_type": row["unit_type"],
            "subset": "" if row["grouping"] == "all" else f"{row['grouping']}={row['group']}",
            "n_frame": row["n_frame"],
            "n_answered": row["n_answered"],
        }
        shares = {"M": row["rate"], "P": row["inhabitants_covered"]}
        rows += [about | {"item": "response", "estimand": key, "point": share} for key, share in shares.items()]
        shares = {"frame": row["share_frame"], "answered": row["share_answered"]}
        rows += [about | {"item": "composition", "category": key, "point": share} for key, share in shares.items()]
    return rows


def _stakes_rows(stakes: pd.DataFrame, wave: Wave) -> list[dict[str, Any]]:
    item = total_item(wave).item
    columns = ["unit_type", "subset", "estimand", "n_frame", "n_answered", "bound_lo", "bound_hi"]
    return [
        {
            "estimate_type": "level",
            "measure": "mean",
            "mode": "I",
            "item": item,
            "point": row["observed"],
            "scale_max": 1,
            "source_ref": source_ref(wave, item),
        }
        | {column: row[column] for column in columns}
        for row in stakes.to_dict("records")
    ]
