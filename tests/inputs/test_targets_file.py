"""Rows of targets.csv that cannot be right are one sentence that names file, row and column."""

import csv
import shutil

import pytest

from analysis import paths
from analysis.errors import InputError
from analysis.inputs.targets import load_targets, members
from analysis.inputs.waves import load_wave

WAVE = "no-2012"


@pytest.fixture
def change(tmp_path, monkeypatch):
    """Copies a wave's folder and lets a test change rows of its targets.csv."""
    folder = tmp_path / WAVE
    shutil.copytree(paths.wave(WAVE), folder)
    monkeypatch.setattr(paths, "wave", lambda wave: tmp_path / wave)

    def run(edit):
        path = folder / "targets.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        header = list(rows[0])
        edit(rows)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, header, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        return load_targets(load_wave(WAVE))

    return run


def row(rows, figure):
    return next(one for one in rows if one["figure_id"] == figure)


def test_the_untouched_file_has_a_row_a_figure(change):
    assert len(change(lambda rows: None)) == 36


def test_a_wave_without_targets_has_none():
    assert load_targets(load_wave("no-web-2013")) == ()


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("item", "no_such_item", r"row 15, column 'item': 'no_such_item' is no item or indicator"),
        ("category", "never", r"row 15, column 'category': 'never' is no option of 'services'"),
        ("category", "none|never", r"column 'category': 'never' is no option"),
        ("carrier", "guessed", r"row 15, column 'carrier'"),
        ("measure", "median", r"row 15, column 'measure'"),
        ("measure", "", r"a fitted figure needs a measure"),
        ("tolerance", "2", r"a tolerance belongs to figures printed in words"),
        ("tolerance", "much", r"row 15, column 'tolerance'"),
        ("figure_id", "no2009-lead-ict-plan", r"'no2009-lead-ict-plan' is no figure of no-2012"),
    ],
)
def test_a_wrong_cell_is_one_sentence(change, column, value, sentence):
    with pytest.raises(InputError, match=sentence):
        change(lambda rows: row(rows, "no2012-q1-no-services").update({column: value}))


def test_a_figure_without_a_row_is_named(change):
    with pytest.raises(InputError, match=r"the printed figure 'no2012-q6-demand' has no row"):
        change(lambda rows: rows.remove(row(rows, "no2012-q6-demand")))


def test_a_figure_with_two_rows_is_named(change):
    with pytest.raises(InputError, match=r"figure_id 'no2012-q6-demand' stands already"):
        change(lambda rows: rows.append(dict(row(rows, "no2012-q6-demand"))))


def test_a_words_figure_needs_its_tolerance(change):
    with pytest.raises(InputError, match=r"a tolerance belongs to figures printed in words, and to each of them"):
        change(lambda rows: row(rows, "no2012-q1-more-than-10").update(tolerance=""))


def test_items_together_are_those_of_their_area_or_block():
    wave = load_wave("se-2016")
    assert len(members(wave, "all")) == 158
    assert len(members(wave, "area:digital_services")) == 65
    assert len(members(wave, "block:org_joint_working")) == 3
    assert [item.item for item in members(wave, "org_open_data")] == ["org_open_data"]
    assert members(wave, "area:nowhere") == ()
