"""The two charts of representativeness: frame against respondents, and response rate against R-indicator."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.reports.display.charts import C1, C2, MUTED, WIDTH, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# A share varies most at one half; biases of a share along the lines of the response-representativity plot.
LARGEST_SPREAD = 0.5
BIASES = (0.05, 0.1, 0.15, 0.2)


def composition(
    frame: pd.DataFrame, *, xlabel: str, xformat: Callable[[float], str], names: tuple[str, str]
) -> "Figure":
    """Share of the frame (square) and of the respondents (dot) by class, joined by a line, in the order of the rows.

    `frame` has label, share_frame and share_answered (0 to 1), n_answered and n_frame; `names` are those of square and
    dot. Raises ValueError without rows.
    """
    import textwrap

    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter

    if frame.empty:
        raise ValueError("a chart of no class cannot be drawn")
    labels = [textwrap.fill(f"{r.label} ({r.n_answered}/{r.n_frame})", 26) for r in frame.itertuples()]
    places = np.arange(len(frame))
    with style():
        tall = 0.36 + 0.15 * max(label.count("\n") for label in labels)
        figure = Figure(figsize=(WIDTH, 0.95 + tall * len(frame)))
        axes = figure.subplots()
        axes.hlines(places, frame["share_frame"], frame["share_answered"], color=MUTED, linewidth=1.6, zorder=2)
        square = axes.plot(frame["share_frame"], places, "s", color=C2, markersize=7, zorder=3)[0]
        dot = axes.plot(frame["share_answered"], places, "o", color=C1, markersize=8, zorder=4)[0]
        axes.set_yticks(places, labels)
        axes.set_ylim(len(frame) - 0.5, -0.5)
        axes.set_xlim(0, None)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda number, _: xformat(number)))
        axes.set_xlabel(xlabel)
        axes.grid(visible=True, axis="x")
        axes.tick_params(length=0, pad=5)
        axes.spines["left"].set_visible(False)
        figure.legend([square, dot], names, loc="outside upper left", ncols=2, frameon=False, fontsize=10)
    return figure


def response_representativity(
    points: pd.DataFrame, *, xlabel: str, ylabel: str, xformat: Callable[[float], str], line: Callable[[float], str]
) -> "Figure":
    """Response rate across and R-indicator up, with lines of equal largest bias b of a share: R = 1 - 2 rate b / S.

    `points` has label, rate, r_indicator, r_lo and r_hi; `line` writes a bias at the end of its line. A share varies at
    most with S = 1/2. Raises ValueError without a point.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter

    if points.empty:
        raise ValueError("a chart of no point cannot be drawn")
    rates = np.linspace(0, 1, 2)
    with style():
        figure = Figure(figsize=(WIDTH, 4.0))
        axes = figure.subplots()
        for bias in BIASES:
            axes.plot(rates, 1 - 2 * rates * bias / LARGEST_SPREAD, color=MUTED, linewidth=1.1, linestyle=(0, (4, 2)))
            end = 1 - 2 * bias / LARGEST_SPREAD
            axes.annotate(line(bias), (1.0, end), xytext=(3, 0), textcoords="offset points", va="center", fontsize=9.5)
        # Parts of a survey often fall on one another; the table has their numbers, the chart numbers them.
        numbers = points[["rate", "r_indicator", "r_lo", "r_hi"]].to_numpy("float64")
        for place, (rate, r, low, high) in enumerate(numbers, start=1):
            colour = C1 if place == 1 else C2
            axes.vlines(rate, low, high, color=colour, linewidth=1.6, alpha=0.7)
            axes.plot([rate], [r], "o", color=colour, markersize=8, zorder=4)
            if len(numbers) > 1:
                axes.annotate(str(place), (rate, r), xytext=(6, 5), textcoords="offset points", fontsize=10.5)
        axes.set_xlim(0, 1)
        axes.set_ylim(min(0.2, float(points["r_lo"].min()) - 0.05), 1.02)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda number, _: xformat(number)))
        axes.set_xlabel(xlabel)
        axes.set_ylabel(ylabel)
        axes.grid(visible=True)
        axes.tick_params(length=0, pad=5)
    return figure
