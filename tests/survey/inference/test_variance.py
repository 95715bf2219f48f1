import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.survey.adjustment.calibration import calibrate
from analysis.survey.adjustment.columns import design_matrix
from analysis.survey.adjustment.raking import rake
from analysis.survey.inference.domains import mean, total
from analysis.survey.inference.variance import (
    Design,
    calibrated_variance,
    corrections,
    covariance,
    kish,
    merged_strata,
    residuals,
    rhg_variance,
    survey_covariance,
    survey_variance,
)
from tests.survey.inference.inference_cases import (
    ANSWERED,
    ANSWERED60,
    FRAME60,
    SIZES,
    R,
    by_size60,
    margins60,
    muni,
    muni_strata,
)

Y, Z = (ANSWERED60[name].to_numpy(dtype="float64") for name in "yz")
SCORE = ANSWERED["score"].to_numpy(dtype="float64")
CALIBRATED = ("cal_raking", "cal_linear", "cal_logit", "cal_linear_bounded")


def one_stratum(n: int) -> np.ndarray:
    return np.zeros(n, dtype="int64")


@pytest.mark.parametrize(("y", "se"), [(Y, 0.077888809637), (Z, 0.203415284032)])
def test_oracle_3_3_a_simple_random_sample(y, se):
    assert rhg_variance(y, strata=one_stratum(25), stratum_sizes=[60]) ** 0.5 == pytest.approx(se, abs=1e-8)


@pytest.mark.parametrize(
    ("y", "point", "ours", "survey"),
    [
        (Y, 0.425555555556, 0.0632845816262, 0.0592983590947),
        (Z, 2.61444444444, 0.156303756185, 0.150345130341),
    ],
)
def test_oracle_3_3_weighted_by_size_group(y, point, ours, survey):
    design = by_size60()
    estimate = mean(y, design.weights)
    assert estimate.point == pytest.approx(point, abs=1e-9)
    assert covariance(estimate.scores, design) ** 0.5 == pytest.approx(ours, abs=1e-8)
    assert survey_covariance(estimate.scores, design) ** 0.5 == pytest.approx(survey, abs=1e-8)


@pytest.mark.parametrize(("y", "point", "se"), [(Y, 0.394114359414, 0.0736440992622), (Z, 2.60754368833, 0.1743003099)])
def test_oracle_3_5_linear_calibration_with_two_negative_weights(y, point, se):
    margins, base = margins60("size", "region"), np.full(25, 2.4)
    x = np.log10(ANSWERED60["pop"].to_numpy())
    totals = [np.log10(FRAME60["pop"].to_numpy()).sum()]
    weights = calibrate(base, margins, x=x, totals=totals, smallest=None)
    design = Design(base, weights, 60, columns=design_matrix(margins, x, totals=totals).matrix)
    estimate = mean(y, weights)
    assert (weights < 0).sum() == 2
    assert estimate.point == pytest.approx(point, abs=1e-6)
    assert survey_covariance(estimate.scores, design) ** 0.5 == pytest.approx(se, abs=1e-6)


@pytest.mark.parametrize(("y", "se"), [(Y, 0.0603010160785), (Z, 0.143738533432)])
def test_oracle_3_15_each_respondent_has_its_own_correction(y, se):
    # The oracle's residuals are those under the final weights.
    margins = margins60("size", "region")
    weights = rake(np.full(25, 2.4), margins)
    columns = design_matrix(margins).matrix
    e = residuals(y, columns, base=weights)
    variance = calibrated_variance(e, weights, columns=columns.shape[1], population_size=60)
    assert variance**0.5 == pytest.approx(se, abs=1e-6)
    assert (weights < 1).sum() == 2


def test_residuals_have_base_weights_not_final_ones():
    # As R's calibrate(): the case of methods 3.8, .42340 under base weights and .42304 under final ones.
    design = muni("cal_raking")
    equal, u = np.full(len(SCORE), 356 / len(SCORE)), mean(SCORE, design.weights).scores
    found = {
        name: survey_variance(residuals(u, design.columns, base=base), design.weights, population_size=356) ** 0.5
        for name, base in (("base", equal), ("final", design.weights))
    }
    assert found["base"] == pytest.approx(0.42340, abs=5e-6)
    assert found["final"] == pytest.approx(0.42304, abs=5e-6)


def test_oracle_3_8_kish():
    assert kish([1, 1, 2, 4]) == pytest.approx((1.375, 2.90909090909))
    assert kish(rake(np.full(25, 2.4), margins60("size", "region")))[0] == pytest.approx(1.65603471174, abs=1e-6)
    assert kish(by_size60().weights)[0] == pytest.approx(1.16944444444)
    sweden = np.repeat(np.array([15, 32, 74, 93, 76]) / [13, 23, 40, 34, 31], [13, 23, 40, 34, 31])
    assert kish(sweden) == pytest.approx((1.07205999368, 131.522490188))


