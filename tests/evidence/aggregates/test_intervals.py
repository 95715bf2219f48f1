import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.evidence.aggregates.bases import choice_counts, feasible_bases
from analysis.evidence.aggregates.intervals import arithmetic, union_bounds, union_interval
from analysis.evidence.aggregates.means import mean_bounds, rounded_to
from analysis.evidence.aggregates.overlap import wilson_limits
from analysis.evidence.aggregates.shares import candidate_bases, printed_share
from analysis.survey.estimation import hypergeometric_interval

ORACLE_4_1 = [
    ("48", 447, 0, (213, 214, 215, 216)),
    ("58", 430, 0, (248, 249, 250, 251)),
    ("50", 429, 0, (213, 214, 215, 216)),
    ("49", 290, 0, (141, 142, 143)),
    ("76", 290, 0, (219, 220, 221)),
    ("81", 290, 0, (234, 235, 236)),
    ("87", 15, 0, (13,)),
    ("72", 32, 0, (23,)),
    ("54", 74, 0, (40,)),
    ("37", 93, 0, (34,)),
    ("41", 76, 0, (31,)),
    ("32", 141, 0, (45,)),
    ("48.1", 447, 1, (215,)),
]


@pytest.mark.parametrize(("value", "n", "decimals", "counts"), ORACLE_4_1)
def test_oracle_4_1_counts_behind_a_printed_percentage(value, n, decimals, counts):
    assert printed_share(value, bases=[n], decimals=decimals).counts == counts


ORACLE_4_5 = [
    ("32", 141, 290, (45, 45), (0.265517241379, 0.379310344828), (0.266734267022, 0.376573847564)),
    ("48", 215, 447, (103, 104), (0.429530201342, 0.532438478747), (0.431323478404, 0.531826330682)),
    ("7", 200, 447, (13, 14), (0.0425055928412, 0.102908277405), (0.0438756596118, 0.101090466127)),
]


@pytest.mark.parametrize(("value", "n", "size", "counts", "exact", "wilson"), ORACLE_4_5)
def test_oracle_4_5_union_of_exact_intervals(value, n, size, counts, exact, wilson):
    share = printed_share(value, bases=[n])
    assert (share.counts[0], share.counts[-1]) == counts
    assert union_interval(share, population_size=size, confidence=0.95) == pytest.approx(exact, abs=1e-9)
    p, base = (np.array(values, dtype=float) for values in zip(*((k / m, m) for k, m in share.pairs), strict=True))
    low, high = wilson_limits(p, base, population_size=size, confidence=0.95)
    assert (low.min(), high.max()) == pytest.approx(wilson, abs=1e-9)


def test_the_interval_of_many_bases_is_the_hull_of_every_single_one():
    for value, bases, size in (("43", range(67, 201), 447), ("0", range(10, 80), 100), ("97", range(10, 250), 430)):
        share = printed_share(value, bases=bases)
        every = [hypergeometric_interval(k, n=n, population_size=size, confidence=0.95) for k, n in share.pairs]
        hull = min(low for low, _ in every) / size, max(high for _, high in every) / size
        assert union_interval(share, population_size=size, confidence=0.95) == hull


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_bounds_hold_the_interval_which_holds_every_share(data):
    size = data.draw(st.integers(2, 60))
    n = data.draw(st.integers(1, size))
    k = data.draw(st.integers(0, n))
    share = printed_share(str(math.floor(100 * k / n + 0.5)), bases=range(n, min(n + 3, size) + 1))
    low, high = union_interval(share, population_size=size, confidence=0.95)
    bound_low, bound_high = union_bounds(share, population_size=size)
    for count, base in share.pairs:
        alone = printed_share(share.text, bases=[base])
        own = union_interval(alone, population_size=size, confidence=0.95)
        assert low <= own[0] <= count / base + 1e-12
        assert count / base - 1e-12 <= own[1] <= high
    assert bound_low - 1e-12 <= low <= high <= bound_high + 1e-12


