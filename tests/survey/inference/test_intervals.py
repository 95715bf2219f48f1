from itertools import product
from math import comb, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.survey.estimation import hypergeometric_interval, wilson_interval
from analysis.survey.inference.intervals import (
    METHODS,
    Groups,
    Share,
    choose_interval,
    clopper_pearson,
    goodman,
    korn_graubard,
    n_star,
    situation,
    unanimous_bound,
)

ONE_GROUP = Groups((447,), (215,), (108,))


def a_share(**changes) -> Share:
    usual = {"point": 0.4, "n": 100, "population_size": 300, "variance": 0.0016, "df": 95}
    return Share(**usual | changes)


@pytest.mark.parametrize(
    ("k", "n", "limits"),
    [
        (81, 263, (0.2527, 0.3676)),
        (15, 148, (0.0578, 0.1617)),
        (0, 20, (0, 0.1684)),
        (1, 29, (0.0009, 0.1776)),
    ],
)
def test_oracle_3_11_clopper_pearson(k, n, limits):
    assert clopper_pearson(k / n, n=n, confidence=0.95) == pytest.approx(limits, abs=6e-5)


@pytest.mark.parametrize(
    ("k", "n", "limits"),
    [
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ],
)
def test_oracle_3_11_without_correction_the_interval_is_wilsons(k, n, limits):
    p = k / n
    share = a_share(point=p, n=n, population_size=None, variance=p * (1 - p) / n)
    record = choose_interval(share, confidence=0.95)
    assert (record["ci_lo"], record["ci_hi"]) == pytest.approx(limits, abs=6e-5)
    assert record["ci_method"] == "wilson"


@pytest.mark.parametrize(
    ("k", "n", "units", "limits"),
    [
        (3, 10, 50, (5, 31)),
        (0, 215, 447, (0, 5)),
        (13, 13, 15, (14, 15)),
        (45, 141, 290, (77, 110)),
        (108, 215, 447, (203, 246)),
    ],
)
def test_oracle_3_12_one_group_has_the_exact_interval(k, n, units, limits):
    share = a_share(point=k / n, n=n, population_size=units, groups=Groups((units,), (n,), (k,)), equal_weights=True)
    record = choose_interval(share, confidence=0.95)
    assert record["ci_method"] == "hypergeometric"
    assert (record["ci_lo"] * units, record["ci_hi"] * units) == pytest.approx(limits)


def test_oracle_3_12b_samplingbook_prints_the_first_values_rejected():
    low, high = hypergeometric_interval(3, n=10, population_size=50, confidence=0.95)
    assert (low - 1, high + 1) == (4, 32)


def test_oracle_3_14_korn_graubard():
    limits = korn_graubard(0.425555555556, variance=0.0632845816262**2, n=25, df=22, confidence=0.95)
    assert limits == pytest.approx((0.29924078824, 0.559412901952), abs=1e-6)


def test_oracle_6_9_goodman():
    counts = np.array([56, 72, 73, 59, 62, 87, 58])
    expected = [
        (0.0851672391387, 0.16626140813),
        (0.114532918905, 0.204372582695),
        (0.116395289224, 0.206727515772),
        (0.0906056708912, 0.173474886565),
        (0.0960773800482, 0.180655087595),
        (0.142749109163, 0.239415943372),
        (0.0887890581298, 0.171074195931),
    ]
    for found, limits in zip(goodman(counts / counts.sum(), n=counts.sum(), confidence=0.95), expected, strict=True):
        assert found == pytest.approx(limits, abs=1e-7)


def test_goodman_takes_an_effective_number_for_each_category():
    first, second = goodman([0.3, 0.7], n=[50, 80], confidence=0.95)
    assert first == wilson_interval(0.3, n=50, confidence=0.975)
    assert second == wilson_interval(0.7, n=80, confidence=0.975)


def test_n_star_is_the_answers_of_a_simple_sample_with_this_variance():
    assert n_star(0.5, 0.25 / 80) == pytest.approx(80)
    assert n_star(0.0, 0.0) == np.inf


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"n": 300}, "complete"),
        ({"population_size": None}, "no correction"),
        ({"groups": ONE_GROUP, "equal_weights": True}, "one group"),
        ({"groups": ONE_GROUP}, "weighted"),
        ({"point": 0.0, "variance": 0.0, "groups": Groups((50, 20), (10, 8), (0, 0))}, "unanimous groups"),
        ({"point": 0.3, "variance": 1e-20, "groups": Groups((50, 20), (10, 8), (0, 8))}, "unanimous groups"),
        ({"variance": 0.0}, "no spread"),
        ({"variance": 0.0, "groups": Groups((50, 20), (10, 8), (1, 8))}, "no spread"),
        ({"n": 29}, "few or extreme"),
        ({"point": 0.09}, "few or extreme"),
        ({"point": 0.91}, "few or extreme"),
        ({}, "weighted"),
    ],
)
def test_the_situation_follows_from_the_data(changes, expected):
    assert situation(a_share(**changes)) == expected


