"""The report's tables and diagrams made again from answers, as a section of the stage `results`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis.inputs.register import Register
from analysis.inputs.targets import Target
from analysis.reports import report_tables as tables
from analysis.reports.display.charts import C1, GRID, INK, MUTED, PAPER, WIDTH, style
from analysis.reports.display.page import Page
from analysis.reports.release_show import not_drawn
from analysis.reports.survey_views import SurveyViews
from analysis.survey.tabulate import RESPONSE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHARES = ("se-2011", "se-2014", "printed", "share", "rate", "not_at_all", "partly", "fully")
# Shade and pattern of the three answers: the pattern tells them apart without colour.
_LOOK = {"fully": (C1, ""), "partly": (GRID, "///"), "not_at_all": (PAPER, "")}


def show_report(page: Page, views: SurveyViews, *, register: Register, targets: Sequence[Target]) -> None:
    """Every table and diagram of the report under its number, from the answers, with what is printed beside."""
    if not tables.is_from_tool(views):
        return
    page.heading("report.heading")
    page.say("report.text")
    sizes = views.records([RESPONSE], subset="size_group=*", category="", estimand="M")
    _put(page, views, tables.size_table(views), name="report_table_01", caption=page.text("report.table.1"),
         records=sizes)  # fmt: skip
    printed = tables.printed_tables(register, targets, wave=views.names.wave.id)
    # What is printed of questions that the file lacks stands in the lead, with the other printed figures.
    answered = printed["item"].isin([item.item for item in views.items])
    for number, rows in printed[answered & (printed["table"] > 1)].groupby("table"):
        table = tables.share_table(rows, views)
        caption = page.text(f"report.table.{number}")
        records = views.records(rows["item"], category=tables.FULLY, measure="share", estimand="R")
        _put(page, views, table, name=f"report_table_{number:02d}", caption=caption, records=records)
    labels = {area: page.text(f"report.area.{area}") for area in tables.AREAS}
    whole = tables.distribution(views, "all", by_size=False).assign(label=page.text("flowers.all"))
    _diagram(page, views, whole, number=1, records=_shares(views, "all", ""))
    by_size, digital = tables.distribution(views, "all", by_size=True), "area:digital_services"
    _diagram(page, views, by_size, number=2, records=_shares(views, "all", "size_group=*"))
    _diagram(page, views, tables.areas(views, labels), number=3, records=_shares(views, "area:*", ""))
    by_size = tables.distribution(views, digital, by_size=True)
    _diagram(page, views, by_size, number=4, records=_shares(views, digital, "size_group=*"))
    most = tables.extremes(views, most=page.text("report.most"), least=page.text("report.least"))
    note = page.text("report.ties", n=tables.NAMED)
    records = views.records(views.items, category=tables.FULLY, measure="share", estimand="R")
    _put(page, views, most, name="report_extremes", caption=page.text("report.extremes"), note=note, records=records)


def _shares(views: SurveyViews, items: str, subset: str) -> pd.DataFrame:
    """The estimate records of the answers to several items together."""
    return views.records([items], subset=subset, measure="share", estimand="R")


def stacked(frame: pd.DataFrame, *, names: dict[str, str], texts: dict[str, list[str]]) -> "Figure":
    """Bars of whole length divided by answer, one a row, with the shares written in them; `names` are the answers.

    Columns: `label`, and a share (0 to 1) for each answer of `names`; `texts` holds them as they are to be read.
    Raises ValueError without rows.
    """
    from matplotlib.figure import Figure

    if frame.empty:
        raise ValueError("there is no bar to draw")
    with style():
        figure = Figure(figsize=(WIDTH, 0.75 + 0.42 * len(frame)))
        axes, left = figure.subplots(), pd.Series(0.0, index=frame.index)
        for option, name in names.items():
            face, pattern = _LOOK[option]
            axes.barh(range(len(frame)), frame[option], left=left, height=0.66, label=name, facecolor=face,
                      hatch=pattern, edgecolor=MUTED, linewidth=0.8)  # fmt: skip
            for place, (start, share, text) in enumerate(zip(left, frame[option], texts[option], strict=True)):
                box = {"facecolor": PAPER, "edgecolor": "none", "pad": 1.2}
                axes.text(start + share / 2, place, text, ha="center", va="center", fontsize=10, color=INK, bbox=box)
            left = left + frame[option]
        axes.set(xlim=(0, 1), ylim=(len(frame) - 0.5, -0.5), xticks=[])
        axes.set_yticks(range(len(frame)), frame["label"])
        axes.tick_params(length=0)
        for side in ("left", "bottom"):
            axes.spines[side].set_visible(False)
        figure.legend(loc="outside upper left", ncols=len(names), frameon=False, fontsize=10, handlelength=1.4)
    return figure


def _diagram(page: Page, views: SurveyViews, frame: pd.DataFrame, *, number: int, records: pd.DataFrame) -> None:
    names = {o.option: getattr(o, f"label_{page.language}") for o in views.names.wave.options if o.option in _LOOK}
    names = {option: names[option] for option in _LOOK}
    drawn, hidden = frame.dropna(subset=list(names)), frame.loc[frame[list(names)].isna().any(axis=1), "label"]
    texts = {option: [page.text("printed.rate", lo=share) for share in drawn[option]] for option in names}
    title, note = page.text(f"report.diagram.{number}"), not_drawn(page, page.text("report.diagram.note"), hidden)
    if len(drawn):
        page.figure(
            stacked(drawn, names=names, texts=texts),
            name=f"report_diagram_{number}",
            title=title,
            alt=not_drawn(page, page.text("report.diagram.alt", title=title, n=len(drawn)), hidden),
            data=frame,
            source=views.names.source(),
            base=views.base(),
            note=note,
            records=records,
        )
    caption = page.text("report.diagram.table", title=title)
    table = frame[["label", *names]]
    _put(page, views, table, name=f"report_diagram_{number}_table", caption=caption, note=note, labels=names,
         records=records)  # fmt: skip


def _put(
    page: Page,
    views: SurveyViews,
    table: pd.DataFrame,
    *,
    name: str,
    caption: str,
    records: pd.DataFrame,
    note: str | None = None,
    labels: dict[str, str] | None = None,
) -> None:
    known = labels or {}
    page.table(
        table,
        name=name,
        caption=caption,
        formats={column: "percent" for column in SHARES if column in table},
        labels=page.labels("report.column", table.columns.drop(list(known))) | known,
        source=views.names.source(),
        base=views.base(),
        note=note,
        folded=True,
        records=records,
    )
