"""The results of a wave as its readers see them: tables, findings and sentences, all taken from the estimates."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.inputs.params import Params
from analysis.reports.wave_views import Names
from analysis.survey.indicators import total_item
from analysis.survey.results import ResultsResult

INTERVAL = ["ci_lo", "ci_hi", "bound_lo", "bound_hi"]
NOT_SHOWN = "counts_only"
QUARTILES = {"lower": "lower quartile", "median": "median", "upper": "upper quartile"}


@dataclass(frozen=True)
class Views:
    """Views of one wave's results in one language. `names` is public: it writes units, dates and sources."""

    result: ResultsResult
    names: Names
    params: Params

    @property
    def total(self) -> str:
        """The item that is the total score."""
        return total_item(self.names.wave).item

    def one(self, measure: str = "mean", **chosen: str) -> dict[str, Any]:
        """One number of the results: by default the mean total of all municipalities, each counted once.

        Raises ValueError unless exactly one estimate is chosen.
        """
        rows = self._rows(measure=measure, **chosen)
        if len(rows) != 1:
            raise ValueError(f"{len(rows)} estimates for {measure} {chosen}, not one")
        return rows.to_dict("records")[0]

    def _rows(self, **chosen: str) -> pd.DataFrame:
        wanted = {"unit_type": "municipality", "subset": "", "item": self.total, "category": "", "estimand": "M"}
        rows = self.result.data
        for column, value in (wanted | chosen).items():
            rows = rows[rows[column] == value]
        return rows

    def levels(self, unit_type: str) -> pd.DataFrame:
        """Mean, quartiles and mean over inhabitants of each score of a unit type."""
        scores = self.names.wave.items_of("score")
        table = pd.DataFrame([self._level(unit_type=unit_type, item=item.item) for item in scores])
        table.insert(0, "item", [self.names.wave.label(item.item, self.names.language) for item in scores])
        return self._without_empty_intervals(table.drop(columns="remark"))

    def by_group(self, grouping: str) -> pd.DataFrame:
        """The total score of municipalities by group; groups below the smallest base have counts only."""
        groups = self._groups(grouping)
        table = pd.DataFrame([self._level(subset=f"{grouping}={group}") for group in groups])
        table.insert(0, grouping, list(groups.values()))
        return self._without_empty_intervals(table)

    def chart_rows(self, table: pd.DataFrame) -> pd.DataFrame:
        """A table by group as the dot plot takes it; groups that are not shown are left out."""
        renamed = {table.columns[0]: "label", "mean": "point", "ci_lo": "lo", "ci_hi": "hi"}
        return table.rename(columns=renamed).dropna(subset=["point"])

    def extremes(self, table: pd.DataFrame) -> dict[str, Any]:
        """The groups with the lowest and the highest mean that are shown, as values for a sentence."""
        shown = table.dropna(subset=["mean"])
        low, high = shown.loc[shown["mean"].idxmin()], shown.loc[shown["mean"].idxmax()]
        label = table.columns[0]
        return {"low_group": low[label], "low": low["mean"], "high_group": high[label], "high": high["mean"]}

    def size_title(self, table: pd.DataFrame) -> str:
        """The finding by size: a rise from group to group only where each mean is above the one before."""
        values = self.extremes(table)
        if table["mean"].dropna().is_monotonic_increasing:
            return self.names.say("results.size.rising", low=values["low"], high=values["high"])
        return self.names.say("results.size.mixed", low_group=values["low_group"], high_group=values["high_group"])

    def quartiles(self) -> dict[str, float]:
        """Lower quartile, median and upper quartile of the total of all municipalities."""
        return {key: self.one("index", category=category)["point"] for key, category in QUARTILES.items()}

    def base(self, unit_type: str = "municipality") -> str:
        """What the numbers of a unit type rest on."""
        mean = self.one(unit_type=unit_type)
        return self.names.base(unit_type, mean["n_answered"], mean["n_frame"])

    def short(self) -> list[str]:
        """The answer in a few sentences: headline, who was assessed, what the missing can mean, inhabitants, stars."""
        mean, people = self.one(), self.one(estimand="P")
        say, wave = self.names.say, self.names.wave.file
        text = [say("results.headline", unit=self._which("municipality"), mean=mean["point"], year=wave.year)]
        text += self.coverage("municipality")
        text.append(say("results.inhabitants", mean=people["point"]))
        stars = self.stars("municipality")
        if len(stars):
            top = stars.iloc[-1]
            values = {"k": top["k"], "n": stars["k"].sum(), "people": top["people"], "level": top["level"]}
            text.append(say("results.top", **values))
        return text

    def coverage(self, unit_type: str) -> list[str]:
        """Who was assessed, and what those that were not can mean for the mean."""
        mean, say, unit = self.one(unit_type=unit_type), self.names.say, self.names.unit(unit_type)
        missing = mean["n_frame"] - mean["n_answered"]
        if not missing:
            return [say("results.assessed.all", n=mean["n_frame"], unit=unit)]
        units = self.result.units[self.result.units["unit_type"] == unit_type]
        people = units.loc[units[self.total].notna(), "population"].sum() / units["population"].sum()
        who = say("results.assessed", n=mean["n_answered"], all=mean["n_frame"], unit=unit, people=float(people))
        limits = {"lo": mean["ci_lo"], "hi": mean["ci_hi"], "confidence": self.params.confidence}
        return [
            who,
            say("results.interval", m=missing, **limits),
            say("results.bounds", lo=mean["bound_lo"], hi=mean["bound_hi"]),
        ]

    def stars(self, unit_type: str) -> pd.DataFrame:
        """Each class: number and share of units, and share of inhabitants."""
        rows = [
            {
                "level": level,
                "k": self.one("share", **chosen)["k"],
                "share": self.one("share", **chosen)["point"],
                "people": self.one("share", estimand="P", **chosen)["point"],
            }
            for item in self.names.wave.items_of("ordinal")
            for level in range(item.minimum, item.maximum + 1)
            for chosen in [{"unit_type": unit_type, "item": item.item, "category": str(level)}]
        ]
        return pd.DataFrame(rows)

    def stars_by_size(self, column: str) -> pd.DataFrame:
        """Municipalities by size group (rows) and class (columns): `k` for numbers, `point` for shares.

        Size groups below the smallest base have no shares and are left out of that table.
        """
        rows = []
        for group, label in self._groups("size_group").items():
            found = self._rows(measure="share", subset=f"size_group={group}", item="stars", category=None)
            if column == "point" and (found["flags"] == NOT_SHOWN).any():
                continue
            values = dict(zip(found["category"], found[column], strict=True))
            rows.append({"size_group": label, "n": found["n_answered"].iloc[0]} | values)
        return pd.DataFrame(rows)
