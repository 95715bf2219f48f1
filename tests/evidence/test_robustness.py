import numpy as np
import pandas as pd
import pytest

from analysis.evidence import decision_register, robustness
from analysis.evidence.specification_curve import Workshop, curves
from analysis.evidence.variants import DIMENSIONS, choices, specifications, weigh, with_base
from analysis.inputs.decisions import Decision, read_decisions
from analysis.inputs.params import load_params
from analysis.reports.display import words
from analysis.survey.adjustment.margins import NoWeights
from analysis.survey.alternatives import compare
from analysis.survey.alternatives import weighted as under
from tests.weighted_survey import BOTH, SIZE, frame, weighted

POST = {"method": "poststratify", "margins": SIZE}


def workshop(plan=POST, **readings):
    wave = weighted(plan)
    return Workshop(wave, readings or {wave.file.duplicates: frame()}, min_share=0.5, confidence=0.95)


def decision(key, chosen, *alternatives, parameter=None):
    about = {"id": "0001", "title": "t", "waves": ("no-survey",), "reason": "r", "source": "s", "file": "0001-t.md"}
    about |= {"parameter": parameter or f"wave.yml: weighting.{key}", "date": "2026-11-21"}
    return Decision(chosen=chosen, alternatives=alternatives, **about)


def made(plan=POST, decisions=(), units=None):
    shop = workshop(plan) if units is None else workshop(plan, refuse=units)
    return robustness.run(dict(shop.readings), wave=shop.wave, decisions=decisions, params=load_params())


def test_the_declared_choice_comes_first_and_no_choice_twice():
    shop = workshop({"method": "rake", "margins": BOTH, "smallest": 0})
    for one in shop.wave.file.key_estimates:
        options = choices(one, wave=shop.wave, min_share=0.67)
        assert options["adjustment"][0] == "raked"
        assert options["population"][0] == one.unit_type
        assert all(len(set(found)) == len(found) for found in options.values())
    assert tuple(next(specifications(options))) == DIMENSIONS


def test_a_plan_like_none_of_the_ways_is_tried_as_declared():
    shop = workshop({"method": "poststratify", "margins": [["region"]]})
    assert next(iter(shop.plans)) == "declared"
    assert shop.plans["declared"] == shop.wave.file.weighting


def test_the_first_specification_is_the_estimate_of_the_weighting_stage():
    shop = workshop()
    specs = curves(shop).specs
    own = specs[specs["declared"]]
    rows = under(frame(), wave=shop.wave, confidence=0.95)[1]
    assert own["point"].tolist() == [row["point"] for row in rows]
    assert own["ci_lo"].tolist() == [row["ci_lo"] for row in rows]


def test_those_who_do_not_know_count_as_one_answer_more_or_as_none():
    said = pd.Series([1, 1, 0, 9, -3, -7], dtype="Int64")
    counted, left_out = (with_base(said, base=base, typed=9) for base in ("counted", "left_out"))
    # Two of five, or two of three.
    assert ((counted >= 0).sum(), (counted == 1).sum()) == (5, 2)
    assert ((left_out >= 0).sum(), (left_out == 1).sum()) == (3, 2)
    assert counted[5] == left_out[5] == -7
    assert with_base(said, base="as_given", typed=None).equals(said)


def test_combinations_are_refused_the_same_or_left():
    result = made()
    counts = result.counts
    assert (counts["combinations"] == counts[["refused", "same", "left"]].sum(axis=1)).all()
    assert (counts["left"] == result.data.groupby("name", sort=False).size().to_numpy()).all()
    assert (counts["left"] < counts["combinations"]).all()


def test_a_specification_stands_for_those_with_the_same_weights_and_answers():
    result = made()
    specs, grid = result.data.set_index(["name", "spec"]), result.curves.grid
    plain = grid[(grid["name"] == "maturity") & (grid["adjustment"] == "none")]
    # Weights that are all alike within a type are below every cap.
    assert plain.groupby(["population", "gaps"])["spec"].nunique().eq(1).all()
    numbers = specs.loc["maturity", ["point", "se"]].round(9)
    assert not numbers.duplicated().all()


def test_what_cannot_be_weighted_is_listed_with_its_sentence():
    units = frame()
    # Everybody in the East answered, so that raking asks for less than one unit each there.
    full = (units["region"] == "East") & (units["unit_type"] == "municipality")
    units.loc[full, "disposition"] = "I"
    result = made(units=units)
    refused = result.curves.grid[result.curves.grid["spec"] < 0]
    assert set(refused["adjustment"]) == {"raked"}
    assert refused["problem"].str.contains("below the smallest allowed").all()
    assert result.refused["combinations"].sum() == len(refused) == result.counts["refused"].sum()


