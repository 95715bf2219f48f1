"""The rows of a table as HTML: the first column heads them, numbers stand at the right, missing values are words."""

from collections.abc import Mapping
from html import escape

import pandas as pd

from analysis.reports.display import words
from analysis.reports.display.withheld import WITHHELD, is_number


def rows(
    frame: pd.DataFrame,
    formats: Mapping[str, str],
    labels: Mapping[str, str],
    *,
    language: str,
    withheld: bool = False,
) -> str:
    """Head and body of a table. `formats` gives a column its format, `labels` its header; all text is escaped.

    Without them whole numbers are counts and other numbers get one decimal. `withheld`: missing numbers must not be
    told, and a word says so. Raises WordsError for a number that its format does not know.
    """
    gap = words.say(WITHHELD, language=language)
    told = {column: gap if withheld and is_number(frame[column]) else None for column in frame.columns}
    specs = {column: formats.get(str(column)) or _default_format(frame[column]) for column in frame.columns}
    kinds = {column: "" if spec == "text" else ' class="number"' for column, spec in specs.items()}
    head = "".join(
        f'<th scope="col"{kinds[column]}>{escape(labels.get(str(column), str(column)))}</th>'
        for column in frame.columns
    )
    body = []
    for row in frame.itertuples(index=False, name=None):
        cells = []
        for place, (column, value) in enumerate(zip(frame.columns, row, strict=True)):
            word = told[column] if words.is_missing(value) else None
            text = escape(word or words.format_value(value, specs[column], language=language))
            kind = ' class="number empty"' if words.is_missing(value) and kinds[column] else kinds[column]
            cells.append(f'<th scope="row"{kind}>{text}</th>' if place == 0 else f"<td{kind}>{text}</td>")
        body.append(f"<tr>{''.join(cells)}</tr>")
    return f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody>"


def _default_format(values: pd.Series) -> str:
    if pd.api.types.is_bool_dtype(values):
        return "text"
    if pd.api.types.is_integer_dtype(values):
        return "count"
    return "number1" if pd.api.types.is_float_dtype(values) else "text"
