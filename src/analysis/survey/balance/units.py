"""Balances and number tests of a wave's own frame and answers, of the whole survey and of each module."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from analysis.inputs.cleaning import ANSWERED
from analysis.inputs.waves import Wave
from analysis.survey.balance.assess import Balance, assess
from analysis.survey.balance.association import number_test
from analysis.survey.balance.propensity import cells_of

# In the order in which the response model takes them.
VARIABLES = ("size_group", "region")
NUMBER_COLUMNS = (
    "unit_type module item n_frame n_answered mean_answered mean_frame difference z p ks ks_p ks_error"
).split()


def parts(units: pd.DataFrame, *, wave: Wave) -> Iterator[tuple[str, pd.Series]]:
    """The whole survey (named by nothing) and each module, with whether each unit answered it."""
    yield "", units["disposition"].isin(ANSWERED)
    for module in wave.file.modules:
        yield module.id, units[f"answered_{module.id}"].astype(bool)


def balances(units: pd.DataFrame, *, wave: Wave, confidence: float = 0.95) -> tuple[Balance, ...]:
    """Who answered, of each unit type by size group and region, and of all together by unit type; by module too.

    `units` has a row a unit of the frame. A classification that leaves all units of a type together, or each alone,
    is left out. Raises InputError for a unit without a class.
    """
    ordered = units.sort_values(["size_group", "county_code", "code"])
    kinds = list(dict.fromkeys(units["unit_type"]))
    found = []
    for module, said in parts(ordered, wave=wave):
        about: dict[str, Any] = {"source": wave.file.origin, "module": module, "confidence": confidence}
        if len(kinds) > 1:
            cells = cells_of(ordered, answered=said, by=["unit_type"])
            found.append(assess(cells, variables=["unit_type"], unit_type="all", **about))
        for kind in kinds:
            own = ordered[ordered["unit_type"] == kind]
            variables = [name for name in VARIABLES if 1 < own[name].nunique() < len(own)]
            if variables:
                cells = _in_order(cells_of(own, answered=said[own.index], by=variables), own, variables)
                found.append(assess(cells, variables=variables, unit_type=kind, **about))
    return tuple(found)


def numbers(units: pd.DataFrame, *, wave: Wave) -> pd.DataFrame:
    """Inhabitants of the units that answered against the frame, as logarithms, by unit type and module.

    Means are of the logarithm. Parts that all or none answered have no row.
    """
    rows = []
    for module, said in parts(units, wave=wave):
        for kind, own in units.groupby("unit_type", sort=False):
            answered = said[own.index]
            if 0 < answered.sum() < len(own) and own["population"].nunique() > 1:
                test = number_test(np.log(own["population"].to_numpy("float64")), answered=answered.to_numpy())
                about = {"unit_type": kind, "module": module, "item": "log_inhabitants"}
                rows.append(about | {"n_frame": len(own), "n_answered": int(answered.sum())} | asdict(test))
    return pd.DataFrame(rows, columns=NUMBER_COLUMNS)


def _in_order(cells: pd.DataFrame, units: pd.DataFrame, variables: list[str]) -> pd.DataFrame:
    """Cells so that the classes of each variable appear in their own order: by size, regions by county codes."""
    regions = list(dict.fromkeys(units.sort_values("county_code")["region"].astype(str)))
    places = {"size_group": lambda values: values.astype(int), "region": lambda values: values.map(regions.index)}
    keys = [places[name](cells[name]).rename(name) for name in variables]
    return cells.loc[pd.concat(keys, axis=1).sort_values(variables).index].reset_index(drop=True)
