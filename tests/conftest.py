"""What many tests share: copies of the project in which the pipeline has run, for one wave and for all."""

from pathlib import Path

import pytest

from tests.workspace import analysis, copy_project, keep_waves

WAVE = "no-web-2013"


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Path:
    """A project with one wave, run from raw data to site. Tests read it; those that change things copy it."""
    project = copy_project(tmp_path_factory.mktemp("built") / "project")
    keep_waves(project, WAVE)
    run = analysis(project, "report")
    assert run.returncode == 0, run.stdout + run.stderr
    return project


@pytest.fixture(scope="session")
def whole(tmp_path_factory) -> Path:
    """A project with all waves, run from raw data to site; tests leave what they find there as it is."""
    project = copy_project(tmp_path_factory.mktemp("whole") / "project")
    run = analysis(project, "report")
    assert run.returncode == 0, run.stdout + run.stderr
    return project
