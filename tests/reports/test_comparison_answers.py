"""What the page of the comparison shows of answers: real ones with a sentence, synthetic ones with a label alone."""

import dataclasses
import re

import pandas as pd
import pytest

from analysis.evidence import comparison, wave_differences, wave_results
from analysis.evidence.wave_differences import SyntheticError
from analysis.reports import comparison_answers as answers
from analysis.reports.display import words
from analysis.reports.display.page import Page
from tests.evidence.test_wave_results import made_up_pair, unlinked, waves
from tests.reports.test_comparison_text import result

__all__ = ["result", "waves"]
LANGUAGES = ("en", "nb", "sv")


def with_answers(result: comparison.ComparisonResult, waves, source: str, grade: str) -> comparison.ComparisonResult:
    """The comparison with the answers of two waves, of which one subject has a pair of this grade."""
    concepts, given = made_up_pair(result.concepts, waves, source, grade)
    changes = wave_differences.differences(concepts, given.rows, confidence=0.95, link=unlinked)
    return dataclasses.replace(result, concepts=concepts, answers=given, changes=changes)


@pytest.fixture
def shown(monkeypatch, tmp_path) -> list[str]:
    monkeypatch.setenv("ANALYSIS_STAGING", str(tmp_path))
    found: list[str] = []
    monkeypatch.setattr(Page, "_show", lambda self, markup, lab=None: found.append(markup))
    return found


def captions(shown: list[str]) -> list[str]:
    return re.findall(r"<caption><span>(.*?)</span>", "".join(shown))


@pytest.mark.parametrize("language", LANGUAGES)
def test_observed_answers_state_their_result(result, waves, shown, language):
    given = with_answers(result, waves, "observed", "B")
    answers.show_answers(Page("comparison", "all", language, "mixed"), given)
    page = "".join(shown)
    row = given.changes.iloc[0]
    values = {"a": row["first"], "b": row["second"], "d": row["difference"], "lo": row["ci_lo"], "hi": row["ci_hi"]}
    what = given.concepts.title("council-webcast", language)
    said = words.say("comparison.answers.largest", language=language, what=what, first="2009", last="2016", **values)
    assert said in page
    assert words.say("comparison.verdict.different", language=language) in page
    assert len(captions(shown)) == 2
    assert not any("SYNTHETIC" in one for one in captions(shown))


@pytest.mark.parametrize("language", LANGUAGES)
def test_synthetic_answers_are_labelled_in_every_title_and_nothing_is_found_in_them(result, waves, shown, language):
    given = with_answers(result, waves, "synthetic", "B")
    assert answers.found(given, language) == []
    answers.show_answers(Page("comparison", "all", language, "mixed"), given)
    label = words.say("state.synthetic.title", language=language, title="")
    assert len(captions(shown)) == 2
    assert all(one.startswith(label.strip()) for one in captions(shown))
    assert words.say("comparison.answers.text.synthetic", language=language) in "".join(shown)
    for verdict in ("different", "within_margin", "equivalent", "undecided"):
        assert f">{words.say(f'comparison.verdict.{verdict}', language=language)}<" not in "".join(shown)


def test_a_sentence_on_synthetic_answers_is_refused(result, waves):
    given = with_answers(result, waves, "synthetic", "B")
    with pytest.raises(SyntheticError, match="no finding"):
        list(answers._findings(given.changes, given, "en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_pair_that_may_be_subtracted_the_page_counts_what_is_shared_and_says_so(
    result, waves, shown, language
):
    given = with_answers(result, waves, "observed", "C")
    answers.show_answers(Page("comparison", "all", language, "mixed"), given)
    assert words.say("comparison.answers.nodifference", language=language, n=1, grade="C") in "".join(shown)
    assert len(captions(shown)) == 1


def test_without_answers_the_page_says_so(result, shown):
    answers.show_answers(Page("comparison", "all", "en", "mixed"), result)
    assert words.say("comparison.answers.none", language="en") in "".join(shown)


@pytest.mark.parametrize("source", ["observed", "synthetic"])
def test_every_difference_from_answers_is_an_estimate_of_its_kind(result, waves, source):
    given = with_answers(result, waves, source, "B")
    records = given.estimates[given.estimates["flags"].str.contains("linked")]
    assert set(records["source"]) == {source}
    plain = records[(records["estimate_type"] == "difference") & (records["category"] == "")].iloc[0]
    row = given.changes.iloc[0]
    assert (plain["item"], plain["wave"], plain["reference_wave"]) == ("council-webcast", "se-2016", "no-2009")
    assert (plain["point"], plain["ci_lo"]) == (row["difference"], row["ci_lo"])
    assert ("different" in plain["flags"]) == (source == "observed")
    assert (set(records["category"]) >= {"p", "p adjusted"}) == (source == "observed")


def test_shares_over_several_options_are_estimates_too(result, waves):
    from tests.evidence.test_wave_results import estimates, given

    options = [("cooperation_procurement", "high", 0.4), ("cooperation_procurement", "very_high", 0.2)]
    found = given(
        result.concepts,
        waves,
        no_2017=estimates(options, "synthetic", wave="no-2017"),
        se_2016=estimates([("org_joint_procurement", "fully", 0.5)], "synthetic"),
    )
    own = dataclasses.replace(result, answers=found, changes=pd.DataFrame(columns=wave_differences.COLUMNS))
    made = own.estimates[own.estimates["category"] == "high|very_high"]
    assert made["point"].tolist() == pytest.approx([0.6])
    assert made["source"].tolist() == ["synthetic"]
    behind = answers._behind(own, found.rows)
    assert set(behind["estimate_id"]) == {"org_joint_procurement:fully", made["estimate_id"].iloc[0]}
    assert wave_results.nothing().rows.empty
