"""The sections of a scorecard: who it is about, its scores beside those of others, ranks, changes, and its answers."""

import textwrap
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from analysis.reports import flower_box
from analysis.reports.disclosure.rules import DEFAULT
from analysis.reports.display import charts
from analysis.reports.display.page import Page
from analysis.reports.scorecard import Card
from analysis.reports.scorecard_views import FULLY, CardViews
from analysis.reports.wave_views import Names
from analysis.survey import ranks

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def open_card(page: Page, card: Card, names: Names) -> tuple[Page, CardViews]:
    """The page of a card, named synthetic where its unit is made up, and what stands on it."""
    return replace(page, state="synthetic") if card.made_up else page, CardViews(card, names)


def show_unit(page: Page, views: CardViews) -> None:
    """Who the card is about, and of how many that answered."""
    unit, result = views.card.unit, views.card.result
    kind = unit["unit_type"]
    answered = int((result.units["unit_type"] == kind).sum())
    asked = int((result.answers["unit_type"] == kind).sum())
    page.heading("scorecard.unit", name=views.unit)
    if views.card.made_up:
        page.callout("scorecard.specimen")
    page.say("scorecard.answered", answered=views.names.base(kind, answered, asked))


def show_scores(page: Page, views: CardViews) -> None:
    """Own scores with their error, and the others' means, as a chart and as a table."""
    if not views.scored:
        page.say("scorecard.no_scores")
        return
    table = views.scores()
    page.heading("scorecard.scores")
    page.say("scorecard.scores.text", confidence=views.card.result.params.confidence, fewest=DEFAULT.others)
    _show_chart(page, views)
    labels = page.labels("scorecard.column", table.columns[:2]) | views.groups()
    formats = dict.fromkeys(table.columns[1:], "printed")
    page.table(
        table,
        name="scores",
        caption=page.text("scorecard.scores.caption", top=views.top),
        labels=labels,
        formats=formats,
        source=_source(page, views),
        note=page.text("scorecard.scores.note"),
    )


def show_ranks(page: Page, views: CardViews) -> None:
    """Ranks among those that answered: an interval, or a third where the interval is wide."""
    if not views.scored:
        return
    table = views.ranks()
    if table.empty:
        page.say("scorecard.ranks.none")
        return
    kind, result = views.card.unit["unit_type"], views.card.result
    asked = int((result.answers["unit_type"] == kind).sum())
    silent = asked - int((result.units["unit_type"] == kind).sum())
    page.heading("scorecard.ranks")
    page.say("scorecard.ranks.text", draws=ranks.DRAWS, covered=ranks.COVERED)
    page.table(
        table,
        name="ranks",
        caption=page.text("scorecard.ranks.caption"),
        labels=page.labels("scorecard.column", table.columns),
        formats={"rank": "printed", "likely": "printed", "method": "percent"},
        source=_source(page, views),
        note=page.text("scorecard.ranks.note", n=silent) if silent else None,
    )


def show_changes(page: Page, views: CardViews) -> None:
    """Changes since the wave before, where one has asked the same."""
    if not views.scored:
        return
    table, earlier = views.changes(), views.card.result.earlier
    if table.empty or earlier is None:
        page.say("scorecard.change.new" if earlier else "scorecard.change.none")
        return
    page.heading("scorecard.change")
    page.say("scorecard.change.text", confidence=views.card.result.params.confidence)
    page.table(
        table,
        name="changes",
        caption=page.text(
            "scorecard.change.caption", before=earlier.file.year, now=views.names.wave.file.year, top=views.top
        ),
        labels=page.labels("scorecard.column", table.columns),
        formats=dict.fromkeys(["before", "now", "change", "smallest"], "printed"),
        source=_source(page, views),
    )


def show_box(page: Page, views: CardViews) -> None:
    """The unit's own flower box, where the wave is from the tool that has one."""
    box = views.box()
    if box.empty:
        return
    page.heading("scorecard.box")
    page.say("scorecard.box.text")
    texts = {}
    for (part, sector), own in box[box["part"] != "leaf"].groupby(["part", "sector"], sort=False):
        texts[sector or part] = page.text("scorecard.box.fully", k=int((own["share"] == FULLY).sum()), n=len(own))
    keys = [sector or part for part, sector in zip(box["part"], box["sector"], strict=True)]
    names = {key: page.text(f"flowers.{key}") for key in [*flower_box.GROUND.values(), *box["sector"]] if key}
    title = page.text("scorecard.box.title", name=views.unit)
    page.figure(
        flower_box.draw({views.unit: box.assign(text=[texts[key] for key in keys])}, names=names, columns=6),
        name="flower_box",
        title=title,
        alt=page.text("scorecard.box.alt", title=title),
        data=box,
        source=_source(page, views),
        base=views.unit,
        note=page.text("scorecard.box.note"),
    )


def show_answers(page: Page, views: CardViews) -> None:
    """Everything that the unit answered, by subject."""
    page.heading("scorecard.answers")
    page.say("scorecard.answers.text")
    for number, (section, table) in enumerate(views.answers(), start=1):
        page.table(
            table,
            name=f"answers_{number}",
            caption=section,
            labels=page.labels("scorecard.column", table.columns),
            source=_source(page, views),
        )


def _show_chart(page: Page, views: CardViews) -> None:
    data = views.chart().dropna(subset=["score"])
    if data.empty:
        return
    above = int((data["score"] > data["nation"]).sum())
    about = {"k": above, "n": len(data)}
    # What synthetic answers show is no finding.
    title = page.text("scorecard.chart.plain") if page.state == "synthetic" else page.text("scorecard.chart", **about)
    page.figure(
        draw(data, page=page),
        name="scores_chart",
        title=title,
        alt=page.text("scorecard.chart.alt", **about),
        data=data,
        source=_source(page, views),
        base=views.unit,
    )


def draw(data: pd.DataFrame, *, page: Page) -> "Figure":
    """Own scores as dots with their intervals, means of others as marks, each score along its own scale from 0."""
    from matplotlib.figure import Figure

    places = range(len(data))
    with charts.style():
        figure = Figure(figsize=(charts.WIDTH, 0.7 + 0.42 * len(data)))
        axes = figure.subplots()
        scale = data["maximum"]
        axes.hlines(places, data["lo"] / scale, data["hi"] / scale, color=charts.C1, linewidth=4.5, alpha=0.55)
        marks = {"score": ("o", charts.C1, 7), "nation": ("D", charts.C2, 6), "size_group": ("|", charts.INK, 13)}
        for column, (marker, colour, size) in marks.items():
            label = page.text(f"scorecard.chart.{column}")
            axes.plot(data[column] / scale, places, marker, color=colour, markersize=size, label=label,
                      markeredgewidth=2 if marker == "|" else 0)  # fmt: skip
        axes.set_yticks(list(places), [textwrap.fill(label, 26) for label in data["label"]])
        axes.set(xlim=(0, 1), ylim=(len(data) - 0.5, -0.5))
        axes.set_xticks([0, 0.5, 1], [page.text(f"scorecard.axis.{end}") for end in ("lowest", "middle", "highest")])
        axes.grid(visible=True, axis="x")
        axes.tick_params(length=0)
        figure.legend(loc="outside upper left", ncols=1, frameon=False, fontsize=10, borderpad=0)
    return figure


def _source(page: Page, views: CardViews) -> str:
    """The source line; the answers of a made-up unit stand in for those of the wave."""
    if page.state == "synthetic":
        return page.text("survey.source.synthetic", wave=views.names.wave.file.source)
    return views.names.source()
