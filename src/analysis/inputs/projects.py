"""The second table of a wave, such as a registry of projects: typed answers, one row per project."""

from dataclasses import replace

import pandas as pd

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import answers
from analysis.inputs.readers import read_delivery
from analysis.inputs.registry_file import Projects
from analysis.inputs.wave_file import Responses
from analysis.inputs.waves import Wave


def read_projects(wave: Wave) -> pd.DataFrame | None:
    """The wave's projects with a column per item, typed as the answers of units are; none for a wave without them.

    Whole numbers with the negative tags of missing values, free text as text. Raises InputError for a file that cannot
    be read, lacks a variable that the items name, or has a project twice.
    """
    if wave.file.projects is None:
        return None
    _, typed, _ = _typed(wave, wave.file.projects)
    return pd.concat([typed.texts, typed.values.astype("Int64")], axis=1).reset_index(drop=True)


def projects_log(wave: Wave) -> pd.DataFrame:
    """One log row for each cell of the wave's projects that is not simply the option of its code.

    Columns as in the log of answers; `code` is the project's own. Raises InputError as `read_projects` does.
    """
    if wave.file.projects is None:
        return pd.DataFrame()
    cells, typed, table = _typed(wave, wave.file.projects)
    about = pd.DataFrame({"row": cells.index, "unit_type": "project", "code": typed.texts[wave.file.projects.id]})
    return answers.log(typed, rows=about.set_axis(cells.index), cells=cells, wave=table)


def _typed(wave: Wave, spec: Projects) -> tuple[pd.DataFrame, answers.Answers, Wave]:
    """The cells of the second table as they are in the file, typed, and the wave as if they were its answers."""
    path = paths.wave(wave.id) / spec.file
    delivery = read_delivery(path)
    file = wave.file.model_copy(update={"responses": Responses(file=spec.file)})
    table = replace(wave, file=file, items=wave.project_items, project_items=())
    name = paths.relative(path)
    for item in table.items_in_file():
        if item.variable not in delivery.cells:
            raise InputError(f"{name}, row 1: the column {item.variable!r} that {spec.items} names is missing; add it.")
    typed = answers.typed(delivery.cells, delivery=delivery, wave=table)
    projects = typed.texts[spec.id]
    if projects.duplicated().any():
        row = projects.index[projects.duplicated()][0]
        problem = f"{projects[row]!r} stands twice; keep one of the rows"
        raise InputError(f"{name}, row {row}, column {spec.id!r}: {problem}.")
    return delivery.cells, typed, table
