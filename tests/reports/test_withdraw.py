"""A project that is withdrawn is in no raw, processed or output file any more, nor in DVC's local cache."""

import re
import shutil
import subprocess
import sys

import pandas as pd
import pytest
import yaml

from analysis.errors import InputError
from analysis.reports.withdraw import without
from tests.workspace import copy_project, environment, keep_waves, replace

WAVE, PROJECT, MAIL, OTHER = "no-2017", "P0002", "p0002@contact.invalid", "p0007@contact.invalid"
PLACES = ("data", "outputs", ".dvc")
WITHDRAW = """
import subprocess, sys
from analysis.errors import InputError
from analysis.reports.withdraw import withdraw
def rerun():
    subprocess.run([sys.executable, "-m", "dvc", "repro", "--quiet"], check=True)
try:
    withdraw({wave!r}, {project!r}, everything={everything}, confirm=lambda: {yes}, rerun=rerun)
except InputError as error:
    sys.exit(str(error))
"""
STAGE = {
    "foreach": [WAVE],
    "do": {
        "cmd": "python -m analysis stage registry ${item}",
        "deps": ["data/raw/waves/${item}", "notebooks/10_registry.ipynb"],
        "outs": [
            {out: {"persist": True}}
            for out in (
                "data/processed/registry/${item}.parquet",
                "data/processed/registry/${item}.estimates.parquet",
                "outputs/pages/${item}/10_registry.html",
                "outputs/tables/${item}/10_registry",
            )
        ],
    },
}


def ask(project, *, code=PROJECT, everything=False, yes=True) -> subprocess.CompletedProcess[str]:
    script = WITHDRAW.format(wave=WAVE, project=code, everything=everything, yes=yes)
    run = [sys.executable, "-c", script]
    return subprocess.run(run, cwd=project, env=environment(project), capture_output=True, text=True, timeout=300)


