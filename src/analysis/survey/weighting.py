"""The stage weighting: how many units each answer stands for, by the wave's plan, and what every choice in it moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.inputs.cleaning import ANSWERED
from analysis.inputs.decisions import Decision, plan_decisions
from analysis.inputs.waves import Wave
from analysis.survey import replicated
from analysis.survey.alternatives import Alternatives, compare, modules_of
from analysis.survey.estimates import records
from analysis.survey.groups import wave_columns
from analysis.survey.inference.variance import kish
from analysis.survey.key_estimates import all_estimates, survey_errors
from analysis.survey.plan import UNIT_TYPE, Weights, weights_for

TOP = 0.05
# Columns of the key estimates that are no columns of an estimate record.
BESIDE = ("n_star",)


@dataclass(frozen=True)
class WeightingResult:
    """The weights of a wave and what a reviewer judges them by.

    `data`: a row a respondent and module (empty: the whole survey) with every factor and the final weight, their
    product. `weights`: the same by module, with the margins behind them. `margins`: target, achieved and gap of each
    category. `log`: each step of collapsing. `diagnostics`: sum, spread and design effect of the weights by module and
    unit type. `key`: the key estimates with four standard errors: by the formula, as R's survey gives it, by jackknife
    and by bootstrap. `alternatives`: every decision of the plan taken
    otherwise. `totals`: answers and frame; `missing`: units without an answer, named only where the promise is open.
    """

    data: pd.DataFrame
    weights: dict[str, Weights]
    margins: pd.DataFrame
    log: pd.DataFrame
    diagnostics: pd.DataFrame
    key: pd.DataFrame
    alternatives: Alternatives
    totals: pd.DataFrame
    missing: pd.DataFrame
    estimates: pd.DataFrame


def run(
    indicators: pd.DataFrame, *, wave: Wave, decisions: Sequence[Decision] = (), confidence: float = 0.95
) -> WeightingResult:
    """Weights after the wave's weighting plan, key estimates, and each decision's alternatives beside it.

    `indicators` has one row per frame unit with disposition, groupings and population. With `decisions`, all decision
    records of the project, each alternative to a key of the plan is run too. Raises NoWeights for a plan that cannot be
    carried out.
    """
    weights = {module: weights_for(indicators, wave.file.weighting, module=module) for module in modules_of(wave)}
    key = all_estimates(indicators, wave=wave, weights=weights, confidence=confidence)
    again = np.random.default_rng(replicated.SEED)
    errors = replicated.replicated_errors(indicators, wave=wave, weights=weights, generator=again)
    chosen = plan_decisions(decisions, wave=wave) if decisions else {}
    alternatives = compare(indicators, wave=wave, decisions=chosen, confidence=confidence)
    diagnostics = pd.DataFrame([row for module in weights for row in _diagnostics(indicators, weights[module], module)])
    totals = pd.DataFrame([_totals(str(name), units) for name, units in indicators.groupby(UNIT_TYPE, sort=False)])
    common = wave_columns(wave, stage="weighting")
    margins = pd.concat([one.margins for one in weights.values()], ignore_index=True)
    rows = [*_total_rows(totals), *_diagnostic_rows(diagnostics), *_margin_rows(margins), *key]
    made = [records(map(_record, rows), weight_variant=wave.file.weighting.method, **common)]
    made += [records(replicated.rows(key, errors, method=wave.file.weighting.method), **common)]
    made += [records(map(_record, alternatives.rows), **common)] if alternatives.rows else []
    return WeightingResult(
        data=pd.concat([one.factors for one in weights.values()], ignore_index=True),
        weights=weights,
        margins=margins,
        log=pd.concat([one.log for one in weights.values()], ignore_index=True),
        diagnostics=diagnostics,
        key=_key_table(key, errors.assign(se_survey=survey_errors(indicators, wave=wave, weights=weights)), wave=wave),
        alternatives=alternatives,
        totals=totals,
        missing=_missing(indicators, wave=wave),
        estimates=pd.concat(made, ignore_index=True),
    )


def _key_table(rows: list[dict[str, Any]], errors: pd.DataFrame, *, wave: Wave) -> pd.DataFrame:
    table = pd.concat([pd.DataFrame(rows), errors], axis="columns")
    if len(table):
        table.insert(0, "name", [one.name for one in wave.file.key_estimates])
    return table


def _diagnostics(units: pd.DataFrame, weights: Weights, module: str) -> list[dict[str, Any]]:
    """Sum, smallest, largest, spread and design effect of the weights of each unit type."""
    frame = units[UNIT_TYPE].value_counts(sort=False)
    rows = []
    for unit_type, own in weights.factors.groupby(UNIT_TYPE, sort=False):
        w = own["final_weight"].to_numpy(dtype="float64")
        deff, effective = kish(w)
        top = np.sort(w)[::-1][: int(np.ceil(TOP * len(w)))]
        about = {"module": module, "unit_type": str(unit_type), "n_frame": int(frame[unit_type]), "n_answered": len(w)}
        about |= {"sum_of_weights": float(w.sum()), "smallest": float(w.min()), "largest": float(w.max())}
        rows.append(about | {"deff_kish": deff, "n_effective": effective, "top_share": float(top.sum() / w.sum())})
    return rows


def _diagnostic_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The diagnostics as rows of estimate records: each weight is a number of units."""
    rows = []
    for row in table.to_dict("records"):
        about = {key: row[key] for key in ("module", "unit_type", "n_frame", "n_answered", "deff_kish", "n_effective")}
        about |= {"estimate_type": "diagnostic", "item": "weights"}
        kinds = {"sum of weights": "sum_of_weights", "smallest": "smallest", "largest": "largest"}
        rows += [about | {"measure": "count", "category": name, "point": row[column]} for name, column in kinds.items()]
        share = {"measure": "share", "category": "largest 5 per cent", "point": row["top_share"]}
        rows += [about | share, about | {"measure": "index", "category": "design effect", "point": row["deff_kish"]}]
    return rows