def test_the_design_effect_does_not_have_the_n_minus_1_variance():
    w = np.array([1.0, 1.0, 2.0, 4.0])
    assert kish(w)[0] == pytest.approx(1 + w.var(ddof=0) / w.mean() ** 2)
    assert kish(w)[0] != pytest.approx(1 + w.var(ddof=1) / w.mean() ** 2)


@pytest.mark.parametrize("weighting", CALIBRATED)
def test_r_survey_means_and_totals_after_calibration(weighting):
    design, found = muni(weighting), R["est"][weighting]
    for estimate, name in (
        (mean(SCORE, design.weights), "score"),
        (total(SCORE, design.weights), "score_total"),
    ):
        e = residuals(estimate.scores, design.columns, base=design.base)
        variance = survey_variance(e, design.weights, population_size=356, strata=muni_strata(), stratum_sizes=SIZES)
        assert estimate.point == pytest.approx(found[name]["est"], rel=1e-10)
        assert variance**0.5 == pytest.approx(found[name]["se"], rel=1e-9)


def test_r_survey_stratified_and_without_correction():
    strata = muni_strata()
    weights = (SIZES / np.bincount(strata))[strata]
    variance = rhg_variance(SCORE, strata=strata, stratum_sizes=SIZES)
    assert variance**0.5 == pytest.approx(R["est"]["stratified"]["score"]["se"], rel=1e-10)
    by_weights = survey_variance(
        mean(SCORE, weights).scores, weights, population_size=356, strata=strata, stratum_sizes=SIZES
    )
    assert by_weights == pytest.approx(variance)


def test_about_units_in_general_there_is_no_correction():
    strata = muni_strata()
    weights = (SIZES / np.bincount(strata))[strata]
    general = Design(np.ones(194), weights, 356, strata=strata, stratum_sizes=SIZES, mode="A")
    scores = mean(SCORE, weights).scores
    assert covariance(scores, general) ** 0.5 == pytest.approx(R["est"]["stratified_nofpc"]["score"]["se"], rel=1e-10)
    whole = Design(np.full(194, 356 / 194), np.full(194, 356 / 194), 356, columns=np.ones((194, 1)), mode="A")
    scores = mean(SCORE, whole.weights).scores
    assert covariance(scores, whole) == pytest.approx(SCORE.var(ddof=1) / 194)
    assert survey_covariance(scores, whole) == pytest.approx(SCORE.var(ddof=1) / 194)


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_oracle_3_18_the_examples_of_r_survey(tmp_path):
    script = "library(survey); data(api); f <- commandArgs(TRUE); k <- c('api00', 'stype', 'fpc', 'enroll')"
    script += "; write.csv(apisrs[k], f[1], row.names = FALSE); write.csv(apistrat[k], f[2], row.names = FALSE)"
    files = [tmp_path / "srs.csv", tmp_path / "strat.csv"]
    run = subprocess.run(["Rscript", "--vanilla", "-e", script, *map(str, files)], capture_output=True, check=False)
    if run.returncode:
        pytest.skip("R has no package survey")
    srs, strat = (pd.read_csv(file) for file in files)
    y = srs["api00"].to_numpy(dtype="float64")
    variance = rhg_variance(y, strata=one_stratum(len(y)), stratum_sizes=[srs["fpc"][0]])
    assert (y.mean(), variance**0.5) == pytest.approx((656.58, 9.2497), rel=2e-5)
    strata = pd.factorize(strat["stype"], sort=True)[0]
    sizes = strat.groupby("stype")["fpc"].first().to_numpy(dtype="float64")
    weights = (sizes / np.bincount(strata))[strata]
    for item, factor, expected in (("api00", 1 / sizes.sum(), (662.29, 9.4089)), ("enroll", 1.0, (3687178, 114642))):
        y = strat[item].to_numpy(dtype="float64")
        variance = rhg_variance(y, strata=strata, stratum_sizes=sizes) * sizes.sum() ** 2
        assert (weights @ y * factor, variance**0.5 * factor) == pytest.approx(expected, rel=2e-5)


def test_a_population_size_is_not_read_as_a_factor():
    # fpc=356 means 356 units; as a factor it made a standard error 80 times too large.
    correct = survey_variance(SCORE - SCORE.mean(), np.ones(194), population_size=356)
    assert correct == pytest.approx((1 - 194 / 356) * 194 * SCORE.var(ddof=1))


def test_a_unit_that_stands_for_itself_adds_nothing():
    assert corrections(np.array([-2.0, 0.5, 1.0, 2.0, 4.0])).tolist() == [0, 0, 0, 0.5, 0.75]


def test_by_hand():
    # Group 1: 2 of 4 answered 0 and 1: (4/6)² (1/2) (1/2) / 2; group 2 answered in full.
    strata = np.array([0, 0, 1, 1])
    assert rhg_variance([0, 1, 1, 0], strata=strata, stratum_sizes=[4, 2]) == pytest.approx((4 / 6) ** 2 / 8)


