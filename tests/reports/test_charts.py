import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from analysis.reports import templating
from analysis.reports.display import charts
from analysis.reports.display.svg import COLOURS, to_svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure

VALUES = pd.Series([0.1, 0.4, 0.4, 0.9, None])
ROWS = pd.DataFrame(
    {"label": ["<b>a</b> & c", "b"], "point": [0.4, None], "lo": [0.3, 0.1], "hi": [0.5, 0.2], "n": [12, 3]}
)
DRAWN: dict[str, Callable[[], "Figure"]] = {
    "histogram": lambda: charts.histogram(VALUES, bins=[0, 0.5, 1], xlabel="x", ylabel="y", mark=(0.4, "median")),
    "bars": lambda: charts.bars(pd.DataFrame({"label": ["a", "b"], "value": [3, 1]})),
    "dots": lambda: charts.dot_intervals(ROWS, xlabel="x", limits=(0, 1), names=("dot", "thick", "thin")),
    "heat": lambda: charts.heat(pd.DataFrame([[1, 2], [3, np.nan]]), xlabel="x", ylabel="y"),
    "panels": lambda: charts.small_multiples({"a": VALUES, "b": VALUES}, bins=[0, 0.5, 1], xlabel="x", ylabel="y"),
}


@pytest.mark.parametrize("kind", DRAWN)
def test_a_chart_is_the_same_twice_and_carries_nothing_but_shapes_and_words(kind: str) -> None:
    first, second = (to_svg(DRAWN[kind](), name="one", alt="In words.") for _ in range(2))
    assert first == second
    assert not re.search(r"<metadata|<style|style=|<script|<!--|\d{4}-\d\d-\d\d", first)
    assert 'role="img" aria-label="In words."' in first


@pytest.mark.parametrize("kind", DRAWN)
def test_every_colour_follows_the_scheme_of_the_page(kind: str) -> None:
    markup = to_svg(DRAWN[kind](), name="one", alt="a")
    without = re.sub(r"var\(--[a-z0-9]+,#[0-9a-f]{6}\)", "", markup)
    assert re.findall(r"#[0-9a-f]{6}\b", without) == []
    assert "var(--ink," in markup


def test_ids_of_two_figures_on_a_page_differ() -> None:
    one, two = (to_svg(DRAWN["dots"](), name=name, alt="a") for name in ("one", "two"))
    ids = [set(re.findall(r'\sid="([^"]+)"', markup)) for markup in (one, two)]
    assert ids[0]
    assert not ids[0] & ids[1]
    assert {name[1:] for name in re.findall(r'href="(#[^"]+)"', one)} <= ids[0]


def test_text_in_a_chart_is_text() -> None:
    markup = to_svg(DRAWN["dots"](), name="one", alt='"><script>alert(1)</script>')
    assert "<b>" not in markup
    assert "<script" not in markup
    assert "&lt;b&gt;a&lt;/b&gt; &amp; c" in markup


@pytest.mark.parametrize(
    "draw",
    [
        lambda: charts.histogram([None, np.nan], bins=3, xlabel="", ylabel=""),  # type: ignore[list-item]
        lambda: charts.bars(pd.DataFrame({"label": [], "value": []})),
        lambda: charts.dot_intervals(pd.DataFrame({"label": ["a"]}), xlabel="", names=("", "", "")),
        lambda: charts.heat(pd.DataFrame(), xlabel="", ylabel=""),
        lambda: charts.small_multiples({}, bins=[0, 1], xlabel="", ylabel=""),
    ],
)
def test_nothing_to_draw_is_an_error(draw: Callable[[], Any]) -> None:
    with pytest.raises(ValueError, match=r"no value|needs rows|without cells|no panel"):
        draw()


def _schemes() -> dict[str, dict[str, str]]:
    css = templating.asset("style.css")
    roots = re.findall(r":root \{(.*?)\}", css, flags=re.DOTALL)
    found = [dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", root)) for root in roots]
    return {"light": found[0], "dark": found[1]}


def _contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_charts_and_page_share_their_light_colours() -> None:
    light = _schemes()["light"]
    assert {name: light[name] for name in COLOURS} == COLOURS


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_enough_in_both_schemes(scheme: str) -> None:
    colours = _schemes()[scheme]
    for text in ("ink", "muted", "link", "strong", "warn", "c1", "c2", "c3", "c4"):
        for ground in ("paper", "soft"):
            assert _contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    assert _contrast(colours["warn"], colours["warn-soft"]) >= 4.5
    shade, paper = colours["c1"], colours["paper"]
    mixed = "#" + "".join(
        f"{round(0.45 * int(shade[n : n + 2], 16) + 0.55 * int(paper[n : n + 2], 16)):02x}" for n in (1, 3, 5)
    )
    assert _contrast(colours["ink"], mixed) >= 4.5, "a number in the darkest cell of a matrix"
