"""The groups of units that numbers are shown for, and what all records of a wave have in common."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.inputs.cleaning import ANSWERED
from analysis.inputs.waves import Wave

# Grouping and the column that holds it; all units of a type come first.
GROUPINGS = {"all": None, "size_group": "size_group", "region": "region", "county": "county_code"}


@dataclass(frozen=True)
class Group:
    """Units of one type that belong together: all of them, or those of a size group, region or county."""

    unit_type: str
    grouping: str
    group: str
    units: pd.DataFrame

    @property
    def subset(self) -> str:
        """The group as it is named in estimate records; empty for all units."""
        return "" if self.grouping == "all" else f"{self.grouping}={self.group}"

    @cached_property
    def answered(self) -> pd.DataFrame:
        """The units that answered, in full or in part."""
        return self.units[self.units["disposition"].isin(ANSWERED)]

    def given(self, item: str) -> tuple[np.ndarray, dict[str, dict[str, Any]]]:
        """The answers given to an item, and by how much each counts, as the functions of `estimation` take it.

        M: each unit counts once. P: each counts by its inhabitants.
        """
        answers = self.units[item].to_numpy(dtype="float64", na_value=np.nan)
        people, known = self.units["population"].to_numpy(dtype="float64"), ~np.isnan(answers)
        once = {"population_size": len(self.units)}
        return answers[known], {"M": once, "P": once | {"inhabitants": people[known], "all_inhabitants": people.sum()}}


def groups(data: pd.DataFrame, *, groupings: tuple[str, ...] = tuple(GROUPINGS)) -> Iterator[Group]:
    """The groups of each unit type, in the order of size and of county codes.

    `data` has one row per frame unit with unit_type, size_group, region, county_code and disposition. A grouping
    that leaves all units of a type in one group, or each in a group of its own, says nothing new and is left out.
    """
    for unit_type, units in data.groupby("unit_type", sort=False):
        for grouping in groupings:
            column = GROUPINGS[grouping]
            if column is None:
                yield Group(str(unit_type), grouping, "all", units)
            elif 1 < units[column].nunique() < len(units):
                ordered = units.sort_values(["size_group" if grouping == "size_group" else "county_code", "code"])
                for group, members in ordered.groupby(column, sort=False):
                    yield Group(str(unit_type), grouping, str(group), members)


def wave_columns(wave: Wave, *, stage: str) -> dict[str, Any]:
    """The columns that all estimate records of a wave and stage share."""
    return {
        "wave": wave.id,
        "stage": stage,
        "population": f"{wave.file.frame.country} {wave.file.frame.date}",
        "source": wave.file.origin,
        "source_ref": source_ref(wave),
    }


def source_ref(wave: Wave, item: str | None = None) -> str:
    """The raw file that a number rests on, and the variable in it when a single item is named."""
    file = f"data/raw/waves/{wave.id}/{wave.file.responses.file}"
    variable = next((one.variable for one in wave.items if one.item == item), "")
    return f"{file}#{variable}" if variable else file
