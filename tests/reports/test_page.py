from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from analysis.reports.display.csv_files import write_csv
from analysis.reports.display.page import Page
from analysis.reports.display.render import TRUSTED

HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    '"><a href="javascript:alert(1)">',
    "100% %s {x}",
    "<!--data-->",
]
OURS = set(
    "a caption circle defs div figcaption figure g h2 h3 p path span svg table tbody td text th thead tr use".split()
)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[dict[str, str]]:
    outputs: list[dict[str, str]] = []
    monkeypatch.setenv("ANALYSIS_STAGING", str(tmp_path))
    monkeypatch.setattr("IPython.display.display", lambda data, raw: outputs.append(data))
    return outputs


def _tags(markup: str) -> list[tuple[str, dict[str, str | None]]]:
    found: list[tuple[str, dict[str, str | None]]] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: found.append((tag, dict(attrs)))  # type: ignore[method-assign]
    parser.feed(markup)
    return found


def _figure(page: Page, **changes: Any) -> None:
    figure, _ = plt.subplots()
    plt.close(figure)
    texts = {"title": "Half reach it", "alt": "Half.", "source": "scores", "base": "4 municipalities"} | changes
    page.figure(figure, name="drawn", data=pd.DataFrame({"x": [1, 2]}), **texts)


def test_a_table_has_caption_header_cells_and_words_for_what_is_missing(shown: list[dict[str, str]]) -> None:
    frame = pd.DataFrame({"group": ["small", "large"], "n": [1200, 3], "share": [0.5, None]})
    Page(stage="results", wave="w", language="nb").table(
        frame, name="groups", caption="Andel", formats={"share": "percent"}, labels={"share": "Andel"}, source="kilden"
    )
    markup = shown[0][TRUSTED]
    assert "<caption><span>Andel</span></caption>" in markup
    assert '<th scope="col" class="number">Andel</th>' in markup
    assert '<th scope="row">small</th><td class="number">1\u00a0200</td><td class="number">50\u00a0%</td>' in markup
    assert '<td class="number empty">ikke tilgjengelig</td>' in markup
    assert 'tabindex="0" role="region" aria-label="Tabell, kan rulles sidelengs: Andel"' in markup


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_shown_as_text_wherever_it_stands(shown: list[dict[str, str]], text: str) -> None:
    page = Page(stage="cleaning", wave="w")
    page.sentences([text])
    page.table(
        pd.DataFrame({"a": [text], text: [text]}), name="t", caption=text, labels={"a": text}, source=text, base=text,
        note=text,
    )  # fmt: skip
    _figure(page, title=text, alt=text, source=text, base=text)
    for output in shown:
        for markup in output.values():
            tags = _tags(markup)
            assert {tag for tag, _ in tags} <= OURS
            assert not any(name.startswith("on") for _, names in tags for name in names)
            assert [names["href"] for tag, names in tags if tag == "a" and not names["href"].endswith(".csv")] == []


def test_the_rows_go_to_csv_as_they_are_and_the_page_links_to_them(shown: list[dict[str, str]], tmp_path: Path) -> None:
    frame = pd.DataFrame({"code": ["0301"], "share": [1 / 3]})
    Page(stage="cleaning", wave="w").table(frame, name="groups", caption="c", source="s")
    file = tmp_path / "outputs" / "tables" / "w" / "01_cleaning" / "groups.csv"
    assert file.read_bytes() == b"code,share\n0301,0.333333333333\n"
    assert '<a class="csv" href="data/01_cleaning/groups.csv" download>' in shown[0][TRUSTED]
    assert 'href="../outputs/tables/w/01_cleaning/groups.csv"' in shown[0]["text/html"]


def test_the_index_links_to_its_data_a_level_down_and_languages_keep_apart(shown: list[dict[str, str]]) -> None:
    frame = pd.DataFrame({"a": [1]})
    Page(stage="overview", wave="all", language="sv").table(frame, name="waves", caption="c", source="s")
    assert 'href="all/data/00_overview/waves.sv.csv"' in shown[0][TRUSTED]


