"""Numbers of a table that must not be told: on the page and in its CSV file a word stands in their place."""

import pandas as pd

from analysis.reports.display import words

# The word that stands for a number that must not be told.
WITHHELD = "disclosure.withheld"


def typed(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with columns of numbers and gaps as such: a gap is not one in a text, and counts stay whole numbers."""
    loose = [column for column in frame.columns if frame[column].dtype == object or _counts(frame[column])]
    return frame.assign(**{str(column): frame[column].convert_dtypes() for column in loose})


def with_words(frame: pd.DataFrame, *, language: str) -> pd.DataFrame:
    """The table with the word in place of every missing number."""
    word = words.say(WITHHELD, language=language)
    told = [frame[column] for column in frame.columns if is_number(frame[column])]
    return frame.assign(**{str(values.name): values.astype(object).where(values.notna(), word) for values in told})


def is_number(values: pd.Series) -> bool:
    """Whether a column holds numbers, or yes and no, or nothing at all."""
    return bool(pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values) or values.isna().all())


def _counts(values: pd.Series) -> bool:
    """Whether a column of floats holds whole numbers that only its gaps have made floats."""
    return bool(values.dtype == float and values.isna().any() and (values.dropna() % 1 == 0).all())
