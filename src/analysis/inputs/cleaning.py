"""The stage cleaning: raw answers become one typed row per invited unit, and every change is logged."""

from dataclasses import dataclass

import pandas as pd

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import checks, corrections
from analysis.inputs.frames import add_groups, load_frame
from analysis.inputs.readers import read_responses
from analysis.inputs.waves import Wave

BLANK, UNIT_NONRESPONSE = -4, -7

# What the reserved negative numbers in place of an answer mean.
MISSING = {
    -1: "not asked",
    -2: "not applicable",
    -3: "don't know",
    BLANK: "left blank",
    -5: "invalid",
    -6: "module not answered",
    UNIT_NONRESPONSE: "unit nonresponse",
}

# Share of the items that make an answer complete or partial; below that it counts as broken off.
COMPLETE_MIN, PARTIAL_MIN = 0.80, 0.50
ANSWERED = ("I", "P")

FLOW_STEPS = {
    "rows": "rows in the file",
    "dropped": "rows dropped",
    "kept": "rows kept",
    "answered": "units that answered, in full or in part",
    "frame": "units in the frame",
    "silent": "units without an answer",
}
FRAME_COLUMNS = "unit_type code name county_code county_name population size_group region".split()
LOG_COLUMNS = "kind row unit_type code variable before after reason decision".split()
KEY = ["unit_type", "code"]


@dataclass(frozen=True)
class CleaningResult:
    """Typed answers of every invited unit, and what was done to the raw file on the way.

    `data`: one row per frame unit; items as whole numbers, missing ones as the negative codes of MISSING.
    `log`: one row per corrected cell, recoded cell, dropped row and finding of a check. `checks`: what was looked at
    and how often something was found. `flow`: rows of the file from delivery to answers.
    """

    data: pd.DataFrame
    log: pd.DataFrame
    checks: pd.DataFrame
    flow: pd.DataFrame


def run(wave: Wave) -> CleaningResult:
    """Reads a wave's answers, frame and corrections, and cleans them. Raises InputError as `clean` does."""
    return clean(read_responses(wave), wave=wave, frame=wave_frame(wave), records=corrections.read_corrections(wave))


def wave_frame(wave: Wave) -> pd.DataFrame:
    """The units a wave invited, with size group and region; those that `wave.yml` excludes are left out.

    Raises InputError when an excluded unit is not in the frame.
    """
    spec = wave.file.frame
    frame = load_frame(spec.country, date=spec.date, unit_types=spec.unit_types)
    for unit in spec.exclude:
        found = (frame["unit_type"] == unit.unit_type) & (frame["code"] == unit.code)
        if not found.any():
            place = f"{paths.relative(paths.wave(wave.id) / 'wave.yml')}, key 'frame.exclude'"
            raise InputError(f"{place}: {unit.unit_type} {unit.code} is not in the frame of {spec.date}; remove it.")
        frame = frame[~found]
    grouped = add_groups(frame, size=wave.file.groups.size, region=wave.file.groups.region)
    return grouped[FRAME_COLUMNS].reset_index(drop=True)


def clean(
    raw: pd.DataFrame, *, wave: Wave, frame: pd.DataFrame, records: tuple[corrections.Correction, ...] = ()
) -> CleaningResult:
    """One row per frame unit with typed answers, tagged missing values and a disposition.

    Raises InputError for what leaves no sound reading: a correction whose value is not found, a unit that is not in
    the frame or stands twice, a value that is not a whole number or lies off its scale, a date that is none. A blank
    becomes "left blank"; a row of an excluded unit is dropped; both are logged, as is what a check finds in values
    that can be read (parts that do not add up, a percent that is not the rounded share, a date outside the field
    period): those stay as they are. Rows in = rows kept + rows dropped.
    """
    corrected, corrected_log = corrections.apply(raw, corrections=records, wave=wave)
    identified = _identify(corrected, wave=wave)
    kept, dropped_log = _drop_excluded(identified, wave=wave)
    checks.units(kept, frame=frame, wave=wave)
    typed, blank_log = _typed(kept, wave=wave)
    checked, findings = checks.findings(typed, wave=wave)
    data = frame.merge(typed.drop(columns="row"), on=KEY, how="left", validate="one_to_one")
    items = [item.item for item in wave.items]
    data["disposition"] = _dispositions(data, items)
    data[items] = data[items].fillna(UNIT_NONRESPONSE).astype("int64")
    log = pd.concat([corrected_log, dropped_log, blank_log, findings], ignore_index=True)
    return CleaningResult(
        data=data[[*FRAME_COLUMNS, "disposition", "answered_on", *items]],
        log=log.reindex(columns=LOG_COLUMNS).astype({"row": "Int64"}),
        checks=checked,
        flow=_flow(raw, kept, data),
    )


