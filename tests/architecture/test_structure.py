"""The house as design says: direction of imports, size of modules, one word in five places."""

import ast
from pathlib import Path

import pytest
import yaml

from analysis import paths
from analysis.reports.display import provenance
from tests.architecture.imports import ROOT, SOURCE, code_files, imported, module_files, notebook_imports

ORDER = ["inputs", "survey", "evidence", "reports"]
# Synthetic answers stand beside the order: they use the first two, and only the command line uses them.
BESIDE = {"standins": {"inputs", "survey", "standins"}}
MODULES = sorted((SOURCE / "analysis").rglob("*.py"))
PAGES = {"render", "site"}
STAGES = sorted({stage.name for stage in provenance.stages()})


def package(file: Path) -> str:
    inner = file.relative_to(SOURCE / "analysis").parts
    return inner[0] if len(inner) > 1 else ""


@pytest.mark.parametrize("file", [file for file in MODULES if package(file)], ids=lambda f: f.stem)
def test_a_package_imports_only_from_those_before_it(file):
    own = package(file)
    allowed = {""} | (BESIDE[own] if own in BESIDE else set(ORDER[: ORDER.index(own) + 1]))
    used = {package(other) for name in imported(file.read_text(encoding="utf-8")) for other in module_files(name)}
    assert used <= allowed


@pytest.mark.parametrize("file", MODULES, ids=lambda f: f.stem)
def test_a_module_has_one_job_and_at_most_300_lines(file):
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 300
    assert ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("file", [file for file in MODULES if file.name == "__init__.py"], ids=lambda f: f.parent.name)
def test_a_package_holds_no_code_of_its_own(file):
    assert len(ast.parse(file.read_text(encoding="utf-8")).body) == 1


@pytest.mark.parametrize("file", MODULES, ids=lambda f: f.stem)
def test_functions_stay_short_enough_to_read(file):
    functions = [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if hasattr(node, "returns")]
    long = [node.name for node in functions if node.end_lineno - node.body[0].lineno + 1 > 45]
    assert long == []


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_one_word_in_five_places(stage):
    found = [file for file in MODULES if file.stem == stage]
    assert len(found) == 1, "one module bears the stage's name"
    assert paths.notebook(stage).is_file()
    assert f"analysis.{package(found[0])}.{stage}" in notebook_imports(paths.notebook(stage))
    declared = [entry for entry in provenance.stages() if entry.name == stage]
    for entry in declared:
        assert f"data/processed/{stage}/{entry.wave}.parquet" in entry.outs
        pages = [out for out in entry.outs if out.startswith(f"outputs/pages/{entry.wave}/")]
        assert pages
        assert all(Path(page).name.startswith(paths.stage_file(stage) + ".") for page in pages)


def test_every_notebook_is_a_stage():
    assert {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")} == {paths.stage_file(s) for s in STAGES}


# Folders that most stages need nearly whole: one dependency each keeps dvc.lock short, which DVC reads at every step.
FOLDERS = (
    "src/analysis/evidence/aggregates",
    "src/analysis/evidence/checks",
    "src/analysis/inputs",
    "src/analysis/reports/disclosure",
    "src/analysis/reports/display",
    "src/analysis/survey/adjustment",
    "src/analysis/survey/balance",
    "src/analysis/survey/inference",
)


def as_declared(file: str) -> str:
    return next((folder for folder in FOLDERS if file.startswith(f"{folder}/")), file)


@pytest.mark.parametrize("stage", STAGES)
def test_declared_code_is_what_the_notebook_and_its_page_really_import(stage):
    start = notebook_imports(paths.notebook(stage)) | {"analysis.reports.display.render"}
    notebook = f"notebooks/{paths.stage_file(stage)}.ipynb"
    really = {as_declared(file) for file in code_files(start)} | {notebook, "requirements/run.lock"}
    for entry in provenance.stages():
        if entry.name == stage:
            declared = {dep for dep in entry.deps if dep.startswith(provenance.CODE)}
            assert declared == really


def test_every_stage_keeps_its_outputs_until_it_has_succeeded():
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    for name, body in stages.items():
        for out in body["do"]["outs"]:
            assert next(iter(out.values()))["persist"] is True, f"{name}: {out}"
