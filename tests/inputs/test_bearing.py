import pytest

from analysis.errors import InputError
from analysis.inputs import bearing
from analysis.inputs.bearing import Rule, fill_decisions, read_rules, rule_of
from analysis.inputs.decisions import read_decisions
from analysis.survey.estimates import records

LEVEL = {"estimate_type": "level", "measure": "share", "source": "synthetic", "stage": "results", "wave": "no-2009"}


def found(**row):
    return set(fill_decisions(records([LEVEL | row]))["decisions"].iloc[0].split(";")) - {""}


def test_a_weighted_share_names_weights_interval_and_frame_and_nothing_of_other_waves_or_stages():
    ids = found(item="altinn", category="yes", estimand="M", weight_variant="poststratify", n_answered=200,
                population="norway 2009-01-01", ci_method="t")  # fmt: skip
    assert {"0006", "0035", "0080", "0083", "0085"} <= ids
    assert not ids & {"0005", "0081", "0090", "0100", "0142", "0150"}


def test_the_share_of_those_who_answered_rests_on_no_weights():
    about = {"item": "altinn", "category": "yes", "n_answered": 200, "population": "norway 2009-01-01"}
    weights = {"0080", "0083", "0085", "0087"}
    assert not found(estimand="R", weight_variant="none", **about) & weights
    assert found(estimand="M", weight_variant="poststratify", **about) & weights


def test_a_decision_on_an_item_bears_on_that_item_and_on_what_is_said_of_it():
    assert "0030" in found(item="nav_contributed")
    assert "0030" in found(item="sensitivity:nav_contributed", stage="representativeness")
    assert "0030" not in found(item="altinn")


def test_items_are_named_by_their_scale_block_or_option_too():
    assert "0033" in found(item="stars")
    assert "0042" in found(item="reasons", wave="no-2012")
    assert "0043" in found(item="obstacle_economy", wave="no-2012")


def test_rules_on_scores_bear_on_indicators_of_waves_that_have_some():
    assert "0078" in found(item="maturity_health", measure="mean", wave="no-2017")
    assert "0078" not in found(item="clear_language", wave="no-2017")


def test_small_groups_name_the_rule_on_small_bases():
    assert "0007" in found(item="altinn", subset="size_group=1", flags="counts_only")
    assert "0007" not in found(item="altinn", subset="size_group=1")


def test_a_stage_that_named_its_decisions_keeps_them():
    assert found(item="altinn", decisions="0150") == {"0150"}


def test_a_difference_of_two_waves_names_the_decisions_of_both():
    about = {"stage": "comparison", "wave": "no-2017", "reference_wave": "no-web-2013"}
    assert "0022" in found(item="x", **about)
    assert "0022" not in found(item="x", **about | {"reference_wave": ""})


def test_a_wave_without_a_folder_has_printed_figures_only_and_needs_none():
    assert "0030" not in found(item="nav_contributed", wave="no-2020", stage="published", source="printed")


def test_no_estimate_at_all_gives_none():
    assert fill_decisions(records([])).empty


def test_the_first_rule_that_fits_counts():
    one = next(decision for decision in read_decisions() if decision.parameter == "wave.yml: weighting.method")
    general, special = (Rule(parameter=text) for text in ("wave", "wave.yml: weighting"))
    assert rule_of(one, [special, general]) is special
    assert rule_of(one, [general, special]) is general
    assert rule_of(one, [Rule(parameter="weighting")]) is None


def test_every_decision_has_a_rule_and_a_rule_that_bears_on_nothing_says_why():
    rules = read_rules()
    assert [one.file for one in read_decisions() if rule_of(one, rules) is None] == []
    assert all(bool(rule.estimates) != bool(rule.because) for rule in rules)


def test_every_rule_is_used():
    rules = read_rules()
    known = read_decisions()
    # A new wave may decide all its corrections in one record (tests/test_new_wave.py).
    whole = known[0].model_copy(update={"parameter": "corrections.yml"})
    used = {id(rule_of(one, rules)) for one in (*known, whole)}
    assert [rule.parameter for rule in rules if id(rule) not in used] == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rules: []", "'rules'"),
        ("rules: [{parameter: '('}]", "no regular expression"),
        ("rules: [{parameter: 'x', estimate: [{item: y}]}]", "'rules.0.estimate'"),
        ("rules: [{parameter: 'x', estimates: [{item: '['}]}]", "no regular expression"),
        ("rules: {", "not valid YAML"),
    ],
)
def test_a_file_that_is_no_list_of_rules_is_told_in_one_sentence(tmp_path, text, says):
    file = tmp_path / "bearing.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=says):
        read_rules(file)


def test_a_rule_on_a_column_that_estimates_do_not_have_is_told(monkeypatch):
    decision = read_decisions()[0]
    rule = Rule(parameter="x", estimates=({"colour": "red"},))
    monkeypatch.setattr(bearing, "_ruled", lambda folder: ((decision, rule),))
    with pytest.raises(InputError, match="no column 'colour'"):
        fill_decisions(records([LEVEL]))
