"""The stage representativeness: who answered, who is missing, and how far the missing can move the main numbers."""

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from analysis.inputs.cleaning import ANSWERED, FRAME_COLUMNS
from analysis.inputs.waves import Wave
from analysis.survey import answering
from analysis.survey.balance import account
from analysis.survey.balance.account import BalanceAccount
from analysis.survey.bounds import worst_case
from analysis.survey.estimates import records
from analysis.survey.groups import Group, groups, source_ref, wave_columns
from analysis.survey.indicators import ABOUT_ANSWER, headline, level_scores

MISSING_COLUMNS = "unit_type code name county_name population size_group region disposition".split()

COLUMNS = [*FRAME_COLUMNS, "disposition"]
SHARE = "share"
MOST_KINDS = 40


@dataclass(frozen=True)
class RepresentativenessResult:
    """`data`: frame and answers by group; `missing`: the units without an answer; `stakes`: how far they can move it.

    `missing` names units only where the wave's promise is open; else it has no rows and `missing_count` alone is told.
    `modules` is `data` for each module of the wave, `came`: how the answers came about, where the file says so,
    `answering` early against late answers and the like, `ages` those of the assessments of a wave with a lifecycle.
    `stakes` has each score that sums the wave up, and as item `share` the width of the bounds of any share of units.
    `balance` holds who answered against who was asked, from what the report prints and from the answers.
    """

    data: pd.DataFrame
    modules: pd.DataFrame
    came: pd.DataFrame
    answering: pd.DataFrame
    ages: pd.DataFrame
    missing: pd.DataFrame
    missing_count: int
    stakes: pd.DataFrame
    units: pd.DataFrame
    balance: BalanceAccount
    estimates: pd.DataFrame


def run(
    indicators: pd.DataFrame,
    *,
    wave: Wave,
    small_base: int = 10,
    confidence: float = 0.95,
    printed: pd.DataFrame | None = None,
) -> RepresentativenessResult:
    """Response by unit type, size group and region, by module too, the missing units, and bounds of the main scores.

    `indicators` is the data of the stage indicators: one row per frame unit. Groups of fewer than `small_base` units
    by how they answered have no mean. `printed` is the table of `printed_responses`, without which nothing is printed.
    """
    narrow = indicators[indicators.columns.intersection([*COLUMNS, *headline(wave), *_flags(wave), *ABOUT_ANSWER])]
    shown = list(groups(narrow, groupings=("all", "size_group", "region")))
    table = pd.DataFrame([_response(group, narrow, narrow["disposition"].isin(ANSWERED)) for group in shown])
    modules = [
        {"module": module.id} | _response(group, narrow, narrow[f"answered_{module.id}"])
        for module in wave.file.modules
        for group in shown
    ]
    stakes = pd.DataFrame([row for group in shown for row in _stakes(group, wave)])
    missing = narrow.loc[~narrow["disposition"].isin(ANSWERED), MISSING_COLUMNS].reset_index(drop=True)
    came, old = _came(narrow), answering.ages(narrow, wave=wave)
    ways = answering.by_answering(indicators, wave=wave, small_base=small_base)
    held = account.account(indicators, wave=wave, responses=printed, maxima=level_scores(wave), confidence=confidence)
    made = [
        *_response_rows(table),
        *_response_rows(pd.DataFrame(modules)),
        *_came_rows(came),
        *answering.rows(ways, old),
        *_stakes_rows(stakes, wave),
        *account.rows(held, wave=wave),
    ]
    return RepresentativenessResult(
        data=table,
        modules=pd.DataFrame(modules),
        came=came,
        answering=ways,
        ages=old,
        missing=missing if wave.file.promise == "open" else missing.iloc[:0],
        missing_count=len(missing),
        stakes=stakes,
        units=narrow,
        balance=held,
        estimates=records(made, **wave_columns(wave, stage="representativeness")),
    )


def _flags(wave: Wave) -> list[str]:
    return [f"answered_{module.id}" for module in wave.file.modules]


def _response(group: Group, frame: pd.DataFrame, said: pd.Series) -> dict[str, Any]:
    """Units and inhabitants of a group and how many of them answered; shares are of all units of the type.

    `said`: whether each unit of the frame answered, the survey or a module of it.
    """
    whole = frame[frame["unit_type"] == group.unit_type]
    answered, all_answered = group.units[said[group.units.index]], int(said[whole.index].sum())
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


