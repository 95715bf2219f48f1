"""The charts of the stage robustness: specification curves, and nonresponse beside the choice of method."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.reports.display.charts import C1, C2, GRID, INK, MUTED, WIDTH, Formatter, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Inches: the panel of estimates, a row of choices, the gap before another dimension, and legend and axis.
CURVE, ROW, REST = 2.0, 0.2, 0.75
GAP = 0.5
# A label of the chart of uncertainty wraps at so many letters.
LETTERS = 22


def specification_curve(
    frame: pd.DataFrame,
    rows: Mapping[str, Sequence[tuple[str, str]]],
    *,
    names: tuple[str, str, str],
    yformat: Formatter,
    half: float | None = None,
) -> "Figure":
    """Sorted estimates with their intervals, and below each of them a dot in the row of every choice it makes.

    `frame` has point, ci_lo, ci_hi, `declared`, and a column for each dimension of `rows`, which gives the choices of
    a dimension with their labels, in order. `names` are those of an estimate, its interval and the declared default;
    `half` draws a line where it lies within the panel. Raises ValueError without rows.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    if frame.empty:
        raise ValueError("a curve of no specification cannot be drawn")
    # Of equal estimates the last digits differ between processors; their order must not.
    ordered = frame.assign(place=frame["point"].round(9)).sort_values(["place", "spec"], ignore_index=True)
    lines = [(dimension, choice, label) for dimension, found in rows.items() for choice, label in found]
    below = ROW * (len(lines) + GAP * (len(rows) - 1)) if lines else 0.01
    with style():
        figure = Figure(figsize=(WIDTH, CURVE + below + REST))
        figure.set_layout_engine("constrained", h_pad=0.03, hspace=0.0)
        top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=(CURVE, max(below, 0.01)))
        handles = _estimates(top, ordered, half=half)
        top.yaxis.set_major_locator(MaxNLocator(nbins=5))
        top.yaxis.set_major_formatter(FuncFormatter(lambda number, _: yformat(number)))
        _choices(bottom, ordered, rows)
        top.set_xlim(-0.8, len(ordered) - 0.2)
        for axes in (top, bottom):
            axes.tick_params(length=0, pad=4)
            axes.spines["bottom"].set_visible(False)
        figure.legend(handles, names, loc="outside upper left", ncols=3, frameon=False, fontsize=9.5,
                      handlelength=1.0, columnspacing=1.0, borderpad=0)  # fmt: skip
    return figure


def uncertainty(frame: pd.DataFrame, *, xlabel: str, names: tuple[str, str, str, str], xformat: Formatter) -> "Figure":
    """A row a key estimate: worst-case bounds, below them the interval of the default, below that all specifications.

    `frame` has label and, on one scale, point, ci_lo, ci_hi, bound_lo, bound_hi, low and high. `names` are those of
    bounds, interval, range and default. Raises ValueError without rows.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter

    if frame.empty:
        raise ValueError("a chart of no estimate cannot be drawn")
    labels = [textwrap.fill(str(label), LETTERS) for label in frame["label"]]
    most = max(label.count("\n") for label in labels)
    with style():
        figure = Figure(figsize=(WIDTH, 1.2 + (0.4 + 0.15 * most) * len(frame)))
        axes = figure.subplots()
        places = range(len(frame))
        known = frame.reset_index(drop=True)
        bounds = axes.hlines(places, known["bound_lo"], known["bound_hi"], color=MUTED, linewidth=1.3)
        for end in ("bound_lo", "bound_hi"):
            axes.plot(known[end], places, "|", color=MUTED, markersize=8, markeredgewidth=1.3)
        under = [place + 0.16 for place in places]
        interval = axes.hlines(places, known["ci_lo"], known["ci_hi"], color=C1, linewidth=5, alpha=0.5)
        # A range of one number still shows.
        axes.plot(known["low"], under, "|", color=C2, markersize=6, markeredgewidth=1.6)
        axes.plot(known["high"], under, "|", color=C2, markersize=6, markeredgewidth=1.6)
        reach = axes.hlines(under, known["low"], known["high"], color=C2, linewidth=3)
        point = axes.plot(known["point"], places, "o", color=INK, markersize=4, zorder=4)[0]
        axes.set_yticks(list(places), labels)
        axes.set_ylim(len(frame) - 0.5, -0.5)
        axes.set_xlim(-0.02, 1.02)
        axes.set_xlabel(xlabel)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: xformat(share)))
        axes.grid(visible=True, axis="x")
        axes.spines["left"].set_visible(False)
        axes.tick_params(length=0, pad=5)
        figure.legend([bounds, interval, reach, point], names, loc="outside upper left", ncols=1, frameon=False,
                      fontsize=10, handlelength=1.4, borderpad=0)  # fmt: skip
    return figure


def _estimates(axes: "Axes", ordered: pd.DataFrame, *, half: float | None) -> list[Any]:
    places = range(len(ordered))
    interval = axes.vlines(places, ordered["ci_lo"], ordered["ci_hi"], color=C1, alpha=0.4, linewidth=2.2)
    point = axes.plot(places, ordered["point"], "o", color=C1, markersize=3.6, linestyle="none", zorder=3)[0]
    own = ordered[ordered["declared"]]
    declared = axes.plot(own.index, own["point"], "D", color=C2, markersize=7, linestyle="none", zorder=4)[0]
    if half is not None and ordered["ci_lo"].min() < half < ordered["ci_hi"].max():
        axes.axhline(half, color=MUTED, linewidth=1.1, linestyle=(0, (4, 2)), zorder=1)
    axes.grid(visible=True, axis="y")
    axes.tick_params(axis="x", labelbottom=False)
    return [point, interval, declared]


def _choices(axes: "Axes", ordered: pd.DataFrame, rows: Mapping[str, Sequence[tuple[str, str]]]) -> None:
    """The matrix of dots; those of the declared specification are marked as it is."""
    heights: dict[tuple[str, str], float] = {}
    labels: list[str] = []
    height = 0.0
    for dimension, found in rows.items():
        for choice, label in found:
            heights[dimension, choice] = height
            labels.append(label)
            height += 1
        height += GAP
    for kind, own, mark in (("o", ordered[~ordered["declared"]], 3), ("D", ordered[ordered["declared"]], 5)):
        dots = [(place, heights[dimension, str(own.at[place, dimension])]) for dimension in rows for place in own.index]
        colour = C2 if kind == "D" else INK
        axes.plot(*zip(*dots, strict=True), kind, color=colour, markersize=mark, linestyle="none", zorder=3)
    places = list(heights.values())
    axes.hlines(places, -0.6, len(ordered) - 0.4, color=GRID, linewidth=0.8, zorder=0)
    axes.set_yticks(places, labels, fontsize=9)
    axes.set_ylim(height - GAP - 0.4, -0.6)
    axes.spines["left"].set_visible(False)
    axes.set_xticks([])
