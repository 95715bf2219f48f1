"""Checks of the frame files: printed totals they must reproduce, and that they fit each other."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field

from analysis import paths
from analysis.errors import InputError
from analysis.inputs.frames import (
    UNIT_KEY,
    CodeChange,
    Country,
    Date,
    MunicipalityCode,
    Region,
    SizeGroup,
    Unit,
)
from analysis.inputs.places import Point, Tile
from analysis.inputs.tables import Record, read_table

Tables = dict[str, pd.DataFrame]


class CodeLink(Record):
    """The code or codes of 2024 that a municipality code of a frame passed into."""

    reference_date: Date
    code: MunicipalityCode
    code_2024: MunicipalityCode
    link: Literal["one", "one_by_ssb_grouping", "one_of_several"]


class ExpectedTotal(Record):
    """A number that a frame must give, with the source that prints it."""

    country: Country
    reference_date: Date
    unit_types: Annotated[str, Field(pattern=r"^[a-z_]+(;[a-z_]+)?$")]
    measure: Literal["units", "units_oslo_once", "population", "units_in_size_group", "percent_of_population"]
    scheme: str | None = None
    part: int | None = None
    expected: float
    source: str


MODELS: dict[str, tuple[type[Record], tuple[str, ...]]] = {
    "units": (Unit, UNIT_KEY),
    "code_changes": (CodeChange, ("valid_from", "old_code", "new_code")),
    "code_links": (CodeLink, ("reference_date", "code", "code_2024")),
    "size_groups": (SizeGroup, ("scheme", "group")),
    "regions": (Region, ("scheme", "code")),
    "points": (Point, ("country", "code")),
    "tiles": (Tile, ("country", "code")),
    "checks": (ExpectedTotal, ("country", "reference_date", "unit_types", "measure", "part")),
}


@dataclass(frozen=True)
class CheckResult:
    """What a check expects, what it found, and whether they agree."""

    name: str
    expected: str
    found: str
    ok: bool


def read_frame_tables() -> Tables:
    """Every file of `data/raw/frames`, each row checked. Raises InputError at the first mistake."""
    return {
        name: pd.DataFrame(
            [record.model_dump() for record in read_table(paths.frames() / f"{name}.csv", model, key=key)]
        )
        for name, (model, key) in MODELS.items()
    }


def check_frames(tables: Tables) -> list[CheckResult]:
    """All checks of the frame files, in a fixed order; none stops the others."""
    totals = [_total(tables, row) for row in tables["checks"].to_dict("records")]
    return totals + [_none_left(name, check(tables)) for name, check in CHECKS.items()]


def require_frames(tables: Tables) -> None:
    """Raises InputError naming the first check that fails, and what it expected and found."""
    failed = next((result for result in check_frames(tables) if not result.ok), None)
    if failed:
        raise InputError(
            f"{paths.relative(paths.frames())}: check {failed.name!r} expects {failed.expected} and finds "
            f"{failed.found}; restore the frame files or correct the row that differs."
        )


def _total(tables: Tables, row: dict) -> CheckResult:
    units = tables["units"]
    of_row = (units["country"] == row["country"]) & (units["reference_date"] == row["reference_date"])
    frame = units[of_row & units["unit_type"].isin(row["unit_types"].split(";"))]
    groups = tables["size_groups"]
    found = _measure(frame, groups[groups["scheme"] == row["scheme"]], measure=row["measure"], part=row["part"])
    part = "" if pd.isna(row["part"]) else f" {row['part']:.0f}"
    name = f"{row['measure']}{part}, {row['country']} {row['reference_date']}, {row['unit_types']}"
    return CheckResult(name, f"{row['expected']:.12g}", f"{found:.12g}", bool(found == row["expected"]))


def _measure(frame: pd.DataFrame, groups: pd.DataFrame, *, measure: str, part: float) -> float:
    population = frame["population"]
    match measure:
        case "units":
            return len(frame)
        case "units_oslo_once":
            return len(frame) - int(frame["code"].isin(["03", "0301"]).sum() == 2)
        case "population":
            return int(population.sum())
        case "units_in_size_group":
            group = groups[groups["group"] == part].iloc[0].fillna({"lower": 0, "upper": float("inf")})
            return int(population.between(group["lower"], group["upper"], inclusive="left").sum())
        case _:
            return round(100 * part / population.sum(), 1)


def _none_left(name: str, problems: Iterable[str]) -> CheckResult:
    """A check that lists what is wrong: passed when the list is empty, else its first five stand in the result."""
    listed = list(problems)
    found = ", ".join(listed[:5]) + (f" and {len(listed) - 5} more" if len(listed) > 5 else "")
    return CheckResult(name, "none", found or "none", not listed)


def _municipalities(tables: Tables, country: str = "norway") -> pd.DataFrame:
    units = tables["units"]
    return units[(units["country"] == country) & (units["unit_type"] == "municipality")]


def _codes_by_date(tables: Tables) -> dict[str, set[str]]:
    return {str(date): set(codes) for date, codes in _municipalities(tables).groupby("reference_date")["code"]}


def _doubled_keys(tables: Tables) -> list[str]:
    return [
        f"{name} {'/'.join(str(row[column]) for column in key)}"
        for name, (_, key) in MODELS.items()
        for row in tables[name][tables[name].duplicated(list(key))].to_dict("records")
    ]


def _county_sums(tables: Tables) -> list[str]:
    """County municipalities whose population is not the sum of their municipalities, and counties without one."""
    units = tables["units"]
    units = units[units["country"] == "norway"]
    sums = units.pivot_table(
        index=["reference_date", "county_code"], columns="unit_type", values="population", aggfunc="sum"
    )
    wrong = sums[~(sums["municipality"] == sums["county_municipality"])]
    return [f"{date} {county}" for date, county in wrong.index]


def _unexplained_codes(tables: Tables) -> list[str]:
    """Codes that appear or disappear between two dates without a change that says so, or come back once ended."""
    codes, changes = _codes_by_date(tables), tables["code_changes"]
    dates = sorted(codes)
    problems: list[str] = []
    for before, after in pairwise(dates):
        between = changes[changes["valid_from"].between(before, after, inclusive="right")]
        problems += [f"{after} -{code}" for code in sorted(codes[before] - codes[after] - set(between["old_code"]))]
        problems += [f"{after} +{code}" for code in sorted(codes[after] - codes[before] - set(between["new_code"]))]
    for code in sorted(set().union(*codes.values())):
        life = "".join("1" if code in codes[date] else " " for date in dates)
        if " " in life.strip():
            problems.append(f"{code} comes back")
    return problems


def _broken_links(tables: Tables) -> list[str]:
    """Codes of a frame without a link to 2024, links to no code of 2024, and unnamed ambiguity."""
    codes, links = _codes_by_date(tables), tables["code_links"]
    problems: list[str] = []
    for date, linked in links.groupby("reference_date"):
        problems += [f"{date} {code}" for code in sorted(codes.get(str(date), set()) ^ set(linked["code"]))]
    problems += sorted(set(links["code_2024"]) - codes.get("2024-01-01", set()))
    several = links.duplicated(["reference_date", "code"], keep=False) != (links["link"] == "one_of_several")
    return problems + links.loc[several, "code"].tolist()


def _open_size_groups(tables: Tables) -> list[str]:
    """Size group schemes whose groups leave a gap, overlap, or are not open at both ends."""
    problems: list[str] = []
    for scheme, groups in tables["size_groups"].sort_values("group").groupby("scheme"):
        lower, upper = groups["lower"].tolist(), groups["upper"].tolist()
        edges = lower[1:]
        closed = pd.isna(lower[0]) and pd.isna(upper[-1]) and edges == upper[:-1] and edges == sorted(edges)
        if not closed or groups["group"].tolist() != list(range(1, len(groups) + 1)):
            problems.append(str(scheme))
    return problems


def _uncovered_regions(tables: Tables) -> list[str]:
    """Municipalities without a region on a date for which the grouping claims to hold."""
    problems: list[str] = []
    for (scheme, country, by), rows in tables["regions"].groupby(["scheme", "country", "by"]):
        units = _municipalities(tables, str(country))
        units = units[units["reference_date"].between(rows["valid_from"].min(), rows["valid_until"].max())]
        missing = units[~units["county_code" if by == "county" else "code"].isin(rows["code"])]
        problems += [f"{scheme} {date} {code}" for date, code in zip(missing.reference_date, missing.code, strict=True)]
    return problems


def _unplaced_units(tables: Tables) -> list[str]:
    """Municipalities with a tile and no point or the reverse, wrong years of a tile, and two on one tile in a year."""
    points, tiles = tables["points"], tables["tiles"]
    problems = sorted(set(points["country"] + " " + points["code"]) ^ set(tiles["country"] + " " + tiles["code"]))
    used = tiles.assign(year=tiles["structure"].str.split(";")).explode("year")
    shared = used[used.duplicated(["country", "year", "column", "row"])]
    problems += (shared["year"] + " " + shared["code"]).tolist()
    for country, placed in used.groupby("country"):
        units = _municipalities(tables, str(country))
        needed = set(units["reference_date"].str[:4] + " " + units["code"])
        last = placed["year"].max()
        problems += sorted({need for need in needed if need[:4] <= last} ^ set(placed["year"] + " " + placed["code"]))
    return problems


CHECKS: dict[str, Callable[[Tables], list[str]]] = {
    "keys that stand twice": _doubled_keys,
    "county municipalities unlike the sum of their municipalities": _county_sums,
    "codes that appear, disappear or return without a code change": _unexplained_codes,
    "frame codes without a sound link to 2024": _broken_links,
    "size group schemes with gaps or overlaps": _open_size_groups,
    "municipalities without a region where a grouping holds": _uncovered_regions,
    "municipalities without their own point and tile": _unplaced_units,
}
