"""The sections of the stage `results` for questionnaires: each shows itself where the wave has what it needs."""

from dataclasses import replace
from typing import Any

import pandas as pd

from analysis.inputs.targets import PROJECTS
from analysis.reports.display import charts
from analysis.reports.display.page import Page
from analysis.reports.display.trail import pick
from analysis.reports.release_show import estimands, not_drawn
from analysis.reports.survey_views import SurveyViews
from analysis.survey.questionnaire import together
from analysis.survey.tabulate import RESPONSE

GROUPINGS = ("size_group", "region")


def show_response(page: Page, views: SurveyViews) -> None:
    """Who answered, by unit type and module, and for real answers what the numbers say in a few sentences."""
    if not views.any:
        return
    if not views.names.synthetic:
        page.sentences(findings(views))
    response, modules = views.response(), views.modules()
    kinds, records = ("", "complete", "partial"), views.records([RESPONSE], unit_type="*", estimand="M")
    caption, whole = page.text("survey.response.caption"), pick(records, category=kinds)
    _table(page, views, response, name="response", caption=caption, records=whole)
    if len(modules):
        note, caption = page.text("survey.modules.note"), page.text("survey.modules.caption")
        parts = pick(records, category=[module.id for module in views.names.wave.file.modules])
        _table(page, views, modules, name="modules", caption=caption, note=note, records=parts)


def findings(views: SurveyViews) -> list[str]:
    """What the answers show in a few sentences: response, the highest and lowest indicator, and its bounds.

    Raises SyntheticFindingError for synthetic answers.
    """
    say, response = views.names.finding, views.response()
    said = []
    for row in response.iloc[: len(views.unit_types)].to_dict("records"):
        about = {"unit": row["unit_type"], "n": row["answered"], "all": row["n_frame"], "rate": row["rate"]}
        said.append(say("survey.found.response", **about))
    table = views.indicators("municipality")
    table = table.dropna(subset=["mean"]) if len(table) else table
    if len(table) > 1 and table["maximum"].nunique() == 1:
        ordered = table.sort_values("mean")
        low, high = ordered.iloc[0], ordered.iloc[-1]
        about = {"low": low["indicator"], "high": high["indicator"], "maximum": high["maximum"]}
        said.append(say("survey.found.indicators", low_mean=low["mean"], high_mean=high["mean"], **about))
        bounds = {"lo": high["bound_lo"], "hi": high["bound_hi"]}
        said.append(say("survey.found.bounds", indicator=high["indicator"], **bounds))
    return said


def show_indicators(page: Page, views: SurveyViews) -> None:
    """The indicators of each unit type, drawn for municipalities, and by size group and region."""
    if not views.names.wave.file.indicators:
        return
    page.heading("survey.indicators")
    page.say("survey.indicators.text", share=views.params.min_share)
    own = [one.id for one in views.names.wave.file.indicators]
    for unit_type in views.unit_types:
        table = views.indicators(unit_type)
        records = views.records(own, unit_type=unit_type, measure="mean", estimate_type="level")
        if unit_type == "municipality" and table["mean"].notna().any():
            _chart(page, views, table, records=pick(records, estimand="M"))
        caption = page.text("survey.indicators.caption", unit=views.names.unit(unit_type))
        note = page.text("results.note.interval")
        _table(page, views, table, name=f"indicators_{unit_type}", caption=caption, note=note, unit_type=unit_type,
               records=records)  # fmt: skip
    for grouping in GROUPINGS:
        table = views.indicators_by(grouping)
        if table.shape[1] > 1:
            caption = page.text(f"survey.indicators.{grouping}")
            groups = views.records(
                own, subset=f"{grouping}=*", measure="mean", estimand=estimands(page), estimate_type="level"
            )
            _table(page, views, table, name=f"indicators_by_{grouping}", caption=caption, note=_small(page, views),
                   records=groups)  # fmt: skip


def show_together(page: Page, views: SurveyViews) -> None:
    """Shares of the answers to all items of an area or grid, by size group."""
    table = views.together_by("size_group") if views.any else pd.DataFrame()
    if not table.empty:
        page.heading("survey.together")
        page.say("survey.together.text")
        formats = {column: "percent" for column in table.columns if column not in ("items", "option")}
        caption, note = page.text("survey.together.caption"), _small(page, views)
        several = together(views.names.wave, views.result.units)
        records = views.records(several, subset=("", "size_group=*"), measure="share", estimand=estimands(page))
        _table(page, views, table, name="answers_together", caption=caption, formats=formats, note=note, folded=True,
               records=records)  # fmt: skip


