"""What readers and reviewers are shown of a wave: numbers from the estimates, counts where few answered, no names."""

import pandas as pd
import pytest

from analysis.inputs import cleaning
from analysis.inputs.params import load_params
from analysis.inputs.waves import load_wave
from analysis.reports import cleaning_show, stage_views, weighting_views
from analysis.reports import representativeness_views as who
from analysis.reports.results_views import Views, chart_rows, extremes
from analysis.reports.wave_views import Names, open_page
from analysis.survey import indicators, representativeness, results, weighting
from tests.small_wave import cleaned, wave


@pytest.fixture(scope="module", params=[2011, 2013])
def round_(request):
    description = load_wave(f"no-web-{request.param}")
    data = indicators.score(cleaning.run(description).data, wave=description)
    return description, results.run(data, wave=description, params=load_params())


def views(round_, language="en") -> Views:
    description, result = round_
    return Views(result, Names(description, language), load_params())


@pytest.mark.parametrize("language", ["en", "nb", "sv"])
def test_the_short_answer_can_be_said_in_every_language(round_, language):
    said = views(round_, language).short()
    complete = round_[0].file.year == 2013
    assert len(said) == (4 if complete else 6)
    assert str(round_[0].file.year) in said[0]


def test_the_headline_is_the_mean_of_the_estimates(round_):
    shown = views(round_)
    assert f"got {100 * shown.one()['point']:.0f}% of the points" in shown.short()[0]


def test_a_complete_round_shows_no_interval_and_an_incomplete_one_shows_it_in_every_table(round_):
    shown = views(round_)
    for table in (shown.levels("municipality"), shown.by_group("size_group"), shown.by_group("county")):
        assert ("ci_lo" in table) == ("bound_hi" in table) == (round_[0].file.year == 2011)


def test_a_county_with_one_municipality_has_a_count_and_no_mean(round_):
    table = views(round_).by_group("county").set_index("county")
    oslo = table.loc["Oslo"]
    assert oslo["n"] == 1
    assert oslo.drop(["n", "remark"]).isna().all()
    assert oslo["remark"] == "too small for an average"
    assert table.loc["Vestfold", "remark"] == "small group"


def test_counties_are_in_the_order_of_their_codes_not_of_their_scores(round_):
    table = views(round_).by_group("county")
    assert table["county"].tolist()[:3] == ["Østfold", "Akershus", "Oslo"]
    assert not table["mean"].dropna().is_monotonic_increasing
    assert not table["mean"].dropna().is_monotonic_decreasing


def test_a_rise_with_size_is_said_only_where_there_is_one():
    shown = Views.__new__(Views)
    object.__setattr__(shown, "names", Names(wave(), "en"))
    rising = pd.DataFrame({"size_group": ["s", "m", "l"], "mean": [0.4, 0.5, 0.6]})
    assert shown.size_title(rising) == "The more inhabitants, the higher the average score: from 40% to 60%"
    mixed = rising.assign(mean=[0.4, 0.7, 0.6])
    assert shown.size_title(mixed) == "The average score is lowest with s inhabitants, highest with m"


def test_extremes_and_charts_leave_out_groups_without_a_mean():
    table = pd.DataFrame({"region": ["A", "B", "C"], "mean": [0.4, None, 0.6]})
    assert extremes(table) == {"low_group": "A", "low": 0.4, "high_group": "C", "high": 0.6}
    assert chart_rows(table)["label"].tolist() == ["A", "C"]


def test_stars_add_up_to_the_units_and_keep_counts_below_the_smallest_base(round_):
    shown = views(round_)
    assert shown.stars("municipality")["k"].sum() == 428
    strict = Views(shown.result, shown.names, load_params().model_copy(update={"small_base": 19}))
    flagged = results.run(shown.result.units, wave=shown.names.wave, params=strict.params)
    few = Views(flagged, shown.names, strict.params).stars("county_municipality")
    assert few["k"].sum() == 18
    assert few[["share", "people"]].isna().all(axis=None)


def test_the_rule_is_shown_with_the_room_each_round_leaves(round_):
    rule = views(round_).rule()
    assert rule["cut"].tolist() == ["lowest class", "31", "43", "58", "70", "80"]
    assert rule["open"].iloc[-1] == {2011: "79 to 80", 2013: "80"}[round_[0].file.year]


def test_units_are_published_by_name_only_where_the_promise_is_open(round_):
    description, result = round_
    closed = description.file.model_copy(update={"promise": "aggregates_only"})
    hidden = Views(result, Names(type(description)(closed, description.items), "en"), load_params())
    units = result.units[["code", "name", "total"]]
    assert views(round_).published(units) is units
    assert hidden.published(units).columns.tolist() == ["total"]
    assert hidden.published(units)["total"].tolist() != units["total"].tolist()


def test_the_log_names_no_unit_unless_the_promise_is_open():
    result = cleaned((2, "a", ""))
    assert cleaning_show.log_table(result, wave=wave())["code"].tolist() == ["0101"]
    hidden = cleaning_show.log_table(result, wave=wave(promise="aggregates_only"))
    assert hidden.columns.tolist() == ["kind", "reason", "variables", "count"]


def test_cleaning_says_what_was_done():
    names = Names(wave(), "en")
    assert cleaning_show.log_sentences(cleaned(), names=names) == [
        "Nothing was corrected, recoded or dropped, and no check found anything."
    ]
    assert cleaning_show.log_sentences(cleaned((2, "a", "")), names=names) == [
        "1 cell was tagged as missing, or its code was mended."
    ]
    assert cleaning_show.flow_sentence(cleaned(), names=names).startswith(
        "The file has 5 rows: 5 were kept and 0 dropped"
    )


def test_missing_units_are_told_and_named_as_the_promise_allows():
    data = indicators.score(cleaned().data, wave=wave())
    for promise, sentences, rows in (("open", 1, 1), ("aggregates_only", 2, 0)):
        description = wave(promise=promise)
        result = representativeness.run(data, wave=description)
        names = Names(description, "en")
        assert len(who.missing_sentences(result, names=names)) == sentences
        assert len(stage_views.missing_table(result.missing, names=names)) == rows


def test_the_stakes_are_the_points_that_the_missing_leave_open():
    data = indicators.score(cleaned().data, wave=wave())
    names = Names(wave(), "en")
    table = who.stakes_table(representativeness.run(data, wave=wave()), names=names)
    assert table["size_group"].tolist() == ["under 2,000", "2,000–4,999"]
    assert "at most 50.0 points" in who.stakes_title(table, names=names)
    assert "No unit is missing" in who.stakes_title(table.assign(width=0.0), names=names)


def test_weighting_says_which_unit_types_are_complete():
    result = weighting.run(indicators.score(cleaned().data, wave=wave()), wave=wave())
    said = weighting_views.totals_sentences(result, names=Names(wave(), "en"))
    assert said[0].startswith("3 of 4 municipalities were assessed. The 1 that is missing makes up 25.00%")
    assert said[1] == "All 2 county municipalities were assessed. A complete round needs no weights."


@pytest.mark.parametrize(("origin", "state"), [("observed", "real"), ("synthetic", "synthetic")])
def test_a_page_carries_the_kind_of_its_data(origin, state):
    assert open_page("results", wave(origin=origin), language="nb").state == state
