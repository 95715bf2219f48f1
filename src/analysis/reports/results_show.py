"""The sections of the stage `results` for scored waves: each shows itself where the wave has what it needs."""

import pandas as pd

from analysis.reports.display import charts
from analysis.reports.display.page import Page
from analysis.reports.display.trail import pick
from analysis.reports.results_views import Views, chart_rows, extremes
from analysis.reports.wave_views import SHARE_BINS


def show_short(page: Page, views: Views) -> None:
    """The answer in a few sentences; of synthetic answers, that they have none."""
    page.heading("results.short")
    if views.names.synthetic:
        page.callout("survey.synthetic")
    elif views.scored:
        page.sentences(views.short())
        page.callout("results.rounds")


def show_levels(page: Page, views: Views) -> None:
    """How the total score of municipalities is spread, and mean and quartiles of each score."""
    if not views.scored:
        return
    page.heading("results.distribution")
    names, base, quartiles = views.names, views.base(), views.quartiles()
    scores = views.result.units.query("unit_type == 'municipality'")[["code", "name", views.total]]
    page.figure(
        charts.histogram(
            scores[views.total],
            bins=SHARE_BINS,
            xlabel=page.text("results.axis.share"),
            ylabel=page.text("results.axis.municipalities"),
            xformat=names.axis(),
            mark=(quartiles["median"], page.text("results.median", **quartiles)),
        ),
        name="distribution",
        title=names.title("results.distribution.title", "results.distribution", **quartiles),
        alt=views.names.title("results.distribution.alt", "survey.alt", base=base, **quartiles),
        data=views.published(scores),
        source=names.source(),
        base=base,
        records=pick(_scores(views), item=views.total, subset="", estimand="M"),
    )
    _levels(page, views, "municipality", name="levels")


def show_sizes(page: Page, views: Views) -> None:
    """The total score by number of inhabitants, drawn and in a table."""
    if not views.scored:
        return
    page.heading("results.size")
    by_size = views.by_group("size_group")
    title = page.text("results.size.caption") if views.names.synthetic else views.size_title(by_size)
    records = pick(_scores(views), item=views.total, subset="size_group=*")
    _groups(page, views, by_size, name="by_size", title=title, records=records)
    caption, note = page.text("results.size.caption"), views.small_note()
    _table(page, views, by_size, name="by_size", caption=caption, note=note, records=records)


def show_regions(page: Page, views: Views) -> None:
    """The total score by region, drawn and in a table, and by county in a table."""
    if not views.scored:
        return
    page.heading("results.region")
    by_region, by_county = views.by_group("region"), views.by_group("county")
    title = views.names.title("results.region.title", "results.region.caption", **extremes(by_region))
    regions, counties = (pick(_scores(views), item=views.total, subset=f"{one}=*") for one in ("region", "county"))
    _groups(page, views, by_region, name="by_region", title=title, records=regions)
    caption = page.text("results.region.caption")
    _table(page, views, by_region, name="by_region", caption=caption, note=views.small_note(), records=regions)
    note, caption = f"{page.text('results.county.note')} {views.small_note()}", page.text("results.county.caption")
    _table(page, views, by_county, name="by_county", caption=caption, note=note, records=counties)


def show_stars(page: Page, views: Views) -> None:
    """The classes of municipalities, drawn and in tables, overall and by number of inhabitants."""
    if not views.classed:
        return
    page.heading("results.stars")
    stars, common, base = views.stars("municipality"), views.commonest_star(), views.base()
    page.figure(
        charts.bars(views.star_bars(stars), text="text"),
        name="stars_chart",
        title=views.names.title("results.stars.title", "results.stars", **common),
        alt=views.names.title("results.stars.alt", "survey.alt", base=base, **common),
        data=stars,
        source=views.names.source(),
        base=base,
        records=pick(_classes(views), subset=""),
    )
    _stars(page, views, "municipality", name="stars")
    for column, name, key in (("k", "stars_by_size", "counts"), ("point", "star_shares_by_size", "shares")):
        table = views.stars_by_size(column)
        page.table(
            table,
            name=name,
            caption=page.text(f"results.stars.{key}.caption"),
            formats=views.formats(table),
            labels=views.star_labels(table),
            source=views.names.source(),
            base=base,
            note=views.small_note() if column == "point" else None,
            records=pick(_classes(views), subset="size_group=*", estimand="M"),
        )


