"""What may leave of the results of a wave whose answers were promised not to show: decided once, number by number.

An attacker is taken to know the frame, who answered which question, the weights, and all that the site shows.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from analysis.inputs.memory import remembered
from analysis.inputs.targets import PROJECTS, members
from analysis.inputs.waves import Wave
from analysis.reports.release_items import Checked, Place, check
from analysis.reports.release_weights import Group, telling, weights
from analysis.survey.estimates import COUNTS, NUMBERS, WITHHELD
from analysis.survey.questionnaire import questions
from analysis.survey.results import ResultsResult
from analysis.survey.tabulate import ASKED, COUNTED, RESPONSE, Tables

HIDDEN = [column for column in (*COUNTS, *NUMBERS) if column != "scale_max"]
# Weighted numbers are published as exactly as pages show them (decision 0184).
ROUNDED = ["point", "se", "ci_lo", "ci_hi", "bound_lo", "bound_hi"]
DECIMALS, DIGITS = 2, 3
FEWEST = 3  # units in a count of who answered
LESS = "less "  # what stands before the part that a difference is from


@dataclass(frozen=True)
class Released:
    """`result` may leave; `pattern` (which cells are withheld, and why) and `audit` (their ranges) are confidential."""

    result: ResultsResult
    pattern: pd.DataFrame
    audit: pd.DataFrame


@remembered
def control(result: ResultsResult, *, wave: Wave) -> Released:
    """The results of a wave with each number that may give an answer away made missing, and flagged so.

    Nothing changes for a wave whose answers are open or synthetic. What no rule allows is withheld.
    """
    if not wave.file.protected:
        return Released(result, pd.DataFrame(), pd.DataFrame())
    tables = Tables(data=result.units, wave=wave, confidence=0)
    shown = _shown(result.estimates, tables)
    pattern = check(tables, shown)
    checked = _related(pattern.items, wave)
    may_leave = _allowed(result.estimates, checked, tables) & _safe_weights(result.estimates, shown, checked, tables)
    estimates = _blank(result.estimates, ~may_leave)
    printed = _compared(result.printed, estimates)
    estimates = _recounted(estimates, printed)
    released = replace(result, data=estimates[list(result.data.columns)], estimates=estimates, printed=printed)
    return Released(released, pattern.withheld, pattern.audit)


def _shown(estimates: pd.DataFrame, tables: Tables) -> dict[str, list[tuple[str, str]]]:
    """Every item and indicator whose answers are counted, with the units that it is shown for."""
    counted = {item.item for item in questions(tables.wave, tables.data) if item.type != "text"}
    counted |= {one.id for one in tables.wave.file.indicators}
    levels = estimates[(estimates["estimate_type"] == "level") & estimates["item"].isin(counted)]
    return {
        str(item): list(dict.fromkeys(zip(own["unit_type"], own["subset"].map(_plain), strict=True)))
        for item, own in levels.groupby("item", sort=False)
    }


def _related(found: Mapping[str, Checked], wave: Wave) -> dict[str, Checked]:
    """The same with what would tell of other items withheld altogether.

    How many were asked a question that follows from an answer says how many gave that answer. "None of these" says
    how many ticked nothing. The score of an indicator is a sum over its items.
    """
    items = [item for item in wave.items if item.item in found]
    sources: dict[str, list[str]] = {item.item: [item.asked_if.item] for item in items if item.asked_if}
    for item in (one for one in items if one.exclusive):
        none, ticks = item.item, [one.item for one in wave.blocks()[str(item.block)] if not one.exclusive]
        sources.setdefault(none, []).extend(ticks)
        for tick in ticks if none in found and not found[none].clean else ():
            sources.setdefault(tick, []).append(none)
    for one in wave.file.indicators:
        sources[one.id] = [item.item for item in items if item.indicator == one.id]
    unclean = {name for name, one in found.items() if not one.clean}
    while new := {one for one, others in sources.items() if one in found and unclean & set(others)} - unclean:
        unclean |= new
    silent = {one for one, others in sources.items() if one in found and unclean & set(others)}
    return {name: one.silenced() if name in silent else one for name, one in found.items()}


def _allowed(estimates: pd.DataFrame, checked: Mapping[str, Checked], tables: Tables) -> pd.Series:
    """Which records may be published as they are."""
    small = _small_counts(estimates)
    together: dict[str, bool] = {}

    def whole(item: str) -> bool:
        """Whether nothing of an item, or of any of the items that are taken together, is withheld."""
        if item not in together:
            parts = [item] if item in checked else [one.item for one in members(tables.wave, item)]
            known = [one for one in parts if one in tables.data or one in checked]
            together[item] = bool(known) and all(one in checked and checked[one].clean for one in known)
        return together[item]

    def may(row: Mapping[Hashable, Any]) -> bool:
        item, category = row["item"], row["category"]
        if row["source"] == "printed" or row["estimate_type"] == "diagnostic":
            return True
        # Everybody knows how many live where, so that a share of inhabitants tells what the largest unit answered.
        if row["estimand"] == "P" or row["subset"] == PROJECTS or category.endswith(("minimum", "maximum")):
            return False
        if item == RESPONSE:
            return category not in small
        plain = row["estimand"] == "R" and item in checked and row["measure"] not in COUNTED
        place = Place(category, row["unit_type"], _plain(row["subset"]))
        return whole(item) or (plain and place in checked[item].published)

    return pd.Series([may(row) for row in estimates.to_dict("records")], index=estimates.index)


def _safe_weights(
    estimates: pd.DataFrame, shown: Mapping[str, Sequence[Group]], checked: Mapping[str, Checked], tables: Tables
) -> pd.Series:
    """Which records the weights do not make tell more than the numbers of those who answered (decision 0250).

    Of a part of a unit type a weighted number is published where all weights in it are the same. Of the whole, where
    no answers are narrowed too far beside the numbers of those who answered by all groups.
    """
    weighted = weights(tables)
    clean = {item: groups for item, groups in shown.items() if item in checked and checked[item].clean}
    told = telling(tables, clean, weighted, decimals=DECIMALS)

    def may(row: Mapping[Hashable, Any]) -> bool:
        if row["source"] == "printed" or row["estimand"] != "M" or row["item"] == RESPONSE:
            return True
        item, subset = str(row["item"]), str(row["subset"])
        parts = [subset, *([str(row["category"]).removeprefix(LESS)] if row["estimate_type"] == "difference" else [])]
        if any(parts) and not all(weighted.even(row["module"], (row["unit_type"], _plain(part))) for part in parts):
            return False
        of = [item] if item in shown else [one.item for one in members(tables.wave, item)]
        return not any(row["unit_type"] in told.get(one, ()) for one in of)

    return pd.Series([may(row) for row in estimates.to_dict("records")], index=estimates.index)


def _plain(subset: str) -> str:
    """A part of the frame without the condition that don't knows count: the same units give the same answers."""
    return ";".join(one for one in subset.split(";") if one != ASKED)


