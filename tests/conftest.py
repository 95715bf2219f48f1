"""What many tests share: projects in which the pipeline has run, for one wave and for all, and a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.workspace import analysis, copy_project, keep_waves

WAVE = "no-web-2013"
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = "--headless --no-sandbox --disable-gpu --disable-background-networking --no-first-run".split()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with one wave, run from raw data to site. Tests read it; those that change things copy it."""
    project = copy_project(tmp_path_factory.mktemp("built") / "project")
    keep_waves(project, WAVE)
    run = analysis(project, "report")
    assert run.returncode == 0, run.stdout + run.stderr
    return project


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with all waves, run from raw data to site; tests leave what they find there as it is."""
    project = copy_project(tmp_path_factory.mktemp("whole") / "project")
    run = analysis(project, "report")
    assert run.returncode == 0, run.stdout + run.stderr
    return project


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A browser for all tests."""
    with chromium() as started:
        yield started


@contextmanager
def chromium() -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright; without them the tests that need a browser are skipped."""
    driver = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"Chromium is not installed at {CHROMIUM}")
    with driver.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield started
        started.close()
