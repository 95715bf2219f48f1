"""What has which class, and how a page says that a number is withheld."""

from dataclasses import replace

import pandas as pd
import pytest

from analysis import paths
from analysis.inputs.waves import load_wave
from analysis.reports import release_classes
from analysis.reports.display.page import Page


def wave(name, **changes):
    found = load_wave(name)
    return replace(found, file=found.file.model_copy(update=changes))


def test_every_stage_has_a_class_and_an_unknown_one_has_none():
    assert set(release_classes.STAGES) == set(paths.STAGE_NUMBERS)
    class_of = release_classes.classes({})
    assert class_of("other", "all") is None
    assert class_of("results", "no-2017") is None


@pytest.mark.parametrize(
    ("changes", "results", "cleaning"),
    [
        ({"origin": "observed"}, "public", "restricted"),
        ({"origin": "observed", "promise": "named_with_consent"}, "public", "restricted"),
        ({"origin": "observed", "promise": "open"}, "public", "public"),
        ({}, "public", "public"),
    ],
)
def test_single_units_are_public_only_where_answers_are_open_or_synthetic(changes, results, cleaning):
    class_of = release_classes.classes({"no-2012": wave("no-2012", **changes)})
    assert (class_of("results", "no-2012"), class_of("cleaning", "no-2012")) == (results, cleaning)


def test_scores_that_are_not_open_are_restricted_as_control_does_not_know_them():
    class_of = release_classes.classes({"no-web-2013": wave("no-web-2013", promise="aggregates_only")})
    assert class_of("results", "no-web-2013") == "restricted"


@pytest.mark.parametrize(("language", "word"), [("en", "withheld"), ("nb", "holdt tilbake"), ("sv", "undanhållet")])
def test_a_missing_number_is_a_word_in_table_and_file_alike(tmp_path, monkeypatch, language, word):
    monkeypatch.setenv("ANALYSIS_STAGING", str(tmp_path))
    shown: list[str] = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data["text/html"]))
    table = pd.DataFrame({"group": ["a", None], "n": [11, None], "share": [0.5, None], "none": [None, None]})
    page = Page(stage="results", wave="no-2012", language=language, withheld=True)
    page.table(table, name="one", caption="c", formats={"share": "percent"}, source="s")
    page.figure(_drawn(), name="two", title="t", alt="a", data=table, source="s", base="b")
    assert shown[0].count(f">{word}<") == 4
    for file in tmp_path.rglob("*.csv"):
        assert file.read_text("utf-8").splitlines()[1:] == [f"a,11,0.5,{word}", f",{word},{word},{word}"]
    assert len(list(tmp_path.rglob("*.csv"))) == 2


def _drawn():
    from analysis.reports.display import charts

    return charts.bars(pd.DataFrame({"label": ["a"], "value": [1]}))
