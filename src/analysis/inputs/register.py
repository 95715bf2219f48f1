"""The register of printed figures: what the reports print, figure by figure, with the claims they make in words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import tables
from analysis.inputs.params import WaveId

DECIMALS = {"integer": 0, "one_decimal": 1}  # the precisions whose value was printed as a numeral
SHARES = ("percent", "share_text")

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9]+([_-][A-Za-z0-9]+)*$")]


def _split(value: object) -> object:
    return tuple(part.strip() for part in value.split(";")) if isinstance(value, str) else value


class Source(tables.Record):
    """One row of `sources.csv`: a publication that figures were taken from, and the waves it prints."""

    source_id: Id
    waves: Annotated[tuple[WaveId, ...], BeforeValidator(_split)]
    publisher: str
    year: int = Field(ge=1990, le=2100)
    title: str
    language: Literal["nb", "nn", "sv", "en", "da"]
    pages: str | None = None
    fieldwork: str
    found_at: str | None = None
    remark: str | None = None


class Figure(tables.Record):
    """One row of `figures.csv`: a quantitative statement at one place of a source.

    `value` is the text as printed with a decimal point; `precision` says how it was rounded (`integer`,
    `one_decimal`), or that it stands for a word (`verbal`) or a limit (`bound`). No value: the source prints that
    there is none. `quantity_id` joins what is printed more than once.

    `base_status` says what `base_n` is: `printed`, the number of units the figure is a share or count of; `assumed`,
    read as such although the source does not say it; `upper_bound`, the figure's own base is not printed and cannot be
    larger; `frame`, the units asked rather than those that answered; `other_unit`, the figure is a share of something
    else (answers, services), so that no whole number of base units lies behind it.
    """

    figure_id: Id
    quantity_id: Id
    source_id: str
    source_locator: str
    wave: WaveId
    domain: Key
    sector: Key | None = None
    label_en: str
    statistic: Literal["percent", "share_text", "count", "mean", "money"]
    value: str | None = None
    precision: Literal["integer", "one_decimal", "verbal", "bound"] | None = Field(default=None, validate_default=True)
    unit: str
    answer_category: Key | None = None
    base_n: int | None = Field(default=None, gt=0)
    base_status: Literal["printed", "assumed", "upper_bound", "frame", "other_unit"] | None = Field(
        default=None, validate_default=True
    )
    base_note: str | None = None
    group: Key
    multi_select: Literal["y", "n", "unknown"] | None = None
    note: str | None = None

    @field_validator("value")
    @classmethod
    def _number(cls, value: str | None, info: ValidationInfo) -> str | None:
        statistic = info.data.get("statistic")
        if value is None or statistic is None:
            return value
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", value):
            raise ValueError("a number of zero or more with a decimal point is expected")
        if statistic in SHARES and float(value) > 100:
            raise ValueError("a percentage lies between 0 and 100")
        if statistic == "count" and "." in value:
            raise ValueError("a count is a whole number")
        return value

    @field_validator("precision")
    @classmethod
    def _decimals(cls, precision: str | None, info: ValidationInfo) -> str | None:
        if "value" not in info.data:  # the value itself was refused
            return precision
        value = info.data["value"]
        if (value is None) != (precision is None):
            raise ValueError("value and precision are given together or not at all")
        if value is not None and precision in DECIMALS and len(value.partition(".")[2]) != DECIMALS[precision]:
            raise ValueError(f"the value {value} has another number of decimals")
        return precision

    @field_validator("base_status")
    @classmethod
    def _base(cls, status: str | None, info: ValidationInfo) -> str | None:
        if "base_n" not in info.data:
            return status
        base = info.data["base_n"]
        if (base is None) != (status is None):
            raise ValueError("base_n and base_status are given together or not at all")
        counted = info.data.get("statistic") == "count" and status not in (None, "other_unit")
        if counted and info.data.get("value") and float(info.data["value"]) > base:
            raise ValueError(f"the count {info.data['value']} is larger than its base {base}")
        return status

    @property
    def number(self) -> float | None:
        """The printed value as a number, in its own unit (percentages 0 to 100); None where none is printed."""
        return None if self.value is None else float(self.value)


class Claim(tables.Record):
    """One row of `claims.csv`: a statement a source makes in words, and what could test it."""

    claim_id: Id
    source_id: str
    source_locator: str
    wave: WaveId
    domain: Key | None = None
    kind: str
    claim_en: str
    testable_as: str | None = None


@dataclass(frozen=True)
class Register:
    """The register as three tables, in the order of the files; text that is not given is empty.

    `figures` has the parsed `number` beside the printed `value`; missing numbers and bases are missing values.
    """

    sources: pd.DataFrame
    figures: pd.DataFrame
    claims: pd.DataFrame


def load_register(folder: Path | None = None) -> Register:
    """The checked register of printed figures, from `data/raw/published` unless another folder is given.

    Raises InputError in one sentence that names file, row and column: a missing or unknown column, a missing value, a
    value of the wrong kind, a duplicate id, an unknown source, or a wave that the source does not print.
    """
    folder = folder or paths.published()
    sources = tables.read_table(folder / "sources.csv", Source, key=["source_id"])
    figures = tables.read_table(folder / "figures.csv", Figure, key=["figure_id"])
    claims = tables.read_table(folder / "claims.csv", Claim, key=["claim_id"])
    waves = {source.source_id: source.waves for source in sources}
    _check_sources(folder / "figures.csv", figures, waves)
    _check_sources(folder / "claims.csv", claims, waves)
    return Register(sources=_table(sources, Source), figures=_figures(figures), claims=_table(claims, Claim))


def load_figures(file: Path) -> pd.DataFrame:
    """The checked figures of one file in the format of `figures.csv`, without its sources and claims.

    Raises InputError in one sentence that names file, row and column.
    """
    return _figures(tables.read_table(file, Figure, key=["figure_id"]))


def _check_sources(path: Path, rows: Iterable[Figure | Claim], waves: dict[str, tuple[str, ...]]) -> None:
    name = paths.relative(path)
    for number, row in enumerate(rows, start=2):
        if row.source_id not in waves:
            place = f"{name}, row {number}, column 'source_id'"
            raise InputError(f"{place}: {row.source_id!r} is no source of sources.csv; add it or correct the id.")
        if row.wave not in waves[row.source_id]:
            known = ", ".join(waves[row.source_id])
            place = f"{name}, row {number}, column 'wave'"
            raise InputError(f"{place}: {row.wave!r} is no wave of {row.source_id} ({known}); correct one of the two.")


def _figures(figures: Sequence[Figure]) -> pd.DataFrame:
    table = _table(figures, Figure)
    table["number"] = pd.Series([figure.number for figure in figures], dtype="float64")
    return table


def _table(records: Sequence[tables.Record], model: type[tables.Record]) -> pd.DataFrame:
    frame = pd.DataFrame([record.model_dump() for record in records], columns=list(model.model_fields))
    for column in frame.columns:
        frame[column] = _column(column, frame[column])
    return frame


def _column(name: str, values: pd.Series) -> Any:
    if name in ("base_n", "year"):
        return values.astype("Int64")
    if name == "waves":
        return values.map("; ".join)
    return values.where(values.notna(), "").astype(str)
