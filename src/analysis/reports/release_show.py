"""Disclosure control as readers meet it on a page, and what it has done as those who run the analysis find it."""

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from analysis import paths
from analysis.inputs.waves import Wave
from analysis.reports import wave_views
from analysis.reports.display import words
from analysis.reports.display.csv_files import write_csv
from analysis.reports.display.page import Page
from analysis.reports.release import Released
from analysis.reports.wave_views import Names
from analysis.survey.questionnaire import SHARED_SUBSETS


def open_page(wave: Wave, *, language: str) -> Page:
    """The page of the results of a wave, which says in words what is withheld of answers that are protected."""
    return replace(wave_views.open_page("results", wave, language=language), withheld=wave.file.protected)


def show_promise(page: Page, names: Names, *, units: pd.DataFrame) -> None:
    """Of a page with withheld numbers: what was promised, what the word means, and which groups are shown as one."""
    if not page.withheld:
        return
    page.callout("disclosure.note")
    shown = [
        label
        for grouping in SHARED_SUBSETS
        for group, label in names.groups(grouping, units).items()
        if group in {one.into for one in names.wave.merged if one.of == grouping}
    ]
    if shown:
        page.say("disclosure.note.merged", groups="; ".join(shown))


def estimands(page: Page) -> tuple[str, ...]:
    """What numbers of groups are of: all units (M), and of protected answers those that answered (R) as well."""
    return ("M", "R") if page.withheld else ("M",)


def not_drawn(page: Page, text: str, labels: Iterable[str]) -> str:
    """A note or alt text of a figure, with what is withheld and so has no bar in it."""
    missing = "; ".join(labels)
    return f"{text} {page.text('disclosure.not_drawn', labels=missing)}" if page.withheld and missing else text


def write(released: Released, *, wave: Wave) -> None:
    """The pattern, the audit and the steps of merging in outputs/restricted/disclosure/<wave>, where a stage writes.

    The folder is empty for a wave without control: synthetic answers are nobody's, and open ones are published.
    """
    folder = paths.disclosure(wave.id, base=paths.staging())
    folder.mkdir(parents=True, exist_ok=True)
    if not wave.file.protected:
        return
    declared = wave.file.disclosure.merge
    steps = [(one.of, one.into, "yes" if one in wave.merged else "no") for one in declared]
    tables = {
        "pattern": released.pattern,
        "audit": released.audit,
        "merges": pd.DataFrame(steps, columns=["of", "into", "taken"]),
    }
    for name, table in tables.items():
        told = table.assign(why=[words.say(key, language="en") for key in table["why"]]) if "why" in table else table
        write_csv(told, folder / f"CONFIDENTIAL_{name}.csv")
