import pytest

from analysis.inputs import cleaning
from analysis.inputs.waves import load_wave
from analysis.survey import indicators, representativeness
from tests.small_survey import answers, survey
from tests.small_wave import cleaned, wave


def result(**changes):
    return representativeness.run(indicators.score(cleaned().data, wave=wave()), wave=wave(**changes))


def test_the_response_table_by_hand():
    table = result().data.set_index(["unit_type", "grouping", "group"])
    whole = table.loc[("municipality", "all", "all")]
    assert (whole["n_frame"], whole["n_answered"], whole["rate"]) == (4, 3, 0.75)
    assert whole["inhabitants_covered"] == pytest.approx(0.55)
    large = table.loc[("municipality", "size_group", "2")]
    assert (large["n_frame"], large["n_answered"], large["share_frame"]) == (2, 1, 0.5)
    assert large["share_answered"] == pytest.approx(1 / 3)
    assert large["inhabitants_covered"] == pytest.approx(3000 / 7500)


def test_groups_add_up_to_the_whole():
    table = result().data
    whole = table[table["grouping"] == "all"].set_index("unit_type")
    for grouping in ("size_group", "region"):
        parts = table[(table["grouping"] == grouping) & (table["unit_type"] == "municipality")]
        for column in ("n_frame", "n_answered", "inhabitants"):
            assert parts[column].sum() == whole.loc["municipality", column]
        assert parts["share_frame"].sum() == pytest.approx(1) == parts["share_answered"].sum()


def test_the_missing_are_named_where_the_promise_is_open():
    missing = result().missing
    assert list(missing["code"]) == ["0202"]
    assert missing["disposition"].iloc[0] == "NC"


@pytest.mark.parametrize("promise", ["aggregates_only", "named_with_consent"])
def test_the_missing_are_only_counted_otherwise(promise):
    hidden = result(promise=promise)
    assert hidden.missing.empty
    assert hidden.missing_count == 1


def test_the_stakes_are_worst_case_bounds_of_the_mean():
    stakes = result().stakes.query("item == 'total'").set_index(["unit_type", "grouping", "group", "estimand"])
    units = stakes.loc[("municipality", "all", "all", "M")]
    assert (units["bound_lo"], units["bound_hi"]) == (pytest.approx(1.55 / 4), pytest.approx(2.55 / 4))
    assert units["width"] == pytest.approx(0.25)
    people = stakes.loc[("municipality", "all", "all", "P")]
    assert (people["bound_lo"], people["bound_hi"]) == (pytest.approx(0.3275), pytest.approx(0.7775))
    assert stakes.loc[("county_municipality", "all", "all", "M"), "width"] == 0


def test_every_number_is_a_record():
    shown = result()
    assert shown.estimates["estimate_id"].is_unique
    shown_elsewhere = {"representation", "response model"}
    own = shown.estimates[~shown.estimates["item"].isin(shown_elsewhere) & ~shown.estimates["item"].str.contains(":")]
    assert len(own) == 4 * len(shown.data) + len(shown.stakes) + len(shown.came) + 2 * len(shown.answering)
    assert set(shown.estimates["source"]) == {"observed"}


def test_months_are_in_the_order_of_the_calendar_and_contacts_in_that_of_numbers():
    days, contacts = ["2013-11-02", "2012-12-30", "2013-02-01", None], ["10", "2", "2", None]
    scored = indicators.score(cleaned().data, wave=wave())
    scored = scored[scored["unit_type"] == "municipality"].assign(answered_on=days, attempts=contacts)
    came = representativeness.run(scored, wave=wave()).came
    assert came.loc[came["about"] == "answered_on", "value"].tolist() == ["2012-12", "2013-02", "2013-11"]
    assert came.loc[came["about"] == "attempts", "value"].tolist() == ["2", "10"]


def test_the_bounds_of_a_share_lie_as_far_apart_as_the_share_without_an_answer():
    widths = result().stakes.query("item == 'share'").set_index(["unit_type", "group"])["width"]
    assert (widths["municipality", "all"], widths["municipality", "2"]) == (0.25, 0.5)
    assert widths["county_municipality", "all"] == 0


def test_mosvik_and_bjarkoy_are_missing_in_2010():
    description = load_wave("no-web-2010")
    data = indicators.score(cleaning.run(description).data, wave=description)
    shown = representativeness.run(data, wave=description)
    assert list(shown.missing["name"]) == ["Mosvik", "Bjarkøy"]
    stakes = shown.stakes.query("item == 'total'").set_index(["unit_type", "grouping", "estimand"])
    whole = stakes.loc[("municipality", "all", "M")]
    assert whole["width"] == pytest.approx(2 / 430)


def test_modules_have_response_rates_of_their_own():
    data = indicators.score(answers(), wave=survey(), min_share=0.5)
    table = representativeness.run(data, wave=survey()).modules
    table = table.set_index(["module", "unit_type", "group"]).sort_index()
    second = table.loc[("second", "municipality", "all")]
    assert (second["n_frame"], second["n_answered"], second["rate"]) == (8, 5, 0.625)
    assert table.loc[("first", "municipality", "all"), "n_answered"] == 6
    sizes = table.loc[("second", "municipality")].loc[["1", "2"]]
    assert sizes["n_answered"].sum() == 5
    assert sizes["share_answered"].sum() == pytest.approx(1)