def show_answers(page: Page, views: SurveyViews) -> None:
    """Every item: shares of the options of municipalities, then of county municipalities where they were asked."""
    if not views.any:
        return
    for unit_type in views.unit_types:
        page.heading(f"survey.answers.{unit_type}")
        if unit_type == "municipality":
            page.say("survey.answers.text", base=views.params.small_base)
        for name, about, items, table in views.choices(unit_type):
            labels = views.option_labels(table, items[0])
            said = {"about": _about(page, about), "unit": views.names.unit(unit_type)}
            caption = page.text("survey.choices.caption", **said)
            formats = {option: "percent" for option in labels if pd.api.types.is_float_dtype(table[option].dtype)}
            about_table: dict[str, Any] = {"formats": formats, "labels": labels, "unit_type": unit_type}
            records = views.records(items, unit_type=unit_type, measure="share")
            _table(page, views, table, name=name, caption=caption, folded=True, records=pick(records, estimand="M"),
                   **about_table)  # fmt: skip
            details = views.details(items, unit_type)
            if len(details):
                caption = page.text("survey.details.caption", **said)
                _table(page, views, details, name=f"{name}_detail", caption=caption, unit_type=unit_type, folded=True,
                       records=pick(records, estimand=("M", "R")))  # fmt: skip
        for name, about, items, table in views.ticks(unit_type):
            caption = page.text("survey.ticks.caption", about=_about(page, about), unit=views.names.unit(unit_type))
            note, records = _small(page, views), views.records(items, unit_type=unit_type, measure="share")
            _table(page, views, table, name=name, caption=caption, note=note, unit_type=unit_type, folded=True,
                   records=records)  # fmt: skip
        numbers = views.numbers(unit_type)
        if len(numbers):
            caption = page.text("survey.numbers.caption", unit=views.names.unit(unit_type))
            records = views.records(views.items, unit_type=unit_type, measure=("mean", "count"), category="")
            _table(page, views, numbers, name=f"numbers_{unit_type}", caption=caption, unit_type=unit_type, folded=True,
                   records=records)  # fmt: skip


def show_special(page: Page, views: SurveyViews) -> None:
    """The answers of the groups of units that the report singles out."""
    table = views.special() if views.any else pd.DataFrame()
    if not table.empty:
        page.heading("survey.special")
        page.say("survey.special.text")
        caption, records = page.text("survey.special.caption"), pick(views.result.estimates, subset="group=*")
        _table(page, views, table, name="special_groups", caption=caption, folded=True, records=records)


def show_projects(page: Page, views: SurveyViews) -> None:
    """The wave's second table; where it is withheld, that it is."""
    table = views.projects()
    if page.withheld and views.names.wave.file.projects:
        page.heading("survey.projects")
        page.say("disclosure.projects")
    if not table.empty:
        page.heading("survey.projects")
        caption = page.text("survey.projects.caption", n=int(table["n"].max()))
        page.table(
            table,
            name="projects",
            caption=caption,
            formats={"share": "percent"},
            labels=page.labels("survey.column", table.columns),
            source=views.names.source(),
            base=page.text("survey.projects.base", n=int(table["n"].max())),
            folded=True,
            records=pick(views.result.estimates, subset=PROJECTS, measure="count", category="?*"),
        )


def show_calculations(page: Page, views: SurveyViews, *, lead: bool) -> None:
    """The report's own arithmetic, solved for the number that it does not print, with what it takes for granted.

    It rests on printed figures alone, so it stands in the part that leads (`lead`) where the answers are synthetic.
    """
    solved, language = views.result.calculated, page.language
    if solved.empty or lead != views.names.synthetic:
        return
    # What rests on printed figures has no number to withhold.
    page = replace(page, withheld=False, state="printed" if lead else page.state)
    page.heading("survey.calculations")
    page.say("survey.calculations.text")
    named = {one.id: one for one in views.names.wave.file.calculations}
    shown = solved.assign(
        calculation=[getattr(named[one].label, language) for one in solved["calculation"]],
        assumptions=[
            " ".join(getattr(words, language) for words in named[one].assumptions) for one in solved["calculation"]
        ],
    ).drop(columns="result")
    page.table(
        shown,
        name="calculations",
        caption=page.text("survey.calculations.caption"),
        formats={"solved": "number3", "printed_result": "printed"},
        labels=page.labels("survey.column", shown.columns),
        source=page.text("survey.printed.source"),
        folded=lead,
        records=pick(views.result.estimates, measure="amount", estimate_type="diagnostic"),
    )


