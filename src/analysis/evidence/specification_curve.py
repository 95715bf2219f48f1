"""Every specification of the key estimates: the combinations of choices, which are the same, and what each gives."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from analysis.evidence.variants import (
    DIMENSIONS,
    Spec,
    adjustments,
    choices,
    dont_know,
    gaps_name,
    specifications,
    weigh,
    with_base,
)
from analysis.inputs.waves import Wave
from analysis.inputs.weighting_plan import KeyEstimate, WeightingPlan, key_module
from analysis.survey import scoring
from analysis.survey.adjustment.margins import Floats, NoWeights
from analysis.survey.key_estimates import answers, estimate
from analysis.survey.plan import UNIT_TYPE, Weights

# Weights and answers that differ by less were rounded on their way.
DIGITS = 6

Made = TypeVar("Made")


@dataclass
class Workshop:
    """What the specifications of a wave are made of; each part is made once, when it is first asked for.

    `readings`: the indicators of the frame's units by the rule for duplicates, as `min_share` has them; the wave's own
    rule comes first.
    """

    wave: Wave
    readings: Mapping[str, pd.DataFrame]
    min_share: float
    confidence: float
    memory: dict[Any, Any] = field(default_factory=dict)

    def once(self, key: tuple[Any, ...], make: Callable[[], Made]) -> Made:
        """What stands under a key, made when it is asked for first."""
        if key not in self.memory:
            self.memory[key] = make()
        found: Made = self.memory[key]
        return found

    @cached_property
    def plans(self) -> dict[str, WeightingPlan]:
        """The ways of weighting, the declared one first."""
        return adjustments(self.wave.file.weighting)

    def units(self, duplicates: str, gaps: str) -> pd.DataFrame:
        """The units of a reading, their indicators by the share of questions that must be answered."""
        if gaps in ("as_given", gaps_name(self.min_share)):
            return self.readings[duplicates]
        return self.once(("units", duplicates, gaps), lambda: self._scored(duplicates, gaps))

    def said(self, one: KeyEstimate, spec: Spec) -> pd.DataFrame:
        """The answers to a key estimate under a specification: its item and the unit types alone."""
        units = self.units(spec["duplicates"], spec["gaps"])
        values = with_base(units[one.item], base=spec["dont_knows"], typed=dont_know(one, wave=self.wave))
        return pd.DataFrame({UNIT_TYPE: units[UNIT_TYPE], one.item: values})

    def weights(self, plan: WeightingPlan, spec: Spec, *, module: str) -> Weights:
        """The weights of a plan, trimmed as the specification says. Raises NoWeights."""
        who = self.once(("who", spec["duplicates"]), lambda: self._who_answered(spec["duplicates"]))
        about = {"adjustment": spec["adjustment"], "trimming": spec["trimming"], "module": module}
        memory: dict[Any, Any] = self.once(("margins", who), dict)
        units = self.readings[spec["duplicates"]]
        made = self.once(
            ("weights", plan, who, *about.values()), lambda: _or_problem(weigh, units, plan, memory=memory, **about)
        )
        if isinstance(made, NoWeights):
            raise made
        return made

    def _who_answered(self, duplicates: str) -> str:
        """Readings in which the same units answered the same modules have the same weights."""
        units = self.readings[duplicates]
        modules = [f"answered_{module.id}" for module in self.wave.file.modules]
        return _digest(units[["disposition", *modules]].astype(str).to_csv().encode())

    def _scored(self, duplicates: str, gaps: str) -> pd.DataFrame:
        """Indicators scored anew; of another reading only the units whose answers differ from the wave's own."""
        read, own = self.readings[duplicates], next(iter(self.readings))
        about: dict[str, Any] = {"wave": self.wave, "min_share": float(gaps.removeprefix("answered_"))}
        if duplicates == own:
            return read[[UNIT_TYPE]].join(scoring.scores(read, **about))
        items = [item.item for item in self.wave.items if item.indicator and item.item in read]
        other = read["disposition"] != self.readings[own]["disposition"]
        changed = (read[items].fillna(0) != self.readings[own][items].fillna(0)).any(axis=1) | other
        scored = self.units(own, gaps).copy()
        if changed.any():
            again = scoring.scores(read[changed], **about)
            scored.loc[changed, again.columns] = again
        return scored


