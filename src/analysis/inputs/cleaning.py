"""The stage cleaning: raw answers become one typed row per invited unit, and every change is logged."""

from dataclasses import dataclass, field, replace

import pandas as pd

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import answers, checks, codes, corrections, delivery_checks, dispositions, selection
from analysis.inputs.dispositions import ANSWERED
from analysis.inputs.invited import FRAME_COLUMNS, wave_frame
from analysis.inputs.microdata import Delivery
from analysis.inputs.missing import BLANK, MISSING, UNIT_NONRESPONSE
from analysis.inputs.projects import projects_log
from analysis.inputs.readers import read_responses
from analysis.inputs.waves import Wave

__all__ = ["ANSWERED", "BLANK", "FRAME_COLUMNS", "MISSING", "UNIT_NONRESPONSE", "CleaningResult", "clean", "run"]

FLOW_STEPS = {
    "rows": "rows in the file",
    "dropped": "rows dropped",
    "kept": "rows kept",
    "answered": "units that answered, in full or in part",
    "frame": "units in the frame",
    "silent": "units without an answer",
}
LOG_COLUMNS = "kind row unit_type code variable before after reason decision".split()
KEY = ["unit_type", "code"]
# Columns of the file about how an answer came about, which every stage can use.
ABOUT = ("role", "attempts", "tool_version", "status", "assessment", "published_on")
DATES = ("answered_on", "published_on")
UNIT_TYPES = {
    "kommune": "municipality",
    "kommun": "municipality",
    "municipality": "municipality",
    "fylkeskommune": "county_municipality",
    "fylke": "county_municipality",
    "county municipality": "county_municipality",
    "county_municipality": "county_municipality",
}


@dataclass(frozen=True)
class CleaningResult:
    """Typed answers of every invited unit, and what was done to the raw file on the way.

    `data`: one row per frame unit; items as whole numbers, missing ones as the negative codes of MISSING.
    `log`: one row per corrected cell, recoded cell, dropped row and finding of a check. `checks`: what was looked at
    and how often something was found. `flow`: rows of the file from delivery to answers. `recodes`: old against new.
    `modules`: the disposition of each unit in each module. `not_in_file`: items without a variable in the file.
    """

    data: pd.DataFrame
    log: pd.DataFrame
    checks: pd.DataFrame
    flow: pd.DataFrame
    recodes: pd.DataFrame = field(default_factory=pd.DataFrame)
    modules: pd.DataFrame = field(default_factory=pd.DataFrame)
    not_in_file: tuple[str, ...] = ()


def run(wave: Wave) -> CleaningResult:
    """Reads a wave's answers, frame and corrections, and cleans them; what became of its projects is in the log too.

    Raises InputError as `clean` and `read_projects` do.
    """
    delivery = read_responses(wave)
    delivery_checks.check(delivery, wave=wave)
    cleaned = clean(delivery, wave=wave, frame=wave_frame(wave), records=corrections.read_corrections(wave))
    of_projects = projects_log(wave)
    return replace(cleaned, log=_log([cleaned.log, of_projects])) if len(of_projects) else cleaned


def clean(
    delivery: Delivery, *, wave: Wave, frame: pd.DataFrame, records: tuple[corrections.Correction, ...] = ()
) -> CleaningResult:
    """One row per frame unit with typed answers, tagged missing values and a disposition.

    Corrections come first, then codes are matched to the frame; rows that do not count are dropped (excluded units,
    late answers, drafts, duplicates, older assessments); codes become values of options, and what is no answer a tag.
    Raises InputError for what leaves no sound reading: a correction whose value is not found, a unit that is not in
    the frame or, where duplicates are refused, stands twice, a score that is not a whole number on its scale, a date
    that is none. All else is logged, as is what a check finds in values that can be read. Rows in = kept + dropped.
    """
    raw, corrected_log = corrections.apply(delivery.cells, corrections=records, wave=wave)
    delivery = replace(delivery, cells=raw)
    checks.amount(raw, frame=frame, wave=wave)
    identified = identify(delivery, wave=wave).join(_about(delivery, wave=wave))
    strange = codes.strange(identified, frame=frame, wave=wave)
    # Code changes are many and seldom needed: they are read only for a code that is not in the frame.
    changes = codes.code_changes(wave) if strange.any() else None
    rows, code_log = codes.matched(identified, strange=strange, frame=frame, changes=changes, wave=wave)
    rows, excluded_log = selection.drop(rows, reasons=selection.excluded(rows, wave=wave))
    checks.units(rows, frame=frame, wave=wave)
    counted, dropped_log, typed = _that_count(rows, cells=raw, delivery=delivery, wave=wave)
    checks.units_once(counted, wave=wave)
    answered = dispositions.modules_answered(typed.values, wave=wave)
    coded = answers.found(typed, wave=wave)
    typed = answers.without_modules(typed, answered=answered, wave=wave)
    table = _table(counted, typed=typed, answered=answered, wave=wave)
    checked, findings = checks.findings(table, wave=wave, coded=coded)
    data = _of_frame(table, frame=frame, dropped=rows, wave=wave)
    recode_log = answers.log(typed, rows=counted, cells=raw, wave=wave)
    logs = [corrected_log, code_log, excluded_log, dropped_log, recode_log, findings]
    modules = dispositions.of_modules(typed.values, answered=answered, wave=wave)
    return CleaningResult(
        data=data,
        log=_log(logs),
        checks=checked,
        flow=_flow(raw, counted, data),
        recodes=answers.recodes(typed, cells=raw.loc[counted.index], delivery=delivery, wave=wave),
        modules=_modules_of_frame(modules, rows=counted, data=data),
        not_in_file=tuple(item.item for item in wave.items if not item.in_file),
    )


