"""Maps without boundaries: a tile for each municipality, and a dot at its seat."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.reports.display.charts import C1, GRID, MUTED, PAPER, WIDTH, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

POINTS = 72  # to an inch


def tiles(frame: pd.DataFrame, *, levels: Mapping[int, str], missing: str) -> "Figure":
    """A square for each unit on its cell of the grid: the higher the level, the larger and darker.

    `frame` has column, row (from the north-west) and level, missing where there is none: those get a cross, named
    `missing`. `levels` names each level, the lowest first. Raises ValueError without rows.
    """
    if frame.empty:
        raise ValueError("there is no tile to draw")
    wide, high = int(frame["column"].max()) + 1, int(frame["row"].max()) + 1
    with style():
        figure, axes = _plain(WIDTH, WIDTH * high / wide)
        side = WIDTH / wide * POINTS * 0.94
        axes.scatter(frame["column"], frame["row"], s=side**2, marker="s", color=GRID, linewidth=0)
        _marks(axes, frame, x="column", y="row", marker="s", largest=side * 0.92, levels=levels, missing=missing)
        axes.set_xlim(-0.6, wide - 0.4)
        axes.set_ylim(high - 0.4, -0.6)
    return figure


def dots(frame: pd.DataFrame, *, levels: Mapping[int, str], missing: str) -> "Figure":
    """A dot at each unit's seat, the larger and darker the higher its level.

    `frame` has lat and lon in degrees and level, missing where there is none. The projection is sinusoidal, which
    keeps areas: x = (lon - mean lon) cos(lat). Raises ValueError without rows.
    """
    if frame.empty:
        raise ValueError("there is no dot to draw")
    middle = (frame["lon"].min() + frame["lon"].max()) / 2
    placed = frame.assign(x=(frame["lon"] - middle) * np.cos(np.radians(frame["lat"])))
    with style():
        tall = (placed["lat"].max() - placed["lat"].min() + 0.8) / (placed["x"].max() - placed["x"].min() + 0.8)
        figure, axes = _plain(WIDTH, WIDTH * tall)
        _marks(axes, placed, x="x", y="lat", marker="o", largest=8.5, levels=levels, missing=missing)
        axes.set_aspect("equal")
    return figure


def _plain(width: float, height: float) -> tuple["Figure", "Axes"]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    axes = figure.subplots()
    axes.set_axis_off()
    return figure, axes


def _marks(
    axes: "Axes",
    frame: pd.DataFrame,
    *,
    x: str,
    y: str,
    marker: str,
    largest: float,
    levels: Mapping[int, str],
    missing: str,
) -> None:
    """One mark a unit, level by level; the size says the level too, so that colour is not the only cue."""
    for place, (level, name) in enumerate(levels.items(), start=1):
        rows = frame[frame["level"] == level]
        share = place / len(levels)
        axes.scatter(rows[x], rows[y], s=(largest * (0.25 + 0.75 * share)) ** 2, marker=marker, color=C1,
                     alpha=0.3 + 0.7 * share, edgecolor=PAPER, linewidth=0.4, label=name)  # fmt: skip
    none = frame[frame["level"].isna()]
    if len(none):
        axes.scatter(none[x], none[y], s=largest**2 / 2, marker="x", color=MUTED, linewidth=1.2, label=missing)
    axes.legend(loc="upper left", frameon=False, fontsize=10.5, handletextpad=0.3, borderpad=0)
