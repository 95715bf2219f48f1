import dataclasses
import re

import pandas as pd
import pytest

from analysis.evidence import comparison, printed_slopes, wave_differences, wave_results, website
from analysis.inputs.concepts import load_concepts
from analysis.inputs.populations import load_populations
from analysis.inputs.register import load_register
from analysis.reports import comparison_show, comparison_text
from analysis.reports.display import words

LANGUAGES = ("en", "nb", "sv")
# What must never be printed of figures that could not be told apart, in any language.
FORBIDDEN = re.compile(
    r"no change|unchanged|ingen endring|uendret|uavgjort|ingen förändring|oförändra|oavgjort"
    r"|margin of error|feilmargin|felmarginal",
    re.IGNORECASE,
)


def unlinked(first: object, second: object) -> tuple[int, float]:
    return 0, 0.0


@pytest.fixture(scope="module")
def result() -> comparison.ComparisonResult:
    concepts = load_concepts({})
    rounds = website.compare({}, waves={}, concepts=concepts, small_base=10)
    return comparison.assemble(
        concepts,
        load_register(),
        populations=load_populations(),
        rounds=rounds,
        regional=comparison.last_regions(rounds),
        answers=wave_results.nothing(),
        changes=wave_differences.differences(concepts, wave_results.nothing().rows, confidence=0.95, link=unlinked),
        confidence=0.95,
    )


def said(result: comparison.ComparisonResult, language: str) -> str:
    return " ".join([*comparison_text.can(result, language), *comparison_text.cannot(result, language)])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_sentence_counts_what_is_higher(result, language):
    found = result.differences
    higher = (found["verdict"].isin(["different", "within_margin"]) & (found["difference"] > 0)).sum()
    first = comparison_text.can(result, language)[0]
    assert str(higher) in first
    assert str(len(found)) in first
    assert "2011" in first
    assert "2014" in first


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_undecided_is_called_the_same(result, language):
    assert not FORBIDDEN.search(said(result, language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentences_follow_the_verdicts(result, language):
    none = result.differences.assign(verdict="undecided", bound_lo=-0.5, bound_hi=0.5)
    text = comparison_text.can(dataclasses.replace(result, differences=none), language)
    assert words.say("comparison.undecided", language=language, k=len(none)) in text
    assert words.say("comparison.none_certain", language=language) in text
    assert not any(words.say("comparison.equivalent", language=language, k=2, margin=0.05)[2:20] in one for one in text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_pair_that_may_be_subtracted_the_page_says_so(result, language):
    empty = dataclasses.replace(result, differences=result.differences.iloc[:0])
    assert comparison_text.can(empty, language)[0] == words.say("comparison.no_pairs", language=language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_line_through_three_rounds_is_denied_only_while_there_is_none(result, language):
    known = result.concepts
    several = sum(len(printed_slopes.printed_rounds(known, one)) >= 3 for one in printed_slopes.asked(known))
    sentence = words.say("comparison.notrend", language=language, n=several)
    assert sentence in comparison_text.cannot(result, language)
    some = pd.DataFrame([dict.fromkeys(printed_slopes.COLUMNS, 0)])
    assert sentence not in comparison_text.cannot(dataclasses.replace(result, slopes=some), language)


def test_pairs_are_named_together_only_when_every_round_meets_every_other():
    pairs = [("no-2009", "se-2011"), ("no-2009", "se-2014"), ("no-2012", "se-2011"), ("no-2012", "se-2014")]
    assert comparison_text.pairs_name(pairs, "en") == "Norway 2009/2012 and Sweden 2011/2014"
    assert comparison_text.pairs_name(pairs[:3], "nb").count(";") == 2


def test_worst_case_bounds_are_rounded_outwards():
    rows = comparison_show.outwards(pd.DataFrame({"bound_lo": [-0.081, 0.069, 0.07], "bound_hi": [0.301, 0.5, 0.07]}))
    assert rows["bound_lo"].to_list() == pytest.approx([-0.09, 0.06, 0.07])
    assert rows["bound_hi"].to_list() == pytest.approx([0.31, 0.50, 0.07])


def test_every_number_of_the_differences_is_an_estimate_record(result):
    estimates = result.estimates
    assert estimates["estimate_id"].is_unique
    plain = estimates[(estimates["estimate_type"] == "difference") & (estimates["category"] == "")].set_index("item")
    for row in result.differences.to_dict("records"):
        record = plain.loc[row["concept"]]
        assert (record["point"], record["ci_lo"], record["bound_hi"]) == (
            row["difference"],
            row["ci_lo"],
            row["bound_hi"],
        )
        assert row["verdict"] in record["flags"]
    assert set(estimates["source"]) == {"printed"}
    counts = estimates[estimates["item"] == "concepts"]
    assert counts["point"].sum() == result.tally[["subtract", "beside", "name", "none"]].to_numpy().sum()


def test_no_record_relates_figures_whose_grade_forbids_it(result):
    related = result.estimates[result.estimates["estimate_type"].isin(["difference", "ratio", "slope"])]
    for row in related.to_dict("records"):
        assert result.concepts.grade(row["item"], row["wave"], row["reference_wave"]).grade in ("A", "B")


def test_what_is_handed_on_has_every_pair_and_differences_only_where_allowed(result):
    data = result.data
    assert len(data) == len(result.matrix)
    assert (data["difference"].notna() <= data["grade"].isin(["A", "B"])).all()