def _log(parts: list[pd.DataFrame]) -> pd.DataFrame:
    log = pd.concat([part for part in parts if len(part)] or parts[-1:], ignore_index=True)
    return log.reindex(columns=LOG_COLUMNS).astype(dict.fromkeys(LOG_COLUMNS, "str") | {"row": "Int64"})


def identify(delivery: Delivery, *, wave: Wave) -> pd.DataFrame:
    """The unit of each row of the file: `row`, `unit_type` and `code` as the file has it.

    A unit type may be written in words of UNIT_TYPES, as a label too. Raises InputError when the frame has two unit
    types and no column tells them apart.
    """
    columns, types = wave.file.responses, wave.file.frame.unit_types
    if columns.unit_type is None and len(types) > 1:
        place = f"{paths.relative(paths.wave(wave.id) / 'wave.yml')}, key 'responses.unit_type'"
        raise InputError(f"{place}: the frame has {len(types)} unit types; name the column that tells them apart.")
    cells, unit_type = delivery.cells, pd.Series(types[0], delivery.cells.index)
    if columns.unit_type is not None:
        said = delivery.spoken(columns.unit_type)
        unit_type = said.str.casefold().map(UNIT_TYPES).fillna(said)
    table = pd.DataFrame({"unit_type": unit_type, "code": cells[columns.code], "row": cells.index}, index=cells.index)
    return table.rename_axis(None)


def _about(delivery: Delivery, *, wave: Wave) -> pd.DataFrame:
    """When and how each row was answered, in columns of these names: answered_on always, the rest where named."""
    named, cells = wave.file.responses.columns(), delivery.cells
    about = {key: delivery.spoken(named[key]) for key in ABOUT if key in named}
    days = {key: checks.dates(cells[named[key]], column=named[key], wave=wave) for key in DATES if key in named}
    return pd.DataFrame({"answered_on": pd.NaT} | about | days, index=cells.index).rename_axis(None)


def _that_count(
    rows: pd.DataFrame, *, cells: pd.DataFrame, delivery: Delivery, wave: Wave
) -> tuple[pd.DataFrame, pd.DataFrame, answers.Answers]:
    """The rows that count, one per unit, a log row for each other one, and the typed answers of those that count."""
    kept, late_log = selection.drop(rows, reasons=selection.not_counted(rows, wave=wave))
    if kept.empty:
        raise InputError(
            f"{checks.file_name(wave)}: no row counts as an answer; see freeze_date and status in wave.yml."
        )
    typed = answers.typed(cells.loc[kept.index], delivery=delivery, wave=wave)
    given = dispositions.number_answered(typed.values, wave=wave)
    single, doubled_log = selection.drop(kept, reasons=selection.doubled(kept, given=given, wave=wave))
    latest, older_log = selection.drop(single, reasons=selection.superseded(single, wave=wave))
    log = pd.concat([late_log, doubled_log, older_log], ignore_index=True)
    return latest, log, typed.of(latest.index)


def _table(rows: pd.DataFrame, *, typed: answers.Answers, answered: pd.DataFrame, wave: Wave) -> pd.DataFrame:
    """One row per unit that has an answer: who, when and how, modules answered, items in the order of items.csv."""
    named = wave.file.responses.columns()
    about = rows[["row", *KEY, "answered_on", *(key for key in ABOUT if key in named)]]
    about = about.assign(disposition=dispositions.of_rows(typed.values, answered=answered, wave=wave))
    items = typed.values.join(typed.texts)[[item.item for item in wave.items_in_file()]]
    return pd.concat([about, answered.add_prefix("answered_"), items], axis=1)


def _of_frame(table: pd.DataFrame, *, frame: pd.DataFrame, dropped: pd.DataFrame, wave: Wave) -> pd.DataFrame:
    """One row per frame unit; those without an answer have the disposition that their status states, else NC."""
    data = frame.merge(table.drop(columns="row"), on=KEY, how="left", validate="one_to_one")
    items = [item.item for item in wave.items_in_file() if item.type != "text"]
    data[items] = data[items].fillna(UNIT_NONRESPONSE).astype("int64")
    flags = [f"answered_{module.id}" for module in wave.file.modules]
    data[flags] = data[flags].eq(True)
    silent = data["disposition"].isna()
    data["disposition"] = data["disposition"].fillna("NC")
    statuses = wave.file.dispositions.statuses
    if statuses:
        stated = dropped.assign(stated=dropped["status"].map(statuses)).dropna(subset="stated")
        last = stated.sort_values("row").drop_duplicates(KEY, keep="last").set_index(KEY)["stated"]
        keys = pd.MultiIndex.from_frame(data.loc[silent, KEY])
        data.loc[silent, "disposition"] = last.reindex(keys).fillna("NC").to_numpy()
    ordered = [*FRAME_COLUMNS, "disposition", "answered_on"]
    return data[[*ordered, *data.columns.drop(ordered)]]


def _modules_of_frame(modules: pd.DataFrame, *, rows: pd.DataFrame, data: pd.DataFrame) -> pd.DataFrame:
    """The disposition of each frame unit in each module; a unit without an answer has its own in all of them."""
    keyed = modules.set_axis(pd.MultiIndex.from_frame(rows[KEY]))
    of_frame = keyed.reindex(pd.MultiIndex.from_frame(data[KEY])).set_axis(data.index)
    return data[["unit_type", "code"]].join(of_frame.apply(lambda column: column.fillna(data["disposition"])))


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
