"""Every table and figure of a page says where its numbers come from, or a list says why it does not."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.architecture.imports import ROOT

REPORTS = ROOT / "src" / "analysis" / "reports"
WITHOUT = yaml.safe_load((Path(__file__).parent / "without_trail.yml").read_text(encoding="utf-8"))


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def parameters(function: ast.FunctionDef) -> list[str]:
    return [one.arg for one in (*function.args.args, *function.args.kwonlyargs)]


def functions(path: Path) -> dict[str, list[str]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name: parameters(node) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


SHARED = {"show_table": functions(REPORTS / "wave_views.py")["show_table"]}
PAGE = {name: functions(REPORTS / "display" / "page.py")[name][1:] for name in ("table", "figure")}


def shows(path: Path) -> Iterator[tuple[str, bool]]:
    """The name of each table and figure that a module shows, as it is written, and whether records go with it.

    A helper that takes records is looked at where it is called, too.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    own = {name: known for name, known in functions(path).items() if "records" in known and "name" in known}
    helpers = PAGE | SHARED | {name: known for name, known in own.items() if "page" in known}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and called(node) in helpers):
            continue
        given = dict(zip(helpers[called(node)], node.args, strict=False))
        given |= {one.arg: one.value for one in node.keywords if one.arg}
        if "name" in given:
            yield ast.unparse(given["name"]).strip("'"), "records" in given


MODULES = sorted(path for path in REPORTS.glob("*.py") if dict(shows(path)))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_every_table_and_figure_passes_its_records_or_is_on_the_list(path):
    without = {name for name, passes in shows(path) if not passes}
    assert without == set(WITHOUT.get(path.stem, {})), "pass `records`, or list the name with the reason"


def test_each_entry_of_the_list_has_a_module_and_a_reason():
    assert set(WITHOUT) <= {path.stem for path in MODULES}
    assert all(reason for entries in WITHOUT.values() for reason in entries.values())
