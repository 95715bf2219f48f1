"""What a reviewer needs to make the weights of a wave again: every factor, target, answer and decision, as tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.inputs.decisions import Decision, plan_decisions
from analysis.inputs.waves import Wave
from analysis.survey.alternatives import Alternatives
from analysis.survey.key_estimates import answers
from analysis.survey.plan import Weights
from analysis.survey.weighting import WeightingResult

MARGIN, ANSWER = "in: ", "y: "
PLAN = ("method", "distance", "smallest", "largest", "trim")
ESTIMATES = "module name item category unit_type measure n_frame n_answered point se se_survey deff_kish".split()


@dataclass(frozen=True)
class Bundle:
    """The audit files of a wave, as `verify.R` reads them.

    `weights`: a row a respondent and module with every factor, the category of each margin (`in: `) and the answer to
    each key estimate (`y: `, empty without one). `margins`: plan, target, achieved and gap. `estimates`: the key
    estimates with both standard errors. `decisions`: a mapping a decision, and a mapping a step of collapsing.
    """

    weights: pd.DataFrame
    margins: pd.DataFrame
    estimates: pd.DataFrame
    decisions: list[dict[str, Any]]


def bundle(units: pd.DataFrame, result: WeightingResult, *, wave: Wave, decisions: Sequence[Decision] = ()) -> Bundle:
    """The audit files of a wave from the result of the stage weighting.

    `units` has one row per frame unit, as the stage had it.
    """
    plan = {key: getattr(wave.file.weighting, key) for key in PLAN}
    margins = result.margins.assign(**plan)
    parts = [_respondents(units, one, wave=wave) for one in result.weights.values()]
    records = plan_decisions(decisions, wave=wave) if decisions else {}
    lines = [_decision(one, key, result.alternatives) for key, one in records.items()]
    estimates = result.key if len(result.key) else pd.DataFrame(columns=ESTIMATES)
    return Bundle(
        weights=pd.concat(parts, ignore_index=True),
        margins=margins[["module", *PLAN, *[column for column in result.margins if column != "module"]]],
        estimates=estimates[ESTIMATES],
        decisions=[*lines, *(_step(row, wave) for row in result.log.to_dict("records"))],
    )


def _respondents(units: pd.DataFrame, weights: Weights, *, wave: Wave) -> pd.DataFrame:
    """The factors of the respondents of a module, with what `verify.R` makes them from."""
    columns: dict[str, Any] = {
        f"{MARGIN}{one.name}": np.array(one.labels, dtype=object)[one.codes] for one in weights.meets
    }
    for key in wave.file.key_estimates:
        columns[f"{ANSWER}{key.name}"] = answers(units, key, wave=wave)[weights.answered]
    return weights.factors.assign(**columns)


def _decision(decision: Decision, key: str, alternatives: Alternatives) -> dict[str, Any]:
    """One decision: what was chosen, why, and what each alternative does to cells, weights, gaps and estimates."""
    options = alternatives.options[alternatives.options["key"] == key]
    effects = alternatives.effects[alternatives.effects["key"] == key]
    described = [_option(row, effects[effects["option"] == row["option"]]) for row in options.to_dict("records")]
    chosen = next(one for one, row in zip(described, options.to_dict("records"), strict=True) if row["chosen"])
    return {
        "kind": "decision",
        "decision": decision.id,
        "title": decision.title,
        "rule": decision.parameter,
        "value": decision.chosen,
        "reason": decision.reason,
        **{name: value for name, value in chosen.items() if name not in ("option", "problem", "effect")},
        "estimates": {row["name"]: row["point"] for row in effects[effects["chosen"]].to_dict("records")},
        "alternatives": [one for one in described if one is not chosen],
        "file": decision.file,
    }


def _option(row: Mapping[Any, Any], effects: pd.DataFrame) -> dict[str, Any]:
    if row["problem"]:
        return {"option": row["option"], "problem": row["problem"]}
    return {
        "option": row["option"],
        "cells": {"before": int(row["cells_before"]), "after": int(row["cells_after"])},
        "deff": row["deff"],
        "smallest_weight": row["smallest"],
        "largest_weight": row["largest"],
        "largest_margin_gap": {"met": row["gap_met"], "all_groupings": row["gap_left"]},
        "effect": dict(zip(effects["name"], effects["effect"], strict=True)),
    }


def _step(row: Mapping[Any, Any], wave: Wave) -> dict[str, Any]:
    """One step of collapsing, with the cells before and after as [answers, units]."""
    return {
        "kind": "step",
        "rule": f"wave.yml: weighting.collapse, {row['rule']}",
        "value": wave.file.weighting.collapse.model_dump(),
        "module": row["module"],
        "margin": row["margin"],
        "step": int(row["step"]),
        "cells": {"before": row["before"], "after": row["after"]},
        "reason": row["reason"],
        "alternatives": row["rejected"],
    }