def _identify(raw: pd.DataFrame, *, wave: Wave) -> pd.DataFrame:
    """The raw rows with `row`, `unit_type` and `code` in columns of these names."""
    columns, types = wave.file.responses, wave.file.frame.unit_types
    if columns.unit_type is None and len(types) > 1:
        place = f"{paths.relative(paths.wave(wave.id) / 'wave.yml')}, key 'responses.unit_type'"
        raise InputError(f"{place}: the frame has {len(types)} unit types; name the column that tells them apart.")
    unit_type = raw[columns.unit_type] if columns.unit_type else types[0]
    return raw.assign(unit_type=unit_type, code=raw[columns.code], row=raw.index)


def _drop_excluded(rows: pd.DataFrame, *, wave: Wave) -> tuple[pd.DataFrame, pd.DataFrame]:
    reasons = {(unit.unit_type, unit.code): unit.reason for unit in wave.file.frame.exclude}
    excluded = pd.Series([key in reasons for key in zip(rows["unit_type"], rows["code"], strict=True)], rows.index)
    log = rows.loc[excluded, ["row", *KEY]].assign(kind="dropped row")
    log["reason"] = [reasons[key] for key in zip(log["unit_type"], log["code"], strict=True)]
    return rows[~excluded], log


def _typed(rows: pd.DataFrame, *, wave: Wave) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The items as whole numbers under their own names, blanks as their code, with a log row for each blank."""
    typed, log = rows[["row", *KEY]].copy(), []
    for item in wave.items:
        text = rows[item.variable]
        blank = text == ""
        typed[item.item] = checks.on_scale(text[~blank], item=item, wave=wave).reindex(text.index, fill_value=BLANK)
        reason = f"no value: {MISSING[BLANK]}"
        empty = rows.loc[blank, ["row", *KEY]]
        log.append(empty.assign(kind="recode", variable=item.variable, before="", after=str(BLANK), reason=reason))
    column = wave.file.responses.answered_on
    typed["answered_on"] = checks.dates(rows[column], wave=wave) if column else pd.NaT
    return typed, pd.concat(log, ignore_index=True)


def _dispositions(data: pd.DataFrame, items: list[str]) -> pd.Series:
    """I complete, P partial, R broken off, NC no answer (codes of AAPOR, Standard Definitions)."""
    present = data[items].notna().all(axis=1)
    # Not applicable leaves the base: it is neither an answer nor a gap.
    applicable = (data[items] != -2).sum(axis=1)
    share = (data[items] >= 0).sum(axis=1) / applicable.where(applicable > 0)
    codes = pd.Series("R", data.index).mask(share >= PARTIAL_MIN, "P").mask(share >= COMPLETE_MIN, "I")
    return codes.where(present, "NC")


def _flow(raw: pd.DataFrame, kept: pd.DataFrame, data: pd.DataFrame) -> pd.DataFrame:
    answered = int(data["disposition"].isin(ANSWERED).sum())
    counts = {
        "rows": len(raw),
        "dropped": len(raw) - len(kept),
        "kept": len(kept),
        "answered": answered,
        "frame": len(data),
        "silent": len(data) - answered,
    }
    return pd.DataFrame([(step, counts[key]) for key, step in FLOW_STEPS.items()], columns=["step", "count"])