def test_everybody_answered_leaves_nothing_uncertain():
    y = np.arange(5.0)
    assert rhg_variance(y, strata=one_stratum(5), stratum_sizes=[5]) == 0
    assert covariance(mean(y, np.ones(5)).scores, Design(np.ones(5), np.ones(5), 5, columns=np.ones((5, 1)))) == 0


def test_answers_that_agree_have_no_variance():
    design = by_size60()
    estimate = mean(np.ones(25), design.weights)
    assert covariance(estimate.scores, design) == 0
    assert survey_covariance(estimate.scores, design) == pytest.approx(0, abs=1e-30)


def test_one_respondent_in_a_stratum_joins_the_neighbour_that_answered_most_alike():
    strata = np.array([0, 0, 0, 1, 2, 2])
    merged, sizes = merged_strata(strata, stratum_sizes=[6, 4, 8])
    # Rates 1/2, 1/4, 1/4: with the third.
    assert merged.tolist() == [0, 0, 0, 1, 1, 1]
    assert sizes.tolist() == [6, 12]
    design = Design(
        np.full(6, 3.0), np.array([2, 2, 2, 4, 4, 4.0]), 18, strata=strata, stratum_sizes=np.array([6, 4, 8])
    )
    y = np.arange(6.0)
    assert covariance(y / 18, design) == pytest.approx(rhg_variance(y, strata=merged, stratum_sizes=sizes))


def test_one_respondent_in_a_stratum_is_an_error_that_names_it():
    with pytest.raises(InputError, match=r"stratum 2 has 1 respondents of 4 units"):
        rhg_variance([1, 2, 3], strata=np.array([0, 0, 1]), stratum_sizes=[5, 4])


def test_a_stratum_without_respondents_is_an_error_that_names_it():
    with pytest.raises(InputError, match=r"stratum 2 has 0 respondents of 4 units"):
        rhg_variance([1, 2], strata=np.array([0, 0]), stratum_sizes=[5, 4])


def test_one_respondent_alone_has_no_variance():
    with pytest.raises(InputError, match="One respondent alone"):
        merged_strata(np.array([0]), stratum_sizes=[5])


@pytest.mark.parametrize("bad", [0.0, np.inf, np.nan])
def test_a_weight_of_zero_or_infinity_is_an_error_that_names_the_respondent(bad):
    with pytest.raises(InputError, match=r"weights: respondent 2 of 3 has the weight (0\.0|inf|nan)"):
        Design(np.ones(3), np.array([1, bad, 1]), 5)


def test_a_frame_smaller_than_the_respondents_is_an_error():
    with pytest.raises(InputError, match="3 respondents of a frame of 2 units"):
        Design(np.ones(3), np.ones(3), 2)
    with pytest.raises(InputError, match=r"stratum 1 has 3 respondents of 2 units"):
        rhg_variance([1, 2, 3], strata=one_stratum(3), stratum_sizes=[2])


def test_lengths_that_differ_are_an_error():
    with pytest.raises(InputError, match=r"\[2, 3\] respondents"):
        Design(np.ones(3), np.ones(2), 5)


def test_as_many_columns_as_respondents_are_an_error():
    with pytest.raises(InputError, match="2 respondents cannot carry"):
        calibrated_variance(np.ones(2), np.ones(2), columns=2, population_size=3)


@st.composite
def surveys(draw):
    sizes = draw(st.lists(st.integers(3, 12), min_size=1, max_size=4))
    answered = [draw(st.integers(2, size)) for size in sizes]
    strata = np.repeat(np.arange(len(sizes)), answered)
    y = draw(st.lists(st.integers(-5, 5), min_size=len(strata), max_size=len(strata)))
    return np.array(y, dtype="float64"), strata, np.array(sizes, dtype="float64")


@given(surveys(), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_a_variance_does_not_depend_on_order_or_place_and_goes_with_the_square_of_the_scale(survey, seed):
    y, strata, sizes = survey
    variance = rhg_variance(y, strata=strata, stratum_sizes=sizes)
    order = np.random.default_rng(seed).permutation(len(y))
    assert rhg_variance(y[order], strata=strata[order], stratum_sizes=sizes) == pytest.approx(variance, abs=1e-12)
    assert rhg_variance(3 * y + 7, strata=strata, stratum_sizes=sizes) == pytest.approx(9 * variance, abs=1e-10)
    assert variance >= 0


@given(surveys())
@settings(max_examples=60, deadline=None)
def test_weighting_by_group_is_calibration_within_each_group(survey):
    y, strata, sizes = survey
    weights = (sizes / np.bincount(strata))[strata]
    e = residuals(y, np.eye(len(sizes))[strata], base=np.ones(len(y)))
    parts = [
        calibrated_variance(e[strata == h], weights[strata == h], columns=1, population_size=sizes.sum())
        for h in range(len(sizes))
    ]
    assert sum(parts) == pytest.approx(float(rhg_variance(y, strata=strata, stratum_sizes=sizes)), abs=1e-12)
