"""Reads the files of a wave as they were delivered: every cell as text, with what the file says about its variables."""

import re
from pathlib import Path

import pandas as pd

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import tables
from analysis.inputs.microdata import PROGRAMS, Delivery, check_header, check_width, read_excel, read_statistics
from analysis.inputs.waves import Wave

TEXTS, SHEETS = (".csv", ".txt", ".tsv"), (".xlsx", ".xlsm")
# First bytes of files that are no text: SPSS (plain and portable), Excel, older Excel, Stata, SAS.
NOT_TEXT = {b"$FL": ".sav", b"PK\x03\x04": ".xlsx", b"\xd0\xcf\x11\xe0": ".xls", b"<stata_dta>": ".dta"}
# UTF-8 read as Windows-1252 leaves these pairs behind: the file mixes encodings.
MIXED = re.compile("[\xc2\xc3][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")


def read_responses(wave: Wave) -> Delivery:
    """The file of answers of a wave.

    Raises InputError for a missing, truncated or wrongly encoded file, a file without rows, a kind of file that is not
    read, or a column that `items.csv` or `wave.yml` names and the file lacks.
    """
    path = paths.wave(wave.id) / wave.file.responses.file
    delivery = read_delivery(path, wave=wave)
    named = [(item.variable, "items.csv") for item in wave.items_in_file()]
    if not named:
        items = paths.relative(paths.wave(wave.id) / "items.csv")
        raise InputError(f"{items}, column 'variable': no item is matched to the file; run check-wave for proposals.")
    named += [(column, "wave.yml") for column in wave.file.responses.columns().values()]
    name, header = paths.relative(path), set(delivery.cells.columns)
    for column, source in named:
        if column not in header:
            problem = f"the column {column!r} that {source} names is missing"
            raise InputError(f"{name}, row 1: {problem}; add or rename it.")
    return delivery


def read_delivery(path: Path, *, wave: Wave | None = None) -> Delivery:
    """A file of any kind that is read, by its ending; encoding, separator and sheet as `wave.yml` names them.

    Raises InputError for a kind of file that is not read, and as the readers do.
    """
    known = wave.file.responses if wave else None
    kind = path.suffix.lower()
    if kind in PROGRAMS:
        return read_statistics(path, encoding=known.encoding if known else None)
    if kind in SHEETS:
        return read_excel(path, sheet=known.sheet if known else None)
    if kind in TEXTS:
        options = known and {"encoding": known.encoding, "separator": known.separator, "decimal": known.decimal}
        return read_csv(path, **(options or {}))
    kinds = ", ".join((*TEXTS, *SHEETS, *PROGRAMS))
    problem = f"files of kind {path.suffix!r} are not read"
    raise InputError(f"{paths.relative(path)}: {problem}; deliver the answers as one of {kinds}.")


def read_csv(
    path: Path, *, encoding: str | None = None, separator: str | None = None, decimal: str | None = None
) -> Delivery:
    """A text file with a header: UTF-8 or Windows-1252, separated by comma, semicolon or tab.

    What is not named is found out: the separator is the one that stands most often in the header, and numbers have a
    decimal comma where columns are not separated by commas. Raises InputError as `tables.rows_of` does.
    """
    name = paths.relative(path)
    text = _text(path, encoding=encoding)
    header = text.lstrip("\n\r").split("\n", 1)[0]
    mark = separator or max("\t;,", key=header.count)
    check_width(header.count(mark) + 1, name=name)
    rows = tables.rows_of(text, name=name, separator=mark)
    if not rows:
        raise InputError(f"{name}: the file has a header and no rows; deliver it again.")
    check_header(list(rows[0]), name=name)
    cells = pd.DataFrame(rows, dtype="str")
    cells.index = pd.RangeIndex(2, len(cells) + 2, name="row")
    cells = cells.apply(lambda column: column.str.strip())
    if (decimal or ("." if mark == "," else ",")) == ",":
        cells = cells.replace(r"^(-?\d+),(\d+)$", r"\1.\2", regex=True)
    return Delivery(cells=cells.replace(r"^(-?\d+)\.0+$", r"\1", regex=True))


def _text(path: Path, *, encoding: str | None) -> str:
    """A text file as text. Raises InputError when it is none, or in an encoding that cannot be told."""
    name = paths.relative(path)
    data = path.read_bytes() if path.is_file() else b""
    kind = next((kind for start, kind in NOT_TEXT.items() if data.startswith(start)), None)
    if kind is not None:
        raise InputError(f"{name}: the content is that of a {kind} file; give the file that ending.")
    if encoding is not None:
        try:
            return data.decode(encoding)
        except (LookupError, UnicodeError):
            problem = f"the text is not in the encoding {encoding!r} that wave.yml names"
            raise InputError(f"{name}: {problem}; correct responses.encoding or save the file as UTF-8.") from None
    try:
        return tables.read_text(path)
    except InputError:
        # Missing and empty files are said as they are; another encoding may be that of Windows.
        if not data.strip():
            raise
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            text = "\0"
        if "\0" in text or MIXED.search(text):
            raise
        return text
