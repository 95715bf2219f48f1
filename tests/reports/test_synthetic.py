"""From synthetic answers no finding is worded, and every table, figure, file and export says what they are."""

import json
import re

import pandas as pd
import pytest

from analysis import paths
from analysis.inputs.params import load_params
from analysis.inputs.targets import read_targets
from analysis.inputs.waves import load_wave
from analysis.reports import (
    printed_show,
    representativeness_show,
    results_show,
    stage_show,
    stage_views,
    survey_show,
    weighting_show,
    weighting_views,
)
from analysis.reports import representativeness_views as who
from analysis.reports.display import words
from analysis.reports.results_views import Views
from analysis.reports.survey_views import SurveyViews
from analysis.reports.wave_views import Names, SyntheticFindingError, open_page, say_assumed
from analysis.survey import indicators, representativeness, results, weighting
from tests.small_survey import answers, survey
from tests.small_wave import cleaned, wave

LABEL = {"en": "SYNTHETIC", "nb": "SYNTETISK", "sv": "SYNTETISK"}


def scored(origin="synthetic"):
    description = wave(origin=origin)
    data = indicators.score(cleaned().data, wave=description)
    return description, data, results.run(data, wave=description, params=load_params())


def questionnaire(**changes):
    description = survey(**changes)
    data = indicators.score(answers(), wave=description, min_share=0.5)
    result = results.run(data, wave=description, params=load_params())
    return description, data, result


def scored_findings():
    description, data, result = scored()
    names = Names(description, "en")
    views = Views(result, names, load_params())
    stakes = representativeness.run(data, wave=description)
    together = indicators.run(cleaned().data, wave=description, params=load_params())
    return {
        "short": views.short,
        "coverage": lambda: views.coverage("municipality"),
        "size_title": lambda: views.size_title(views.by_group("size_group")),
        "rule_verdict": views.rule_verdict,
        "response": lambda: who.response_sentences(stakes, names=names),
        "missing": lambda: who.missing_sentences(stakes, names=names),
        "stakes": lambda: who.stakes_sentences(stakes, names=names),
        "stakes_title": lambda: who.stakes_title(who.stakes_table(stakes, names=names), names=names),
        "weighting": lambda: weighting_views.totals_sentences(weighting.run(data, wave=description), names=names),
        "spread": lambda: names.finding("indicators.spread.title", **stage_views.spread_values(together, names=names)),
    }


@pytest.mark.parametrize("name", sorted(scored_findings()))
def test_what_words_a_finding_refuses_synthetic_answers(name, monkeypatch):
    # Group means of so few units are not shown; here they are needed.
    monkeypatch.setattr("analysis.survey.results.base_flag", lambda n, *, small_base: "")
    with pytest.raises(SyntheticFindingError, match="no-small is synthetic"):
        scored_findings()[name]()


def test_a_questionnaires_findings_refuse_synthetic_answers():
    description, _, result = questionnaire()
    with pytest.raises(SyntheticFindingError):
        survey_show.findings(SurveyViews(result, Names(description, "en"), load_params()))


@pytest.mark.parametrize("language", ["en", "nb", "sv"])
def test_real_answers_get_their_findings(language):
    description, _, result = questionnaire(origin="observed")
    said = survey_show.findings(SurveyViews(result, Names(description, language), load_params()))
    assert "6" in said[0]
    assert "8" in said[0]


def show_all(description, result, data, language):
    page, names, params = (
        open_page("results", description, language=language),
        Names(description, language),
        load_params(),
    )
    views, survey_views = Views(result, names, params), SurveyViews(result, names, params)
    results_show.show_short(page, views)
    for part in ("levels", "stars", "rule", "counties", "method"):
        getattr(results_show, f"show_{part}")(page, views)
    for part in ("response", "indicators", "together", "answers", "special", "projects"):
        getattr(survey_show, f"show_{part}")(page, survey_views)
    survey_show.show_calculations(page, survey_views, lead=False)
    survey_show.show_survey_method(page, survey_views)
    printed_show.show_printed(page, result, names)
    printed_show.show_methodology(page, names)
    printed_show.show_codebook(page, names)
    page.save(result)


@pytest.mark.parametrize("language", ["en", "nb", "sv"])
@pytest.mark.parametrize("make", [questionnaire, scored])
def test_every_table_figure_and_file_of_a_synthetic_page_is_labelled(make, language, shown, tmp_path):
    description, data, result = make()
    show_all(description, result, data, language)
    markup = "".join(shown)
    titles = re.findall(r"<caption><span>(.*?)</span>", markup) + re.findall(r"<figcaption>(.*?)</figcaption>", markup)
    assert len(titles) > 3
    said_of_the_survey = words.say("methodology.caption", language=language)
    assert {title for title in titles if not title.startswith(LABEL[language])} == {said_of_the_survey}
    files = [file for file in (tmp_path / "outputs").rglob("*.csv") if not file.name.startswith("PRINTED_methodology")]
    assert files
    assert all(file.name.startswith("SYNTHETIC_") for file in files)
    for file in files:
        table = pd.read_csv(file)
        assert (table["data"] == "synthetic").all()
    saved = pd.read_parquet(paths.estimates_part("results", description.id, base=tmp_path))
    assert set(saved["source"]) == {"synthetic"}
    assert set(pd.read_parquet(paths.processed("results", description.id, base=tmp_path))["data"]) == {"synthetic"}


