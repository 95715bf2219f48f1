"""What is tracked: locks without an index, environments in step, decisions for each parameter, hashes, no leaks."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from analysis.inputs import decisions
from analysis.inputs.params import load_params
from analysis.inputs.waves import load_wave
from tests.architecture.hashes import README, computed, stated
from tests.workspace import ROOT

LOCKS = ["bootstrap", "run", "test", "lab"]
PIN = re.compile(r"^([A-Za-z0-9_.-]+)==(\S+)", re.MULTILINE)


def lock(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")


def pins(name: str) -> set[tuple[str, str]]:
    return set(PIN.findall(lock(name)))


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_index_and_hashes_every_package(name):
    assert "://" not in lock(name)
    assert "index" not in lock(name)
    blocks = re.split(r"\n(?=\S)", lock(name))
    assert all("--hash=sha256:" in block for block in blocks if "==" in block)


@pytest.mark.parametrize("name", ["test", "lab", "bench"])
def test_the_larger_locks_hold_the_run_lock_with_the_same_versions(name):
    assert pins("run") <= pins(name)


def test_every_dependency_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = {name for name, _ in pins("run")}
    assert {re.sub(r"[._]", "-", name) for name in project["dependencies"]} <= locked


def test_lab_stays_out_of_the_run_environment():
    assert not {"jupyterlab", "rfc3987-syntax"} & {name for name, _ in pins("run")}
    assert "jupyterlab" in {name for name, _ in pins("lab")}


def test_conda_gives_the_same_python_and_the_same_lock():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, _, pip = conda["dependencies"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == ">=3.11,<3.12"
    assert python == "python=3.11"
    assert pip == {"pip": ["-r requirements/lab.lock"]}


@pytest.mark.slow
def test_pip_can_resolve_what_conda_hands_it():
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--require-hashes", "--no-deps"]
    run = subprocess.run(
        [*command, "--ignore-installed", "-r", "requirements/lab.lock"], cwd=ROOT, capture_output=True, text=True
    )
    if "Temporary failure in name resolution" in run.stderr or "Network is unreachable" in run.stderr:
        pytest.skip("needs the network")
    assert run.returncode == 0, run.stderr


def test_raw_files_are_as_the_readme_says():
    assert stated() == computed(), "look at what changed in data/raw, then run `make hashes`"


def test_every_raw_file_has_an_origin_and_a_licence():
    text = README.read_text(encoding="utf-8").partition("```text")[0]
    for name in computed():
        folder, _, file = name.rpartition("/")
        assert file in text, f"{name} is not described"
        assert folder.split("/")[-1] in text or folder in text


DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
KEYS = {"id", "title", "waves", "parameter", "chosen", "alternatives", "reason", "source", "date"}


def front_matter(path) -> dict:
    _, head, _ = path.read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(head)


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_record_says_what_was_chosen_instead_of_what_and_why(path):
    record = front_matter(path)
    assert set(record) == KEYS
    assert path.name.startswith(f"{record['id']}-")
    assert record["alternatives"], "a decision without an alternative is none"
    assert record["reason"].strip()


def test_every_method_parameter_has_a_decision_record():
    records = decisions.read_decisions()
    assert list(decisions.parameter_problems(records, params=load_params())) == []
    decided = {(record.parameter, wave) for record in records for wave in record.waves}
    for wave in map(load_wave, load_params().waves):
        keys = ["frame.date", *(f"groups.{key}" for key in type(wave.file.groups).model_fields), "key_estimates"]
        assert {(f"wave.yml: {key}", wave.id) for key in keys} - decided == set()
        assert list(decisions.problems(records, wave=wave)) == []


def tracked(*patterns: str) -> list[str]:
    run = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", *patterns], cwd=ROOT, capture_output=True)
    return run.stdout.decode().splitlines()


def test_no_path_of_a_machine_is_named():
    places = re.compile(r"(/home/|/Users/|/root/|C:\\\\)\w")
    for name in tracked("*.py", "*.md", "*.yml", "*.yaml", "*.toml", "*.ipynb", "Makefile"):
        if not name.startswith("tests/"):
            assert not places.search((ROOT / name).read_text(encoding="utf-8")), name


def test_nothing_the_pipeline_makes_is_tracked():
    assert tracked("data/processed", "outputs") == []


def test_answers_that_are_neither_synthetic_nor_open_are_not_tracked():
    describing = re.compile(r"wave\.yml|.*items\.csv|options\.csv|targets\.csv|corrections\.yml|SYNTHETIC_.*")
    answers = [Path(name) for name in tracked("data/raw/waves") if not describing.fullmatch(Path(name).name)]
    assert answers, "the website rounds are open"
    for path in answers:
        assert load_wave(path.parent.name).file.promise == "open", path


def test_git_ignores_answers_as_they_are_delivered():
    delivered = ["responses.sav", "responses.csv", "Svar 2024.xlsx", "responses.dta"]
    names = [f"data/raw/waves/no-2024/{name}" for name in delivered]
    kept = ["data/raw/waves/no-2024/wave.yml", "data/raw/waves/no-2024/SYNTHETIC_responses.sav"]
    run = subprocess.run(["git", "check-ignore", *names, *kept], cwd=ROOT, capture_output=True, text=True)
    assert run.stdout.replace('"', "").splitlines() == names
