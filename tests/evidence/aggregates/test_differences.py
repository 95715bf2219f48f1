from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.evidence.aggregates.differences import cohens_h, difference, ratio
from analysis.evidence.aggregates.overlap import (
    correlations,
    covariance,
    mover,
    quadratic,
    shared_units,
    uncorrelated,
    variance,
    wilson_limits,
    worst_correlations,
)
from analysis.evidence.aggregates.shares import PrintedShare, printed_share
from analysis.evidence.aggregates.slopes import slope
from analysis.survey.estimation import wilson_interval

SIGNS = np.array([[-1.0], [1.0]])


def exactly(k: int, n: int) -> PrintedShare:
    """A share of which the count is known."""
    return PrintedShare(text=f"{100 * k / n:.0f}", value=k / n, rounding=(k / n, k / n), pairs=((k, n),))


def test_oracle_4_7_standard_errors_at_the_corners_and_the_possible_overlap():
    p, n = np.array([[0.4], [0.55]]), np.array([[249.0], [215.0]])
    sd = np.sqrt(variance(p, n, population_size=429))
    low, high = correlations(p, n, population_size=429)
    fewest, most = shared_units((n[0], n[1]), population_size=429)
    assert (fewest[0], most[0]) == (35, 215)
    independent, smallest, largest = (quadratic(SIGNS * sd, rho)[0] for rho in (uncorrelated(2), high, low))
    assert independent == pytest.approx(0.0313523307628, abs=1e-9)
    assert smallest == pytest.approx(0.0155969755472, abs=1e-9)
    assert largest == pytest.approx(0.0415466990068, abs=1e-9)
    # The oracle's intervals are the estimate and 1.96 standard errors, which no page shows.
    z = 1.959963984540054
    assert (0.15 - z * independent, 0.15 + z * independent) == pytest.approx((0.0885505603889, 0.211449439611))
    assert (0.15 - z * largest, 0.15 + z * largest) == pytest.approx((0.0685699656278, 0.231430034372))


def test_oracle_4_10_the_mover_interval_of_the_same_case_by_hand():
    p, n = np.array([[0.4], [0.55]]), np.array([[249.0], [215.0]])
    limits = wilson_limits(p, n, population_size=429, confidence=0.95)
    (l1, l2), (u1, u2) = limits[0][:, 0], limits[1][:, 0]
    low, high = mover(SIGNS, p, limits, rho=uncorrelated(2))
    assert low[0] == pytest.approx(0.15 - np.hypot(0.55 - l2, u1 - 0.4))
    assert high[0] == pytest.approx(0.15 + np.hypot(u2 - 0.55, 0.4 - l1))
    rho = worst_correlations(SIGNS, *correlations(p, n, population_size=429))
    worst, _ = mover(SIGNS, p, limits, rho=rho)
    r, a, b = rho[0, 1, 0], 0.55 - l2, u1 - 0.4
    assert r < 0
    assert worst[0] == pytest.approx(0.15 - np.sqrt(a**2 + b**2 - 2 * r * a * b))


def test_oracle_4_6_the_variance_of_a_difference_by_complete_enumeration():
    """All ways in which 3 and 4 of 6 units answer with 2 of them twice: the formula gives their variance exactly."""
    first, second = np.array([1, 0, 1, 1, 0, 0]), np.array([1, 1, 1, 0, 0, 1])
    size, n1, n2, shared = 6, 3, 4, 2
    drawn = [
        second[list(b)].mean() - first[list(a)].mean()
        for a in combinations(range(size), n1)
        for b in combinations(range(size), n2)
        if len(set(a) & set(b)) == shared
    ]
    own = [(1 - n / size) * y.var(ddof=1) / n for y, n in ((first, n1), (second, n2))]
    p, n = (np.array([first.mean()]), np.array([second.mean()])), (np.array([3.0]), np.array([4.0]))
    joint = np.array([(first * second).mean()])
    both = covariance(p, n, joint=joint, shared=np.array([float(shared)]), population_size=size)[0]
    assert np.var(drawn) == pytest.approx(own[0] + own[1] - 2 * both)


