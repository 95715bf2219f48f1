import copy
import re
from typing import Any

import nbformat
import pytest

from analysis.reports.display import render
from analysis.reports.display.render import TRUSTED

v4 = nbformat.v4
FACTS = {"stage": "cleaning", "wave": "w", "language": "en", "languages": [], "note": "--> <script>"}
PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<iframe src='https://example.org'></iframe>",
    "<style>*{display:none}</style>",
    "<p style='position:fixed'>x</p>",
    "<form action='https://example.org'><input></form>",
    "<table><tr><td onclick='alert(1)'>x</td></tr></table>",
    "[x](javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](https://example.org/a.png)",
    "<math><mtext></table><script>alert(1)</script>",
]
FORBIDDEN = (
    "<script",
    "<img",
    "<svg",
    "<iframe",
    "<style",
    "<form",
    "<input",
    'href="javascript',
    'href="data',
    "<math",
)


def _notebook(*cells: Any) -> Any:
    return v4.new_notebook(cells=list(cells))


def _output(kind: str, **data: str) -> Any:
    return v4.new_code_cell("x", outputs=[v4.new_output(kind, data=data)])


def _body(*cells: Any) -> str:
    return render.parse(render.render(_notebook(*cells), facts=FACTS))[1]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_hostile_survives_in_any_place(payload: str) -> None:
    body = _body(
        v4.new_markdown_cell(payload),
        v4.new_code_cell(payload, outputs=[v4.new_output("stream", text=payload)]),
        _output("execute_result", **{"text/html": payload, "text/plain": payload}),
        _output("execute_result", **{"text/plain": payload}),
        _output("display_data", **{"text/markdown": payload}),
        _output("display_data", **{"image/svg+xml": payload, "application/javascript": payload}),
    )
    assert [word for word in FORBIDDEN if word in body.lower()] == []
    assert "#harmful-link" not in body
    tags = body.replace("&lt;", "").split("<")
    assert not any(" onclick=" in tag.partition(">")[0] or " style=" in tag.partition(">")[0] for tag in tags)


@pytest.mark.parametrize("kind", ["execute_result", "display_data"])
@pytest.mark.parametrize(
    ("mime", "content", "shown"),
    [
        (TRUSTED, '<p class="ours">kept</p>', '<p class="ours">kept</p>'),
        ("text/html", "<table><tr><td>kept</td></tr></table>", "<td>kept</td>"),
        ("text/plain", "a < b", "a &lt; b"),
        ("text/markdown", "*kept*", "<em>kept</em>"),
        ("image/png", "aGk=", 'src="data:image/png;base64,aGk="'),
    ],
)
def test_no_kind_of_output_vanishes(kind: str, mime: str, content: str, shown: str) -> None:
    assert shown in _body(_output(kind, **{mime: content}))


def test_a_picture_has_its_words() -> None:
    output = v4.new_output("display_data", data={"image/png": "aGk="}, metadata={"image/png": {"alt": 'a "b"'}})
    assert 'alt="a &quot;b&quot;"' in _body(v4.new_code_cell("x", outputs=[output]))


def test_stderr_parameters_and_lab_cells_stay_off_the_page() -> None:
    body = _body(
        v4.new_code_cell("wave = 'secret'", metadata={"tags": ["parameters"]}),
        v4.new_code_cell("wave = 'secret'", metadata={"tags": ["injected-parameters"]}),
        v4.new_markdown_cell("secret", metadata={"tags": ["lab-only"]}),
        v4.new_code_cell("x", outputs=[v4.new_output("stream", name="stderr", text="secret")]),
    )
    assert "secret" not in body


def test_code_is_folded_away_and_coloured() -> None:
    body = _body(v4.new_code_cell("import a"))
    assert '<details class="code"><summary>Code</summary>' in body
    assert '<span class="kn">import</span>' in body


