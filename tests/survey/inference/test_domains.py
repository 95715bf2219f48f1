import numpy as np
import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.survey.inference.domains import (
    Domain,
    by_domain,
    difference,
    everyone,
    mean,
    mean_record,
    share_of_answers,
    share_record,
    standard_error,
    survey_error,
    total,
)
from analysis.survey.inference.variance import Design, covariance, residuals, survey_variance
from tests.survey.inference.inference_cases import ANSWERED, ANSWERED60, R, by_size60, muni, muni_strata

Y = ANSWERED60["y"].to_numpy(dtype="float64")
POP = ANSWERED60["pop"].to_numpy(dtype="float64")
SCORE = ANSWERED["score"].to_numpy(dtype="float64")
SIZES = (42, 75, 86, 60, 93)


@pytest.mark.parametrize("weighting", ["cal_raking", "cal_linear", "cal_logit", "cal_linear_bounded"])
def test_r_survey_domains(weighting):
    design, expected = muni(weighting), R["est"][weighting]["score_by_region"]
    sizes = np.bincount(pd.factorize(ANSWERED["size"], sort=True)[0], design.base)
    found = by_domain(SCORE, design.weights, ANSWERED["region"])
    assert list(found) == expected["by"]["region"]
    for estimate, point, se in zip(found.values(), expected["est"], expected["se"], strict=True):
        e = residuals(estimate.scores, design.columns, base=design.base)
        variance = survey_variance(e, design.weights, population_size=356, strata=muni_strata(), stratum_sizes=sizes)
        assert estimate.point == pytest.approx(point, rel=1e-10)
        assert variance**0.5 == pytest.approx(se, rel=1e-9)


def test_a_mean_of_units_and_of_inhabitants_by_hand():
    y, weights, people = np.array([1.0, 0.0, np.nan]), np.array([2.0, 3.0, 5.0]), np.array([10.0, 30.0, 7.0])
    units, inhabitants = mean(y, weights), mean(y, weights, inhabitants=people)
    assert units.point == pytest.approx(2 / 5)
    assert inhabitants.point == pytest.approx(20 / 110)
    np.testing.assert_allclose(inhabitants.scores, [10 * (1 - 2 / 11) / 110, 30 * (-2 / 11) / 110, 0])
    assert inhabitants.used.tolist() == [True, True, False]
    assert share_of_answers(y) == 0.5


def test_scores_add_up_to_nothing_under_the_weights():
    design = by_size60()
    for estimate in (mean(Y, design.weights), mean(Y, design.weights, inhabitants=POP, within=POP > 5000)):
        assert design.weights @ estimate.scores == pytest.approx(0, abs=1e-12)


def test_a_total_is_the_size_times_the_mean():
    design = by_size60()
    whole, part = total(Y, design.weights), mean(Y, design.weights) * 60
    assert whole.point == pytest.approx(part.point)
    assert covariance(whole.scores, design) == pytest.approx(covariance(part.scores, design))


def test_a_total_over_missing_answers_is_an_error():
    with pytest.raises(InputError, match="a total over 1 respondents without an answer"):
        total([1.0, np.nan, np.nan], np.ones(3), within=np.array([True, True, False]))


def test_domains_add_up_to_the_whole():
    design = by_size60()
    parts = by_domain(Y, design.weights, ANSWERED60["region"])
    sizes = {name: design.weights[(ANSWERED60["region"] == name).to_numpy()].sum() for name in parts}
    whole = sum(parts[name].point * sizes[name] for name in parts) / 60
    assert whole == pytest.approx(mean(Y, design.weights).point)


def test_units_without_a_domain_are_in_none():
    found = by_domain([1.0, 0.0, 1.0], np.ones(3), pd.Series(["a", None, "b"]))
    assert {name: (one.point, int(one.used.sum())) for name, one in found.items()} == {"a": (1, 1), "b": (1, 1)}


def test_a_share_of_the_whole_frame():
    design = by_size60()
    record = share_record(Y, design, domain=everyone(design), confidence=0.95)
    assert record["se"] == pytest.approx(0.0632845816262, abs=1e-8)
    assert survey_error(mean(Y, design.weights), design) == pytest.approx(0.0592983590947, abs=1e-8)
    assert record["deff_kish"] == pytest.approx(1.16944444444)
    assert record["n_star"] == pytest.approx(0.425555555556 * 0.574444444444 / 0.0632845816262**2)
    assert (record["bound_lo"], record["bound_hi"]) == (Y.sum() / 60, (Y.sum() + 35) / 60)
    # Few answers: the beta interval of oracle 3.14, inside the bounds.
    assert record["ci_method"] == "korn_graubard"
    assert record["ci_hi"] == pytest.approx(0.559412901952, abs=1e-6)


def test_answers_that_all_agree_have_no_error_but_an_interval():
    design = by_size60()
    record = share_record(np.zeros(25), design, domain=everyone(design), confidence=0.95)
    assert record["se"] == 0
    assert record["ci_method"] == "unanimous_groups"
    assert 0 == record["ci_lo"] < record["ci_hi"] <= record["bound_hi"]


