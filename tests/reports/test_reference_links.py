"""Terms in prose lead to the glossary once a page, and nothing else is touched."""

import pytest

from analysis.inputs.glossary import Term, read_glossary
from analysis.reports.reference_links import link_terms

WORDS = ("en", "nb", "sv", "definition_en", "definition_nb", "definition_sv", "checked_by")


def term(name, text, linked="y"):
    return Term(term_id=name, **dict.fromkeys(WORDS, text), standing="established", linked=linked)


TERMS = (term("weight", "weight"), term("final_weight", "final weight"), term("unit", "unit", linked="n"))
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


@pytest.mark.parametrize(
    "body",
    [
        "<p>weights, weighty, over-weight, reweight</p>",
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
