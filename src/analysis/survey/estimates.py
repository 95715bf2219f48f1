"""The estimate record: every number that a report shows is one row with the same columns."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

COUNTS = "n_frame n_asked n_answered k".split()
NUMBERS = "point scale_max se ci_lo ci_hi bound_lo bound_hi deff_kish n_effective".split()
COLUMNS = (
    "estimate_id estimate_type mode wave reference_wave population unit_type item category subset module estimand "
    "base n_frame n_asked n_answered k point measure scale_max weight_variant se ci_method ci_lo ci_hi bound_lo "
    "bound_hi deff_kish n_effective decisions flags source stage source_ref inputs_sha256 code_sha256"
).split()

# The flag of a number that must not be told: it is missing, as is all that would give it away.
WITHHELD = "withheld"

# What, taken together, tells one estimate from every other; its values make the id.
IDENTITY = (
    "wave stage reference_wave estimate_type measure estimand mode unit_type module item category subset "
    "weight_variant population"
).split()

ALLOWED = {
    "estimate_type": {"level", "difference", "ratio", "slope", "diagnostic"},
    "measure": {"share", "mean", "count", "amount", "index", "test"},
    "source": {"printed", "observed", "synthetic"},
    "estimand": {"", "M", "P", "R"},
    "mode": {"", "D", "A", "I"},
}


def records(rows: Iterable[Mapping[str, Any]], **common: Any) -> pd.DataFrame:
    """Estimate records from rows that name only the columns they fill; `common` holds for every row.

    Text that is not given is empty, numbers that are not given are missing. The id joins the identifying columns,
    so that two rows for one and the same number raise ValueError, as does an unknown column or an unknown value of a
    coded column. Shares are 0 to 1. Source: the estimate record of this project.
    """
    filled = [{**common, **row} for row in rows]
    unknown = sorted({key for row in filled for key in row} - set(COLUMNS))
    if unknown:
        raise ValueError(f"not columns of the estimate record: {', '.join(unknown)}")
    frame = pd.DataFrame(filled, columns=COLUMNS)
    for column in COLUMNS:
        if column in NUMBERS:
            frame[column] = pd.to_numeric(frame[column]).astype("float64")
        elif column in COUNTS:
            frame[column] = pd.to_numeric(frame[column]).astype("Int64")
        else:
            frame[column] = frame[column].astype("object").where(frame[column].notna(), "").astype(str)
    for column, values in ALLOWED.items():
        wrong = sorted(set(frame[column]) - values)
        if wrong:
            raise ValueError(f"{column}: {wrong[0]!r} is not one of {sorted(values)}")
    frame["estimate_id"] = [_identify(row) for row in frame[IDENTITY].to_numpy()]
    doubled = frame.loc[frame["estimate_id"].duplicated(), "estimate_id"]
    if len(doubled):
        raise ValueError(f"two records for one estimate: {doubled.iloc[0]}")
    return frame


def round12(frame: pd.DataFrame) -> pd.DataFrame:
    """The same table with floats rounded to 12 significant digits, so that processors do not differ."""
    rounded = frame.copy()
    for column in rounded.columns:
        if pd.api.types.is_float_dtype(rounded[column].dtype):
            values = rounded[column].to_numpy(dtype="float64", na_value=np.nan, copy=True)
            known = np.isfinite(values)
            values[known] = [float(f"{value:.12g}") for value in values[known]]
            rounded[column] = pd.Series(values, index=rounded.index)
    return rounded


def _identify(values: Iterable[str]) -> str:
    return ":".join(value.replace(" ", "-") for value in values if value)
