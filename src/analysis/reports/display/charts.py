"""Charts in one style: data in, matplotlib figure out."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.reports.display.svg import COLOURS, DETERMINISTIC

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 4.8  # inches = 346 user units: text of 11 units is 10 px on a phone and 17 px on a desk

INK, MUTED, GRID, PAPER, C1, C2, C3, C4 = COLOURS.values()

Formatter = Callable[[float], str]

_STYLE: dict[Any, Any] = {
    **DETERMINISTIC,
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "axes.labelsize": 11,
    "xtick.labelsize": 10.5,
    "ytick.labelsize": 10.5,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": MUTED,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "axes.axisbelow": True,
    "figure.constrained_layout.use": True,
    "patch.linewidth": 0,
}


@contextmanager
def style() -> Iterator[None]:
    """The one style of all figures, for charts that are drawn outside this module."""
    import matplotlib as mpl

    with mpl.rc_context(_STYLE):
        yield


def histogram(
    values: Sequence[float] | pd.Series,
    *,
    bins: Sequence[float] | int,
    xlabel: str,
    ylabel: str,
    xformat: Formatter | None = None,
    mark: tuple[float, str] | None = None,
) -> "Figure":
    """How many units fall in each bin; `mark` draws one named value, such as the median. Missing values are left out.

    Raises ValueError when there is no value.
    """
    numbers = _numbers(values)
    with style():
        figure, axes = _figure(2.7)
        axes.hist(numbers, bins=bins, color=C1, edgecolor=PAPER, linewidth=1)
        axes.margins(x=0.01)
        if mark is not None:
            axes.axvline(mark[0], color=C2, linewidth=1.8, linestyle=(0, (4, 2)))
            left = mark[0] > float(np.mean(axes.get_xlim()))
            axes.annotate(
                mark[1],
                (mark[0], 1),
                xycoords=("data", "axes fraction"),
                xytext=(-5 if left else 5, 1),
                textcoords="offset points",
                ha="right" if left else "left",
                va="bottom",
            )
        _finish(axes, xlabel=xlabel, ylabel=ylabel, grid="y", xformat=xformat, whole="y")
    return figure


def bars(
    frame: pd.DataFrame, *, xlabel: str = "", label: str = "label", value: str = "value", text: str | None = None
) -> "Figure":
    """Counts as horizontal bars from zero, in the order of the rows, each with its number written at its end.

    `text` names a column with the numbers as they are to be read; without it whole numbers are printed. Missing
    values get no bar. Raises ValueError without rows.
    """
    rows = _rows(frame, label, value)
    lengths = rows[value].astype(float).fillna(0).to_numpy()
    words = rows[text] if text else [f"{length:.0f}" for length in lengths]
    with style():
        figure, axes = _figure(0.3 + _height(rows[label]))
        places = np.arange(len(rows))
        axes.barh(places, lengths, color=C1, height=0.62)
        for place, length, word in zip(places, lengths, words, strict=True):
            axes.annotate(str(word), (length, place), xytext=(4, 0), textcoords="offset points", va="center")
        axes.set_xlim(0, max(float(lengths.max()), 1e-9))
        _rows_axis(axes, rows[label])
        _finish(axes, xlabel=xlabel, grid=None)
        axes.spines["bottom"].set_visible(False)
        axes.set_xticks([])
    return figure


def dot_intervals(
    frame: pd.DataFrame,
    *,
    xlabel: str,
    limits: tuple[float, float] | None = None,
    xformat: Formatter | None = None,
    names: tuple[str, str, str],
    hollow: bool = False,
) -> "Figure":
    """Point, interval and outermost bounds per row: a dot (hollow: what is printed), a thick and a thin line with ends.

    Columns: `label`, `point`, and where known `lo`, `hi` (interval), `bound_lo`, `bound_hi` (bounds), `n` (text or
    number, written beside the label). `names` says on the chart what dot, thick and thin line are. A missing point or
    line is not drawn; `text`, where given, is the point as it is to be read, written at the right. Raises ValueError
    without rows.
    """
    rows = _rows(frame, "label", "point")
    labels = [f"{row.label}  ({row.n})" if "n" in rows else str(row.label) for row in rows.itertuples()]
    with style():
        figure, axes = _figure(0.8 + _height(labels))
        places = np.arange(len(rows))
        known = rows.reindex(columns=["point", "lo", "hi", "bound_lo", "bound_hi"]).astype(float)
        dots = axes.plot(known["point"], places, "o", color=C1, markersize=7, zorder=4)[0]
        if hollow:
            dots.set(markerfacecolor=PAPER, markeredgewidth=1.8)
        handles: list[Any] = [dots]
        drawn = [names[0]]
        if np.isfinite(known["lo"]).any():
            handles.append(axes.hlines(places, known["lo"], known["hi"], color=C1, linewidth=4.5, alpha=0.55, zorder=3))
            drawn.append(names[1])
        if np.isfinite(known["bound_lo"]).any():
            handles.append(axes.hlines(places, known["bound_lo"], known["bound_hi"], color=MUTED, linewidth=1.3))
            for end in ("bound_lo", "bound_hi"):
                axes.plot(known[end], places, "|", color=MUTED, markersize=8, markeredgewidth=1.3)
            drawn.append(names[2])
        if limits is not None:
            axes.set_xlim(*limits)
        if limits == (0, 1):
            axes.set_xticks([0, 0.25, 0.5, 0.75, 1])  # quarters: six shares with their signs touch on a phone
        for place, word in zip(places, rows.get("text", ()), strict=False):
            axes.annotate(str(word), (1.02, place), xycoords=("axes fraction", "data"), va="center")
        _rows_axis(axes, labels)
        _finish(axes, xlabel=xlabel, grid="x", xformat=xformat)
        if len(drawn) > 1:
            columns = len(drawn) if sum(map(len, drawn)) < 48 else 1
            figure.legend(handles, drawn, loc="outside upper left", ncols=columns, frameon=False, fontsize=10,
                          handlelength=1.4, columnspacing=1.1, borderpad=0)  # fmt: skip
    return figure


def heat(frame: pd.DataFrame, *, xlabel: str, ylabel: str, text: pd.DataFrame | None = None) -> "Figure":
    """A small matrix, rows down and columns across, with the number in each cell; the shade only repeats it.

    `text` holds the numbers as they are to be read. Missing cells stay empty. Raises ValueError for an empty matrix.
    """
    from matplotlib.patches import Rectangle

    if frame.empty:
        raise ValueError("a matrix without cells cannot be drawn")
    numbers = frame.astype(float).to_numpy()
    words = frame.map(lambda v: "" if pd.isna(v) else f"{v:.0f}") if text is None else text
    top = np.nanmax(np.abs(numbers)) or 1.0
    with style():
        figure, axes = _figure(0.7 + 1.15 * _height(list(frame.index)))
        for (row, column), number in np.ndenumerate(numbers):
            # Never darker than 45 %, so that the number stays readable in both schemes.
            shade = 0.0 if np.isnan(number) else 0.45 * abs(number) / top
            axes.add_patch(
                Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=C1, alpha=shade, edgecolor="none", linewidth=0)
            )
            axes.text(column, row, str(words.iloc[row, column]), ha="center", va="center")
        axes.set_xlim(-0.5, frame.shape[1] - 0.5)
        axes.set_xticks(range(frame.shape[1]), [str(name) for name in frame.columns])
        _rows_axis(axes, list(frame.index))
        axes.set_ylim(len(frame) - 0.5, -0.5)
        for edge in np.arange(-0.5, len(frame)):
            axes.axhline(edge, color=GRID, linewidth=0.8)
        _finish(axes, xlabel=xlabel, ylabel=ylabel, grid=None)
        axes.spines["left"].set_visible(False)
    return figure


def small_multiples(
    panels: dict[str, Sequence[float] | pd.Series],
    *,
    bins: Sequence[float],
    xlabel: str,
    ylabel: str,
    xformat: Formatter | None = None,
) -> "Figure":
    """One histogram a panel under one another, on the same axes and bins, each named above it at the left.

    Missing values are left out. Raises ValueError without panels or for a panel without values.
    """
    from matplotlib.figure import Figure

    if not panels:
        raise ValueError("there is no panel to draw")
    with style():
        height = 0.5 + 1.35 * len(panels)
        figure = Figure(figsize=(WIDTH, height))
        grid = figure.subplots(len(panels), 1, sharex=True, sharey=True, squeeze=False)
        for axes, (name, values) in zip(grid[:, 0], panels.items(), strict=True):
            axes.hist(_numbers(values), bins=bins, color=C1, edgecolor=PAPER, linewidth=1)
            axes.margins(x=0.01)
            axes.set_title(name, loc="left", fontsize=11, fontweight="bold", color=INK)
            _finish(axes, xlabel="", ylabel="", grid="y", xformat=xformat, whole="y")
        grid[-1, 0].set_xlabel(xlabel)
        figure.supylabel(ylabel, fontsize=11, color=INK)
    return figure


def _figure(height: float) -> tuple["Figure", "Axes"]:
    # Not through pyplot: nothing is shown a second time in a notebook, and the import is a fifth of a second.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height))
    return figure, figure.subplots()


def _finish(
    axes: "Axes",
    *,
    xlabel: str,
    ylabel: str = "",
    grid: str | None,
    xformat: Formatter | None = None,
    whole: str | None = None,
) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.set_xlabel(xlabel)
    axes.set_ylabel(ylabel)
    if grid is not None:
        axes.grid(visible=True, axis=grid)  # type: ignore[arg-type]
    if xformat is not None:
        axes.xaxis.set_major_formatter(FuncFormatter(lambda number, _: xformat(number)))
    if whole == "y":
        axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.tick_params(length=0, pad=5)


def _rows_axis(axes: "Axes", labels: Sequence[str] | pd.Series) -> None:
    wrapped = _wrap(labels)
    axes.set_yticks(range(len(wrapped)), wrapped)
    axes.set_ylim(len(wrapped) - 0.5, -0.5)
    axes.spines["left"].set_visible(False)


def _wrap(labels: Sequence[str] | pd.Series) -> list[str]:
    import textwrap

    return [textwrap.fill(str(label), 26) for label in labels]


def _height(labels: Sequence[str] | pd.Series) -> float:
    """The height in inches that rows need for their labels."""
    most = max(label.count("\n") for label in _wrap(labels))
    return (0.34 + 0.17 * most) * len(labels)


def _numbers(values: Sequence[float] | pd.Series) -> np.ndarray:
    numbers = pd.Series(values).astype(float).dropna().to_numpy()
    if len(numbers) == 0:
        raise ValueError("there is no value to draw")
    return numbers


def _rows(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    missing = [column for column in columns if column not in frame]
    if missing or frame.empty:
        raise ValueError(f"the chart needs rows with the columns {', '.join(columns)}")
    return frame
