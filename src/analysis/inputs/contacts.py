"""Whom to ask about the projects of a wave: contact details, in a raw file of their own, shared only with consent."""

import pandas as pd

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import tables
from analysis.inputs.registry_file import Contacts
from analysis.inputs.waves import Wave

YES = "yes"


def read_contacts(wave: Wave, projects: pd.DataFrame | None) -> pd.DataFrame | None:
    """The contact details of the wave's projects that may be shared: the project's id and the declared columns.

    `projects` are those of `read_projects`. Only an answer `yes` to the item `consent` is consent; no answer, values
    that nobody knows and a file without the question are none. None for a wave without contact details. Raises
    InputError for a missing file or column, a project that nobody registered or that stands twice, and an item of
    consent without the option `yes`.
    """
    spec = wave.file.projects
    if projects is None or spec is None or spec.contacts is None:
        return None
    key, agreed = wave.item(spec.id).variable, _agreed(wave, spec.contacts)
    path = paths.wave(wave.id) / spec.contacts.file
    name, found = paths.relative(path), dict[str, list[str]]()
    registered = set(projects[spec.id])
    for row, cells in enumerate(tables.read_rows(path), start=2):
        missing = [column for column in (key, *spec.contacts.columns) if column not in cells]
        if missing:
            raise InputError(f"{name}, row 1: the column {missing[0]!r} is missing; add it.")
        project = cells[key].strip()
        if project not in registered or project in found:
            problem = "stands twice" if project in found else "is no project of the registry"
            raise InputError(f"{name}, row {row}, column {key!r}: {project!r} {problem}; remove the row.")
        found[project] = [cells[column].strip() for column in spec.contacts.columns]
    answered = projects.get(spec.contacts.consent, pd.Series(dtype="Int64")).reindex(projects.index)
    consenting = set(projects.loc[answered.eq(agreed).fillna(False), spec.id])
    rows = [(project, *texts) for project, texts in found.items() if project in consenting]
    return pd.DataFrame(rows, columns=[spec.id, *spec.contacts.columns])


def _agreed(wave: Wave, spec: Contacts) -> int:
    """The value of consent."""
    try:
        return wave.option(spec.consent, YES).typed
    except KeyError:
        place = f"{paths.relative(paths.wave(wave.id) / 'wave.yml')}, key 'projects.contacts.consent'"
        raise InputError(
            f"{place}: {spec.consent!r} is no item with the option {YES!r}; name one that has it."
        ) from None
