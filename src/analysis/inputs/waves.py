"""A wave is a folder: `wave.yml` says what it is, `items.csv` what was asked, beside the answers."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import tables
from analysis.inputs.params import WaveId

UnitType = Literal["municipality", "county_municipality"]
ItemId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Words(tables.Record):
    """One text in the three languages of the pages."""

    en: str
    nb: str
    sv: str


class Exclusion(tables.Record):
    """A unit of the frame that the wave never meant to cover, with the reason."""

    unit_type: UnitType
    code: str
    reason: str


class FrameRef(tables.Record):
    """The frame that was invited: a country's units of the named types on a date, without those excluded."""

    country: Literal["norway", "sweden"]
    date: date
    unit_types: tuple[UnitType, ...] = ("municipality",)
    exclude: tuple[Exclusion, ...] = ()


class FieldPeriod(tables.Record):
    """First and last day of data collection, both included."""

    first: date
    last: date

    @model_validator(mode="after")
    def _in_order(self) -> "FieldPeriod":
        if self.last < self.first:
            raise ValueError("the last day of the field period lies before the first")
        return self


class Responses(tables.Record):
    """The file of answers and the columns that identify a unit and date an answer."""

    file: str
    code: str = "code"
    unit_type: str | None = None
    answered_on: str | None = None


class Groups(tables.Record):
    """The schemes by which units are grouped: size groups and regions of data/raw/frames."""

    size: str
    region: str


class WeightingPlan(tables.Record):
    """How the wave is weighted; each choice has a decision record."""

    method: Literal["none"] = "none"


class CutPoints(tables.Record):
    """The lowest value of the item `of` in each class of `item` above the first, as inferred from the data."""

    item: ItemId
    of: ItemId
    lower: tuple[int, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _rising(self) -> "CutPoints":
        if list(self.lower) != sorted(set(self.lower)):
            raise ValueError("the cut-points do not rise from class to class")
        return self


class WaveFile(tables.Record):
    """The content of `wave.yml`."""

    wave: WaveId
    title: Words
    country: Literal["norway", "sweden"]
    year: int = Field(ge=1990, le=2100)
    instrument: Words
    about: Words
    origin: Literal["observed", "synthetic"]
    promise: Literal["open", "aggregates_only", "named_with_consent"] = "aggregates_only"
    licence: str
    credit: str
    source: str
    frame: FrameRef
    field_period: FieldPeriod
    responses: Responses
    groups: Groups
    weighting: WeightingPlan = WeightingPlan()
    cut_points: CutPoints | None = None


class Item(tables.Record):
    """One row of `items.csv`: what was asked or scored, on which scale, and where its source says so.

    `score`: points from `minimum` to `maximum`; `ordinal`: ordered classes from `minimum` to `maximum`;
    `percent`: the printed share, in whole percent, that the points of the item in `part_of` are of its maximum.
    """

    item: ItemId
    variable: str
    type: Literal["score", "ordinal", "percent"]
    minimum: int
    maximum: int
    part_of: ItemId | None = None
    label_en: str
    label_nb: str
    label_sv: str
    source_locator: str

    @model_validator(mode="after")
    def _scale(self) -> "Item":
        if self.maximum <= self.minimum:
            raise ValueError(f"the maximum {self.maximum} is not above the minimum {self.minimum}")
        if self.type == "percent" and self.part_of is None:
            raise ValueError("an item of type percent needs part_of, the item whose share it prints")
        return self


@dataclass(frozen=True)
class Wave:
    """A wave's description and items, checked."""

    file: WaveFile
    items: tuple[Item, ...]

    @property
    def id(self) -> str:
        """The wave's id, which is its folder's name."""
        return self.file.wave

    def label(self, item: str, language: str) -> str:
        """An item's short label in a language."""
        return str(getattr(self.item(item), f"label_{language}"))

    def item(self, item: str) -> Item:
        """The record of one item. Raises KeyError for an unknown item."""
        return next(i for i in self.items if i.item == item)

    def items_of(self, kind: str) -> tuple[Item, ...]:
        """The items of one type, in the order of the file."""
        return tuple(item for item in self.items if item.type == kind)


def load_wave(wave: str) -> Wave:
    """The checked `wave.yml` and `items.csv` of a wave.

    Raises InputError in one sentence: a missing file, an unknown key, a wrong value, a wave id that is not the
    folder's name, a duplicate item, an item that is part of an unknown one, or
    cut-points that do not fit the items.
    """
    folder = paths.wave(wave)
    file = tables.read_yaml(folder / "wave.yml", WaveFile)
    name = paths.relative(folder / "wave.yml")
    if file.wave != wave:
        raise InputError(f"{name}, key 'wave': {file.wave!r} is not the name of the folder; write {wave!r}.")
    items = tuple(tables.read_table(folder / "items.csv", Item, key=["item"]))
    known = {item.item for item in items}
    for row, item in enumerate(items, start=2):
        if item.part_of is not None and item.part_of not in known:
            place = f"{paths.relative(folder / 'items.csv')}, row {row}, column 'part_of'"
            raise InputError(f"{place}: {item.part_of!r} is no item of this file; add it or correct the name.")
    _check_cut_points(file, {item.item: item for item in items}, name)
    return Wave(file=file, items=items)


def _check_cut_points(file: WaveFile, items: dict[str, Item], name: str) -> None:
    rule = file.cut_points
    if rule is None:
        return
    for key, item in (("item", rule.item), ("of", rule.of)):
        if item not in items:
            raise InputError(f"{name}, key 'cut_points.{key}': {item!r} is no item of items.csv; correct the name.")
    steps = items[rule.item].maximum - items[rule.item].minimum
    if len(rule.lower) != steps:
        place = f"{name}, key 'cut_points.lower'"
        raise InputError(f"{place}: {len(rule.lower)} cut-points where {rule.item!r} has {steps} steps; add the rest.")
