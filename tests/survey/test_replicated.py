from dataclasses import replace

import numpy as np
import pytest

from analysis.survey import replicated, weighting
from analysis.survey.adjustment.margins import Margin
from analysis.survey.plan import weights_for
from tests.weighted_survey import BOTH, SIZE, frame, weighted


def generator():
    return np.random.default_rng(1)


def test_leaving_out_gives_the_formula_where_answers_of_a_group_share_a_weight():
    key = weighting.run(frame(), wave=weighted({"method": "poststratify", "margins": SIZE})).key
    complete = key["item"].isin(["how", "tick_a"])  # a gap makes a mean a ratio, which is curved
    np.testing.assert_allclose(key.loc[complete, "se_jackknife"], key.loc[complete, "se"], rtol=1e-9)
    np.testing.assert_allclose(key["se_jackknife"], key["se"], rtol=0.01)
    np.testing.assert_allclose(key["se_bootstrap"], key["se"], rtol=0.1)


def test_raked_weights_are_made_again_in_each_replicate():
    wave = weighted({"method": "rake", "margins": BOTH, "smallest": 0.1})
    key = weighting.run(frame(), wave=wave).key
    municipalities = key[key["unit_type"] == "municipality"]
    np.testing.assert_allclose(municipalities["se_jackknife"], municipalities["se"], rtol=0.15)
    assert not np.isclose(municipalities["se_jackknife"], municipalities["se"]).any()


def test_replicated_errors_are_records_of_their_own():
    made = weighting.run(frame(), wave=weighted({"method": "poststratify", "margins": SIZE}))
    rows = made.estimates[made.estimates["weight_variant"] == "poststratify, bootstrap"]
    assert rows["se"].tolist() == made.key["se_bootstrap"].tolist()
    assert set(rows["estimate_type"]) == {"diagnostic"}


def test_missing_answers_leave_a_respondent_out():
    units = frame()
    weights = weights_for(units, weighted({"method": "poststratify", "margins": SIZE}).file.weighting)
    given = np.arange(len(weights.final), dtype="float64")[:, None]
    given[3] = np.nan
    errors = replicated.of_answers(given, weights, replicates=50, generator=generator())
    assert np.isfinite(errors).all()
    assert errors.shape == (2, 1)


def test_where_a_category_has_one_answer_there_is_no_jackknife():
    weights = weights_for(frame(), weighted({"method": "rake", "margins": BOTH, "smallest": 0.1}).file.weighting)
    first, second = weights.meets
    codes = np.where(np.arange(len(second.codes)) == 0, len(second.labels), second.codes)
    totals = np.append(second.totals, 2.0) - 2.0 * (np.arange(len(second.labels) + 1) == second.codes[0])
    alone = Margin(second.name, (*second.labels, "alone"), codes, totals)
    given = np.ones((len(codes), 1))
    errors = replicated.of_answers(given, replace(weights, meets=(first, alone)), replicates=20, generator=generator())
    assert np.isnan(errors[0, 0])
    assert errors[1, 0] == pytest.approx(0, abs=1e-9)
