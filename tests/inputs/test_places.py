"""Points and tiles: one of each for every municipality of a year."""

import pytest

from analysis.errors import InputError
from analysis.inputs import places as module
from analysis.inputs.frames import load_frame
from analysis.inputs.places import places


@pytest.mark.parametrize(
    ("country", "date"), [("norway", "2010-01-01"), ("norway", "2013-01-01"), ("sweden", "2015-12-31")]
)
def test_every_municipality_of_a_frame_has_one_tile_and_one_point(country, date):
    frame = load_frame(country, date=date, unit_types=("municipality",))
    laid = places(country, int(date[:4]))
    assert sorted(laid["code"]) == sorted(frame["code"])
    assert not laid.duplicated(["column", "row"]).any()


def test_a_year_without_a_layout_has_no_places():
    assert places("norway", 1990).empty


def test_a_tile_west_of_the_grid_is_refused_in_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "tiles.csv").write_text("country,code,column,row,structure\nnorway,0101,-1,3,2013\n", "utf-8")
    monkeypatch.setattr(module.paths, "frames", lambda: tmp_path)
    with pytest.raises(InputError, match=r"row 2.*column"):
        places("norway", 2013)
