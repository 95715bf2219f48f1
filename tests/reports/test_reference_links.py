"""Terms in prose lead to the glossary once a page, and nothing else is touched."""

import re

import pytest

from analysis.inputs.glossary import Term, read_glossary
from analysis.reports.reference_links import link_terms

WORDS = ("en", "nb", "sv", "definition_en", "definition_nb", "definition_sv", "checked_by")


def term(name, text, linked="y", forms=""):
    return Term(term_id=name, **dict.fromkeys(WORDS, text), standing="established", linked=linked, forms_en=forms)


TERMS = (
    term("weight", "weight", forms="weights;weightings"),
    term("final_weight", "final weight"),
    term("unit", "unit", linked="n"),
)
LINK = '<a class="term" href="../glossary.en.html#term-{}">{}</a>'


def linked(body):
    return link_terms(body, TERMS, language="en", top="../")


def test_a_term_leads_to_the_glossary_at_its_first_use_only():
    assert linked("<p>A Weight. A weight.</p>\n<p>weight</p>") == (
        f"<p>A {LINK.format('weight', 'Weight')}. A weight.</p>\n<p>weight</p>"
    )


def test_a_longer_term_goes_before_one_that_it_contains():
    assert linked("<p>the final weight, a weight</p>") == (
        f"<p>the {LINK.format('final_weight', 'final weight')}, a {LINK.format('weight', 'weight')}</p>"
    )


def test_another_form_of_a_term_counts_as_its_use():
    assert linked("<p>Weightings and a weight.</p>\n<p>The weights</p>") == (
        f"<p>{LINK.format('weight', 'Weightings')} and a weight.</p>\n<p>The weights</p>"
    )


@pytest.mark.parametrize(
    "body",
    [
        "<p>weighted, weighty, over-weight, reweight</p>",
        "<p>unit</p>",
        "<table><caption>weight</caption><tr><td>weight</td></tr></table>",
        '<h2 id="weight">weight</h2>',
        '<p class="foot">Note: weight</p>',
        '<p><a href="weight.html">weight</a> <code>weight</code> <b title="weight">x</b></p>',
        '<svg aria-label="<p>weight"><text>weight</text></svg>',
    ],
)
def test_other_words_survey_text_links_and_code_stay_as_they_are(body):
    assert linked(body) == body


def test_terms_are_those_of_the_language_of_the_page():
    body = "<p>Et 95 % konfidensintervall</p>"
    assert "glossary.nb.html#term-confidence_interval" in link_terms(body, read_glossary(), language="nb")
    assert link_terms(body, read_glossary(), language="en") == body


@pytest.mark.parametrize(
    ("language", "body", "term_id"),
    [
        ("nb", "<p>Andelen vektene står for</p>", "weight"),
        ("nb", "<p>Vekten på blomsterkassen</p>", "flower_box"),
        ("sv", "<p>Alla kommuner i ramen, inte ramarna</p>", "frame"),
        ("sv", "<p>fem procentenheter</p>", "percentage_point"),
        ("en", "<p>the margin of errors, the margins</p>", "weighting_target"),
        ("en", "<p>No margin of error</p>", "margin_of_error"),
    ],
)
def test_the_forms_of_the_glossary_lead_to_their_term_and_to_no_other(language, body, term_id):
    made = link_terms(body, read_glossary(), language=language)
    assert re.findall(r"#term-(\w+)", made) == [term_id]
