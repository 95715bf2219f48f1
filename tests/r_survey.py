"""R with its package survey, where the machine has it."""

import shutil
import subprocess
from pathlib import Path

import pytest


def _has_survey() -> bool:
    if shutil.which("Rscript") is None:
        return False
    return subprocess.run(["Rscript", "-e", "library(survey)"], capture_output=True).returncode == 0


needs_r = pytest.mark.skipif(not _has_survey(), reason="R with its package survey is not installed")


def verify(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the script of an audit bundle."""
    return subprocess.run(["Rscript", folder / "verify.R"], capture_output=True, text=True)
