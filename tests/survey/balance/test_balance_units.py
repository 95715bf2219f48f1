import numpy as np
import pandas as pd
import pytest

from analysis.inputs.weighting_plan import KeyEstimate
from analysis.survey import indicators
from analysis.survey.balance import records, silent
from analysis.survey.balance.assess import assess
from analysis.survey.balance.units import balances, numbers
from analysis.survey.estimates import records as estimate_records
from tests.small_survey import answers, survey

CELLS = pd.DataFrame(
    {
        "size_group": ["1", "1", "2", "2"],
        "region": ["a", "b", "a", "b"],
        "n_frame": [60, 50, 40, 50],
        "n_answered": [20, 25, 30, 35],
    }
)


def about(**changes):
    return {"variables": ["size_group", "region"], "source": "observed", "unit_type": "municipality"} | changes


def test_a_balance_holds_rates_tests_model_and_indicator():
    found = assess(CELLS, **about())
    sizes = found.of("size_group")
    assert sizes["rate"].tolist() == pytest.approx([45 / 110, 65 / 90])
    assert sizes["ratio"].tolist() == pytest.approx([45 / 110 / 0.55, 65 / 110 / 0.45])
    assert found.tests["variable"].tolist() == ["size_group", "region"]
    assert found.model.variables == ("size_group", "region")
    assert found.groups["partial"].notna().all()
    assert (found.rate, found.without_model) == (0.55, "")


@pytest.mark.parametrize(
    ("answered", "reason", "tested"),
    [([60, 50, 40, 50], "complete", 0), ([0, 0, 0, 0], "none", 0), ([60, 50, 40, 48], "few", 2)],
)
def test_without_a_model_it_says_why(answered, reason, tested):
    found = assess(CELLS.assign(n_answered=answered), **about())
    assert (found.without_model, found.indicator, len(found.tests)) == (reason, None, tested)


def test_alike_units_have_nothing_to_test():
    found = assess(CELLS.assign(size_group="1", region="a"), **about())
    assert (found.without_model, len(found.tests)) == ("one_class", 0)


def test_a_variable_the_data_cannot_carry_stays_in_the_tests():
    many = CELLS.assign(region=["a", "b", "c", "d"], n_answered=[58, 48, 38, 36])
    found = assess(many, **about())
    assert found.model.variables == ("size_group",)
    assert found.of("region")["partial"].isna().all()
    assert len(found.tests) == 2


def test_records_are_unique_and_without_a_model_few():
    for counts in (CELLS, CELLS.assign(n_answered=CELLS["n_frame"])):
        made = estimate_records(records.rows(assess(counts, **about())), wave="w", stage="s", source="observed")
        assert made["estimate_id"].is_unique
        assert set(made["measure"]) <= {"test", "index", "share"}


def test_each_part_of_a_survey_has_balances_of_its_own():
    units = indicators.score(answers(), wave=survey(), min_share=0.5)
    found = {(one.unit_type, one.module): one for one in balances(units, wave=survey())}
    assert found["all", ""].n_answered == 7
    assert found["all", "second"].n_answered == 6
    assert found["municipality", "second"].of("size_group")["n_frame"].sum() == 8
    assert {one.source for one in found.values()} == {"synthetic"}
    tested = numbers(units, wave=survey()).set_index(["unit_type", "module"])
    # The two that did not answer are the two largest.
    assert tested.loc[("municipality", ""), "difference"] < 0


def key(**changes):
    return survey(key_estimates=[KeyEstimate(**changes).model_dump()])


def test_a_key_share_under_assumptions_about_the_silent():
    wave = key(item="plan", category=("yes",))
    units = indicators.score(answers(), wave=wave, min_share=0.5)
    row = silent.share_paths(units, wave=wave).iloc[0]
    # Of eight municipalities two said yes and two no; the others said nothing of it.
    assert (row["n_frame"], row["n_answered"], row["observed"]) == (8, 4, 0.5)
    assert (row["bound_lo"], row["bound_hi"]) == (0.25, 0.75)
    assert row["bound_lo"] < row["odds_half"] < row["odds_same"] < row["odds_double"] < row["bound_hi"]


def test_a_key_mean_stays_within_the_worst_case():
    wave = key(item="maturity")
    units = indicators.score(answers(), wave=wave, min_share=0.5)
    table = silent.mean_paths(units, wave=wave, maxima={"maturity": 4.0})
    row = table.iloc[0]
    known = [row[name] for name in silent.SHOWN_RATIOS if not np.isnan(row[name])]
    assert all(row["bound_lo"] <= mean <= row["bound_hi"] for mean in known)
    made = silent.rows(silent.share_paths(units, wave=wave), table)
    assert len(made) == 3
