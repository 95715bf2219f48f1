import re

import pandas as pd
import pytest

from analysis.evidence import robustness
from analysis.inputs.decisions import read_decisions
from analysis.inputs.params import load_params
from analysis.reports import robustness_show as show
from analysis.reports import robustness_views as views
from analysis.reports.robustness_charts import specification_curve, uncertainty
from analysis.reports.wave_views import Names, open_page
from tests.weighted_survey import SIZE, frame, weighted

SECTIONS = ("default", "uncertainty", "curves", "effects", "refused", "register")


def made(units, origin):
    wave = weighted({"method": "poststratify", "margins": SIZE}, origin=origin)
    result = robustness.run({"refuse": units}, wave=wave, decisions=read_decisions(), params=load_params())
    return wave, Names(wave, "en"), result


@pytest.fixture
def page(shown):
    def made_page(units, origin):
        wave, names, result = made(units, origin)
        opened = open_page("robustness", wave)
        for section in SECTIONS:
            getattr(show, f"show_{section}")(opened, result, names)
        opened.save(result)
        return "".join(shown), result

    return made_page


def titles(text):
    return re.findall(r"<figcaption>(.*?)</figcaption>|<caption><span>(.*?)</span>", text)


def test_synthetic_answers_are_named_in_every_title_and_word_no_finding(page):
    text, result = page(frame(), "synthetic")
    assert all("".join(pair).startswith("SYNTHETIC: ") for pair in titles(text))
    several = result.data.groupby("name").size() > 1
    assert text.count("<svg") == 1 + several.sum()
    assert "as declared, " not in text
    assert "move key estimates by up to" not in text


def test_observed_answers_give_the_title_of_a_curve_its_finding(page):
    text, _ = page(frame(), "observed")
    assert re.search(r"<figcaption>[^<]*: [\d.]+%? as declared, [\d.]+%? to [\d.]+%? over \d+ specifications", text)
    assert "SYNTHETIC" not in text


def test_the_page_says_when_the_default_was_declared(page):
    text, result = page(frame(), "observed")
    assert "declared after the printed figures were known" in text
    assert result.declared_hash in text


def test_a_complete_round_has_no_curves_and_says_why(page):
    units = frame()
    # Every unit answered like the first that did.
    units["disposition"] = "I"
    units[["answered_first", "answered_second"]] = True
    units = units.assign(plan=1, how=1, tick_a=1, staff=2, maturity=2.5)
    text, result = page(units, "observed")
    assert "No way of weighting can change a number" in text
    assert text.count("<svg") == 1
    assert result.counts["refused"].sum() == 0


def test_the_register_has_every_alternative_once_with_its_reason():
    _, names, result = made(frame(), "synthetic")
    run, not_run = (views.register_table(result, names=names, run=run) for run in (True, False))
    about = [one for one in read_decisions() if one.holds_for("no-survey")]
    assert len(run) + len(not_run) == sum(len(one.alternatives) for one in about)
    assert set(run["reason"]) | set(not_run["reason"]) == {one.reason for one in about}


def test_charts_need_rows():
    with pytest.raises(ValueError, match="specification"):
        specification_curve(pd.DataFrame(), {}, names=("a", "b", "c"), yformat=str)
    with pytest.raises(ValueError, match="estimate"):
        uncertainty(pd.DataFrame(), xlabel="x", names=("a", "b", "c", "d"), xformat=str)
