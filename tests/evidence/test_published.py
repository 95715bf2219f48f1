import math
from fractions import Fraction

import pandas as pd
import pytest

from analysis.evidence import published
from analysis.inputs.register import DECIMALS, load_register


@pytest.fixture(scope="module")
def result() -> published.PublishedResult:
    return published.run(load_register())


@pytest.fixture(scope="module")
def by_id(result: published.PublishedResult) -> pd.DataFrame:
    return result.data.set_index("figure_id")


@pytest.fixture(scope="module")
def record(result: published.PublishedResult) -> pd.DataFrame:
    return result.estimates.set_index("source_ref")


def test_every_figure_stands_in_exactly_one_table(result: published.PublishedResult) -> None:
    shown = [figure for own in result.tables.values() for table in own.values() for figure in table["Id"]]
    assert len(shown) == 533
    assert sorted(shown) == sorted(result.data["figure_id"])


def test_no_cell_of_a_table_is_empty(result: published.PublishedResult) -> None:
    for own in result.tables.values():
        for table in own.values():
            assert not (table == "").any().any()
            assert not table.isna().any().any()


def test_the_reports_add_up_to_the_register(result: published.PublishedResult) -> None:
    reports = result.reports
    kinds = list(published.STATISTICS.values())
    assert reports["Figures"].sum() == 533
    assert (reports[kinds].sum(axis=1) == reports["Figures"]).all()
    assert (reports["With a base"] + reports["Without a base"] == reports["Figures"]).all()
    assert reports["Claims in words"].sum() == len(result.claims) == 121


def test_a_report_shows_the_range_of_its_percentages(result: published.PublishedResult) -> None:
    row = result.reports.set_index("Waves").loc["no-2009"]
    assert (row["Lowest percentage"], row["Highest percentage"]) == (9, 97)


def test_counts_print_the_percentage_again_and_their_neighbours_do_not(result: published.PublishedResult) -> None:
    figures = result.data
    counted = figures[figures["count_lowest"].notna() & (figures["statistic"] == "percent")]
    assert len(counted) > 250
    for row in counted.to_dict("records"):
        scale, base = 10 ** DECIMALS[row["precision"]], int(row["base_n"])

        def printed(count: int, scale: int = scale, base: int = base) -> Fraction:
            return Fraction(math.floor(Fraction(100 * count * scale, base) + Fraction(1, 2)), scale)

        low, high = int(row["count_lowest"]), int(row["count_highest"])
        assert printed(low) == printed(high) == Fraction(row["value"])
        assert printed(low - 1) != Fraction(row["value"]) != printed(high + 1)


def test_counts_and_shares_of_known_figures(by_id: pd.DataFrame) -> None:
    response = by_id.loc["no2017-field-responded-any-pct"]
    assert (response["count_lowest"], response["count_highest"]) == (213, 216)  # oracle 4.1: 48 % of 447
    rate = by_id.loc["no2012-field-response-rate"]
    assert (rate["count_lowest"], rate["count_highest"]) == (213, 216)  # oracle 4.1: 50 % of 429
    projects = by_id.loc["no2017-proj-status-planned"]
    assert projects["count_lowest"] == projects["count_highest"] == 24
    assert projects["share_lowest"] == pytest.approx(24 / 233)


@pytest.mark.parametrize(
    "figure",
    [
        "se2016-overall-fully-pop-100k-plus",  # a share of answers: 45 % of 13 municipalities is no whole number
        "no2017-health-level1-average",  # a mean of percentages
        "no2009-nav-contributed",  # base unclear
        "no2017-health-alarm-full-verbal",
        "se2011-org-open-data",  # printed n/a
        "se2016-digital-services-mean",
        "se2016-digital-services-min",  # a minimum over 141 municipalities, not 3 of 141
    ],
)
def test_no_count_is_made_where_no_whole_number_of_units_lies_behind(by_id: pd.DataFrame, figure: str) -> None:
    rows = by_id[by_id.index == figure]
    assert rows["count_lowest"].isna().all()
    assert rows["share_highest"].isna().all()


