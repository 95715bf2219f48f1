"""The sentences of the front page, from records made by hand."""

import pandas as pd
import pytest

from analysis.reports import overview_text
from analysis.survey import estimates

WAVES = pd.DataFrame(
    {
        "wave": ["no-2009", "no-web-2013", "se-2016"],
        "year": [2009, 2013, 2016],
        "country": ["norway", "norway", "sweden"],
        "state": ["synthetic", "real", "synthetic"],
        "own_initiative": [False, False, True],
    }
)
SHARE = {"measure": "share", "mode": "D", "estimand": "M"}
FIRST = "no2009-services-selfservice"


@pytest.fixture(autouse=True)
def headlines(monkeypatch):
    rows = pd.DataFrame({"figure_id": [FIRST]})
    monkeypatch.setattr(overview_text, "load_headlines", lambda known: rows)


def said(rows, **common):
    records = estimates.records(rows, **common)
    return [answer.text for answer in overview_text.answers(WAVES, records, language="en")]


def printed(**values):
    row = SHARE | {
        "stage": "published", "wave": "no-2009", "item": FIRST, "unit_type": "municipality", "estimate_type": "level",
        "n_frame": 430, "n_answered": 249, "point": 0.81, "ci_lo": 0.772, "ci_hi": 0.842, "bound_lo": 0.467,
        "bound_hi": 0.891, "source": "printed",
    }  # fmt: skip
    return row | values


def step(item, point, verdict, **values):
    row = SHARE | {
        "stage": "comparison", "wave": "se-2014", "reference_wave": "se-2011", "estimate_type": "difference",
        "item": item, "point": point, "flags": f"grade_B;{verdict}", "source": "printed",
    }  # fmt: skip
    return row | values


def concepts(first, last, use, k):
    about = {"stage": "comparison", "estimate_type": "diagnostic", "measure": "count", "item": "concepts"}
    return about | {"reference_wave": first, "wave": last, "category": use, "k": k, "point": k, "source": "printed"}


def test_a_printed_share_comes_with_its_base_its_interval_and_bounds_that_are_rounded_outwards():
    (sentence,) = said([printed()])
    assert sentence.startswith("Norway 2009: 81% of the municipalities that answered (249 of 430) offer electronic")
    assert "between 77 and 84%" in sentence
    assert "at least 46% and at most 90%" in sentence


def test_a_base_that_is_not_printed_is_said_to_be_so():
    assert "(the number is not printed)" in said([printed(n_answered=None)])[0]


def test_nothing_is_said_from_synthetic_answers():
    assert said([printed(source="synthetic")]) == []
    assert said([step("a", 0.1, "different", source="synthetic")]) == []


def test_differences_are_counted_by_verdict_and_the_undecided_are_not_called_equal():
    rows = [step("a", 0.1, "different"), step("b", 0.04, "within_margin"), step("c", -0.1, "different")]
    (sentence,) = said([*rows, step("d", 0.01, "undecided"), step("e", 0.5, "undecided")])
    assert sentence.startswith("For 2 of 5 ")
    assert "For 1 of 5 it is lower." in sentence
    assert "For 2 we cannot tell whether the two years differ. This does not mean that they are the same." in sentence


def test_countries_without_a_difference_cannot_be_ranked_and_with_one_that_is_not_said():
    rows = [concepts("no-2009", "se-2016", "beside", 4), concepts("no-2009", "se-2016", "name", 12)]
    rows += [concepts("no-2009", "no-2012", "beside", 1), concepts("no-2009", "no-2012", "name", 2)]
    norway, countries = said(rows)
    assert "In 3 cases two surveys touch on the same subject" in norway
    assert countries.startswith("Norway and Sweden cannot be ranked. In 16 cases")
    taken = step("strategy", 0.2, "different", wave="se-2016", reference_wave="no-2009")
    assert not any("cannot be ranked" in sentence for sentence in said([*rows, taken]))


def test_rounds_of_websites_are_compared_by_position_only():
    common = SHARE | {
        "stage": "comparison", "estimate_type": "diagnostic", "item": "website_total", "unit_type": "municipality",
        "source": "observed",
    }  # fmt: skip
    rows = [
        common | {"reference_wave": first, "wave": "no-web-2013", "category": category, "point": point, "k": k,
                  "n_answered": 428}
        for first, category, point, k in (
            ("no-web-2010", "same third", 0.5748, 246), ("no-web-2010", "same third if unrelated", 0.333, None),
            ("no-web-2011", "same third", 0.6565, 281), ("no-web-2011", "same third if unrelated", 0.333, None),
        )
    ]  # fmt: skip
    (sentence,) = said(rows)
    assert sentence.startswith(
        "246 of 428 municipalities (57%) had their website in the same third in 2010 and in 2013"
    )
    assert "does not show whether websites became better or worse" in sentence


def test_one_round_of_websites_alone_tells_its_average():
    score = {
        "stage": "results", "wave": "no-web-2013", "estimate_type": "level", "measure": "mean", "estimand": "M",
        "item": "total", "unit_type": "municipality", "n_frame": 428, "n_answered": 428, "point": 0.63,
        "source": "observed",
    }  # fmt: skip
    assert said([score]) == [
        "2013: the websites of 428 of 428 Norwegian municipalities were assessed; on average they met 63% of what "
        "could be reached in that round."
    ]
