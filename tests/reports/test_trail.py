import re

import pandas as pd
import pytest

from analysis.reports.display import words
from analysis.reports.display.page import Page
from analysis.reports.display.render import TRUSTED
from analysis.reports.display.trail import LONGEST, SITE, markup, pick, printed
from analysis.survey.estimates import records
from tests.trails import listed_ids, patterns

RAW = "data/raw/waves/no-2009/SYNTHETIC_responses.sav"
LEVEL = {
    "estimate_type": "level", "measure": "share", "source": "synthetic", "stage": "results", "wave": "no-2009",
    "estimand": "M", "unit_type": "municipality", "population": "norway 2009-01-01", "source_ref": f"{RAW}#altinn",
}  # fmt: skip


def shares(*, items=("altinn",), n=(200,), **common):
    pairs = [(item, number) for item in items for number in n]
    rows = [LEVEL | {"item": item, "n_answered": number, "subset": f"size_group={number}"} for item, number in pairs]
    return records(rows, **common)


def text(records, language="en"):
    return re.sub(r"<[^>]+>", " ", markup(records, language=language))


def test_it_says_base_weights_interval_bounds_decisions_source_and_ids():
    made = shares(n=(40, 200), weight_variant="poststratify", ci_method="t", bound_lo=0.1, bound_hi=0.9)
    said = text(made)
    assert "Where these 2 numbers come from" in said
    for part in ("from 40 to 200 answers", "each unit once", "post-stratification", "Student", "lowest and highest",
                 "SYNTHETIC answers", RAW):  # fmt: skip
        assert part in said
    assert f'<a href="{SITE}decisions.html#decision-0080">0080</a>' in markup(made, language="en")
    assert listed_ids(markup(made, language="en")) == made["estimate_id"].tolist()


def test_it_opens_without_scripts_and_is_the_same_each_time():
    made = shares()
    assert markup(made, language="nb").startswith('<details class="trail"><summary>Hvor dette tallet kommer fra')
    assert markup(made, language="nb") == markup(made, language="nb")


def test_no_records_leave_no_trail():
    assert markup(records([]), language="en") == ""


def test_one_id_stands_whole():
    made = shares()
    assert listed_ids(markup(made, language="en")) == made["estimate_id"].tolist()


def test_many_ids_are_one_pattern_with_the_values_of_each_part():
    made = shares(items=[f"item_{number}" for number in range(LONGEST)], n=(1, 2))
    found = markup(made, language="en")
    assert listed_ids(found) == []
    assert "no-2009:results:level:share:M:municipality:<i>item</i>:<i>subset</i>:norway-2009-01-01" in found
    assert "<li><i>subset</i>: <code>size_group=1</code>, <code>size_group=2</code></li>" in found
    (pattern,) = patterns(found)
    assert all(pattern.fullmatch(f":{one}") for one in made["estimate_id"])
    assert not pattern.fullmatch(f":{made['estimate_id'].iloc[0]}".replace("item_0", "item_99"))


def test_a_part_that_some_ids_do_not_have_is_said_to_be_left_out():
    many = shares(items=[f"item_{number}" for number in range(LONGEST)])
    found = markup(pd.concat([many, records([LEVEL | {"item": "altinn"}])]), language="en")
    assert "<li><i>subset</i>: <code>size_group=200</code>, left out</li>" in found


def test_printed_figures_lead_to_report_and_place_and_have_no_id():
    found = text(printed(["no2009-nav-contributed", "no2009-nav-contributed"]))
    assert "this number" in found
    assert re.search(r"no2009-nav-contributed\s+L\d+", found)
    assert "printed in a report" in found
    assert "Estimate ids" not in found


def test_many_printed_figures_are_counted_by_report():
    from analysis.inputs.register import load_register

    figures = load_register().figures.query("source_id == 'ks-ramboll-2017'")["figure_id"]
    assert f"{len(figures)} printed figures" in text(printed(figures))


def test_rounding_is_told_apart_from_the_worst_case():
    bounds = {"bound_lo": 0.1, "bound_hi": 0.9}
    assert "rounding" not in text(shares(**bounds))
    assert "lowest and highest that rounding" in text(shares(flags="base_assumed;rounding_bounds", **bounds))


def test_what_the_catalogue_has_no_word_for_is_shown_escaped():
    made = shares(weight_variant="<b>trim 3</b>")
    assert "&lt;b&gt;trim 3&lt;/b&gt;" in markup(made, language="en")
    assert "<b>" not in markup(made, language="en")


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_interval_and_weight_of_the_project_has_its_word(language):
    methods = "wilson wilson_n_star hypergeometric korn_graubard t bounds complete unanimous_groups mover".split()
    keys = [f"trail.ci_method.{one}" for one in methods]
    keys += [f"trail.weight_variant.{one}" for one in ("none", "poststratify", "rake", "calibrate", "propensity")]
    assert all(words.say(key, language=language) for key in keys)


def test_records_are_picked_by_values_and_patterns():
    made = shares(items=("altinn", "area:all"), n=(1, 2))
    assert pick(made, item="area:*")["item"].tolist() == ["area:all"] * 2
    assert pick(made, item=["altinn", "none"], subset="size_group=2")["n_answered"].tolist() == [2]
    assert pick(made, item="[a]ltinn").empty
    with pytest.raises(KeyError):
        pick(made, colour="red")


@pytest.mark.parametrize(("stage", "top"), [("results", "../"), ("overview", "")])
def test_links_lead_to_the_top_of_the_site_and_from_the_lab_into_it(stage, top, monkeypatch, tmp_path):
    shown = []
    monkeypatch.setenv("ANALYSIS_STAGING", str(tmp_path))
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    frame = pd.DataFrame({"item": ["altinn", SITE], "n": [1, 2]})
    Page(stage=stage, wave="no-2009", state="synthetic").table(
        frame, name="one", caption="C", source="s", records=shares()
    )
    assert f'href="{top}decisions.html#decision-0079"' in shown[0][TRUSTED]
    assert 'href="../outputs/site/decisions.html#decision-0079"' in shown[0]["text/html"]
    assert SITE not in shown[0][TRUSTED]
    assert "&lt;!--site--&gt;" in shown[0][TRUSTED]