def _small_counts(estimates: pd.DataFrame) -> set[str]:
    """The ways of having answered that fewer than three units of a type have, and those that would give them away."""
    counts = estimates[(estimates["item"] == RESPONSE) & estimates["k"].between(1, FEWEST - 1)]
    found = set(counts["category"]) - {""}
    return found | ({"complete", "partial"} if found & {"complete", "partial"} else set())


def _blank(estimates: pd.DataFrame, hidden: pd.Series) -> pd.DataFrame:
    """The records without the numbers of the hidden ones; weighted numbers as exactly as pages show them."""
    made = estimates.copy()
    weighted = (made["estimand"] == "M") & (made["item"] != RESPONSE)
    amount = made["measure"] == "amount"
    for column in ROUNDED:
        exact = made[column]
        made[column] = exact.where(~weighted, exact.round(DECIMALS)).where(
            ~(weighted & amount), exact.map(_significant)
        )
    for column in HIDDEN:
        made[column] = made[column].mask(hidden)
    made["flags"] = made["flags"].mask(hidden, WITHHELD)
    return made


def _significant(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _compared(printed: pd.DataFrame, estimates: pd.DataFrame) -> pd.DataFrame:
    """The comparison with printed figures, without the numbers that are withheld."""
    gone = printed["estimate_id"].isin(estimates.loc[estimates["flags"] == WITHHELD, "estimate_id"])
    shown = {column: printed[column].mask(gone) for column in ("computed", "n_answered", "k", "agrees")}
    return printed.assign(**shown)


def _recounted(estimates: pd.DataFrame, printed: pd.DataFrame) -> pd.DataFrame:
    """The numbers of figures that agree, counted among those whose number is published."""
    agrees = printed[printed["agrees"].fillna(False).astype(bool)].groupby("carrier").size()
    counts = (estimates["item"] == "printed_figures") & estimates["category"].str.endswith(" agrees")
    kept = estimates["category"].str.removesuffix(" agrees").map(agrees).fillna(0).astype("float64")
    return estimates.assign(point=estimates["point"].mask(counts, kept))