def _margin_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Target (n_frame) and achieved total (point) of each category of a margin."""
    return [
        {
            "estimate_type": "diagnostic",
            "measure": "count",
            "item": f"margin {row['margin']}",
            "category": row["category"],
            "module": row["module"],
            "n_frame": round(row["target"]),
            "n_answered": row["n"],
            "point": row["achieved"],
        }
        for row in table.to_dict("records")
    ]


def _totals(unit_type: str, units: pd.DataFrame) -> dict[str, Any]:
    answered = units[units["disposition"].isin(ANSWERED)]
    return {
        "unit_type": unit_type,
        "n_frame": len(units),
        "n_answered": len(answered),
        "missing": len(units) - len(answered),
        "missing_share": 1 - len(answered) / len(units),
        "missing_inhabitants": int(units["population"].sum() - answered["population"].sum()),
        "missing_inhabitants_share": 1 - answered["population"].sum() / units["population"].sum(),
    }


def _total_rows(totals: pd.DataFrame) -> list[dict[str, Any]]:
    rows = []
    for row in totals.to_dict("records"):
        about = {key: row[key] for key in ("unit_type", "n_frame", "n_answered")}
        about |= {"estimate_type": "diagnostic", "item": "missing"}
        counts = {"units": "missing", "inhabitants": "missing_inhabitants"}
        shares = {"M": "missing_share", "P": "missing_inhabitants_share"}
        rows += [about | {"measure": "count", "category": name, "point": row[key]} for name, key in counts.items()]
        rows += [about | {"measure": "share", "estimand": one, "point": row[key]} for one, key in shares.items()]
    return rows


def _missing(units: pd.DataFrame, *, wave: Wave) -> pd.DataFrame:
    """The units without an answer, and the share of their type's inhabitants; no rows unless the promise is open."""
    silent = units[~units["disposition"].isin(ANSWERED)]
    whole = units.groupby(UNIT_TYPE)["population"].transform("sum").loc[silent.index]
    table = silent[["unit_type", "code", "name", "county_name", "population"]]
    table = table.assign(share_of_inhabitants=table["population"] / whole)
    return (table if wave.file.promise == "open" else table.iloc[:0]).reset_index(drop=True)


def _record(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in BESIDE}
