"""CSV and YAML files read into checked records: every mistake is one sentence with file, row and column."""

import csv
import io
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from analysis import paths
from analysis.errors import InputError


class Record(BaseModel):
    """A checked record: unknown keys are refused, values are never coerced to another kind silently."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


R = TypeVar("R", bound=Record)


def read_text(path: Path) -> str:
    """A text file in UTF-8, with or without a byte order mark.

    Raises InputError when the file is missing, empty, or in another encoding.
    """
    name = paths.relative(path)
    if not path.is_file():
        raise InputError(f"{name} is missing; put the file back or take what names it out of params.yaml.")
    data = path.read_bytes()
    if not data.strip():
        raise InputError(f"{name} is empty; restore it from version control or deliver it again.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        raise InputError(f"{name}, row {row}: the text is not UTF-8; save the file with the encoding UTF-8.") from None


def read_yaml(path: Path, model: type[R]) -> R:
    """A YAML file as one checked record. Raises InputError naming file and key."""
    return _record(read_text(path), model, name=paths.relative(path))


@lru_cache(maxsize=256)
def _record(text: str, model: type[R], *, name: str) -> R:
    """The record of a text, which is frozen: what the pipeline has read once its stages need not read again."""
    return check(_content(text, name=name), model, place=name)


def yaml_content(path: Path) -> dict[str, Any]:
    """A YAML file as keys with values. Raises InputError when it is none."""
    return _content(read_text(path), name=paths.relative(path))


def _content(text: str, *, name: str) -> dict[str, Any]:
    try:
        content = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", row {mark.line + 1}" if mark else ""
        raise InputError(f"{name}{place}: this is not valid YAML; check indentation, colons and quotes.") from None
    if not isinstance(content, dict):
        raise InputError(f"{name}: a list of keys with values is expected; see the file of another wave.")
    return content


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a comma-separated file as text, keyed by column.

    Raises InputError on a missing header, a duplicate column, or a row with too few or too many fields
    (as in a truncated file).
    """
    return rows_of(read_text(path), name=paths.relative(path))


def rows_of(text: str, *, name: str, separator: str = ",") -> list[dict[str, str]]:
    """The rows of a separated text, keyed by column. Raises InputError as `read_rows` does."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    try:
        lines = [(reader.line_num, line) for line in reader if line]
    except csv.Error as error:
        problem = f"the row cannot be read ({error})"
        raise InputError(f"{name}, row {reader.line_num}: {problem}; check its quotes and line end.") from None
    header = lines[0][1]
    doubled = next((column for column in header if header.count(column) > 1), None)
    if doubled is not None:
        raise InputError(f"{name}, row 1: the column {doubled!r} stands twice; rename or remove one.")
    for number, line in lines[1:]:
        if len(line) != len(header):
            problem = f"{len(line)} fields where the header has {len(header)}"
            raise InputError(f"{name}, row {number}: {problem}; the file may be truncated, restore the row.")
    if not text.endswith("\n"):
        number = lines[-1][0]
        raise InputError(f"{name}, row {number}: the last row has no line end; the file may be truncated, restore it.")
    return [dict(zip(header, line, strict=True)) for _, line in lines[1:]]


def read_table(path: Path, model: type[R], *, key: Iterable[str] = ()) -> list[R]:
    """A comma-separated file as checked records; an empty field means that the value is not given.

    `key` names the columns that together identify a row. Raises InputError naming file, row and column for an
    unknown or missing column, a value of the wrong type, or a duplicate key.
    """
    return list(_records(read_text(path), model, tuple(key), name=paths.relative(path)))


@lru_cache(maxsize=256)
def _records(text: str, model: type[R], key: tuple[str, ...], *, name: str) -> tuple[R, ...]:
    """The records of a text, which are frozen too."""
    rows = rows_of(text, name=name)
    _check_columns(rows, model, name)
    records = tuple(
        check({k: v for k, v in row.items() if v != ""}, model, place=f"{name}, row {number}", what="column")
        for number, row in enumerate(rows, start=2)
    )
    seen: dict[tuple[Any, ...], int] = {}
    for number, record in enumerate(records, start=2):
        values = tuple(getattr(record, column) for column in key)
        if key and values in seen:
            shown = ", ".join(f"{c} {v!r}" for c, v in zip(key, values, strict=True))
            raise InputError(f"{name}, row {number}: {shown} stands already in row {seen[values]}; keep one of them.")
        seen[values] = number
    return records


def check(content: dict[str, Any], model: type[R], *, place: str, what: str = "key") -> R:
    """A checked record, or an InputError that says in one sentence what is wrong at `place` and what to do."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise InputError(_sentence(error.errors()[0], place, what, model)) from None


def problems_of_table(path: Path, model: type[R]) -> Iterator[str]:
    """Every row of a comma-separated file that is no such record, as sentences; or what keeps it from being read."""
    name = paths.relative(path)
    try:
        rows = read_rows(path)
        _check_columns(rows, model, name)
    except InputError as error:
        yield str(error)
        return
    for number, row in enumerate(rows, start=2):
        content = {column: value for column, value in row.items() if value != ""}
        yield from problems_of(content, model, place=f"{name}, row {number}", what="column")


def problems_of(content: dict[str, Any], model: type[R], *, place: str, what: str = "key") -> Iterator[str]:
    """Everything that is wrong with a record, as sentences."""
    try:
        model.model_validate(content)
    except ValidationError as error:
        yield from (_sentence(problem, place, what, model) for problem in error.errors())


def _check_columns(rows: list[dict[str, str]], model: type[Record], name: str) -> None:
    if not rows:
        raise InputError(f"{name}: the file has a header and no rows; deliver it again.")
    fields = {field.alias or key: field for key, field in model.model_fields.items()}
    for column in rows[0]:
        if column not in fields:
            known = ", ".join(fields)
            raise InputError(f"{name}, row 1: unknown column {column!r}; remove it or rename it to one of {known}.")
    missing = [key for key, field in fields.items() if field.is_required() and key not in rows[0]]
    if missing:
        raise InputError(f"{name}, row 1: the column {missing[0]!r} is missing; add it.")


def _sentence(problem: Any, place: str, what: str, model: type[Record]) -> str:
    """A problem that pydantic found, in the words of this project."""
    where = ".".join(str(part) for part in problem["loc"])
    at = f"{place}, {what} {where!r}" if where else place
    if problem["type"] == "extra_forbidden":
        known = ", ".join(model.model_fields) if len(problem["loc"]) == 1 else "those of another wave"
        return f"{at}: unknown {what}; remove it or spell it as one of {known}."
    if problem["type"] == "missing":
        return f"{at}: no value is given; fill it in."
    message = (
        problem["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ").replace("valid tuple", "list")
    )
    message = message[0].lower() + message[1:]
    value = problem.get("input")
    shown = f"{value!r} is not allowed: " if isinstance(value, str | int | float | bool) else ""
    return f"{at}: {shown}{message.rstrip('.')}; correct the value."
