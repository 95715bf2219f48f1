"""The command withdraw: takes a project's contact details, or all of it, out of everything on this machine.

The raw file loses the rows, what was made from them is made again, and DVC's local cache loses the old versions. What
lies elsewhere cannot be reached from here and is listed for the owner.
"""

import csv
import io
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis import paths
from analysis.errors import InputError
from analysis.inputs.projects import read_projects
from analysis.inputs.waves import Wave, load_wave
from analysis.reports.display import provenance

TEXTS = (".csv", ".tsv", ".txt")
SHOWN = 8


@dataclass(frozen=True)
class Removal:
    """A raw file without the rows of a project: what it will hold, and how many rows it loses."""

    path: Path
    content: bytes
    rows: int


def run(wave: str, *, project: str, everything: bool, yes: bool) -> None:
    """The command `withdraw`: asks before it changes anything, unless `yes`."""
    from analysis.reports import pipeline

    withdraw(wave, project, everything=everything, confirm=lambda: yes or _typed_yes(), rerun=pipeline.report)


def withdraw(
    wave_id: str,
    project: str,
    *,
    everything: bool = False,
    confirm: Callable[[], bool],
    rerun: Callable[[], None],
    show: Callable[[str], None] = print,
) -> bool:
    """Remove a project's contact details, with `everything` the project itself, and every copy that DVC keeps here.

    Says first which rows go, what is made again and which old versions are deleted. `rerun` brings the project up to
    date. Can be repeated after an interruption as long as the project is in its file. False when `confirm` says no.
    Raises InputError for a wave without projects or contact details, an unknown project, and a file that is not text.
    """
    wave = load_wave(wave_id)
    removals = _removals(wave, project, everything=everything)
    shared = _dvc("config", "cache.dir", check=False).strip()
    if shared:
        raise InputError(
            f".dvc/config, key 'cache.dir': the cache {shared} may hold files of other projects, which cleaning it "
            "would delete; take the key out, or ask who owns the cache to clean it."
        )
    _say_plan(removals, wave=wave, show=show)
    if not confirm():
        show("Nothing was changed.")
        return False
    for removal in removals:
        _replace(removal)
    _clear_logs(wave)
    rerun()
    deleted = _dvc("gc", "--workspace", "--force").strip().splitlines()
    show("Withdrawn here. " + (deleted[0] if deleted else ""))
    _say_elsewhere(removals, show=show)
    return True


def _removals(wave: Wave, project: str, *, everything: bool) -> list[Removal]:
    """The files that lose rows; none of their own says nothing yet of the project, so it must be in the registry."""
    place = paths.relative(paths.wave(wave.id) / "wave.yml")
    spec, projects = wave.file.projects, read_projects(wave)
    if spec is None or projects is None:
        raise InputError(f"{place}: {wave.id} has no projects; name a wave that has some.")
    if spec.contacts is None and not everything:
        raise InputError(
            f"{place}, key 'projects.contacts': none are declared; use --all to remove the project itself."
        )
    if project not in set(projects[spec.id]):
        name = paths.relative(paths.wave(wave.id) / spec.file)
        advice = f"take an id from its column {spec.id!r}, or if it was withdrawn before, run `make report`"
        raise InputError(f"{name}: no row has the project {project!r}; {advice} and `dvc gc --workspace`.")
    column = wave.item(spec.id).variable
    files = {spec.contacts.file: column} if spec.contacts else {}
    if everything:
        files |= {spec.file: column} | {one.file: one.columns[spec.id] for one in spec.further}
    return [without(paths.wave(wave.id) / file, project, column=column) for file, column in files.items()]


def without(path: Path, project: str, *, column: str) -> Removal:
    """A text file without the rows of a project; all other bytes stay as they are.

    Raises InputError for another kind of file, or one without the column.
    """
    name = paths.relative(path)
    if path.suffix.lower() not in TEXTS:
        raise InputError(f"{name}: only text files are changed; take the project's row out by hand, then run again.")
    if not path.is_file():
        raise InputError(f"{name} is missing; put the file back, so that it can be cleaned.")
    encoding = _encoding(path.read_bytes())
    lines = list(io.StringIO(path.read_bytes().decode(encoding), newline=""))
    mark = max("\t;,", key=lines[0].count) if lines else ","
    reader, start, kept, rows = csv.reader(lines, delimiter=mark), 0, list[str](), 0
    place = -1
    for cells in reader:
        if not start:
            header = [cell.strip().lstrip("\ufeff") for cell in cells]
            if column not in header:
                raise InputError(f"{name}, row 1: the column {column!r} is missing; add it.")
            place = header.index(column)
        theirs = start > 0 and len(cells) > place and cells[place].strip() == project
        rows += theirs
        kept += [] if theirs else lines[start : reader.line_num]
        start = reader.line_num
    return Removal(path, "".join(kept).encode(encoding), rows)


