"""The files that were made up, by their content: a copy under another name is not taken for real answers."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field

from analysis import paths
from analysis.inputs import tables
from analysis.inputs.params import WaveId
from analysis.inputs.waves import Wave


class GeneratedFile(tables.Record):
    """One file that `synthesise` wrote into a wave's folder, and the SHA-256 of its bytes."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    wave: WaveId
    file: str


def generated_files() -> tuple[GeneratedFile, ...]:
    """The list of all files that were made up; none where the project has no such list.

    Raises InputError for a list that cannot be read.
    """
    path = paths.generated_files()
    return tuple(tables.read_table(path, GeneratedFile, key=["wave", "file"])) if path.is_file() else ()


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def problems(wave: Wave) -> Iterator[str]:
    """Of a wave with real answers: each of its files whose content is that of a file that was made up."""
    if wave.file.origin != "observed":
        return
    projects = wave.file.projects
    contacts = projects.contacts if projects else None
    named = [wave.file.responses.file, wave.file.frame.file, *(projects.files if projects else ())]
    named += [contacts.file] if contacts else []
    made = {one.sha256: f"{one.file} of {one.wave}" for one in generated_files()}
    folder = paths.wave(wave.id)
    for path in [folder / name for name in named if name]:
        if path.is_file() and (digest := sha256(path)) in made:
            problem = f"observed, but {paths.relative(path)} is a copy of {made[digest]}, which is synthetic"
            yield f"{paths.relative(folder / 'wave.yml')}, key 'origin': {problem}; write origin: synthetic."
