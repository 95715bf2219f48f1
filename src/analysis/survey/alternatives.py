"""Every decision of a weighting plan taken otherwise: what the weights would be, and how far the key estimates move."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pandas as pd

from analysis.inputs.decisions import Decision, variants
from analysis.inputs.waves import Wave
from analysis.inputs.weighting_plan import WeightingPlan
from analysis.survey.adjustment.margins import NoWeights
from analysis.survey.inference.variance import kish
from analysis.survey.key_estimates import all_estimates
from analysis.survey.plan import Weights, weights_for

OPTIONS = "decision key option chosen problem cells_before cells_after deff smallest largest gap_met gap_left".split()
EFFECTS = "decision key option chosen name unit_type module point se effect".split()
Found = tuple[dict[str, Weights], list[dict[str, Any]]]


@dataclass(frozen=True)
class Alternatives:
    """What each decision of a plan would be with each of its alternatives.

    `options`: a row an option of a decision, with the cells before and after collapsing, the largest design effect of
    a module, the smallest and largest weight, the largest gap (units) of a margin that is met and of a grouping of the
    frame, met or not; or the `problem` that leaves it without weights. `effects`: each key estimate under each option,
    and its difference to the chosen one. `rows`: the same as rows of estimate records.
    """

    options: pd.DataFrame
    effects: pd.DataFrame
    rows: list[dict[str, Any]]


def compare(units: pd.DataFrame, *, wave: Wave, decisions: Mapping[str, Decision], confidence: float) -> Alternatives:
    """Run the plan of a wave with each alternative of each decision about its keys.

    `units` has one row per frame unit. An alternative that no weights can carry out is kept with its reason.
    """
    options: list[dict[str, Any]] = []
    effects: list[dict[str, Any]] = []
    rows: dict[str, list[dict[str, Any]]] = {}
    memory: dict[Any, Any] = {}

    @cache
    def under(plan: WeightingPlan) -> Found | str:
        try:
            return weighted(units, wave=with_plan(wave, plan), confidence=confidence, memory=memory)
        except NoWeights as problem:
            return str(problem)

    for key, decision in decisions.items():
        for one in variants(decision, key=key, plan=wave.file.weighting):
            found, base = under(one.plan), under(wave.file.weighting)
            about = {"decision": one.decision, "key": one.key, "option": one.label, "chosen": one.chosen}
            if isinstance(found, str) or isinstance(base, str):
                options.append(about | {"problem": found if isinstance(found, str) else base})
                continue
            summary = _summary(found[0])
            options.append(about | {"problem": ""} | summary)
            rows.setdefault(one.label, _summary_rows(summary, variant=one.label))
            effects += [about | effect for effect in _effects(found[1], base[1], wave=wave)]
            if not one.chosen and not any("ci_lo" in row for row in rows[one.label]):
                rows[one.label] += [row | {"weight_variant": one.label} for row in found[1]]
    return Alternatives(
        options=pd.DataFrame(options, columns=OPTIONS),
        effects=pd.DataFrame(effects, columns=EFFECTS),
        rows=[row for several in rows.values() for row in several],
    )


def weighted(units: pd.DataFrame, *, wave: Wave, confidence: float, memory: dict[Any, Any] | None = None) -> Found:
    """The weights of each module of a wave, and its key estimates under them. `memory`, errors: see `weights_for`."""
    plan = wave.file.weighting
    weights = {module: weights_for(units, plan, module=module, memory=memory) for module in modules_of(wave)}
    return weights, all_estimates(units, wave=wave, weights=weights, confidence=confidence)


def with_plan(wave: Wave, plan: WeightingPlan) -> Wave:
    """The same wave under another weighting plan."""
    return replace(wave, file=wave.file.model_copy(update={"weighting": plan}))


def modules_of(wave: Wave) -> tuple[str, ...]:
    """What gets weights of its own: the whole survey (empty), and by the plan each module too."""
    return ("", *(one.id for one in wave.file.modules)) if wave.file.weighting.modules else ("",)


def _summary(weights: Mapping[str, Weights]) -> dict[str, Any]:
    margins = pd.concat([one.margins for one in weights.values()])
    gaps = margins["gap"].abs()
    after = sum(len(margin.labels) for one in weights.values() for margin in one.meets)
    steps = sum(len(one.log) for one in weights.values())
    return {
        "cells_before": after + steps,
        "cells_after": after,
        "deff": max(kish(one.final)[0] for one in weights.values()),
        "smallest": min(float(one.final.min()) for one in weights.values()),
        "largest": max(float(one.final.max()) for one in weights.values()),
        "gap_met": float(gaps[margins["met"]].max()),
        "gap_left": float(gaps[~margins["met"]].max()),
    }


def _summary_rows(summary: Mapping[str, Any], *, variant: str) -> list[dict[str, Any]]:
    kinds = {"design effect": "deff", "smallest": "smallest", "largest": "largest", "largest gap": "gap_left"}
    about = {"estimate_type": "diagnostic", "measure": "index", "item": "weights", "unit_type": "all"}
    return [about | {"category": name, "weight_variant": variant, "point": summary[key]} for name, key in kinds.items()]


def _effects(found: list[dict[str, Any]], chosen: list[dict[str, Any]], *, wave: Wave) -> list[dict[str, Any]]:
    return [
        {key: row[key] for key in ("unit_type", "module", "point", "se")}
        | {"name": one.name, "effect": round(row["point"] - base["point"], 12) + 0.0}
        for one, row, base in zip(wave.file.key_estimates, found, chosen, strict=True)
    ]