ORACLE_6_2 = [
    ((56, 70, 48, 80), (0.0524, 0.3339)),
    ((9, 10, 3, 10), (0.1705, 0.809)),
    ((6, 7, 2, 7), (0.0582, 0.8062)),
    ((5, 56, 0, 29), (-0.0381, 0.1926)),
    ((0, 10, 0, 20), (-0.1611, 0.2775)),
    ((0, 10, 0, 10), (-0.2775, 0.2775)),
    ((10, 10, 0, 20), (0.6791, 1)),
    ((10, 10, 0, 10), (0.6075, 1)),
]


@pytest.mark.parametrize(("counts", "expected"), ORACLE_6_2)
def test_oracle_6_2_without_correlation_and_frame_it_is_newcombes_method_10(counts, expected):
    k1, n1, k2, n2 = counts
    ends = [wilson_interval(k / n, n=n, confidence=0.95) for k, n in ((k2, n2), (k1, n1))]
    limits = tuple(np.array([[end[side]] for end in ends]) for side in (0, 1))
    p = np.array([[k2 / n2], [k1 / n1]])
    low, high = mover(SIGNS, p, limits, rho=uncorrelated(2))
    assert (low[0], high[0]) == pytest.approx(expected, abs=6e-5)


@pytest.mark.parametrize(("pair", "h"), [((0.5, 0.4), 0.2013579), ((0.65, 0.45), 0.4048601)])
def test_oracle_6_5_cohens_h(pair, h):
    assert cohens_h(*pair) == pytest.approx(h, abs=1e-6)
    with pytest.raises(ValueError, match="domain"):
        cohens_h(1.2, 0.1)


shares = st.integers(2, 30).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(max_examples=80, deadline=None)
@given(shares, shares, st.integers(30, 60))
def test_bounds_hold_the_worst_interval_which_holds_the_main_one_and_the_point(first, second, size):
    found = difference(exactly(*first), exactly(*second), population_size=size)
    chain = [found.bounds[0], found.worst[0], found.ci[0], found.point]
    assert chain == pytest.approx(sorted(chain), abs=1e-9)
    chain = [found.point, found.ci[1], found.worst[1], found.bounds[1]]
    assert chain == pytest.approx(sorted(chain), abs=1e-9)
    assert found.se_range[0] <= found.se + 1e-12
    assert found.se <= found.se_range[1] + 1e-12


@settings(max_examples=40, deadline=None)
@given(shares, shares)
def test_a_difference_turned_round_is_its_own_mirror(first, second):
    one = difference(exactly(*first), exactly(*second), population_size=40)
    other = difference(exactly(*second), exactly(*first), population_size=40)
    for a, b in ((one.ci, other.ci), (one.worst, other.worst), (one.bounds, other.bounds)):
        assert a == pytest.approx((-b[1], -b[0]), abs=1e-9)


def test_the_union_over_rounding_sets_holds_each_combination():
    first, second = printed_share("40", bases=[249]), printed_share("55", bases=[214, 215])
    whole = difference(first, second, population_size=429)
    for a in first.pairs:
        for b in second.pairs:
            own = difference(exactly(*a), exactly(*b), population_size=429)
            assert whole.ci[0] <= own.ci[0] + 1e-12
            assert own.ci[1] <= whole.ci[1] + 1e-12
            assert whole.worst[0] <= own.worst[0] + 1e-12
            assert whole.rounding[0] - 1e-12 <= own.point <= whole.rounding[1] + 1e-12
    assert whole.point == pytest.approx(0.15)
    assert "55 - 40 = 15 points; with 117 to 119 of 214 to 215 and 99 to 100 of 249" in whole.arithmetic


def test_two_complete_rounds_leave_no_doubt_but_rounding():
    found = difference(exactly(4, 10), exactly(7, 10), population_size=10)
    assert found.ci == found.worst == found.bounds == pytest.approx((0.3, 0.3))
    assert found.se == 0
    assert found.shared == (10, 10)


def test_a_ratio_has_the_log_interval_and_none_below_five_percent():
    found = ratio(exactly(20, 50), exactly(30, 50), population_size=100)
    relative = [np.sqrt(0.5 * p * (1 - p) / 49) / p for p in (0.4, 0.6)]
    factor = np.exp(1.959963984540054 * np.hypot(*relative))
    assert found.point == pytest.approx(1.5)
    assert found.ci == pytest.approx((1.5 / factor, 1.5 * factor))
    assert found.worst[0] < found.ci[0] < found.ci[1] < found.worst[1]
    with pytest.raises(ValueError, match="below 5 percent"):
        ratio(exactly(2, 50), exactly(30, 50), population_size=100)


