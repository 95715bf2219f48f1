"""The sections of the stage registry: printed counts of projects first, then the projects of the file."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from analysis.reports import registry_views as views
from analysis.reports.display import charts
from analysis.reports.display.page import Page
from analysis.reports.display.trail import ANSWERS, pick
from analysis.reports.registry import RegistryResult
from analysis.reports.wave_views import Names

COUNT_FORMATS = {"k": "count", "n": "count", "share": "percent"}


def show_printed(page: Page, result: RegistryResult, names: Names) -> None:
    """What the report prints of its projects: it needs no file, so it leads, and is real on a synthetic page too."""
    if result.printed.empty or result.total is None:
        return
    page = replace(page, state="printed")
    page.heading("registry.printed")
    page.say("registry.printed.total", n=result.total, year=names.wave.file.year)
    page.say("registry.printed.none")
    if result.consent is not None:
        page.say("registry.printed.consent", share=result.consent)
    _show_bars(page, result, names)
    for question in dict.fromkeys(result.printed["question"]):
        table = views.count_table(result.printed, question, names=names).drop(columns="n")
        about = {"question": views.question_name(question, names=names)}
        base, source = page.text("registry.base", n=result.total), _printed_source(page, names)
        note = result.base_note or None
        asked = result.printed.loc[result.printed["question"] == question, "item"]
        _table(page, table, f"printed_{question}", "registry.counts", source=source, base=base, note=note, values=about,
               records=pick(result.estimates, source="printed", item=asked))  # fmt: skip


def show_floor(page: Page, result: RegistryResult, names: Names) -> None:
    """Ticks per project from the printed counts, and the floor under the counts that whole ticks put there."""
    if result.printed_ticks.empty or result.floor is None:
        return
    page, floor = replace(page, state="printed"), result.floor
    question = views.question_name(floor.question, names=names)
    about = {"question": question.lower(), "options": floor.options, "most": floor.most, "half": floor.half}
    source = _printed_source(page, names)
    page.heading("registry.ticks")
    page.say("registry.ticks.text")
    table = views.tick_table(result.printed_ticks, names=names).rename(columns={"every": "at_most"})
    ticks = pick(result.estimates, source="printed", item="block:*")
    _table(page, table, "printed_ticks", "registry.ticks.printed", source=source, records=ticks)
    page.subheading("registry.floor")
    page.say("registry.floor.text", **about)
    if floor.others:
        mean = floor.ticks / (floor.n - floor.exempt)
        page.say("registry.floor.reading", left=floor.left_per_project, mean=mean, **about)
    steps = views.floor_table(floor, names=names)
    counted = result.printed.loc[result.printed["question"] == floor.question, "item"]
    records = pick(result.estimates, source="printed", item=counted)
    _table(page, steps, "printed_floor", "registry.floor.table", source=source, values=about, records=records)
    above = views.above_floor(result, names=names)
    _table(page, above, "printed_above_floor", "registry.floor.above", source=source, values=about,
           note=page.text("registry.floor.above.note"), records=records)  # fmt: skip


def show_specimen(page: Page, names: Names) -> None:
    """Where the projects of the file begin; synthetic ones are named as what they are."""
    page.heading("registry.specimen" if names.synthetic else "registry.file")
    if names.synthetic:
        page.callout("survey.synthetic")
        page.say("registry.specimen.text")


def show_counts(page: Page, result: RegistryResult, names: Names) -> None:
    """The file's projects by status, audience, kind and area, and how many options each project ticked."""
    for question in dict.fromkeys(result.counts["question"]):
        table = views.count_table(result.counts, question, names=names)
        about = {"question": views.question_name(question, names=names)}
        asked = result.counts.loc[result.counts["question"] == question, "item"]
        _table(page, table, f"by_{question}", "registry.counts", source=names.source(), values=about,
               records=pick(result.estimates, source=ANSWERS, item=asked, measure="share"))  # fmt: skip
    if len(result.ticks):
        page.heading("registry.spread")
        page.say("registry.spread.text")
        table = views.tick_table(result.ticks, names=names)
        ticks = pick(result.estimates, source=ANSWERS, item="block:*")
        _table(page, table, "ticks", "registry.ticks.file", source=names.source(), records=ticks)


def show_amounts(page: Page, result: RegistryResult, names: Names) -> None:
    """Budgets and other amounts of the file's projects, where they are given."""
    if result.amounts.empty:
        return
    page.heading("registry.amounts")
    page.say("registry.amounts.text")
    for item in dict.fromkeys(result.amounts["item"]):
        table = views.amount_table(result, item, names=names)
        amounts = dict.fromkeys(["lower", "median", "upper", "total"], "number")
        about = {"amount": views.question_name(item, names=names)}
        _table(page, table, f"amount_{item}", "registry.amounts.table", source=names.source(), values=about,
               formats=amounts, records=pick(result.estimates, item=item, measure="amount"))  # fmt: skip


def show_list(
    page: Page, result: RegistryResult, names: Names, *, units: pd.DataFrame, contacts: pd.DataFrame | None
) -> None:
    """The projects one by one, as far as the wave's promise goes; contact details of those that agreed, no others."""
    page.heading("registry.list")
    listed = views.may_be_listed(result.data, wave=names.wave, contacts=contacts)
    if listed.empty:
        page.say("registry.list.withheld")
        return
    page.say("registry.list.text")
    if contacts is not None:
        page.say("registry.list.contacts", n=len(contacts), all=len(result.data))
    table = views.project_list(listed, names=names, units=units, contacts=contacts)
    page.table(
        table,
        name="projects",
        caption=page.text("registry.list.caption", n=len(table)),
        labels=views.list_labels(table, names=names),
        source=names.source(),
        folded=True,
    )


def _show_bars(page: Page, result: RegistryResult, names: Names) -> None:
    """The printed multi-select with the most options as bars."""
    if result.floor is None or result.total is None:
        return
    data = views.chart_data(result.printed, result.floor.question, names=names)
    question, top = views.question_name(result.floor.question, names=names), data.iloc[0]
    about = {"question": question, "option": top["label"], "k": int(top["value"]), "share": float(top["share"])}
    page.figure(
        charts.bars(data, xlabel=page.text("registry.axis"), text="text"),
        name="printed_bars",
        title=page.text("registry.bars.title", n=result.total, **about),
        alt=page.text("registry.bars.alt", options=len(data), low=int(data["value"].min()), **about),
        data=data.drop(columns="text"),
        source=_printed_source(page, names),
        base=page.text("registry.base", n=result.total),
        note=page.text("registry.several"),
        records=pick(
            result.estimates,
            source="printed",
            item=result.printed.loc[result.printed["question"] == result.floor.question, "item"],
        ),
    )


def _printed_source(page: Page, names: Names) -> str:
    return page.text("printed.lead.source", source=names.wave.file.source)


def _table(
    page: Page,
    table: pd.DataFrame,
    name: str,
    caption: str,
    *,
    source: str,
    base: str | None = None,
    note: str | None = None,
    values: Mapping[str, object] | None = None,
    formats: Mapping[str, str] | None = None,
    records: pd.DataFrame,
) -> None:
    """A table with the headers of the catalogue; counts are whole, shares per cent, ticks per project two decimals."""
    known = (
        COUNT_FORMATS | {"per_project": "number2", "calculation": "printed", "result": "printed"} | dict(formats or {})
    )
    page.table(
        table,
        name=name,
        caption=page.text(caption, **(values or {})),
        formats={column: form for column, form in known.items() if column in table},
        labels=page.labels("registry.column", table.columns),
        source=source,
        base=base,
        note=note,
        records=records,
    )
