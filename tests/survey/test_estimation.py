from itertools import pairwise
from math import comb, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.survey.estimation import (
    hypergeometric_interval,
    mean_record,
    quantile_record,
    share_record,
    wilson_interval,
)

SMALL = {"population_size": 4, "confidence": 0.95}
PEOPLE = {"inhabitants": [1000, 3000, 1500], "all_inhabitants": 10_000}


def test_a_mean_of_units_by_hand():
    record = mean_record([0.5, 0.8, 0.25], **SMALL)
    assert record["point"] == pytest.approx(1.55 / 3)
    # s² = 0.0758333, (1 - 3/4) s² / 3
    assert record["se"] == pytest.approx(sqrt(0.25 * 0.07583333333 / 3))
    assert (record["bound_lo"], record["bound_hi"]) == (pytest.approx(1.55 / 4), pytest.approx(2.55 / 4))
    assert (record["n_answered"], record["n_frame"]) == (3, 4)


def test_the_interval_of_a_mean_is_students_t():
    # t with 4 degrees of freedom at 97.5 % is 2.776445; oracle 3.9 gives the variance 1.875 for the mean 4
    record = mean_record([1, 2, 3, 4, 10], population_size=20, confidence=0.95, low=-10, high=10)
    assert record["point"] == 4
    assert record["se"] ** 2 == pytest.approx(1.875, abs=1e-12)
    assert record["ci_lo"] == pytest.approx(4 - 2.7764451052 * sqrt(1.875))
    assert record["ci_method"] == "t"


def test_a_share_as_a_mean_has_the_standard_error_of_r_survey():
    # oracle 3.3, srs_y: 12 of 25 answers of 60 units
    record = mean_record([1] * 12 + [0] * 13, population_size=60, confidence=0.95)
    assert record["se"] == pytest.approx(0.077888809637, abs=1e-8)


def test_a_mean_over_inhabitants_by_hand():
    record = mean_record([0.5, 0.8, 0.25], **SMALL, **PEOPLE)
    assert record["point"] == pytest.approx(3275 / 5500)
    assert (record["bound_lo"], record["bound_hi"]) == (pytest.approx(0.3275), pytest.approx(0.7775))
    residuals = np.array([1000, 3000, 1500]) * (np.array([0.5, 0.8, 0.25]) - 3275 / 5500)
    assert record["se"] == pytest.approx(sqrt(0.25 * residuals.var(ddof=1) / 3) / (5500 / 3))


def test_equal_inhabitants_count_as_units_do():
    plain = mean_record([0.5, 0.8, 0.25], **SMALL)
    equal = mean_record([0.5, 0.8, 0.25], **SMALL, inhabitants=[7, 7, 7], all_inhabitants=28)
    assert {key: equal[key] for key in plain} == {key: pytest.approx(plain[key]) for key in plain}


@pytest.mark.parametrize("people", [{}, {"inhabitants": [1, 2, 3], "all_inhabitants": 6}])
def test_a_complete_group_has_no_uncertainty(people):
    record = mean_record([0.1, 0.5, 0.9], population_size=3, confidence=0.95, **people)
    assert record["se"] == 0
    assert record["ci_method"] == "complete"
    assert record["ci_lo"] == record["ci_hi"] == record["point"]
    assert record["bound_lo"] == pytest.approx(record["point"]) == record["bound_hi"]


def test_no_answer_leaves_only_the_bounds():
    record = mean_record([], population_size=3, confidence=0.95)
    assert np.isnan(record["point"])
    assert (record["bound_lo"], record["bound_hi"]) == (0, 1)
    assert "se" not in record


def test_one_answer_of_several_has_no_interval():
    assert "ci_lo" not in mean_record([0.5], population_size=3, confidence=0.95)


@pytest.mark.parametrize(
    ("values", "people", "said"),
    [
        ([1, 1, 1, 1, 1], {}, "5 answers of 4 units"),
        ([1, np.nan], {}, "a missing answer"),
        ([1], {"inhabitants": [5]}, "inhabitants of all"),
    ],
)
def test_what_cannot_be_estimated_is_refused(values, people, said):
    with pytest.raises(ValueError, match=said):
        mean_record(values, **SMALL, **people)


