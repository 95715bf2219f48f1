import numpy as np
import pandas as pd
import pytest

from analysis.inputs.decisions import read_decisions
from analysis.survey import indicators, weighting
from tests.small_wave import cleaned, wave
from tests.weighted_survey import BOTH, SIZE, frame, weighted


def result(**changes):
    return weighting.run(indicators.score(cleaned().data, wave=wave()), wave=wave(**changes))


def test_under_the_plan_none_answers_stand_for_their_unit_type_alike():
    weights = result().data
    assert len(weights) == 5
    # Three of four municipalities and both county municipalities have an answer.
    by_type = weights.groupby("unit_type")["final_weight"]
    assert by_type.unique().map(list).to_dict() == {"municipality": [4 / 3], "county_municipality": [1.0]}
    assert "0202" not in set(weights["code"])


def test_what_is_missing_by_hand():
    totals = result().totals.set_index("unit_type").loc["municipality"]
    assert (totals["n_frame"], totals["n_answered"], totals["missing"]) == (4, 3, 1)
    assert totals["missing_share"] == pytest.approx(0.25)
    assert totals["missing_inhabitants"] == 4500
    assert totals["missing_inhabitants_share"] == pytest.approx(0.45)


def test_the_missing_are_named_only_where_the_promise_is_open():
    assert result().missing["share_of_inhabitants"].tolist() == [pytest.approx(0.45)]
    assert result(promise="aggregates_only").missing.empty


def test_a_complete_unit_type_lacks_nothing():
    counties = result().totals.set_index("unit_type").loc["county_municipality"]
    assert (counties["missing"], counties["missing_inhabitants_share"]) == (0, 0)


def test_the_records_carry_the_variant():
    estimates = result().estimates
    assert set(estimates["weight_variant"]) == {"none"}
    assert estimates["estimate_id"].is_unique


def test_each_module_has_weights_and_diagnostics_of_its_own():
    made = weighting.run(frame(), wave=weighted({"method": "poststratify", "margins": SIZE, "modules": True}))
    assert list(made.data["module"].unique()) == ["", "first", "second"]
    assert len(made.diagnostics) == 6
    second = made.diagnostics[made.diagnostics["module"] == "second"]
    assert second["n_answered"].tolist() == [27, 4]
    assert np.allclose(made.diagnostics["sum_of_weights"], made.diagnostics["n_frame"])
    assert made.key["module"].tolist() == ["first", "first", "first", "first", "second", "first"]


def test_the_design_effect_is_that_of_kish_with_n():
    made = weighting.run(frame(), wave=weighted({"method": "poststratify", "margins": SIZE}))
    row = made.diagnostics.set_index("unit_type").loc["municipality"]
    w = made.data.loc[made.data["unit_type"] == "municipality", "final_weight"]
    assert row["deff_kish"] == pytest.approx(1 + w.var(ddof=0) / w.mean() ** 2)
    assert row["n_effective"] == pytest.approx(len(w) / row["deff_kish"])
    assert row["top_share"] == pytest.approx(w.nlargest(2).sum() / w.sum())


def test_margins_are_records_with_target_and_achieved():
    made = weighting.run(frame(), wave=weighted({"method": "rake", "margins": BOTH, "smallest": 0}))
    rows = made.estimates[made.estimates["item"].str.startswith("margin unit_type x size_group")]
    assert np.allclose(rows["point"], rows["n_frame"].astype(float))
    assert made.estimates["estimate_id"].is_unique


def test_a_wave_that_nothing_is_decided_of_is_weighted_without_alternatives():
    plan = weighted({"method": "poststratify", "margins": SIZE})
    made = weighting.run(frame(), wave=plan, decisions=read_decisions())
    assert made.alternatives.options.empty
    pd.testing.assert_frame_equal(made.data, weighting.run(frame(), wave=plan).data)


def test_rows_are_the_same_whatever_the_index():
    plan = weighted({"method": "rake", "margins": BOTH, "smallest": 0})
    shifted = frame().set_index(pd.RangeIndex(100, 166))
    pd.testing.assert_frame_equal(weighting.run(shifted, wave=plan).data, weighting.run(frame(), wave=plan).data)
