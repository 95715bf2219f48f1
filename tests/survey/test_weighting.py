import pytest

from analysis.survey import indicators, weighting
from tests.small_wave import cleaned, wave


def result(**changes):
    return weighting.run(indicators.score(cleaned().data, wave=wave()), wave=wave(**changes))


def test_each_unit_that_answered_stands_for_itself():
    weights = result().data
    assert list(weights.columns) == ["unit_type", "code", "final_weight"]
    assert len(weights) == 5
    assert set(weights["final_weight"]) == {1.0}
    assert "0202" not in set(weights["code"])


def test_what_is_left_out_by_hand():
    totals = result().totals.set_index("unit_type").loc["municipality"]
    assert (totals["n_frame"], totals["n_answered"], totals["missing"]) == (4, 3, 1)
    assert totals["sum_of_weights"] == 3
    assert totals["missing_share"] == pytest.approx(0.25)
    assert totals["missing_inhabitants"] == 4500
    assert totals["missing_inhabitants_share"] == pytest.approx(0.45)


def test_weights_and_missing_units_add_up_to_the_frame():
    totals = result().totals
    assert (totals["sum_of_weights"] + totals["missing"]).tolist() == totals["n_frame"].tolist()


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
