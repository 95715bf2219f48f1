"""Which units a printed share or mean is about: the frame behind a wave's figures of one unit and group."""

from functools import lru_cache
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import tables
from analysis.inputs.frames import Country, Date, UnitType, add_size_groups, load_frame
from analysis.inputs.params import WaveId

KEY = ("wave", "unit", "group", "domain")


def _split(value: object) -> object:
    return tuple(part.strip() for part in value.split(";")) if isinstance(value, str) else value


class Population(tables.Record):
    """One row of `populations.csv`: the units that a wave's figures of one unit and group speak of.

    `share_of` says what a figure is a share of: `answers`, of the units that answered, out of a frame; `frame`, of all
    units of the frame; `itself`, of a group picked out of those that answered, with no other units behind it. A row
    without `domain` holds for every domain that has no row of its own. `replies_fewest` and `replies_most` say how
    many can have answered; `scale_low` and `scale_high` are the ends of a scale.
    """

    wave: WaveId
    unit: str
    group: str
    domain: str = ""
    share_of: Literal["answers", "frame", "itself"]
    country: Country
    reference_date: Date
    unit_types: Annotated[tuple[UnitType, ...], BeforeValidator(_split)]
    size_scheme: str | None = None
    size_group: int | None = Field(default=None, validate_default=True)
    replies_fewest: int | None = Field(default=None, gt=0)
    replies_most: int | None = Field(default=None, validate_default=True)
    scale_low: float | None = None
    scale_high: float | None = Field(default=None, validate_default=True)
    source_locator: str

    @field_validator("size_group", "scale_high")
    @classmethod
    def _with_partner(cls, value: float | None, info: ValidationInfo) -> float | None:
        partner = {"size_group": "size_scheme", "scale_high": "scale_low"}[str(info.field_name)]
        if partner not in info.data:  # it was refused itself
            return value
        if (value is None) != (info.data[partner] is None):
            raise ValueError(f"it is given together with {partner} or not at all")
        if info.field_name == "scale_high" and value is not None and value <= info.data[partner]:
            raise ValueError("it is above scale_low")
        return value

    @field_validator("replies_most")
    @classmethod
    def _replies(cls, value: int | None, info: ValidationInfo) -> int | None:
        if "share_of" not in info.data or "replies_fewest" not in info.data:
            return value
        if (value is None) != (info.data["share_of"] == "frame"):
            raise ValueError("the number of replies is given except for shares of all units of a frame")
        if value is not None and value < (info.data["replies_fewest"] or 1):
            raise ValueError("it is not below replies_fewest")
        return value


class Headline(tables.Record):
    """One row of `headlines.csv`: a figure that pages show first, under a short label, and whether it is charted."""

    figure_id: str
    label_en: str
    chart: Literal["y", "n"]


def load_headlines(known: set[str]) -> pd.DataFrame:
    """The figures that pages show first: figure_id, label, charted.

    Raises InputError in one sentence for a malformed row and for a figure that is not among those `known`.
    """
    path = paths.published() / "headlines.csv"
    rows = tables.read_table(path, Headline, key=["figure_id"])
    for number, row in enumerate(rows, start=2):
        if row.figure_id not in known:
            place = f"{paths.relative(path)}, row {number}, column 'figure_id'"
            raise InputError(f"{place}: {row.figure_id!r} is no percentage or mean in numerals; correct the id.")
    return pd.DataFrame(
        [{"figure_id": row.figure_id, "label": row.label_en, "charted": row.chart == "y"} for row in rows]
    )


def load_populations() -> pd.DataFrame:
    """The populations of the printed figures, with `population_size`: the units of the frame, or of the group itself.

    Raises InputError in one sentence naming file, row and column: a malformed row, a double one, a frame that is not
    there, a size group that its scheme does not have, or more replies than units.
    """
    path = paths.published() / "populations.csv"
    records = tables.read_table(path, Population, key=KEY)
    table = pd.DataFrame([record.model_dump() for record in records], columns=list(Population.model_fields))
    sizes = [_size(record, row, name=paths.relative(path)) for row, record in enumerate(records, start=2)]
    columns = ["size_group", "replies_fewest", "replies_most"]
    return table.assign(population_size=sizes).astype(dict.fromkeys(columns, "Int64"))


def population_of(figure: Any, populations: pd.DataFrame) -> dict[str, Any] | None:
    """The population of a figure of the register, given as a row; none where no frame stands behind it.

    A row for the figure's domain goes before one for all domains.
    """
    keys = list(zip(*(populations[column] for column in KEY), strict=True))
    for domain in (figure["domain"], ""):
        wanted = (*(figure[column] for column in KEY[:-1]), domain)
        if wanted in keys:
            return {str(key): value for key, value in populations.iloc[keys.index(wanted)].items()}
    return None


def _size(record: Population, row: int, *, name: str) -> int:
    try:
        sizes = _frame_sizes(record.country, record.reference_date, record.unit_types, record.size_scheme)
    except InputError as error:
        raise InputError(f"{name}, row {row}, column 'reference_date': {error}") from None
    if record.share_of == "itself":
        return int(record.replies_most or 0)
    size = sizes.get(record.size_group or 0)
    if size is None:
        problem = f"the scheme {record.size_scheme} has no units in group {record.size_group}"
        raise InputError(f"{name}, row {row}, column 'size_group': {problem}; correct the group.")
    if (record.replies_most or 0) > size:
        problem = f"{record.replies_most} replies from {size} units"
        raise InputError(f"{name}, row {row}, column 'replies_most': {problem}; correct one of them.")
    return size


@lru_cache(maxsize=32)
def _frame_sizes(country: str, date: str, unit_types: tuple[str, ...], scheme: str | None) -> dict[int, int]:
    """The number of units of a frame by size group; 0 stands for all."""
    frame = load_frame(country, date=date, unit_types=unit_types)
    sizes = {0: len(frame)}
    if scheme is None:
        return sizes
    groups = add_size_groups(frame, size=scheme)["size_group"]
    return sizes | {int(group): int((groups == group).sum()) for group in groups.unique()}
