from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.survey.adjustment.margins import Margin, NoWeights, account
from analysis.survey.adjustment.raking import rake
from analysis.survey.inference.domains import mean
from analysis.survey.inference.replicate_raking import TOGETHER, raked_replicates
from analysis.survey.inference.replication import (
    bootstrap_variance,
    estimates,
    jackknife,
    jackknife_multipliers,
    jackknife_variance,
    percentile_interval,
    rao_wu,
    rao_wu_multipliers,
)
from analysis.survey.inference.variance import covariance, rhg_variance
from tests.survey.inference.inference_cases import ANSWERED, SIZES, R, muni, muni_margins, muni_strata

SCORE = ANSWERED["score"].to_numpy(dtype="float64")
REGIONS = [(ANSWERED["region"] == name).to_numpy() for name in sorted(ANSWERED["region"].unique())]
STRATA = muni_strata()
COUNTS = np.bincount(STRATA)
BASE = (SIZES / COUNTS)[STRATA]


def average(y: np.ndarray):
    return lambda weights: weights @ y / weights.sum()


def by_base(multipliers: np.ndarray) -> np.ndarray:
    return BASE * multipliers


def raked(multipliers: np.ndarray) -> np.ndarray:
    """One replicate at a time."""
    (weights,) = raked_replicates([multipliers], base=BASE, margins=muni_margins("size", "region"))
    return weights


def test_oracle_3_9_leaving_out_gives_the_variance_of_a_simple_sample():
    y = np.array([1.0, 2, 3, 4, 10])
    strata, weights = np.zeros(5, dtype="int64"), np.full(5, 4.0)
    replicates = jackknife(average(y), lambda m: weights * m, strata=strata, stratum_sizes=[20])
    variance = jackknife_variance(replicates, y.mean(), strata=strata, weights=weights)
    assert variance == pytest.approx([1.875], abs=1e-12)


def test_oracle_3_10_the_rescaled_bootstrap_over_all_nine_resamples():
    y, shrink = np.array([0.0, 1, 5]), np.sqrt(0.5)
    estimates = []
    for drawn in product(range(3), repeat=2):
        times = np.bincount(drawn, minlength=3)
        weights = 2 * (1 - shrink + shrink * 3 / 2 * times)
        estimates.append([weights @ y / weights.sum()])
    assert bootstrap_variance(np.array(estimates), y.mean()) == pytest.approx([1.16666666667], abs=1e-11)


def test_the_multipliers_drawn_are_those_of_the_resamples():
    generator = np.random.default_rng(1)
    drawn = rao_wu_multipliers(np.zeros(3, dtype="int64"), stratum_sizes=[6], replicates=300, generator=generator)
    shrink = np.sqrt(0.5)
    possible = [1 - shrink + shrink * 1.5 * times for times in range(3)]
    found = np.array(list(drawn))
    assert np.isclose(found[..., None], possible).any(axis=-1).all()
    np.testing.assert_allclose(found.sum(axis=1), 3)
    assert bootstrap_variance((found @ [[0], [1], [5.0]]) / 3, 2.0) == pytest.approx([1.1667], rel=0.15)


def test_leaving_out_equals_r_survey_under_strata():
    point = average(SCORE)(BASE)
    replicates = jackknife(average(SCORE), by_base, strata=STRATA, stratum_sizes=SIZES)
    variance = jackknife_variance(replicates, point, strata=STRATA, weights=BASE)
    assert variance[0] ** 0.5 == pytest.approx(R["rep"]["JKn"]["score"]["se"], rel=1e-9)
    assert variance[0] == pytest.approx(float(rhg_variance(SCORE, strata=STRATA, stratum_sizes=SIZES)))


def test_leaving_out_and_raking_again_equals_r_survey():
    def statistic(weights: np.ndarray) -> np.ndarray:
        return np.array([average(SCORE)(weights), *(weights[one] @ SCORE[one] / weights[one].sum() for one in REGIONS)])

    replicates = jackknife(statistic, raked, strata=STRATA, stratum_sizes=SIZES)
    # R centres at the mean of the replicates and corrects by stratum; its replicates stand stratum by stratum.
    factors = ((COUNTS - 1) / COUNTS * (1 - COUNTS / SIZES))[STRATA]
    np.testing.assert_allclose(np.sort(factors), np.sort(R["rep"]["JKn"]["rscales"]))
    errors = np.sqrt(factors @ (replicates - replicates.mean(axis=0)) ** 2)
    expected = R["rep"]["JKn"]
    # R rakes to a gap of 1e-7 or so.
    np.testing.assert_allclose(errors, [expected["score_raked"]["se"], *expected["by_region"]["se"]], rtol=1e-6)


def test_all_three_ways_agree_for_a_raked_mean():
    design = muni("cal_raking")
    linear = float(covariance(mean(SCORE, design.weights).scores, design)) ** 0.5
    point = average(SCORE)(design.weights)
    left_out = jackknife(average(SCORE), raked, strata=STRATA, stratum_sizes=SIZES)
    drawn = rao_wu(
        average(SCORE),
        raked,
        strata=STRATA,
        stratum_sizes=SIZES,
        replicates=400,
        generator=np.random.default_rng(20261121),
    )
    jackknifed = jackknife_variance(left_out, point, strata=STRATA, weights=design.weights)[0] ** 0.5
    assert jackknifed == pytest.approx(linear, rel=0.06)
    assert bootstrap_variance(drawn, point)[0] ** 0.5 == pytest.approx(linear, rel=0.1)
    low, high = percentile_interval(drawn, confidence=0.95)[0]
    assert low < point < high
    assert high - low == pytest.approx(2 * 1.96 * linear, rel=0.15)


