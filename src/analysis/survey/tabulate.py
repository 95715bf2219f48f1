"""Shares, means and counts of a questionnaire: any item or group of items, any options, any part of the frame."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.inputs.cleaning import ANSWERED
from analysis.inputs.instrument import NOT_TICKED, TICKED, Item
from analysis.inputs.targets import members
from analysis.inputs.waves import Wave
from analysis.survey.estimation import Record, mean_record, share_record
from analysis.survey.groups import source_ref

ALL, RESPONSE, ASKED = "all", "response", "asked"
ROUTED_OUT, NOT_APPLICABLE, DONT_KNOW = -1, -2, -3
DISPOSITIONS = {"complete": ("I",), "partial": ("P",)}
# How a number over items together is made, beside the share of all their answers.
PER_UNIT = ("any", "minimum", "maximum", "mean")

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Cell:
    """One number to be made: of an item, an indicator, items together or `response`, in a part of the frame.

    `category`: options counted together. `subset`: conditions joined by `;`: `size_group=`, `region=`, `county=`,
    `group=` (a special group), `asked` (don't knows stay in the base). `unit_type`: one, or `all` for all together.
    """

    item: str
    measure: str = "share"
    category: tuple[str, ...] = ()
    subset: str = ""
    unit_type: str = ALL
    estimand: str = "M"


@dataclass(frozen=True)
class Tables:
    """The cleaned answers and indicators of a wave's frame, from which cells are made. `data`: a row a frame unit."""

    data: pd.DataFrame
    wave: Wave
    confidence: float
    masks: dict[tuple[str, str], Mask] = field(default_factory=dict, repr=False)

    def row(self, cell: Cell) -> Record:
        """A cell as a row of estimate records.

        Base: units with an answer to the item (B), or with `asked` those and the don't knows (A); the rest of the part
        of the frame that was not routed out counts as missing in intervals and bounds. Items together: the share of
        all their answers; `mean`, `any`, `minimum`, `maximum` are of the number of items a unit has in the category.
        Raises KeyError for an unknown item, option, unit type or group.
        """
        estimate = self._estimate(cell)
        about = {
            "estimate_type": "level",
            "measure": {"any": "share", "minimum": "index", "maximum": "index"}.get(cell.measure, cell.measure),
            "mode": "D",
            "unit_type": cell.unit_type,
            "item": cell.item,
            "category": category_name(cell),
            "subset": cell.subset,
            "module": self._module(cell),
            "estimand": cell.estimand,
            "base": "A" if ASKED in cell.subset.split(";") or cell.item == RESPONSE else "B",
            "source_ref": self._source(cell),
        }
        return about | {key: None if _infinite(value) else value for key, value in estimate.items()}

    def _estimate(self, cell: Cell) -> Record:
        units = self._part(cell)
        if not units.any():
            return _count(0, units, units) | {"point": np.nan}
        if cell.item == RESPONSE:
            return self._response(cell, units)
        if cell.item in self._indicators:
            values = self._numbers(cell.item)
            known = units & ~np.isnan(values)
            maximum = self._indicators[cell.item]
            sizes = self._sizes(cell, known, units)
            return mean_record(values[known], high=maximum, confidence=self.confidence, **sizes) | {
                "scale_max": maximum
            }
        items = [item for item in members(self.wave, cell.item) if item.item in self.data.columns]
        if not items:
            raise KeyError(cell.item)
        if len(items) > 1 or items[0].item != cell.item:
            return self._together(cell, items, units)
        return self._single(cell, items[0], units)

    def _single(self, cell: Cell, item: Item, units: Mask) -> Record:
        """One item: the share or count in a category, the number of answers, or the mean of a count."""
        answers = self._numbers(item.item)
        eligible = units & ~np.isin(answers, (ROUTED_OUT, NOT_APPLICABLE))
        known = eligible & self._given(answers, cell)
        if not cell.category and cell.measure == "count":
            return _count(int(known.sum()), known, eligible)
        if not eligible.any():
            return _count(0, known, eligible) | {"point": np.nan}
        sizes = self._sizes(cell, known, eligible)
        if not cell.category:
            values = answers[known]
            if cell.measure in ("minimum", "maximum"):
                return _extreme(values, cell.measure, eligible)
            high = np.inf if item.maximum is None else item.maximum
            return mean_record(values, low=item.minimum or 0, high=high, confidence=self.confidence, **sizes)
        yes = np.isin(answers, self._values(item, cell.category))
        if cell.measure == "count":
            return _count(int((yes & known).sum()), known, eligible)
        return share_record(yes[known], confidence=self.confidence, **sizes)

    def _together(self, cell: Cell, items: list[Item], units: Mask) -> Record:
        """Several items: the share of their answers in a category, or the number of items that a unit has in it."""
        answers = np.column_stack([self._numbers(item.item) for item in items])
        given = self._given(answers, cell)
        yes = np.column_stack(
            [np.isin(answers[:, place], self._values(item, cell.category)) for place, item in enumerate(items)]
        )
        number, base = (yes & given).sum(axis=1), given.sum(axis=1)
        known, size = units & (base > 0), {"population_size": int(units.sum())}
        if cell.measure == "any":
            return share_record(number[known] > 0, confidence=self.confidence, **size)
        if cell.measure in ("minimum", "maximum"):
            return _extreme(number[known], cell.measure, units)
        if cell.measure == "mean":
            high = len(items)
            return mean_record(number[known], high=high, confidence=self.confidence, **size) | {"scale_max": high}
        # The answers of a unit that did not answer would be at most one for each item.
        most = float(base[known].sum() + len(items) * (units & ~known).sum())
        sizes = {"inhabitants": base[known], "all_inhabitants": most}
        shares = number[known] / base[known]
        return mean_record(shares, confidence=self.confidence, **size, **sizes) | {"k": int(number[known].sum())}

    def _response(self, cell: Cell, units: Mask) -> Record:
        """Units that answered: all, the complete or partial ones, or those that answered a module."""
        name = cell.category[0] if cell.category else ""
        if name in DISPOSITIONS or not name:
            answered = self.data["disposition"].isin(DISPOSITIONS.get(name, ANSWERED)).to_numpy()
        else:
            answered = self.data[f"answered_{name}"].to_numpy(dtype=bool)
        if cell.measure == "count":
            return _count(int((answered & units).sum()), answered & units, units)
        people = self._people if cell.estimand == "P" else np.ones(len(answered))
        share = float(people[answered & units].sum() / people[units].sum()) if units.any() else np.nan
        record = _count(int((answered & units).sum()), answered & units, units)
        return record | {"point": share}

    def _part(self, cell: Cell) -> Mask:
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
                    column = {"county": "county_code"}.get(name, name)
                    mask = mask & (self.data[column].astype(str) == value).to_numpy()
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

    def _values(self, item: Item, category: Iterable[str]) -> list[int]:
        """The values of options; of items together, an item need not have every option."""
        known = {option.option: option.typed for option in self.wave.options_of(item.item)}
        if item.type == "multi":
            known |= {NOT_TICKED: 0, TICKED: 1}
        return [known[option] for option in category if option in known]

    def _given(self, answers: NDArray[np.float64], cell: Cell) -> Mask:
        given = answers >= 0
        return given | (answers == DONT_KNOW) if ASKED in cell.subset.split(";") else given

    def _sizes(self, cell: Cell, known: Mask, eligible: Mask) -> dict[str, Any]:
        sizes: dict[str, Any] = {"population_size": int(eligible.sum())}
        if cell.estimand == "P":
            sizes |= {"inhabitants": self._people[known], "all_inhabitants": float(self._people[eligible].sum())}
        return sizes

    def _numbers(self, column: str) -> NDArray[np.float64]:
        if column not in self._columns:
            self._columns[column] = self.data[column].to_numpy(dtype="float64", na_value=np.nan)
        return self._columns[column]

    def _module(self, cell: Cell) -> str:
        if cell.item == RESPONSE:
            return cell.category[0] if cell.category and cell.category[0] not in DISPOSITIONS else ""
        modules = {item.module for item in members(self.wave, cell.item)}
        modules |= {one.module for one in self.wave.file.indicators if one.id == cell.item}
        return str(modules.pop() or "") if len(modules) == 1 else ""

    def _source(self, cell: Cell) -> str:
        variables = [item.variable for item in members(self.wave, cell.item)]
        return source_ref(self.wave, cell.item) if len(variables) == 1 else source_ref(self.wave)

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


def project_row(projects: pd.DataFrame, cell: Cell, *, wave: Wave) -> Record:
    """A cell of the wave's second table as a row of estimate records: counts, and shares of the rows with an answer.

    Nothing is known of projects that nobody registered, so that there is neither interval nor bound.
    """
    about = {"estimate_type": "level", "measure": cell.measure, "mode": "D", "item": cell.item, "subset": "projects"}
    about |= {"category": category_name(cell), "estimand": "R", "base": "B", "source_ref": source_ref(wave)}
    if not cell.item:
        return about | {"item": "projects", "point": len(projects), "k": len(projects), "n_answered": len(projects)}
    answers = projects[cell.item].to_numpy(dtype="float64", na_value=np.nan)
    known = answers >= 0
    if not cell.category:
        return about | {"point": float(answers[known].mean()), "n_answered": int(known.sum())}
    tables = Tables(data=projects, wave=wave, confidence=0.95)
    yes = known & np.isin(answers, tables._values(wave.item(cell.item), cell.category))
    k, n = int(yes.sum()), int(known.sum())
    return about | {"point": k if cell.measure == "count" else k / n if n else np.nan, "k": k, "n_answered": n}


def _count(k: int, known: Mask, eligible: Mask) -> Record:
    return {"point": k, "k": k, "n_answered": int(known.sum()), "n_frame": int(eligible.sum())}


def _extreme(values: NDArray[Any], measure: str, eligible: Mask) -> Record:
    point = (values.min() if measure == "minimum" else values.max()) if len(values) else np.nan
    return {"point": float(point), "n_answered": len(values), "n_frame": int(eligible.sum())}


def _infinite(value: Any) -> bool:
    return isinstance(value, float) and np.isinf(value)
