"""Whether anything is as the last run left it, told from sizes and times of files alone, as DVC tells it for one."""

import hashlib
from collections.abc import Iterable

from analysis import paths
from analysis.reports.display import provenance

INPUTS = "data/raw docs/decisions docs/glossary.csv dvc.yaml notebooks params.yaml requirements src".split()
OUTPUTS = (
    "data/processed dvc.lock outputs/estimates.csv outputs/pages outputs/restricted outputs/site outputs/tables".split()
)


def inputs() -> str:
    """The state of everything that a run reads."""
    return _state(INPUTS)


def since_last_run(inputs: str) -> bool:
    """Whether inputs and outputs are as they were when the last run had brought everything up to date."""
    file = paths.last_run()
    return file.is_file() and file.read_text("utf-8").split() == [inputs, _state(OUTPUTS)]


def remember(inputs: str) -> None:
    """Everything is up to date with inputs of this state, taken before the run."""
    paths.last_run().write_text(f"{inputs}\n{_state(OUTPUTS)}\n", encoding="utf-8")


def _state(places: Iterable[str]) -> str:
    """One hash over name, size, time and inode of every file."""
    total = hashlib.sha256()
    for file in sorted(file for place in places for file in provenance.files(paths.root() / place)):
        known = file.stat()
        total.update(f"{file} {known.st_size} {known.st_mtime_ns} {known.st_ino}\n".encode())
    return total.hexdigest()
