"""The register of a wave's decisions: beside each reason, how far the key estimates move under each alternative."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pandas as pd

from analysis.errors import InputError
from analysis.evidence.specification_curve import Workshop
from analysis.evidence.variants import RULES, Spec, choices, gaps_name, specifications
from analysis.inputs.decisions import PLAN, Decision, label, plan_decisions, variants
from analysis.inputs.weighting_plan import KeyEstimate, WeightingPlan, key_module
from analysis.survey.adjustment.margins import NoWeights
from analysis.survey.inference import domains
from analysis.survey.key_estimates import answers

ENTRIES = "decision title parameter chosen reason file option status why moved most".split()
MOVES = "decision option name unit_type module item category effect scale".split()
GAPS, DUPLICATES, DONT_KNOWS = "params.yaml: min_share", "wave.yml: duplicates", "dont_know is an answer"
# Why the alternatives of other parameters are not run: what their parameter begins with, and the reason of a kind.
WHY: tuple[tuple[str, str], ...] = (
    ("params.yaml: confidence", "interval"),
    ("params.yaml: small_base", "shown"),
    ("params.yaml: validation", "other_page"),
    ("wave.yml: key_estimates", "which"),
    ("wave.yml: frame", "frame"),
    ("wave.yml: groups", "groups"),
    ("wave.yml: weighting", "plan"),
    ("wave.yml", "reading"),
    ("cleaning", "reading"),
    ("corrections.yml", "reading"),
    ("options.csv", "instrument"),
    ("items.csv", "instrument"),
    ("targets.csv", "standin"),
    ("src/analysis/standins", "standin"),
    ("src/analysis/survey/balance", "other_page"),
    ("src/analysis/survey/results.py", "shown"),
)
ELSEWHERE = "other_page"
# A choice that can be made, but that no key estimate of the wave depends on.
UNCONCERNED = "unconcerned"

Run = Callable[[KeyEstimate], float]


def register(
    workshop: Workshop, decisions: Sequence[Decision], *, default: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Each decision about the wave with each of its alternatives, and the moves of each key estimate.

    `default`: the declared estimates by `name`. An entry is `run` (with `moved`, the furthest that a key estimate
    moves as a share of its scale, and `most`, which one), `refused` (with the reason in `why`), or `not_run` (with the
    kind of reason in `why`).
    """
    entries: list[dict[str, Any]] = []
    moves: list[dict[str, Any]] = []
    known = default.set_index("name")
    for decision in decisions:
        if not decision.holds_for(workshop.wave.id):
            continue
        about = {key: getattr(decision, key) for key in ("title", "parameter", "reason", "file")}
        about |= {"decision": decision.id, "chosen": _plainly(decision.chosen)}
        for option, run in _runs(workshop, decision, decisions):
            entry = about | {"option": option, "status": "not_run", "why": run}
            if not isinstance(run, str):
                own, problem = _moves(workshop, run, known, decision=decision.id, option=option)
                entry |= {"status": "refused", "why": problem} if problem else {"status": "run", "why": ""} | _most(own)
                moves += own
            entries.append(entry)
    return pd.DataFrame(entries, columns=ENTRIES), pd.DataFrame(moves, columns=MOVES)


def _runs(workshop: Workshop, decision: Decision, decisions: Sequence[Decision]) -> Iterator[tuple[str, Run | str]]:
    """Each alternative of a decision as it is read, and how key estimates are made under it, or why they are not."""
    wave, parameter = workshop.wave, decision.parameter
    key = parameter.removeprefix(PLAN)
    if parameter.startswith(PLAN) and plan_decisions(decisions, wave=wave).get(key) == decision:
        for one in variants(decision, key=key, plan=wave.file.weighting):
            if not one.chosen:
                yield one.label, _by_plan(workshop, one.plan)
        return
    for alternative in decision.alternatives:
        changes: Spec = {}
        if parameter == GAPS:
            changes = {"gaps": gaps_name(float(alternative))}
        elif parameter == DUPLICATES and alternative in RULES and alternative in workshop.readings:
            changes = {"duplicates": str(alternative)}
        elif parameter.endswith(DONT_KNOWS):
            changes = {"dont_knows": "left_out"}
        yield _plainly(alternative), _by_choice(workshop, changes) if changes else _why(parameter)


def _by_choice(workshop: Workshop, changes: Spec) -> Run | str:
    """A key estimate under its declared choices but for one; where that choice does not apply, as declared.

    Where it applies to none, the reason.
    """
    declared = [_declared(workshop, one) for one in workshop.wave.file.key_estimates]
    if all(spec[name] == "as_given" for spec in declared for name in changes):
        return UNCONCERNED

    def run(one: KeyEstimate) -> float:
        spec = _declared(workshop, one)
        taken = {name: choice for name, choice in changes.items() if spec[name] != "as_given"}
        plan, module = workshop.plans[spec["adjustment"]], key_module(one, wave=workshop.wave)
        weights = workshop.weights(plan, spec | taken, module=module)
        values = answers(workshop.said(one, spec | taken), one, wave=workshop.wave)
        return domains.mean(values[weights.answered], weights.final).point

    return run


def _by_plan(workshop: Workshop, plan: WeightingPlan) -> Run:
    """A key estimate by the weights of another plan, of its module or, where the plan has one set for all, of all."""

    def run(one: KeyEstimate) -> float:
        spec = _declared(workshop, one)
        module = key_module(one, wave=workshop.wave) if plan.modules else ""
        trimming = "untrimmed" if plan.trim is None else f"cap_{plan.trim:g}"
        weights = workshop.weights(plan, spec | {"trimming": trimming, "adjustment": "plan"}, module=module)
        values = answers(workshop.said(one, spec), one, wave=workshop.wave)
        return domains.mean(values[weights.answered], weights.final).point

    return run


def _declared(workshop: Workshop, one: KeyEstimate) -> Spec:
    return next(specifications(choices(one, wave=workshop.wave, min_share=workshop.min_share)))


def _moves(
    workshop: Workshop, run: Run, known: pd.DataFrame, *, decision: str, option: str
) -> tuple[list[dict[str, Any]], str]:
    """How far each key estimate moves, or why there are no weights."""
    rows = []
    for one in workshop.wave.file.key_estimates:
        default = known.loc[one.name]
        try:
            effect = round(run(one) - default["point"], 12) + 0.0
        except (NoWeights, InputError) as problem:
            return [], str(problem)
        about = {key: default[key] for key in ("unit_type", "module", "item", "category", "scale")}
        rows.append(about | {"decision": decision, "option": option, "name": one.name, "effect": effect})
    return rows, ""


def _most(moves: list[dict[str, Any]]) -> dict[str, Any]:
    if not moves:
        return {}
    furthest = max(moves, key=lambda row: abs(row["effect"]) / row["scale"])
    return {"moved": abs(furthest["effect"]) / furthest["scale"], "most": furthest["name"]}


def _why(parameter: str) -> str:
    return next((kind for start, kind in WHY if parameter.startswith(start)), ELSEWHERE)


def _plainly(value: Any) -> str:
    return label({"": value}).strip()
