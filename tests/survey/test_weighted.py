"""Weighted estimates of a small questionnaire by hand, and against the functions that they are made of."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.inputs.params import load_params
from analysis.inputs.weighting_plan import WeightingPlan
from analysis.survey import estimation, indicators, results, weighting
from analysis.survey.adjustment.margins import Margin
from analysis.survey.inference import domains
from analysis.survey.inference.many_items import item_design, many_items
from analysis.survey.plan import weights_for
from analysis.survey.tabulate import RESPONSE, Cell, Tables
from analysis.survey.weighted import Said, among_answers, module_weights, of_all_units, unweighted
from tests.small_survey import answers, survey
from tests.small_wave import cleaned
from tests.small_wave import wave as scores

M = "municipality"
PLAN = {"method": "poststratify", "margins": [["size_group"]], "collapse": {"min_n": 2}}
ITEMS = ["plan", "how", "why", "tick_a", "tick_b", "tick_none", "staff"]


@pytest.fixture(scope="module")
def units():
    """Two of four small municipalities answered (weight 2) and three of four large ones (weight 4/3)."""
    table = answers()[lambda rows: rows["unit_type"] == M].reset_index(drop=True)
    silent = table["code"] == "M5"
    table.loc[silent, ITEMS] = -7
    table.loc[silent, ["answered_first", "answered_second"]] = False
    table.loc[silent, "disposition"] = "NC"
    return indicators.score(table, wave=wave(), min_share=0.5)


def wave(**changes):
    frame = {"country": "norway", "date": "2012-01-01", "unit_types": [M]}
    return survey(**{"weighting": PLAN, "frame": frame} | changes)


def factors(units, described):
    plan, modules = described.file.weighting, ("", *(one.id for one in described.file.modules))
    made = [weights_for(units, plan, module=module) for module in (modules if plan.modules else ("",))]
    return pd.concat([one.factors for one in made], ignore_index=True)


def tables(units, described):
    weights = module_weights(units, wave=described, factors=factors(units, described))
    return Tables(data=units, wave=described, confidence=0.95, weights=weights)


def test_weights_sum_to_the_frame(units):
    weights = module_weights(units, wave=wave(), factors=factors(units, wave()))[""]
    assert weights.design.weights.tolist() == pytest.approx([2, 4 / 3, 2, 4 / 3, 4 / 3])
    assert weights.design.weights.sum() == pytest.approx(len(units))


def test_a_mean_and_its_error_by_hand(units):
    row = tables(units, wave()).row(Cell("staff", "mean", unit_type=M))
    # Small 3 and 0, large 5, 8 and 2; half of 4.5/2 and a quarter of 9/3 each count by the square of a half.
    assert row["point"] == pytest.approx((2 * 3 + 4 / 3 * 15) / 8)
    assert row["se"] == pytest.approx(np.sqrt(0.25 * 0.5 * 4.5 / 2 + 0.25 * 0.25 * 9 / 3))
    assert (row["weight_variant"], row["estimand"], row["n_answered"]) == ("poststratify", "M", 5)
    assert row["deff_kish"] == pytest.approx(5 * (2 * 4 + 3 * 16 / 9) / 64)
    assert row["n_effective"] == pytest.approx(5 / row["deff_kish"])


def test_a_share_with_a_missing_answer_is_a_ratio_by_hand(units):
    # M6 did not say how; of the weights 2, 2, 4/3 and 4/3 of the others one of each said all.
    row = tables(units, wave()).row(Cell("how", category=("all",), unit_type=M))
    assert (row["point"], row["k"], row["n_answered"], row["n_frame"]) == (pytest.approx(0.5), 2, 4, 8)
    small, large = 0.5 * 2 * (2 * 0.15**2), 0.25 * 3 / 2 * (2 * 0.1**2)
    assert row["se"] == pytest.approx(np.sqrt(small + large))
    assert (row["bound_lo"], row["bound_hi"]) == (pytest.approx(2 / 8), pytest.approx(6 / 8))
    assert row["ci_method"] == "korn_graubard"


def test_inhabitants_are_weighted_too(units):
    row = tables(units, wave()).row(Cell("how", category=("all",), unit_type=M, estimand="P"))
    assert row["point"] == pytest.approx((2 * 1000 + 4 / 3 * 4000) / (2 * 4000 + 4 / 3 * 6000))


def test_a_size_group_is_one_response_group_with_the_exact_interval(units):
    row = tables(units, wave()).row(Cell("how", category=("all",), unit_type=M, subset="size_group=1"))
    low, high = estimation.hypergeometric_interval(1, n=2, population_size=4, confidence=0.95)
    assert (row["ci_method"], row["ci_lo"], row["ci_hi"]) == ("hypergeometric", low / 4, high / 4)


def test_those_who_answered_have_a_share_and_nothing_inferred(units):
    row = tables(units, wave()).row(Cell("staff", "mean", unit_type=M, estimand="R"))
    assert row["point"] == pytest.approx((3 + 5 + 0 + 8 + 2) / 5)
    assert not {"se", "ci_lo", "ci_hi", "bound_lo", "bound_hi", "weight_variant"} & set(row)
    assert row["mode"] == ""


def test_answered_shares_are_raw_shares_everywhere(units):
    result = results.run(units, wave=wave(), params=load_params(), factors=factors(units, wave()))
    shares = result.estimates.query("estimand == 'R' and measure == 'share' and n_answered > 0")
    assert len(shares) > 50
    single = shares[~shares["item"].str.contains(":")]
    assert np.allclose(single["point"], single["k"].astype(float) / single["n_answered"].astype(float))


def test_weighted_shares_of_a_choice_add_up_to_one(units):
    result = results.run(units, wave=wave(), params=load_params(), factors=factors(units, wave()))
    shares = result.estimates.query("measure == 'share' and item in ['plan', 'how', 'why'] and n_answered > 0")
    sums = shares.groupby(["subset", "item", "estimand"])["point"].sum()
    assert sums.tolist() == pytest.approx([1] * len(sums))


def test_who_answered_is_counted_and_not_weighted(units):
    row = tables(units, wave()).row(Cell(RESPONSE, unit_type=M))
    assert (row["point"], row["estimand"], "weight_variant" in row) == (5 / 8, "M", False)


def test_an_item_takes_the_weights_of_its_module(units):
    # M2 left the second module out: 2 of 4 large ones answered it, so that all weights are 2.
    fewer = units.copy()
    fewer.loc[fewer["code"] == "M2", "answered_second"] = False
    made = tables(fewer, wave(weighting=PLAN | {"modules": True}))
    row = made.row(Cell("staff", "mean", unit_type=M))
    assert (row["point"], row["n_answered"], row["module"]) == (pytest.approx((3 + 0 + 8 + 2) / 4), 4, "second")
    # What M2 said is known all the same, and leaves that much less open; a number has no highest value here.
    assert row["bound_lo"] == pytest.approx((3 + 5 + 0 + 8 + 2) / 8)
    assert made.row(Cell("plan", category=("yes",), unit_type=M))["deff_kish"] > 1


def test_indicators_differ_between_size_groups_with_their_errors(units):
    result = results.run(units, wave=wave(), params=load_params(), factors=factors(units, wave()))
    gap = result.estimates.query("estimate_type == 'difference'").iloc[0]
    means = result.estimates.query("item == 'maturity' and estimand == 'M' and estimate_type == 'level'")
    means = means[means["unit_type"] == M].set_index("subset")
    first, second = means.loc["size_group=2"], means.loc["size_group=1"]
    assert (gap["item"], gap["subset"], gap["category"]) == ("maturity", "size_group=2", "less size_group=1")
    assert gap["point"] == pytest.approx(first["point"] - second["point"])
    # Size groups are response groups of their own: what one did says nothing of the other.
    assert gap["se"] == pytest.approx(np.hypot(first["se"], second["se"]))
    assert gap["bound_lo"] == pytest.approx(first["bound_lo"] - second["bound_hi"])
    assert gap["ci_lo"] < gap["point"] < gap["ci_hi"]


def test_a_part_can_be_all_but_a_group(units):
    rows = [
        tables(units, wave()).row(Cell("staff", "mean", unit_type=M, subset=f"size_group{sign}2"))
        for sign in ("=", "!=")
    ]
    assert [row["n_frame"] for row in rows] == [4, 4]
    assert [row["point"] for row in rows] == [pytest.approx(5), pytest.approx(1.5)]


@pytest.mark.parametrize("described", [wave(weighting={"method": "none"}), survey()])
def test_a_wave_that_is_not_weighted_keeps_its_numbers(described):
    data = indicators.score(answers(), wave=described, min_share=0.5)
    with_factors = results.run(data, wave=described, params=load_params(), factors=factors(data, described))
    pd.testing.assert_frame_equal(
        with_factors.estimates, results.run(data, wave=described, params=load_params()).estimates
    )
    row = with_factors.estimates.query(
        "item == 'plan' and estimand == 'M' and category == 'yes' and subset == ''"
    ).iloc[0]
    plain = estimation.share_record([1, 1, 0, 0], population_size=8, confidence=0.95)
    assert row[list(plain)].to_dict() == pytest.approx(plain)
    assert set(with_factors.estimates["weight_variant"]) == {"none"}


def test_weights_that_are_not_those_of_the_plan_are_refused(units):
    wrong = factors(units, wave())
    wrong.loc[0, "final_weight"] *= 1.001
    with pytest.raises(InputError, match="not those of the plan"):
        module_weights(units, wave=wave(), factors=wrong)
    with pytest.raises(InputError, match="not those of the plan"):
        module_weights(units, wave=wave(), factors=factors(units, wave()).iloc[1:])


def test_the_stage_weighting_hands_on_what_is_read(units):
    data = weighting.run(units, wave=wave()).data
    assert set(module_weights(units, wave=wave(), factors=data)) == {""}


@pytest.fixture(scope="module")
def frame():
    """A frame of 300 units with size groups and regions, of which about half answered a question of three options."""
    rng = np.random.default_rng(4)
    size, region = rng.integers(1, 4, 300), rng.choice(["East", "North", "West"], 300)
    said = np.where(rng.random(300) < 0.3 + 0.15 * size, rng.integers(0, 3, 300).astype(float), np.nan)
    table = pd.DataFrame({"unit_type": M, "code": [f"U{i}" for i in range(300)], "size_group": size, "region": region})
    table = table.assign(disposition=np.where(np.isnan(said), "NC", "I"), county_code=region)
    item = np.where(rng.random(300) < 0.1, np.nan, said)
    return table, item


@pytest.mark.parametrize(
    "plan",
    [
        PLAN,
        {"method": "rake", "margins": [["size_group"], ["region"]], "smallest": 0},
        {"method": "calibrate", "margins": [["size_group"], ["region"]], "distance": "linear"},
    ],
)
def test_shares_are_those_of_the_inference_functions(frame, plan):
    table, item = frame
    described = SimpleNamespace(id="w", file=SimpleNamespace(weighting=WeightingPlan(**plan)))
    made = weights_for(table, described.file.weighting)
    weights = module_weights(table, wave=described, factors=made.factors)[""]
    north = (table["region"] == "North").to_numpy()
    for option in (0.0, 1.0, 2.0):
        yes = np.where(np.isnan(item), np.nan, item == option)
        for part in (np.ones(300, dtype=bool), north):
            row = of_all_units(Said(np.where(part, yes, np.nan), part), weights.reaching(part), confidence=0.95)
            whole = domains.mean(yes[made.answered], made.final, within=part[made.answered])
            assert row["point"] == pytest.approx(whole.point, rel=1e-12)
            assert row["se"] == pytest.approx(domains.standard_error(whole, made.design()), rel=1e-12)
            assert row["bound_lo"] <= row["ci_lo"] < row["point"] < row["ci_hi"] <= row["bound_hi"]


def test_many_items_at_once_give_the_same(frame):
    table, item = frame
    plan = WeightingPlan(method="calibrate", margins=[["size_group"], ["region"]], distance="linear")
    made = weights_for(table, plan)
    weights = module_weights(
        table, wave=SimpleNamespace(id="w", file=SimpleNamespace(weighting=plan)), factors=made.factors
    )
    regions = sorted(table["region"].unique())
    codes = np.searchsorted(regions, table["region"][made.answered])
    totals = np.array([(table["region"] == region).sum() for region in regions], dtype=float)
    design = item_design(
        made.meets, base=made.design().base, weights=made.final, categories=3, calibrated=True,
        domain=Margin("region", tuple(regions), codes, totals),
    )  # fmt: skip
    given = np.where(np.isnan(item), -1, item).astype("int64")[made.answered]
    fast = many_items({"item": given}, design).set_index(["domain", "category"])
    for option in range(3):
        yes = np.where(np.isnan(item), np.nan, item == option)
        for domain in ("all", *regions):
            part = (table["region"] == domain).to_numpy() | (domain == "all")
            row = of_all_units(Said(np.where(part, yes, np.nan), part), weights[""].reaching(part), confidence=0.95)
            found = fast.loc[(domain, option)]
            assert (row["point"], row["se"]) == (pytest.approx(found["point"]), pytest.approx(found["se"], rel=1e-9))


def test_units_unlike_all_that_answered_stay_in_the_bounds():
    table = pd.DataFrame({"unit_type": M, "code": list("abcdefgh"), "size_group": [1] * 6 + [2] * 2, "region": "East"})
    table = table.assign(disposition=["I"] * 3 + ["NC"] * 5)
    described = SimpleNamespace(id="w", file=SimpleNamespace(weighting=WeightingPlan(**PLAN)))
    weights = module_weights(table, wave=described, factors=weights_for(table, described.file.weighting).factors)[""]
    said = Said(np.array([0, 0, 0] + [np.nan] * 5), np.ones(8, dtype=bool))
    row = of_all_units(said, weights.reaching(said.part), confidence=0.95)
    assert (row["n_frame"], row["bound_hi"]) == (8, pytest.approx(5 / 8))
    # Nothing is known of the two large ones, so that both may be otherwise.
    assert row["ci_hi"] >= 2 / 8


def test_plain_numbers_need_no_weights():
    said = Said(np.array([1, 0, np.nan, np.nan]), np.ones(4, dtype=bool))
    assert among_answers(said) == {"n_frame": 4, "n_answered": 2, "point": 0.5, "k": 1}
    assert unweighted(said, confidence=0.95) == estimation.share_record([1, 0], population_size=4, confidence=0.95)


def test_a_total_is_the_number_asked_times_their_mean(units):
    row = tables(units, wave()).row(Cell("staff", "amount", unit_type=M))
    assert (row["point"], row["measure"], row["bound_lo"]) == (pytest.approx(26), "amount", pytest.approx(18))
    assert row["se"] == pytest.approx(8 * np.sqrt(0.25 * 0.5 * 4.5 / 2 + 0.25 * 0.25 * 9 / 3))
    assert row["bound_hi"] is None or np.isnan(row["bound_hi"])
    # M3, which stands for two, was not asked; of the others 6 of 8 units are.
    fewer = units.assign(staff=units["staff"].where(units["code"] != "M3", -1))
    asked = tables(fewer, wave()).row(Cell("staff", "amount", unit_type=M))
    assert asked["point"] == pytest.approx(2 * 3 + 4 / 3 * 15)


def test_scores_and_classes_of_a_weighted_wave_take_its_weights():
    # One of two large municipalities answered, so that the two size groups are joined and all weights are 4/3.
    described = scores(weighting=PLAN)
    data = indicators.score(cleaned().data, wave=described)
    result = results.run(data, wave=described, params=load_params(), factors=factors(data, described)).estimates
    plain = results.run(data, wave=described, params=load_params()).estimates
    shown = ["measure", "unit_type", "subset", "item", "category"]
    before = plain.query("estimand == 'M'").set_index(shown)["point"]
    for estimand in "MR":
        after = result.query(f"estimand == '{estimand}'").set_index(shown)["point"]
        assert (after - before).abs().max() == pytest.approx(0)
    mean = result.query("item == 'total' and measure == 'mean' and estimand == 'M'").iloc[0]
    assert (mean["weight_variant"], mean["point"]) == ("poststratify", pytest.approx(1.55 / 3))
    assert (mean["n_frame"], mean["bound_hi"]) == (4, pytest.approx(2.55 / 4))
    assert len(result.query("item == 'stars' and estimand == 'P' and category == '3'")) > 1
