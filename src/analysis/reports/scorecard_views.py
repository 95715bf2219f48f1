"""A unit's card as it is read: its scores, those of others, its ranks, changes and answers, in one language."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.inputs.instrument import TICKED, Item
from analysis.inputs.missing import BLANK, MISSING
from analysis.reports import flower_box
from analysis.reports.display import words
from analysis.reports.scorecard import GROUPS, Card
from analysis.reports.wave_views import Names
from analysis.survey import indicators, precision, ranks, scoring

FULLY = 1.0


@dataclass(frozen=True)
class CardViews:
    """Tables and texts of one card; every number in them is of the card."""

    card: Card
    names: Names

    @property
    def unit(self) -> str:
        """What the unit is called."""
        return str(self.card.unit["name"])

    def groups(self) -> dict[str, str]:
        """The groups that the unit belongs to, as column headers."""
        unit = self.card.unit
        sizes = self.names.groups("size_group", self.card.result.units)
        named = {
            "nation": self.names.unit(unit["unit_type"]),
            "size_group": sizes[str(unit["size_group"])],
            "region": unit["region"],
            "county": unit["county_name"],
        }
        return {name: self.names.say(f"scorecard.group.{name}", name=str(named[name])) for name in GROUPS}

    @property
    def scored(self) -> bool:
        """Whether the wave has scores."""
        return bool(indicators.level_scores(self.names.wave))

    @property
    def top(self) -> float:
        """The highest points that a score can have, as they are read; a wave's scores have one scale."""
        maximum = max(indicators.level_scores(self.names.wave).values())
        return 100 if maximum == 1 else maximum

    def scores(self) -> pd.DataFrame:
        """Each score with its error of measurement, and the means of the others by group with their number."""
        means = {(row["item"], row["group"]): row for row in _dicts(self.card.others)}
        rows = []
        for item, maximum in indicators.level_scores(self.names.wave).items():
            own = self._own(item)
            error = self.error(item)
            shown = "" if pd.isna(own["score"]) or pd.isna(error) else f" ± {self._number(error, maximum)}"
            row = {"indicator": self.names.item(item), "score": self._number(own["score"], maximum) + shown}
            for name in GROUPS:
                found = means.get((item, name))
                mean = self._number(found["mean"], maximum) if found else ""
                row[name] = self.names.say("scorecard.mean", mean=mean, n=found["n"]) if found else self._few()
            rows.append(row)
        return pd.DataFrame(rows)

    def chart(self) -> pd.DataFrame:
        """Each score as numbers: own, the interval about it, means of all others and of those of the same size."""
        means = self.card.others.pivot_table(index="item", columns="group", values="mean")
        means = means.reindex(columns=["nation", "size_group"])
        rows = []
        for item, maximum in indicators.level_scores(self.names.wave).items():
            own, error = self._own(item)["score"], self.error(item)
            row = {"label": self.names.item(item), "maximum": maximum, "score": own}
            row |= {"lo": float(np.clip(own - error, 0, maximum)), "hi": float(np.clip(own + error, 0, maximum))}
            others = means.loc[item] if item in means.index else {"nation": None, "size_group": None}
            rows.append(row | {"nation": others["nation"], "size_group": others["size_group"]})
        return pd.DataFrame(rows).astype({"nation": "float64", "size_group": "float64"})

    def ranks(self) -> pd.DataFrame:
        """Each score's rank as it is, with its uncertainty, and the part that the choice of method has in that."""
        rows = []
        for row in _dicts(self.card.scores.dropna(subset=["n"])):
            place = self.names.say("scorecard.rank.of", rank=self._range(row["first"], row["last"]), n=int(row["n"]))
            about = {"indicator": self.names.item(row["item"]), "rank": place, "likely": self._likely(row)}
            rows.append(about | {"method": row["method_share"]})
        return pd.DataFrame(rows, columns=["indicator", "rank", "likely", "method"])

    def changes(self) -> pd.DataFrame:
        """Each score in the wave before and now, the change, the smallest that means anything, and whether it does."""
        rows = []
        for row in _dicts(self.card.scores.dropna(subset=["score", "before"])):
            maximum = indicators.level_scores(self.names.wave)[row["item"]]
            change, smallest = row["score"] - row["before"], row["smallest_change"]
            about = {"indicator": self.names.item(row["item"]), "before": self._number(row["before"], maximum)}
            about |= {"now": self._number(row["score"], maximum), "change": self._signed(change, maximum)}
            about |= {"smallest": self._number(smallest, maximum)}
            beyond = "unknown" if pd.isna(smallest) else "yes" if abs(change) > smallest else "no"
            rows.append(about | {"beyond": self.names.say(f"scorecard.change.{beyond}")})
        return pd.DataFrame(rows, columns=["indicator", "before", "now", "change", "smallest", "beyond"])

    def answers(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """The unit's own answers in full: a table for each subject area, else module, in the order of the file."""
        wave = self.names.wave
        sections: dict[str, list[Item]] = {}
        for item in wave.items_in_file():
            if item.item in self.card.answers.index:
                sections.setdefault(item.area or item.module or "", []).append(item)
        for section, items in sections.items():
            yield self._section(section), pd.DataFrame(self._answered(items), columns=["question", "answer"])

    def box(self) -> pd.DataFrame:
        """The unit's flower box: a petal is as long as its answer gives points, missing answers are outlines."""
        wave, items = self.names.wave, flower_box.box_items(self.names.wave)
        row = self.card.answers.to_frame().T
        shares = [float(scoring.points(row[one], item=wave.item(one), wave=wave).iloc[0]) for one in items["item"]]
        return items.assign(share=shares, question=[self.names.item(one) for one in items["item"]])

    def error(self, item: str) -> float:
        """How far the interval about a score reaches to either side; NaN where the error is not known."""
        sem = float(self._own(item)["sem"])
        return precision.half_width(sem, confidence=self.card.result.params.confidence)

    def _own(self, item: str) -> pd.Series:
        return self.card.scores[self.card.scores["item"] == item].iloc[0]

    def _number(self, value: float, maximum: float, *, sign: str = "") -> str:
        """A score as it is read: points of 100 where its maximum is 1, else points with one decimal."""
        if pd.isna(value):
            return self.names.say("table.empty")
        spec = "points" if maximum == 1 else "number1"
        return sign + words.format_value(float(value), spec, language=self.names.language)

    def _signed(self, value: float, maximum: float) -> str:
        """A change of a score, with its sign where there is one."""
        return self._number(abs(value), maximum, sign="−" if value < 0 else "+" if value > 0 else "")

    def _few(self) -> str:
        return self.names.say("scorecard.few")

    def _range(self, first: float, last: float) -> str:
        """One rank, or a range of them."""
        both = {"first": int(first), "last": int(last)}
        return str(int(first)) if first == last else self.names.say("scorecard.rank.range", **both)

    def _likely(self, row: dict[str, Any]) -> str:
        """The interval of a rank; where it is wide the third that most draws are in, with their share."""
        if not ranks.wide(row["low"], row["high"], n=row["n"]):
            return self._range(row["low"], row["high"])
        third = max(ranks.THIRDS, key=lambda one: float(row[one]))
        return self.names.say(f"scorecard.third.{third}", share=row[third])

    def _section(self, section: str) -> str:
        file = self.names.wave.file
        if not section:
            return self.names.say("scorecard.answers.all")
        named = [*file.areas, *file.modules]
        text = next(str(getattr(one.label, self.names.language)) for one in named if one.id == section)
        return text[0].upper() + text[1:]

    def _answered(self, items: Sequence[Item]) -> Iterator[tuple[str, str]]:
        """Question and answer; the ticks of a block are one answer."""
        done: set[str] = set()
        for item in items:
            if item.type != "multi":
                yield self.names.item(item.item), self._answer(item)
            elif item.block and item.block not in done:
                done.add(item.block)
                ticks = [one for one in items if one.type == "multi" and one.block == item.block]
                yield self.names.block(item.block), self._ticks(ticks)

    def _ticks(self, items: Sequence[Item]) -> str:
        """The options that were ticked, joined; why there are none where the block was not answered."""
        given = [self.card.answers[item.item] for item in items]
        if all(pd.isna(one) or one < 0 for one in given):
            return self._missing(given[0])
        names = [self.names.item(item.item).partition(": ") for item in items]
        ticked = {option.typed for item in items for option in self.names.wave.options_of(item.item)
                  if option.option == TICKED}  # fmt: skip
        chosen = [name[2] or name[0] for name, value in zip(names, given, strict=True) if value in ticked]
        return "; ".join(chosen) or self.names.say("scorecard.answers.none")

    def _answer(self, item: Item) -> str:
        value = self.card.answers[item.item]
        if item.type == "text":
            return str(value) if pd.notna(value) and value else self._missing(BLANK)
        if pd.isna(value) or value < 0:
            return self._missing(value)
        labels = {one.typed: getattr(one, f"label_{self.names.language}") for one in
                  self.names.wave.options_of(item.item)}  # fmt: skip
        return str(labels.get(value) or words.format_value(int(value), "count", language=self.names.language))

    def _missing(self, tag: float) -> str:
        """Why there is no answer."""
        kind = MISSING[BLANK if pd.isna(tag) else int(tag)]
        return self.names.say(f"scorecard.missing.{kind.replace(' ', '_').replace(chr(39), '')}")


def _dicts(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(column): value for column, value in row.items()} for row in table.to_dict("records")]