def show_survey_method(page: Page, views: SurveyViews) -> None:
    """How the figures of a questionnaire are made."""
    if views.any:
        page.heading("results.method")
        page.say("survey.method.base")
        if views.weighted:
            page.say("survey.method.weighted")
        page.say("results.method.estimands")
        page.say("survey.method.missing")


def _chart(page: Page, views: SurveyViews, table: pd.DataFrame, *, records: pd.DataFrame) -> None:
    rows = table.dropna(subset=["mean"]).rename(columns={"indicator": "label", "mean": "point", "ci_lo": "lo"})
    rows = rows.astype({"n": "int64"})
    base, hidden = views.base(), table.loc[table["mean"].isna(), "indicator"]
    page.figure(
        charts.dot_intervals(
            rows.rename(columns={"ci_hi": "hi"}),
            xlabel=page.text("survey.axis.points"),
            limits=(0, float(table["maximum"].max())),
            names=views.names.lines(),
        ),
        name="indicators_chart",
        title=_chart_title(views, table),
        alt=not_drawn(page, page.text("survey.indicators.alt", base=base), hidden),
        data=table,
        source=views.names.source(),
        base=base,
        note=not_drawn(page, page.text("results.note.interval"), hidden),
        records=records,
    )


def _chart_title(views: SurveyViews, table: pd.DataFrame) -> str:
    """The finding where several indicators have one scale; for one alone, or synthetic answers, what is drawn."""
    ordered = table.dropna(subset=["mean"]).sort_values("mean")
    if views.names.synthetic or table["maximum"].nunique() > 1 or len(ordered) < 2:
        return views.names.say("survey.indicators.title")
    low, high = ordered["indicator"].iloc[0], ordered["indicator"].iloc[-1]
    return views.names.finding("survey.found.title", low=low, high=high)


def _table(
    page: Page,
    views: SurveyViews,
    table: pd.DataFrame,
    *,
    name: str,
    caption: str,
    records: pd.DataFrame,
    formats: dict[str, str] | None = None,
    labels: dict[str, str] | None = None,
    note: str | None = None,
    unit_type: str = "municipality",
    folded: bool = False,
) -> None:
    known = {"rate": "percent1", "share": "percent", "share_answered": "percent", "people": "percent"}
    points = {"mean": "number2", "mean_answered": "number2", "mean_people": "number2", "maximum": "number"}
    limits = dict.fromkeys(["ci_lo", "ci_hi", "bound_lo", "bound_hi"], "number2" if "mean" in table else "percent")
    if name.startswith("indicators_by_"):
        known |= dict.fromkeys(table.columns[1:], "number2")
    chosen = {column: form for column, form in (known | points | limits).items() if column in table}
    named = {str(column) for column in table.columns}
    plain = {c: page.text(f"survey.column.{c}") for c in named if _has(c)} | _groups(page, views, named)
    if {"share_answered", "mean_answered"} & named:
        plain |= {c: page.text(f"survey.column.{c}_all") for c in ("share", "mean") if c in named}
    page.table(
        table,
        name=name,
        caption=caption,
        formats=chosen | (formats or {}),
        labels=plain | (labels or {}),
        source=views.names.source(),
        base=views.base(unit_type),
        note=note,
        # A specimen is folded throughout: what is real stays in sight.
        folded=folded or views.names.synthetic,
        records=records,
    )


def _has(column: str) -> bool:
    from analysis.reports.display import words

    return f"survey.column.{column}" in words.catalogue()


def _groups(page: Page, views: SurveyViews, columns: set[str]) -> dict[str, str]:
    """Headers for the columns of special groups: how many chose it, and of how many."""
    found: dict[str, str] = {}
    for group, rule in views.names.wave.file.special_groups.items():
        if group in columns:
            name = page.text(f"survey.group.{rule.order}", n=rule.size)
            found |= {group: name, f"{group}_n": page.text("survey.group.of", group=name)}
    return found


def _about(page: Page, about: str) -> str:
    return about or page.text("survey.whole")


def _small(page: Page, views: SurveyViews) -> str:
    return page.text("results.note.small", base=views.params.small_base, twice=2 * views.params.small_base)
