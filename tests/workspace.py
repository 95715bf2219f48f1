"""A copy of the project to run commands in, so that tests and benchmarks never touch the one people work in."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NAMES = (
    ".dvc/config .dvc/.gitignore .dvcignore .gitignore data/raw docs notebooks params.yaml dvc.yaml dvc.lock "
    "requirements src"
).split()
MADE = shutil.ignore_patterns("__pycache__", "*.egg-info", ".ipynb_checkpoints")


def copy_project(target: Path) -> Path:
    """The project's own files, without anything that a run has made; like a ZIP copy, it has no git."""
    for name in NAMES:
        source, place = ROOT / name, target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, place, ignore=MADE)
        elif source.is_file():
            shutil.copy2(source, place)
    return target


def environment(project: Path) -> dict[str, str]:
    """This environment's Python first, the copy's own code before the installed one, and the plainest shell for DVC."""
    bin_folder = os.path.dirname(sys.executable)  # noqa: PTH120 - the link, not what it points to
    return {
        **os.environ,
        "SHELL": "/bin/sh",
        "PYTHONPATH": str(project / "src"),
        "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
    }


def analysis(project: Path, *arguments: str, timeout: float = 900) -> subprocess.CompletedProcess[str]:
    """Run one command of the project in a copy of it."""
    return subprocess.run(
        [sys.executable, "-m", "analysis", *arguments],
        cwd=project,
        env=environment(project),
        capture_output=True,
        text=True,
        timeout=timeout,
    )


def replace(file: Path, old: str, new: str) -> None:
    """Change a text file at one place, which must be there."""
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {file}"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def keep_waves(project: Path, *waves: str) -> None:
    """Leave only these waves in `params.yaml`, and of the registries and scorecards only theirs."""
    file = project / "params.yaml"
    listed = "".join(f"  - {wave}\n" for wave in waves)
    text = re.sub(r"(?<=^waves:\n)(  - .*\n)+", listed, file.read_text("utf-8"), flags=re.MULTILINE)
    for key in ("registries", "scorecards"):
        old = re.search(rf"^{key}: \[(.*)\]$", text, flags=re.MULTILINE)
        assert old, f"{key} is not in params.yaml"
        kept = ", ".join(wave for wave in old[1].split(", ") if wave in waves)
        text = text.replace(old[0], f"{key}: [{kept}]")
    file.write_text(text, "utf-8")


def keep_stages(project: Path, *stages: str) -> None:
    """Leave only these stages in `dvc.yaml`."""
    file = project / "dvc.yaml"
    head, *blocks = re.split(r"^(?=  \w+:\n    foreach)", file.read_text("utf-8"), flags=re.MULTILINE)
    kept = [block for block in blocks if block.split(":")[0].strip() in stages]
    file.write_text(head + "".join(kept), "utf-8")
