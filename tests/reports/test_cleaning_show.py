from analysis.reports import cleaning_show
from analysis.reports.wave_views import Names
from analysis.survey import response
from tests.raw_survey import cleaned, wave


def test_old_against_new_counts_every_coded_cell_once():
    table = cleaning_show.recode_table(cleaned(), wave=wave())
    degree = table[table["rule"] == "degree"]
    assert degree["items"].unique().tolist() == [2]
    counted = degree[["before", "after", "cells"]].to_numpy().tolist()
    assert counted == [["(blank)", -6, 1], ["(blank)", -1, 1], ["1", 1, 2], ["2", 2, 2]]
    plan = table[table["rule"].str.startswith("yes no (1 = yes")]
    assert plan["cells"].sum() == 3


def test_a_closed_log_counts_by_reason_and_names_no_unit():
    more = (("0101", "2013-03-09", "clerk", "1", "", "1", "", "", "", "1", ""),)
    closed = wave(promise="aggregates_only")
    log = cleaning_show.log_table(cleaned(more=more), wave=closed)
    assert "code" not in log
    assert "a second informant: another row of the unit stays" in set(log["reason"])
    assert log["count"].sum() == len(cleaned(more=more).log)


def test_missing_values_stand_in_one_row_an_item():
    result = response.account(cleaned(), wave=wave())
    table = cleaning_show.missing_table(result.missing, names=Names(wave(), "en"))
    assert len(table) == 7
    assert table["unit nonresponse"].tolist() == [1] * 7
