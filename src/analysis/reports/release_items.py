"""The items of a wave under disclosure control: which of their shares and means may be published, by group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.reports.disclosure import differencing
from analysis.reports.disclosure.control import PUBLISHED, release
from analysis.reports.disclosure.differencing import GROUP, Piece
from analysis.reports.disclosure.table import name
from analysis.survey.tabulate import Cell, Tables


class Place(NamedTuple):
    """A share or mean of an item among those who answered: the category (empty for a mean), and of which units."""

    category: str
    unit_type: str
    subset: str


@dataclass(frozen=True)
class Checked:
    """What may be published of an item; `clean`: all of it."""

    published: frozenset[Place]
    clean: bool

    def silenced(self) -> "Checked":
        """The same with nothing published."""
        return replace(self, published=frozenset(), clean=False)


@dataclass(frozen=True)
class Pattern:
    """What may be published of each item. Confidential are `withheld` (the cells, why) and `audit` (their ranges)."""

    items: dict[str, Checked]
    withheld: pd.DataFrame
    audit: pd.DataFrame


def check(tables: Tables, shown: Mapping[str, Sequence[tuple[str, str]]]) -> Pattern:
    """Items and indicators over all units (unit type, subset) that each is shown for, as one system.

    Primary rules, then the safe pattern that costs least. An item that nobody answered has nothing to withhold.
    """
    cells: dict[str, dict[Place, str]] = {}
    pieces: list[Piece] = []
    for item, units in shown.items():
        groups = {f"{unit_type} {subset}".strip(): (unit_type, subset) for unit_type, subset in units}
        cells[item], found = _piece(tables, item, groups)
        pieces += found
    released = release(differencing.system(pieces))
    public = set(released.table.loc[released.table["fate"] == PUBLISHED, "cell"])
    items = {
        item: Checked(
            frozenset(place for place, cell in own.items() if cell in public), public.issuperset(own.values())
        )
        for item, own in cells.items()
    }
    return Pattern(items, released.pattern[released.pattern["fate"] != PUBLISHED], released.audit)


def numbers(tables: Tables, item: str) -> tuple[dict[str, Any], list[str], float]:
    """What units said to an item: the option or the number of each that answered, the options, and the highest value.

    A number has one option without a name.
    """
    described = next((one for one in tables.wave.items if one.item == item), None)
    if described is not None and described.type != "count":
        return *_options(tables, item), 1.0
    said = tables.said(Cell(item, "mean"))
    return {str(place): float(said.values[place]) for place in np.flatnonzero(said.known)}, [""], said.high


def _piece(tables: Tables, item: str, groups: Mapping[str, tuple[str, str]]) -> tuple[dict[Place, str], list[Piece]]:
    """The names of the cells of an item over groups (unit type, subset), and the cells, none if nobody answered."""
    inside = {group: _members(tables, *units) for group, units in groups.items()}
    said, options, high = numbers(tables, item)
    if not said:
        return {}, []
    if options != [""]:
        cells = {
            Place(option, *place): name([(GROUP, group), (item, option)])
            for group, place in groups.items()
            for option in options
        }
        return cells, [differencing.remainders(inside, answers=said, item=item, options=options)]
    # The total of an item that is a number is told, so that it obeys the rules of amounts.
    kind = "amount" if any(one.item == item for one in tables.wave.items) else "mean"
    made = differencing.sums(inside, numbers=said, item=item, kind=kind, high=high)
    return {Place("", *place): name([(GROUP, group)], measure=item) for group, place in groups.items()}, [made]


def _options(tables: Tables, item: str) -> tuple[dict[str, str], list[str]]:
    """The option of each unit that gave one, and the options that there were."""
    described = tables.wave.item(item)
    options = {tables.values(described, (one.option,))[0]: one.option for one in tables.wave.options_of(item)}
    given = tables.data[item].astype("Float64")
    said = {str(place): options[int(value)] for place, value in enumerate(given) if pd.notna(value) and value >= 0}
    return said, sorted(option for value, option in options.items() if value >= 0)


def _members(tables: Tables, unit_type: str, subset: str) -> set[str]:
    """The rows of the units of a part of the frame."""
    return set(np.flatnonzero(tables.part(Cell("", unit_type=unit_type, subset=subset))).astype(str))
