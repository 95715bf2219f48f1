"""Which numbers the results of a questionnaire consist of, and the numbers: each once, as rows of estimate records."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.inputs.instrument import TICKED, Item
from analysis.inputs.params import Params
from analysis.inputs.targets import PROJECTS, members
from analysis.inputs.waves import Wave
from analysis.survey.groups import groups, source_ref
from analysis.survey.tabulate import ALL, COUNTED, RESPONSE, TOTAL, Cell, Record, Tables, category_name
from analysis.survey.weighted import ModuleWeights

SHARED_SUBSETS = ("size_group", "region")
GROUP_COLUMNS = ["unit_type", "code", "county_code", "size_group", "region", "disposition"]


def rows(
    data: pd.DataFrame,
    *,
    wave: Wave,
    params: Params,
    extra: Iterable[Cell] = (),
    projects: pd.DataFrame | None = None,
    weights: Mapping[str, ModuleWeights] | None = None,
) -> list[dict[str, Any]]:
    """Every number of a questionnaire's results, with the numbers `extra` that are asked for beside them.

    `data` is the data of the stage indicators, `projects` the wave's second table, `weights` those of its plan (see
    `weighted.module_weights`). No rows for a wave without a questionnaire.
    """
    tables = Tables(data=data, wave=wave, confidence=params.confidence, weights=weights or {})
    wanted = [*cells(data, wave=wave), *(cell for cell in extra if cell.subset != PROJECTS)]
    found = {_key(cell): tables.row(cell) for cell in dict.fromkeys(wanted)}
    for one, other in contrasts(data, wave=wave) if weights else ():
        found["less", *_key(one)] = tables.less(one, other)
    if projects is not None:
        more = [*project_cells(projects, wave=wave), *(cell for cell in extra if cell.subset == PROJECTS)]
        found |= {_key(cell): project_row(projects, cell, wave=wave) for cell in dict.fromkeys(more)}
    return list(found.values())


def cells(data: pd.DataFrame, *, wave: Wave) -> Iterator[Cell]:
    """The numbers that every questionnaire gets.

    Response and modules; indicators by unit type, size group and region; each item by unit type, and of municipalities
    by size group and special group; grids and areas whose items share a scale, together. Each of all units (M) and of
    those who answered (R); a special group drawn from those who answered stands for no others, and has R alone.
    Inhabitants (P) are counted for one unit type at a time, since county municipalities hold the same people as
    municipalities. Where answers are weighted, items that are numbers have a total.
    """
    if not questions(wave, data):
        return
    types = list(dict.fromkeys(data["unit_type"]))
    yield from _response(wave, types)
    for unit_type in [*types, *([ALL] if len(types) > 1 else [])]:
        for cell in [*_indicators(wave), *_items(data, wave)]:
            yield from _estimands(replace(cell, unit_type=unit_type), "MRP" if unit_type != ALL else "MR")
        for cell in _together(data, wave):
            yield from _estimands(replace(cell, unit_type=unit_type), "MR")
        for item in questions(wave, data) if wave.file.weighting.method != "none" else ():
            if item.type == "count":
                yield Cell(item.item, TOTAL, unit_type=unit_type)
    yield from _subsets(data, wave)


def contrasts(data: pd.DataFrame, *, wave: Wave) -> Iterator[tuple[Cell, Cell]]:
    """The differences that are estimated: indicators of each size group and the smallest, each region and the rest."""
    if not questions(wave, data):
        return
    sizes = _parts(data, "size_group", wave)
    pairs = [(size, sizes[0]) for size in sizes[1:]]
    pairs += [(region, region.replace("=", "!=")) for region in _parts(data, "region", wave)]
    for one in _indicators(wave):
        for first, second in pairs:
            of_first = replace(one, subset=first, unit_type="municipality")
            yield of_first, replace(of_first, subset=second)


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


def project_row(projects: pd.DataFrame, cell: Cell, *, wave: Wave) -> Record:
    """A cell of the wave's second table as a row of estimate records: counts, and shares of the rows with an answer.

    Nothing is known of projects that nobody registered, so that there is neither interval nor bound.
    """
    about = {"estimate_type": "level", "measure": cell.measure, "item": cell.item, "subset": "projects"}
    about |= {"category": category_name(cell), "estimand": "R", "base": "B", "source_ref": source_ref(wave)}
    if not cell.item:
        return about | {"item": "projects", "point": len(projects), "k": len(projects), "n_answered": len(projects)}
    answers = projects[cell.item].to_numpy(dtype="float64", na_value=np.nan)
    known = answers >= 0
    if not cell.category:
        return about | {"point": float(answers[known].mean()), "n_answered": int(known.sum())}
    tables = Tables(data=projects, wave=wave, confidence=0.95)
    yes = known & np.isin(answers, tables.values(wave.item(cell.item), cell.category))
    k, n = int(yes.sum()), int(known.sum())
    return about | {"point": k if cell.measure == "count" else k / n if n else np.nan, "k": k, "n_answered": n}


def _response(wave: Wave, types: Sequence[str]) -> Iterator[Cell]:
    kinds = [(), ("complete",), ("partial",), *((module.id,) for module in wave.file.modules)]
    for unit_type in [*types, *([ALL] if len(types) > 1 else [])]:
        for category in kinds:
            yield Cell(RESPONSE, "share", category, unit_type=unit_type)


def _subsets(data: pd.DataFrame, wave: Wave) -> Iterator[Cell]:
    """Indicators and items of municipalities by group, where the groups say something."""
    sizes = _parts(data, "size_group", wave)
    special = {f"group={name}": group.universe for name, group in wave.file.special_groups.items()}
    for subset in [*sizes, *_parts(data, "region", wave)]:
        for cell in _indicators(wave):
            yield from _estimands(replace(cell, subset=subset, unit_type="municipality"), "MR")
    for subset in [*sizes, *special]:
        for cell in [*_together(data, wave), *_items(data, wave)]:
            estimands = "R" if special.get(subset) == "respondents" else "MR"
            yield from _estimands(replace(cell, subset=subset, unit_type="municipality"), estimands)


def _parts(data: pd.DataFrame, grouping: str, wave: Wave) -> list[str]:
    """The groups of municipalities of a grouping, as subsets in their order; those that are shown as one, once."""
    found = groups(data[GROUP_COLUMNS], groupings=(grouping,))
    parts = [group.group for group in found if group.unit_type == "municipality" and group.subset]
    return list(dict.fromkeys(f"{grouping}={wave.shown_as(grouping, part)}" for part in parts))


def _estimands(cell: Cell, estimands: str) -> Iterator[Cell]:
    """A cell for each estimand; what is counted is counted once, among those who answered."""
    for estimand in "R" if cell.measure in COUNTED else estimands:
        yield replace(cell, estimand=estimand)


def _indicators(wave: Wave) -> list[Cell]:
    return [Cell(one.id, "mean") for one in wave.file.indicators]


def _items(data: pd.DataFrame, wave: Wave) -> list[Cell]:
    return [cell for item in questions(wave, data) for cell in _item(item, wave)]


def _together(data: pd.DataFrame, wave: Wave) -> list[Cell]:
    """The options of items together."""
    return [
        Cell(name, "share", (option.option,))
        for name, items in together(wave, data).items()
        for option in wave.options_of(items[0].item)
        if option.value is not None
    ]


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