def test_an_observed_page_carries_no_label(shown, tmp_path):
    description, data, result = questionnaire(origin="observed")
    show_all(description, result, data, "en")
    assert "SYNTHETIC" not in "".join(shown)
    assert not list((tmp_path / "outputs").rglob("SYNTHETIC*"))


@pytest.mark.parametrize(("page_of", "made_from"), [("observed", "synthetic"), ("synthetic", "observed")])
def test_numbers_without_their_label_are_not_saved(page_of, made_from, shown):
    _, _, result = questionnaire(origin=made_from)
    page = open_page("results", survey(origin=page_of))
    with pytest.raises(ValueError, match=f"estimates of the source '{made_from}'"):
        page.save(result)


def test_stage_pages_of_synthetic_answers_say_so_and_find_nothing(shown):
    description, data, _ = questionnaire()
    names = Names(description, "en")
    page = open_page("representativeness", description)
    result = representativeness.run(data, wave=description)
    for part in ("response", "modules", "came", "missing", "stakes"):
        getattr(representativeness_show, f"show_{part}")(page, result, names)
    made = indicators.run(answers(), wave=description, params=load_params())
    for part in (stage_show.show_composition, stage_show.show_spread):
        part(open_page("indicators", description), made, names)
    weights = weighting.run(data, wave=description)
    for part in (weighting_show.show_plan, weighting_show.show_margins, weighting_show.show_balance):
        part(open_page("weighting", description), weights, names)
    text = "".join(shown)
    titles = re.findall(r"<caption><span>(.*?)</span>", text)
    assert titles
    assert all(title.startswith("SYNTHETIC: ") for title in titles)


@pytest.mark.parametrize(
    ("language", "assumption", "size"),
    [("en", "assumption", "size group"), ("nb", "antakelse", "størrelsesgruppe"), ("sv", "antagande", "storleksgrupp")],
)
@pytest.mark.parametrize(("wave_id", "sizes_printed"), [("no-2012", False), ("no-2017", False), ("se-2016", True)])
def test_response_by_region_and_unless_it_is_printed_by_size_is_called_an_assumption(
    wave_id, sizes_printed, language, assumption, size, shown
):
    description = load_wave(wave_id)
    page = open_page("results", description, language=language)
    say_assumed(page, Names(description, language), targets=read_targets(description))
    first, second = re.findall(r"[^.<>]+\.", shown[0])
    assert "region" in second
    assert assumption in second
    assert size in (first if sizes_printed else second)
    assert size not in (second if sizes_printed else first)


def test_real_answers_have_no_assumption_about_who_answered(shown):
    description = survey(origin="observed")
    say_assumed(open_page("results", description), Names(description, "en"), targets=())
    assert shown == []


def test_the_codebook_has_every_item_and_option_in_each_language():
    names = [Names(survey(), language) for language in ("en", "nb", "sv")]
    items = [printed_show.codebook_items(one) for one in names]
    assert [len(table) for table in items] == [8, 8, 8]
    assert items[0].set_index("item").loc["why", "asked_if"] == "plan = yes"
    options = printed_show.codebook_options(names[0]).set_index(["scale", "option"])
    assert options.loc[("yes_no", "dont_know"), "value"] == "-3"
    assert options.loc[("level", "all"), "score"] == 4


@pytest.mark.parametrize(
    ("language", "weighting", "silent", "said"),
    [
        ("en", "Weighting", "not known", "none"),
        ("nb", "Vekting", "ikke kjent", "ingen"),
        ("sv", "Viktning", "inte känt", "ingen"),
    ],
)
def test_the_method_is_told_in_each_language_and_silence_is_not_known(language, weighting, silent, said):
    told = {"weighting": {"en": "none", "nb": "ingen", "sv": "ingen"}, "mode": "web", "own_key": "more"}
    table = printed_show.methodology(Names(survey(methodology=told), language)).set_index("about")["said"]
    assert table[weighting] == said
    assert table["own key"] == "more"
    assert (table == silent).sum() == len(printed_show.DISCLOSED) - 2


@pytest.mark.parametrize("wave_id", load_params().waves)
def test_every_wave_says_how_it_was_made_under_labels_of_each_language(wave_id):
    keys = set(load_wave(wave_id).file.methodology)
    assert {"sponsor", "fielded_by", "population", "frame", "selection", "field_days", "mode", "weighting"} <= keys
    assert {f"methodology.{key}" for key in keys} <= set(words.catalogue())


def test_free_text_never_reaches_the_results(shown, tmp_path):
    description, data, result = questionnaire()
    show_all(description, result, data, "en")
    assert "CMD" not in "".join(shown)
    assert "CMD" not in json.dumps([file.read_text() for file in tmp_path.rglob("*.csv")])
