import pandas as pd
import pytest

from analysis.evidence import published
from analysis.evidence.aggregates import records, standardised
from analysis.evidence.aggregates.differences import difference
from analysis.evidence.aggregates.readings import share_of
from analysis.evidence.aggregates.reasons import reasons
from analysis.inputs.populations import load_populations
from analysis.inputs.register import Register, load_register


@pytest.fixture(scope="module")
def register() -> Register:
    return load_register()


@pytest.fixture(scope="module")
def frames() -> pd.DataFrame:
    return load_populations()


@pytest.fixture(scope="module")
def table(register, frames) -> pd.DataFrame:
    return records.carry(register, frames, confidence=0.95).set_index("figure_id")


@pytest.fixture(scope="module")
def rows(register, frames) -> pd.DataFrame:
    return records.records(register, frames, confidence=0.95)


def test_every_percentage_and_mean_in_numerals_is_there_once(register, table):
    figures = register.figures
    numerals = figures[figures["statistic"].isin(["percent", "mean"])]
    numerals = numerals[numerals["precision"].isin(["integer", "one_decimal"])]
    assert list(table.index) == list(numerals["figure_id"])


def test_layers_hold_each_other(table):
    shares = table[table["ci_lo"].notna()]
    assert len(shares) > 250
    tiny = 1e-12
    for low, high in (("bound_lo", "ci_lo"), ("ci_lo", "point"), ("point", "ci_hi"), ("ci_hi", "bound_hi")):
        assert (shares[low] <= shares[high] + tiny).all(), (low, high)


def test_shares_of_answers_over_indicators_are_never_counted_in_municipalities(table):
    overall = table.loc["se2016-overall-fully"]
    assert overall["kind"] == "own_share"
    assert overall[["ci_lo", "counts", "k"]].isna().all()
    # the mean of 141 own shares, with 149 municipalities of which nothing is known
    assert overall["bound_lo"] == pytest.approx(141 * 0.315 / 290)
    assert overall["bound_hi"] == pytest.approx((141 * 0.325 + 149) / 290)
    assert "(141 x 31.5 + 149 x 0)/290 = 15.32" in overall["arithmetic"]


def test_an_average_over_services_is_bounded_with_the_smallest_base_that_is_tried(table):
    average = table.loc["no2017-health-level1-average"]
    assert average["bases"] == "58 to 174"
    assert average["bound_lo"] == pytest.approx(58 * 0.645 / 447)
    assert "base_not_printed" in average["flags"]


def test_every_printed_percentage_is_counted_once_by_why_it_has_an_interval_or_none(register, table):
    counts = reasons(register.figures, table.reset_index()).set_index("reason")
    percentages = register.figures[register.figures["statistic"].isin(["percent", "share_text"])]
    assert counts["figures"].sum() == len(percentages)
    assert counts["interval"].sum() == table["ci_lo"].notna().sum()
    worded = (percentages["precision"] == "verbal") & (percentages["value"] != "")
    assert counts.at["word", "figures"] == worded.sum()
    assert counts.at["own_share", "bounds"] == (table["kind"] == "own_share").sum()
    assert counts.loc[["word", "limit", "no_number", "no_frame"], ["interval", "bounds"]].to_numpy().sum() == 0
    for reason in ("answers", "candidates", "frame", "itself"):
        assert counts.loc[reason].nunique() == 1, "all of them have an interval and bounds"


def test_shares_without_a_frame_keep_their_rounding_only(table):
    loose = table[table["kind"].isin(["no_frame", "other_unit"])]
    assert {"no2020-reuse-citizens-experience", "no2012-savings-productivity-gain"} == set(loose.index)
    assert loose[["ci_lo", "ci_hi", "bound_lo", "bound_hi"]].isna().all(axis=None)
    assert loose[["rounding_lo", "rounding_hi"]].notna().all(axis=None)


def test_an_upper_limit_an_unknown_and_an_assumed_base_are_carried_whole(table):
    assert table.loc["no2017-general-security-cloud-strategy", "bases"] == "67 to 200"
    assert table.loc["no2009-arch-strategic", "bases"].endswith("to 249")
    assert "base_not_printed" in table.loc["no2009-arch-strategic", "flags"]
    assert table.loc["no2012-q2-plans-all", "bases"] == "213 to 216"
    assert table.loc["no2009-services-selfservice", "n"] == 249


