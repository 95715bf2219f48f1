"""The stage results: levels and distributions of scores and answers, for units and for inhabitants, and by group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.inputs.memory import remembered
from analysis.inputs.params import Params
from analysis.inputs.targets import PROJECTS, Target
from analysis.inputs.waves import Wave
from analysis.survey import calculations, questionnaire, stars
from analysis.survey import targets as printed_figures
from analysis.survey.estimates import records
from analysis.survey.estimation import mean_record, quantile_record
from analysis.survey.groups import Group, groups, source_ref, wave_columns
from analysis.survey.tabulate import RESPONSE, Cell, Tables
from analysis.survey.weighted import ModuleWeights, module_weights

# Rows without weights: of those who answered, of what is counted, and all rows of a wave that is not weighted.
UNWEIGHTED = "none"
COUNTS_ONLY, SMALL = "counts_only", "small"
QUARTILES = {"lower quartile": 0.25, "median": 0.5, "upper quartile": 0.75}


@dataclass(frozen=True)
class ResultsResult:
    """The numbers of a wave: every one is a row of `estimates`, and the tables are views of it.

    `data` is the same rows with the columns that identify and say a number, for the stages over all waves. `units`
    has the scores and answers behind them, one row per frame unit. `star_rule` is what the data imply about the
    classes. `carriers` and `printed` hold the wave's printed figures against the estimates; `calculated` is the
    arithmetic of the report with the numbers it leaves out. Tables are empty where the wave has nothing for them.
    """

    data: pd.DataFrame
    units: pd.DataFrame
    star_rule: pd.DataFrame
    carriers: pd.DataFrame
    printed: pd.DataFrame
    calculated: pd.DataFrame
    estimates: pd.DataFrame


@remembered
def run(
    indicators: pd.DataFrame,
    *,
    wave: Wave,
    params: Params,
    targets: Sequence[Target] = (),
    figures: pd.DataFrame | None = None,
    projects: pd.DataFrame | None = None,
    factors: pd.DataFrame | None = None,
) -> ResultsResult:
    """Means, quartiles and shares for each unit type, size group, region and county, and the printed figures beside.

    `indicators` is the data of the stage indicators, `projects` the cleaned second table of a wave that has one,
    `targets` and `figures` what the reports print of it, `factors` the data of the stage weighting: without it, and
    with the method `none`, chance decided within each group who answered. Estimand M counts all units once, P their
    inhabitants, R those who answered. Raises InputError for weights that are not those of the plan.
    """
    wanted = printed_figures.cells(targets, wave=wave)
    weights = {} if factors is None else module_weights(indicators, wave=wave, factors=factors)
    about: dict[str, Any] = {"wave": wave, "params": params, "weights": weights}
    answers = questionnaire.rows(indicators, extra=wanted.values(), projects=projects, **about)
    scored = _weighted_scores(indicators, **about) if weights else _scored(indicators, wave, params)
    rows = [*scored, *(row | {"flags": _flag(row, params)} for row in answers)]
    rule = stars.rule(indicators, wave=wave)
    rows += stars.rule_rows(rule, wave=wave)
    common = {"weight_variant": UNWEIGHTED} | wave_columns(wave, stage="results")
    made = records(rows, **common)
    known = pd.DataFrame(columns=["figure_id"]) if figures is None else figures
    compared = printed_figures.compare(targets, estimates=made, figures=known, wave=wave)
    carriers = printed_figures.carriers(targets)
    calculated = calculations.solve(wave, figures=known)
    more = [*calculations.rows(calculated), *(printed_figures.carrier_rows(carriers, compared) if targets else [])]
    # What rests on printed figures and on the comparison with them has items of its own, so that no id can double.
    beside = records(more, **common)
    estimates = pd.concat([made, beside], ignore_index=True) if more else made
    return ResultsResult(
        data=_view(estimates),
        units=indicators,
        star_rule=rule,
        carriers=carriers,
        printed=compared,
        calculated=calculated,
        estimates=estimates,
    )


def _scored(indicators: pd.DataFrame, wave: Wave, params: Params) -> list[dict[str, Any]]:
    """Levels of scored items and shares of classes, for the waves that have them."""
    rows: list[dict[str, Any]] = []
    scored = wave.items_of("score") or wave.items_of("ordinal")
    for group in groups(indicators) if scored else ():
        about = _about(group, params)
        for item in wave.items_of("score"):
            rows += [about | row for row in levels(group, item.item, wave=wave, confidence=params.confidence)]
        # Six classes in a county leave hardly any units in each.
        for item in wave.items_of("ordinal") if group.grouping != "county" else ():
            rows += [about | row for row in stars.shares(group, item, wave=wave, confidence=params.confidence)]
    return rows


def _weighted_scores(
    indicators: pd.DataFrame, *, wave: Wave, params: Params, weights: Mapping[str, ModuleWeights]
) -> list[dict[str, Any]]:
    """The same numbers by the weights of the wave's plan, and beside them those of the units that answered."""
    tables = Tables(data=indicators, wave=wave, confidence=params.confidence, weights=weights)
    rows: list[dict[str, Any]] = []
    for group in groups(indicators) if wave.items_of("score") or wave.items_of("ordinal") else ():
        about: dict[str, Any] = _about(group, params)
        where: dict[str, Any] = {"subset": group.subset, "unit_type": group.unit_type}
        for estimand in "MPR":
            for item in wave.items_of("score"):
                cell = Cell(item.item, "mean", estimand=estimand, **where)
                rows.append(about | tables.row(cell))
                if estimand != "R":
                    rows += [about | tables.quantile(cell, q, name=name) for name, q in QUARTILES.items()]
            for item in wave.items_of("ordinal") if group.grouping != "county" else ():
                for level in range(item.lowest, item.highest + 1):
                    rows.append(about | tables.row(Cell(item.item, "share", (str(level),), estimand=estimand, **where)))
    return rows


