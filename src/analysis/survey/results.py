"""The stage results: levels and distributions of the scores, for units and for inhabitants, overall and by group."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.inputs.params import Params
from analysis.inputs.waves import Wave
from analysis.survey import stars
from analysis.survey.estimates import records
from analysis.survey.estimation import mean_record, quantile_record
from analysis.survey.groups import Group, groups, source_ref, wave_columns

COUNTS_ONLY, SMALL = "counts_only", "small"
QUARTILES = {"lower quartile": 0.25, "median": 0.5, "upper quartile": 0.75}


@dataclass(frozen=True)
class ResultsResult:
    """The numbers of a wave: every one is a row of `estimates`, and the tables are views of it.

    `data` is the same rows with the columns that identify and say a number, for the stages over all waves. `units`
    has the scores behind them, one row per frame unit. `star_rule` is what the data imply about the classes.
    """

    data: pd.DataFrame
    units: pd.DataFrame
    star_rule: pd.DataFrame
    estimates: pd.DataFrame


def run(indicators: pd.DataFrame, *, wave: Wave, params: Params) -> ResultsResult:
    """Means, quartiles and shares of classes for each unit type, size group, region and county.

    `indicators` is the data of the stage indicators. Estimand M counts units once, P their inhabitants.
    """
    rows = []
    for group in groups(indicators):
        about = _about(group, params)
        for item in wave.items_of("score"):
            rows += [about | row for row in levels(group, item.item, wave=wave, confidence=params.confidence)]
        # Six classes in a county leave hardly any units in each.
        for item in wave.items_of("ordinal") if group.grouping != "county" else ():
            rows += [about | row for row in stars.shares(group, item, wave=wave, confidence=params.confidence)]
    rule = stars.rule(indicators, wave=wave)
    rows += stars.rule_rows(rule, wave=wave)
    estimates = records(rows, weight_variant=wave.file.weighting.method, **wave_columns(wave, stage="results"))
    return ResultsResult(data=_view(estimates), units=indicators, star_rule=rule, estimates=estimates)


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


def _about(group: Group, params: Params) -> dict[str, Any]:
    flag = base_flag(len(group.answered), small_base=params.small_base)
    return {"unit_type": group.unit_type, "subset": group.subset, "flags": flag}


def _view(estimates: pd.DataFrame) -> pd.DataFrame:
    columns = "unit_type subset item category measure estimand n_frame n_answered k point ci_lo ci_hi bound_lo bound_hi"
    return estimates[[*columns.split(), "flags"]]
