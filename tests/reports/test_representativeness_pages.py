import re

import pandas as pd
import pytest

from analysis.inputs.printed_responses import printed_responses
from analysis.inputs.waves import load_wave
from analysis.reports import balance_show, balance_views, printed_response_views
from analysis.reports import representativeness_charts as charts
from analysis.reports.display import words
from analysis.reports.display.svg import to_svg
from analysis.reports.wave_views import Names, SyntheticFindingError, open_page
from analysis.survey import indicators, representativeness
from analysis.survey.balance import printed
from analysis.survey.balance.assess import assess
from tests.small_survey import answers, survey

CELLS = pd.DataFrame({"size_group": ["1", "2"], "n_frame": [60, 50], "n_answered": [20, 35]})


def balance(source, *, answered=(20, 35)):
    cells = CELLS.assign(n_answered=list(answered))
    return assess(cells, variables=["size_group"], source=source, unit_type="municipality")


def account(wave):
    return printed.account(printed_responses(load_wave(wave)))


def titles(markup):
    return re.findall(r"<caption><span>(.*?)</span>", markup) + re.findall(r"<figcaption>(.*?)</figcaption>", markup)


def test_what_is_printed_leads_a_synthetic_page_without_its_label(shown, tmp_path):
    description = load_wave("se-2016")
    result = representativeness.run(
        indicators.score(answers(), wave=survey(), min_share=0.5),
        wave=survey(),
        printed=printed_responses(description),
    )
    names, page = Names(description, "en"), open_page("representativeness", description)
    balance_show.show_printed(page, result, names, confidence=0.95)
    text = "".join(shown)
    assert titles(text)
    assert "SYNTHETIC" not in text
    assert "141 of 290 municipalities answered (48.6%)" in text
    assert "0.28, which is large" in text
    assert "p = 0.016 instead of p &lt; 0.001" in text
    assert not list(tmp_path.rglob("SYNTHETIC*"))


def test_the_specimen_from_synthetic_answers_says_so_everywhere_and_finds_nothing(shown, tmp_path):
    description = survey()
    result = representativeness.run(indicators.score(answers(), wave=description, min_share=0.5), wave=description)
    names, page = Names(description, "en"), open_page("representativeness", description)
    balance_show.show_printed(page, result, names, confidence=0.95)
    assert shown == []
    balance_show.show_balances(page, result, names, confidence=0.95)
    shown_balance = balance("synthetic")
    balance_show.show_balance(page, shown_balance, names, confidence=0.95, name="specimen", records=result.estimates)
    balance_show.show_evenness(page, [balance("synthetic")], names, name="specimen", records=result.estimates)
    assert titles("".join(shown))
    assert all(title.startswith("SYNTHETIC: ") for title in titles("".join(shown)))
    assert all(file.name.startswith("SYNTHETIC_") for file in tmp_path.rglob("*.csv"))


def test_no_sentence_is_made_of_a_synthetic_balance():
    names = Names(survey(), "en")
    for answered in ((20, 35), (60, 50), (60, 48)):
        with pytest.raises(SyntheticFindingError):
            balance_views.sentences(balance("synthetic", answered=answered), names=names, confidence=0.95)
        assert balance_views.sentences(balance("observed", answered=answered), names=names, confidence=0.95)


def test_a_complete_round_has_nothing_to_test():
    names = Names(load_wave("no-web-2013"), "en")
    (said,) = balance_views.sentences(balance("observed", answered=(60, 50)), names=names, confidence=0.95)
    assert said.startswith("All 110 municipalities have a value.")
    assert said.endswith("there is nothing to test and nothing to model.")


def test_a_difference_that_is_not_shown_is_not_called_none():
    names = Names(survey(), "en")
    said = balance_views.sentences(balance("observed", answered=(30, 26)), names=names, confidence=0.95)
    assert "that does not show that there is none" in said[0]
    assert "says little" in said[1]


def test_printed_totals_are_told_part_by_part():
    said = " ".join(printed_response_views.sentences(account("no-2017"), names=Names(load_wave("no-2017"), "en")))
    assert "215 of 447 municipalities and county municipalities answered (48.1%)" in said
    assert "from 158 (35.3%) for planning, building and geodata to 200 (44.7%)" in said
    assert "141 (31.5%) answered every part" in said
    rounded = printed_response_views.sentences(account("no-2012"), names=Names(load_wave("no-2012"), "en"))
    assert "from 213 to 216" in rounded[0]


def test_of_small_groups_only_counts_are_shown():
    cells = CELLS.assign(n_frame=[60, 4], n_answered=[20, 3])
    small = assess(cells, variables=["size_group"], source="observed", unit_type="municipality")
    table = balance_views.group_table(small, "size_group", names=Names(survey(), "en"))
    assert table["rate"].isna().tolist() == [False, True]
    assert table["n_answered"].tolist() == [20, 3]


@pytest.mark.parametrize(("p", "table", "sentence"), [(6.7e-5, "< 0.001", "p < 0.001"), (0.0158, "0.016", "p = 0.016")])
def test_a_p_value_is_never_written_smaller_than_it_can_be_read(p, table, sentence):
    names = Names(survey(), "en")
    assert (balance_views.p_text(p, names=names), balance_views.p_said(p, names=names)) == (table, sentence)


def test_no_text_claims_what_these_methods_cannot():
    texts = [
        text.lower()
        for key, entry in words.catalogue().items()
        if key.startswith("representativeness.")
        for text in ([entry["en"]] if isinstance(entry["en"], str) else entry["en"].values())
    ]
    assert len(texts) > 100
    for claim in ("representative", "margin of error", "significant"):
        assert not [text for text in texts if claim in text]


def test_the_charts_are_the_same_twice_and_refuse_nothing_to_draw():
    one, names = balance("observed"), Names(survey(), "en")
    made = []
    for _ in range(2):
        rows = balance_views.dots(one, "size_group", names=names)
        table = balance_views.r_table([one], names=names)
        figures = (
            charts.composition(rows, xlabel="x", xformat=str, names=("frame", "answered")),
            charts.response_representativity(table, xlabel="x", ylabel="y", xformat=str, line=str),
        )
        made.append([to_svg(figure, name="n", alt="a") for figure in figures])
    assert made[0] == made[1]
    with pytest.raises(ValueError, match="no class"):
        charts.composition(rows.iloc[:0], xlabel="x", xformat=str, names=("a", "b"))
    with pytest.raises(ValueError, match="no point"):
        charts.response_representativity(table.iloc[:0], xlabel="x", ylabel="y", xformat=str, line=str)
