"""The chart of the stage validation: bias and coverage of each way of weighting in each way of answering."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.reports.display.charts import C1, C2, GRID, MUTED, WIDTH, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Inches of a row, of the title of a block, and of legend and axis.
ROW, TITLE, REST = 0.215, 0.42, 1.0


def bias_and_coverage(
    frame: pd.DataFrame,
    *,
    confidence: float,
    xlabels: tuple[str, str],
    xformats: tuple[Callable[[float], str], Callable[[float], str]],
    names: tuple[str, str, str],
) -> "Figure":
    """A block a scenario and a row an estimator: bias at the left, coverage at the right.

    `frame` has block, label, bias, coverage (0 to 1), `weighted` and `failed`, in the order of the rows. Open circles
    are unweighted and full diamonds weighted; where an interval has failed, a cross stands for its coverage. `names`
    are those of the three. Raises ValueError without rows.
    """
    from matplotlib.figure import Figure

    if frame.empty:
        raise ValueError("a chart of no scenario cannot be drawn")
    blocks = list(frame.groupby("block", sort=False))
    rows = len(blocks[0][1])
    with style():
        figure = Figure(figsize=(WIDTH, REST + len(blocks) * (TITLE + ROW * rows)))
        figure.set_layout_engine("constrained", h_pad=TITLE / 2, hspace=0.0)
        grid = figure.subplots(len(blocks), 2, sharex="col", sharey=True, squeeze=False)
        for (left, right), (title, own) in zip(grid, blocks, strict=True):
            left.axvline(0, color=MUTED, linewidth=1.2, zorder=1)
            right.axvline(confidence, color=MUTED, linewidth=1.2, linestyle=(0, (4, 2)), zorder=1)
            _dots(left, own, "bias", crossed=False)
            _dots(right, own, "coverage", crossed=True)
            left.set_yticks(range(rows), list(own["label"]))
            left.set_ylim(rows - 0.5, -0.5)
            # Over the whole width: labels and both panels belong to the block.
            name = left.annotate(str(title), (0, 1), xycoords=("figure fraction", "axes fraction"), xytext=(3, 5),
                                 textcoords="offset points", fontweight="bold", fontsize=10.5)  # fmt: skip
            name.set_in_layout(False)
            for axes in (left, right):
                axes.spines["left"].set_visible(False)
                axes.tick_params(length=0, pad=5)
        _axes(grid[-1], xlabels=xlabels, xformats=xformats)
        grid[-1, 1].set_xlim(-0.05, 1.05)
        figure.legend(_handles(), names, loc="outside upper left", ncols=3, frameon=False, fontsize=9.5,
                      handlelength=1.0, columnspacing=1.0, borderpad=0)  # fmt: skip
    return figure


def _dots(axes: "Axes", own: pd.DataFrame, column: str, *, crossed: bool) -> None:
    for place, row in enumerate(own.to_dict("records")):
        axes.axhline(place, color=GRID, linewidth=0.8, zorder=0)
        kind = "failed" if crossed and row["failed"] else "weighted" if row["weighted"] else "unweighted"
        axes.plot([row[column]], [place], linestyle="none", zorder=3, **_MARKS[kind])


def _handles() -> list[Any]:
    from matplotlib.lines import Line2D

    return [Line2D([], [], linestyle="none", **mark) for mark in _MARKS.values()]


def _axes(
    last: Any,
    *,
    xlabels: tuple[str, str],
    xformats: tuple[Callable[[float], str], Callable[[float], str]],
) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    for axes, label, form in zip(last, xlabels, xformats, strict=True):
        axes.set_xlabel(label)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=4))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda number, _, form=form: form(number)))


_MARKS: dict[str, dict[str, Any]] = {
    "unweighted": {"marker": "o", "markersize": 7, "color": C2, "fillstyle": "none", "markeredgewidth": 1.8},
    "weighted": {"marker": "D", "markersize": 6, "color": C1},
    "failed": {"marker": "x", "markersize": 7, "color": C2, "markeredgewidth": 2.2},
}
