"""The second table of a wave, such as a registry of projects: typed answers, one row per project."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pandas as pd

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import answers
from analysis.inputs.answers import Answers
from analysis.inputs.instrument import Item
from analysis.inputs.microdata import Delivery
from analysis.inputs.missing import BLANK, INVALID
from analysis.inputs.readers import read_delivery
from analysis.inputs.registry_file import Projects
from analysis.inputs.wave_file import Responses
from analysis.inputs.waves import Wave

CODED = ("single", "multi")


@dataclass(frozen=True)
class Portfolio:
    """One file of projects: its cells as text, its typed answers, and the wave as if these were its answers."""

    name: str
    cells: pd.DataFrame
    typed: Answers
    table: Wave


def read_projects(wave: Wave) -> pd.DataFrame | None:
    """The projects of all the wave's files with a column per item, typed as the answers of units are.

    Whole numbers with the negative tags of missing values, free text as text; what a further file does not have is
    left blank. None for a wave without projects. Raises InputError for a file that cannot be read, lacks a column that
    the items or `wave.yml` name, or has a project that stands twice.
    """
    spec = wave.file.projects
    if spec is None:
        return None
    parts = [pd.concat([one.typed.texts, one.typed.values.astype("Int64")], axis=1) for one in _portfolios(wave, spec)]
    columns = [item.item for item in wave.project_items if item.in_file]
    projects = pd.concat(parts, ignore_index=True)[columns]
    values = [item.item for item in wave.project_items if item.in_file and item.type != "text"]
    return projects.fillna(dict.fromkeys(values, BLANK)).astype(dict.fromkeys(values, "Int64"))


def projects_log(wave: Wave) -> pd.DataFrame:
    """One log row for each cell of the wave's projects that is not simply the option of its code.

    Columns as in the log of answers; `code` is the project's own. Raises InputError as `read_projects` does.
    """
    spec = wave.file.projects
    logs = []
    for one in _portfolios(wave, spec) if spec else ():
        about = pd.DataFrame({"row": one.cells.index, "unit_type": "project"}, index=one.cells.index)
        about["code"] = one.typed.texts[spec.id] if spec else ""
        logs.append(answers.log(one.typed, rows=about, cells=one.cells, wave=one.table))
    return pd.concat(logs, ignore_index=True) if logs else pd.DataFrame()


def unknown_consent(wave: Wave) -> Iterator[str]:
    """A sentence for each answer to the question of consent that is none of its options, and so counts as no."""
    spec = wave.file.projects
    if spec is None or spec.contacts is None:
        return
    for one in _portfolios(wave, spec):
        items = [item for item in one.table.items_in_file() if item.item == spec.contacts.consent]
        for item in items:
            unknown = one.cells.loc[one.typed.values[item.item] == INVALID, item.variable]
            for text, rows in unknown.groupby(unknown).groups.items():
                more = f", as in {len(rows) - 1} more rows" if len(rows) > 1 else ""
                place = f"{one.name}, row {rows[0]}, column {item.variable!r}"
                yield f"{place}: {text!r} is no known answer and counts as no consent{more}; correct it if it is one."


def _portfolios(wave: Wave, spec: Projects) -> Iterator[Portfolio]:
    """The wave's file of projects and the further ones. Raises InputError for a project that an earlier row has."""
    seen: dict[str, str] = {}
    for file, columns in ((spec.file, None), *((further.file, further.columns) for further in spec.further)):
        one = _portfolio(wave, spec, file=file, columns=columns)
        for row, project in one.typed.texts[spec.id].items():
            place = f"{one.name}, row {row}"
            if project in seen:
                column = one.table.item(spec.id).variable
                raise InputError(
                    f"{place}, column {column!r}: {project!r} stands twice, also in {seen[project]}; keep one of them."
                )
            seen[project] = place
        yield one


def _portfolio(wave: Wave, spec: Projects, *, file: str, columns: dict[str, str] | None) -> Portfolio:
    """A file of projects typed. Without `columns` each item is in its own variable, else in the column named here."""
    path = paths.wave(wave.id) / file
    name, delivery = paths.relative(path), read_delivery(path)
    described = wave.file.model_copy(update={"responses": Responses(file=file)})
    table = replace(wave, file=described, items=wave.project_items, project_items=())
    named = {item.item: item.variable for item in table.items_in_file()} if columns is None else columns
    by = spec.items if columns is None else "wave.yml (projects.further)"
    for column in named.values():
        if column not in delivery.cells:
            raise InputError(f"{name}, row 1: the column {column!r} that {by} names is missing; add or rename it.")
    if columns is not None:
        mapped = [table.item(item).model_copy(update={"variable": column}) for item, column in columns.items()]
        table = replace(table, items=tuple(_with_names(item, table=table, delivery=delivery) for item in mapped))
    return Portfolio(name, delivery.cells, _typed(delivery, table=table, spec=spec), table)


def _with_names(item: Item, *, table: Wave, delivery: Delivery) -> Item:
    """The item with a further file's own codes: those of the first file, and the names of its options as codes."""
    if item.type not in CODED:
        return item
    known = answers.code_table(item, wave=table, delivery=delivery)
    codes = {code: option.option for code, option in known.items()}
    called = {name: option.option for option in table.options_of(item.item) for name in answers.names(option)}
    texts = delivery.cells[item.variable].unique()
    codes |= {text: called[text.strip().casefold()] for text in texts if text.strip().casefold() in called}
    return item.model_copy(update={"codes": tuple(codes.items())})


def _typed(delivery: Delivery, *, table: Wave, spec: Projects) -> Answers:
    """The answers of each project. Consent that nobody can read is no consent, however often, and stops nothing."""
    consent = spec.contacts.consent if spec.contacts else None
    lenient = table.file.model_copy(update={"invalid_max": 1.0})
    parts = []
    for file, asked in ((table.file, False), (lenient, True)):
        items = tuple(item for item in table.items if (item.item == consent) is asked)
        parts.append(answers.typed(delivery.cells, delivery=delivery, wave=replace(table, file=file, items=items)))
    joined = (pd.concat([getattr(part, name) for part in parts], axis=1) for name in ("values", "reasons", "texts"))
    return Answers(*joined)
