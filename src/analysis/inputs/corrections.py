"""Corrections of known source errors: records that name the value they expect, applied before anything else."""

import pandas as pd
from pydantic import model_validator

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import tables
from analysis.inputs.waves import UnitType, Wave


class Correction(tables.Record):
    """One cell of the raw file that is wrong: where it stands, what it says, what it should say, and why."""

    unit_type: UnitType
    code: str
    variable: str
    expect: str
    value: str
    reason: str
    decision: str

    @model_validator(mode="after")
    def _changes(self) -> "Correction":
        if self.expect == self.value:
            raise ValueError("the value is the one that is expected, so nothing is corrected")
        return self


class Corrections(tables.Record):
    """The content of `corrections.yml`."""

    corrections: tuple[Correction, ...]


def read_corrections(wave: Wave) -> tuple[Correction, ...]:
    """The corrections of a wave; none when it has no `corrections.yml`. Raises InputError for a malformed file."""
    path = paths.wave(wave.id) / "corrections.yml"
    return tables.read_yaml(path, Corrections).corrections if path.is_file() else ()


def apply(raw: pd.DataFrame, *, corrections: tuple[Correction, ...], wave: Wave) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The raw answers with the corrections made, and one log row for each of them.

    `raw` is text, indexed by row number. Raises InputError when the file has no such column or unit, has the unit
    twice, or no longer says what a correction expects.
    """
    corrected, log = raw.copy(), []
    columns = wave.file.responses
    place = f"{paths.relative(paths.wave(wave.id))}/corrections.yml"
    for number, record in enumerate(corrections, start=1):
        at = f"{place}, correction {number}"
        if record.variable not in raw.columns:
            raise InputError(f"{at}: {columns.file} has no column {record.variable!r}; correct the name.")
        found = raw[columns.code] == record.code
        if columns.unit_type:
            found &= raw[columns.unit_type] == record.unit_type
        if found.sum() != 1:
            unit = f"{record.unit_type} {record.code}"
            raise InputError(f"{at}: {columns.file} has {found.sum()} rows for {unit}; correct the code.")
        row = raw.index[found][0]
        present = raw.at[row, record.variable]
        if present != record.expect:
            problem = f"{record.variable!r} of {record.code} says {present!r} where {record.expect!r} is expected"
            raise InputError(f"{at}: {problem}; see whether the source was mended and remove the correction.")
        corrected.at[row, record.variable] = record.value
        log.append({"kind": "correction", "row": row, "before": present, "after": record.value} | _about(record))
    return corrected, pd.DataFrame(log)


def _about(record: Correction) -> dict[str, str]:
    return record.model_dump(include={"unit_type", "code", "variable", "reason", "decision"})
