import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.survey.adjustment.margins import NoWeights
from analysis.survey.plan import FACTORS, weights_for
from tests.weighted_survey import BOTH, SIZE, frame, weighted

PLANS = {
    "none": {"method": "none"},
    "poststratify": {"method": "poststratify", "margins": SIZE},
    "crossed": {"method": "poststratify", "margins": [["size_group", "region"]]},
    "rake": {"method": "rake", "margins": BOTH},
    "linear": {"method": "calibrate", "margins": BOTH, "distance": "linear"},
    "logit": {"method": "calibrate", "margins": BOTH, "distance": "logit", "largest": 6},
    "trim": {"method": "calibrate", "margins": BOTH, "distance": "logit", "largest": 9, "trim": 2},
    "propensity": {"method": "propensity", "margins": BOTH, "classes": 3},
}


def made(name="poststratify", *, module="", units=None, **changes):
    plan = weighted(PLANS[name] | changes).file.weighting
    return weights_for(frame() if units is None else units, plan, module=module)


@pytest.mark.parametrize("name", sorted(PLANS))
def test_the_final_weight_is_the_product_of_its_factors(name):
    factors = made(name).factors
    assert np.allclose(factors[FACTORS[:-1]].prod(axis=1), factors["final_weight"], rtol=1e-14)


@pytest.mark.parametrize("name", sorted(PLANS))
@pytest.mark.parametrize("module", ["", "second"])
def test_weights_add_up_to_the_frame_within_each_unit_type(name, module):
    units = frame()
    factors = made(name, module=module).factors
    sums = factors.groupby("unit_type")["final_weight"].sum()
    assert np.allclose(sums, units["unit_type"].value_counts()[sums.index], rtol=1e-10)
    assert factors["module"].eq(module).all()


@pytest.mark.parametrize("name", sorted(set(PLANS) - {"rake"}))
def test_in_a_census_no_weight_is_below_one(name):
    assert made(name).final.min() >= 1


@pytest.mark.parametrize("name", sorted(PLANS))
def test_every_margin_that_is_met_has_target_achieved_and_gap(name):
    margins = made(name).margins
    met = margins[margins["met"]]
    assert (met["gap"].abs() < 1e-8).all()
    assert np.allclose(met["achieved"] - met["target"], met["gap"], atol=1e-8)
    left = margins[~margins["met"] & margins["margin"].str.contains("region")]
    assert left["target"].sum() == len(frame())


def test_post_stratification_is_units_over_answers_of_the_size_group():
    # 24 municipalities of size group 1, 9 answers; 8 county municipalities, 5 answers.
    factors = made().factors
    weights = dict(zip(factors["code"], factors["final_weight"], strict=True))
    assert weights["0000"] == pytest.approx(24 / 9)
    assert factors.loc[factors["unit_type"] == "county_municipality", "final_weight"].iloc[0] == pytest.approx(8 / 5)
    base = factors.loc[factors["unit_type"] == "municipality", "base_weight"].iloc[0]
    assert base == pytest.approx(58 / 32)


def test_the_plan_none_gives_every_answer_of_a_type_the_same_weight():
    factors = made("none").factors
    assert factors.groupby("unit_type")["final_weight"].nunique().max() == 1
    assert (factors["final_weight"] == factors["base_weight"]).all()


def test_cells_are_put_together_and_the_steps_are_logged():
    weights = made("crossed", collapse={"min_n": 5, "max_ratio": 3})
    cells = weights.margins[weights.margins["met"]]
    assert cells["n"].min() >= 5
    assert len(weights.log) == 8 - len(cells)
    # Nothing is put together across unit types.
    assert not any("county" in name and "x 1" in name for name in cells["category"])
    assert weights.log["reason"].str.contains("fewer than 5").all()


def test_trimming_keeps_the_margins_and_the_cap():
    untrimmed, weights = made("trim", trim=None), made("trim", trim=1.52)
    cap = 1.52 * float(weights.factors["base_weight"].mean())
    assert untrimmed.final.max() > cap
    assert weights.final.max() <= cap * (1 + 1e-12)
    assert (weights.factors["trimming_factor"] < 1).any()
    assert (weights.margins.loc[weights.margins["met"], "gap"].abs() < 1e-8).all()


def test_a_cap_that_cannot_hold_is_refused_in_one_sentence():
    with pytest.raises(NoWeights) as error:
        made("trim", trim=1.01)
    assert "\n" not in str(error.value)


def test_a_raked_weight_below_the_smallest_names_the_remedy():
    with pytest.raises(NoWeights, match="calibrate with the distance logit"):
        made("rake", smallest=1.5)


def test_a_group_without_answers_and_neighbour_is_refused():
    units = frame()
    units.loc[units["unit_type"] == "county_municipality", "disposition"] = "NC"
    with pytest.raises(NoWeights, match="county_municipality"):
        made(units=units)


def test_a_module_has_the_weights_of_those_that_answered_it():
    assert len(made(module="second").factors) == 31
    assert len(made().factors) == 37


def test_what_one_plan_made_is_not_taken_for_another():
    memory, units = {}, frame()
    for plan in (PLANS["poststratify"], PLANS["poststratify"] | {"collapse": {"min_n": 12}}, PLANS["rake"]):
        for module in ("", "second"):
            file = weighted(plan).file.weighting
            kept, fresh = (weights_for(units, file, module=module, memory=one) for one in (memory, None))
            pd.testing.assert_frame_equal(kept.factors, fresh.factors)
            pd.testing.assert_frame_equal(kept.margins, fresh.margins)


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(66)))
def test_the_order_of_the_frame_does_not_matter(order):
    weights = made("logit", units=frame().iloc[order].reset_index(drop=True)).factors
    expected = made("logit").factors
    joined = weights.merge(expected, on="code")
    assert np.allclose(joined["final_weight_x"], joined["final_weight_y"], rtol=1e-9)
