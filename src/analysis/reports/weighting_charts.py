"""The chart of the weighting stage: what the answers stand for before and after weighting."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.reports.display import charts
from analysis.reports.display.svg import COLOURS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK, MUTED, GRID, PAPER, FIRST, SECOND, *_ = COLOURS.values()
# Inches a row takes, and the room for legend and axis.
ROW, REST = 0.36, 1.0


def before_after(frame: pd.DataFrame, *, xlabel: str, names: Sequence[str], xformat: charts.Formatter) -> "Figure":
    """A row a category: what its answers stand for as a share of its units, before (open) and after weighting (full).

    Columns: `label`, `before`, `after` (1: all of its units). `names` of the two dots and of the line at 1. Raises
    ValueError without rows.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter

    if frame.empty:
        raise ValueError("the chart needs rows")
    with charts.style():
        figure = Figure(figsize=(charts.WIDTH, REST + ROW * len(frame)))
        axes = figure.subplots()
        places = range(len(frame))
        target = axes.axvline(1, color=MUTED, linewidth=1.2, zorder=1)
        axes.hlines(places, frame["before"], frame["after"], color=GRID, linewidth=3, zorder=2)
        hollow: dict[str, Any] = {"facecolors": "none", "edgecolors": SECOND, "linewidths": 1.8}
        before = axes.scatter(frame["before"], places, s=46, zorder=3, **hollow)
        after = axes.scatter(frame["after"], places, s=40, color=FIRST, marker="D", zorder=4)
        axes.set_yticks(list(places), [str(label) for label in frame["label"]])
        axes.set_ylim(len(frame) - 0.5, -0.5)
        axes.set_xlabel(xlabel)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: xformat(share)))
        axes.grid(visible=True, axis="x")
        axes.spines["left"].set_visible(False)
        axes.tick_params(length=0, pad=5)
        figure.legend([before, after, target], list(names), loc="outside upper left", ncols=1, frameon=False,
                      fontsize=10, handlelength=1.4, borderpad=0)  # fmt: skip
    return figure
