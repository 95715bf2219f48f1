import numpy as np
import pytest

from analysis.survey.adjustment.margins import NoWeights
from analysis.survey.adjustment.poststratification import poststratify
from tests.survey.adjustment.cases import frame60, in_any_census, made, margins_of


def test_students_come_to_the_printed_total_by_oracle_3_1():
    """Students of Lohr: 84 of 240 women and 40 of 160 men plan to teach."""
    sex = made("sex", "wm", [0] * 240 + [1] * 160, [3000, 1000])
    plans = np.array([1] * 84 + [0] * 156 + [1] * 40 + [0] * 120)
    base = np.full(400, 4000 / 400)
    assert base @ plans == pytest.approx(1240, abs=1e-9)
    assert poststratify(base, sex) @ plans == pytest.approx(1300, abs=1e-9)


def test_means_of_frame60_by_oracle_3_3():
    respondents = frame60().query("r == 1")
    (size,) = margins_of(frame60(), "r", "size")
    weights = poststratify(np.full(25, 60 / 25), size)
    assert weights @ respondents["y"] / 60 == pytest.approx(0.425555555556, abs=1e-8)
    assert weights @ respondents["z"] / 60 == pytest.approx(2.61444444444, abs=1e-8)
    assert weights.min() >= 1


def test_unequal_base_weights_keep_their_ratio_within_a_cell():
    weights = poststratify([1.0, 3.0, 2.0], made("a", "xy", [0, 0, 1], [8, 5]))
    assert weights.tolist() == [2, 6, 5]


def test_a_class_without_respondents_does_not_silently_lose_its_weight():
    """Design, section 9: the seven units of 'z' would have vanished from the sum of weights."""
    with pytest.raises(NoWeights, match=r"none of the 7 of 'z' answered.*merge it with 'y'"):
        poststratify(np.ones(3), made("size", "xyz", [0, 0, 1], [5, 4, 7]))


def test_a_category_that_is_empty_in_the_frame_too_does_no_harm():
    assert poststratify(np.ones(2), made("a", "xyz", [0, 2], [3, 0, 4])).tolist() == [3, 4]


def test_more_answers_than_units_in_a_cell_are_refused():
    with pytest.raises(NoWeights, match="3 answered of 'x', where the frame has 2"):
        poststratify(np.ones(4), made("a", "xy", [0, 0, 0, 1], [2, 9]))


@in_any_census
def test_every_cell_comes_to_its_total(case):
    base, (cells, *_) = case
    weights = poststratify(base, cells)
    assert cells.sums(weights) == pytest.approx(cells.totals, rel=1e-12)


@in_any_census
def test_only_the_ratios_of_base_weights_matter(case):
    base, (cells, *_) = case
    assert poststratify(7 * base, cells) == pytest.approx(poststratify(base, cells), rel=1e-12)
