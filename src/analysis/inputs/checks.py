"""Checks of a wave's answers: what cannot be read stops the run, what can be read but looks wrong is logged."""

from collections.abc import Sequence

import pandas as pd

from analysis import paths
from analysis.errors import InputError
from analysis.inputs.instrument import RANGED
from analysis.inputs.missing import NO_MODULE
from analysis.inputs.waves import Item, Wave

STOPS, LOGGED = "stops the run", "is logged"
# Above this share of dates outside the field period it is the period, or the file, that is wrong.
MOST_OUTSIDE = 0.5
TIME_OF_DAY = r"[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$"
MESSAGE_UNITS = "codes are text and keep their leading zero"


def units(rows: pd.DataFrame, *, frame: pd.DataFrame, wave: Wave) -> None:
    """Every row is of one unit of the frame.

    `rows` has row, unit_type and code. Raises InputError naming the first row that is not so.
    """
    columns, file = wave.file.responses, file_name(wave)
    known_types = set(frame["unit_type"])
    wrong_type = rows[~rows["unit_type"].isin(known_types)]
    if len(wrong_type):
        first = wrong_type.iloc[0]
        place = f"{file}, row {first['row']}, column {columns.unit_type!r}"
        raise InputError(f"{place}: {first['unit_type']!r} is no unit type of the frame; correct it or wave.yml.")
    known = pd.MultiIndex.from_frame(frame[["unit_type", "code"]])
    keys = pd.MultiIndex.from_frame(rows[["unit_type", "code"]])
    unknown = rows[~keys.isin(known)]
    if len(unknown):
        first = unknown.iloc[0]
        place = f"{file}, row {first['row']}, column {columns.code!r}"
        problem = f"{first['code']!r} is no {_words(first['unit_type'])} of the frame of {wave.file.frame.date}"
        remedy = f"correct it, here or by a record in corrections.yml ({MESSAGE_UNITS})"
        raise InputError(f"{place}: {problem}; {remedy}.")


def units_once(rows: pd.DataFrame, *, wave: Wave) -> None:
    """No unit stands twice. Raises InputError naming the first row of a unit that an earlier row has."""
    doubled = rows[rows.duplicated(["unit_type", "code"])]
    if len(doubled):
        second = doubled.iloc[0]
        earlier = rows[(rows["unit_type"] == second["unit_type"]) & (rows["code"] == second["code"])]["row"].iloc[0]
        place = f"{file_name(wave)}, row {second['row']}, column {wave.file.responses.code!r}"
        problem = f"{_words(second['unit_type'])} {second['code']} stands already in row {earlier}"
        raise InputError(f"{place}: {problem}; keep one of them, or state a rule in wave.yml (duplicates).")


def amount(raw: pd.DataFrame, *, frame: pd.DataFrame, wave: Wave) -> None:
    """There are not more rows than units with one duplicate each; a lifecycle has as many as it likes.

    Raises InputError otherwise.
    """
    if wave.file.lifecycle is None and len(raw) > 2 * len(frame):
        problem = f"{len(raw)} rows for the {len(frame)} units of the frame"
        raise InputError(f"{file_name(wave)}: {problem}; deliver one row per unit, or correct the frame in wave.yml.")


def on_scale(text: pd.Series, *, item: Item, wave: Wave) -> pd.Series:
    """Text as whole numbers on the item's scale. Raises InputError for the first value that is not one."""
    wrong = text[~text.str.fullmatch(r"-?\d+")]
    if len(wrong):
        place = f"{file_name(wave)}, row {wrong.index[0]}, column {item.variable!r}"
        raise InputError(f"{place}: {wrong.iloc[0]!r} is not a whole number; correct it or leave the cell empty.")
    values = text.astype("int64")
    off = values[(values < item.lowest) | (values > item.highest)]
    if len(off):
        place = f"{file_name(wave)}, row {off.index[0]}, column {item.variable!r}"
        scale = f"{item.lowest} to {item.highest}"
        raise InputError(f"{place}: {off.iloc[0]} is off the scale {scale} of items.csv; correct one of them.")
    return values


def dates(text: pd.Series, *, column: str, wave: Wave) -> pd.Series:
    """Text as dates; a blank is no date and a time of day is left off.

    Raises InputError for the first text that does not begin with a date like 2013-03-08.
    """
    day = text.str.replace(TIME_OF_DAY, "", regex=True)
    parsed = pd.to_datetime(day.where(text != ""), format="%Y-%m-%d", errors="coerce")
    wrong = text[parsed.isna() & (text != "")]
    if len(wrong):
        place = f"{file_name(wave)}, row {wrong.index[0]}, column {column!r}"
        raise InputError(f"{place}: {wrong.iloc[0]!r} is not a date; write it as year-month-day, like 2013-03-08.")
    return parsed


