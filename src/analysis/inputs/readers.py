"""Reads the answers of a wave as they were delivered: every cell as text."""

import pandas as pd

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import tables
from analysis.inputs.waves import Wave


def read_responses(wave: Wave) -> pd.DataFrame:
    """The file of answers as text, one row per row of the file, indexed by the row's number in it (header is 1).

    Empty cells are empty text. Raises InputError for a missing, truncated or wrongly encoded file, a file without
    rows, a kind of file that is not read, or a column that `items.csv` or `wave.yml` names and the file lacks.
    """
    path = paths.wave(wave.id) / wave.file.responses.file
    name = paths.relative(path)
    if path.suffix != ".csv":
        raise InputError(f"{name}: files of kind {path.suffix!r} are not read; deliver the answers as .csv.")
    rows = tables.read_rows(path)
    if not rows:
        raise InputError(f"{name}: the file has a header and no rows; deliver it again.")
    named = [(item.variable, "items.csv") for item in wave.items]
    columns = wave.file.responses
    named += [(column, "wave.yml") for column in (columns.code, columns.unit_type, columns.answered_on) if column]
    for column, source in named:
        if column not in rows[0]:
            raise InputError(f"{name}, row 1: the column {column!r} that {source} names is missing; add or rename it.")
    data = pd.DataFrame(rows, dtype="str")
    data.index = pd.RangeIndex(2, len(data) + 2, name="row")
    return data.apply(lambda column: column.str.strip())
