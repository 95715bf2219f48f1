import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.inputs.printed_responses import COLUMNS, printed_responses
from analysis.inputs.waves import load_wave
from analysis.survey.balance import printed, records
from analysis.survey.estimates import records as estimate_records


def table(*rows):
    """Rows of unit type, module, grouping, group, statistic, value and units, without inhabitants."""
    named = [*COLUMNS[:6], "n_frame", "source_ref"]
    return pd.DataFrame([(*row, "figure") for row in rows], columns=named).reindex(columns=COLUMNS).assign(decimals=0)


def test_sweden_is_computed_from_what_is_printed():
    # oracles 1.3, 2.4, 2.7
    found = printed.account(printed_responses(load_wave("se-2016")))
    (balance,) = found.balances
    assert balance.source == "printed"
    assert [round(100 * rate) for rate in balance.groups["rate"]] == [41, 37, 54, 72, 87]
    assert balance.test("size_group")["exact_p"] == pytest.approx(6.68935756416e-05, rel=1e-6)
    assert balance.indicator.r == pytest.approx(0.739489883097, abs=2e-6)
    people = found.people.iloc[0]
    assert people["covered"] == pytest.approx(0.66445, abs=1e-5)
    assert people["difference"] == pytest.approx(0.1775, abs=1e-4)


def test_modules_of_2017_have_rates_of_their_own():
    # oracle 1.2
    rows = printed.account(printed_responses(load_wave("no-2017"))).responses.set_index("module")
    assert rows.loc["", "rate_low"] == pytest.approx(0.480984340045)
    expected = {"general": 0.447427293065, "health": 0.37807606264, "education": 0.375838926174, "plan": 0.353467561521}
    assert {module: rows.loc[module, "rate_low"] for module in expected} == pytest.approx(expected)
    assert rows.loc["", "open_low"] == rows.loc["", "open_high"] == pytest.approx(1 - 215 / 447)


def test_a_printed_percentage_allows_several_counts():
    found = printed.account(printed_responses(load_wave("no-2012")))
    row = found.responses.iloc[0]
    assert (row["n_low"], row["n_high"]) == (213, 216)
    assert found.balances == ()
    assert found.silent.empty
    (record,) = records.printed_rows(found, population="p")
    assert "point" not in record
    assert (record["bound_lo"], record["flags"]) == (213 / 429, "rounded")


def test_what_the_others_would_have_to_say():
    # oracle 2.13
    found = printed.account(table(("all", "", "all", "all", "count", "215", 447))).silent.set_index("supposed")
    assert found.loc[0.6, "needed"] == pytest.approx(0.407327586207)
    # oracle 2.12 with another share
    assert found.loc[0.6, "bound_hi"] - found.loc[0.6, "bound_lo"] == pytest.approx(0.519015659955)


def test_groups_that_do_not_add_up_are_refused():
    rows = [("municipality", "", "size_group", one, "count", value, 10) for one, value in (("1", "4"), ("2", "5"))]
    with pytest.raises(InputError, match="add up to 9 units and not to the 8"):
        printed.account(table(("municipality", "", "all", "all", "count", "8", 20), *rows))
    with pytest.raises(InputError, match="add up to 20 units and not to the 21"):
        printed.account(table(("municipality", "", "all", "all", "count", "9", 21), *rows))


def test_every_number_is_a_record_of_its_own():
    found = printed.account(printed_responses(load_wave("se-2016")))
    made = estimate_records(records.printed_rows(found, population="p"), wave="se-2016", stage="representativeness")
    assert set(made["source"]) == {"printed"}
    assert set(made["measure"]) == {"share", "test", "index"}
    assert made["source_ref"].ne("").all()
    r = made[(made["item"] == "r_indicator:size_group") & (made["category"] == "R")].iloc[0]
    assert r["ci_lo"] < r["point"] < r["ci_hi"]


def test_nothing_printed_says_nothing():
    found = printed.account(printed.NOTHING)
    assert found.responses.empty
    assert records.printed_rows(found, population="p") == []
