"""The sections of representativeness that hold who answered against who was asked, printed counts first."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from analysis.reports import balance_views as views
from analysis.reports import printed_response_views as printed_views
from analysis.reports import representativeness_charts as charts
from analysis.reports.display import words
from analysis.reports.display.page import Page
from analysis.reports.display.trail import ANSWERS, pick
from analysis.reports.wave_views import Names
from analysis.survey.balance.assess import Balance
from analysis.survey.representativeness import RepresentativenessResult

ABOUT = ("unit_type", "part")
# Where fewer answered, or fewer are missing, who they are is told by name or number and not by tables of shares.
FEWEST = 5


def show_printed(page: Page, result: RepresentativenessResult, names: Names, *, confidence: float) -> None:
    """What the report prints of who answered: it needs no answers, so it leads, and is real on a synthetic page too."""
    printed, records = result.balance.printed, pick(result.estimates, source="printed")
    if printed.responses.empty:
        return
    page = replace(page, state="printed")
    page.heading("representativeness.printed")
    page.say("representativeness.printed.text")
    page.sentences(printed_views.sentences(printed, names=names))
    table = printed_views.response_table(printed, names=names)
    if len(table) > 1:
        caption, whole = "representativeness.printed.table", pick(records, item="response", subset="")
        put(page, names, table, name="printed_response", caption=caption, records=whole)
    for balance in printed.balances:
        show_balance(page, balance, names, confidence=confidence, name="printed", records=records)
    if not printed.balances:
        page.say("representativeness.printed.only")
    show_evenness(page, printed.balances, names, name="printed", records=records)
    if len(printed.silent):
        page.subheading("representativeness.printed.silent")
        table = printed_views.silent_table(printed)
        caption = "representativeness.printed.silent.table"
        put(
            page,
            names,
            table,
            name="printed_silent",
            caption=caption,
            formats=dict.fromkeys(map(str, table), "percent1"),
            records=pick(records, item="tipping point"),
        )


def show_balances(page: Page, result: RepresentativenessResult, names: Names, *, confidence: float) -> None:
    """The wave's own answers against its frame: the whole survey in full, its parts in the tests and R-indicators."""
    account, records = result.balance, pick(result.estimates, source=ANSWERS)
    page.heading("representativeness.balance")
    page.say("representativeness.balance.text")
    for balance in account.balances:
        # All unit types together are complete where each of them is.
        if not balance.module and not (balance.unit_type == "all" and balance.without_model):
            show_balance(page, balance, names, confidence=confidence, name=balance.unit_type, records=records)
    tests = views.test_table(account.balances, names=names)
    if len(tests):
        page.heading("representativeness.tests")
        caption, note = "representativeness.tests.table", "representativeness.tests.note"
        tested = {f"association:{one}" for balance in account.balances for one in balance.tests["variable"]}
        put(page, names, views.without_constant(tests, ABOUT), name="tests", caption=caption, note=note,
            records=pick(records, item=tested))  # fmt: skip
    if len(account.numbers):
        caption, note = "representativeness.numbers.table", "representativeness.numbers.note"
        table = views.number_table(account.numbers, names=names)
        tested = {f"association:{one}" for one in account.numbers["item"]}
        put(page, names, table, name="inhabitants", caption=caption, note=note, records=pick(records, item=tested))
    show_evenness(page, account.balances, names, name="response", records=records)


def show_balance(
    page: Page, balance: Balance, names: Names, *, confidence: float, name: str, records: pd.DataFrame
) -> None:
    """One balance: sentences unless it is synthetic, then a table and a dot plot for each variable."""
    if balance.source != "synthetic":
        page.sentences(views.sentences(balance, names=names, confidence=confidence))
    if min(balance.n_answered, balance.n_frame - balance.n_answered) < FEWEST:
        return
    unit = names.unit(balance.unit_type)
    for variable in dict.fromkeys(balance.groups["variable"]):
        about = {"unit": f"{unit[0].upper()}{unit[1:]}", "variable": views.variable_name(str(variable), names=names)}
        table = views.group_table(balance, str(variable), names=names)
        shown = f"{name}_by_{variable}"
        caption, note = "representativeness.balance.table", "representativeness.balance.note"
        about_groups = {"item": "representation", "subset": f"{variable}=*", "module": balance.module}
        own = pick(records, unit_type=balance.unit_type, **about_groups)
        put(page, names, table, name=shown, caption=caption, note=note, values=about, records=own)
        if len(table) > 2:
            shares = pick(own, category=["share_frame", "share_answered"])
            _dots(page, balance, str(variable), names, name=f"{shown}_chart", about=about, records=shares)


def show_evenness(page: Page, balances: Sequence[Balance], names: Names, *, name: str, records: pd.DataFrame) -> None:
    """R-indicators of the whole survey and its parts, in a table and against the response rate.

    Of all unit types together none is shown: their model knows the unit type only, and models do not compare.
    """
    own = [one for one in balances if one.indicator is not None and one.unit_type != "all"]
    if not own:
        return
    table = views.r_table(own, names=names)
    page.subheading("representativeness.r")
    caption, note = "representativeness.r.table", "representativeness.r.note"
    shown = pick(records, item="r_indicator:*", unit_type={one.unit_type for one in own})
    put(page, names, table, name=f"{name}_r", caption=caption, note=note, records=shown)
    first = own[0]
    title = page.text("representativeness.r.title")
    if first.source != "synthetic" and first.indicator is not None:
        values = {"rate": first.rate, "r": first.indicator.r, "bias": first.indicator.largest_bias}
        title = views.worded(first, "representativeness.r.finding", names=names, **values)
    base = names.base(first.unit_type, first.n_answered, first.n_frame)
    page.figure(
        charts.response_representativity(
            table,
            xlabel=page.text("representativeness.r.x"),
            ylabel=page.text("representativeness.r.y"),
            xformat=names.axis(),
            line=lambda bias: page.text("representativeness.r.line", bias=bias),
        ),
        name=f"{name}_r_chart",
        title=title,
        alt=page.text("representativeness.r.alt", base=base),
        data=table,
        source=source(page, names),
        base=base,
        note=page.text("representativeness.r.numbered") if len(table) > 1 else None,
        records=pick(shown, category="R"),
    )