def test_trimmed_weights_keep_to_the_cap_and_to_the_margins():
    shop = workshop({"method": "rake", "margins": BOTH, "smallest": 0})
    about = {"adjustment": "raked", "module": "", "memory": {}}
    whole, under_cap = (
        weigh(frame(), shop.plans["raked"], trimming=trimming, **about) for trimming in ("untrimmed", "cap_1.5")
    )
    assert whole.final.max() > 1.5 * whole.final.mean()
    assert under_cap.final.max() <= 1.5 * whole.final.mean() * (1 + 1e-9)
    for margin in under_cap.meets:
        assert margin.sums(under_cap.final) == pytest.approx(margin.totals)
    product = under_cap.factors[["base_weight", "nonresponse_factor", "calibration_factor", "trimming_factor"]]
    assert product.prod(axis=1).to_numpy() == pytest.approx(under_cap.final)


def test_weights_of_whole_groups_cannot_be_capped():
    with pytest.raises(NoWeights, match="largest"):
        weigh(frame(), workshop().plans["size"], adjustment="size", trimming="cap_1.2", module="", memory={})


def test_calibration_to_inhabitants_meets_the_logarithms_of_each_type_and_no_weight_is_below_one():
    units = frame()
    weights = weigh(units, workshop().plans["log_population"], adjustment="log_population", trimming="untrimmed",
                    module="", memory={})  # fmt: skip
    logs = np.log(units["population"].to_numpy(dtype="float64"))
    for kind in ("municipality", "county_municipality"):
        own = (units["unit_type"] == kind).to_numpy()
        answered = (weights.factors["unit_type"] == kind).to_numpy()
        assert weights.final[answered].sum() == pytest.approx(own.sum())
        assert weights.final[answered] @ logs[weights.answered][answered] == pytest.approx(logs[own].sum())
    assert weights.final.min() >= 1 - 1e-9
    assert weights.design().columns.shape[1] == 4


def one_estimate(**points):
    rows = [{"dont_knows": a, "adjustment": b, "point": point} for (a, b), point in points["cells"].items()]
    same = dict.fromkeys(("population", "trimming", "gaps", "duplicates"), "only")
    return pd.DataFrame([{"name": "x", "scale": 1.0} | same | row for row in rows])


def test_the_effect_of_a_choice_by_hand():
    cells = {("a", "c"): 0.50, ("a", "d"): 0.54, ("b", "c"): 0.60, ("b", "d"): 0.62}
    effects = pd.DataFrame(robustness.one_way(one_estimate(cells=cells))).set_index(["dimension", "choice"])
    assert effects.loc[("dont_knows", "b"), "difference"] == pytest.approx(0.09)
    assert effects.loc[("dont_knows", "b"), "largest"] == pytest.approx(0.10)
    assert effects.loc[("adjustment", "d"), "difference"] == pytest.approx(0.03)
    # Mean 0.565; squares between 4 x 0.045^2 = 0.0081 and 4 x 0.015^2 = 0.0009 of 0.0091 in all.
    assert effects.loc[("dont_knows", "a"), "share_of_variance"] == pytest.approx(81 / 91, abs=1e-9)
    assert effects.loc[("adjustment", "c"), "share_of_variance"] == pytest.approx(9 / 91, abs=1e-9)


def test_choices_without_any_effect_share_nothing():
    cells = {("a", "c"): 0.5, ("a", "d"): 0.5, ("b", "c"): 0.5, ("b", "d"): 0.5}
    assert {row["share_of_variance"] for row in robustness.one_way(one_estimate(cells=cells))} == {0.0}


def specs(points, intervals, scale=1.0):
    about = dict.fromkeys(("unit_type", "module", "item", "category", "measure", "population"), "x")
    numbers = {"name": "x", "scale": scale, "n_answered": 5, "n_frame": 10, "bound_lo": 0, "bound_hi": 1}
    return pd.DataFrame(
        [
            about | numbers | {"point": point, "ci_lo": lo, "ci_hi": hi}
            for point, (lo, hi) in zip(points, intervals, strict=True)
        ]
    )


def test_the_same_conclusion_is_the_side_of_the_middle_by_hand():
    row = robustness.summarise(specs([0.6, 0.52, 0.49, 0.7], [(0.51, 0.7), (0.4, 0.6), (0.4, 0.6), (0.6, 0.8)]))
    assert (row["low"], row["high"], row["median"]) == (0.49, 0.7, pytest.approx(0.56))
    assert (row["same_side"], row["clear_side"]) == (0.75, 0.5)
    below = robustness.summarise(specs([2.0, 2.6], [(1.5, 2.4), (2.1, 3)], scale=5.0))
    assert (below["same_side"], below["clear_side"]) == (0.5, 0.5)


