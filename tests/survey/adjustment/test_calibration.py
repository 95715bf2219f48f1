import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.survey.adjustment.calibration import calibrate
from analysis.survey.adjustment.margins import Margin, NoWeights, account
from analysis.survey.adjustment.raking import rake
from tests.survey.adjustment.cases import censuses, frame60, in_any_census, made, margins_of, muni, muni_in_r

DISTANCES = ["linear", "exponential", "logit"]


def gap(margins, weights):
    return account(margins, weights)["relative_gap"].abs().max()


def muni_case():
    """Base weights N_h / n_h by size, as in R, and the margins size and region."""
    size, region = margins_of(muni(), "resp", "size", "region")
    return (size.totals / size.sums())[size.codes], [size, region]


def in_r(name):
    return pytest.approx(np.array(muni_in_r()["est"][name]["weights"]), abs=1e-9)


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("cal_linear", {"smallest": None}),
        ("cal_raking", {"smallest": None, "distance": "exponential"}),
        ("cal_raking", {"distance": "exponential"}),
    ],
)
def test_weights_are_those_of_r(name, how):
    base, margins = muni_case()
    assert calibrate(base, margins, **how) == in_r(name)


def test_weights_with_a_total_of_inhabitants_are_those_of_r():
    base, margins = muni_case()
    people = muni().loc[muni()["resp"] == 1, ["pop"]]
    weights = calibrate(base, margins, x=people, totals=[muni()["pop"].sum()], smallest=None)
    assert weights == in_r("cal_linear_pop")
    assert weights @ people["pop"] == pytest.approx(muni()["pop"].sum(), rel=1e-10)


@pytest.mark.parametrize(
    ("name", "distance", "low", "high"),
    [("cal_linear_bounded", "linear", 0.86, 1.19), ("cal_logit", "logit", 0.8, 1.25)],
)
def test_bounded_weights_are_those_of_r(name, distance, low, high):
    """R bounds the ratio to the base weight; here a bound is a weight, given for each unit."""
    base, margins = muni_case()
    assert calibrate(base, margins, distance=distance, smallest=low * base, largest=high * base) == in_r(name)


def oracle_3_5():
    respondents = frame60().query("r == 1")
    logs = np.log10(frame60()["pop"])
    x = pd.DataFrame({"log10 inhabitants": logs[respondents.index]})
    return respondents, margins_of(frame60(), "r", "size", "region"), x, [logs.sum()]


def test_linear_calibration_without_bounds_by_oracle_3_5():
    respondents, margins, x, totals = oracle_3_5()
    weights = calibrate(np.full(25, 2.4), margins, x=x, totals=totals, smallest=None)
    assert weights[:4] == pytest.approx([1.50235264061, -0.848790527972, 2.0002778015, 2.0575452701], abs=1e-6)
    assert weights[-3:] == pytest.approx([7.3331006053, 4.40531823928, 2.4388262595], abs=1e-6)
    assert (weights < 0).sum() == 2
    assert weights @ respondents["y"] / 60 == pytest.approx(0.394114359414, abs=1e-6)
    assert weights @ respondents["z"] / 60 == pytest.approx(2.60754368833, abs=1e-6)


@pytest.mark.parametrize("distance", DISTANCES)
def test_in_a_census_each_respondent_stands_for_itself_at_least(distance):
    _, margins, x, totals = oracle_3_5()
    weights = calibrate(np.full(25, 2.4), margins, x=x, totals=totals, distance=distance)
    assert weights.min() >= 1
    assert gap(margins, weights) < 1e-10
    assert weights @ x.to_numpy()[:, 0] == pytest.approx(totals[0], rel=1e-10)


def test_where_all_answered_each_keeps_a_weight_of_1():
    """Base weights are above 1, and the logit alone would only creep towards it."""
    size = made("size", "sl", [0, 0, 1, 1, 1], [7, 3])
    region = made("region", "xy", [0, 1, 0, 1, 1], [4.5, 5.5])
    for distance in DISTANCES:
        weights = calibrate(np.full(5, 2.0), [size, region], distance=distance)
        assert weights == pytest.approx([3.5, 3.5, 1, 1, 1])


@pytest.mark.parametrize("distance", DISTANCES)
def test_bounds_in_both_directions_hold(distance):
    base, margins = muni_case()
    weights = calibrate(base, margins, distance=distance, smallest=1.25, largest=2.55)
    free = rake(base, margins)
    assert free.min() < 1.25 < 2.55 < free.max()
    assert 1.25 <= weights.min() < weights.max() <= 2.55
    assert gap(margins, weights) < 1e-10


def test_with_the_logit_a_unit_whose_base_weight_is_a_bound_keeps_it():
    size, region = made("size", "sl", [0, 0, 0, 1, 1], [8, 4]), made("region", "xy", [0, 1, 1, 0, 1], [2.5, 9.5])
    weights = calibrate([1.0, 2, 3, 2, 2], [size, region], distance="logit", largest=5)
    assert weights[0] == 1.0
    assert gap([size, region], weights) < 1e-10


