"""Tables as CSV files that anyone can open: plain, the same on every processor, and without formulas."""

from pathlib import Path
from typing import Any

import pandas as pd

from analysis.survey.estimates import round12

_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")  # what makes a spreadsheet take a text for a formula


def write_csv(frame: pd.DataFrame, file: Path) -> None:
    """Write a table as `csv_text` gives it, in UTF-8."""
    write_text(csv_text(frame), file)


def write_text(text: str, file: Path) -> None:
    """Write a text in UTF-8 with its line ends as they are; the folder is made."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="\n")


def csv_text(frame: pd.DataFrame) -> str:
    """A table as plain CSV: LF, floats of 12 significant digits, empty where missing.

    Text that a spreadsheet would run as a formula (it begins with = + - @ or a control character) gets an apostrophe
    in front; numbers are left alone.
    """
    safe = round12(frame)
    for column in safe.columns:
        if not _harmless(safe[column]):
            safe[column] = safe[column].map(_defuse)
    safe.columns = pd.Index([_defuse(str(column)) for column in safe.columns])
    return safe.to_csv(index=False, lineterminator="\n")


def _harmless(values: pd.Series) -> bool:
    """Whether a column can be told at once to hold no formula; others are looked at value by value."""
    if isinstance(values.dtype, pd.StringDtype):
        return not values.str.startswith(_SIGNS).any()
    return pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values)


def _defuse(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_SIGNS) else value