@pytest.mark.parametrize(
    ("case", "interval"),
    [
        # oracle 3.12
        ((3, 10, 50), (5, 31)),
        ((0, 215, 447), (0, 5)),
        ((13, 13, 15), (14, 15)),
        ((45, 141, 290), (77, 110)),
        ((108, 215, 447), (203, 246)),
    ],
)
def test_the_exact_interval_of_a_count(case, interval):
    k, n, population_size = case
    assert hypergeometric_interval(k, n=n, population_size=population_size, confidence=0.95) == interval


@settings(max_examples=30)
@given(st.integers(2, 25), st.data())
def test_the_exact_interval_covers_as_often_as_it_says(population_size, data):
    n = data.draw(st.integers(1, population_size))
    truth = data.draw(st.integers(0, population_size))
    covered = 0.0
    for k in range(max(0, n - population_size + truth), min(n, truth) + 1):
        low, high = hypergeometric_interval(k, n=n, population_size=population_size, confidence=0.95)
        chance = comb(truth, k) * comb(population_size - truth, n - k) / comb(population_size, n)
        covered += chance * (low <= truth <= high)
    assert covered >= 0.95 - 1e-9


def test_a_share_of_units_has_the_exact_interval_and_its_count():
    record = share_record([True] * 45 + [False] * 96, population_size=290, confidence=0.95)
    assert record["k"] == 45
    assert record["point"] == pytest.approx(45 / 141)
    assert (record["ci_lo"], record["ci_hi"]) == (pytest.approx(77 / 290), pytest.approx(110 / 290))
    assert record["ci_method"] == "hypergeometric"


def test_a_share_of_inhabitants_by_hand():
    record = share_record([True, False, False], **SMALL, **PEOPLE)
    assert record["point"] == pytest.approx(1000 / 5500)
    assert (record["bound_lo"], record["bound_hi"]) == (pytest.approx(0.1), pytest.approx(0.55))
    assert record["bound_lo"] <= record["ci_lo"] <= record["point"] <= record["ci_hi"] <= record["bound_hi"]
    assert record["ci_method"] == "wilson"


def test_where_all_agree_the_share_of_inhabitants_is_known_no_better_than_the_bounds():
    record = share_record([False, False, False], **SMALL, **PEOPLE)
    assert (record["ci_method"], record["ci_lo"], record["ci_hi"]) == ("bounds", 0.0, pytest.approx(0.45))


def test_wilsons_interval():
    # oracle 3.11 (Newcombe 1998)
    for k, n, expected in [(81, 263, (0.2553, 0.3662)), (15, 148, (0.0624, 0.1605)), (1, 29, (0.0061, 0.1718))]:
        assert wilson_interval(k / n, n=n, confidence=0.95) == pytest.approx(expected, abs=6e-5)


def test_quartiles_by_hand():
    values = [0.1, 0.2, 0.3, 0.4]
    points = [quantile_record(values, q, population_size=4)["point"] for q in (0.25, 0.5, 0.75)]
    assert points == [0.1, 0.2, 0.3]
    # A fifth unit without an answer lies below or above all others.
    median = quantile_record(values, 0.5, population_size=5)
    assert (median["bound_lo"], median["bound_hi"]) == (0.2, 0.3)


def test_the_median_inhabitant_lives_in_the_large_unit():
    sizes = {"inhabitants": [1, 1, 10], "all_inhabitants": 12}
    assert quantile_record([0.1, 0.2, 0.9], 0.5, population_size=3, **sizes)["point"] == 0.9


shares = st.lists(st.floats(0, 1), min_size=2, max_size=20)


@given(shares, st.integers(0, 10))
def test_point_interval_and_bounds_are_nested(values, missing):
    record = mean_record(values, population_size=len(values) + missing, confidence=0.95)
    numbers = [record[key] for key in ("bound_lo", "ci_lo", "point", "ci_hi", "bound_hi")]
    assert all(low <= high + 1e-12 for low, high in pairwise(numbers))
