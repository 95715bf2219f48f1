import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.inputs import weighting_plan
from analysis.inputs.tables import check
from analysis.inputs.weighting_plan import NEEDS, USES, WeightingPlan
from tests.small_survey import survey

BOTH = [["size_group"], ["region"]]
CALIBRATE = {"method": "calibrate", "margins": BOTH, "distance": "logit", "largest": 9}


def plan(**content):
    return check(content, WeightingPlan, place="wave.yml, key 'weighting'")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ({"method": "guess"}, "'none', 'poststratify', 'rake', 'calibrate' or 'propensity'"),
        ({"method": "poststratify"}, "the method poststratify needs margins"),
        ({"method": "poststratify", "margins": BOTH}, "poststratify meets one margin"),
        ({"method": "poststratify", "margins": [["size_group"]], "trim": 3}, "has no use for trim, take it out"),
        ({"method": "none", "margins": BOTH}, "the method none has no use for margins"),
        ({"method": "rake", "margins": [["size_group"]]}, "rake needs two margins or more"),
        ({"method": "rake", "margins": [["size_group", "size_group"], ["region"]]}, "stands twice"),
        ({"method": "rake", "margins": [["region"], ["region"]]}, "stands twice"),
        ({"method": "rake", "margins": [["size_group"], ["colour"]]}, "'size_group' or 'region'"),
        ({"method": "rake", "margins": [[], ["region"]]}, "at least 1 item"),
        ({"method": "calibrate", "margins": BOTH}, "the method calibrate needs distance"),
        ({"method": "calibrate", "margins": BOTH, "distance": "logit"}, "needs largest"),
        (CALIBRATE | {"smallest": 9}, "largest 9 is not above smallest 9"),
        (CALIBRATE | {"trim": 1}, "greater than 1"),
        ({"method": "poststratify", "margins": [["region"]], "collapse": {"min_n": 1}}, "greater than or equal to 2"),
        ({"method": "none", "mehtod": "rake"}, "unknown key"),
    ],
)
def test_a_plan_that_cannot_hold_is_one_sentence(content, problem):
    with pytest.raises(InputError) as error:
        plan(**content)
    assert problem in str(error.value)
    assert str(error.value).startswith("wave.yml, key 'weighting")
    assert "\n" not in str(error.value)


def test_what_bears_on_the_weights_is_the_method_and_what_it_uses():
    assert plan(method="none").in_effect() == {"method": "none", "modules": False}
    assert set(plan(**CALIBRATE).in_effect()) == {"method", "modules", *USES["calibrate"]}


def test_a_variant_keeps_what_its_method_uses_and_drops_the_rest():
    raked = plan(**CALIBRATE, modules=True).variant({"method": "rake"})
    assert raked == plan(method="rake", margins=BOTH, modules=True)
    assert plan(**CALIBRATE).variant({"trim": 3}).trim == 3
    assert plan(**CALIBRATE).variant({"method": "none"}) == plan(method="none")


def test_a_variant_that_cannot_hold_names_its_place():
    with pytest.raises(InputError, match=r"record 1: .*poststratify meets one margin"):
        plan(**CALIBRATE).variant({"method": "poststratify"}, place="record 1")


VALUES = st.sampled_from([None, 1, 3, "rake", BOTH])


@given(st.dictionaries(st.sampled_from(sorted(WeightingPlan.model_fields)), VALUES))
def test_any_content_is_a_plan_or_one_sentence(content):
    try:
        made = plan(**content)
    except InputError as error:
        one_sentence(str(error))
    else:
        assert all(getattr(made, key) for key in NEEDS.get(made.method, ()))


def one_sentence(text):
    assert "\n" not in text


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"key_estimates": [{"item": "nothing"}]}, "no item or indicator"),
        ({"key_estimates": [{"item": "plan"}]}, "name the category"),
        ({"key_estimates": [{"item": "plan", "category": ["maybe"]}]}, "'maybe' is no option"),
        ({"key_estimates": [{"item": "plan", "category": ["dont_know"]}]}, "'dont_know' is no option"),
        ({"key_estimates": [{"item": "maturity", "category": ["yes"]}]}, "an indicator has a mean"),
        ({"key_estimates": [{"item": "maturity"}, {"item": "maturity"}]}, "stands twice"),
        ({"weighting": {"modules": True}, "modules": [], "indicators": []}, "the wave has no modules"),
    ],
)
def test_key_estimates_and_plan_are_held_against_the_wave(changes, problem):
    said = list(weighting_plan.problems(survey(**changes), name="wave.yml"))
    assert any(problem in one for one in said), said
    assert all(one.startswith("wave.yml, key '") for one in said)


def test_a_key_estimate_takes_the_weights_of_its_module_only_where_modules_are_weighted():
    one = weighting_plan.KeyEstimate(item="staff")
    assert weighting_plan.key_module(one, wave=survey()) == ""
    assert weighting_plan.key_module(one, wave=survey(weighting={"modules": True})) == "second"
    indicator = weighting_plan.KeyEstimate(item="maturity")
    assert weighting_plan.key_module(indicator, wave=survey(weighting={"modules": True})) == "first"
