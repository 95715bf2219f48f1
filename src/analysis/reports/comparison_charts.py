"""The charts of the comparison of printed figures, and of the rounds of website scores."""

import textwrap
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.reports.display import charts, words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MARKS = ("o", "D", "s")  # a mark of its own for each round, so that colour is not the only cue


def differences(
    table: pd.DataFrame, *, margin: float, xlabel: str, names: tuple[str, str, str], language: str
) -> "Figure":
    """Differences in percentage points with interval and bounds, and a grey band where they are below the margin.

    `table` has label, point, lo, hi, bound_lo, bound_hi (shares) and text. Raises ValueError without rows.
    """
    figure = charts.dot_intervals(
        table,
        xlabel=xlabel,
        xformat=lambda number: words.format_value(number, "signed_points", language=language),
        names=names,
    )
    axes = figure.axes[0]
    axes.axvspan(-margin, margin, color=charts.GRID, alpha=0.6, linewidth=0, zorder=0)
    axes.axvline(0, color=charts.MUTED, linewidth=1, zorder=1)
    return figure


def rounds_apart(panels: dict[str, pd.DataFrame], *, labels: list[str], xlabel: str) -> "Figure":
    """Printed shares of the same rows in panels that stand apart, hollow marks, no line: one mark for each round.

    Each panel is a table with row (the place among the labels), year and share (0 to 1). Raises ValueError without
    rows.
    """
    from matplotlib.figure import Figure

    if not labels or not panels:
        raise ValueError("there is no row to draw")
    handles: dict[str, Any] = {}
    with charts.style():
        wrapped = [textwrap.fill(label, 24) for label in labels]
        figure = Figure(figsize=(charts.WIDTH, 1.1 + sum(0.26 + 0.17 * label.count("\n") for label in wrapped)))
        grid = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        marks = iter(MARKS)
        for axes, (name, rows) in zip(grid, panels.items(), strict=True):
            for year, part in rows.groupby("year"):
                style = {
                    "markerfacecolor": charts.PAPER,
                    "markersize": 6,
                    "markeredgewidth": 1.6,
                    "linestyle": "none",
                    "clip_on": False,
                }
                mark, colour = next(marks), charts.C1 if len(handles) != 1 else charts.C2
                handles[str(year)] = axes.plot(part["share"], part["row"], mark, color=colour, **style)[0]
            axes.set_title(textwrap.fill(name, 18), fontsize=10, loc="left")
            axes.set_xlim(0, 1)
            axes.set_xticks([0, 0.5, 1], ["0", "50", "100"])
            axes.grid(visible=True, axis="both")
            axes.tick_params(length=0)
            axes.spines["left"].set_visible(False)
        grid[0].set_yticks(range(len(wrapped)), wrapped)
        grid[0].set_ylim(len(wrapped) - 0.5, -0.5)
        figure.legend(
            list(handles.values()),
            list(handles),
            loc="outside upper left",
            ncols=len(handles),
            frameon=False,
            fontsize=10,
        )
        figure.get_layout_engine().set(wspace=0.1)  # type: ignore[union-attr,call-arg]
        figure.supxlabel(xlabel, fontsize=11)
    return figure


def position_panels(table: pd.DataFrame, *, language: str) -> "Figure":
    """Mean relative positions as dots, one panel a wave and one row a size group; no line joins the waves.

    `table` has year, group (in words), and position (0 to 1). Raises ValueError without rows.
    """
    from matplotlib.figure import Figure

    if table.empty:
        raise ValueError("there is no position to draw")
    panels = list(table.groupby("year", sort=False))
    with charts.style():
        figure = Figure(figsize=(charts.WIDTH, 1.0 + 0.36 * table["group"].nunique()))
        grid = figure.subplots(1, len(panels), sharey=True, squeeze=False)
        for axes, (year, rows) in zip(grid[0], panels, strict=True):
            places = range(len(rows))
            axes.plot(rows["position"], places, "o", color=charts.C1, markersize=7)
            for place, position in zip(places, rows["position"], strict=True):
                left = position > 0.8
                shown = words.format_value(float(position), "share", language=language)
                axes.annotate(
                    shown,
                    (position, place),
                    xytext=(-7 if left else 7, 0),
                    textcoords="offset points",
                    ha="right" if left else "left",
                    va="center",
                )
            axes.set_title(str(year), fontsize=11, fontweight="bold")
            axes.set_xlim(0, 1)
            axes.set_xticks([0, 0.5, 1], ["0", "50", "100"])
            axes.grid(visible=True, axis="x")
            axes.tick_params(length=0)
            axes.spines["left"].set_visible(False)
            axes.set_yticks(list(places), [str(group) for group in rows["group"]])
        grid[0, 0].set_ylim(table["group"].nunique() - 0.5, -0.5)
        figure.get_layout_engine().set(wspace=0.12)  # type: ignore[union-attr,call-arg]
        figure.supxlabel(words.say("comparison.axis", language=language), fontsize=11)
    return figure
