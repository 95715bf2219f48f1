"""The codes in a file of answers as codes of the frame: leading zeros, retired codes, names; each match is logged."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis import paths
from analysis.inputs import tables
from analysis.inputs.frames import PARTIAL_TRANSFERS, load_code_changes
from analysis.inputs.waves import Wave

KEY = ["unit_type", "code"]
ZEROS = re.compile(r"(?<!\d)0+(?=\d+$)")


class RetiredCode(tables.Record):
    """A code of a wave's own frame that passed into another on a date."""

    valid_from: str
    old_code: str
    new_code: str
    kind: str
    old_name: str = ""
    new_name: str = ""


@dataclass(frozen=True)
class Match:
    """The frame's code for what the file has, and why it is that."""

    code: str
    reason: str


def code_changes(wave: Wave) -> pd.DataFrame:
    """Codes that passed into others: of the wave's own frame where it has one, else of Norway; none for Sweden."""
    spec = wave.file.frame
    if spec.code_changes is not None:
        path = paths.wave(wave.id) / spec.code_changes
        records = tables.read_table(path, RetiredCode, key=["valid_from", "old_code", "new_code"])
        return pd.DataFrame([record.model_dump() for record in records])
    if spec.country == "norway" and spec.file is None:
        return load_code_changes()
    return pd.DataFrame(columns=list(RetiredCode.model_fields))


def strange(rows: pd.DataFrame, *, frame: pd.DataFrame, wave: Wave) -> pd.Series:
    """Which rows have a code that is none of the frame and none that `wave.yml` excludes from it."""
    excluded = [(unit.unit_type, unit.code) for unit in wave.file.frame.exclude]
    known = {*zip(frame["unit_type"], frame["code"], strict=True), *excluded}
    keys = zip(rows["unit_type"], rows["code"], strict=True)
    return pd.Series([key not in known for key in keys], rows.index, dtype=bool)


def matched(
    rows: pd.DataFrame, *, strange: pd.Series, frame: pd.DataFrame, changes: pd.DataFrame | None, wave: Wave
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows with the codes of the frame, and a log row for each code that was not one.

    `rows` has row, unit_type and code. In this order: a code that lost its leading zeros gets them back; a code that
    passed into one of the frame by the frame's date, or that came from a single one of it later, becomes that, where
    what a code meant by the end of the field period goes before what it came to mean; a name that only one unit of
    the frame has becomes its code. A merger of several units, a split or a part of an area leaves no single unit: such
    codes, and all others that are not found, stay as they are.
    """
    if not strange.any():
        return rows, pd.DataFrame(columns=["row", *KEY])
    found: dict[int, Match] = {}
    date, until = str(wave.file.frame.date), str(wave.file.field_period.last)
    for unit_type, units in frame.groupby("unit_type", sort=False):
        excluded = {unit.code for unit in wave.file.frame.exclude if unit.unit_type == unit_type}
        known = {*units["code"], *excluded}
        # Only municipalities have code changes.
        renamed = _by_change(changes, known=known, date=date, until=until) if unit_type == "municipality" else {}
        places = {short(code): code for code in known}
        named = _by_name(units)
        for row, code in rows.loc[strange & (rows["unit_type"] == unit_type), ["row", "code"]].itertuples(index=False):
            match = _match(code, places=places, renamed=renamed, named=named)
            if match is not None:
                found[row] = match
    log = rows.loc[list(found), ["row", *KEY]].assign(kind="recode", variable=wave.file.responses.code)
    log["before"] = log["code"]
    log["after"] = log["code"] = [match.code for match in found.values()]
    log["reason"] = [match.reason for match in found.values()]
    result = rows.copy()
    result.loc[list(found), "code"] = [match.code for match in found.values()]
    return result, log


def short(code: str) -> str:
    """A code without the zeros that stand before its last digits: 0101 and 101 are both 101."""
    return ZEROS.sub("", code, count=1) if code[-1:].isdigit() else code


def _match(
    code: str, *, places: Mapping[str, str], renamed: Mapping[str, Match], named: Mapping[str, str]
) -> Match | None:
    if short(code) in places:
        return Match(places[short(code)], "the leading zero is restored")
    if short(code) in renamed:
        return renamed[short(code)]
    if code.casefold() in named:
        return Match(named[code.casefold()], "matched by name, which only one unit of the frame has")
    return None


def _by_change(changes: pd.DataFrame | None, *, known: set[str], date: str, until: str) -> dict[str, Match]:
    """Codes, without leading zeros, that stand for a single code of the frame by way of code changes."""
    if changes is None:
        return {}
    whole = changes[~changes["kind"].isin([*PARTIAL_TRANSFERS, "split", "renamed"])]
    whole = whole[whole["old_code"] != whole["new_code"]].sort_values("valid_from")
    result: dict[str, Match] = {}
    past, later = whole[whole["valid_from"] <= date], whole[whole["valid_from"] > date]
    # Backwards through time, so that a code that passed on twice is led to the last one.
    for old, new, day in _links(past.iloc[::-1]):
        target = new if new in known else result[short(new)].code if short(new) in result else None
        if target is not None and old not in known:
            result[short(old)] = Match(target, f"a retired code, which passed into another on {day}")
    # A code of the field period may have taken up other units since: then it stands for what it was.
    for changed in (later[later["valid_from"] <= until], later):
        result = _later_codes(changed, known=known) | result
    return result


def _later_codes(changes: pd.DataFrame, *, known: set[str]) -> dict[str, Match]:
    """Codes, without leading zeros, that came from a single code of the frame through changes in order of time."""
    origins: dict[str, set[str]] = {}
    days: dict[str, str] = {}
    for old, new, day in _links(changes):
        came_from = {old} if old in known else origins.get(old, set())
        origins[new] = origins.get(new, {new} & known) | came_from
        days[new] = day
    return {
        short(new): Match(min(came_from), f"a later code, which that of the frame became on {days[new]}")
        for new, came_from in origins.items()
        if len(came_from) == 1 and new not in known
    }


def _links(changes: pd.DataFrame) -> list[tuple[str, str, str]]:
    return list(zip(changes["old_code"], changes["new_code"], changes["valid_from"], strict=True))


def _by_name(units: pd.DataFrame) -> dict[str, str]:
    """Names that only one unit has, in lower case, and its code."""
    names = units["name"].str.strip().str.casefold()
    single = ~names.duplicated(keep=False)
    return dict(zip(names[single], units.loc[single, "code"], strict=True))
