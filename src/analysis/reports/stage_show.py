"""The sections of the stages indicators, representativeness and weighting, in English; each shows what the wave has."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from analysis.reports import stage_views as views
from analysis.reports.display import charts
from analysis.reports.display.page import Page
from analysis.reports.wave_views import SHARE_BINS, Names, readable
from analysis.survey.indicators import IndicatorsResult, part_items
from analysis.survey.representativeness import RepresentativenessResult
from analysis.survey.weighting import WeightingResult

INDICATOR_FORMATS = {"scale_maximum": "number", "lowest": "number2", "mean": "number2", "highest": "number2"}


def say_findings(page: Page, make: Callable[..., list[str]], result: Any, *, names: Names, **values: object) -> None:
    """The sentences that `make` finds in a result; of synthetic answers none are made."""
    if not names.synthetic:
        page.sentences(make(result, names=names, **values))


def show_state(page: Page, names: Names) -> None:
    """Of synthetic answers: that the page words no findings, and what in them is assumed rather than printed."""
    if names.synthetic:
        page.callout("survey.synthetic")


def show_composition(page: Page, result: IndicatorsResult, names: Names) -> None:
    """What the scores are made of: scored items, and the indicators of a questionnaire."""
    page.heading("indicators.scales")
    if len(result.scales):
        if names.wave.items_of("score"):
            page.sentences([views.scale_sentence(names=names)])
        _table(page, names, result.scales, "scales", "Indicators, their columns in the file and their scales")
    if len(result.composition):
        page.say("indicators.composition.text")
        shown = readable(result.composition, names=names)
        shown["module"] = [names.module(module) if module else "none" for module in result.composition["module"]]
        caption = "Indicators and their questions: declared, in the file, and seen in the source"
        _table(page, names, shown, "composition", caption, formats={"scale_maximum": "number"})
    if len(result.kinds):
        if not len(result.composition):
            page.say("indicators.scales.none")
        kinds = result.kinds.assign(type=[page.text(f"codebook.type.{kind}") for kind in result.kinds["type"]])
        _table(page, names, kinds, "kinds", "Items of the questionnaire by kind")


def show_spread(page: Page, result: IndicatorsResult, names: Names) -> None:
    """How the scores are spread among the units that have them."""
    if result.spread.empty:
        return
    page.heading("indicators.spread")
    base = views.base(result.data, names=names)
    if part_items(names.wave):
        values = views.spread_values(result, names=names)
        page.figure(
            charts.small_multiples(
                dict(views.part_panels(result, names=names)),
                bins=SHARE_BINS,
                xlabel=page.text("results.axis.share"),
                ylabel=page.text("results.axis.municipalities"),
                xformat=names.axis(),
            ),
            name="parts",
            title=names.title("indicators.spread.title", "indicators.spread", **values),
            alt=names.title("indicators.spread.alt", "survey.alt", base=base, **values),
            data=views.part_counts(result, names=names),
            source=names.source(),
            base=base,
        )
    spread = readable(result.spread, names=names)
    if names.wave.file.indicators:
        caption = "Spread of the indicators among units that have them, in points"
        formats = INDICATOR_FORMATS | {"standard_deviation": "number2"}
    else:
        caption = "Spread of the scores among units with a value, as shares of the maximum"
        spread = spread.drop(columns="scale_maximum")
        formats = dict.fromkeys(["lowest", "mean", "highest", "standard_deviation"], "percent1")
    _table(page, names, spread, "spread", caption, formats=formats)


def show_together(page: Page, result: IndicatorsResult, names: Names, *, confidence: float) -> None:
    """How well the parts of the scores hang together: alpha, correlations, each part against the rest."""
    together = result.hanging_together
    if result.spread.empty:
        return
    page.heading("indicators.together")
    if part_items(names.wave):
        say_findings(page, views.reliability_sentences, result, names=names, confidence=confidence)
    two = dict.fromkeys(["alpha", "ci_lo", "ci_hi", "r", "within", "rest_lo", "rest_hi"], "number2")
    tables = {
        "alpha": (together.alpha, "Cronbach's alpha of the parts of the total score"),
        "correlations": (together.correlations, "Correlations of each pair of parts"),
        "item_rest": (together.item_rest, "Correlation of each part with the sum of the other parts"),
        "indicator_alpha": (together.indicators, "Cronbach's alpha of the questions of each indicator"),
    }
    for name, (table, caption) in tables.items():
        if len(table):
            note = "Interval: Feldt; none is given within size groups." if "alpha" in name else None
            _table(page, names, readable(table, names=names), name, caption, formats=two, note=note)


def show_response(page: Page, result: RepresentativenessResult, names: Names) -> None:
    """Who answered, by unit type, size group and region; and each module of a questionnaire."""
    page.heading("representativeness.who")
    say_findings(page, views.response_sentences, result, names=names)
    captions = {
        "all": ("response_by_type", "Response by unit type"),
        "size_group": ("response_by_size", "Response of municipalities by number of inhabitants"),
        "region": ("response_by_region", "Response of municipalities by region"),
    }
    for grouping, (name, caption) in captions.items():
        table = views.response_table(result.data, grouping, names=names)
        if len(table):
            _table(page, names, table, name, caption, formats=views.share_formats(table))


def show_modules(page: Page, result: RepresentativenessResult, names: Names) -> None:
    """Who answered each module, by unit type, size group and region."""
    if result.modules.empty:
        return
    page.heading("representativeness.modules")
    page.say("representativeness.modules.text")
    for grouping in ("all", "size_group", "region"):
        table = views.module_table(result, grouping, names=names)
        if len(table):
            caption = f"Response to each module by {grouping.replace('_', ' ').replace('all', 'unit type')}"
            _table(page, names, table, f"modules_by_{grouping}", caption, formats=views.share_formats(table))


def show_came(page: Page, result: RepresentativenessResult, names: Names) -> None:
    """How the answers came about: roles, number of contacts, versions and months, where the file says so."""
    if result.came.empty:
        return
    page.heading("representativeness.came")
    shown = readable(result.came, names=names)
    shown["about"] = [page.text(f"representativeness.came.{about}") for about in result.came["about"]]
    _table(page, names, shown, "came", "Units that answered, by how their answer came about")


def show_answering(page: Page, result: RepresentativenessResult, names: Names) -> None:
    """Early against late answers, by contacts and role, and how old published assessments were; tables only."""
    if len(result.answering):
        page.heading("representativeness.answering")
        page.say("representativeness.answering.text")
        page.say(f"representativeness.answering.{views.summary_kind(names.wave)}")
        shown = views.answering_table(result, names=names)
        caption = "Units that answered, by how their answer came about, and the mean of what sums their answers up"
        _table(page, names, shown, "answering", caption, formats={"rate": "percent1", "mean": "percent1"})
    if len(result.ages):
        page.heading("representativeness.ages")
        caption = "Age of the published assessment on the freeze date, in days"
        _table(page, names, readable(result.ages, names=names), "ages", caption)


def show_missing(page: Page, result: RepresentativenessResult, names: Names) -> None:
    """The units without an answer, by name only where that is promised."""
    page.heading("representativeness.missing")
    say_findings(page, views.missing_sentences, result, names=names)
    if names.wave.file.promise == "open":
        missing = views.missing_table(result.missing, names=names)
        _table(page, names, missing, "missing", "Units of the frame without an answer")
    elif names.synthetic:
        page.say("representativeness.missing.unnamed")


def show_stakes(page: Page, result: RepresentativenessResult, names: Names) -> None:
    """Worst-case bounds of the scores that sum the wave up, and of any share."""
    page.heading("representativeness.stakes")
    if names.wave.items_of("score"):
        say_findings(page, views.stakes_sentences, result, names=names)
        stakes = views.stakes_table(result, names=names)
        base = views.base(result.units, names=names)
        page.figure(
            charts.dot_intervals(
                views.stakes_chart(stakes),
                xlabel=page.text("results.axis.share"),
                xformat=names.axis(),
                names=names.lines(),
            ),
            name="stakes_chart",
            title=page.text("representativeness.stakes.title") if names.synthetic
            else views.stakes_title(stakes, names=names),
            alt=names.title("representativeness.stakes.alt", "survey.alt", base=base, most=stakes["width"].max()),
            data=stakes,
            source=names.source(),
            base=base,
        )  # fmt: skip
        caption = "Mean total score of municipalities, observed and in the worst cases, by number of inhabitants"
        formats = views.share_formats(stakes) | {"width": "points1"}
        _table(page, names, stakes, "stakes", caption, formats=formats)
        return
    page.say("representativeness.stakes.share")
    widths = views.width_table(result, names=names)
    caption = "How far the missing leave any share of units open, in percentage points"
    _table(page, names, widths, "widths", caption, formats={"width": "points1"})
    scores = views.indicator_stakes(result, names=names)
    if len(scores):
        caption = "Means of the indicators, observed and in the worst cases, in points"
        formats = dict.fromkeys(["observed", "bound_lo", "bound_hi", "width"], "number2")
        _table(page, names, scores, "indicator_stakes", caption, formats=formats | {"scale_maximum": "number"})


def show_plan(page: Page, result: WeightingResult, names: Names) -> None:
    """The weighting plan, what its weights add up to, and the units that no weight stands for."""
    page.heading("weighting.plan")
    page.say("weighting.none", weight=1)
    say_findings(page, views.weighting_sentences, result, names=names)


def show_totals(page: Page, result: WeightingResult, names: Names) -> None:
    """What the weights of each unit type add up to, and the units that no weight stands for where they are named."""
    page.heading("weighting.totals")
    totals = views.totals_table(result, names=names)
    formats = views.share_formats(totals, decimals=2) | {"sum_of_weights": "number"}
    _table(page, names, totals, "totals", "Units, answers and final weights by unit type", formats=formats)
    if names.wave.file.promise == "open":
        page.heading("weighting.missing")
        missing = views.missing_table(result.missing, names=names)
        formats = views.share_formats(missing, decimals=2)
        _table(page, names, missing, "missing", "Units that no weight stands for", formats=formats)


def _table(
    page: Page,
    names: Names,
    table: pd.DataFrame,
    name: str,
    caption: str,
    *,
    formats: Mapping[str, str] | None = None,
    note: str | None = None,
) -> None:
    page.table(
        table,
        name=name,
        caption=caption,
        formats={column: form for column, form in (formats or {}).items() if column in table},
        labels=page.labels("column", table.columns),
        source=names.source(),
        note=note,
    )
