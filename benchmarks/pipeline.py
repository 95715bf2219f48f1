"""How long the pipeline takes: cold, with nothing changed, and after a change to one wave's raw file.

Measured on a copy of the project in a temporary folder, as a whole process each time, environment apart. The figures
are for comparing on one machine; nothing is asserted.
"""

import sys
import tempfile
import time
from pathlib import Path

import yaml

from tests.workspace import analysis, copy_project, replace


def seconds(project: Path) -> tuple[float, int]:
    """Wall time of one report and the number of notebooks it executed."""
    started = time.monotonic()
    run = analysis(project, "report")
    taken = time.monotonic() - started
    if run.returncode:
        sys.exit(run.stdout + run.stderr)
    done = [line.split()[1] for line in run.stdout.splitlines() if line.startswith("  done ")]
    return taken, sum(_notebooks(project, target) for target in done)


def _notebooks(project: Path, target: str) -> int:
    """A stage executes its notebook once per page."""
    stage = target.split("@")[0]
    outs = yaml.safe_load((project / "dvc.yaml").read_text())["stages"][stage]["do"]["outs"]
    return sum(next(iter(out)).endswith(".html") for out in outs)


def main() -> None:
    """Print the three measurements."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        copy_project(project)
        cold, notebooks = seconds(project)
        print(f"cold:              {cold:6.1f} s, {notebooks} notebooks, {cold / notebooks:.2f} s a notebook")
        idle, _ = seconds(project)
        print(f"nothing changed:   {idle:6.1f} s")
        wave = yaml.safe_load((project / "params.yaml").read_text())["waves"][-1]
        replace(project / "data" / "raw" / "waves" / wave / "wave.yml", "wave:", "# a change\nwave:")
        changed, reran = seconds(project)
        print(f"{wave} changed: {changed:6.1f} s, {reran} notebooks")


if __name__ == "__main__":
    main()
