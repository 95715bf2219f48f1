"""The sections of the stage cleaning as researchers and reviewers read them, in English."""

import pandas as pd

from analysis.inputs.cleaning import FLOW_STEPS, CleaningResult
from analysis.inputs.instrument import Item
from analysis.inputs.waves import Wave
from analysis.reports.display.page import Page
from analysis.reports.display.trail import pick
from analysis.reports.wave_views import Names, readable, show_table
from analysis.survey.response import RATES, CleaningAccount

LOG_SENTENCES = {"correction": "corrections", "recode": "recodes", "dropped row": "dropped", "check": "checks"}
RULE_NAMES = {"multi": "ticks", "count": "counts"}


def flow_sentence(cleaned: CleaningResult, *, names: Names) -> str:
    """From rows of the file to units with an answer."""
    counts = cleaned.flow.set_index("step")["count"]
    return names.say("cleaning.flow", **{key: counts[step] for key, step in FLOW_STEPS.items()})


def log_sentences(cleaned: CleaningResult, *, names: Names) -> list[str]:
    """How often something was corrected, tagged, dropped or found."""
    counts = cleaned.log["kind"].value_counts()
    found = [kind for kind in LOG_SENTENCES if kind in counts]
    said = [names.say(f"cleaning.log.{LOG_SENTENCES[kind]}", n=counts[kind]) for kind in found]
    return said or [names.say("cleaning.log.none")]


def log_table(cleaned: CleaningResult, *, wave: Wave) -> pd.DataFrame:
    """The cleaning log; counted by reason, without unit, row and values, unless the wave's promise is open."""
    if wave.file.promise == "open":
        return cleaned.log
    reasons = cleaned.log["reason"].str.replace(r"\brow \d+", "another row", regex=True)
    grouped = cleaned.log.assign(reason=reasons).groupby(["kind", "reason"], dropna=False)
    return grouped.agg(variables=("variable", "nunique"), count=("kind", "size")).reset_index()


def log_formats(log: pd.DataFrame) -> dict[str, str]:
    """How the log is written: everything in it is text but counts."""
    return {column: "text" for column in log.columns if column not in ("count", "row", "variables")}


def recode_table(cleaned: CleaningResult, *, wave: Wave) -> pd.DataFrame:
    """Old against new for each recode: items with the same scale and codes are recoded alike and counted together.

    One row per recode, code of the file and value after cleaning; `items` is how many items the recode is for.
    """
    rules = {item.item: _rule(item) for item in wave.items_in_file()}
    keyed = cleaned.recodes.assign(rule=cleaned.recodes["item"].map(rules))
    keys = ["rule", "before", "before_label", "after", "meaning"]
    counted = keyed.groupby(keys, sort=False)["cells"].sum().reset_index()
    counted["items"] = counted["rule"].map(keyed.groupby("rule")["item"].nunique())
    counted["before"] = counted["before"].mask(counted["before"] == "", "(blank)")
    order = counted["rule"].map({rule: number for number, rule in enumerate(counted["rule"].unique())})
    ordered = counted.assign(order=order).sort_values(["order", "before", "after"], kind="stable")
    return ordered[["rule", "items", *keys[1:], "cells"]].reset_index(drop=True)


def _rule(item: Item) -> str:
    codes = "; ".join(f"{code} = {option}" for code, option in item.codes)
    name = item.scale or RULE_NAMES.get(item.type, item.type)
    return f"{name.replace('_', ' ')} ({codes})" if codes else name.replace("_", " ")


def missing_table(missing: pd.DataFrame, *, names: Names) -> pd.DataFrame:
    """Units without a value, one row per item and one column per reason that occurs."""
    order = list(dict.fromkeys(missing["missing"]))
    table = missing.pivot(index="item", columns="missing", values="units").reindex(missing["item"].unique())
    counts = table[order].fillna(0).astype("int64").rename_axis(None, axis=1).reset_index()
    return readable(counts, names=names)


def show_delivered(page: Page, cleaned: CleaningResult, result: CleaningAccount, names: Names) -> None:
    """What was delivered and what became of it; items that the file does not have."""
    page.heading("cleaning.delivered")
    page.sentences([flow_sentence(cleaned, names=names)])
    records = pick(result.estimates, item="rows")
    show_table(page, names, cleaned.flow, "flow", "Rows of the file and units of the frame", records=records)
    if cleaned.not_in_file:
        items = pd.DataFrame({"item": cleaned.not_in_file})
        show_table(page, names, readable(items, names=names), "not_in_file", "Items that the file does not have")


def show_log(page: Page, cleaned: CleaningResult, result: CleaningAccount, names: Names) -> None:
    """What was changed, and what looks wrong."""
    page.heading("cleaning.log")
    page.sentences(log_sentences(cleaned, names=names))
    log = log_table(cleaned, wave=names.wave)
    caption = "Cleaning log: every corrected or tagged cell, dropped row and finding"
    records = pick(result.estimates, item="log")
    show_table(page, names, log, "log", caption, formats=log_formats(log), records=records)


def show_recodes(page: Page, cleaned: CleaningResult, names: Names) -> None:
    """Old against new for each recode of coded answers; nothing where answers are numbers of their own."""
    if not any(item.type in ("single", "multi") for item in names.wave.items_in_file()):
        return
    page.heading("cleaning.recodes")
    page.say("cleaning.recodes.text")
    table = recode_table(cleaned, wave=names.wave)
    formats = dict.fromkeys(["rule", "before", "before_label", "meaning"], "text") | {"after": "text"}
    table["after"] = table["after"].astype(str)
    show_table(
        page, names, table, "recodes", "Old against new: codes of the file and values after cleaning", formats=formats
    )


def show_checks(page: Page, cleaned: CleaningResult, result: CleaningAccount, names: Names) -> None:
    """What was checked, and how often something was found."""
    page.heading("cleaning.checks")
    records = pick(result.estimates, item="check")
    show_table(page, names, cleaned.checks, "checks", "Checks of the answers, after corrections", records=records)


def show_answered(page: Page, result: CleaningAccount, names: Names) -> None:
    """Dispositions and response rates, of the whole answer and of each module."""
    page.heading("cleaning.answered")
    dispositions = _with_modules(readable(result.dispositions, names=names), names)
    caption, records = "Dispositions of the units of the frame", pick(result.estimates, item="disposition")
    show_table(page, names, dispositions, "dispositions", caption, records=records)
    rates = _with_modules(readable(result.rates, names=names), names)
    caption = "Response rates; where eligibility is known for every unit, three of each are one"
    formats = dict.fromkeys(RATES, "percent1")
    note = "Definitions: AAPOR, Standard Definitions."
    records = pick(result.estimates, item="response_rate")
    show_table(page, names, rates, "response_rates", caption, formats=formats, note=note, records=records)


def show_missing(page: Page, result: CleaningAccount, names: Names) -> None:
    """Units without a value, by item and reason."""
    page.heading("cleaning.missing")
    table = missing_table(result.missing, names=names)
    labels = {"item": page.text("column.item")}
    caption = "Units without a value, by item and reason"
    records = pick(result.estimates, estimate_type="diagnostic", item=result.missing["item"].unique())
    page.table(table, name="missing_values", caption=caption, labels=labels, source=names.source(), records=records)


def _with_modules(table: pd.DataFrame, names: Names) -> pd.DataFrame:
    if "module" not in table:
        return table
    return table.assign(module=[names.module(one) if one else "the whole answer" for one in table["module"]])