def test_where_inhabitants_count_and_all_agree_only_the_bounds_are_known():
    design = by_size60()
    domain = everyone(design, inhabitants=POP, all_inhabitants=POP.sum() * 2)
    record = share_record(np.ones(25), design, domain=domain, confidence=0.95)
    assert (record["ci_method"], record["ci_lo"], record["ci_hi"]) == ("bounds", 0.5, 1.0)


def test_a_domain_that_answered_in_full_has_an_interval_without_width():
    weights = np.array([1.0, 1.0, 2.0, 2.0])
    design = Design(np.ones(4), weights, 6, strata=np.array([0, 0, 1, 1]), stratum_sizes=np.array([2, 4]))
    domain = Domain(np.array([True, True, False, False]), (2, 0))
    record = share_record([1, 0, 1, 0], design, domain=domain, confidence=0.95)
    assert (record["se"], record["ci_lo"], record["ci_hi"], record["n_frame"]) == (0, 0.5, 0.5, 2)


def test_a_domain_without_answers_has_bounds_only():
    design = by_size60()
    domain = Domain(np.zeros(25, dtype=bool), (3, 4, 0))
    for record in (
        share_record(Y, design, domain=domain, confidence=0.95),
        mean_record(Y, design, domain=domain, confidence=0.95, low=0, high=1),
    ):
        assert (record["n_frame"], record["n_answered"]) == (7, 0)
        assert (record["bound_lo"], record["bound_hi"], record["ci_method"]) == (0, 1, "none")
        assert np.isnan([record["point"], record["se"], record["ci_lo"]]).all()


def test_one_group_of_equal_weights_has_the_exact_interval():
    design = Design(np.full(10, 5.0), np.full(10, 5.0), 50)
    y = np.repeat([1.0, 0.0], [3, 7])
    record = share_record(y, design, domain=everyone(design), confidence=0.95)
    # Oracle 3.12.
    assert record["ci_method"] == "hypergeometric"
    assert (record["ci_lo"] * 50, record["ci_hi"] * 50) == pytest.approx((5, 31))


def test_the_interval_of_a_mean_is_students_and_stays_in_the_bounds():
    design = muni("cal_raking")
    record = mean_record(SCORE, design, domain=everyone(design), confidence=0.95, low=0, high=100)
    half = (record["ci_hi"] - record["ci_lo"]) / 2
    assert half / record["se"] == pytest.approx(1.9729, abs=1e-4)
    narrow = mean_record(SCORE, design, domain=everyone(design), confidence=0.95, low=55, high=55.5)
    assert narrow["ci_lo"] >= narrow["bound_lo"]


def test_scores_that_all_agree_leave_the_bounds():
    design = muni("cal_raking")
    record = mean_record(np.full(194, 7.0), design, domain=everyone(design), confidence=0.95, low=0, high=10)
    assert record["ci_method"] == "bounds"
    assert (record["ci_lo"], record["ci_hi"]) == (record["bound_lo"], record["bound_hi"])


def test_a_difference_of_separate_groups_adds_their_variances():
    design = by_size60()
    large, small = (mean(Y, design.weights, within=(ANSWERED60["size"] == name).to_numpy()) for name in "LS")
    record = difference(large, small, design, limits=((0.5, 0.9), (0.2, 0.6)))
    assert record["point"] == pytest.approx(large.point - small.point)
    assert record["se"] ** 2 == pytest.approx(sum(standard_error(one, design) ** 2 for one in (large, small)))
    # Without correlation MOVER is Newcombe's.
    d = record["point"]
    assert record["ci_lo"] == pytest.approx(d - np.hypot(large.point - 0.5, 0.6 - small.point))
    assert record["ci_hi"] == pytest.approx(d + np.hypot(0.9 - large.point, small.point - 0.2))


def test_a_difference_knows_what_two_items_have_in_common():
    design = muni("cal_raking")
    first, second = mean(SCORE, design.weights), mean(SCORE + 3, design.weights)
    limits = ((first.point - 1, first.point + 1), (second.point - 1, second.point + 1))
    record = difference(second, first, design, limits=limits)
    assert record["point"] == pytest.approx(3)
    assert record["se"] == pytest.approx(0, abs=1e-9)
    assert (record["ci_lo"], record["ci_hi"]) == (pytest.approx(3, abs=1e-4), pytest.approx(3, abs=1e-4))


def test_regions_under_common_margins_are_correlated():
    design = muni("cal_raking")
    found = list(by_domain(SCORE, design.weights, ANSWERED["region"]).values())
    matrix = covariance(np.column_stack([one.scores for one in found]), design)
    gap = standard_error(found[0] - found[1], design) ** 2
    assert gap == pytest.approx(matrix[0, 0] + matrix[1, 1] - 2 * matrix[0, 1])
    assert matrix[0, 1] != pytest.approx(0, abs=1e-6)
    assert np.linalg.eigvalsh(matrix).min() > 0