def test_amounts_without_an_upper_end_have_no_side():
    assert np.isnan(robustness.summarise(specs([3.0], [(2, 4)], scale=np.inf))["same_side"])


def test_the_register_moves_as_the_weighting_stage_says():
    records = [decision("method", "poststratify", "none", {"method": "propensity", "margins": SIZE}),
               decision("margins", SIZE, [["region"]], [["size_group", "region"]]),
               decision("collapse", {"min_n": 5, "max_ratio": 3}, {"min_n": 2, "max_ratio": 5})]  # fmt: skip
    records = [one.model_copy(update={"id": f"000{place}"}) for place, one in enumerate(records)]
    shop = workshop()
    moves = made(decisions=records).moves
    keys = {one.parameter.rpartition(".")[2]: one for one in records}
    found = compare(frame(), wave=shop.wave, decisions=keys, confidence=0.95).effects
    found = found[~found["chosen"]]
    assert moves["option"].tolist() == found["option"].tolist()
    assert moves["effect"].to_numpy() == pytest.approx(found["effect"].to_numpy(), abs=1e-11)
    assert moves["effect"].abs().max() > 0.001


def test_a_decision_that_is_no_variant_says_why():
    records = [decision("", 0.95, 0.9, parameter="params.yaml: confidence")]
    entry = made(decisions=records).register.iloc[0]
    assert (entry["status"], entry["why"], entry["option"]) == ("not_run", "interval", "0.9")


def test_a_choice_that_no_key_estimate_depends_on_is_not_said_to_move_nothing():
    records = [decision("", 0.5, 0.67, parameter="params.yaml: min_share")]
    wave = weighted(POST, key_estimates=[{"item": "plan", "category": ["yes"]}])
    shares = robustness.run({"refuse": frame()}, wave=wave, decisions=records, params=load_params())
    assert shares.register["why"].tolist() == ["unconcerned"]


def test_an_alternative_without_weights_is_refused_with_the_reason():
    records = [decision("method", "poststratify", {"method": "rake", "margins": BOTH, "smallest": 3})]
    entry = made(decisions=records).register.iloc[0]
    assert entry["status"] == "refused"
    assert "below the smallest allowed" in entry["why"]


def test_the_other_rule_on_duplicates_is_a_reading_of_its_own():
    other = frame()
    changed = other.index[(other["plan"] == 0) & (other["unit_type"] == "municipality")][0]
    other.loc[changed, "plan"] = 1
    wave = weighted(POST, duplicates="most_complete_then_latest")
    readings = {"most_complete_then_latest": frame(), "latest": other}
    records = [decision("", "most_complete_then_latest", "latest", parameter="wave.yml: duplicates")]
    result = robustness.run(readings, wave=wave, decisions=records, params=load_params())
    weights = under(frame(), wave=wave, confidence=0.95)[0][""]
    share = weights.final[np.flatnonzero(weights.answered) == changed][0]
    plan = result.moves[result.moves["name"] == "plan__yes"]["effect"].iloc[0]
    known = (frame()["plan"] >= 0) & (frame()["unit_type"] == "municipality")
    assert plan == pytest.approx(share / weights.final[known[weights.answered]].sum())
    assert (result.moves.set_index("name")["effect"].drop("plan__yes") == 0).all()


def test_every_specification_is_a_record_that_names_its_choices():
    result = made()
    levels = result.estimates[result.estimates["estimate_type"] == "level"]
    assert len(levels) == len(result.data)
    assert levels["weight_variant"].str.contains("adjustment size; trimming untrimmed").any()
    assert (levels["flags"] == "declared").sum() == len(result.summary)
    assert set(result.estimates["stage"]) == {"robustness"}


def test_the_hash_changes_with_what_is_declared():
    params = load_params()
    hashes = {robustness.declared_hash(weighted(plan), params=params) for plan in (POST, {"method": "none"})}
    assert len(hashes) == 2
    assert robustness.declared_hash(weighted(POST), params=params) in hashes


def test_every_choice_and_every_reason_has_words():
    keys = set(words.keys("en"))
    kinds = {kind for _, kind in decision_register.WHY}
    kinds |= {decision_register.ELSEWHERE, decision_register.UNCONCERNED}
    assert {f"robustness.why.{kind}" for kind in kinds} <= keys
    assert {f"robustness.dimension.{dimension}" for dimension in DIMENSIONS} <= keys
    assert {f"robustness.choice.adjustment.{name}" for name in workshop().plans} <= keys


def test_no_kind_of_reason_is_for_a_parameter_that_does_not_exist():
    parameters = [one.parameter for one in read_decisions()]
    found = {start for start, _ in decision_register.WHY if any(one.startswith(start) for one in parameters)}
    assert found == {start for start, _ in decision_register.WHY}
