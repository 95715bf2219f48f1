import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.reports import trace
from analysis.survey.estimates import COLUMNS, records

HASHES = {"inputs_sha256": "1" * 64, "code_sha256": "2" * 64}


@pytest.fixture(autouse=True)
def unchanged(monkeypatch):
    monkeypatch.setattr("analysis.reports.display.provenance.hashes", lambda stage, wave: HASHES | {"code_sha256": "3"})


def table(**row):
    about = {"wave": "no-web-2013", "stage": "results", "item": "total", "measure": "mean", "source": "observed"}
    about |= {"estimate_type": "level", "source_ref": "data/raw/waves/no-web-2013/responses.csv#points"}
    made = records([about | HASHES | row]).assign(decisions="0006;9999")
    assert list(made.columns) == COLUMNS
    return made.astype(object).where(made.notna(), "").astype(str)


def told(estimates: pd.DataFrame) -> dict[str, str]:
    lines = list(trace.trail(estimates["estimate_id"].iloc[0], estimates=estimates))
    return {line[2 : 2 + trace.WIDTH].strip(): line[2 + trace.WIDTH :] for line in lines[1:]}


def test_an_observed_number_is_followed_down_to_the_variable_of_the_raw_file():
    said = told(table(point=0.5, se=0.1, ci_lo=0.4, ci_hi=0.6, ci_method="t", n_answered=3, n_frame=4, estimand="M"))
    assert said["value"] == "0.5"
    assert said["interval"] == "0.4 to 0.6, method t"
    assert said["base"] == "3 answers, 4 units of the frame"
    assert said["stage"] == "results@no-web-2013"
    assert said["notebook"] == "notebooks/05_results.ipynb"
    assert {"indicators@no-web-2013", "cleaning@no-web-2013"} <= set(said["made from"].split(", "))
    assert said["raw file"].startswith("data/raw/waves/no-web-2013/responses.csv, sha256 ")
    assert said["variable"].startswith("points, item total: total score")


def test_hashes_are_held_against_what_is_there_now():
    said = told(table(point=0.5))
    assert "as they are now" in said["inputs"]
    assert "changed since" in said["code"]


def test_decisions_have_title_and_file():
    said = told(table(point=0.5))
    assert said["decisions"].startswith("0006 Intervals have confidence 0.95 (docs/decisions/0006-")
    assert said[""] == "9999 has no record any more"


def test_a_weighted_number_names_its_variant():
    assert told(table(point=0.5, weight_variant="margins region"))["weights"] == "margins region"
    assert told(table(point=0.5))["weights"] == "none"


def test_a_printed_number_is_followed_to_the_page():
    figure = "no2009-democracy-stars-scale-max"
    said = told(table(wave="no-2009", stage="published", item=figure, source="printed", source_ref=figure, point=6.0))
    assert said["stage"] == "published@all"
    assert said["printed figure"].startswith(f"{figure}: 6 stars, ")
    assert said["printed figure"].endswith("L14")


def test_synthetic_numbers_say_so():
    assert "SYNTHETIC" in told(table(wave="no-2009", source="synthetic", source_ref="x", point=0.5))["source"]


def test_an_unknown_id_is_one_sentence_with_ids_like_it():
    estimates = table(point=0.5)
    with pytest.raises(InputError, match=r"is it no-web-2013:results"):
        next(trace.trail("results:level:mean", estimates=estimates))
    with pytest.raises(InputError, match="look it up in the column estimate_id"):
        next(trace.trail("???", estimates=estimates))