def levels(group: Group, item: str, *, wave: Wave, confidence: float) -> list[dict[str, Any]]:
    """Mean and quartiles of one score (0 to 1) in a group, for units (M) and for inhabitants (P)."""
    values, sizes = group.given(item)
    common = {"estimate_type": "level", "mode": "D", "item": item, "base": "B", "scale_max": 1}
    common |= {"source_ref": source_ref(wave, item)}
    rows = []
    for estimand, size in sizes.items():
        mean = mean_record(values, confidence=confidence, **size)
        rows.append(common | {"measure": "mean", "estimand": estimand} | mean)
        for name, q in QUARTILES.items():
            about = {"measure": "index", "estimand": estimand, "category": name}
            rows.append(common | about | quantile_record(values, q, **size))
    return rows


def base_flag(n: int, *, small_base: int) -> str:
    """The flag of a base of n answers: `counts_only` below `small_base`, `small` below twice that, else none.

    Numbers with the first flag are shown as counts, not as shares or means.
    """
    if n < small_base:
        return COUNTS_ONLY
    return SMALL if n < 2 * small_base else ""


def _flag(row: dict[str, Any], params: Params) -> str:
    """The flag of an answer's base; counts of units or projects have none."""
    counted = row["measure"] == "count" or row["item"] == RESPONSE or row["subset"] == PROJECTS
    return "" if counted else base_flag(int(row["n_answered"]), small_base=params.small_base)


def _about(group: Group, params: Params) -> dict[str, Any]:
    flag = base_flag(len(group.answered), small_base=params.small_base)
    return {"unit_type": group.unit_type, "subset": group.subset, "flags": flag}


def _view(estimates: pd.DataFrame) -> pd.DataFrame:
    columns = "unit_type subset item category measure estimand n_frame n_answered k point ci_lo ci_hi bound_lo bound_hi"
    return estimates[[*columns.split(), "flags", "weight_variant"]]
