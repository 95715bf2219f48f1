"""The flower box of the Swedish tool, drawn by this project's own rule: every length is a share (decision 0165).

A petal is a digital service of a sector, a leaf one way the sector develops its work, a blade of grass something the
whole organisation does to lead and work digitally, a bar in the soil a technical precondition. Each is as long as the
share of municipalities that meet it fully; its outline is as long as all of them.
"""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis.inputs.waves import Wave
from analysis.reports.display.charts import C2, C3, C4, INK, MUTED, PAPER, WIDTH, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Point = tuple[float, float]

SERVICES, LEAVES = "services_", "sector_development"
GROUND = {"organisation_wide_development": "blade", "technical_preconditions": "bar"}
PARTS = ("petal", "leaf", *GROUND.values())
BOX = 300.0  # width of the box in its own units
_COLOURS = {"petal": C2, "leaf": C3, "blade": C3, "bar": C4}


def box_items(wave: Wave) -> pd.DataFrame:
    """The questions that the box draws: part, sector (of petals and leaves), item; in the order of the tool.

    A leaf belongs to the sector that its name ends in; one whose sector is not known is not drawn. No rows for a wave
    that is not from the tool.
    """
    sectors = [item.item.partition("_")[0] for item in wave.items if (item.indicator or "").startswith(SERVICES)]
    rows = []
    for item in wave.items if set(GROUND) <= {one.id for one in wave.file.indicators} else ():
        last, indicator = item.item.rpartition("_")[2], item.indicator or ""
        if indicator.startswith(SERVICES):
            rows.append(("petal", item.item.partition("_")[0], item.item))
        elif indicator == LEAVES and last in sectors:
            rows.append(("leaf", last, item.item))
        elif indicator in GROUND:
            rows.append((GROUND[indicator], "", item.item))
    return pd.DataFrame(rows, columns=["part", "sector", "item"])


def draw(boxes: Mapping[str, pd.DataFrame], *, names: Mapping[str, str], columns: int = 3) -> "Figure":
    """One box or several under one another, each under its name; `names` are the words for sectors, grass and soil.

    Each box has a row a question: `part`, `sector`, `share` (0 to 1; missing ones get the outline alone) and `text`,
    what stands below the name of a sector. `columns` is how many flowers stand side by side. Raises ValueError without
    a box, and for a box without flowers.
    """
    from matplotlib.figure import Figure

    if not boxes or any(frame.empty for frame in boxes.values()):
        raise ValueError("there is no flower to draw")
    heights = [_height(frame, columns) for frame in boxes.values()]
    with style():
        figure = Figure(figsize=(WIDTH, WIDTH * sum(heights) / BOX))
        figure.set_layout_engine("none")
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, BOX), ylim=(0, sum(heights)), aspect="equal")
        axes.set_axis_off()
        top = sum(heights)
        for (title, frame), height in zip(boxes.items(), heights, strict=True):
            _box(axes, frame, title, top=top, columns=columns, names=names)
            top -= height
    return figure


def _height(frame: pd.DataFrame, columns: int) -> float:
    cell = BOX / columns
    rows = math.ceil(frame.loc[frame["part"] == "petal", "sector"].nunique() / columns)
    return 18 + rows * (cell * 1.4 + 30) + 82


def _box(axes: "Axes", frame: pd.DataFrame, title: str, *, top: float, columns: int, names: Mapping[str, str]) -> None:
    cell, y = BOX / columns, top - 18
    axes.text(0, y + 4, title, fontsize=11, fontweight="bold", color=INK)
    sectors = list(dict.fromkeys(frame.loc[frame["part"] == "petal", "sector"]))
    for number, sector in enumerate(sectors):
        row, column = divmod(number, columns)
        own = frame[frame["sector"] == sector]
        floor = y - row * (cell * 1.4 + 30) - cell * 1.4
        _flower(axes, own, x=(column + 0.5) * cell, floor=floor, size=cell)
        axes.text((column + 0.5) * cell, floor - 10, names[sector], ha="center", fontsize=10, color=INK)
        axes.text((column + 0.5) * cell, floor - 22, own["text"].iloc[0], ha="center", fontsize=9.5, color=MUTED)
    ground = y - math.ceil(len(sectors) / columns) * (cell * 1.4 + 30) - 32
    axes.plot([0, BOX], [ground, ground], color=INK, linewidth=1.2)
    for part, direction, label in (("blade", 1, ground + 30), ("bar", -1, ground - 38)):
        own = frame[frame["part"] == part]
        _comb(axes, own["share"].tolist(), part, ground=ground, direction=direction)
        axes.text(0, label, f"{names[part]}  {own['text'].iloc[0]}", fontsize=9.5, color=INK, va="center")


