import pytest

from analysis.survey import response
from tests import raw_survey
from tests.small_wave import cleaned, wave


def test_the_six_response_rates():
    # oracle 1.1
    counts = {"I": 4, "P": 2, "R": 1, "NC": 1, "O": 1, "UH": 1, "UO": 1, "NE": 1}
    rates = response.response_rates(counts)
    expected = {"RR1": 0.364, "RR2": 0.545, "RR3": 0.37, "RR4": 0.556, "RR5": 0.444, "RR6": 0.667}
    assert rates == {name: pytest.approx(value, abs=0.0005) for name, value in expected.items()}


def test_a_census_of_public_bodies_has_two_rates():
    # oracle 1.3: 141 of 290
    rates = response.response_rates({"I": 141, "NC": 149})
    assert list(rates.values()) == [pytest.approx(0.486206896552)] * 6


def test_the_account_counts_every_unit_once():
    result = response.account(cleaned(), wave=wave())
    assert result.dispositions["units"].sum() == 6
    assert result.rates.set_index("unit_type")["RR1"].to_dict() == {"municipality": 0.75, "county_municipality": 1.0}
    assert (result.missing["units"] == 1).all()
    assert len(result.missing) == 6


def test_every_shown_count_is_an_estimate_record():
    result = response.account(cleaned((2, "a", "")), wave=wave())
    records = result.estimates.set_index(["item", "category"])["point"]
    assert records["rows", "rows in the file"] == 5
    assert records["log", "recode"] == 1
    assert records["first", "left blank"] == 1
    assert set(result.estimates["source"]) == {"observed"}
    assert result.estimates["estimate_id"].is_unique


def test_a_partial_answer_counts_in_the_second_rate_only():
    result = response.account(cleaned((2, "a", ""), (2, "b", "")), wave=wave())
    rates = result.rates.set_index("unit_type").loc["municipality"]
    assert (rates["RR1"], rates["RR2"]) == (0.5, 0.75)


def test_a_survey_in_modules_has_rates_of_each_module():
    result = response.account(raw_survey.cleaned(), wave=raw_survey.wave())
    rates = result.rates.set_index("module")
    assert rates["RR2"].to_dict() == {"": 0.75, "general": 0.75, "school": 0.5}
    assert rates["RR1"].to_dict() == {"": 0.5, "general": 0.75, "school": 0.5}
    assert (rates["RR2"] == rates["RR6"]).all()
    assert result.dispositions.groupby("module")["units"].sum().to_dict() == {"": 4, "general": 4, "school": 4}
    assert result.estimates["estimate_id"].is_unique