def test_the_largest_base_alone_gives_a_narrower_interval_than_the_set(table):
    row = table.loc["no2017-general-wcag-perceivable-level-a"]
    assert row["ci_lo"] < 0.3736 < 0.4832 < row["ci_hi"]


def test_a_share_of_all_units_has_no_interval_but_its_rounding(table):
    row = table.loc["se2016-method-coverage-pop-100k-plus"]
    assert (row["k"], row["n"], row["ci_method"]) == (13, 15, "complete")
    assert row["ci_lo"] == row["ci_hi"] == pytest.approx(13 / 15)


def test_a_mean_has_bounds_and_no_interval(table):
    row = table.loc["no2017-general-user-maturity"]
    assert row["kind"] == "mean"
    assert pd.isna(row["ci_lo"])
    assert row["bound_lo"] == pytest.approx(67 * 1.85 / 447)
    assert row["bound_hi"] == pytest.approx((67 * 1.95 + 380 * 5) / 447)
    assert "with 200 answers (200 x 1.85 + 247 x 0)/447 = 0.83" in row["arithmetic"]


def test_every_derived_value_shows_its_arithmetic(table):
    assert (table["arithmetic"] != "").all()


def test_records_are_printed_figures_and_do_not_collide_with_the_values_themselves(register, rows):
    assert set(rows["source"]) == {"printed"}
    assert set(rows["stage"]) == {"published"}
    assert set(rows["mode"]) == {"D", "I"}
    own = published.to_estimates(published.with_counts(register.figures))
    assert not set(own["estimate_id"]) & set(rows["estimate_id"])
    based = rows[(rows["mode"] == "D") & rows["ci_method"].eq("hypergeometric union")]
    assert based["flags"].str.contains("unadjusted").all()


def test_answers_of_one_question_have_the_bases_that_give_all_of_them(register, table):
    row = records.run().figures.set_index("figure_id").loc["no2017-general-innov-bigdata-planned-dontknow"]
    # Alone, 43 percent can be 6 of 14; with 30 and 24 percent beside it no base below 37 will do.
    assert table.loc["no2017-general-innov-bigdata-planned-dontknow", "bases"] == "14 to 200"
    assert row["bases"] == "37 to 200"
    assert row["decisions"].endswith("0221")


def test_one_wave_is_the_part_of_the_whole(register, frames, table):
    own = records.for_wave(register, "no-2012", frames=frames)
    assert list(own["figure_id"]) == list(table.index[table["wave"] == "no-2012"])
    assert records.for_wave(register, "no-2013", frames=frames).empty


def test_the_ranges_implied_by_size_show_what_is_assumed(register, frames):
    implied = standardised.implied(register, frames)
    assert set(implied["figure_id"]) == {"se2016-overall-fully", "se2016-overall-not"}
    row = implied[(implied["figure_id"] == "se2016-overall-fully") & (implied["average"] == "pooled")]
    assert dict(zip(row["order"], row["implied_hi"].round(3), strict=True)) == {"free": 0.394, "rising": 0.315}
    assert (implied["population_size"] == 290).all()
    assert (implied["answered"] == 141).all()
    assert "(76 q1 + 93 q2 + 74 q3 + 32 q4 + 15 q5)/290" in row["arithmetic"].iloc[0]


def test_two_figures_of_the_register_give_a_difference(register, frames):
    figures = register.figures.set_index("figure_id", drop=False)
    (first, size), (second, _) = (
        share_of(figures.loc[key].to_dict(), frames)
        for key in ("se2011-public-fault-report", "se2014-public-fault-report")
    )
    found = difference(first, second, population_size=size)
    assert size == 290
    assert found.point == pytest.approx(0.06)
    assert found.shared[0] == 236 + 220 - 290


@pytest.mark.parametrize(
    "figure", ["se2016-overall-fully", "no2020-reuse-citizens-experience", "no2009-school-pupils-per-pc-1-2"]
)
def test_a_figure_without_counts_gives_no_share(register, frames, figure):
    figures = register.figures.set_index("figure_id", drop=False)
    with pytest.raises(ValueError, match=figure):
        share_of(figures.loc[figure].to_dict(), frames)
