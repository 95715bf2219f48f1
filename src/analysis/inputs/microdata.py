"""Files of statistics programs (SPSS, Stata, SAS) and Excel as text cells, with the labels the file itself carries."""

import datetime
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import paths
from analysis.errors import InputError

PROGRAMS = {
    ".sav": "read_sav",
    ".zsav": "read_sav",
    ".por": "read_por",
    ".dta": "read_dta",
    ".sas7bdat": "read_sas7bdat",
}
# A survey of some hundred units with more variables than this is the wrong file.
MOST_COLUMNS = 5000


@dataclass(frozen=True)
class Delivery:
    """A file of answers as it was delivered.

    `cells`: every cell as text, empty where nothing stands, indexed by the row's number in the file: the header of a
    text file or sheet is row 1, the first case of a statistics file is row 1. `labels`: what a variable is called;
    `value_labels`: what its codes are called; `missing`: ranges of codes that the file declares missing.
    """

    cells: pd.DataFrame
    labels: dict[str, str] = field(default_factory=dict)
    value_labels: dict[str, dict[str, str]] = field(default_factory=dict)
    missing: dict[str, tuple[tuple[Any, Any], ...]] = field(default_factory=dict)

    def declares_missing(self, variable: str, code: str) -> bool:
        """Whether the file declares a code of a variable missing."""
        return any(_within(code, low, high) for low, high in self.missing.get(variable, ()))

    def spoken(self, variable: str) -> pd.Series:
        """The cells of a variable with the labels of their codes in place of the codes, where they have one."""
        labels = self.value_labels.get(variable, {})
        return self.cells[variable].map(lambda code: labels.get(code, code))


def number_text(value: Any) -> str:
    """A cell as text: whole numbers without decimals, days and times as in ISO 8601, nothing as empty text."""
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return (value.date() if value.time() == datetime.time() else value).isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, int | float):
        return str(int(value)) if value == int(value) else repr(float(value))
    return str(value).strip()


def read_statistics(path: Path, *, encoding: str | None = None) -> Delivery:
    """A file of SPSS, Stata or SAS with variable labels, value labels and user-missing values.

    Raises InputError for a file that the reader cannot read (truncated, empty, of another kind, in an unknown
    encoding), one without cases, and one with more than MOST_COLUMNS variables.
    """
    import pyreadstat

    name = paths.relative(path)
    _check_there(path)
    read: Callable[..., Any] = getattr(pyreadstat, PROGRAMS[path.suffix.lower()])
    options: dict[str, Any] = {} if encoding is None else {"encoding": encoding}
    if read.__name__ in ("read_sav", "read_dta", "read_sas7bdat"):
        options["user_missing"] = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            head = read(path, metadataonly=True, **options)[1]
            check_width(head.number_columns, name=name)
            table, meta = read(path, **options)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, UnicodeError, LookupError, ValueError) as error:
        said = str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__
        problem = f"this cannot be read as a {path.suffix} file ({said})"
        remedy = "deliver it whole and with its right ending, or name its encoding in wave.yml (responses.encoding)"
        raise InputError(f"{name}: {problem}; {remedy}.") from None
    if table.empty:
        raise InputError(f"{name}: the file has variables and no cases; deliver it again.")
    cells = pd.DataFrame({column: [number_text(cell) for cell in table[column]] for column in table}, dtype="str")
    cells.index = pd.RangeIndex(1, len(cells) + 1, name="row")
    return Delivery(
        cells=cells,
        labels={variable: label for variable, label in meta.column_names_to_labels.items() if label},
        value_labels={
            variable: {number_text(code): str(label) for code, label in codes.items()}
            for variable, codes in meta.variable_value_labels.items()
        },
        missing=_missing(meta),
    )


def read_excel(path: Path, *, sheet: str | None = None) -> Delivery:
    """One sheet of an Excel file, the first unless `sheet` names another; the first row is the header.

    Cells have the values that Excel last computed. Raises InputError for a file that is no Excel file, an unknown
    sheet, a header with empty or doubled names, or no rows.
    """
    import openpyxl

    name = paths.relative(path)
    _check_there(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl lets many kinds through from zip and XML
        problem = f"this cannot be read as an Excel file ({type(error).__name__})"
        raise InputError(f"{name}: {problem}; save it again as .xlsx, or as .csv in UTF-8.") from None
    if sheet is not None and sheet not in book.sheetnames:
        known = ", ".join(book.sheetnames)
        raise InputError(f"{name}: there is no sheet {sheet!r}; name one of {known} in wave.yml (responses.sheet).")
    rows = list((book[sheet] if sheet else book[book.sheetnames[0]]).iter_rows(values_only=True))
    book.close()
    if not rows:
        raise InputError(f"{name}: the sheet is empty; deliver it again or name another in responses.sheet.")
    header = [number_text(cell) for cell in rows[0]]
    while header and not header[-1]:
        header.pop()
    check_header(header, name=name)
    table = [[number_text(cell) for cell in row[: len(header)]] for row in rows[1:]]
    cells = pd.DataFrame(table, columns=header, dtype="str")
    cells.index = pd.RangeIndex(2, len(cells) + 2, name="row")
    cells = cells[(cells != "").any(axis=1)]
    if cells.empty:
        raise InputError(f"{name}: the sheet has a header and no rows; deliver it again.")
    return Delivery(cells=cells)


def check_header(header: list[str], *, name: str) -> None:
    """Every column has a name of its own. Raises InputError for an empty or doubled one, or too many columns."""
    check_width(len(header), name=name)
    if not header or "" in header:
        number = header.index("") + 1 if header else 1
        raise InputError(f"{name}, row 1: column {number} has no name; name it or remove the column.")
    seen: set[str] = set()
    for column in header:
        if column in seen:
            raise InputError(f"{name}, row 1: the column {column!r} stands twice; rename or remove one.")
        seen.add(column)


def check_width(columns: int, *, name: str) -> None:
    """A file of answers has at most MOST_COLUMNS columns. Raises InputError for more."""
    if columns > MOST_COLUMNS:
        problem = f"{columns} columns, more than the {MOST_COLUMNS} that a survey can have"
        raise InputError(f"{name}: {problem}; keep the variables of the questionnaire.")


def _within(code: str, low: Any, high: Any) -> bool:
    try:
        return float(low) <= float(code) <= float(high)
    except ValueError:
        return code == str(low)


def _check_there(path: Path) -> None:
    name = paths.relative(path)
    if not path.is_file():
        raise InputError(f"{name} is missing; put the file back or take what names it out of params.yaml.")
    if path.stat().st_size == 0:
        raise InputError(f"{name} is empty; restore it from version control or deliver it again.")


def _missing(meta: Any) -> dict[str, tuple[tuple[Any, Any], ...]]:
    """Codes that the file declares missing: ranges in SPSS, letters in Stata and SAS."""
    ranges = {
        variable: tuple((entry["lo"], entry["hi"]) for entry in entries)
        for variable, entries in (meta.missing_ranges or {}).items()
    }
    letters: dict[str, Iterable[Any]] = meta.missing_user_values or {}
    return ranges | {variable: tuple((value, value) for value in values) for variable, values in letters.items()}