@dataclass(frozen=True)
class Curves:
    """The specifications of all key estimates.

    `grid`: a row a combination of choices that applies to a key estimate (`name`), with its `spec`, the number of the
    specification that it comes to, or the `problem` that leaves it without weights. `specs`: a row a specification,
    the declared one first (`declared`), with its choices, as columns of an estimate record. `declared` choices that do
    not matter stand for the others that come to the same.
    """

    grid: pd.DataFrame
    specs: pd.DataFrame


def curves(workshop: Workshop) -> Curves:
    """Every specification of every key estimate of a wave; each that is the same as another is made once.

    The same are those with the same weights of the same units with the same answers.
    """
    grid: list[dict[str, Any]] = []
    specs: list[dict[str, Any]] = []
    for one in workshop.wave.file.key_estimates:
        found: dict[tuple[str, ...], int] = {}
        module = key_module(one, wave=workshop.wave)
        options = choices(one, wave=workshop.wave, min_share=workshop.min_share)
        for place, spec in enumerate(specifications(options)):
            row = {"name": one.name, **spec, "declared": place == 0, "spec": -1, "problem": ""}
            asked = one.model_copy(update={"unit_type": spec["population"]})
            try:
                weights = workshop.weights(workshop.plans[spec["adjustment"]], spec, module=module)
            except NoWeights as problem:
                grid.append(row | {"problem": str(problem)})
                continue
            identity = _identity(workshop, asked, spec, weights)
            if identity not in found:
                found[identity] = len(found)
                specs.append(row | {"spec": found[identity]} | _estimate(workshop, asked, spec, weights))
            grid.append(row | {"spec": found[identity]})
    columns = ["name", *DIMENSIONS, "declared", "spec", "problem"]
    return Curves(pd.DataFrame(grid, columns=columns), pd.DataFrame(specs).drop(columns="problem", errors="ignore"))


def _estimate(workshop: Workshop, asked: KeyEstimate, spec: Spec, weights: Weights) -> dict[str, Any]:
    said = workshop.said(asked, spec)
    record = estimate(said, asked, wave=workshop.wave, weights=weights, confidence=workshop.confidence)
    return record | {"base": "A" if spec["dont_knows"] == "counted" else "B", "scale": record.get("scale_max", 1.0)}


def _identity(workshop: Workshop, asked: KeyEstimate, spec: Spec, weights: Weights) -> tuple[str, ...]:
    """What tells a specification from others: of whom it speaks, what they said, and what each stands for."""
    kind = asked.unit_type

    def values() -> str:
        return _digest(_rounded(answers(workshop.said(asked, spec), asked, wave=workshop.wave)))

    def standing() -> str:
        own = (weights.factors[UNIT_TYPE] == kind).to_numpy() | (kind == "all")
        codes = weights.factors["code"][own].str.cat(sep=" ")
        return _digest(codes.encode() + _rounded(weights.final[own]))

    reading = tuple(spec[name] for name in ("dont_knows", "gaps", "duplicates"))
    said = workshop.once(("said", asked.item, asked.category, kind, *reading), values)
    return kind, said, workshop.once(("standing", id(weights), kind), standing)


def _or_problem(make: Callable[..., Weights], *args: Any, **about: Any) -> Weights | NoWeights:
    try:
        return make(*args, **about)
    except NoWeights as problem:
        return problem


def _rounded(values: Floats) -> bytes:
    return (np.round(values, DIGITS) + 0.0).tobytes()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
