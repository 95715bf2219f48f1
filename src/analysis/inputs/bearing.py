"""Which decisions an estimate rests on: rules by the parameter that a decision is about, kept beside the decisions."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import AfterValidator, Field

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import tables
from analysis.inputs.decisions import Decision, read_decisions
from analysis.inputs.instrument import Item
from analysis.inputs.waves import Wave, load_wave

# Values of a condition that stand for the items that the parameter names, and for the wave's composite indicators.
NAMED, INDICATOR = "named", "indicator"
WAVES = ("wave", "reference_wave")


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is no regular expression: {error}") from None
    return text


Pattern = Annotated[str, AfterValidator(_pattern)]


class Rule(tables.Record):
    """One rule: decisions whose parameter begins with `parameter` bear on the estimates that fit one of `estimates`.

    Each of `estimates` maps columns of the estimate record to what the whole value looks like; all must fit. Both are
    regular expressions. None at all: such a decision moves no estimate, for the reason given in `because`.
    """

    parameter: Pattern
    estimates: tuple[dict[str, Pattern], ...] = ()
    because: str = ""


class Rules(tables.Record):
    """The rules in the order in which they are tried: the first that fits a decision counts."""

    rules: tuple[Rule, ...] = Field(min_length=1)


Mask = npt.NDArray[np.bool_]
Coded = tuple[npt.NDArray[np.intp], list[str]]
Ruled = tuple[tuple[Decision, Rule], ...]


def read_rules(path: Path | None = None) -> tuple[Rule, ...]:
    """The rules of `docs/decisions/bearing.yml` or of another file. Raises InputError for a file that is none."""
    return tables.read_yaml(path or paths.decisions() / "bearing.yml", Rules).rules


def rule_of(decision: Decision, rules: Sequence[Rule]) -> Rule | None:
    """The first rule that fits the parameter of a decision, or none."""
    return next((rule for rule in rules if re.match(rule.parameter, decision.parameter)), None)


def fill_decisions(estimates: pd.DataFrame) -> pd.DataFrame:
    """Estimate records whose `decisions` name the records of `docs/decisions` that bear on each, in order of id.

    A record that a stage has given its decisions keeps them. A decision without a rule bears on no estimate. Raises
    InputError for a rule on a column that estimates do not have.
    """
    return estimates.assign(decisions=bearing_on({str(name): column.tolist() for name, column in estimates.items()}))


def bearing_on(estimates: Mapping[str, Sequence[Any]]) -> list[str]:
    """The decisions of estimate records, given by column, as `fill_decisions` names them: ids joined by semicolons."""
    ruled = _ruled(paths.decisions())
    columns = {column: _coded(estimates, column) for column in {*WAVES, *_used(ruled)}}
    found: list[list[str]] = [[] for _ in estimates["decisions"]]
    for decision, rule in ruled:
        if any(_holds(decision, columns[name][1]) for name in WAVES):
            for place in np.flatnonzero(_bears(decision, rule, columns)):
                found[place].append(decision.id)
    return [own or ";".join(ids) for own, ids in zip(estimates["decisions"], found, strict=True)]


@lru_cache(maxsize=4)
def _ruled(folder: Path) -> Ruled:
    rules = read_rules(folder / "bearing.yml")
    paired = ((decision, rule_of(decision, rules)) for decision in read_decisions())
    return tuple((decision, rule) for decision, rule in paired if rule is not None and rule.estimates)


def _used(ruled: Ruled) -> set[str]:
    return {column for _, rule in ruled for conditions in rule.estimates for column in conditions}


def _coded(estimates: Mapping[str, Sequence[Any]], column: str) -> Coded:
    """A column as the distinct texts in it and, for each record, the place of its own."""
    if column not in estimates:
        raise InputError(f"docs/decisions/bearing.yml: estimates have no column {column!r}; correct the rule.")
    places: dict[str, int] = {}
    codes = [places.setdefault(_text(value), len(places)) for value in estimates[column]]
    return np.array(codes, dtype=np.intp), list(places)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if pd.isna(value) else str(value)


def _where(column: Coded, test: Callable[[str], bool]) -> Mask:
    codes, distinct = column
    return np.array([test(value) for value in distinct], dtype=bool)[codes]


def _bears(decision: Decision, rule: Rule, columns: Mapping[str, Coded]) -> Mask:
    """Which estimates are of a wave that a decision holds for and fit its rule."""
    of_wave = [_where(columns[name], _holds(decision, columns[name][1]).__contains__) for name in WAVES]
    among = np.logical_or(*of_wave)
    return np.logical_or.reduce([_fit(conditions, decision, columns, among) for conditions in rule.estimates])


def _holds(decision: Decision, waves: Iterable[str]) -> set[str]:
    return {wave for wave in waves if wave and decision.holds_for(wave)}


def _fit(conditions: Mapping[str, str], decision: Decision, columns: Mapping[str, Coded], among: Mask) -> Mask:
    """Which of some estimates fit all conditions; what needs the description of a wave is looked at last."""
    fits = among
    for column, look in sorted(conditions.items(), key=lambda condition: condition[1] in (NAMED, INDICATOR)):
        if look in (NAMED, INDICATOR):
            fits = _fit_items(columns[column], decision if look == NAMED else None, columns["wave"], fits)
        else:
            fits = fits & _where(columns[column], partial(_looks, look))
    return fits


def _looks(look: str, value: str) -> bool:
    return re.fullmatch(look, value) is not None


def _fit_items(column: Coded, decision: Decision | None, waves: Coded, among: Mask) -> Mask:
    """Which of some estimates are about the items that a decision names, or without one about indicators."""
    fits = np.zeros(len(among), dtype=bool)
    for place in np.unique(waves[0][among]):
        wave = waves[1][place]
        items = _named(decision.parameter, wave) if decision else _indicators(wave)
        fits |= (waves[0] == place) & _where(column, partial(_is_one_of, items))
    return fits & among


def _is_one_of(items: frozenset[str], value: str) -> bool:
    """Whether a value of the column item is about one of some items, as `sensitivity:altinn` is about `altinn`."""
    return value.rpartition(":")[2] in items


@cache
def _indicators(wave: str) -> frozenset[str]:
    return frozenset(one.id for whole in _described(wave) for one in whole.file.indicators)


@cache
def _named(parameter: str, wave: str) -> frozenset[str]:
    """The items of a wave that a parameter names: by their own name or by that of a block, scale, area or option."""
    words = set(re.findall(r"\w+", parameter.partition(": ")[2]))
    return frozenset(
        item.item
        for whole in _described(wave)
        for item in whole.items
        if words & {item.item, item.block, item.scale, item.area, *_options(whole, item)}
    )


def _described(wave: str) -> list[Wave]:
    """The description of a wave; of one that only printed figures are known of there is none."""
    return [load_wave(wave)] if paths.wave(wave).is_dir() else []


def _options(wave: Wave, item: Item) -> set[str]:
    return {option.option for option in wave.options_of(item.item)} if item.scale else set()