def show_rule(page: Page, views: Views) -> None:
    """Which rule the data imply behind the classes."""
    if views.result.star_rule.empty:
        return
    page.heading("results.rule")
    page.sentences([*([] if views.names.synthetic else [views.rule_verdict()]), page.text("results.rule.inferred")])
    rule = views.rule()
    page.table(
        rule,
        name="star_rule",
        caption=page.text("results.rule.caption"),
        labels=page.labels("results.rule.column", rule.columns),
        source=views.names.source(),
        base=page.text("results.rule.base", n=views.result.star_rule["units"].sum()),
        records=pick(views.result.estimates, estimate_type="diagnostic", category="stars *"),
    )


def show_counties(page: Page, views: Views) -> None:
    """Scores and classes of county municipalities, kept apart from municipalities."""
    unit_type = "county_municipality"
    if not views.scored or unit_type not in set(views.result.units["unit_type"]):
        return
    page.heading("results.counties")
    page.sentences([] if views.names.synthetic else views.coverage(unit_type))
    _levels(page, views, unit_type, name="county_municipalities")
    if views.classed:
        _stars(page, views, unit_type, name="county_municipality_stars")


def show_method(page: Page, views: Views) -> None:
    """How the figures of a scored wave are made."""
    if views.scored:
        page.heading("results.method")
        page.say("results.method.scores")
        page.say("results.method.estimands")
        page.say("results.method.assessors", **views.names.field_period())


def _levels(page: Page, views: Views, unit_type: str, *, name: str) -> None:
    levels = views.levels(unit_type)
    caption = page.text("results.levels.caption", unit=views.names.unit(unit_type))
    note = views.few_note(unit_type) or views.interval_note(levels)
    records = pick(_scores(views, unit_type), subset="")
    _table(page, views, levels, name=name, caption=caption, note=note, unit_type=unit_type, records=records)


def _stars(page: Page, views: Views, unit_type: str, *, name: str) -> None:
    caption = page.text("results.stars.caption", unit=views.names.unit(unit_type))
    note, records = views.few_note(unit_type), pick(_classes(views, unit_type), subset="")
    table = views.stars_table(unit_type)
    _table(page, views, table, name=name, caption=caption, note=note, unit_type=unit_type, records=records)


def _scores(views: Views, unit_type: str = "municipality") -> pd.DataFrame:
    """The estimate records of the scores of a unit type: means and quartiles."""
    scores = [item.item for item in views.names.wave.items_of("score")]
    return pick(views.result.estimates, estimate_type="level", item=scores, unit_type=unit_type)


def _classes(views: Views, unit_type: str = "municipality") -> pd.DataFrame:
    """The estimate records of the classes of a unit type."""
    classes = [item.item for item in views.names.wave.items_of("ordinal")]
    return pick(views.result.estimates, item=classes, unit_type=unit_type, measure="share")


def _groups(page: Page, views: Views, table: pd.DataFrame, *, name: str, title: str, records: pd.DataFrame) -> None:
    base = views.base()
    page.figure(
        charts.dot_intervals(
            chart_rows(table),
            xlabel=page.text("results.axis.share"),
            xformat=views.names.axis(),
            names=views.names.lines(),
        ),
        name=f"{name}_chart",
        title=title,
        alt=views.names.title("results.group.alt", "survey.alt", base=base, **extremes(table)),
        data=table,
        source=views.names.source(),
        base=base,
        note=views.interval_note(table),
        records=records,
    )


def _table(
    page: Page,
    views: Views,
    table: pd.DataFrame,
    *,
    name: str,
    caption: str,
    note: str | None,
    records: pd.DataFrame,
    unit_type: str = "municipality",
) -> None:
    page.table(
        table,
        name=name,
        caption=caption,
        formats=views.formats(table),
        labels=page.labels("results.column", table.columns),
        source=views.names.source(),
        base=views.base(unit_type),
        note=note,
        records=records,
    )
