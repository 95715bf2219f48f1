import numpy as np
import pandas as pd
import pytest

from analysis.inputs import cleaning
from analysis.inputs.params import load_params
from analysis.inputs.waves import load_wave
from analysis.survey import indicators
from tests.small_wave import cleaned, wave


def scored(*changes):
    return indicators.score(cleaned(*changes).data, wave=wave()).set_index("code")


def test_a_score_is_the_share_of_its_own_maximum():
    unit = scored().loc["0102"]
    assert (unit["total"], unit["first"], unit["second"], unit["third"]) == (0.8, 1.0, 0.75, 0.5)
    assert (unit["percent"], unit["stars"]) == (80, 3)


def test_a_scale_that_does_not_begin_at_zero_is_moved():
    description = wave()
    first = description.items[1].model_copy(update={"minimum": 2})
    moved = type(description)(file=description.file, items=(description.items[0], first, *description.items[2:]))
    data = indicators.score(cleaned().data, wave=moved).set_index("code")
    assert data.loc["0101", "first"] == pytest.approx((4 - 2) / (8 - 2))


def test_a_unit_without_an_answer_keeps_its_row_and_has_no_scores():
    unit = scored().loc["0202"]
    assert unit[["total", "first", "second", "third", "percent", "stars"]].isna().all()
    assert unit["population"] == 4500


def test_a_blank_is_missing_and_the_rest_stays():
    unit = scored((2, "a", "")).loc["0101"]
    assert np.isnan(unit["first"])
    assert unit["total"] == 0.5


def test_answers_of_a_unit_that_broke_off_do_not_count():
    unit = scored(*[(2, column, "") for column in ("a", "b", "c", "percent")]).loc["0101"]
    assert unit[["total", "stars"]].isna().all()


def test_the_total_and_its_parts_are_found_by_part_of():
    assert indicators.total_item(wave()).item == "total"
    assert [item.item for item in indicators.part_items(wave())] == ["first", "second", "third"]


def test_spread_by_hand():
    result = indicators.run(cleaned().data, wave=wave(), params=load_params())
    total = result.spread.set_index(["unit_type", "item"]).loc[("municipality", "total")]
    assert (total["n"], total["n_frame"], total["lowest"], total["highest"]) == (3, 4, 0.25, 0.8)
    assert total["mean"] == pytest.approx(1.55 / 3)
    assert total["standard_deviation"] == pytest.approx(0.0758333333**0.5)
    assert result.estimates["estimate_id"].is_unique


def test_too_few_units_give_no_alpha():
    result = indicators.run(cleaned().data, wave=wave(), params=load_params())
    assert result.hanging_together.alpha.empty
    assert not (result.estimates["item"] == "alpha").any()


@pytest.mark.parametrize(("year", "mean"), [(2010, 63.4), (2011, 62.7), (2013, 59.0)])
def test_the_rounds_have_the_known_means_of_the_printed_percent(year, mean):
    description = load_wave(f"no-web-{year}")
    data = indicators.score(cleaning.run(description).data, wave=description)
    municipalities = data[data["unit_type"] == "municipality"]
    assert round(float(municipalities["percent"].mean()), 1) == mean
    # What is printed is the share of the points, rounded.
    assert ((100 * data["total"] + 0.5 + 1e-9) // 1).dropna().astype("Int64").equals(data["percent"].dropna())
    assert pd.api.types.is_float_dtype(data["total"])
