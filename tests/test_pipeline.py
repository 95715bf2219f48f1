"""The whole run on one wave, as a user sees it: from raw data to the site, again, after changes, and when it fails."""

import hashlib
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import psutil
import pytest

from analysis.reports.ledger import Ledger
from analysis.survey.estimates import COLUMNS
from tests.conftest import WAVE
from tests.trails import TRAIL, listed_ids, patterns
from tests.workspace import analysis, environment, replace


@pytest.fixture
def project(built, tmp_path) -> Path:
    """A copy of the built project that a test may change."""
    return shutil.copytree(built, tmp_path / "project", symlinks=True)


def digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_it_goes_from_raw_data_to_a_site_that_can_be_opened(built):
    pages = {str(path.relative_to(built / "outputs" / "site")) for path in (built / "outputs" / "site").rglob("*.html")}
    assert {"index.html", "index.nb.html", "index.sv.html", "all/06_published.html"} <= pages
    assert {f"{WAVE}/05_results.{language}.html" for language in ("en", "nb", "sv")} <= pages
    assert {f"{WAVE}/{page}.html" for page in ("01_cleaning", "04_weighting")} <= pages


def test_every_estimate_has_the_columns_of_the_record_and_an_id_of_its_own(built):
    rows = pd.read_csv(built / "outputs" / "estimates.csv", dtype=str, keep_default_na=False)
    assert rows.columns.tolist() == COLUMNS
    assert rows["estimate_id"].is_unique
    assert rows["code_sha256"].str.fullmatch("[0-9a-f]{64}").all()
    assert rows["inputs_sha256"].str.fullmatch("[0-9a-f]{64}").all()


def test_every_estimate_id_that_a_page_names_is_a_row_of_the_estimates(built):
    ids = set(pd.read_csv(built / "outputs" / "estimates.csv", usecols=["estimate_id"])["estimate_id"])
    trails = [
        trail
        for page in sorted((built / "outputs" / "site").rglob("*.html"))
        for trail in TRAIL.findall(page.read_text(encoding="utf-8"))
    ]
    named = [one for trail in trails for one in listed_ids(trail)]
    assert len(named) > 100
    assert set(named) - ids == set()
    told = [pattern for trail in trails for pattern in patterns(trail)]
    assert told
    assert all(any(pattern.fullmatch(f":{one}") for one in ids) for pattern in told)


def test_a_second_run_with_nothing_changed_runs_no_stage_and_changes_no_byte(project):
    before = digest(project / "outputs" / "site")
    lock = (project / "dvc.lock").read_bytes()
    run = analysis(project, "report")
    assert run.returncode == 0
    assert "done" not in run.stdout
    assert digest(project / "outputs" / "site") == before
    assert (project / "dvc.lock").read_bytes() == lock


def test_writing_a_stage_down_leaves_its_outputs_where_others_may_be_reading_them(project, monkeypatch):
    monkeypatch.chdir(project)
    page, table = Path("outputs/pages/all/00_overview.en.html"), Path("outputs/estimates.csv")
    for file in (page, table):
        file.write_text(f"{file.read_text(encoding='utf-8')}\n", encoding="utf-8")
    before = [(file.stat().st_ino, file.stat().st_ctime_ns) for file in (page, table)]
    with Ledger() as ledger:
        assert ledger.stale() == {"overview@all"}
        ledger.record("overview@all")
    assert [(file.stat().st_ino, file.stat().st_ctime_ns) for file in (page, table)] == before


def test_a_change_of_the_register_reruns_what_reads_it_and_nothing_else(project):
    figures = project / "data" / "raw" / "published" / "claims.csv"
    figures.write_text("\n".join(figures.read_text(encoding="utf-8").splitlines()[:-1]) + "\n", encoding="utf-8")
    run = analysis(project, "report")
    assert run.returncode == 0, run.stderr
    ran = {line.split()[1] for line in run.stdout.splitlines() if line.startswith("  done")}
    readers = {"published@all", "comparison@all", "validation@all", "overview@all"}
    assert ran == readers | {f"representativeness@{WAVE}", f"results@{WAVE}"}


