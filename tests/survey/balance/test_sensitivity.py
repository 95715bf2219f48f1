import numpy as np
import pytest

from analysis.errors import InputError
from analysis.survey.balance.sensitivity import (
    added_share,
    delta_path,
    pattern_mixture,
    shifted_share,
    tipping_odds,
    tipping_point,
)

RATE = 215 / 447


def test_added_difference_and_tipping_point():
    # oracle 2.13
    assert added_share(0.6, rate=RATE, difference=-0.1) == pytest.approx(0.548098434004, abs=1e-10)
    found = tipping_point(0.6, rate=RATE)
    assert found.share_of_silent == pytest.approx(0.407327586207, abs=1e-10)
    assert found.difference == pytest.approx(-0.192672413793, abs=1e-10)
    assert not found.robust


def test_a_share_that_no_silent_unit_can_overturn_is_robust():
    assert tipping_point(0.9, rate=0.8).robust
    assert tipping_point(0.4, rate=1.0).robust
    assert added_share(0.9, rate=0.5, difference=0.4) == pytest.approx(0.95)


def test_the_same_odds_within_classes_give_the_post_stratified_share():
    counts = {"answered": [10, 20], "frame": [40, 40]}
    assert shifted_share([5, 5], shift=0.0, **counts) == pytest.approx((0.5 + 0.25) / 2)
    # Odds of one among the silent become odds of three: 5 + 30 * 3/4 of 40; and 1/3 becomes 1.
    assert shifted_share([5, 5], shift=np.log(3), **counts) == pytest.approx((5 + 22.5 + 5 + 10) / 80)
    path = dict(delta_path([5, 5], odds_ratios=(1 / 3, 1, 3), **counts))
    assert list(path.values()) == sorted(path.values())


def test_the_share_at_the_tipping_odds_is_the_threshold():
    counts = {"answered": [10, 20], "frame": [40, 40]}
    odds = tipping_odds([5, 5], **counts)
    assert shifted_share([5, 5], shift=np.log(odds), **counts) == pytest.approx(0.5)
    assert np.isnan(tipping_odds([30, 30], answered=[30, 30], frame=[35, 35]))


def test_a_class_of_only_yes_is_softened():
    assert shifted_share([5], answered=[5], frame=[10], shift=0.0) == pytest.approx((5 + 5 * 5.5 / 6) / 10)


@pytest.mark.parametrize(
    ("yes", "answered", "frame", "message"),
    [
        ([1, 0], [1, 0], [2, 3], "class 2: nobody answered"),
        ([3], [2], [5], "more answers of yes"),
        ([1], [9], [5], "9 answers of 5 units"),
    ],
)
def test_counts_that_cannot_be_are_refused(yes, answered, frame, message):
    with pytest.raises(InputError, match=message):
        shifted_share(yes, answered=answered, frame=frame, shift=0.0)


def test_shares_and_odds_that_cannot_be_are_refused():
    with pytest.raises(InputError, match="from 0 to 1"):
        tipping_point(1.2, rate=0.5)
    with pytest.raises(InputError, match="larger than zero"):
        delta_path([1], answered=[2], frame=[4], odds_ratios=[0])


def test_the_mixture_at_ratio_zero_is_the_regression_estimate():
    rng = np.random.default_rng(2)
    x, silent = rng.normal(size=40), rng.normal(loc=1, size=20)
    y = 2 * x + rng.normal(size=40)
    found = pattern_mixture(y, proxy=x, proxy_of_silent=silent)
    slope = np.cov(x, y)[0, 1] / x.var(ddof=1)
    all_x = np.concatenate([x, silent]).mean()
    assert found[0.0] == pytest.approx(y.mean() + slope * (all_x - x.mean()))
    assert found[1.0] == pytest.approx(y.mean() + y.std() / x.std() * (all_x - x.mean()))
    assert found[0.0] < found[1.0] < found[np.inf]


def test_a_weak_proxy_says_nothing_of_the_extreme():
    y, x = [1.0, 0.0, 1.0, 0.0, 1.0], [1.0, 2.0, 3.0, 3.0, 2.2]
    assert np.isnan(pattern_mixture(y, proxy=x, proxy_of_silent=[5.0])[np.inf])
    with pytest.raises(InputError, match="at least three respondents"):
        pattern_mixture([1.0, 1.0, 1.0], proxy=[1.0, 2.0, 3.0], proxy_of_silent=[2.0])
