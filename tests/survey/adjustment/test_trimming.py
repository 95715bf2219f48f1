import numpy as np
import pytest
from hypothesis import assume

from analysis.survey.adjustment.margins import NoWeights, account
from analysis.survey.adjustment.poststratification import poststratify
from analysis.survey.adjustment.trimming import trim
from tests.survey.adjustment.cases import in_any_census, made


def test_weights_within_the_cap_come_back_as_they_are():
    assert trim([1.0, 2, 3], ratio=3).tolist() == [1, 2, 3]


def test_the_excess_is_spread_over_the_others_by_hand():
    """Mean 4, cap 8: the excess 4 goes to weights of 4 in all, which double."""
    assert trim([12.0, 1, 1, 2], ratio=2) == pytest.approx([8, 2, 2, 4])


def test_what_the_spreading_lifts_over_the_cap_is_capped_too():
    assert trim([20.0, 7, 1, 2, 1], ratio=1.5, smallest=None).max() == pytest.approx(9.3)
    assert trim([20.0, 7, 1, 2, 1], ratio=1.5, smallest=None).sum() == pytest.approx(31)


def test_totals_still_hold_after_trimming():
    size = made("size", "sl", [0, 0, 0, 0, 1, 1, 1, 1], [16, 8])
    weights = trim([10.0, 2, 2, 2, 2, 2, 2, 2], [size], ratio=2)
    assert weights.max() <= 6
    assert size.sums(weights) == pytest.approx(size.totals)
    assert weights == pytest.approx([6, 10 / 3, 10 / 3, 10 / 3, 2, 2, 2, 2])


def test_a_cap_that_the_totals_forbid_is_an_error_with_the_one_that_would_do():
    size = made("size", "sl", [0, 0, 1, 1, 1, 1], [20, 4])
    weights = poststratify(np.ones(6), size)
    with pytest.raises(NoWeights, match="'size: s' asks for more; the smallest largest weight that would do is 10"):
        trim(weights, [size], ratio=2)


@in_any_census
def test_a_trimmed_weight_is_under_the_cap_and_the_totals_hold(case):
    base, margins = case
    weights = poststratify(base, margins[0])
    assume((weights >= 1).all())
    cells = margins[0]
    # A cell's weights can be evened out, not lowered: its mean must be under the cap.
    assume((cells.totals / cells.sums()).max() <= 1.5 * weights.mean())
    trimmed = trim(weights, margins[:1], ratio=1.5)
    assert trimmed.max() <= 1.5 * weights.mean() * (1 + 1e-12)
    assert account(margins[:1], trimmed)["relative_gap"].abs().max() < 1e-10