def findings(
    typed: pd.DataFrame, *, wave: Wave, coded: Sequence[tuple[str, str, int, int]] = ()
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What was checked, how many cells, how often something was found; and a log row for each finding.

    `typed` has row, unit_type, code, answered_on and the items as whole numbers, missing ones negative; `coded` is
    what `answers.found` says of coded items.
    """
    scores = [item.item for item in wave.items_in_file() if item.type in RANGED]
    values = int((typed[scores] >= 0).sum().sum())
    logged = [*_sums(typed, wave), *_percents(typed, wave), *_coded_texts(typed, wave), _period(typed, wave)]
    table = [
        ("each unit is in the frame, once", STOPS, len(typed), 0),
        *([("each value is a whole number on its scale", STOPS, values, 0)] if scores else []),
        *coded,
        *((name, LOGGED, examined, len(log)) for name, examined, log in logged),
    ]
    summary = pd.DataFrame(table, columns=["check", "consequence", "examined", "found"])
    logs = [log for _, _, log in logged if len(log)]
    return summary, pd.concat(logs, ignore_index=True) if logs else pd.DataFrame(columns=["row"])


def half_up_percent(points: pd.Series, *, maximum: int) -> pd.Series:
    """Points as whole percent of the maximum, halves rounded up: floor((200 points + maximum) / (2 maximum))."""
    return (200 * points + maximum) // (2 * maximum)


def _sums(typed: pd.DataFrame, wave: Wave) -> list[tuple[str, int, pd.DataFrame]]:
    """The scores that are parts of another add up to it."""
    result = []
    scores = wave.items_of("score")
    for whole in scores:
        parts = [item.item for item in scores if item.part_of == whole.item]
        if not parts:
            continue
        given = typed[(typed[[whole.item, *parts]] >= 0).all(axis=1)]
        total = given[parts].sum(axis=1)
        wrong = total != given[whole.item]
        reason = "the parts add up to " + total[wrong].astype(str)
        log = _log(given[wrong], variable=whole.variable, before=given.loc[wrong, whole.item], reason=reason)
        result.append((f"the parts of {whole.label_en} add up to it", len(given), log))
    return result


def _percents(typed: pd.DataFrame, wave: Wave) -> list[tuple[str, int, pd.DataFrame]]:
    """A printed percent is the share of the maximum, rounded half up."""
    result = []
    for item in wave.items_of("percent"):
        whole = wave.item(str(item.part_of))
        given = typed[(typed[[item.item, whole.item]] >= 0).all(axis=1)]
        rounded = half_up_percent(given[whole.item], maximum=whole.highest)
        wrong = rounded != given[item.item]
        points = given.loc[wrong, whole.item].astype(str)
        reason = points + f" of {whole.highest} points is " + rounded[wrong].astype(str) + " percent"
        log = _log(given[wrong], variable=item.variable, before=given.loc[wrong, item.item], reason=reason)
        result.append((f"{item.label_en} is the rounded share of {whole.label_en}", len(given), log))
    return result


def _coded_texts(typed: pd.DataFrame, wave: Wave) -> list[tuple[str, int, pd.DataFrame]]:
    """A free text that is coded has a theme, and a theme has a text; what the text says is not logged."""
    result = []
    for item in wave.items_in_file_of("text"):
        themes = [theme.item for theme in wave.themes(item) if theme.in_file]
        if not themes:
            continue
        written, coded = typed[item.item].notna(), (typed[themes] > 0).any(axis=1)
        wrong = (written != coded) & (typed[themes] != NO_MODULE).any(axis=1)
        reason = written[wrong].map({True: "a free text without a theme", False: "a theme without a free text"})
        log = _log(typed[wrong], variable=item.variable, before=pd.Series("", typed.index)[wrong], reason=reason)
        result.append((f"each answer to {item.label_en} has a theme", int((written | coded).sum()), log))
    return result


def _period(typed: pd.DataFrame, wave: Wave) -> tuple[str, int, pd.DataFrame]:
    """Answers date from the field period, its first and last day included."""
    period = wave.file.field_period
    given = typed[typed["answered_on"].notna()]
    days = given["answered_on"].dt.date
    wrong = (days < period.first) | (days > period.last)
    if wrong.sum() > MOST_OUTSIDE * len(given):
        outside = given[wrong].iloc[0]
        place = f"{file_name(wave)}, row {outside['row']}, column {wave.file.responses.answered_on!r}"
        problem = f"{outside['answered_on'].date()} and {wrong.sum() - 1} more dates lie outside the field period"
        raise InputError(f"{place}: {problem} {period.first} to {period.last}; correct field_period in wave.yml.")
    reason = pd.Series(f"outside the field period {period.first} to {period.last}", given.index)[wrong]
    log = _log(given[wrong], variable=wave.file.responses.answered_on, before=days[wrong], reason=reason)
    return "answers date from the field period", len(given), log


def _log(rows: pd.DataFrame, *, variable: str | None, before: pd.Series, reason: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kind": "check",
            "row": rows["row"],
            "unit_type": rows["unit_type"],
            "code": rows["code"],
            "variable": variable,
            "before": before.astype(str),
            "after": "",
            "reason": reason,
        }
    )


def file_name(wave: Wave) -> str:
    """The file of answers as messages name it."""
    return paths.relative(paths.wave(wave.id) / wave.file.responses.file)


def _words(unit_type: str) -> str:
    return unit_type.replace("_", " ")
