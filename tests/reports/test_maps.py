"""Maps: a mark for each unit, the level said by size as well as by colour."""

import pandas as pd
import pytest

from analysis.reports.display import maps

LEVELS = {1: "one", 2: "two", 3: "three"}


@pytest.fixture
def units():
    return pd.DataFrame(
        {"column": [0, 1, 2, 3], "row": [0, 0, 1, 2], "lat": [58.0, 60.0, 65.0, 70.0], "lon": [5.0, 11.0, 13.0, 25.0]}
    ).assign(level=[1.0, 2.0, 3.0, None])


@pytest.mark.parametrize("draw", [maps.tiles, maps.dots])
def test_a_higher_level_is_a_larger_mark_and_a_unit_without_one_is_named(units, draw):
    axes = draw(units, levels=LEVELS, missing="none").axes[0]
    marks = [each for each in axes.collections if each.get_label() in {*LEVELS.values(), "none"}]
    assert [mark.get_label() for mark in marks] == ["one", "two", "three", "none"]
    assert [len(mark.get_offsets()) for mark in marks] == [1, 1, 1, 1]
    sizes = [mark.get_sizes()[0] for mark in marks[:3]]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1] / 2


def test_north_is_up_on_both_maps(units):
    tiles, dots = (draw(units, levels=LEVELS, missing="none").axes[0] for draw in (maps.tiles, maps.dots))
    assert tiles.get_ylim()[0] > tiles.get_ylim()[1]
    assert dots.get_ylim()[0] < dots.get_ylim()[1]


@pytest.mark.parametrize("draw", [maps.tiles, maps.dots])
def test_nothing_to_draw_is_refused(units, draw):
    with pytest.raises(ValueError, match=r"no (tile|dot)"):
        draw(units.iloc[:0], levels=LEVELS, missing="none")