def test_every_situation_has_a_method_and_none_is_walds():
    share = a_share()
    assert set(METHODS) == {
        "complete",
        "no correction",
        "one group",
        "unanimous groups",
        "no spread",
        "few or extreme",
        "weighted",
    }
    half = 1.959964 * share.variance**0.5
    record = choose_interval(share, confidence=0.95)
    assert record["ci_method"] == "wilson_n_star"
    assert record["ci_lo"] > share.point - half
    assert (record["ci_lo"], record["ci_hi"]) == wilson_interval(0.4, n=150, confidence=0.95)


def test_no_interval_leaves_the_worst_case_bounds():
    record = choose_interval(a_share(bounds=(0.38, 0.42)), confidence=0.95)
    assert (record["ci_lo"], record["ci_hi"]) == (0.38, 0.42)


def test_of_no_answers_there_is_no_interval():
    record = choose_interval(a_share(n=0, point=np.nan), confidence=0.95)
    assert record["ci_method"] == "none"
    assert np.isnan(record["ci_lo"])


def test_answers_that_agree_still_leave_room_for_those_who_did_not_answer():
    groups = Groups((50, 20), (10, 8), (0, 0))
    record = choose_interval(a_share(point=0.0, n=18, population_size=70, variance=0.0, groups=groups), confidence=0.95)
    assert record["ci_method"] == "unanimous_groups"
    assert record["ci_lo"] == 0
    assert 0 < record["ci_hi"] < 52 / 70


def by_trial(groups: list[tuple[int, int]], alpha: float) -> int:
    """The most that can have stayed unseen, by trying everything."""
    most = 0
    for hidden in product(*(range(units - n + 1) for units, n in groups)):
        logs = [log(comb(u - m, n)) - log(comb(u, n)) for (u, n), m in zip(groups, hidden, strict=True)]
        if sum(logs) >= log(alpha / 2) - 1e-9:
            most = max(most, sum(hidden))
    return most


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_oracle_3_16_the_zero_bound_is_the_largest_of_all_possibilities(raw):
    groups = [(units, min(n, units)) for units, n in raw]
    sizes, answers = (tuple(part) for part in zip(*groups, strict=True))
    none = Groups(sizes, answers, (0,) * len(groups))
    everybody = Groups(sizes, answers, answers)
    assert unanimous_bound(none, confidence=0.95) == (0, by_trial(groups, 0.05))
    assert unanimous_bound(everybody, confidence=0.95) == (sum(sizes) - by_trial(groups, 0.05), sum(sizes))


def test_the_zero_bound_of_one_group_is_the_exact_interval():
    found = unanimous_bound(Groups((447,), (215,), (0,)), confidence=0.95)
    assert found == hypergeometric_interval(0, n=215, population_size=447, confidence=0.95)


def test_groups_that_agree_on_different_answers():
    # Of 4 and 3 unanswered units any number may differ that chance allows: 13 of 15 all yes, 40 of 43 all no.
    low, high = unanimous_bound(Groups((15, 43), (13, 40), (13, 0)), confidence=0.95)
    assert (low, high) == (15 - by_trial([(15, 13)], 0.05), 15 + by_trial([(43, 40)], 0.05))


def test_groups_that_do_not_agree_are_refused():
    with pytest.raises(ValueError, match="differ"):
        unanimous_bound(Groups((15,), (10,), (3,)), confidence=0.95)


@given(st.floats(0.01, 0.99), st.integers(2, 400), st.floats(1e-6, 0.02), st.floats(0.5, 0.99), st.floats(0.991, 0.999))
@settings(max_examples=100, deadline=None)
def test_an_interval_holds_its_point_and_grows_with_confidence(point, n, variance, some, more):
    share = a_share(point=point, n=n, population_size=1000, variance=variance, df=max(n - 5, 1))
    narrow, wide = (choose_interval(share, confidence=confidence) for confidence in (some, more))
    assert 0 <= wide["ci_lo"] <= narrow["ci_lo"] <= point + 1e-12
    assert point - 1e-12 <= narrow["ci_hi"] <= wide["ci_hi"] <= 1