def test_without_any_wave_everything_else_still_runs(project):
    replace(project / "params.yaml", f"waves:\n  - {WAVE}\n", "waves: []\n")
    for folder in (project / "data" / "raw" / "waves").glob("no-web-*"):
        shutil.rmtree(folder)
    run = analysis(project, "report")
    assert run.returncode == 0, run.stdout + run.stderr
    site = project / "outputs" / "site"
    assert (site / "all" / "06_published.html").is_file()
    assert (site / "all" / "07_comparison.en.html").is_file()
    assert not (site / WAVE).exists()
    assert set(pd.read_csv(project / "outputs" / "estimates.csv")["source"]) == {"printed"}


BAD_INPUT = {
    "a wave without a folder": (
        "params.yaml", f"  - {WAVE}\n", f"  - {WAVE}\n  - no-web-2099\n", ["params.yaml", "no-web-2099", "add"],
    ),
    "an unknown key in params.yaml": ("params.yaml", "languages:", "tongues: [en]\nlanguages:", ["tongues", "params"]),
    "a language that is none": ("params.yaml", "[en, nb, sv]", "[en, no]", ["params.yaml", "languages"]),
    "an unknown key in wave.yml": (
        f"data/raw/waves/{WAVE}/wave.yml", "country:", "colour: red\ncountry:", ["wave.yml", "colour", "remove"],
    ),
    "a value off its scale": (
        f"data/raw/waves/{WAVE}/responses.csv", ",59,59,", ",59,959,", ["responses.csv", "row", "959", "scale"],
    ),
    "an unknown municipality code": (
        f"data/raw/waves/{WAVE}/responses.csv", "municipality,0101,", "municipality,9901,", ["9901", "row 2", "code"],
    ),
    "an unknown source in the register": (
        "data/raw/published/figures.csv", ",ks-ramboll-2017,", ",nobody-2017,", ["figures.csv", "nobody-2017"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_INPUT)
def test_bad_input_is_one_sentence_with_place_and_remedy_and_leaves_outputs_alone(project, case):
    file, old, new, words = BAD_INPUT[case]
    if "959" in new:
        text = (project / file).read_text(encoding="utf-8").splitlines()
        cells = text[1].split(",")
        old, new = text[1], ",".join([*cells[:3], "959", *cells[4:]])
    replace(project / file, old, new)
    before = digest(project / "outputs") | digest(project / "data" / "processed")
    run = analysis(project, "report")
    assert run.returncode == 1
    message = run.stderr.strip()
    assert len(message.splitlines()) == 1
    assert "Traceback" not in run.stdout + run.stderr
    assert all(word in message for word in words), message
    assert digest(project / "outputs") | digest(project / "data" / "processed") == before


def test_a_failing_cell_is_named_and_the_site_stays_as_it_was(project):
    insert(project / "notebooks" / "02_indicators.ipynb", "raise RuntimeError('made to fail')")
    before = digest(project / "outputs" / "site")
    run = analysis(project, "report")
    assert run.returncode == 1
    message = run.stderr.strip()
    assert "notebooks/02_indicators.ipynb (no-web-2013), cell 4" in message
    assert "RuntimeError: made to fail" in message
    kept = next(word for word in message.replace(",", " ").split() if word.endswith(".ipynb") and "logs" in word)
    assert (project / kept).is_file()
    assert "Traceback" not in run.stderr
    assert digest(project / "outputs" / "site") == before


def test_parameters_that_do_not_fit_the_notebook_are_refused(project):
    insert(
        project / "notebooks" / "02_indicators.ipynb", 'wave = "x"\nlang = "no"', place=1, tags=["parameters"], drop=1
    )
    run = analysis(project, "stage", "indicators", WAVE)
    assert run.returncode == 1
    assert "declares lang, wave, the pipeline gives wave" in run.stderr


@pytest.mark.parametrize("arguments", [["stage", "nothing", WAVE], ["stage", "cleaning", "no-2099"]])
def test_an_unknown_stage_or_wave_is_one_sentence(built, arguments):
    run = analysis(built, *arguments)
    assert run.returncode == 1
    assert len(run.stderr.strip().splitlines()) == 1


def test_a_run_is_told_from_file_times_that_nothing_has_changed_but_misses_no_output_that_has(project):
    analysis(project, "report")  # the copy has file times of its own
    assert "Nothing has changed." in analysis(project, "report").stdout
    (project / "outputs" / "site" / "index.html").write_text("spoilt", encoding="utf-8")
    assert "Nothing has changed." not in analysis(project, "report").stdout
    assert (project / "outputs" / "site" / "index.html").read_text(encoding="utf-8") != "spoilt"


def test_a_stage_whose_inputs_come_out_the_same_is_left_alone(project):
    notebook = project / "notebooks" / "01_cleaning.ipynb"
    insert(notebook, "'something more to see'")
    run = analysis(project, "report")
    assert run.returncode == 0, run.stderr
    ran = {line.split()[1] for line in run.stdout.splitlines() if line.startswith("  done")}
    assert f"cleaning@{WAVE}" in ran
    assert f"indicators@{WAVE}" not in ran


def test_what_the_run_writes_down_is_what_dvc_finds(project):
    dvc = [sys.executable, "-m", "dvc"]
    status = subprocess.run([*dvc, "status", "--json"], cwd=project, capture_output=True, text=True)
    assert json.loads(status.stdout) == {}
    lock = (project / "dvc.lock").read_bytes()
    again = [*dvc, "repro", "--force", "--single-item", f"weighting@{WAVE}"]
    run = subprocess.run(again, cwd=project, env=environment(project), capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    assert (project / "dvc.lock").read_bytes() == lock


def test_a_problem_keeps_what_had_run_beside_it(project):
    insert(project / "notebooks" / "02_indicators.ipynb", "raise RuntimeError('made to fail')")
    insert(project / "notebooks" / "06_published.ipynb", "'something more to see'")
    assert analysis(project, "report").returncode == 1
    status = subprocess.run([sys.executable, "-m", "dvc", "status", "--json"], cwd=project, capture_output=True)
    assert f"indicators@{WAVE}" in (stale := json.loads(status.stdout))
    assert "published@all" not in stale


def pause(project: Path) -> Path:
    """Let a stage wait where a test can find it; returns the file that tells when it does."""
    insert(
        project / "notebooks" / "02_indicators.ipynb",
        "import os, pathlib, time; pathlib.Path('../here').write_text(str(os.getpid())); time.sleep(60)",
    )
    return project / "here"


def by_name(run: psutil.Process, victim: str, kernel: psutil.Process) -> psutil.Process:
    """The process of a run that is meant: the kernel's parent runs the stage, and DVC or `report` started that."""
    if victim == "kernel":
        return kernel
    return kernel.parent() if victim == "stage" else run


@pytest.mark.parametrize(
    "command", ["analysis report", pytest.param(f"dvc repro indicators@{WAVE}", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("victim", ["kernel", "stage", "run"])
def test_a_kill_in_the_middle_of_a_stage_heals_with_the_next_run(project, victim, command):
    before = digest(project / "outputs" / "site")
    notebook = project / "notebooks" / "02_indicators.ipynb"
    kept = notebook.read_bytes()
    here = pause(project)
    process = subprocess.Popen(
        [sys.executable, "-m", *command.split()],
        cwd=project,
        env=environment(project),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    wait_for(lambda: here.exists() and here.read_text())
    run = psutil.Process(process.pid)
    started = run.children(recursive=True)
    by_name(run, victim, psutil.Process(int(here.read_text()))).kill()
    output, _ = process.communicate(timeout=300)
    assert process.returncode != 0, output
    wait_for(lambda: not any(child.is_running() and child.status() != "zombie" for child in started))
    assert digest(project / "outputs" / "site") == before
    notebook.write_bytes(kept)
    run = analysis(project, "report")
    assert run.returncode == 0, run.stdout + run.stderr
    assert digest(project / "outputs" / "site") == before


def insert(notebook: Path, code: str, *, place: int = 2, tags: list[str] | None = None, drop: int = 0) -> None:
    """Put a code cell into a notebook, in place of `drop` others."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    cell = {"cell_type": "code", "id": "inserted", "metadata": {"tags": tags or []}, "source": [code], "outputs": []}
    content["cells"][place : place + drop] = [{**cell, "execution_count": None}]
    notebook.write_text(json.dumps(content), encoding="utf-8")


def wait_for(condition, *, seconds: float = 300) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)
