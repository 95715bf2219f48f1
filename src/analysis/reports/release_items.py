"""One item of a wave under disclosure control: which of its shares or means may be published, by group."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analysis.reports.disclosure import differencing
from analysis.reports.disclosure.control import PUBLISHED, release
from analysis.reports.disclosure.differencing import GROUP
from analysis.reports.disclosure.table import name
from analysis.survey.tabulate import Cell, Tables

Place = tuple[str, str]  # a unit type and a part of it


@dataclass(frozen=True)
class Checked:
    """What may be published of an item among those who answered: category, unit type and part of the frame.

    `clean`: nothing of it is withheld. `pattern` and `audit` are confidential.
    """

    published: frozenset[tuple[str, str, str]]
    clean: bool
    pattern: pd.DataFrame = field(default_factory=pd.DataFrame)
    audit: pd.DataFrame = field(default_factory=pd.DataFrame)

    def silenced(self) -> "Checked":
        """The same with nothing published."""
        return replace(self, published=frozenset(), clean=False)


def check(tables: Tables, item: str, kind: str, places: Sequence[Place]) -> Checked:
    """The cells of an item, over all groups it is shown for as one system: primary rules, then the safe pattern.

    `kind`: the type of the item, or `indicator`; a number whose total is told obeys the rules of amounts.
    """
    groups = {f"{unit_type} {subset}".strip(): (unit_type, subset) for unit_type, subset in places}
    inside = {
        group: set(np.flatnonzero(tables.part(Cell(item, unit_type=place[0], subset=place[1]))).astype(str))
        for group, place in groups.items()
    }
    if kind in ("single", "multi"):
        answers = _answers(tables, item)
        options = sorted(set(answers.values()))
        cells = {
            (option, *place): name([(GROUP, group), (item, option)])
            for group, place in groups.items()
            for option in options
        }
        made = differencing.remainders(inside, answers=answers, item=item) if answers else None
    else:
        numbers, high = _numbers(tables, item)
        cells = {("", *place): name([(GROUP, group)], measure=item) for group, place in groups.items()}
        of = "mean" if kind == "indicator" else "amount"
        made = differencing.sums(inside, numbers=numbers, item=item, kind=of, high=high) if numbers else None
    if made is None:
        return Checked(frozenset(cells), clean=True)
    released = release(made)
    fates = dict(zip(released.table["cell"], released.table["fate"], strict=True))
    published = frozenset(place for place, cell in cells.items() if fates[cell] == PUBLISHED)
    pattern = released.pattern[released.pattern["fate"] != PUBLISHED].assign(item=item)
    return Checked(published, len(published) == len(cells), pattern, released.audit.assign(item=item))


def _answers(tables: Tables, item: str) -> dict[str, str]:
    """The option of each unit that gave one."""
    described = tables.wave.item(item)
    options = {tables.values(described, (one.option,))[0]: one.option for one in tables.wave.options_of(item)}
    given = tables.data[item].astype("Float64")
    return {str(place): options[int(value)] for place, value in enumerate(given) if pd.notna(value) and value >= 0}


def _numbers(tables: Tables, item: str) -> tuple[dict[str, float], float]:
    """The number of each unit that gave one, and the highest that there can be."""
    said = tables.said(Cell(item, "mean"))
    return {str(place): float(said.values[place]) for place in np.flatnonzero(said.known)}, said.high
