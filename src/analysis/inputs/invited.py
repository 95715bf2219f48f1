"""The units that a wave invited, with their size groups and regions."""

import pandas as pd
from pydantic import Field

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import tables
from analysis.inputs.frames import UNIT_KEY, Country, Date, UnitType, add_groups, add_size_groups, load_frame
from analysis.inputs.waves import Wave

FRAME_COLUMNS = "unit_type code name county_code county_name population size_group region".split()


class OwnUnit(tables.Record):
    """A unit of a wave's own frame, as synthetic answers have one: of no country's list, with its region."""

    country: Country
    reference_date: Date
    unit_type: UnitType
    code: str = Field(min_length=1)
    name: str
    county_code: str
    county_name: str
    population: int = Field(gt=0)
    region: str
    synthetic: int = 0


def wave_frame(wave: Wave) -> pd.DataFrame:
    """The units a wave invited, with size group and region; those that `wave.yml` excludes are left out.

    Raises InputError when an excluded unit is not in the frame.
    """
    spec = wave.file.frame
    frame = _own_frame(wave) if spec.file else load_frame(spec.country, date=spec.date, unit_types=spec.unit_types)
    for unit in spec.exclude:
        found = (frame["unit_type"] == unit.unit_type) & (frame["code"] == unit.code)
        if not found.any():
            place = f"{paths.relative(paths.wave(wave.id) / 'wave.yml')}, key 'frame.exclude'"
            raise InputError(f"{place}: {unit.unit_type} {unit.code} is not in the frame of {spec.date}; remove it.")
        frame = frame[~found]
    groups = wave.file.groups
    if spec.file:
        grouped = add_size_groups(frame, size=groups.size)
    else:
        grouped = add_groups(frame, size=groups.size, region=groups.region)
    return grouped[FRAME_COLUMNS].reset_index(drop=True)


def _own_frame(wave: Wave) -> pd.DataFrame:
    """The frame in the wave's own folder; only for synthetic answers, of the country, date and types of `wave.yml`."""
    spec = wave.file.frame
    place = f"{paths.relative(paths.wave(wave.id) / 'wave.yml')}, key 'frame.file'"
    if wave.file.origin != "synthetic":
        problem = "only synthetic answers have a frame of their own"
        raise InputError(f"{place}: {problem}; remove the key, so that the real units of {spec.date} are the frame.")
    path = paths.wave(wave.id) / str(spec.file)
    records = tables.read_table(path, OwnUnit, key=UNIT_KEY)
    frame = pd.DataFrame([record.model_dump() for record in records])
    for column, expected in (("country", [spec.country]), ("reference_date", [str(spec.date)])):
        wrong = frame[~frame[column].isin(expected)]
        if len(wrong):
            cell = f"{paths.relative(path)}, row {wrong.index[0] + 2}, column {column!r}"
            raise InputError(f"{cell}: {wrong[column].iloc[0]!r} is not that of wave.yml; make them the same.")
    frame = frame[frame["unit_type"].isin(spec.unit_types)]
    return frame.sort_values(["unit_type", "code"], ascending=[False, True], ignore_index=True)
