"""The decision records of `docs/decisions`: which value a parameter has, instead of which others, and why."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import Field

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import tables
from analysis.inputs.params import Params
from analysis.inputs.waves import Wave
from analysis.inputs.weighting_plan import WeightingPlan

PLAN, PARAMS = "wave.yml: weighting.", "params.yaml: "
# What says which waves and languages there are is no choice of method.
NO_METHOD = ("waves", "registries", "scorecards", "languages")


class Decision(tables.Record):
    """One decision record. `chosen` and `alternatives` of a weighting plan's key are values that the key can have.

    An alternative that needs other keys changed too is a mapping of keys of the plan to values.
    """

    id: Annotated[str, Field(pattern=r"^\d{4}$")]
    title: str
    waves: tuple[str, ...] = Field(min_length=1)
    parameter: str
    chosen: Any
    alternatives: tuple[Any, ...] = Field(min_length=1)
    reason: str = Field(min_length=1)
    source: str
    date: datetime.date
    file: str

    def holds_for(self, wave: str) -> bool:
        """Whether the decision is about a wave."""
        return wave in self.waves or "all" in self.waves


@dataclass(frozen=True)
class Variant:
    """A weighting plan with one decision taken otherwise: `label` says what is different."""

    decision: str
    key: str
    label: str
    chosen: bool
    plan: WeightingPlan


def read_decisions() -> tuple[Decision, ...]:
    """All decision records in the order of their ids.

    Raises InputError for a file without front matter, a record without a reason or an alternative, a second record
    with an id, or a file that is not named after its id.
    """
    found = tuple(_read(path) for path in sorted(paths.decisions().glob("*.md")))
    ids = [one.id for one in found]
    doubled = next((one for one in found if ids.count(one.id) > 1), None)
    if doubled is not None:
        raise InputError(f"{doubled.file}: the id {doubled.id} stands in two files; give one of them another.")
    return found


def plan_decisions(decisions: Sequence[Decision], *, wave: Wave) -> dict[str, Decision]:
    """The record of each key of the wave's weighting plan that bears on its weights, in the order of the plan.

    Keys that `problems` has something against are left out, so that a new wave can be weighted before it is decided.
    """
    records = _of_plan(decisions, wave=wave)
    return {key: records[key][0] for key in _keys(wave) if _problem(key, records.get(key, []), wave=wave) is None}


def problems(decisions: Sequence[Decision], *, wave: Wave) -> Iterator[str]:
    """Keys of the wave's weighting plan without one record that says what they say, as sentences."""
    records = _of_plan(decisions, wave=wave)
    yield from filter(None, (_problem(key, records.get(key, []), wave=wave) for key in _keys(wave)))


def _problem(key: str, found: Sequence[Decision], *, wave: Wave) -> str | None:
    """What is wrong with the records of a key of the plan, or nothing."""
    plan = wave.file.weighting
    place, value = f"{paths.relative(paths.wave(wave.id) / 'wave.yml')}, key 'weighting.{key}'", plan.in_effect()[key]
    if not found:
        return f"{place}: no decision record has the parameter '{PLAN}{key}' for {wave.id}; write one."
    if len(found) > 1:
        return f"{place}: {found[0].file} and {found[1].file} both decide it; retire one of them."
    if _plain(found[0].chosen) != _plain(value):
        return f"{place}: it is {value!r} where {found[0].file} chose {found[0].chosen!r}; make them agree."
    try:
        list(variants(found[0], key=key, plan=plan))
    except InputError as error:
        return str(error)
    return None


def parameter_problems(decisions: Sequence[Decision], *, params: Params) -> Iterator[str]:
    """Parameters of `params.yaml` without a decision record, as sentences; a group of keys may have one for all."""
    decided = {one.parameter for one in decisions}
    for key in type(params).model_fields:
        value = getattr(params, key)
        names = [f"{key}.{inner}" for inner in type(value).model_fields] if isinstance(value, tables.Record) else [key]
        for name in names if key not in NO_METHOD and f"{PARAMS}{key}" not in decided else ():
            if f"{PARAMS}{name}" not in decided:
                yield f"params.yaml, key {name!r}: no decision record has the parameter '{PARAMS}{name}'; write one."


def variants(decision: Decision, *, key: str, plan: WeightingPlan) -> Iterator[Variant]:
    """The plan as it is, and with each alternative of a decision about one of its keys.

    Raises InputError, naming record and alternative, for an alternative that is no plan.
    """
    yield Variant(decision.id, key, label({key: plan.in_effect()[key]}), True, plan)
    for one in decision.alternatives:
        changes = one if isinstance(one, dict) and set(one) <= set(WeightingPlan.model_fields) else {key: one}
        place = f"{decision.file}, alternative {label(changes)!r}"
        yield Variant(decision.id, key, label(changes), False, plan.variant(changes, place=place))


def label(changes: dict[str, Any]) -> str:
    """Values of keys as they are read: `margins size_group x region, region; trim 3`."""
    return "; ".join(f"{key} {_said(value)}" for key, value in changes.items())


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_said(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return " + ".join(" x ".join(one) if isinstance(one, list | tuple) else str(one) for one in value)
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "none"}[value]
    return f"{value:g}" if isinstance(value, float) else str(value)


def _keys(wave: Wave) -> list[str]:
    return [key for key in wave.file.weighting.in_effect() if key != "modules" or wave.file.modules]


def _of_plan(decisions: Sequence[Decision], *, wave: Wave) -> dict[str, list[Decision]]:
    found: dict[str, list[Decision]] = {}
    for one in decisions:
        if one.parameter.startswith(PLAN) and one.holds_for(wave.id):
            found.setdefault(one.parameter.removeprefix(PLAN), []).append(one)
    return found


def _plain(value: Any) -> Any:
    """A value without the difference between 5 and 5.0, list and tuple."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _read(path: Path) -> Decision:
    return _decision(tables.read_text(path), name=paths.relative(path))


@lru_cache(maxsize=512)
def _decision(text: str, *, name: str) -> Decision:
    parts = text.split("---\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise InputError(f"{name}: front matter between two lines of --- is missing; see another record.")
    try:
        content = yaml.load(parts[1], Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        raise InputError(f"{name}: the front matter is not valid YAML; check quotes and colons.") from None
    if not isinstance(content, dict):
        raise InputError(f"{name}: the front matter has no keys; see another record.")
    found = tables.check(content | {"file": name}, Decision, place=name)
    if not Path(name).name.startswith(f"{found.id}-"):
        raise InputError(f"{name}: its id is {found.id}; name the file {found.id}-title.md.")
    return found
