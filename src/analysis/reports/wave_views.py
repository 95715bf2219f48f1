"""The numbers of a wave's stages as readers see them: groups and items by their names, in one language."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analysis.inputs.disclosure_plan import TOGETHER
from analysis.inputs.frames import size_groups
from analysis.inputs.targets import Target, prints_response_by_size
from analysis.inputs.waves import Wave
from analysis.reports.display import words
from analysis.reports.display.page import Page

# Edges of the bars of histograms of shares: whole per cent that are easy to read.
SHARE_BINS = [edge / 20 for edge in range(21)]
STATES = {"observed": "real", "synthetic": "synthetic"}


class SyntheticFindingError(ValueError):
    """A finding was to be worded from synthetic answers, which say nothing about real municipalities."""


@dataclass(frozen=True)
class Names:
    """What a wave's unit types, groups and items are called in a language, and how its dates and shares are written."""

    wave: Wave
    language: str

    @property
    def synthetic(self) -> bool:
        """Whether the wave's answers are synthetic, so that nothing may be found in them."""
        return self.wave.file.origin == "synthetic"

    def finding(self, key: str, **values: object) -> str:
        """A sentence of the catalogue that says what a wave's answers show.

        Raises SyntheticFindingError for a wave with synthetic answers: its pages show tables and no findings.
        """
        if self.synthetic:
            raise SyntheticFindingError(f"{self.wave.id} is synthetic: no finding is worded from it ({key})")
        return self.say(key, **values)

    def title(self, key: str, plain: str, **values: object) -> str:
        """A title that says the finding `key`, or for synthetic answers the title `plain`, which says none."""
        return self.say(plain, **values) if self.synthetic else self.finding(key, **values)

    def kind(self, key: str) -> str:
        """The key for a wave whose units were assessed, or its variant `.survey` for one whose units answered."""
        return key if self.wave.items_of("score") else f"{key}.survey"

    def item(self, item: str) -> str:
        """What an item, an indicator, or the items of an area, a block or the whole wave together are called."""
        kind, _, one = item.partition(":")
        named = self.wave.file.indicators if kind == item else self.wave.file.areas if kind == "area" else ()
        found = next((entry.label for entry in named if entry.id == (one or item)), None)
        if found is not None:
            return str(getattr(found, self.language))
        if item == "all":
            return self.say("survey.all_items")
        if kind == "block":
            return self.block(one)
        return self.wave.label(item, self.language)

    def block(self, block: str) -> str:
        """What a multi-select or grid is called: what the labels of its items have in common before the colon."""
        labels = [self.wave.label(item.item, self.language) for item in self.wave.items if item.block == block]
        heads = {label.partition(": ")[0] for label in labels if ": " in label}
        return heads.pop() if len(heads) == 1 else block.replace("_", " ")

    def module(self, module: str) -> str:
        """What a module is called."""
        return next(str(getattr(one.label, self.language)) for one in self.wave.file.modules if one.id == module)

    def area(self, area: str) -> str:
        """What a subject area is called."""
        return next(str(getattr(one.label, self.language)) for one in self.wave.file.areas if one.id == area)

    def option(self, item: str, option: str) -> str:
        """What an answer option of an item is called."""
        return str(getattr(self.wave.option(item, option), f"label_{self.language}"))

    def unit(self, unit_type: str, *, count: int = 2) -> str:
        """A unit type, in the plural unless `count` is one; `all` is both types together."""
        return words.say(f"unit.{unit_type}", language=self.language, count=count)

    def units(self, unit_type: str, n: int) -> str:
        """A number of units, as in "428 municipalities"."""
        return words.say(f"base.{unit_type}", language=self.language, n=n)

    def base(self, unit_type: str, n: int, all_units: int) -> str:
        """How many units a number rests on: of how many, where some are missing."""
        if n == all_units:
            return self.units(unit_type, n)
        return words.say(f"base.{unit_type}_of", language=self.language, n=n, all=all_units)

    def groups(self, grouping: str, units: pd.DataFrame) -> dict[str, str]:
        """The groups of a grouping and their names, in order: by size, else by county codes.

        Groups that are shown as one have the names of all of them.
        """
        if grouping == "size_group":
            table = size_groups(self.wave.file.groups.size)
            found = zip(table["group"].astype(str), table[f"label_{self.language}"], strict=True)
        else:
            code, name = {"region": ("region", "region"), "county": ("county_code", "county_name")}[grouping]
            ordered = units.sort_values("county_code").drop_duplicates(code)
            found = zip(ordered[code].astype(str), ordered[name], strict=True)
        named: dict[str, list[str]] = {}
        for group, label in found:
            named.setdefault(self.wave.shown_as(grouping, group), []).append(label)
        return {group: f" {TOGETHER} ".join(labels) for group, labels in named.items()}

    def source(self) -> str:
        """The source line under tables and figures; synthetic answers are named as what they are."""
        if self.synthetic:
            return self.say("survey.source.synthetic", wave=self.wave.file.source)
        return self.say(
            "results.source" if self.wave.file.country == "norway" else "results.source.sweden",
            wave=self.wave.file.source,
        )

    def day(self, day: date) -> str:
        """A date as it is written in a sentence."""
        from babel.dates import format_date

        return format_date(day, format="long", locale=self.language)

    def field_period(self) -> dict[str, str]:
        """First and last day of the field period, as values for a sentence."""
        period = self.wave.file.field_period
        return {"first": self.day(period.first), "last": self.day(period.last)}

    def axis(self) -> Callable[[float], str]:
        """Writes shares along an axis as per cent."""
        return lambda share: words.format_value(float(share), "percent", language=self.language)

    def lines(self) -> tuple[str, str, str]:
        """What dot, thick line and thin line of a chart are."""
        return self.say("results.name.point"), self.say("results.name.interval"), self.say("results.name.bounds")

    def say(self, key: str, **values: object) -> str:
        """A sentence or term of the catalogue."""
        return words.say(key, language=self.language, **values)


def show_table(
    page: Page,
    names: Names,
    table: pd.DataFrame,
    name: str,
    caption: str,
    *,
    formats: Mapping[str, str] | None = None,
    note: str | None = None,
    records: pd.DataFrame | None = None,
) -> None:
    """A table of a stage page, its columns named in the catalogue; formats of columns it does not have are ignored."""
    page.table(
        table,
        name=name,
        caption=caption,
        formats={column: form for column, form in (formats or {}).items() if column in table},
        labels=page.labels("column", table.columns),
        source=names.source(),
        note=note,
        records=records,
    )


def open_page(stage: str, wave: Wave, *, language: str = "en") -> Page:
    """The page of a stage of a wave; synthetic answers are named so in all its titles and files."""
    return Page(stage=stage, wave=wave.id, language=language, state=STATES[wave.file.origin])


def say_assumed(page: Page, names: Names, *, targets: Sequence[Target]) -> None:
    """Of synthetic answers: what about who answered is this project's assumption, and not printed in the report."""
    if names.synthetic:
        printed = prints_response_by_size(targets)
        page.say("survey.assumed.region" if printed else "survey.assumed.region_and_size")


def readable(table: pd.DataFrame, *, names: Names) -> pd.DataFrame:
    """A table with its unit types and items written out, where it has such columns."""
    shown = table.copy()
    if "unit_type" in shown:
        shown["unit_type"] = [names.unit(unit_type) for unit_type in table["unit_type"]]
    for column in {"item", "first", "second", "indicator"} & set(shown.columns):
        shown[column] = [names.item(item) for item in table[column]]
    return shown.reset_index(drop=True)
