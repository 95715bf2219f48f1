"""How many units the reports say answered: `printed_responses.csv` joined with the register and the official frames."""

from collections.abc import Mapping
from typing import Any, Literal

import pandas as pd

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import tables
from analysis.inputs.frames import add_size_groups, load_frame
from analysis.inputs.instrument import Identifier
from analysis.inputs.params import WaveId
from analysis.inputs.register import DECIMALS, Id, load_register
from analysis.inputs.waves import Wave

EVERY = "every"  # in place of a module: units that answered all of them
COLUMNS = (
    "unit_type module grouping group statistic value decimals n_frame inhabitants_answered inhabitants_frame "
    "inhabitants_spread source_ref"
).split()


class PrintedResponse(tables.Record):
    """One row of `printed_responses.csv`: the figure that prints how many units of a group answered.

    `answered`: a count, or a percentage of all units. `frame`: the figure that prints how many there are; without one
    they are counted in the official frame of the wave's date. `inhabitants`: the figure that prints how many people
    live in the units that answered. `module`: empty for the whole survey, `every` for those who answered all modules.
    """

    wave: WaveId
    unit_type: Literal["municipality", "county_municipality", "all"]
    module: Identifier | None = None
    grouping: Literal["all", "size_group"]
    group: str
    answered: Id
    frame: Id | None = None
    inhabitants: Id | None = None


def printed_responses(wave: Wave) -> pd.DataFrame:
    """What the report of a wave prints of who answered, a row a group: the printed value and the units of the frame.

    `value` is the text as printed (`statistic` count or percent, with `decimals`); `source_ref` names the figures and,
    where the frame is counted, its file. Inhabitants are those of the units that answered and of all, and their
    standard deviation over the frame (with N - 1), where the former are printed. No rows for a wave whose report was
    not transcribed. Raises InputError naming file and row for an unknown figure, a figure of another wave or kind, an
    unknown module or group, or more answers than units.
    """
    path = paths.published() / "printed_responses.csv"
    rows = tables.read_table(path, PrintedResponse, key=["wave", "unit_type", "module", "grouping", "group"])
    figures = load_register().figures.set_index("figure_id")
    own = [
        (row, f"{paths.relative(path)}, row {number}")
        for number, row in enumerate(rows, start=2)
        if row.wave == wave.id
    ]
    table = pd.DataFrame([_joined(row, figures, wave, place=place) for row, place in own], columns=COLUMNS)
    people = [column for column in COLUMNS if column.startswith("inhabitants")]
    return table.astype(dict.fromkeys(people, "float64"))


def _joined(row: PrintedResponse, figures: pd.DataFrame, wave: Wave, *, place: str) -> dict[str, Any]:
    known = {module.id for module in wave.file.modules} | {EVERY}
    if row.module is not None and row.module not in known:
        raise InputError(f"{place}, column 'module': {row.module!r} is no module of {wave.id}; correct it.")
    answered = _figure(row.answered, ("count", "percent"), figures, wave, place=f"{place}, column 'answered'")
    refs, people = [row.answered], dict[str, float]()
    if row.frame:
        n_frame = int(str(_figure(row.frame, ("count",), figures, wave, place=f"{place}, column 'frame'")["value"]))
        refs.append(row.frame)
    else:
        units = _counted(row, wave, place=place)
        n_frame = len(units)
        refs.append(paths.relative(paths.frames() / "units.csv"))
    if row.inhabitants:
        units = _counted(row, wave, place=place)
        printed = _figure(row.inhabitants, ("count",), figures, wave, place=f"{place}, column 'inhabitants'")
        all_people = units["population"].astype("float64")
        people = {"inhabitants_answered": printed["number"], "inhabitants_frame": all_people.sum()}
        people["inhabitants_spread"] = all_people.std(ddof=1)
        refs.append(row.inhabitants)
    if answered["statistic"] == "count" and answered["number"] > n_frame:
        raise InputError(f"{place}: {answered['value']} answers of {n_frame} units; correct the figures it names.")
    return {
        "unit_type": row.unit_type,
        "module": row.module or "",
        "grouping": row.grouping,
        "group": row.group,
        "statistic": answered["statistic"],
        "value": answered["value"],
        "decimals": DECIMALS[str(answered["precision"])],
        "n_frame": n_frame,
        "source_ref": "; ".join(refs),
    } | people


def official_frame(wave: Wave, *, unit_type: str) -> pd.DataFrame:
    """The official frame of a wave's country and date with size groups, whatever file its answers came with.

    Raises InputError where there is none of that date.
    """
    about = wave.file.frame
    kinds = tuple(about.unit_types) if unit_type == "all" else (unit_type,)
    frame = load_frame(about.country, date=about.date, unit_types=kinds)
    return add_size_groups(frame, size=wave.file.groups.size)


def _counted(row: PrintedResponse, wave: Wave, *, place: str) -> pd.DataFrame:
    units = official_frame(wave, unit_type=row.unit_type)
    if row.grouping == "all":
        return units
    chosen = units[units[row.grouping].astype(str) == row.group]
    if chosen.empty:
        raise InputError(f"{place}, column 'group': no unit of the frame is in {row.group!r}; correct the group.")
    return chosen


def _figure(
    figure_id: str, kinds: tuple[str, ...], figures: pd.DataFrame, wave: Wave, *, place: str
) -> Mapping[str, Any]:
    if figure_id not in figures.index:
        raise InputError(f"{place}: {figure_id!r} is no figure of figures.csv; correct the id.")
    figure = figures.loc[figure_id]
    if figure["wave"] != wave.id:
        raise InputError(f"{place}: {figure_id!r} is a figure of {figure['wave']}, not of {wave.id}; correct the id.")
    if figure["statistic"] not in kinds or figure["precision"] not in DECIMALS:
        kind = f"{figure['statistic']}, printed {figure['precision'] or 'without a value'}"
        raise InputError(f"{place}: {figure_id!r} is a {kind}, where a {' or '.join(kinds)} as printed is needed.")
    return {str(column): value for column, value in figure.items()}