def test_replicate_variances_have_the_finite_population_correction():
    # At a response rate of 54 percent the standard error is 46 percent too large without it.
    replicates = jackknife(average(SCORE), by_base, strata=STRATA, stratum_sizes=SIZES)
    point = average(SCORE)(BASE)
    with_it = jackknife_variance(replicates, point, strata=STRATA, weights=BASE)[0]
    without = (((COUNTS - 1) / COUNTS)[STRATA] @ (replicates - point) ** 2)[0]
    assert without**0.5 / with_it**0.5 == pytest.approx(1.46, abs=0.005)
    assert without**0.5 == pytest.approx(R["est"]["stratified_nofpc"]["score"]["se"], rel=1e-9)
    drawn = rao_wu(
        average(SCORE), by_base, strata=STRATA, stratum_sizes=SIZES, replicates=500, generator=np.random.default_rng(2)
    )
    assert bootstrap_variance(drawn, point)[0] == pytest.approx(with_it, rel=0.2)


def test_the_same_seed_gives_the_same_replicates():
    def run(seed: int) -> np.ndarray:
        generator = np.random.default_rng(seed)
        return rao_wu(average(SCORE), by_base, strata=STRATA, stratum_sizes=SIZES, replicates=3, generator=generator)

    assert (run(7) == run(7)).all()
    assert (run(7) != run(8)).any()


@given(st.lists(st.tuples(st.integers(2, 6), st.integers(0, 5)), min_size=1, max_size=4), st.integers(0, 10**6))
@settings(max_examples=50, deadline=None)
def test_multipliers_keep_the_size_of_each_group(groups, seed):
    strata = np.repeat(np.arange(len(groups)), [n for n, _ in groups])
    sizes = [n + more for n, more in groups]
    drawn = rao_wu_multipliers(strata, stratum_sizes=sizes, replicates=3, generator=np.random.default_rng(seed))
    for multipliers in [*drawn, *jackknife_multipliers(strata, stratum_sizes=sizes)]:
        np.testing.assert_allclose(np.bincount(strata, multipliers), np.bincount(strata))
        assert (multipliers >= 0).all()
        for h, (_, more) in enumerate(groups):
            assert more or (multipliers[strata == h] == 1).all()


def test_bootstrap_multipliers_are_above_zero():
    drawn = rao_wu_multipliers(STRATA, stratum_sizes=SIZES, replicates=20, generator=np.random.default_rng(3))
    assert min(multipliers.min() for multipliers in drawn) > 0


def test_one_respondent_in_a_group_is_an_error_unless_it_is_the_whole_group():
    strata = np.array([0, 0, 1])
    with pytest.raises(InputError, match=r"stratum 2 has 1 respondents of 4 units"):
        list(jackknife_multipliers(strata, stratum_sizes=[5, 4]))
    with pytest.raises(InputError, match=r"stratum 2 has 1 respondents of 4 units"):
        list(rao_wu_multipliers(strata, stratum_sizes=[5, 4], replicates=1, generator=np.random.default_rng(1)))
    assert [one.tolist() for one in jackknife_multipliers(strata, stratum_sizes=[5, 1])] == [
        [0, 2, 1],
        [2, 0, 1],
        [1, 1, 1],
    ]


def test_more_respondents_than_units_are_an_error():
    with pytest.raises(InputError, match=r"stratum 1 has 3 respondents of 2 units"):
        list(jackknife_multipliers(np.zeros(3, dtype="int64"), stratum_sizes=[2]))


def test_leaving_out_the_only_one_of_a_category_says_which():
    margins = [Margin("type", ("a", "b"), np.array([0, 0, 1]), np.array([4.0, 2.0]))]
    left_out = jackknife_multipliers(np.zeros(3, dtype="int64"), stratum_sizes=[6])
    with pytest.raises(NoWeights, match=r"type.*'b'"):
        list(raked_replicates(left_out, base=np.full(3, 2.0), margins=margins))


def test_replicates_side_by_side_are_raked_as_one_by_one():
    margins = muni_margins("size", "region")
    drawn = list(
        rao_wu_multipliers(STRATA, stratum_sizes=SIZES, replicates=2 * TOGETHER + 3, generator=np.random.default_rng(4))
    )
    found = list(raked_replicates(drawn, base=BASE, margins=margins))
    assert len(found) == len(drawn)
    for weights, multipliers in zip(found, drawn, strict=True):
        np.testing.assert_allclose(weights, rake(BASE * multipliers, margins), rtol=1e-10)
        assert account(margins, weights)["relative_gap"].abs().max() < 1e-11


def test_a_replicate_that_fitting_does_not_reach_is_finished_by_newton():
    margins = muni_margins("size", "region")
    drawn = list(rao_wu_multipliers(STRATA, stratum_sizes=SIZES, replicates=2, generator=np.random.default_rng(5)))
    for weights, multipliers in zip(raked_replicates(drawn, base=BASE, margins=margins, cycles=1), drawn, strict=True):
        np.testing.assert_allclose(weights, rake(BASE * multipliers, margins), rtol=1e-9)


def test_estimates_are_a_row_per_set_of_weights():
    found = estimates(lambda weights: [weights.sum(), weights.max()], [np.ones(2), np.array([1.0, 3.0])])
    assert found.tolist() == [[2, 1], [4, 3]]
