"""The results of a questionnaire as its readers see them: tables of the estimates, in one language."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.inputs.instrument import TICKED, Item
from analysis.inputs.params import Params
from analysis.inputs.targets import PROJECTS
from analysis.reports.display.trail import pick
from analysis.reports.lookup import Estimates
from analysis.reports.wave_views import Names
from analysis.survey.estimates import WITHHELD
from analysis.survey.questionnaire import SHARED_SUBSETS, questions, together
from analysis.survey.results import COUNTS_ONLY, UNWEIGHTED, ResultsResult
from analysis.survey.tabulate import ALL, RESPONSE

INTERVAL = ["ci_lo", "ci_hi", "bound_lo", "bound_hi"]
# Beyond this a table of items is divided by subject area.
MANY_ITEMS = 40


@dataclass(frozen=True)
class SurveyViews:
    """Tables of one questionnaire's results in one language; every number in them is an estimate of the stage."""

    result: ResultsResult
    names: Names
    params: Params

    @cached_property
    def _estimates(self) -> Estimates:
        return Estimates(self.result.data)

    def one(self, item: str, *, measure: str = "share", **chosen: str) -> dict[str, Any]:
        """One estimate, by default of all municipalities, each counted once. Raises KeyError for one not there."""
        return self._estimates.one(**{"measure": measure, "item": item} | chosen)

    def of_group(self, item: str, **chosen: str) -> dict[str, Any]:
        """One estimate of a group: of all its units, or where that is withheld of those that answered."""
        found = self.one(item, **chosen)
        return self.one(item, **chosen, estimand="R") if found["flags"] == WITHHELD else found

    def records(self, items: Iterable[str | Item], **looks: str | Iterable[str]) -> pd.DataFrame:
        """The estimate records of items, or of indicators: of all municipalities, unless `looks` says else."""
        names = [item if isinstance(item, str) else item.item for item in items]
        return pick(self.result.estimates, item=names, **({"unit_type": "municipality", "subset": ""} | looks))

    @property
    def any(self) -> bool:
        """Whether the wave has a questionnaire."""
        return bool(self.items)

    @property
    def items(self) -> tuple[Item, ...]:
        """The items that the file has."""
        return questions(self.names.wave, self.result.units)

    @property
    def weighted(self) -> bool:
        """Whether answers are weighted, so that numbers of all units differ from those of the units that answered."""
        return bool((self.result.data["weight_variant"] != UNWEIGHTED).any())

    @property
    def unit_types(self) -> list[str]:
        """The unit types of the frame, in order."""
        return list(dict.fromkeys(self.result.units["unit_type"]))

    def base(self, unit_type: str = "municipality") -> str:
        """How many units of a type answered, of how many."""
        found = self.one(RESPONSE, unit_type=unit_type)
        return self.names.base(unit_type, found["k"], found["n_frame"])

    def response(self) -> pd.DataFrame:
        """Units asked, that answered, completely and in part, by unit type, and of both together."""
        rows = []
        for unit_type in self._types_and_all():
            found = ("", "complete", "partial")
            kinds = {kind: self.one(RESPONSE, category=kind, unit_type=unit_type) for kind in found}
            row = {"unit_type": self.names.unit(unit_type), "n_frame": kinds[""]["n_frame"], "answered": kinds[""]["k"]}
            row |= {"rate": kinds[""]["point"], "complete": kinds["complete"]["k"], "partial": kinds["partial"]["k"]}
            rows.append(row)
        return pd.DataFrame(rows)

    def modules(self) -> pd.DataFrame:
        """Units that answered each module, by unit type; no rows for a wave without modules."""
        rows = []
        for module in self.names.wave.file.modules:
            for unit_type in self._types_and_all():
                found = self.one(RESPONSE, category=module.id, unit_type=unit_type)
                row = {"module": self.names.module(module.id), "unit_type": self.names.unit(unit_type)}
                rows.append(row | {"n_frame": found["n_frame"], "answered": found["k"], "rate": found["point"]})
        return pd.DataFrame(rows)

    def indicators(self, unit_type: str) -> pd.DataFrame:
        """Each indicator's mean over units and over inhabitants, with interval and bounds; small bases have none."""
        rows = []
        for one in self.names.wave.file.indicators:
            mean = self.one(one.id, measure="mean", unit_type=unit_type)
            people = self.one(one.id, measure="mean", unit_type=unit_type, estimand="P")
            numbers = self._answered(one.id, measure="mean", unit_type=unit_type)
            numbers |= {"mean": mean["point"]} | {key: mean[key] for key in INTERVAL}
            numbers |= {"mean_people": people["point"]}
            if mean["flags"] == COUNTS_ONLY:
                numbers = dict.fromkeys(numbers)
            row = {"indicator": self.names.item(one.id), "maximum": one.scale_maximum, "n": mean["n_answered"]}
            rows.append(row | numbers)
        return pd.DataFrame(rows)

    def indicators_by(self, grouping: str) -> pd.DataFrame:
        """Means of the indicators (rows) of municipalities by group (columns); groups with few answers have none."""
        rows = []
        for one in self.names.wave.file.indicators:
            row: dict[str, Any] = {"indicator": self.names.item(one.id)}
            for group, label in self._groups(grouping).items():
                found = self.of_group(one.id, measure="mean", subset=f"{grouping}={group}")
                row[label] = None if found["flags"] == COUNTS_ONLY else found["point"]
            rows.append(row)
        return pd.DataFrame(rows).astype(dict.fromkeys(self._groups(grouping).values(), "float64"))

    def together_by(self, grouping: str) -> pd.DataFrame:
        """Shares of all answers to the items of an area or grid, for each option (rows) and group (columns)."""
        rows = []
        for name, items in together(self.names.wave, self.result.units).items():
            for option in self._options(items[0]):
                whole = self.one(name, category=option)
                row: dict[str, Any] = {"items": self.names.item(name), "all": _shown(whole)}
                row["option"] = self.names.option(items[0].item, option)
                for group, label in self._groups(grouping).items():
                    row[label] = _shown(self.of_group(name, category=option, subset=f"{grouping}={group}"))
                rows.append(row)
        table = pd.DataFrame(rows)
        return table if table.empty else table[["items", "option", *table.columns.drop(["items", "option"])]]

    def choices(self, unit_type: str) -> Iterator[tuple[str, str, list[Item], pd.DataFrame]]:
        """Tables of the single-choice items on one scale: name, what they are about, the items, and a row for each.

        Columns: item, n, and each option with its share; where fewer than the smallest base answered every item of a
        table, their numbers. Long tables are divided by subject area.
        """
        parts: dict[tuple[str, str, str], list[Item]] = {}
        single = [item for item in self.items if item.type == "single"]
        for item in single:
            alike = [other for other in single if (other.module, other.scale) == (item.module, item.scale)]
            area = item.area if len(alike) > MANY_ITEMS else None
            parts.setdefault((item.module or "", item.scale or "", area or ""), []).append(item)
        for (module, scale, area), items in parts.items():
            options = " / ".join(self._option(items[0], option) for option in self._options(items[0]))
            one = self.names.item(items[0].item)
            about = ", ".join([*self._place(module, area), options]) if len(items) > 1 else one
            name = "_".join(filter(None, ["answers", unit_type, module, area, scale]))
            yield name, about, items, self._choices(items, unit_type)

    def ticks(self, unit_type: str) -> Iterator[tuple[str, str, list[Item], pd.DataFrame]]:
        """Tables of the multi-select options, one a module and area: name, what about, items, and a row for each."""
        parts: dict[tuple[str, str], list[Item]] = {}
        for item in self.items:
            if item.type == "multi":
                parts.setdefault((item.module or "", item.area or ""), []).append(item)
        for (module, area), items in parts.items():
            rows = []
            for item in items:
                found = self.one(item.item, category=TICKED, unit_type=unit_type)
                people = self.one(item.item, category=TICKED, unit_type=unit_type, estimand="P")
                numbers = self._answered(item.item, category=TICKED, unit_type=unit_type)
                numbers |= {"share": found["point"]} | {key: found[key] for key in INTERVAL}
                numbers |= {"people": people["point"]}
                if found["flags"] == COUNTS_ONLY:
                    numbers = dict.fromkeys(numbers)
                rows.append({"item": self.names.item(item.item), "n": found["n_answered"], "k": found["k"]} | numbers)
            name = "_".join(filter(None, ["ticks", unit_type, module, area]))
            yield name, ", ".join(self._place(module, area)), items, pd.DataFrame(rows)

    def details(self, items: list[Item], unit_type: str) -> pd.DataFrame:
        """Each option of items (a row each): of those who answered, and of all units with interval and bounds.

        No rows where the answers are not weighted, or too few answered every item.
        """
        rows = []
        for item in items if self.weighted else ():
            for option in self._options(item):
                found = self.one(item.item, category=option, unit_type=unit_type)
                if found["flags"] != COUNTS_ONLY:
                    row: dict[str, Any] = {"item": self.names.item(item.item), "option": self._option(item, option)}
                    row |= {"n": found["n_answered"], "k": found["k"]}
                    row |= self._answered(item.item, category=option, unit_type=unit_type)
                    rows.append(row | {"share": found["point"]} | {key: found[key] for key in INTERVAL})
        return pd.DataFrame(rows)

    def _answered(self, item: str, *, measure: str = "share", **chosen: str) -> dict[str, Any]:
        """The number among those who answered, as a column of its own where it can differ from that of all units."""
        if not self.weighted:
            return {}
        return {f"{measure}_answered": self.one(item, measure=measure, estimand="R", **chosen)["point"]}

    def _place(self, module: str, area: str) -> list[str]:
        """The names of a module and an area, each once."""
        found = [self.names.module(module)] if module else []
        return list(dict.fromkeys([*found, *([self.names.area(area)] if area else [])]))

    def numbers(self, unit_type: str) -> pd.DataFrame:
        """Items that are numbers, and free texts: how many answered, and the mean of numbers."""
        rows = []
        for item in self.items:
            row = {"item": self.names.item(item.item)}
            if item.type == "count":
                mean = self.one(item.item, measure="mean", unit_type=unit_type)
                rows.append(row | {"n": mean["n_answered"], "mean": _shown(mean)})
            elif item.type == "text":
                rows.append(row | {"n": self.one(item.item, measure="count", unit_type=unit_type)["k"], "mean": None})
        table = pd.DataFrame(rows, columns=["item", "n", "mean"]).astype({"mean": "float64"})
        return table if any(item.type == "count" for item in self.items) else table.drop(columns="mean")

    def special(self) -> pd.DataFrame:
        """Answers of the declared groups of units, in numbers, since the groups are small."""
        groups = self.names.wave.file.special_groups
        rows = []
        for item in self.items if groups else ():
            for option in self._options(item):
                row: dict[str, Any] = {"item": self.names.item(item.item), "option": self._option(item, option)}
                for group in groups:
                    found = self.one(item.item, category=option, subset=f"group={group}", estimand="R")
                    row |= {group: found["k"], f"{group}_n": found["n_answered"]}
                rows.append(row)
        return pd.DataFrame(rows)

    def projects(self) -> pd.DataFrame:
        """The wave's second table: how many projects have each option, and their share of those with an answer."""
        rows = []
        for item in self.names.wave.project_items:
            for option in self._options(item):
                key = {"subset": PROJECTS, "unit_type": "", "estimand": "R", "category": option}
                found = self._estimates.find(**{"measure": "count", "item": item.item} | key)
                if found is not None and found["k"] is not None:
                    row = {"item": self.names.item(item.item), "option": self._option(item, option)}
                    share = found["k"] / found["n_answered"]
                    rows.append(row | {"k": found["k"], "n": found["n_answered"], "share": share})
        return pd.DataFrame(rows, columns=["item", "option", "k", "n", "share"])

    def _choices(self, items: list[Item], unit_type: str) -> pd.DataFrame:
        options = self._options(items[0])
        found = [
            {option: self.one(item.item, category=option, unit_type=unit_type) for option in options} for item in items
        ]
        bases = [next((n for n in (one["n_answered"] for one in row.values()) if n is not None), None) for row in found]
        known = [base for base in bases if base is not None]
        few = bool(known) and max(known) < self.params.small_base
        rows = []
        for item, base, row in zip(items, bases, found, strict=True):
            values = {option: one["k"] if few else _shown(one) for option, one in row.items()}
            area = self.names.area(item.area) if item.area else ""
            rows.append({"item": self.names.item(item.item), "area": area, "n": base} | values)
        table = pd.DataFrame(rows)
        # An area says something where it holds several of the items, and not all of them.
        if table["area"].nunique() in (1, len(table)):
            table = table.drop(columns="area")
        return table if few else table.astype(dict.fromkeys(options, "float64"))

    def option_labels(self, table: pd.DataFrame, item: Item) -> dict[str, str]:
        """Headers for the columns of options."""
        return {option: self._option(item, option) for option in self._options(item) if option in table}

    def _option(self, item: Item, option: str) -> str:
        if item.type == "multi" and item.scale is None:
            return self.names.say(f"survey.{option}")
        return self.names.option(item.item, option)

    def _options(self, item: Item) -> list[str]:
        if item.type == "multi":
            return [TICKED]
        if item.type != "single":
            return []
        return [option.option for option in self.names.wave.options_of(item.item) if option.value is not None]

    def _groups(self, grouping: str) -> dict[str, str]:
        """The groups of municipalities that have estimates, with their names."""
        return self._all_groups[grouping]

    @cached_property
    def _all_groups(self) -> dict[str, dict[str, str]]:
        known = self._estimates.subsets()
        units = self.result.units[[*SHARED_SUBSETS, "unit_type", "county_code"]]
        named = {one: self.names.groups(one, units[units["unit_type"] == "municipality"]) for one in SHARED_SUBSETS}
        return {
            grouping: {group: name for group, name in groups.items() if f"{grouping}={group}" in known}
            for grouping, groups in named.items()
        }

    def _types_and_all(self) -> list[str]:
        types = self.unit_types
        return [*types, ALL] if len(types) > 1 else types


def _shown(estimate: dict[str, Any]) -> float | None:
    """A number that may be shown: none where too few answered."""
    return None if estimate["flags"] == COUNTS_ONLY else float(estimate["point"])