def _stakes(group: Group, wave: Wave) -> list[dict[str, Any]]:
    """Each main score's observed mean and worst-case bounds where units count once (M) and where inhabitants do (P).

    A share of units has the item `share`: its bounds depend on the answers, their distance only on who answered.
    """
    names = {"unit_type": group.unit_type, "grouping": group.grouping, "group": group.group, "subset": group.subset}
    about: dict[str, Any] = names | {"n_frame": len(group.units)}
    rows = []
    sizes = {"M": pd.Series(1, group.units.index), "P": group.units["population"]}
    for (item, maximum), (estimand, size) in product(headline(wave).items(), sizes.items()):
        given = group.units[item].dropna()
        weighted, covered = (given * size[given.index]).sum(), size[given.index].sum()
        lo, hi = worst_case(weighted, covered=covered, total=size.sum(), low=0, high=maximum)
        observed = weighted / covered if covered else np.nan
        numbers = {"n_answered": len(given), "observed": observed, "bound_lo": lo, "bound_hi": hi, "width": hi - lo}
        rows.append(about | {"item": item, "scale_maximum": maximum, "estimand": estimand} | numbers)
    missing = 1 - len(group.answered) / len(group.units)
    numbers = {"n_answered": len(group.answered), "observed": np.nan, "bound_lo": np.nan, "bound_hi": np.nan}
    return [*rows, about | {"item": SHARE, "scale_maximum": 1.0, "estimand": "M"} | numbers | {"width": missing}]


def _came(units: pd.DataFrame) -> pd.DataFrame:
    """How the answers came about: how many units by role, number of contacts, version and month, as far as known."""
    answered = units[units["disposition"].isin(ANSWERED)]
    parts = []
    for column in answered.columns.intersection(ABOUT_ANSWER):
        values = answered[column]
        if column.endswith("_on"):
            values = pd.to_datetime(values).dt.strftime("%Y-%m")
        # Free text of many kinds is no classification.
        if values.notna().any() and values.nunique() <= MOST_KINDS:
            pairs = pd.DataFrame({"unit_type": answered["unit_type"], "value": values.astype("string")})
            counted = pairs.value_counts(sort=False).rename("units").reset_index()
            parts.append(counted.sort_values(["unit_type", "value"], key=_in_order).assign(about=column))
    columns = ["about", "unit_type", "value", "units"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _in_order(texts: pd.Series) -> pd.Series:
    """Texts as they sort when a number in them counts as a number: months by the calendar, 2 contacts before 10."""
    return texts.str.replace(r"\d+", lambda number: number[0].zfill(9), regex=True)


def _came_rows(came: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {"estimate_type": "level", "measure": "count", "unit_type": row["unit_type"], "item": row["about"]}
        | {"category": row["value"], "point": row["units"], "k": row["units"]}
        for row in came.to_dict("records")
    ]


def _response_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    rows = []
    for row in table.to_dict("records"):
        about = {
            "estimate_type": "level",
            "measure": "share",
            "unit_type": row["unit_type"],
            "subset": "" if row["grouping"] == "all" else f"{row['grouping']}={row['group']}",
            "module": row.get("module", ""),
            "n_frame": row["n_frame"],
            "n_answered": row["n_answered"],
        }
        shares = {"M": row["rate"], "P": row["inhabitants_covered"]}
        rows += [about | {"item": "response", "estimand": key, "point": share} for key, share in shares.items()]
        shares = {"frame": row["share_frame"], "answered": row["share_answered"]}
        rows += [about | {"item": "composition", "category": key, "point": share} for key, share in shares.items()]
    return rows


def _stakes_rows(stakes: pd.DataFrame, wave: Wave) -> list[dict[str, Any]]:
    columns = ["item", "unit_type", "subset", "estimand", "n_frame", "n_answered", "bound_lo", "bound_hi"]
    rows = []
    for row in stakes.to_dict("records"):
        about = {column: row[column] for column in columns} | {"scale_max": row["scale_maximum"], "mode": "I"}
        if row["item"] == SHARE:
            width = {"estimate_type": "diagnostic", "measure": "index", "category": "width of bounds"}
            rows.append(about | width | {"point": row["width"]})
        else:
            level = {"estimate_type": "level", "measure": "mean", "source_ref": source_ref(wave, row["item"])}
            rows.append(about | level | {"point": row["observed"]})
    return rows