@pytest.mark.parametrize(
    ("second", "size", "words"), [(exactly(1, 1), 10, "bases from 2"), (exactly(3, 12), 10, "10 units")]
)
def test_bases_of_one_answer_or_beyond_the_frame_are_refused(second, size, words):
    with pytest.raises(ValueError, match=words):
        difference(exactly(2, 5), second, population_size=size)


def test_a_slope_by_hand_with_equal_variances():
    """Shares .4, .5, .6 a year apart with V equal at the ends: slope .1, no lack of fit."""
    found = slope([exactly(20, 50), exactly(25, 50), exactly(30, 50)], years=[1, 2, 3], population_size=100)
    v = 0.5 * 0.4 * 0.6 / 49
    assert found.point == pytest.approx(0.1)
    assert found.lack_of_fit == pytest.approx(0)
    assert found.se == pytest.approx(np.sqrt(2 * v) / 2)
    assert found.df == 1
    assert found.bounds[0] <= found.worst[0] <= found.ci[0] <= 0.1 <= found.ci[1] <= found.worst[1] <= found.bounds[1]


def test_lack_of_fit_by_hand():
    """.4, .4, .6 at equal steps: generalised least squares with the same V written out as matrices."""
    counts, years, size = ((20, 50), (20, 50), (30, 50)), [2009.0, 2012.0, 2017.0], 100
    found = slope([exactly(*pair) for pair in counts], years=years, population_size=size)
    y = np.array([k / n for k, n in counts])
    w = np.diag([1 / ((1 - n / size) * p * (1 - p) / (n - 1)) for p, (_, n) in zip(y, counts, strict=True)])
    x = np.column_stack([np.ones(3), years])
    beta = np.linalg.solve(x.T @ w @ x, x.T @ w @ y)
    q = (y - x @ beta) @ w @ (y - x @ beta)
    assert found.point == pytest.approx(beta[1])
    assert found.lack_of_fit == pytest.approx(q)
    assert found.lack_range == pytest.approx((q, q))
    from scipy.stats import chi2

    assert found.p_range == pytest.approx((chi2.sf(q, 1), chi2.sf(q, 1)))


def test_the_line_through_complete_rounds_has_no_chance_in_it():
    found = slope([exactly(4, 10), exactly(5, 10), exactly(9, 10)], years=[1, 2, 3], population_size=10)
    assert found.ci == pytest.approx((0.25, 0.25))
    assert np.isnan(found.lack_of_fit)


def test_a_slope_of_shares_at_zero_is_finite():
    found = slope([exactly(0, 20), exactly(0, 20), exactly(2, 20)], years=[1, 2, 3], population_size=40)
    assert found.bounds[0] <= found.ci[0] <= found.point <= found.ci[1] <= found.bounds[1]
    assert np.isfinite(found.lack_of_fit)


@pytest.mark.parametrize("years", [[1, 2], [1, 1, 2], [3, 2, 1]])
def test_a_slope_needs_three_rising_years(years):
    with pytest.raises(ValueError, match="rising years"):
        slope([exactly(2, 5)] * len(years), years=years, population_size=10)


def test_oracle_6_7_is_only_the_check_without_frame_and_gives_the_same_direction():
    """The chi-square for trend of the smokers data is Q of the null less Q of the line, all with the pooled share."""
    k, n, x = np.array([83, 90, 129, 70.0]), np.array([86, 93, 136, 82.0]), np.array([1, 2, 3, 4.0])
    pooled = k.sum() / n.sum()
    gap = x - (n * x).sum() / n.sum()
    trend = (gap * k).sum() ** 2 / (pooled * (1 - pooled) * (n * gap**2).sum())
    assert trend == pytest.approx(8.2249, abs=6e-5)
    line = slope([exactly(int(a), int(b)) for a, b in zip(k, n, strict=True)], years=list(x), population_size=10**6)
    assert line.point < 0
    assert line.bounds[0] <= line.ci[0] <= line.point <= line.ci[1]
