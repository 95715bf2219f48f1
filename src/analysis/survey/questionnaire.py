"""Which numbers the results of a questionnaire consist of, and the numbers: each once, as rows of estimate records."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd

from analysis.inputs.instrument import TICKED, Item
from analysis.inputs.params import Params
from analysis.inputs.targets import PROJECTS, members
from analysis.inputs.waves import Wave
from analysis.survey.groups import groups
from analysis.survey.tabulate import ALL, RESPONSE, Cell, Tables, category_name, project_row

SHARED_SUBSETS = ("size_group", "region")
GROUP_COLUMNS = ["unit_type", "code", "county_code", "size_group", "region", "disposition"]


def rows(
    data: pd.DataFrame,
    *,
    wave: Wave,
    params: Params,
    extra: Iterable[Cell] = (),
    projects: pd.DataFrame | None = None,
) -> list[dict[str, Any]]:
    """Every number of a questionnaire's results, with the numbers `extra` that are asked for beside them.

    `data` is the data of the stage indicators, `projects` the wave's second table. No rows for a wave without a
    questionnaire.
    """
    tables = Tables(data=data, wave=wave, confidence=params.confidence)
    wanted = [*cells(data, wave=wave), *(cell for cell in extra if cell.subset != PROJECTS)]
    found = {_key(cell): tables.row(cell) for cell in dict.fromkeys(wanted)}
    if projects is not None:
        more = [*project_cells(projects, wave=wave), *(cell for cell in extra if cell.subset == PROJECTS)]
        found |= {_key(cell): project_row(projects, cell, wave=wave) for cell in dict.fromkeys(more)}
    return list(found.values())


def cells(data: pd.DataFrame, *, wave: Wave) -> Iterator[Cell]:
    """The numbers that every questionnaire gets.

    Response and modules; indicators by unit type, size group and region; each item by unit type, and of municipalities
    by size group and special group; grids and areas whose items share a scale, together. Inhabitants (P) are counted
    for one unit type at a time, since county municipalities hold the same people as municipalities.
    """
    if not questions(wave, data):
        return
    types = list(dict.fromkeys(data["unit_type"]))
    yield from _response(wave, types)
    for unit_type in [*types, *([ALL] if len(types) > 1 else [])]:
        for estimand in ("M", "P") if unit_type != ALL else ("M",):
            for one in wave.file.indicators:
                yield Cell(one.id, "mean", unit_type=unit_type, estimand=estimand)
            for item in questions(wave, data):
                for cell in _item(item, wave):
                    yield Cell(cell.item, cell.measure, cell.category, unit_type=unit_type, estimand=estimand)
        for name, items in together(wave, data).items():
            for option in wave.options_of(items[0].item):
                if option.value is not None:
                    yield Cell(name, "share", (option.option,), unit_type=unit_type)
    yield from _subsets(data, wave)


def questions(wave: Wave, data: pd.DataFrame) -> tuple[Item, ...]:
    """The items of a questionnaire that the data have, in the order of `items.csv`."""
    kinds = ("single", "multi", "count", "text")
    return tuple(item for item in wave.items if item.type in kinds and item.item in data.columns)


def together(wave: Wave, data: pd.DataFrame) -> dict[str, tuple[Item, ...]]:
    """Grids and areas of single-choice items that all have one scale, and all items where that holds for all."""
    names = dict.fromkeys(["all"])
    names |= dict.fromkeys(f"area:{item.area}" for item in wave.items if item.area)
    names |= dict.fromkeys(f"block:{item.block}" for item in wave.items if item.block and item.type == "single")
    found = {}
    for name in names:
        items = tuple(item for item in members(wave, name) if item.item in data.columns)
        if len(items) > 1 and len({item.scale for item in items}) == 1 and items[0].type == "single":
            found[name] = items
    return found


def project_cells(projects: pd.DataFrame, *, wave: Wave) -> Iterator[Cell]:
    """How many projects there are, and how many have each option of each item; the mean of numbers."""
    yield Cell("", "count", (), PROJECTS, "", "R")
    for item in wave.project_items:
        if item.item in projects.columns and item.type != "text":
            for cell in _item(item, wave):
                measure = "count" if cell.category else cell.measure
                yield Cell(cell.item, measure, cell.category, PROJECTS, "", "R")


def _response(wave: Wave, types: Sequence[str]) -> Iterator[Cell]:
    kinds = [(), ("complete",), ("partial",), *((module.id,) for module in wave.file.modules)]
    for unit_type in [*types, *([ALL] if len(types) > 1 else [])]:
        for category in kinds:
            yield Cell(RESPONSE, "share", category, unit_type=unit_type)


def _subsets(data: pd.DataFrame, wave: Wave) -> Iterator[Cell]:
    """Indicators and items of municipalities by group, where the groups say something."""
    parts = [
        group.subset
        for group in groups(data[GROUP_COLUMNS], groupings=SHARED_SUBSETS)
        if group.unit_type == "municipality" and group.subset
    ]
    for subset in parts:
        for one in wave.file.indicators:
            yield Cell(one.id, "mean", subset=subset, unit_type="municipality")
    sizes = [subset for subset in parts if subset.startswith("size_group=")]
    for subset in [*sizes, *(f"group={name}" for name in wave.file.special_groups)]:
        for name, items in together(wave, data).items():
            for option in wave.options_of(items[0].item):
                if option.value is not None:
                    yield Cell(name, "share", (option.option,), subset=subset, unit_type="municipality")
        for item in questions(wave, data):
            for cell in _item(item, wave):
                yield Cell(cell.item, cell.measure, cell.category, subset=subset, unit_type="municipality")


def _item(item: Item, wave: Wave) -> Iterator[Cell]:
    """The numbers of one item: shares of its options, of its ticks; mean and extremes of a count; texts written."""
    if item.type == "single":
        for option in wave.options_of(item.item):
            if option.value is not None:
                yield Cell(item.item, "share", (option.option,))
    elif item.type == "multi":
        yield Cell(item.item, "share", (TICKED,))
    elif item.type == "count":
        yield Cell(item.item, "mean")
    else:
        yield Cell(item.item, "count")


def _key(cell: Cell) -> tuple[str, ...]:
    """What makes two cells the same estimate."""
    return (cell.item, cell.measure, category_name(cell), cell.subset, cell.unit_type, cell.estimand)
