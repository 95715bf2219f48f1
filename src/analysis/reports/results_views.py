"""The results of a wave as its readers see them: tables, findings and sentences, all taken from the estimates."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.inputs.params import Params
from analysis.reports.lookup import Estimates
from analysis.reports.wave_views import Names
from analysis.survey.indicators import total_item
from analysis.survey.results import COUNTS_ONLY, QUARTILES, ResultsResult

INTERVAL = ["ci_lo", "ci_hi", "bound_lo", "bound_hi"]


@dataclass(frozen=True)
class Views:
    """Views of one wave's results in one language; every number in them is an estimate of the stage."""

    result: ResultsResult
    names: Names
    params: Params

    @cached_property
    def _estimates(self) -> Estimates:
        return Estimates(self.result.data)

    @property
    def scored(self) -> bool:
        """Whether the wave has scored items."""
        return bool(self.names.wave.items_of("score"))

    @property
    def classed(self) -> bool:
        """Whether the wave has classes such as stars."""
        return bool(self.names.wave.items_of("ordinal"))

    @property
    def total(self) -> str:
        """The item that is the total score."""
        return total_item(self.names.wave).item

    def one(self, measure: str = "mean", **chosen: str) -> dict[str, Any]:
        """One estimate: by default the mean total score of all municipalities, each counted once.

        Raises KeyError for one that is not there.
        """
        return self._estimates.one(**{"measure": measure, "item": self.total} | chosen)

    def base(self, unit_type: str = "municipality") -> str:
        """What the numbers of a unit type rest on."""
        mean = self.one(unit_type=unit_type)
        return self.names.base(unit_type, mean["n_answered"], mean["n_frame"])

    def quartiles(self) -> dict[str, float]:
        """Lower quartile, median and upper quartile of the total score of municipalities."""
        return {name.split()[0]: self.one("index", category=name)["point"] for name in QUARTILES}

    def levels(self, unit_type: str) -> pd.DataFrame:
        """Mean, quartiles and mean over inhabitants of each score of a unit type."""
        scores = self.names.wave.items_of("score")
        table = pd.DataFrame([self._level(unit_type=unit_type, item=item.item) for item in scores])
        table.insert(0, "item", [self.names.wave.label(item.item, self.names.language) for item in scores])
        return _without_idle_intervals(table).drop(columns="remark")

    def by_group(self, grouping: str) -> pd.DataFrame:
        """The total score of municipalities by group; groups below the smallest base have counts only."""
        groups = self._groups(grouping)
        table = pd.DataFrame([self._level(subset=f"{grouping}={group}") for group in groups])
        table.insert(0, grouping, list(groups.values()))
        return _without_idle_intervals(table)

    def size_title(self, table: pd.DataFrame) -> str:
        """The finding by size: a rise from group to group only where each mean is above the one before."""
        found = extremes(table)
        if table["mean"].dropna().is_monotonic_increasing:
            return self.names.finding("results.size.rising", low=found["low"], high=found["high"])
        return self.names.finding("results.size.mixed", low_group=found["low_group"], high_group=found["high_group"])

    def short(self) -> list[str]:
        """The answer in a few sentences: the mean, who was assessed, the inhabitants' view, and the highest class."""
        file, stars = self.names.wave.file, self.stars("municipality")
        unit, mean = self.names.say(f"results.units.{file.country}"), self.one()["point"]
        text = [self.names.finding("results.headline", unit=unit, mean=mean, year=file.year)]
        text += self.coverage("municipality")
        text.append(self.names.finding("results.inhabitants", mean=self.one(estimand="P")["point"]))
        if len(stars):
            top = stars.iloc[-1]
            about = {"k": top["k"], "n": stars["k"].sum(), "people": top["people"], "level": top["level"]}
            text.append(self.names.finding("results.top", **about))
        return text

    def coverage(self, unit_type: str) -> list[str]:
        """Who was assessed, and what those that were not can mean for the mean."""
        mean, say, unit = self.one(unit_type=unit_type), self.names.finding, self.names.unit(unit_type)
        missing = mean["n_frame"] - mean["n_answered"]
        if not missing:
            return [say("results.assessed.all", n=mean["n_frame"], unit=unit)]
        units = self.result.units[self.result.units["unit_type"] == unit_type]
        unseen = units.loc[units[self.total].isna(), "population"].sum()
        people = {"people": unseen, "everybody": units["population"].sum()}
        who = {"n": mean["n_answered"], "all": mean["n_frame"], "unit": unit}
        limits = {"lo": mean["ci_lo"], "hi": mean["ci_hi"], "confidence": self.params.confidence}
        return [
            say("results.assessed", **who, **people),
            say("results.interval", m=missing, **limits),
            say("results.bounds", lo=mean["bound_lo"], hi=mean["bound_hi"]),
        ]

    def stars(self, unit_type: str) -> pd.DataFrame:
        """Each class: number and share of units, share of inhabitants; below the smallest base the number alone."""
        rows = []
        for item in self.names.wave.items_of("ordinal"):
            for level in range(item.lowest, item.highest + 1):
                chosen = {"unit_type": unit_type, "item": item.item, "category": str(level)}
                units, people = self.one("share", **chosen), self.one("share", estimand="P", **chosen)
                shown = units["flags"] != COUNTS_ONLY
                shares = (
                    {"share": units["point"], "people": people["point"]} if shown else {"share": None, "people": None}
                )
                rows.append({"level": level, "k": units["k"]} | shares)
        return pd.DataFrame(rows)

    def stars_table(self, unit_type: str) -> pd.DataFrame:
        """The classes with their names."""
        table = self.stars(unit_type)
        return table.assign(level=[self.names.say("results.star", n=level) for level in table["level"]])

    def stars_by_size(self, column: str) -> pd.DataFrame:
        """Municipalities by size group (rows) and class (columns): `k` for numbers, `point` for shares.

        Size groups below the smallest base have no shares and are left out of that table; small ones are marked.
        """
        item = self.names.wave.items_of("ordinal")[0]
        levels = [str(level) for level in range(item.lowest, item.highest + 1)]
        rows = []
        for group, label in self._groups("size_group").items():
            chosen = {"subset": f"size_group={group}", "item": item.item}
            found = [self.one("share", category=level, **chosen) for level in levels]
            if column == "k" or found[0]["flags"] != COUNTS_ONLY:
                values = {level: estimate[column] for level, estimate in zip(levels, found, strict=True)}
                rows.append({"size_group": label, "n": found[0]["n_answered"]} | values | self._remark(found[0]))
        return pd.DataFrame(rows).drop(columns="remark" if column == "k" else [])

    def star_labels(self, table: pd.DataFrame) -> dict[str, str]:
        """Headers for a table with a column for each class."""
        stars = {name: self.names.say("results.star", n=int(name)) for name in table.columns if name.isdigit()}
        others = {name: self.names.say(f"results.column.{name}") for name in table.columns if name not in stars}
        return stars | others

    def commonest_star(self) -> dict[str, Any]:
        """The class that most municipalities are in, as values for a sentence."""
        stars = self.stars("municipality")
        top = stars.iloc[int(stars["k"].to_numpy(dtype="int64").argmax())]
        return {"level": top["level"], "k": top["k"], "n": stars["k"].sum()}

    def star_bars(self, table: pd.DataFrame) -> pd.DataFrame:
        """The classes as the bar chart takes them: shares are written where the base allows."""
        few, say = table["share"].isna().any(), self.names.say
        texts = [
            say("results.bars.text.count", k=row.k) if few else say("results.bars.text", k=row.k, share=row.share)
            for row in table.itertuples()
        ]
        labels = [say("results.star", n=level) for level in table["level"]]
        return pd.DataFrame({"label": labels, "value": table["k"], "text": texts})

    def rule(self) -> pd.DataFrame:
        """What the data imply about the rule behind the stars."""
        table, say = self.result.star_rule, self.names.say
        lowest = say("results.rule.first")
        ranges = [
            self._range(row.cut_from, row.cut_to) if not first else lowest
            for row, first in zip(table.itertuples(), table["cut"].isna(), strict=True)
        ]
        cuts = [lowest if pd.isna(cut) else str(cut) for cut in table["cut"]]
        return table[["level", "units", "lowest", "highest"]].assign(open=ranges, cut=cuts)

    def _range(self, low: Any, high: Any) -> str:
        """The cut-points that are open, as words; an empty class leaves them unknown."""
        if pd.isna(low) or pd.isna(high):
            return self.names.say("table.empty")
        return str(low) if low == high else self.names.say("results.rule.range", lo=low, hi=high)

    def rule_verdict(self) -> str:
        """Whether the cut-points place every unit where it is."""
        wrong, n = int(self.result.star_rule["elsewhere"].sum()), int(self.result.star_rule["units"].sum())
        if wrong:
            return self.names.finding("results.rule.differs", wrong=wrong, n=n)
        return self.names.finding("results.rule.agrees", n=n)

    def formats(self, table: pd.DataFrame) -> dict[str, str]:
        """How a table is written: levels of scores in per cent with one decimal, shares of units in whole per cent."""
        floats = [column for column in table.columns if pd.api.types.is_float_dtype(table[column].dtype)]
        whole = {"share", "people", *map(str, range(10))}
        return {column: "percent" if column in whole else "percent1" for column in floats}

    def interval_note(self, table: pd.DataFrame) -> str | None:
        """What interval and bounds mean, where a table has them."""
        return self.names.say("results.note.interval") if "ci_lo" in table else None

    def small_note(self) -> str:
        """How groups with few units are shown."""
        base = self.params.small_base
        return self.names.say("results.note.small", base=base, twice=2 * base)

    def few_note(self, unit_type: str) -> str | None:
        """A warning where a whole unit type has few units."""
        mean = self.one(unit_type=unit_type)
        if not mean["flags"]:
            return None
        return self.names.say("results.note.few", n=mean["n_answered"], unit=self.names.unit(unit_type))

    def published(self, units: pd.DataFrame) -> pd.DataFrame:
        """Values of single units as they may be published: named only where the wave's promise is open."""
        if self.names.wave.file.promise == "open":
            return units
        return units.drop(columns=["code", "name"]).sample(frac=1, random_state=0)

    def _groups(self, grouping: str) -> dict[str, str]:
        """The groups of municipalities that have estimates, with their names."""
        known = self._estimates.subsets()
        units = self.result.units[self.result.units["unit_type"] == "municipality"]
        names = self.names.groups(grouping, units)
        return {group: name for group, name in names.items() if f"{grouping}={group}" in known}

    def _level(self, **chosen: str) -> dict[str, Any]:
        """One row of a table of levels; of a group below the smallest base, only how many there are."""
        mean = self.one(**chosen)
        row = {"n": mean["n_answered"], "all": mean["n_frame"], "mean": mean["point"]}
        row |= {name.split()[0]: self.one("index", category=name, **chosen)["point"] for name in QUARTILES}
        row |= {"mean_people": self.one(estimand="P", **chosen)["point"]}
        row |= {column: mean[column] for column in INTERVAL}
        if mean["flags"] == COUNTS_ONLY:
            row |= {column: None for column in row if column not in ("n", "all")}
        return row | self._remark(mean)

    def _remark(self, estimate: dict[str, Any]) -> dict[str, str]:
        return {"remark": self.names.say(f"results.flag.{estimate['flags'] or 'none'}")}


def extremes(table: pd.DataFrame) -> dict[str, Any]:
    """The groups with the lowest and the highest mean of a table by group, as values for a sentence."""
    shown = table.dropna(subset=["mean"])
    means = shown["mean"].to_numpy(dtype="float64")
    low, high = shown.iloc[int(means.argmin())], shown.iloc[int(means.argmax())]
    label = table.columns[0]
    return {"low_group": low[label], "low": low["mean"], "high_group": high[label], "high": high["mean"]}


def chart_rows(table: pd.DataFrame) -> pd.DataFrame:
    """A table by group as the dot plot takes it; groups without a mean are left out."""
    names = {table.columns[0]: "label", "mean": "point", "ci_lo": "lo", "ci_hi": "hi"}
    return table.rename(columns=names).dropna(subset=["point"])


def _without_idle_intervals(table: pd.DataFrame) -> pd.DataFrame:
    """Where every unit answered, interval and bounds are the number itself and are left out."""
    complete = (table["n"] == table["all"]).all()
    return table.drop(columns=["all", *INTERVAL] if complete else ["all"])
