"""Frames: which units exist on a date, their size groups and regions, and their links through mergers."""

import datetime
import io
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field

from analysis import paths
from analysis.errors import InputError
from analysis.inputs.tables import R, Record, check, read_table

Country = Literal["norway", "sweden"]
UnitType = Literal["municipality", "county_municipality"]
Date = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
CountyCode = Annotated[str, Field(pattern=r"^\d{2}$")]
MunicipalityCode = Annotated[str, Field(pattern=r"^\d{4}$")]
Code = Annotated[str, Field(pattern=r"^\d{2}(\d{2})?$")]

UNIT_KEY = ("country", "reference_date", "unit_type", "code")
PARTIAL_TRANSFERS = ("boundary_change", "minor_boundary_transfer")


class Unit(Record):
    """A municipality or county municipality on a date, with its inhabitants on that date."""

    country: Country
    reference_date: Date
    unit_type: UnitType
    code: Code
    name: str
    county_code: CountyCode
    county_name: str
    population: int = Field(gt=0)


class SizeGroup(Record):
    """A group of units by inhabitants: `lower` belongs to the group, `upper` to the next; none means open."""

    scheme: str
    country: Country
    group: int = Field(ge=1)
    lower: int | None = None
    upper: int | None = None
    label_en: str
    label_nb: str
    label_sv: str


class Region(Record):
    """The region of a county or of a single unit in one grouping, between two dates, both included."""

    scheme: str
    country: Country
    by: Literal["county", "unit"]
    code: Code
    valid_from: Date
    valid_until: Date
    order: int = Field(ge=1)
    value_code: str | None = None
    value_name: str


class CodeChange(Record):
    """A municipality code that passed into another, or changed its name, on a date."""

    valid_from: Date
    old_code: MunicipalityCode
    new_code: MunicipalityCode
    kind: Literal[
        "renumbered",
        "renamed",
        "renumbered_and_renamed",
        "merged",
        "continues_enlarged",
        "split",
        "boundary_change",
        "minor_boundary_transfer",
    ]
    old_name: str
    new_name: str


def load_frame(
    country: str, *, date: str | datetime.date, unit_types: Iterable[str] = ("municipality",)
) -> pd.DataFrame:
    """The units of a country on a reference date, one row each, ordered by unit type and code.

    Columns: country, reference_date, unit_type, code, name, county_code, county_name (text), population (persons).
    Nothing is missing. Only the rows handed out are checked one by one here; `frame_checks` checks the whole file.
    Raises InputError when the file is malformed or has no such units on that date, naming the dates there are.
    Source: Statistics Norway table 07459, Statistics Sweden BE0101.
    """
    table = _units_text()
    wanted = tuple(unit_types)
    of_country = (table["country"] == country) & table["unit_type"].isin(wanted)
    rows = table[of_country & (table["reference_date"] == str(date))]
    if rows.empty:
        dates = ", ".join(sorted(table.loc[of_country, "reference_date"].unique())) or "none"
        raise InputError(
            f"{_name('units.csv')}: there is no frame of {country} ({', '.join(wanted)}) on {date}; "
            f"the dates of that kind are: {dates}."
        )
    if rows.duplicated(list(UNIT_KEY)).any():
        _units_by_record()  # names the row that stands twice
    file = _name("units.csv")
    for number, row in zip(rows.index + 2, rows.to_dict("records"), strict=True):
        content = {str(column): value for column, value in row.items() if value != ""}
        check(content, Unit, place=f"{file}, row {number}", what="column")
    rows = rows.astype({"population": "int64"}).sort_values(["unit_type", "code"], ascending=[False, True])
    return rows.reset_index(drop=True)


def size_groups(scheme: str) -> pd.DataFrame:
    """The size groups of a scheme in order: group, lower, upper (inhabitants, none where open), and labels.

    Raises InputError for an unknown scheme.
    """
    table = _of_scheme("size_groups.csv", SizeGroup, ("scheme", "group"), scheme)
    return table.sort_values("group", ignore_index=True).astype({"lower": "Int64", "upper": "Int64"})


def region_names(scheme: str) -> list[str]:
    """The regions of a grouping in their usual order. Raises InputError for an unknown scheme."""
    table = _of_scheme("regions.csv", Region, ("scheme", "code"), scheme)
    return table.sort_values("order")["value_name"].drop_duplicates().tolist()


def add_groups(frame: pd.DataFrame, *, size: str, region: str) -> pd.DataFrame:
    """The frame with `size_group` (1 is the smallest), `size_label` (English) and `region`.

    The size group is the one whose edges hold the population: lower <= population < upper. A county municipality has
    the region of its county and the size group of its own population. Raises InputError when a scheme is unknown or
    of another country, or when a unit has no region in it on the frame's date.
    """
    regions = _of_scheme("regions.csv", Region, ("scheme", "code"), region)
    _check_country(regions, frame, scheme=region)
    return add_size_groups(frame, size=size).assign(region=_regions_of(frame, regions, scheme=region))


def add_size_groups(frame: pd.DataFrame, *, size: str) -> pd.DataFrame:
    """The frame with `size_group` (1 is the smallest) and `size_label` (English), by population as `add_groups` says.

    Raises InputError when the scheme is unknown or of another country.
    """
    groups = size_groups(size)
    _check_country(groups, frame, scheme=size)
    group = groups["lower"].iloc[1:].astype("int64").searchsorted(frame["population"], side="right")
    return frame.assign(size_group=groups["group"].to_numpy()[group], size_label=groups["label_en"].to_numpy()[group])


