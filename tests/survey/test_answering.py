"""Early against late answers, contacts and roles, and the age of assessments, by hand."""

import pandas as pd
import pytest

from analysis.survey import answering, indicators, representativeness
from tests.small_survey import answers, survey

# Field period of the small wave: its middle decides between early and late.
PERIOD = {"first": "2013-03-01", "last": "2013-03-31"}
DAYS = {"M1": "2013-03-01", "M2": "2013-03-16", "M3": "2013-03-17", "M4": "2013-03-31", "M5": "2013-03-02"}


def wave(**changes):
    return survey(**({"field_period": PERIOD} | changes))


def units(**columns):
    cleaned = answers()
    cleaned["answered_on"] = pd.to_datetime(cleaned["code"].map(DAYS))
    for column, values in columns.items():
        cleaned[column] = cleaned["code"].map(values)
    return indicators.score(cleaned, wave=wave(), min_share=0.5)


def table(data, small_base=1, **changes):
    made = answering.by_answering(data, wave=wave(**changes), small_base=small_base)
    return made.set_index(["about", "unit_type", "value"]).sort_index()


def test_the_middle_of_the_field_period_parts_early_from_late():
    made = table(units())
    early, late = (made.loc[("half", "municipality", half)] for half in ("early", "late"))
    assert (early["units"], late["units"]) == (3, 2)
    assert (early["n_frame"], early["rate"]) == (8, 3 / 8)


def test_the_mean_is_of_indicators_as_shares_of_their_maximum():
    data = units()
    known = data.set_index("code")["maturity"] / 4
    early = table(data).loc[("half", "municipality", "early")]
    assert early["item"] == "indicators"
    assert early["mean"] == pytest.approx(known[["M1", "M2", "M5"]].mean())


def test_a_wave_without_indicators_is_summed_up_by_its_yes_answers():
    made = table(units(), indicators=[])
    # plan: M1 and M2 yes, M5 don't know; M3 and M4 no.
    assert made.loc[("half", "municipality", "early"), "mean"] == 1
    assert made.loc[("half", "municipality", "late"), "mean"] == 0
    assert set(made["item"]) == {"yes_answers"}


def test_contacts_are_in_order_and_only_of_units_that_answered():
    data = units(attempts={"M1": "10", "M2": "2", "M3": "2", "M7": "9"}, role={"M1": "head", "M2": ""})
    made = answering.by_answering(data, wave=wave(), small_base=1).query("about != 'half'")
    assert made[["about", "value", "units"]].to_numpy().tolist() == [
        ["attempts", "2", 2],
        ["attempts", "10", 1],
        ["role", "head", 1],
    ]


def test_a_small_group_has_no_mean_and_none_that_gives_it_away():
    data = units()
    hidden = table(data, small_base=3)
    assert hidden["mean"].isna().all()
    assert set(hidden["flags"]) == {"counts_only"}
    told = table(data, small_base=3, promise="open")["mean"]
    assert told.notna().to_dict() == {("half", "municipality", "early"): True, ("half", "municipality", "late"): False}


def test_without_dates_contacts_and_roles_nothing_is_said():
    data = indicators.score(answers(), wave=wave(), min_share=0.5)
    assert table(data).empty
    assert answering.ages(data, wave=wave()).empty


def test_the_age_of_assessments_on_the_freeze_date_by_hand():
    tool = {
        "responses": {"file": "answers.csv", "status": "status", "published_on": "published_on"},
        "lifecycle": {"published": "done", "freeze_date": "2013-03-31"},
    }
    data = units(published_on={code: pd.Timestamp(day) for code, day in DAYS.items()})
    ages = answering.ages(data, wave=wave(**tool)).set_index("quantile")
    # 0, 14, 15, 29 and 30 days.
    days = {"youngest": 0, "lower quartile": 14, "median": 15, "upper quartile": 29, "oldest": 30}
    assert ages["days"].to_dict() == days
    assert set(ages["units"]) == {5}


def test_every_number_of_how_units_answered_is_a_record():
    result = representativeness.run(units(attempts=dict.fromkeys(DAYS, "1")), wave=wave(), small_base=1)
    made = result.estimates.set_index("estimate_id")
    rows = made[made["subset"].str.startswith(("half=", "attempts="))]
    assert len(rows) == 2 * len(result.answering) == 6
    early = rows[(rows["subset"] == "half=early") & (rows["measure"] == "share")].iloc[0]
    assert (early["point"], early["n_frame"], early["k"]) == (3 / 8, 8, 3)
