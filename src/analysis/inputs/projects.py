"""The second table of a wave, such as a registry of projects: typed answers, one row per project."""

from dataclasses import replace

import pandas as pd

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import answers
from analysis.inputs.readers import read_delivery
from analysis.inputs.wave_file import Responses
from analysis.inputs.waves import Wave


def read_projects(wave: Wave) -> pd.DataFrame | None:
    """The wave's projects with a column per item, typed as the answers of units are; none for a wave without them.

    Whole numbers with the negative tags of missing values, free text as text. Raises InputError for a file that cannot
    be read, lacks a variable that the items name, or has a project twice.
    """
    spec = wave.file.projects
    if spec is None:
        return None
    path = paths.wave(wave.id) / spec.file
    delivery = read_delivery(path)
    file = wave.file.model_copy(update={"responses": Responses(file=spec.file)})
    table = replace(wave, file=file, items=wave.project_items, project_items=())
    name = paths.relative(path)
    for item in table.items_in_file():
        if item.variable not in delivery.cells:
            raise InputError(f"{name}, row 1: the column {item.variable!r} that {spec.items} names is missing; add it.")
    typed = answers.typed(delivery.cells, delivery=delivery, wave=table)
    result = pd.concat([typed.texts, typed.values.astype("Int64")], axis=1).reset_index(drop=True)
    doubled = result[spec.id].duplicated()
    if doubled.any():
        place = int(doubled.to_numpy().argmax())
        row, project = delivery.cells.index[place], result[spec.id].iloc[place]
        raise InputError(f"{name}, row {row}, column {spec.id!r}: {project!r} stands twice; keep one of the rows.")
    return result