def test_a_percentage_without_a_whole_number_is_said_to_have_none() -> None:
    figures = load_register().figures
    one = figures[figures["figure_id"] == "se2016-overall-fully-pop-100k-plus"].assign(base_status="printed")
    counted = published.with_counts(one)
    assert counted["count_lowest"].isna().all()
    assert published.readable(counted)["skl-eblomladan-2016"]["Overall"]["Lowest count"].tolist() == [
        "no whole number fits"
    ]
    assert "no_whole_number" in published.to_estimates(counted)["flags"].iloc[0]


def test_printed_values_keep_their_decimals_and_percent_sign(result: published.PublishedResult) -> None:
    method = result.tables["skl-eblomladan-2016"]["Method"].set_index("Id")
    assert method.loc["se2016-method-publication-rate", "Printed"] == "48.6%"
    assert method.loc["se2016-method-population-share", "Printed"] == "66% (from words)"
    development = result.tables["skl-eblomladan-2016"]["Organisation wide development"].set_index("Id")
    assert development.loc["se2011-org-open-data", "Printed"] == "no number"
    assert development.loc["se2016-org-steering-documents-verbal", "Printed"] == "40% (a limit)"


def test_the_findings_are_of_the_same_register(result: published.PublishedResult) -> None:
    named = {figure for figures in result.findings["figures"] for figure in figures.split("; ")}
    assert named <= set(result.data["figure_id"])
    assert result.sizes["derived"].sum() == 290


def test_each_figure_with_a_number_is_one_estimate(result: published.PublishedResult) -> None:
    register, estimates = result.data, result.estimates
    assert len(estimates) == 533 - 7
    assert set(estimates["source_ref"]) == set(register.loc[register["number"].notna(), "figure_id"])
    assert estimates["source_ref"].is_unique
    assert set(estimates["source"]) == {"printed"}
    assert estimates[["ci_lo", "ci_hi", "se"]].isna().all().all()


def test_shares_lie_within_what_rounding_leaves_open(result: published.PublishedResult) -> None:
    estimates = result.estimates
    shares = estimates[(estimates["measure"] == "share") & estimates["point"].notna()]
    assert shares["point"].between(0, 1).all()
    assert (shares["bound_lo"] <= shares["point"]).all()
    assert (shares["point"] <= shares["bound_hi"]).all()
    assert shares["flags"].str.contains("rounding_bounds").all()


def test_words_and_limits_have_no_point_and_say_so(record: pd.DataFrame, by_id: pd.DataFrame) -> None:
    for precision in ("verbal", "bound"):
        own = record.loc[by_id.index[by_id["precision"] == precision]]
        assert len(own) > 30
        assert own["point"].isna().all()
        assert own["flags"].str.startswith(precision).all()
    numerals = record.loc[by_id.index[by_id["precision"].isin(DECIMALS)]]
    assert numerals["point"].notna().all()


def test_estimates_of_known_figures(record: pd.DataFrame) -> None:
    rate = record.loc["se2016-method-publication-rate"]
    assert (rate["point"], rate["k"], rate["n_frame"]) == (pytest.approx(0.486), 141, 290)
    assert pd.isna(rate["n_answered"])
    service = record.loc["se2016-org-regional-digital-agenda"]
    assert (service["point"], service["n_answered"]) == (pytest.approx(0.67), 141)
    assert (service["bound_lo"], service["bound_hi"]) == (pytest.approx(0.665), pytest.approx(0.675))
    score = record.loc["no2017-general-user-maturity"]
    assert (score["measure"], score["point"], score["scale_max"]) == ("index", 1.9, 5)
    assert record.loc["no2012-savings-potential-dkk", "measure"] == "amount"


def test_a_count_is_not_taken_as_known_on_an_uncertain_base(record: pd.DataFrame, by_id: pd.DataFrame) -> None:
    # nine of ten is the only count for 90 %, but that the base is ten is only assumed
    assert by_id.loc["no2012-q11-want-bound-largest10", "count_lowest"] == 9
    assert pd.isna(record.loc["no2012-q11-want-bound-largest10", "k"])
    assert record.loc["no2012-q2-no-plans-smallest10", "k"] == 3


def test_the_result_does_not_change_between_runs(result: published.PublishedResult) -> None:
    again = published.run(load_register())
    pd.testing.assert_frame_equal(again.estimates, result.estimates)
    pd.testing.assert_frame_equal(again.data, result.data)
