"""A wave's synthetic files: its population, delivered with known mistakes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.inputs.frames import Unit
from analysis.inputs.missing import BLANK, NO_MODULE, NOT_ASKED
from analysis.inputs.targets import Target
from analysis.inputs.waves import Wave
from analysis.standins import delivery, dirt
from analysis.standins.anchors import Figures
from analysis.standins.chance import generator
from analysis.standins.population import Population, populate
from analysis.standins.projects import projects

BREAK_OFFS, BROKEN_AT = 3, 0.25  # units that stopped early, and after which share of the items
CONTACT = ["answered_on", "role", "attempts", "tool_version"]


@dataclass(frozen=True)
class Standin:
    """A wave's synthetic files and what is true behind them.

    `frame`, `rows` (the file of answers), `code_changes`, `projects`: as they are written. `clean`: what cleaning
    should make of the rows, one row per frame unit. `complete`: an answer of every unit, also where none was given.
    `ledger`: every mistake that was put in.
    """

    frame: pd.DataFrame
    rows: pd.DataFrame
    code_changes: pd.DataFrame
    projects: pd.DataFrame | None
    clean: pd.DataFrame
    complete: pd.DataFrame
    ledger: pd.DataFrame


def synthesise(wave: Wave, *, targets: Sequence[Target], figures: Figures, min_share: float) -> Standin:
    """Synthetic answers that reproduce every fitted figure, delivered with known mistakes.

    `min_share`: of its questions, what an indicator needs to have a value.

    Raises InputError when figures cannot hold together.
    """
    population = populate(wave, targets=targets, figures=figures, min_share=min_share)
    complete, clean = population.complete, population.given
    rng = generator(wave.id, "rows")
    spare = rng.permutation(clean.index[clean["disposition"] == "NC"].to_numpy()).tolist()
    if wave.file.lifecycle is None:
        clean, started = _broken_off(population, units=sorted(spare[:BREAK_OFFS]), wave=wave)
        rows = delivery.rows(started[started["disposition"] != "NC"], wave=wave)
    else:
        tool = delivery.lifecycle_counts(targets, figures)
        published = clean[clean["disposition"] != "NC"]
        others = complete.loc[sorted(spare[: tool["accounts"] - len(published)])]
        rows = delivery.assessments(published, others, wave=wave, total=tool["assessments"], rng=rng)
    too_late = complete.loc[sorted(spare[BREAK_OFFS : BREAK_OFFS + dirt.NUMBERS["late"]])]
    late = delivery.rows(too_late.assign(disposition="NC"), wave=wave).assign(counts=False)
    counted = clean[clean["disposition"] != "NC"]
    dirty = dirt.add(rows, clean=counted, late=late, wave=wave, rng=generator(wave.id, "dirt"))
    file, ledger = dirt.file(dirty)
    silent_units = clean[clean["disposition"] == "NC"].assign(**dict.fromkeys(CONTACT))
    silent_units["disposition"] = _stated(silent_units, file=file, wave=wave)
    clean = pd.concat([dirty.clean, silent_units]).sort_index()
    registry = projects(complete, wave=wave, targets=targets, figures=figures, rng=generator(wave.id, "projects"))
    return Standin(
        frame=complete[[*Unit.model_fields, "region"]],
        rows=file,
        code_changes=dirt.code_changes(dirty),
        projects=registry,
        clean=clean,
        complete=complete,
        ledger=ledger,
    )


def _stated(units: pd.DataFrame, *, file: pd.DataFrame, wave: Wave) -> pd.Series:
    """What the last row of a unit without an answer says of it by its status; without such a row it did not react."""
    columns, statuses = wave.file.responses, wave.file.dispositions.statuses
    if columns.status is None:
        return units["disposition"]
    stated = file[columns.status].map(statuses).set_axis(file[columns.code]).dropna()
    last = stated[~stated.index.duplicated(keep="last")]
    return units["code"].map(last).fillna("NC")


def _broken_off(population: Population, *, units: list[int], wave: Wave) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Some units began and stopped: single choices among the first items, blanks after that.

    Two tables: as cleaning leaves them, where with modules none of them counts as answered, and as they were started.
    """
    complete, started = population.complete, population.given.copy()
    first = wave.module_items(wave.file.modules[0].id) if wave.file.modules else wave.items_in_file()
    reached = {item.item for item in first[: int(BROKEN_AT * len(first))] if item.type == "single"}
    started.loc[units, "disposition"] = "R"
    for item in wave.items_in_file():
        if item.type == "text":
            started.loc[units, item.item] = None
        elif item.item in reached:
            started.loc[units, item.item] = complete.loc[units, item.item]
        else:
            filtered = item.asked_if is not None and item.asked_if.item in reached
            not_asked = complete.loc[units, item.item] == NOT_ASKED
            started.loc[units, item.item] = np.where(not_asked & filtered, NOT_ASKED, BLANK)
    clean = started.copy()
    if wave.file.modules:
        clean.loc[units, [item.item for item in wave.items_in_file() if item.type != "text"]] = NO_MODULE
    return clean, started
