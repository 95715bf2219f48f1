"""The sections of the stage representativeness beside the tests; each shows what the wave has, in English."""

from collections.abc import Sequence

from analysis.inputs.targets import Target
from analysis.reports import representativeness_views as views
from analysis.reports.display import charts
from analysis.reports.display.page import Page
from analysis.reports.display.trail import pick
from analysis.reports.stage_show import say_findings
from analysis.reports.stage_views import base as base_of
from analysis.reports.stage_views import missing_table, share_formats
from analysis.reports.wave_views import Names, readable, say_assumed, show_table
from analysis.survey.indicators import headline, total_item
from analysis.survey.representativeness import RepresentativenessResult


def show_state(page: Page, names: Names, *, targets: Sequence[Target]) -> None:
    """Of synthetic answers: that what follows is a specimen, and what in it is assumed rather than printed."""
    if names.synthetic:
        page.heading("representativeness.specimen")
        page.callout("survey.synthetic")
        say_assumed(page, names, targets=targets)


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
        # Where some are missing, the tables that hold the groups against the frame show the same and more.
        if grouping == "all" or not result.missing_count:
            table = views.response_table(result.data, grouping, names=names)
            if len(table):
                records = views.response_records(result, grouping, module="")
                show_table(page, names, table, name, caption, formats=share_formats(table), records=records)


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
            records = views.response_records(result, grouping, module="?*")
            show_table(
                page, names, table, f"modules_by_{grouping}", caption, formats=share_formats(table), records=records
            )


def show_came(page: Page, result: RepresentativenessResult, names: Names) -> None:
    """How the answers came about: roles, number of contacts, versions and months, where the file says so."""
    if result.came.empty:
        return
    page.heading("representativeness.came")
    shown = readable(result.came, names=names)
    shown["about"] = [page.text(f"representativeness.came.{about}") for about in result.came["about"]]
    caption, records = "Units that answered, by how their answer came about", pick(result.estimates, measure="count")
    show_table(page, names, shown, "came", caption, records=records)


def show_answering(page: Page, result: RepresentativenessResult, names: Names) -> None:
    """Early against late answers, by contacts and role, and how old published assessments were; tables only."""
    if len(result.answering):
        page.heading("representativeness.answering")
        page.say("representativeness.answering.text")
        page.say(f"representativeness.answering.{views.summary_kind(names.wave)}")
        shown = views.answering_table(result, names=names)
        caption = "Units that answered, by how their answer came about, and the mean of what sums their answers up"
        formats = {"rate": "percent1", "mean": "percent1"}
        ways = pick(result.estimates, subset={f"{about}=*" for about in result.answering["about"]})
        show_table(page, names, shown, "answering", caption, formats=formats, records=ways)
    if len(result.ages):
        page.heading("representativeness.ages")
        caption = "Age of the published assessment on the freeze date, in days"
        ages = pick(result.estimates, measure="amount")
        show_table(page, names, readable(result.ages, names=names), "ages", caption, records=ages)


def show_missing(page: Page, result: RepresentativenessResult, names: Names) -> None:
    """The units without an answer, by name only where that is promised."""
    page.heading("representativeness.missing")
    say_findings(page, views.missing_sentences, result, names=names)
    if names.wave.file.promise == "open":
        missing = missing_table(result.missing, names=names)
        show_table(page, names, missing, "missing", "Units of the frame without an answer")
    elif names.synthetic:
        page.say("representativeness.missing.unnamed")


def show_stakes(page: Page, result: RepresentativenessResult, names: Names) -> None:
    """Worst-case bounds of the scores that sum the wave up, and of any share."""
    page.heading("representativeness.stakes")
    if names.wave.items_of("score"):
        say_findings(page, views.stakes_sentences, result, names=names)
        stakes = views.stakes_table(result, names=names)
        base, about = base_of(result.units, names=names), {"unit_type": "municipality", "subset": "size_group=*"}
        records = pick(result.estimates, item=total_item(names.wave).item, estimand="M", **about)
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
            records=records,
        )  # fmt: skip
        caption = "Mean total score of municipalities, observed and in the worst cases, by number of inhabitants"
        formats = share_formats(stakes) | {"width": "points1"}
        show_table(page, names, stakes, "stakes", caption, formats=formats, records=records)
        return
    page.say("representativeness.stakes.share")
    widths = views.width_table(result, names=names)
    caption = "How far the missing leave any share of units open, in percentage points"
    open_share = pick(result.estimates, category="width of bounds")
    show_table(page, names, widths, "widths", caption, formats={"width": "points1"}, records=open_share)
    scores = views.indicator_stakes(result, names=names)
    if len(scores):
        caption = "Means of the indicators, observed and in the worst cases, in points"
        formats = dict.fromkeys(["observed", "bound_lo", "bound_hi", "width"], "number2")
        formats |= {"scale_maximum": "number"}
        means = pick(result.estimates, item=headline(names.wave), subset="", estimand="M", measure="mean", mode="I")
        show_table(page, names, scores, "indicator_stakes", caption, formats=formats, records=means)
