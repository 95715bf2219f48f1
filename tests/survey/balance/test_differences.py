import numpy as np
import pytest

from analysis.errors import InputError
from analysis.survey.balance.differences import against_frame, class_difference, share_difference, size_word

FRAME, ANSWERED = [15, 32, 74, 93, 76], [13, 23, 40, 34, 31]


def test_sweden_by_size():
    # oracle 2.11
    frame, silent = against_frame(ANSWERED, frame=FRAME)
    assert frame == pytest.approx(0.278482204891, abs=1e-9)
    assert silent == pytest.approx(0.594837628041, abs=1e-9)
    assert share_difference(13 / 141, 15 / 290) == pytest.approx(0.157102801392, abs=1e-9)
    assert [size_word(d) for d in (-0.05, 0.2, frame)] == ["small", "moderate", "large"]


def test_which_class_is_left_out_makes_no_difference():
    turned = [np.roll(counts, 2) for counts in (ANSWERED, FRAME)]
    assert class_difference(*turned) == pytest.approx(class_difference(ANSWERED, FRAME))


def test_two_classes_give_the_difference_of_two_shares():
    assert class_difference([30, 70], [50, 50]) == pytest.approx(abs(share_difference(0.3, 0.5)))


def test_a_class_that_is_empty_in_both_is_dropped():
    assert class_difference([30, 0, 70], [50, 0, 50]) == pytest.approx(class_difference([30, 70], [50, 50]))


def test_extremes():
    assert share_difference(1, 1) == 0
    assert share_difference(0, 1) == -np.inf
    assert class_difference([5, 0], [0, 5]) == np.inf
    assert class_difference([5], [9]) == 0
    assert np.isnan(against_frame(FRAME, frame=FRAME)[1])


def test_what_is_no_distribution_is_refused():
    for first, second in (([1, 2], [1]), ([-1, 2], [1, 1]), ([0, 0], [1, 1])):
        with pytest.raises(InputError, match="counts from zero"):
            class_difference(first, second)
    with pytest.raises(InputError, match="no two shares"):
        share_difference(1.2, 0.5)