def test_synthetic_data_are_named_so_in_title_file_and_rows(shown: list[dict[str, str]], tmp_path: Path) -> None:
    page = Page(stage="results", wave="w", language="nb", state="synthetic")
    page.table(pd.DataFrame({"a": [1]}), name="groups", caption="Andel", source="s")
    _figure(page, title="Funn")
    assert "<span>SYNTETISK: Andel</span>" in shown[0][TRUSTED]
    assert "<figcaption>SYNTETISK: Funn</figcaption>" in shown[1][TRUSTED]
    assert 'aria-label="SYNTETISK: Half."' in shown[1][TRUSTED]
    files = sorted((tmp_path / "outputs").rglob("*.csv"))
    assert [file.name for file in files] == ["SYNTHETIC_drawn.nb.csv", "SYNTHETIC_groups.nb.csv"]
    assert files[1].read_text() == "a,data\n1,synthetic\n"


@pytest.mark.parametrize("part", ["title", "alt", "source", "base"])
def test_a_figure_without_its_words_is_refused(shown: list[dict[str, str]], part: str) -> None:
    with pytest.raises(ValueError, match=part):
        _figure(Page(stage="results", wave="w"), **{part: " "})


@pytest.mark.parametrize(
    "call",
    [
        lambda: Page(stage="cooking", wave="w"),
        lambda: Page(stage="results", wave="w", language="no"),
        lambda: Page(stage="results", wave="w", state="fake"),
        lambda: Page(stage="results", wave="w").table(pd.DataFrame({"a": [1]}), name="../x", caption="c", source="s"),
        lambda: Page(stage="results", wave="w").table(
            pd.DataFrame({"a": [1]}), name="x", caption="c", source="s", formats={"b": "percent"}
        ),
    ],
)
def test_what_no_page_can_be_made_for_is_refused(shown: list[dict[str, str]], call: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"is not one of|is no name|has no column"):
        call()


def test_spreadsheets_do_not_run_text_and_numbers_keep_their_sign(tmp_path: Path) -> None:
    frame = pd.DataFrame({"text": ["=1+1", "+1", "-1", "@x", "\tx", "a=1", None], "number": [-1.5, 2, 3, 4, 5, 6, 7]})
    write_csv(frame, tmp_path / "t.csv")
    lines = (tmp_path / "t.csv").read_text(encoding="utf-8").splitlines()
    assert lines[:5] == ["text,number", "'=1+1,-1.5", "'+1,2.0", "'-1,3.0", "'@x,4.0"]
    assert lines[5:] == ["'\tx,5.0", "a=1,6.0", ",7.0"]


@dataclass
class _Result:
    data: pd.DataFrame
    estimates: pd.DataFrame


def test_what_is_saved_is_rounded_and_the_same_twice(shown: list[dict[str, str]], tmp_path: Path) -> None:
    result = _Result(pd.DataFrame({"x": [1 / 3], "n": pd.array([None], dtype="Int64")}), pd.DataFrame({"point": [0.1]}))
    page = Page(stage="indicators", wave="no-web-2013")
    page.save(result)
    folder = tmp_path / "data" / "processed" / "indicators"
    first = {file.name: file.read_bytes() for file in folder.iterdir()}
    page.save(result)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == first
    assert set(first) == {"no-web-2013.parquet", "no-web-2013.estimates.parquet"}
    back = pd.read_parquet(folder / "no-web-2013.parquet")
    assert back["x"].tolist() == [0.333333333333]
    assert back["n"].dtype == "Int64"
    assert "Saved 1 row of data" in shown[0][TRUSTED]


def test_headings_have_ids_that_stay(shown: list[dict[str, str]]) -> None:
    Page(stage="results", wave="w", language="sv").heading("stage.results")
    assert shown[0][TRUSTED] == '<h2 id="stage-results">Resultat</h2>'