def message(*args, **kwargs):
    with pytest.raises(NoWeights) as error:
        calibrate(*args, **kwargs)
    assert str(error.value).endswith(".")
    assert "\n" not in str(error.value)
    return str(error.value)


SIZE = made("size", "sml", [0, 0, 0, 1, 1, 1, 2, 2, 2], [30, 12, 3])
BASE = np.full(9, 5.0)


@pytest.mark.parametrize("distance", DISTANCES)
def test_an_upper_bound_that_cannot_hold_is_an_error_with_the_one_that_would_do(distance):
    said = message(BASE, [SIZE], distance=distance, largest=9)
    assert "no weights from 1 to 9 meet the targets, of which 'size: s' asks for more" in said
    assert "smallest largest weight that would do is 10." in said
    assert calibrate(BASE, [SIZE], distance=distance, largest=10).max() == pytest.approx(10)


def proposed(said):
    return float(re.search(r"would do is ([\d.]+)[.;]", said)[1])


@pytest.mark.parametrize("distance", DISTANCES)
def test_the_bound_that_would_do_does(distance):
    base, margins = np.full(9, 4.0), [SIZE, made("region", "xy", [0, 0, 1, 0, 0, 1, 0, 1, 1], [20, 25])]
    found = proposed(message(base, margins, distance=distance, largest=8))
    weights = calibrate(base, margins, distance=distance, largest=found)
    assert weights.max() <= found
    assert gap(margins, weights) < 1e-10
    assert proposed(message(base, margins, distance=distance, largest=found - 0.01)) == pytest.approx(found)


def test_a_lower_bound_that_cannot_hold_is_an_error_with_the_smallest_gaps():
    said = message(BASE, [SIZE], smallest=4)
    assert "no weights of at least 4 meet all targets at once" in said
    assert "take 'size: l' as 12 instead of 3" in said
    assert "size: m" not in said


def test_an_auxiliary_out_of_reach_is_named():
    people = pd.DataFrame({"people": np.full(9, 7.0)})
    assert "take 'people' as 315 instead of 900" in message(BASE, [SIZE], x=people, totals=[900])


def test_what_the_logit_cannot_reach_is_said():
    """The only weights that meet the targets are 1 and 1 in the corner, which is just the bound."""
    margins = [made("a", "xy", [0, 0, 1], [6, 4]), made("b", "xy", [0, 1, 1], [5, 5])]
    assert calibrate(np.full(3, 3.0), margins) == pytest.approx([5, 1, 4])
    assert "'a: x' and 'b: y' only a weight at its bound" in message(np.full(3, 3.0), margins, distance="logit")


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"smallest": 3, "largest": 2}, "the smallest weight is above the largest"),
        ({"smallest": np.nan}, "the smallest weight is above the largest, or not a number"),
        ({"smallest": 6, "distance": "logit"}, "base weight 5 of respondent 1 is outside 6 to inf"),
        ({"distance": "quadratic"}, "'quadratic' is not known; choose one of linear, exponential, logit"),
        ({"x": np.ones(3), "totals": [3]}, "x: 3 rows for 9 respondents"),
    ],
)
def test_arguments_that_cannot_be_are_refused(how, said):
    assert said in message(BASE, [SIZE], **how)


def test_auxiliaries_alone_need_a_row_for_each_respondent():
    assert "x: 3 rows for 2 respondents" in message(np.ones(2), x=np.ones(3), totals=[3])


@pytest.mark.parametrize("distance", DISTANCES)
@in_any_census
def test_totals_are_met_within_the_bounds(distance, case):
    base, margins = case
    weights = calibrate(base, margins, distance=distance, largest=6.05)
    assert gap(margins, weights) < 1e-10
    assert 1 <= weights.min() <= weights.max() <= 6.05
    assert weights.sum() == pytest.approx(margins[0].totals.sum(), rel=1e-10)


@pytest.mark.parametrize("distance", DISTANCES)
@settings(max_examples=25, deadline=None)
@given(case=censuses(), random=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(distance, case, random):
    base, margins = case
    order = np.array(random.sample(range(len(base)), len(base)))
    turned = [Margin(one.name, one.labels, one.codes[order], one.totals) for one in margins]
    here, there = calibrate(base, margins, distance=distance), calibrate(base[order], turned, distance=distance)
    assert there == pytest.approx(here[order], rel=1e-6)


@pytest.mark.parametrize("distance", DISTANCES)
@in_any_census
def test_weights_that_meet_the_totals_stay(distance, case):
    base, margins = case
    met = [Margin(one.name, one.labels, one.codes, one.sums(base)) for one in margins]
    assert calibrate(base, met, distance=distance) == pytest.approx(base, rel=1e-9)


@in_any_census
def test_exponential_calibration_without_bounds_is_raking(case):
    assert calibrate(*case, distance="exponential", smallest=None) == pytest.approx(rake(*case), rel=1e-7)