def _flower(axes: "Axes", own: pd.DataFrame, *, x: float, floor: float, size: float) -> None:
    """Petals clockwise from the top around the middle, and leaves up the stem, left and right in turn."""
    from matplotlib.patches import Circle

    reach, heart = 0.44 * size, 0.06 * size
    middle = (x, floor + size * 1.4 - reach)
    axes.plot([x, x], [floor, middle[1] - heart], color=C3, linewidth=1.4, zorder=1)
    axes.add_patch(Circle(middle, heart, facecolor=PAPER, edgecolor=MUTED, linewidth=0.6, zorder=4))
    petals, leaves = (own.loc[own["part"] == part, "share"].tolist() for part in ("petal", "leaf"))
    for number, share in enumerate(petals):
        angle = math.pi / 2 - 2 * math.pi * number / len(petals)
        width = min(0.11 * size, 1.6 * math.pi * reach / len(petals) / 2)
        _blade(axes, middle, angle, heart, reach, share=share, width=width, part="petal")
    step = 0.4 * size / max(len(leaves), 1)
    for number, share in enumerate(leaves):
        angle = math.radians(35 if number % 2 else 145)
        start = (x, floor + 0.02 * size + number * step)
        _blade(axes, start, angle, 0, 0.36 * size, share=share, width=0.07 * size, part="leaf")


def _comb(axes: "Axes", shares: Sequence[float], part: str, *, ground: float, direction: int) -> None:
    """Blades above the ground or bars below it, side by side over the whole box."""
    from matplotlib.patches import Rectangle

    step, full = BOX / len(shares), 26.0 if direction > 0 else 30.0
    for number, share in enumerate(shares):
        middle = (number + 0.5) * step
        if part == "blade":
            _blade(axes, (middle, ground), math.pi / 2, 0, full, share=share, width=min(0.6 * step, 10.0), part=part)
            continue
        for length, face in ((full, "none"), (0.0 if pd.isna(share) else share * full, _COLOURS[part])):
            wide = min(0.6 * step, 14.0)
            place = (middle - wide / 2, ground - length)
            axes.add_patch(Rectangle(place, wide, length, facecolor=face, edgecolor=MUTED, linewidth=0.6))


def _blade(
    axes: "Axes", start: Point, angle: float, inner: float, outer: float, *, share: float, width: float, part: str
) -> None:
    """A pointed leaf from `inner` towards `outer`: filled as far as the share goes, outlined to its full length."""
    reached = inner if pd.isna(share) else inner + share * (outer - inner)
    for end, face, order in ((outer, PAPER, 2), (reached, _COLOURS[part], 3)):
        if end > inner:
            # What is filled gets narrower too, or small shares would look larger than they are.
            slim = width * (0.35 + 0.65 * (end - inner) / (outer - inner))
            _leaf(axes, start, angle, inner, end, width=slim, face=face, order=order)


def _leaf(
    axes: "Axes", start: Point, angle: float, inner: float, end: float, *, width: float, face: str, order: int
) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    def at(along: float, aside: float) -> Point:
        return (
            start[0] + along * math.cos(angle) - aside * math.sin(angle),
            start[1] + along * math.sin(angle) + aside * math.cos(angle),
        )

    bulge = inner + 0.66 * (end - inner)
    points = [at(inner, 0), at(bulge, width), at(end, 0), at(bulge, -width), at(inner, 0)]
    codes = [Path.MOVETO, Path.CURVE3, Path.CURVE3, Path.CURVE3, Path.CURVE3]
    patch = PathPatch(Path(points, codes), facecolor=face, edgecolor=MUTED, linewidth=0.6, zorder=order)
    axes.add_patch(patch)