def test_headings_get_ids_and_make_the_contents() -> None:
    fragment = render.render(
        _notebook(
            v4.new_markdown_cell("# Who *answered* & why\n\n## Same\n\n## Same"),
            _output("display_data", **{TRUSTED: '<h2 id="same">Ours</h2>'}),
        ),
        facts=FACTS,
    )
    facts, body = render.parse(fragment)
    assert facts["contents"] == [
        {"id": "who-answered-why", "text": "Who answered & why"},
        {"id": "same-2", "text": "Same"},
        {"id": "same-3", "text": "Same"},
        {"id": "same", "text": "Ours"},
    ]
    assert "<h1" not in body


def test_one_key_that_heads_two_parts_gives_two_ids() -> None:
    part = '<h3 id="who-r">Who</h3>'
    body, _ = render._number_headings(f'<h2 id="who">A</h2>{part}<h2 id="made">B</h2>{part}')
    assert re.findall(r'id="([^"]+)"', body) == ["who", "who-r", "made", "who-r-2"]


def test_facts_come_back_as_they_went_in_and_cannot_end_their_comment() -> None:
    fragment = render.render(_notebook(), facts=FACTS)
    facts, _ = render.parse(fragment)
    assert {key: facts[key] for key in FACTS} == FACTS
    assert fragment.splitlines()[0].count("-->") == 1
    with pytest.raises(ValueError, match="does not begin with its facts"):
        render.parse("<p>no facts</p>")


def test_two_runs_give_the_same_page_and_notebook() -> None:
    def run(number: int) -> Any:
        notebook = _notebook(
            v4.new_code_cell("wave = 'w'", metadata={"tags": ["injected-parameters"]}, id=f"random-{number}"),
            v4.new_code_cell(
                "x",
                id="fixed",
                metadata={"papermill": {"duration": number}, "execution": {"iopub.status.busy": f"{number}"}},
                outputs=[
                    v4.new_output("stream", text=f"<object at 0x7f00000000{number:02d}>"),
                    v4.new_output("execute_result", data={"text/plain": f"/tmp/ipykernel_{number}/12.py:3"}),
                    v4.new_output("display_data", data={TRUSTED: "<p>x</p>", "text/plain": f"<Figure {number}>"}),
                ],
            ),
            v4.new_markdown_cell("text", id="text"),
        )
        notebook.metadata["papermill"] = {"parameters": {"wave": "w"}, "start_time": f"{number}"}
        notebook.metadata["language_info"] = {"name": "python", "version": f"3.11.{number}"}
        return notebook

    first, second = (render.scrub(run(number)) for number in (1, 2))
    assert nbformat.writes(first) == nbformat.writes(second)
    assert first.metadata["papermill"] == {"parameters": {"wave": "w"}}
    assert render.render(first, facts=FACTS) == render.render(second, facts=FACTS)


def test_scrubbing_leaves_the_notebook_it_was_given() -> None:
    notebook = _notebook(_output("execute_result", **{"text/plain": "a", "text/html": "<p>a</p>"}))
    before = copy.deepcopy(notebook)
    render.scrub(notebook)
    assert notebook == before


def test_code_that_shows_nothing_is_folded_into_the_next_that_does() -> None:
    silent, shown = v4.new_code_cell("import one"), v4.new_code_cell("two()")
    shown.outputs = [v4.new_output("stream", name="stdout", text="seen")]
    page = render.render(v4.new_notebook(cells=[silent, shown]), facts=FACTS)
    assert page.count("<details") == 1
    assert page.index("one") < page.index("two") < page.index("seen")


def test_a_message_on_standard_error_does_not_move_the_code():
    warned = v4.new_code_cell("one()", outputs=[v4.new_output("stream", name="stderr", text="a warning")])
    quiet, shown = v4.new_code_cell("one()"), _output("display_data", **{TRUSTED: "<p>two</p>"})
    pages = [render.render(v4.new_notebook(cells=[first, shown]), facts=FACTS) for first in (warned, quiet)]
    assert pages[0] == pages[1]
    assert "a warning" not in pages[0]
    assert "two" in pages[0]