def load_code_changes() -> pd.DataFrame:
    """Every merger, split, renumbering and renaming of Norwegian municipalities from 2008 to 2024, by date.

    Source: Statistics Norway, Klass 131.
    """
    return _table("code_changes.csv", CodeChange, ("valid_from", "old_code", "new_code"))


def constant_geography(codes_by_date: Mapping[str, Iterable[str]], *, until: str) -> pd.DataFrame:
    """Norwegian units of several dates linked to units that are the same area on all dates up to `until`.

    Two codes belong together when a merger, split or renumbering after the first date and up to `until` joins them,
    directly or through others. Columns: reference_date, code, constant_code, split; one row per date and code given.
    `constant_code` is the code at `until`; where a split leaves several of them, the lowest, and `split` is True for
    the whole area. Transfers of part of an area are not links. Raises ValueError when `until` is before a date given.
    """
    first, last = min(codes_by_date), max(codes_by_date)
    if until < last:
        raise ValueError(f"until ({until}) is before the last date given ({last})")
    changes = load_code_changes()
    changes = changes[changes["valid_from"].between(first, until, inclusive="right")]
    changes = changes[~changes["kind"].isin(PARTIAL_TRANSFERS)]
    area: dict[str, set[str]] = {}
    ended: set[str] = set()
    for _, day in changes.groupby("valid_from"):
        ended = (ended | set(day["old_code"])) - set(day["new_code"])
    for old, new in zip(changes["old_code"], changes["new_code"], strict=True):
        joined = area.get(old, {old}) | area.get(new, {new})
        area.update(dict.fromkeys(joined, joined))
    divided = set(changes.loc[changes["kind"] == "split", "old_code"])
    rows = []
    for date, codes in codes_by_date.items():
        for code in codes:
            members = area.get(code, {code})
            rows.append((date, code, min(members - ended), bool(members & divided)))
    return pd.DataFrame(rows, columns=["reference_date", "code", "constant_code", "split"])


def _name(file: str) -> str:
    return paths.relative(paths.frames() / file)


def _table(file: str, model: type[R], key: tuple[str, ...]) -> pd.DataFrame:
    """A small table, every row checked."""
    return pd.DataFrame([record.model_dump() for record in read_table(paths.frames() / file, model, key=key)])


def _of_scheme(file: str, model: type[R], key: tuple[str, ...], scheme: str) -> pd.DataFrame:
    table = _table(file, model, key)
    if scheme not in set(table["scheme"]):
        known = ", ".join(sorted(table["scheme"].unique()))
        raise InputError(f"{_name(file)}: there is no scheme {scheme!r}; name one of {known}.")
    return table[table["scheme"] == scheme]


def _check_country(table: pd.DataFrame, frame: pd.DataFrame, *, scheme: str) -> None:
    if set(table["country"]) != set(frame["country"]):
        countries = ", ".join(sorted(set(frame["country"])))
        raise InputError(
            f"{scheme!r} groups units of {table['country'].iloc[0]}, the frame is of {countries}; "
            f"name a scheme of {countries}."
        )


def _regions_of(frame: pd.DataFrame, regions: pd.DataFrame, *, scheme: str) -> pd.Series:
    key = {"county": "county_code", "unit": "code"}[regions["by"].iloc[0]]
    current = regions[["code", "valid_from", "valid_until", "value_name"]].rename(columns={"code": "_code"})
    found = frame.merge(current, left_on=key, right_on="_code", how="left")
    valid = found["reference_date"].between(found["valid_from"], found["valid_until"])
    if not valid.all():
        unit = found[~valid].iloc[0]
        raise InputError(
            f"{_name('regions.csv')}: scheme {scheme!r} has no region for {unit['code']} {unit['name']} on "
            f"{unit['reference_date']}; name another scheme or add the row."
        )
    return found["value_name"].set_axis(frame.index)


def _units_text() -> pd.DataFrame:
    """All rows of `units.csv` as text, read fast.

    Where the header, the number of fields, the encoding or the words that select rows are not as they should be, the
    slow reader goes through the file record by record and says what is wrong.
    """
    path = paths.frames() / "units.csv"
    try:
        data = path.read_bytes()
        table = pd.read_csv(io.BytesIO(data), dtype=str, na_filter=False, encoding="utf-8-sig")
    except (OSError, ValueError):
        return _units_by_record()
    regular = (
        list(table.columns) == list(Unit.model_fields)
        and isinstance(table.index, pd.RangeIndex)
        and len(table) > 0
        and (table["population"] != "").all()  # a row that breaks off lacks its last field
        and data.endswith(b"\n")
        and table["country"].isin(["norway", "sweden"]).all()
        and table["unit_type"].isin(["municipality", "county_municipality"]).all()
        and table["reference_date"].drop_duplicates().str.fullmatch(r"\d{4}-\d{2}-\d{2}").all()
    )
    return table if regular else _units_by_record()


def _units_by_record() -> pd.DataFrame:
    """All rows of `units.csv`, each checked: raises InputError at the first mistake."""
    return _table("units.csv", Unit, UNIT_KEY).astype({"population": str})
