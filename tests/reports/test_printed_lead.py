import re

import pytest

from analysis.inputs.populations import load_headlines, load_populations
from analysis.inputs.printed_responses import printed_responses
from analysis.inputs.register import load_register
from analysis.inputs.targets import load_targets
from analysis.inputs.waves import load_wave
from analysis.reports import printed_lead, printed_lead_views
from analysis.reports.display import words
from analysis.reports.wave_views import Names, open_page
from analysis.survey.balance.printed import account

NBSP = "\u00a0"
SURVEYS = ("no-2009", "no-2012", "no-2017", "se-2016")


def figures(wave, language="en"):
    description, register = load_wave(wave), load_register()
    return printed_lead_views.lead_figures(
        register,
        load_targets(description),
        names=Names(description, language),
        populations=load_populations(),
        headlines=load_headlines(set(register.figures["figure_id"])),
        confidence=0.95,
    )


def lead(wave, language="en"):
    description = load_wave(wave)
    names, page = Names(description, language), open_page("results", description, language=language)
    responses = account(printed_responses(description))
    printed_lead.show_lead(page, figures(wave, language), responses, names)


@pytest.mark.parametrize("wave", SURVEYS)
@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_printed_part_of_a_synthetic_page_has_no_synthetic_label_and_files_of_its_own(
    wave, language, shown, tmp_path
):
    lead(wave, language)
    text = "".join(shown)
    assert words.say("state.synthetic.title", language=language, title="").strip(" :") not in text
    files = [path.name for path in tmp_path.rglob("*.csv")]
    assert files
    assert all(name.startswith("PRINTED_") for name in files)


def test_a_page_with_observed_answers_has_no_printed_lead(shown, monkeypatch):
    description = load_wave("no-web-2013")
    names, page = Names(description, "en"), open_page("results", description)
    printed_lead.show_lead(page, figures("no-2009"), account(printed_responses(description)), names)
    printed_lead.show_specimen(page, names)
    assert shown == []


def test_sentences_say_what_is_printed_where_and_what_follows_for_all():
    # 58 % of 249: 144 or 145 answers; 144/430 = 33.5 %, (145 + 181)/430 = 75.8 %.
    shown = figures("no-2009")
    said = printed_lead_views.sentences(shown[shown["headline"]], names=Names(load_wave("no-2009"), "en"))
    last = said[-1]
    assert last.startswith("The report says that 58% of the municipalities that answered have an ICT plan (line 107).")
    assert "at least 33%, at most 76%" in last
    assert "If the others are like them" in said[0]
    assert not any("If the others are like them" in one for one in said[1:])


def test_a_percentage_of_who_answered_is_said_as_the_counts_that_fit():
    # 50 % of 429 are 213 to 216 municipalities.
    description = load_wave("no-2012")
    said = printed_lead.response_sentences(account(printed_responses(description)), names=Names(description, "nb"))
    assert said[0].startswith("Mellom 213 og 216 av 429 kommuner svarte i 2012")


def test_groups_of_ten_are_counts():
    shown = figures("no-2012", "sv")
    table = printed_lead_views.group_table(shown[shown["kind"] == "itself"], names=Names(load_wave("no-2012"), "sv"))
    assert list(table["counts"]) == ["3 av 10", "5 av 10", "8 av 10", "9 av 10", "7 av 10"]
    assert set(table["group"]) == {"De 10 minsta", "De 10 största"}


def test_the_eight_scores_keep_the_order_of_the_report_and_have_no_interval():
    shown = figures("no-2017")
    table = printed_lead_views.mean_table(shown[shown["kind"] == "mean"], names=Names(load_wave("no-2017"), "en"))
    assert list(table["printed"]) == ["1.9", "2.1", "2.6", "2.9", "3.2", "2.7", "3", "3"]
    assert table["question"].iloc[0] == "users at the centre"
    assert table["rounding"].iloc[0] == "1.85 to 1.95"
    # With 67 answers of 447 and 1.85: 67 x 1.85 / 447 = 0.28; with 67 and 1.95: (67 x 1.95 + 380 x 5)/447 = 4.54.
    assert table["bounds"].iloc[0] == "0.3 to 4.5"
    assert list(table["items"]) == [2, 12, 2, 6, 5, 12, 12, 12]
    assert "interval" not in table


def test_a_share_of_answers_has_bounds_and_no_counts_or_interval():
    shown = figures("se-2016")
    table = printed_lead_views.figure_table(
        shown[shown["kind"] == "own_share"], names=Names(load_wave("se-2016"), "en")
    )
    assert not {"counts", "interval"} & set(table)
    assert table["bounds"].iloc[0] == "15 to 68%"  # 141 x 31.5 / 290 and (141 x 32.5 + 149 x 100) / 290


def test_places_are_in_the_language_and_without_remarks():
    names = Names(load_wave("se-2016"), "nb")
    said = printed_lead_views.place("p.15 text; p.16 Fig 4; p.25 Table 2 (cont.)", names=names)
    assert said == "s. 15 tekst; s. 16 figur 4; s. 25 tabell 2"
    assert printed_lead_views.page_of("section 01-local-democracy; L22", names=names) == "linje 22"


@pytest.mark.parametrize("wave", SURVEYS)
def test_every_figure_about_units_is_shown_once_under_a_subject(wave, shown):
    lead(wave)
    table = figures(wave)
    counted = re.findall(r"<summary>[^<]*: (\d+) figures?</summary>", "".join(shown))
    assert sum(map(int, counted)) == int((~table["kind"].isin(["mean", "itself"])).sum())


def test_headlines_of_surveys_with_a_page_are_worded():
    headlines = set(load_headlines(set(load_register().figures["figure_id"]))["figure_id"])
    worded = {key.removeprefix("printed.claim.") for key in words.keys("en") if key.startswith("printed.claim.")}
    assert worded <= headlines


def test_printed_values_keep_their_decimals():
    figure = {"precision": "one_decimal", "statistic": "percent", "value": "48.6"}
    assert printed_lead_views.printed_text(figure, language="nb") == f"48,6{NBSP}%"
    assert printed_lead_views.printed_text(figure | {"precision": "integer", "value": "7"}, language="en") == "7%"


def test_a_folded_table_opens_with_its_source_and_without_a_script(shown):
    lead("se-2016")
    folded = [text for text in shown if '<details class="fold">' in text]
    assert folded
    assert all(text.index('class="foot"') < text.index("</details>") for text in folded)
    assert not any("<details open" in text for text in folded)