def _encoding(data: bytes) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"  # every byte is a character of it, so that all come back as they were
    return "utf-8"


def _say_plan(removals: Sequence[Removal], *, wave: Wave, show: Callable[[str], None]) -> None:
    """Which rows go, what is made again, and which versions DVC's cache then loses."""
    for removal in removals:
        show(f"{paths.relative(removal.path)}: {removal.rows} {'row' if removal.rows == 1 else 'rows'} to be removed.")
    stages = _dependent([paths.relative(removal.path) for removal in removals])
    _list("To be made again, with all that is stale:", [stage.target for stage in stages], show)
    _list(
        "Old versions to be deleted from the local cache, none of which can then be brought back: the present ones of",
        [out for stage in stages for out in stage.outs],
        show,
    )
    older = [line for line in _dvc("gc", "--workspace", "--dry").splitlines() if line.startswith("Removing ")]
    _list(
        f"and {len(older)} older ones of this and all other waves that are not in the workspace:",
        [line.split("Removing ", 1)[1].replace(f"{paths.root()}/", "") for line in older],
        show,
    )
    show(f"Logs of failed runs of {wave.id} in {paths.relative(paths.logs())} are deleted too.")


def _list(head: str, lines: Sequence[str], show: Callable[[str], None]) -> None:
    show(head)
    for line in lines[:SHOWN]:
        show(f"  {line}")
    if len(lines) > SHOWN:
        show(f"  and {len(lines) - SHOWN} more")


def _dependent(files: Sequence[str]) -> list[provenance.Stage]:
    """The stages that read one of these files, and all that read what those make."""
    found: list[provenance.Stage] = []
    for stage in provenance.ordered(provenance.stages()).static_order():
        if stage.reads(files) or any(stage.reads(earlier.outs) for earlier in found):
            found.append(stage)
    return found


def _replace(removal: Removal) -> None:
    """Write the file in one step; where DVC tracks it, its pointer names the new version."""
    new = removal.path.with_name(f"{removal.path.name}.new")
    new.write_bytes(removal.content)
    new.replace(removal.path)
    if removal.path.with_name(f"{removal.path.name}.dvc").is_file():
        _dvc("add", "--quiet", str(removal.path))


def _clear_logs(wave: Wave) -> None:
    """Failed notebooks hold what they had shown; a run that was killed leaves its scratch tree, or half a site."""
    outputs = paths.root() / "outputs"
    for folder in (paths.logs() / wave.id, *outputs.glob(".stage-*"), *outputs.glob("site.*")):
        shutil.rmtree(folder, ignore_errors=True)


def _say_elsewhere(removals: Sequence[Removal], *, show: Callable[[str], None]) -> None:
    """Where copies may lie that this machine cannot clean; the owner must."""
    show("Left for the owner to clean:")
    remotes = _dvc("remote", "list").strip().splitlines()
    for remote in remotes:
        name, _, address = remote.partition("\t")
        show(f"  DVC remote {name} ({address.strip()}): dvc gc --workspace --cloud --remote {name}")
    if not remotes:
        show("  DVC remotes: none are declared in .dvc/config")
    for removal in removals:
        if _in_git(removal.path):
            show(f"  git: earlier commits hold {paths.relative(removal.path)}; commit the change and rewrite them")
    show("  copies of outputs/site where it is published, and of the page where somebody has printed or sent it")
    show("  notebooks that were run in JupyterLab and saved with what they showed")
    show("  other clones of the project and their caches, exported files, and backups of this machine")
    show("  the register the project was delivered from, so that the next delivery does not bring it back")


def _in_git(path: Path) -> bool:
    """Whether git has the file; false without git."""
    if shutil.which("git") is None:
        return False
    command = ["git", "log", "--oneline", "--all", "-1", "--", str(path)]
    asked = subprocess.run(command, cwd=paths.root(), capture_output=True, text=True, check=False)
    return asked.returncode == 0 and bool(asked.stdout.strip())


def _dvc(*arguments: str, check: bool = True) -> str:
    """What a command of DVC says. Raises InputError with its message when it fails."""
    command = [sys.executable, "-m", "dvc", *arguments]
    done = subprocess.run(command, cwd=paths.root(), capture_output=True, text=True, check=False)
    if check and done.returncode:
        message = " ".join((done.stderr or done.stdout).split())
        raise InputError(f"`dvc {' '.join(arguments)}` failed ({message}); put that right and run the command again.")
    return done.stdout if not done.returncode else ""


def _typed_yes() -> bool:
    try:
        return input("Remove all of this? Type yes: ").strip().lower() == "yes"
    except EOFError:
        return False
