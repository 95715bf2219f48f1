"""The sections of the stage indicators, in English; each shows what the wave has."""

from collections.abc import Callable
from typing import Any

from analysis.reports import stage_views as views
from analysis.reports.display import charts
from analysis.reports.display.page import Page
from analysis.reports.display.trail import pick
from analysis.reports.wave_views import SHARE_BINS, Names, readable, show_table
from analysis.survey.indicators import IndicatorsResult, part_items

SPREAD = ("lowest", "mean", "highest", "standard_deviation")
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
        show_table(page, names, result.scales, "scales", "Indicators, their columns in the file and their scales")
    if len(result.composition):
        page.say("indicators.composition.text")
        shown = readable(result.composition, names=names)
        shown["module"] = [names.module(module) if module else "none" for module in result.composition["module"]]
        caption = "Indicators and their questions: declared, in the file, and seen in the source"
        records = pick(result.estimates, category=("questions", "in file", "seen", "units"))
        show_table(page, names, shown, "composition", caption, formats={"scale_maximum": "number"}, records=records)
    if len(result.kinds):
        if not len(result.composition):
            page.say("indicators.scales.none")
        kinds = result.kinds.assign(type=[page.text(f"codebook.type.{kind}") for kind in result.kinds["type"]])
        caption, records = "Items of the questionnaire by kind", pick(result.estimates, item="items *")
        show_table(page, names, kinds, "kinds", caption, records=records)


def show_spread(page: Page, result: IndicatorsResult, names: Names) -> None:
    """How the scores are spread among the units that have them."""
    if result.spread.empty:
        return
    page.heading("indicators.spread")
    records = pick(result.estimates, category=SPREAD)
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
            records=pick(records, unit_type="municipality", item=[item.item for item in part_items(names.wave)]),
        )
    spread = readable(result.spread, names=names)
    if names.wave.file.indicators:
        caption = "Spread of the indicators among units that have them, in points"
        formats = INDICATOR_FORMATS | {"standard_deviation": "number2"}
    else:
        caption = "Spread of the scores among units with a value, as shares of the maximum"
        spread = spread.drop(columns="scale_maximum")
        formats = dict.fromkeys(["lowest", "mean", "highest", "standard_deviation"], "percent1")
    show_table(page, names, spread, "spread", caption, formats=formats, records=records)


def show_together(page: Page, result: IndicatorsResult, names: Names, *, confidence: float) -> None:
    """How well the parts of the scores hang together: alpha, correlations, each part against the rest."""
    together = result.hanging_together
    if result.spread.empty:
        return
    page.heading("indicators.together")
    if part_items(names.wave):
        say_findings(page, views.reliability_sentences, result, names=names, confidence=confidence)
    two = dict.fromkeys(["alpha", "ci_lo", "ci_hi", "r", "within", "rest_lo", "rest_hi"], "number2")
    looks = {"correlations": ("pearson *", "spearman *"), "item_rest": ("with the rest",)}
    looks |= {
        "alpha": ("all units", "within size groups"),
        "indicator_alpha": ("alpha *", "highest rest", "lowest rest"),
    }
    tables = {
        "alpha": (together.alpha, "Cronbach's alpha of the parts of the total score"),
        "correlations": (together.correlations, "Correlations of each pair of parts"),
        "item_rest": (together.item_rest, "Correlation of each part with the sum of the other parts"),
        "indicator_alpha": (together.indicators, "Cronbach's alpha of the questions of each indicator"),
    }
    for name, (table, caption) in tables.items():
        if len(table):
            note = "Interval: Feldt; none is given within size groups." if "alpha" in name else None
            shown, records = readable(table, names=names), pick(result.estimates, category=looks[name])
            show_table(page, names, shown, name, caption, formats=two, note=note, records=records)