def dvc(project, *arguments):
    run = [sys.executable, "-m", "dvc", *arguments]
    done = subprocess.run(run, cwd=project, env=environment(project), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


def found(project, text: str) -> list[str]:
    """The files that hold a text; Parquet files are read, since they are compressed."""
    files = [file for place in PLACES for file in (project / place).rglob("*") if file.is_file()]
    return sorted(file.relative_to(project).as_posix() for file in files if text in content(file))


def content(file) -> str:
    data = file.read_bytes()
    return pd.read_parquet(file).to_csv() if data[:4] == b"PAR1" else data.decode("utf-8", errors="replace")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A project whose registry stage has run, and once before with a wave that was described otherwise."""
    project = copy_project(tmp_path_factory.mktemp("registry") / "project")
    (project / "dvc.yaml").write_text(yaml.safe_dump({"stages": {"registry": STAGE}}), encoding="utf-8")
    (project / "dvc.lock").unlink(missing_ok=True)
    keep_waves(project, WAVE)
    dvc(project, "config", "--local", "core.no_scm", "true")
    contacts = project / "data/raw/waves" / WAVE / "SYNTHETIC_contacts.csv"
    old = contacts.read_text("utf-8")
    contacts.write_text(old.replace("Contact of P0002", "Former contact of P0002"), encoding="utf-8")
    dvc(project, "repro", "--quiet")
    contacts.write_text(old, encoding="utf-8")
    dvc(project, "repro", "--quiet")
    return project


@pytest.fixture
def project(made, tmp_path):
    return shutil.copytree(made, tmp_path / "project", symlinks=True)


@pytest.mark.slow
def test_contact_details_are_nowhere_afterwards_and_those_of_others_are(project):
    places = found(project, MAIL)
    assert {name.split("/")[0] for name in places} == set(PLACES)
    assert any(".dvc/cache" in name for name in found(project, "Former contact of P0002"))
    folder = project / "outputs/logs" / WAVE
    folder.mkdir(parents=True)
    (folder / "10_registry.en.ipynb").write_text(f"failed with {MAIL}", encoding="utf-8")
    done = ask(project)
    assert done.returncode == 0, done.stderr
    assert found(project, MAIL) == found(project, "ontact of P0002") == []
    assert found(project, PROJECT), "the project itself stays"
    assert found(project, OTHER)
    said = done.stdout
    assert "SYNTHETIC_contacts.csv: 1 row to be removed." in said
    assert "To be made again, with all that is stale:\n  registry@no-2017\n" in said
    assert "outputs/tables/no-2017/10_registry\n" in said
    assert re.search(r"and [1-9]\d* older ones", said)
    assert "DVC remotes: none" in said


@pytest.mark.slow
def test_all_removes_the_project_itself(project):
    dvc(project, "remote", "add", "archive", str(project.parent / "archive"))
    done = ask(project, everything=True)
    assert done.returncode == 0, done.stderr
    assert found(project, PROJECT) == found(project, MAIL) == []
    projects = pd.read_parquet(project / f"data/processed/registry/{WAVE}.parquet")
    assert len(projects) == 232
    assert "--remote archive" in done.stdout
    again = ask(project, everything=True)
    assert again.returncode == 1
    assert "no row has the project 'P0002'" in again.stderr


@pytest.mark.slow
def test_a_project_of_a_further_portfolio_is_removed_too(project):
    folder = project / "data/raw/waves" / WAVE
    (folder / "portfolio.csv").write_text("Nr;Fase\nKX-17;1\nKX-18;2\n", encoding="utf-8")
    mapping = "projects:\n  further: [{file: portfolio.csv, columns: {project: Nr, status: Fase}}]\n"
    replace(folder / "wave.yml", "projects:\n", mapping)
    dvc(project, "repro", "--quiet")
    assert {name.split("/")[0] for name in found(project, "KX-17")} == set(PLACES)
    done = ask(project, code="KX-17", everything=True)
    assert done.returncode == 0, done.stderr
    assert found(project, "KX-17") == []
    assert found(project, "KX-18")


@pytest.mark.slow
def test_without_a_yes_nothing_is_changed(project):
    before = found(project, MAIL)
    done = ask(project, yes=False)
    assert "Nothing was changed." in done.stdout
    assert found(project, MAIL) == before


@pytest.mark.slow
def test_an_unknown_project_is_one_sentence(project):
    done = ask(project, code="P9999")
    assert done.returncode == 1
    assert re.fullmatch(
        r"data/raw/waves/no-2017/SYNTHETIC_projects\.csv: no row has the project 'P9999'.*\.\n", done.stderr
    )


@pytest.mark.slow
def test_a_shared_cache_is_left_alone(project):
    dvc(project, "config", "cache.dir", str(project.parent / "shared"))
    done = ask(project)
    assert done.returncode == 1
    assert "may hold files of other projects" in done.stderr
    assert found(project, MAIL)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'id,said\r\nA,"two\r\nlines"\r\nB,x\r\n', b"id,said\r\nB,x\r\n"),
        (b"\xef\xbb\xbfid;said\nB;x\nA;y\nA;z", b"\xef\xbb\xbfid;said\nB;x\n"),
        (b"said\tid\n\xe6\tB\n\xf8\tA\n", b"said\tid\n\xe6\tB\n"),
    ],
)
def test_rows_go_and_all_other_bytes_stay(tmp_path, before, after):
    path = tmp_path / "file.csv"
    path.write_bytes(before)
    assert without(path, "A", column="id").content == after


@pytest.mark.parametrize(
    ("name", "said"), [("file.sav", "only text files"), ("file.csv", "the column 'id' is missing")]
)
def test_a_file_that_cannot_be_cleaned_is_one_sentence(tmp_path, name, said):
    (tmp_path / name).write_bytes(b"code,said\nA,x\n")
    with pytest.raises(InputError, match=said):
        without(tmp_path / name, "A", column="id")
