import pytest

from analysis.inputs.params import load_params
from analysis.reports.differences_show import differences
from analysis.reports.survey_views import SurveyViews
from analysis.reports.wave_views import Names
from analysis.survey import results, weighting
from tests.weighted_survey import SIZE, frame, weighted


def table(grouping, *, small_base):
    wave, units = weighted({"method": "poststratify", "margins": SIZE}), frame()
    params = load_params().model_copy(update={"small_base": small_base})
    result = results.run(units, wave=wave, params=params, factors=weighting.run(units, wave=wave).data)
    rows = result.estimates[result.estimates["estimate_type"] == "difference"]
    rows = rows[rows["subset"].str.startswith(grouping)]
    views = SurveyViews(result, Names(wave, "en"), params)
    return views, differences(rows, views=views, grouping=grouping)


def test_a_size_group_is_held_against_the_smallest():
    views, found = table("size_group", small_base=1)
    assert len(found) == 2
    means = [views.one("maturity", measure="mean", subset=f"size_group={group}")["point"] for group in (1, 2, 3)]
    assert found["difference"].tolist() == pytest.approx([means[1] - means[0], means[2] - means[0]])
    assert (found["ci_lo"] < found["difference"]).all()
    assert (found["difference"] < found["ci_hi"]).all()


def test_a_difference_is_left_out_where_either_group_has_few_answers():
    views, found = table("size_group", small_base=10)
    # Of the smallest 8 said something of it, fewer than the smallest base: nothing is held against them.
    assert views.one("maturity", measure="mean", subset="size_group=1")["n_answered"] < 10
    assert found[["difference", "ci_lo", "ci_hi"]].isna().all(axis=None)
    assert found["n"].notna().all()