def show_model(page: Page, result: RepresentativenessResult, names: Names) -> None:
    """The response model of the whole survey of each unit type that carries one."""
    modelled = [
        one for one in result.balance.balances if one.model is not None and not one.module and one.unit_type != "all"
    ]
    if not modelled:
        return
    page.heading("representativeness.model")
    page.say("representativeness.model.text")
    for balance in modelled:
        about = {"unit": names.unit(balance.unit_type)}
        if balance.model is not None and balance.model.firth:
            page.say("representativeness.model.firth")
        if balance.source != "synthetic":
            page.sentences([views.worded(balance, "representativeness.fit", names=names, **balance.measures)])
        records = pick(result.estimates, item="response model", unit_type=balance.unit_type, module="", source=ANSWERS)
        for kind, table, categories in (
            ("model", views.level_table(balance, names=names), ("coefficient *", "effect *")),
            ("terms", views.term_table(balance, names=names), ("lr *", "lr_p *", "partial R *", "conditional R *")),
        ):
            caption, note = f"representativeness.{kind}.table", f"representativeness.{kind}.note"
            put(page, names, table, name=f"{kind}_{balance.unit_type}", caption=caption, note=note, values=about,
                records=pick(records, category=categories))  # fmt: skip


def show_silent(page: Page, result: RepresentativenessResult, names: Names) -> None:
    """Key shares and means under assumptions about the units without an answer; tables only."""
    account = result.balance
    if account.shares.empty and account.means.empty:
        return
    page.heading("representativeness.silent")
    page.say("representativeness.silent.text")
    shares = account.shares.rename(columns={"observed": "observed_share"})
    bounds = {"bound_lo": "share_lo", "bound_hi": "share_hi"}
    percents = dict.fromkeys(["observed_share", *bounds.values(), "odds_half", "odds_same", "odds_double"], "percent1")
    points = dict.fromkeys(["observed", "bound_lo", "bound_hi", "by_frame", "by_both", "by_outcome"], "number2")
    for kind, table, formats in (("shares", shares.rename(columns=bounds), percents), ("means", account.means, points)):
        if table.empty:
            continue
        shown = table.assign(
            item=[names.item(item) for item in table["item"]],
            category=[_options(names, *pair) for pair in zip(table["item"], table["category"], strict=True)],
            unit_type=[names.unit(kind) for kind in table["unit_type"]],
        )
        shown = views.without_constant(shown, ["unit_type", "category", "scale_maximum"])
        caption, note = f"representativeness.silent.{kind}", f"representativeness.silent.{kind}.note"
        records = pick(result.estimates, item={f"sensitivity:{item}" for item in table["item"]})
        put(page, names, shown, name=f"silent_{kind}", caption=caption, note=note, formats=formats, records=records)


def source(page: Page, names: Names) -> str:
    """The source line: that of printed counts on a page of them, else that of the wave's answers."""
    if page.state == "printed":
        return page.text("representativeness.source.printed", source=names.wave.file.source)
    return names.source()


def put(
    page: Page,
    names: Names,
    table: pd.DataFrame,
    *,
    name: str,
    caption: str,
    note: str | None = None,
    formats: Mapping[str, str] | None = None,
    values: Mapping[str, object] | None = None,
    records: pd.DataFrame,
) -> None:
    """A table with a caption of the catalogue, headers of this stage, and numbers as they are written here."""
    own, written = "representativeness.column", {**views.FORMATS, **(formats or {})}
    page.table(
        table,
        name=name,
        caption=page.text(caption, **(values or {})),
        formats={column: form for column, form in written.items() if column in table.columns},
        labels={
            str(column): page.text(f"{own}.{column}" if f"{own}.{column}" in words.catalogue() else f"column.{column}")
            for column in table
        },
        source=source(page, names),
        note=page.text(note) if note else None,
        records=records,
    )


def _dots(
    page: Page,
    balance: Balance,
    variable: str,
    names: Names,
    *,
    name: str,
    about: Mapping[str, object],
    records: pd.DataFrame,
) -> None:
    data = views.dots(balance, variable, names=names)
    base = names.base(balance.unit_type, balance.n_answered, balance.n_frame)
    title = page.text("representativeness.balance.dots.title", **about)
    if balance.source != "synthetic":
        most = (data["share_answered"] - data["share_frame"]).abs().max()
        title = views.worded(balance, "representativeness.balance.dots.finding", names=names, most=most, **about)
    page.figure(
        charts.composition(
            data,
            xlabel=page.text("representativeness.balance.dots.x"),
            xformat=names.axis(),
            names=(
                page.text("representativeness.balance.dots.frame"),
                page.text("representativeness.balance.dots.answered"),
            ),
        ),
        name=name,
        title=title,
        alt=page.text("representativeness.balance.dots.alt", base=base, **about),
        data=data,
        source=source(page, names),
        base=base,
        records=records,
    )


def _options(names: Names, item: str, category: str) -> str:
    """The options of a key share; classes that have no label are their own names."""
    if not category:
        return ""
    known = {option.option for option in names.wave.options_of(item)}
    return " / ".join(names.option(item, one) if one in known else one for one in category.split("+"))
