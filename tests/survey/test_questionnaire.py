import pytest

from analysis.inputs.params import load_params
from analysis.survey import indicators, questionnaire, results
from analysis.survey.tabulate import Cell
from tests.small_survey import answers, survey
from tests.small_wave import cleaned, wave


@pytest.fixture(scope="module")
def result():
    data = indicators.score(answers(), wave=survey(), min_share=0.5)
    return results.run(data, wave=survey(), params=load_params())


def test_every_number_is_a_synthetic_estimate_with_an_id_of_its_own(result):
    assert result.estimates["estimate_id"].is_unique
    assert set(result.estimates["source"]) == {"synthetic"}
    assert set(result.estimates["unit_type"]) == {"municipality", "county_municipality", "all"}


def test_shares_of_a_single_choice_add_up_to_one(result):
    shares = result.data.query("measure == 'share' and item in ['plan', 'how', 'why'] and n_answered > 0")
    sums = shares.groupby(["unit_type", "subset", "item", "estimand"])["point"].sum()
    assert sums.tolist() == pytest.approx([1] * len(sums))


def test_size_groups_add_up_to_all_municipalities(result):
    ticks = result.data.query("unit_type == 'municipality' and item == 'tick_a' and estimand == 'M'")
    ticks = ticks.set_index("subset")
    parts = ticks[ticks.index.str.startswith("size_group=")]
    assert parts["k"].sum() == ticks.loc["", "k"]
    assert parts["n_answered"].sum() == ticks.loc["", "n_answered"]


def test_inhabitants_are_counted_for_one_unit_type_at_a_time(result):
    assert set(result.data.query("estimand == 'P'")["unit_type"]) == {"municipality", "county_municipality"}


def test_small_bases_are_flagged(result):
    assert set(result.data.query("item == 'plan'")["flags"]) == {"counts_only"}
    assert set(result.data.query("item == 'response'")["flags"]) == {""}


def test_what_is_asked_for_twice_is_made_once():
    data = indicators.score(answers(), wave=survey(), min_share=0.5)
    extra = [Cell("plan", category=("yes",), unit_type="municipality"), Cell("plan", category=("yes", "no"))]
    with_extra = questionnaire.rows(data, wave=survey(), params=load_params(), extra=extra)
    without = questionnaire.rows(data, wave=survey(), params=load_params())
    assert len(with_extra) == len(without) + 1


def test_a_wave_without_a_questionnaire_has_no_answers():
    data = indicators.score(cleaned().data, wave=wave())
    assert questionnaire.rows(data, wave=wave(), params=load_params()) == []


def test_items_of_another_scale_are_not_taken_together():
    data = indicators.score(answers(), wave=survey(), min_share=0.5)
    assert list(questionnaire.together(survey(), data)) == ["area:services"]
