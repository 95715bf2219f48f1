"""How long the pipeline takes: cold, with nothing changed, after a change to one wave's raw file, and made-up answers.

First the foundation alone: the open rounds of website scores and the stages that they need. Its mean per notebook is
the one that the project promises; surveys have longer notebooks.

Measured on a copy of the project in a temporary folder, as a whole process each time, environment apart: wall time,
and processor time, which other work on the machine changes less. The figures are for comparing; nothing is asserted.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import yaml

from analysis.inputs.params import load_params
from analysis.inputs.waves import load_wave
from tests.workspace import analysis, copy_project, keep_stages, keep_waves, replace

FOUNDATION = "cleaning indicators representativeness weighting results published comparison overview".split()


def measured(what: str, project: Path, *arguments: str) -> None:
    """Run one command of the project and print what it took, and for a report how many notebooks it executed."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    run = analysis(project, *arguments, timeout=1800)
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode:
        sys.exit(run.stdout + run.stderr)
    work = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    done = [line.split()[1] for line in run.stdout.splitlines() if line.startswith("  done ")]
    notebooks = sum(_notebooks(project, target) for target in done)
    each = f", {notebooks} notebooks, {wall / notebooks:.2f} s of wall time a notebook" if notebooks else ""
    print(f"{what:<28} {wall:6.1f} s, {work:6.1f} s of work{each}", flush=True)


def _notebooks(project: Path, target: str) -> int:
    """A stage executes its notebook once per page."""
    stage = target.split("@")[0]
    outs = yaml.safe_load((project / "dvc.yaml").read_text())["stages"][stage]["do"]["outs"]
    return sum(next(iter(out)).endswith(".html") for out in outs)


def foundation(waves: Sequence[str]) -> None:
    """Measure a cold run of the waves whose answers are open, with the stages of the foundation only."""
    with tempfile.TemporaryDirectory() as folder:
        project = copy_project(Path(folder))
        keep_waves(project, *(wave for wave in waves if load_wave(wave).file.promise == "open"))
        keep_stages(project, *FOUNDATION)
        measured("cold, foundation", project, "report")


def main() -> None:
    """Print the measurements."""
    waves = load_params().waves
    foundation(waves)
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        copy_project(project)
        measured("cold", project, "report")
        measured("nothing changed", project, "report")
        (project / "outputs" / "last_run").unlink()
        measured("nothing changed, by hashes", project, "report")
        replace(project / "data" / "raw" / "waves" / waves[-1] / "wave.yml", "wave:", "# a change\nwave:")
        measured(f"{waves[-1]} changed", project, "report")
        for wave in waves:
            if load_wave(wave).file.origin == "synthetic":
                measured(f"synthesise {wave}", project, "synthesise", wave)


if __name__ == "__main__":
    main()
