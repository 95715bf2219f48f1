"""Notebooks are thin: stored without outputs, one parameters cell, no logic, no numbers typed into prose."""

import ast
import json
import re
from pathlib import Path

import pytest

from tests.architecture.imports import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LOGIC = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Lambda, ast.ListComp, ast.DictComp, ast.If, ast.Try)
FORBIDDEN = (".style", "HTML(", "itables", "Markdown(", "display(")


def cells(path: Path, kind: str) -> list[dict]:
    return [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == kind]


def source(cell: dict) -> str:
    return "".join(cell["source"])


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request) -> Path:
    return request.param


def test_it_is_stored_without_outputs(notebook):
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells(notebook, "code"))
    metadata = json.loads(notebook.read_text(encoding="utf-8"))["metadata"]
    assert set(metadata) <= {"kernelspec", "language_info"}


def test_it_begins_with_question_input_output_and_reader(notebook):
    first = json.loads(notebook.read_text(encoding="utf-8"))["cells"][0]
    assert first["cell_type"] == "markdown"
    assert all(f"**{word}:**" in source(first) for word in ("Question", "Input", "Output", "Reader"))


def test_its_second_cell_alone_is_tagged_parameters(notebook):
    all_cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    tagged = [number for number, cell in enumerate(all_cells) if "parameters" in cell["metadata"].get("tags", [])]
    assert tagged == [1]


def test_its_last_cell_saves(notebook):
    assert source(cells(notebook, "code")[-1]).strip().endswith("page.save(result)")


def test_its_code_holds_no_logic_and_few_lines(notebook):
    for cell in cells(notebook, "code"):
        tree = ast.parse(source(cell))
        assert not [node for node in ast.walk(tree) if isinstance(node, LOGIC)], source(cell)
        assert len(tree.body) <= 8, source(cell)


def test_it_shows_things_only_through_the_page(notebook):
    code = "\n".join(source(cell) for cell in cells(notebook, "code"))
    assert [word for word in FORBIDDEN if word in code] == []


def test_its_prose_types_no_number_that_data_could_change(notebook):
    for cell in cells(notebook, "markdown"):
        prose = re.sub(r"`[^`]*`", "", source(cell))
        assert not re.search(r"\d", prose), prose


def test_its_titles_and_alt_texts_type_no_number(notebook):
    texts = [
        node.value
        for cell in cells(notebook, "code")
        for node in ast.walk(ast.parse(source(cell)))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value
    ]
    assert [text for text in texts if re.search(r"\d", text)] == []
