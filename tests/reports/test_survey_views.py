"""Tables of a questionnaire: those who answered beside all units, where answers are weighted."""

import pytest

from analysis.inputs.params import load_params
from analysis.reports.survey_views import SurveyViews
from analysis.reports.wave_views import Names
from analysis.survey import indicators, results, weighting
from tests.small_survey import answers, survey

M = "municipality"
PLAN = {"method": "poststratify", "margins": [["size_group"]], "collapse": {"min_n": 2}}


def views(**changes):
    frame = {"country": "norway", "date": "2012-01-01", "unit_types": [M]}
    described = survey(**{"frame": frame} | changes)
    table = answers()[lambda rows: rows["unit_type"] == M].reset_index(drop=True)
    # Of the small ones two of four answer, of the large ones three.
    table.loc[table["code"] == "M5", "disposition"] = "NC"
    table.loc[table["code"] == "M5", ["plan", "how", "why", "tick_a", "tick_b", "tick_none", "staff"]] = -7
    data, params = (
        indicators.score(table, wave=described, min_share=0.5),
        load_params().model_copy(update={"small_base": 1}),
    )
    factors = weighting.run(data, wave=described).data
    result = results.run(data, wave=described, params=params, factors=factors)
    return SurveyViews(result, Names(described, "en"), params)


@pytest.fixture(scope="module")
def weighted():
    return views(weighting=PLAN)


def test_indicators_stand_for_those_who_answered_and_for_all(weighted):
    row = weighted.indicators(M).iloc[0]
    # M1 4, M3 0 (weight 2 each), M2 8/3, M4 2 (4/3 each).
    assert row["mean_answered"] == pytest.approx((4 + 0 + 8 / 3 + 2) / 4)
    assert row["mean"] == pytest.approx((2 * 4 + 4 / 3 * (8 / 3 + 2)) / (20 / 3))
    assert row["bound_lo"] <= row["ci_lo"] < row["mean"] < row["ci_hi"] <= row["bound_hi"]


def test_every_option_has_both_shares_with_interval_and_bounds(weighted):
    _, _, items, _ = next(weighted.choices(M))
    details = weighted.details(items, M)
    assert list(details)[2:6] == ["n", "k", "share_answered", "share"]
    assert (details["share_answered"] * details["n"]).tolist() == pytest.approx(details["k"].tolist())
    assert details.groupby("item")["share"].sum().tolist() == pytest.approx([1] * details["item"].nunique())


def test_ticks_have_both_shares(weighted):
    *_, table = next(weighted.ticks(M))
    assert (table["share_answered"] * table["n"]).tolist() == pytest.approx(table["k"].tolist())
    assert {"share", "people", "ci_lo", "bound_hi"} <= set(table)


def test_special_groups_are_counted_among_those_who_answered(weighted):
    table = weighted.special()
    assert set(table["smallest2_n"]) <= {0, 1, 2}


def test_without_weights_one_share_is_enough():
    plain = views()
    assert not plain.weighted
    assert plain.details(next(plain.choices(M))[2], M).empty
    assert not {"mean_answered", "share_answered"} & {*plain.indicators(M), *next(plain.ticks(M))[3]}
