"""The documented way to keep a confidential file with DVC and to get an old version back, on a local remote."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workspace import copy_project, environment

GIT = ["git", "-c", "user.name=test", "-c", "user.email=test@example.org"]
FILE = "data/raw/waves/no-web-2013/private.sav"


@pytest.fixture
def project(tmp_path) -> Path:
    return copy_project(tmp_path / "project")


def run(project: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=project, env=environment(project), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_confidential_file_stays_out_of_git_and_its_old_version_comes_back(project, tmp_path):
    dvc = [sys.executable, "-m", "dvc"]
    run(project, *GIT, "init", "--quiet")
    run(project, *GIT, "add", "--all")
    run(project, *GIT, "commit", "--quiet", "-m", "as cloned")
    run(project, *dvc, "remote", "add", "--local", "--default", "private", str(tmp_path / "remote"))
    commits = []
    for content in ("first delivery", "second delivery"):
        (project / FILE).write_text(content, encoding="utf-8")
        run(project, *dvc, "add", FILE)
        run(project, *GIT, "add", f"{FILE}.dvc")
        run(project, *GIT, "commit", "--quiet", "-m", content)
        run(project, *dvc, "push", "--quiet")
        commits.append(run(project, "git", "rev-parse", "HEAD").strip())
    assert FILE not in run(project, "git", "ls-files").splitlines()
    pointer = (project / f"{FILE}.dvc").read_text(encoding="utf-8")
    assert hashlib.md5(b"second delivery", usedforsecurity=False).hexdigest() in pointer

    shutil.rmtree(project / ".dvc" / "cache")  # as on another machine, which has neither cache nor file
    (project / FILE).unlink()
    run(project, *GIT, "checkout", commits[0], "--", f"{FILE}.dvc")
    run(project, *dvc, "pull", "--quiet", FILE)
    assert (project / FILE).read_text(encoding="utf-8") == "first delivery"
    assert "private" not in (project / ".dvc" / "config").read_text(encoding="utf-8")