def test_every_count_the_interval_leaves_out_is_unlikely_by_complete_enumeration():
    # Frame of 8, 4 answers, 25 percent printed: 1 of 4.
    share, size, n = printed_share("25", bases=[4]), 8, 4
    low, high = union_interval(share, population_size=size, confidence=0.95)
    for m in range(size + 1):
        drawn = [sum(units) for units in _subsets([1] * m + [0] * (size - m), n)]
        at_least = sum(x >= 1 for x in drawn) / len(drawn)
        at_most = sum(x <= 1 for x in drawn) / len(drawn)
        assert (low <= m / size <= high) == (min(at_least, at_most) > 0.025)


def _subsets(units, n):
    return [
        [unit for unit, taken in zip(units, chosen, strict=True) if taken]
        for chosen in product([0, 1], repeat=len(units))
        if sum(chosen) == n
    ]


def test_when_all_units_answered_the_interval_is_the_range_of_the_counts():
    share = printed_share("48", bases=[447])
    assert union_interval(share, population_size=447, confidence=0.95) == (213 / 447, 216 / 447)
    assert union_bounds(share, population_size=447) == (213 / 447, 216 / 447)


def test_worst_case_bounds_by_hand():
    # 45 of 141 answers, 290 units: 45/290 and (45 + 149)/290.
    share = printed_share("32", bases=[141])
    assert union_bounds(share, population_size=290) == pytest.approx((45 / 290, 194 / 290))
    assert "(45 + 290 - 141)/290 = 66.9%" in arithmetic(share, population_size=290)


def test_what_cannot_be_printed_so_or_leaves_the_frame_is_refused():
    with pytest.raises(ValueError, match="no whole number of 3 units"):
        printed_share("50", bases=[3])
    with pytest.raises(TypeError):
        printed_share(0.5, bases=[3])
    share = printed_share("50", bases=[30])
    for function in (union_bounds, lambda s, **k: union_interval(s, confidence=0.95, **k)):
        with pytest.raises(ValueError, match="20"):
            function(share, population_size=20)


def test_candidate_bases_run_from_a_third_up():
    assert candidate_bases(200) == range(67, 201)
    assert 67 in candidate_bases(174)  # the smallest base that a source lets one work out
    assert candidate_bases(1) == range(1, 2)


def test_oracle_4_9_joint_solutions_of_a_distribution():
    assert choice_counts(["24", "41", "36"], base=169) == [range(40, 41), range(69, 70), range(60, 61)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=2, max_size=4).filter(lambda counts: sum(counts) > 0))
def test_ranges_of_a_choice_are_what_its_solutions_reach(counts):
    n = sum(counts)
    printed = [str(math.floor(100 * k / n + 0.5)) for k in counts]
    sets = [printed_share(text, bases=[n]).counts for text in printed]
    solutions = [solution for solution in product(*sets) if sum(solution) == n]
    assert tuple(counts) in solutions
    ranges = choice_counts(printed, base=n)
    assert [range(min(own), max(own) + 1) for own in zip(*solutions, strict=True)] == ranges


def test_a_base_is_feasible_when_every_figure_fits_it_and_a_complete_choice_adds_up():
    assert feasible_bases(["50", "33"], bases=range(1, 8)) == (6,)
    assert feasible_bases(["33", "67"], bases=range(1, 5), complete=True) == (3,)
    assert feasible_bases(["33", "33"], bases=range(1, 5), complete=True) == ()


def test_bounds_of_a_mean_by_hand_for_each_base():
    # 1.9 on 0 to 5: 2 of 4 units between 1.85 and 1.95 each.
    two, four = mean_bounds("1.9", decimals=1, scale=(0, 5), bases=(2, 4), population_size=4)
    assert (two.low, two.high) == pytest.approx((2 * 1.85 / 4, (2 * 1.95 + 2 * 5) / 4))
    assert (four.low, four.high) == pytest.approx((1.85, 1.95))


def test_a_mean_keeps_to_its_scale_and_one_off_it_is_refused():
    assert rounded_to("5", decimals=0, scale=(0, 5)) == (4.5, 5)
    with pytest.raises(ValueError, match="off its scale"):
        rounded_to("5.1", decimals=1, scale=(0, 5))
    with pytest.raises(ValueError, match="covered"):
        mean_bounds("2", decimals=0, scale=(0, 5), bases=(9,), population_size=8)
