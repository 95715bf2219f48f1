"""The whole pipeline on all waves, slow: two runs give the same bytes, and a stage needs only what it declares."""

import shutil
import subprocess

import pytest

from analysis.inputs.params import load_params
from analysis.reports.display import provenance
from tests.r_survey import needs_r, verify
from tests.test_pipeline import digest
from tests.workspace import ROOT, analysis, copy_project

pytestmark = pytest.mark.slow


def test_an_unchanged_project_leaves_the_committed_lock_as_it_is(whole):
    assert (whole / "dvc.lock").read_text() == (ROOT / "dvc.lock").read_text(), "run make report and commit dvc.lock"


def test_two_runs_in_two_folders_and_time_zones_give_the_same_bytes(whole, tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    other = copy_project(tmp_path / "a folder with spaces" / "øst")
    run = analysis(other, "report")
    assert run.returncode == 0, run.stdout + run.stderr
    for made in ("outputs/site", "outputs/tables", "data/processed"):
        assert digest(other / made) == digest(whole / made)
    assert (other / "outputs/estimates.csv").read_bytes() == (whole / "outputs/estimates.csv").read_bytes()


@needs_r
@pytest.mark.parametrize("wave", load_params().waves)
def test_r_makes_the_weights_of_every_wave_again(whole, wave):
    run = verify(whole / "outputs" / "restricted" / "audit" / wave)
    assert run.returncode == 0, run.stdout + run.stderr


def test_a_run_of_one_wave_keeps_the_pages_of_the_others(whole, tmp_path):
    project = shutil.copytree(whole, tmp_path / "project", symlinks=True)
    before = digest(project / "outputs" / "site")
    shutil.rmtree(project / "outputs" / "pages" / "no-web-2011")
    run = analysis(project, "report", "--waves", "no-web-2011")
    assert run.returncode == 0, run.stdout + run.stderr
    assert digest(project / "outputs" / "site") == before


def test_a_clone_stays_clean_when_the_report_is_made(tmp_path):
    source = copy_project(tmp_path / "source")
    git = ["git", "-c", "user.name=test", "-c", "user.email=test@example.org"]
    for step in (["init", "--quiet"], ["add", "--all", "--force"], ["commit", "--quiet", "--message", "as committed"]):
        subprocess.run([*git, *step], cwd=source, check=True, capture_output=True)
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", source, clone], check=True)
    run = analysis(clone, "report")
    assert run.returncode == 0, run.stdout + run.stderr
    status = subprocess.run(["git", "status", "--porcelain"], cwd=clone, capture_output=True, text=True)
    assert status.stdout == ""


@pytest.mark.parametrize("notebook", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_opened_in_lab_runs_on_its_defaults_and_gives_the_same_bytes(whole, notebook, monkeypatch):
    import nbformat
    from nbclient import NotebookClient

    before = digest(whole / "data" / "processed")
    monkeypatch.setenv("PYTHONPATH", str(whole / "src"))
    opened = nbformat.read(notebook, as_version=4)
    NotebookClient(opened, resources={"metadata": {"path": str(whole / "notebooks")}}, timeout=600).execute()
    assert digest(whole / "data" / "processed") == before


STAGES = [stage for stage in provenance.stages() if stage.wave in ("no-2017", "no-web-2011", "all")]


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.target)
def test_a_stage_needs_only_what_it_declares(whole, tmp_path, stage):
    project = tmp_path / "project"
    for name in ("params.yaml", "dvc.yaml", *stage.deps):
        source, place = whole / name, project / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, place, dirs_exist_ok=True) if source.is_dir() else shutil.copy2(source, place)
    # What every command needs to run a stage at all; none of it reaches a number or a page.
    for name in ("__main__", "reports/runner"):
        shutil.copy2(whole / "src" / "analysis" / f"{name}.py", project / "src" / "analysis" / f"{name}.py")
    run = analysis(project, "stage", stage.name, stage.wave)
    assert run.returncode == 0, run.stdout + run.stderr
    for out in stage.outs:
        made, expected = project / out, whole / out
        if expected.is_dir():
            assert digest(made) == digest(expected)
        else:
            assert made.read_bytes() == expected.read_bytes()
