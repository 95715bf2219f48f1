"""Shares, means and counts of a questionnaire: any item or group of items, any options, any part of the frame."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.inputs.cleaning import ANSWERED
from analysis.inputs.disclosure_plan import TOGETHER
from analysis.inputs.instrument import NOT_TICKED, TICKED, Item
from analysis.inputs.targets import members
from analysis.inputs.waves import Wave
from analysis.survey import weighted
from analysis.survey.groups import source_ref
from analysis.survey.weighted import Mask, ModuleWeights, Record, Said

ALL, RESPONSE, ASKED = "all", "response", "asked"
ROUTED_OUT, NOT_APPLICABLE, DONT_KNOW = -1, -2, -3
DISPOSITIONS = {"complete": ("I",), "partial": ("P",)}
# How a number over items together is made, beside the share of all their answers.
PER_UNIT = ("any", "minimum", "maximum", "mean")
TOTAL = "amount"
# What is counted among the answers and not estimated.
COUNTED = ("count", "minimum", "maximum")


@dataclass(frozen=True)
class Cell:
    """One number to be made: of an item, an indicator, items together or `response`, in a part of the frame.

    `category`: options counted together. `subset`: conditions joined by `;`: `size_group=`, `region=`, `county=` (with
    `!=` all but these, with `+` between groups taken together), `group=` (a special group), `asked` (don't knows stay
    in the base). `unit_type`: one, or `all` for all together. `estimand`: R of those who answered, M of all units, P of
    their inhabitants.
    """

    item: str
    measure: str = "share"
    category: tuple[str, ...] = ()
    subset: str = ""
    unit_type: str = ALL
    estimand: str = "M"


@dataclass(frozen=True)
class Tables:
    """The cleaned answers and indicators of a wave's frame, from which cells are made. `data`: a row a frame unit.

    `weights`: of the whole survey (empty name) and of each module that has its own. Without any, chance is taken to
    decide within each part of the frame who answered.
    """

    data: pd.DataFrame
    wave: Wave
    confidence: float
    weights: Mapping[str, ModuleWeights] = field(default_factory=dict, repr=False)
    masks: dict[tuple[str, str], Mask] = field(default_factory=dict, repr=False)
    reached: dict[tuple[str, ...], ModuleWeights] = field(default_factory=dict, repr=False)
    heard: dict[Cell, Said] = field(default_factory=dict, repr=False)
    places: dict[str, tuple[str, str]] = field(default_factory=dict, repr=False)

    def row(self, cell: Cell) -> Record:
        """A cell as a row of estimate records.

        Base: units with an answer to the item (B), or with `asked` those and the don't knows (A); the rest of the part
        of the frame that was not routed out counts as missing in intervals and bounds. Items together: the share of
        all their answers; `mean`, `any`, `minimum`, `maximum` are of the number of items a unit has in the category.
        Raises KeyError for an unknown item, option, unit type or group.
        """
        return self._about(cell) | _finite(self._estimate(cell))

    def less(self, cell: Cell, other: Cell) -> Record:
        """A weighted mean or share less that of another part of its unit type, as a row of estimate records."""
        parts = [(self.said(one), self._estimate(one)) for one in (cell, other)]
        made = weighted.difference(parts[0], parts[1], self._reaching(replace(cell, subset="")))
        about = {"estimate_type": "difference", "category": f"less {other.subset or other.unit_type}"}
        return self._about(cell) | about | _finite(made)

    def quantile(self, cell: Cell, q: float, *, name: str) -> Record:
        """A weighted quantile of a number, as a row of estimate records with its name for category."""
        people = self._people if cell.estimand == "P" else None
        made = weighted.quantile(self.said(cell), self._reaching(cell), q, inhabitants=people)
        return self._about(cell) | {"measure": "index", "category": name} | _finite(made)

    def said(self, cell: Cell) -> Said:
        """What the units of a cell say, as numbers; the same for every estimand."""
        key = replace(cell, estimand="")
        if key not in self.heard:
            self.heard[key] = self._said(key, self.part(key))
        return self.heard[key]

    def _about(self, cell: Cell) -> Record:
        counted = cell.item == RESPONSE
        about: Record = {
            "estimate_type": "level",
            "measure": {"any": "share", "minimum": "index", "maximum": "index"}.get(cell.measure, cell.measure),
            "mode": "D" if cell.estimand != "R" else "",
            "unit_type": cell.unit_type,
            "item": cell.item,
            "category": category_name(cell),
            "subset": cell.subset,
            "module": self._module(cell),
            "estimand": cell.estimand,
            "base": "A" if ASKED in cell.subset.split(";") or counted else "B",
            "source_ref": self._place(cell.item)[1],
        }
        return about | ({"weight_variant": self.wave.file.weighting.method} if self._is_weighted(cell) else {})

    def _is_weighted(self, cell: Cell) -> bool:
        """Whether a cell takes weights: not what is counted, nor what is said of those who answered alone."""
        return bool(self.weights) and cell.estimand != "R" and cell.item != RESPONSE and cell.measure not in COUNTED

    def _estimate(self, cell: Cell) -> Record:
        units = self.part(cell)
        if not units.any():
            return _count(0, units, units) | {"point": np.nan}
        if cell.item == RESPONSE:
            return self._response(cell, units)
        said = self.said(cell)
        if not said.part.any():
            return _count(0, said.known, said.part) | {"point": np.nan}
        if cell.measure in COUNTED:
            return _counted(said, cell)
        if cell.estimand == "R":
            return weighted.among_answers(said)
        people = self._people if cell.estimand == "P" else None
        if cell.measure == TOTAL:
            return weighted.total(said, self._reaching(cell), frame=units, confidence=self.confidence)
        if not self.weights:
            return weighted.unweighted(said, confidence=self.confidence, inhabitants=people)
        return weighted.of_all_units(said, self._reaching(cell), confidence=self.confidence, inhabitants=people)

    def _reaching(self, cell: Cell) -> ModuleWeights:
        """The weights of a cell's module, for the part of the frame that it is about."""
        key = (self._module(cell), cell.unit_type, cell.subset)
        if key not in self.reached:
            own = self.weights.get(self._module(cell), self.weights[""])
            self.reached[key] = own.reaching(self.part(cell))
        return self.reached[key]

    def _said(self, cell: Cell, units: Mask) -> Said:
        if cell.item in self._indicators:
            maximum = self._indicators[cell.item]
            values = np.where(units, self._numbers(cell.item), np.nan)
            return Said(values, units, share=False, high=maximum, about={"scale_max": maximum})
        items = [item for item in members(self.wave, cell.item) if item.item in self.data.columns]
        if not items:
            raise KeyError(cell.item)
        if len(items) > 1 or items[0].item != cell.item:
            return self._together(cell, items, units)
        return self._single(cell, items[0], units)

    def _single(self, cell: Cell, item: Item, units: Mask) -> Said:
        """One item: whether a unit is in the category, or without one its number."""
        answers = self._numbers(item.item)
        eligible = units & ~np.isin(answers, (ROUTED_OUT, NOT_APPLICABLE))
        known = eligible & self._given(answers, cell)
        if cell.category:
            yes = np.isin(answers, self.values(item, cell.category)).astype("float64")
            return Said(np.where(known, yes, np.nan), eligible)
        high = 1.0 if item.type == "score" else np.inf if item.maximum is None else float(item.maximum)
        return Said(np.where(known, answers, np.nan), eligible, share=False, low=float(item.minimum or 0), high=high)

    def _together(self, cell: Cell, items: list[Item], units: Mask) -> Said:
        """Several items: the share of a unit's answers in a category, or the number of items that it has in it."""
        answers = np.column_stack([self._numbers(item.item) for item in items])
        given = self._given(answers, cell)
        yes = np.column_stack(
            [np.isin(answers[:, place], self.values(item, cell.category)) for place, item in enumerate(items)]
        )
        number, base, most = (yes & given).sum(axis=1).astype("float64"), given.sum(axis=1), len(items)
        known = units & (base > 0)
        if cell.measure == "any":
            return Said(np.where(known, number > 0, np.nan), units)
        if cell.measure in PER_UNIT:
            return Said(np.where(known, number, np.nan), units, share=False, high=most, about={"scale_max": most})
        # The answers of a unit that did not answer would be at most one for each item.
        shares = np.divide(number, base, where=known, out=np.full(len(known), np.nan))
        k = {"k": int(number[known].sum())}
        return Said(shares, units, share=False, counts=base.astype("float64"), most=most, about=k)

    def _response(self, cell: Cell, units: Mask) -> Record:
        """Units that answered: all, the complete or partial ones, or those that answered a module."""
        name = cell.category[0] if cell.category else ""
        if name in DISPOSITIONS or not name:
            answered = self.data["disposition"].isin(DISPOSITIONS.get(name, ANSWERED)).to_numpy()
        else:
            answered = self.data[f"answered_{name}"].to_numpy(dtype=bool)
        here = answered & units
        record = _count(int(here.sum()), here, units)
        if cell.measure == "count":
            return record
        people = self._people if cell.estimand == "P" else np.ones(len(answered))
        return record | {"point": float(people[here].sum() / people[units].sum())}

    def part(self, cell: Cell) -> Mask:
        """The frame units that a cell is about."""
        key = (cell.unit_type, cell.subset)
        if key not in self.masks:
            whole = np.ones(len(self.data), dtype=bool)
            mask = whole if cell.unit_type == ALL else (self.data["unit_type"] == cell.unit_type).to_numpy()
            for condition in filter(None, cell.subset.split(";")):
                name, _, value = condition.partition("=")
                if name == "group":
                    mask = mask & self._special(value)
                elif name != ASKED:
                    column = {"county": "county_code"}.get(name.rstrip("!"), name.rstrip("!"))
                    inside = self.data[column].astype(str).isin(value.split(TOGETHER)).to_numpy()
                    mask = mask & (inside != name.endswith("!"))
            self.masks[key] = mask
        return self.masks[key]

    def _special(self, group: str) -> Mask:
        """The first units of a declared order; at equal values the lower code comes first."""
        rule = self.wave.file.special_groups[group]
        units = self.data[self.data["unit_type"] == "municipality"]
        if rule.universe == "respondents":
            units = units[units["disposition"].isin(ANSWERED)]
        rising = [rule.order == "ascending", True]
        first = units.sort_values([rule.by, "code"], ascending=rising).index[: rule.size]
        return np.asarray(self.data.index.isin(first))

    def values(self, item: Item, category: Iterable[str]) -> list[int]:
        """The values of options; of items together, an item need not have every option."""
        known = {option.option: option.typed for option in self.wave.options_of(item.item)}
        if item.type == "ordinal":
            known |= {str(level): level for level in range(item.lowest, item.highest + 1)}
        if item.type == "multi":
            known |= {NOT_TICKED: 0, TICKED: 1}
        return [known[option] for option in category if option in known]

    def _given(self, answers: NDArray[np.float64], cell: Cell) -> Mask:
        given = answers >= 0
        return given | (answers == DONT_KNOW) if ASKED in cell.subset.split(";") else given

    def _numbers(self, column: str) -> NDArray[np.float64]:
        if column not in self._columns:
            self._columns[column] = self.data[column].to_numpy(dtype="float64", na_value=np.nan)
        return self._columns[column]

    def _module(self, cell: Cell) -> str:
        """The module whose weights a cell takes; of answering a module, that module."""
        if cell.item == RESPONSE:
            return cell.category[0] if cell.category and cell.category[0] not in DISPOSITIONS else ""
        return self.module(cell.item)

    def module(self, item: str) -> str:
        """The module of an item, an indicator or items together; empty where there is none, or several."""
        return self._place(item)[0]

    def _place(self, item: str) -> tuple[str, str]:
        """The module of an item, an indicator or items together (empty where several), and where it is in the file."""
        if item not in self.places:
            of_items = members(self.wave, item)
            modules = {one.module for one in of_items}
            modules |= {one.module for one in self.wave.file.indicators if one.id == item}
            module = str(modules.pop() or "") if len(modules) == 1 else ""
            self.places[item] = (module, source_ref(self.wave, item if len(of_items) == 1 else None))
        return self.places[item]

    @cached_property
    def _columns(self) -> dict[str, NDArray[np.float64]]:
        return {}

    @cached_property
    def _people(self) -> NDArray[np.float64]:
        return self.data["population"].to_numpy(dtype="float64")

    @cached_property
    def _indicators(self) -> dict[str, float]:
        return {one.id: one.scale_maximum for one in self.wave.file.indicators}


def category_name(cell: Cell) -> str:
    """The category of a cell as it stands in estimate records: options joined by `|`, and how units were counted."""
    name = "|".join(cell.category)
    return f"{name} {cell.measure}".strip() if cell.measure in ("any", "minimum", "maximum") else name


def _count(k: int, known: Mask, eligible: Mask) -> Record:
    return {"point": k, "k": k, "n_answered": int(known.sum()), "n_frame": int(eligible.sum())}


def _counted(said: Said, cell: Cell) -> Record:
    """The number of answers, or of those in the category; the smallest or largest value."""
    values = said.values[said.known]
    if cell.measure == "count":
        return _count(int(values.sum()) if cell.category else len(values), said.known, said.part)
    extreme = (values.min() if cell.measure == "minimum" else values.max()) if len(values) else np.nan
    return {"point": float(extreme), "n_answered": len(values), "n_frame": int(said.part.sum())}


def _finite(row: Record) -> Record:
    """A record with infinite numbers left out."""
    return {key: None if isinstance(value, float) and np.isinf(value) else value for key, value in row.items()}
