"""Runs one stage: its notebook once per language, strictly, and puts the outputs in place when all have succeeded."""

import filecmp
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from analysis import paths
from analysis.errors import InputError
from analysis.inputs.params import load_params
from analysis.reports.display import provenance

# The stages whose pages are for readers: they are rendered in every language.
READER_STAGES = ("overview", "results", "comparison", "scorecard")
# Where a wave's answers are synthetic, these pages begin with what its report prints, which is real.
PRINTED_LEADS = ("representativeness", "results", "registry")
# What a notebook takes beside wave and language, as the pipeline gives it: the card of no unit is that of a specimen.
OWN_PARAMETERS = {"scorecard": {"unit": ""}}
# What the pages over all waves rest on; a page of one wave rests on that wave's answers.
SHARED_STATES = {"published": "printed", "comparison": "mixed", "validation": "real", "overview": "mixed"}

# Linux can copy a process that has imported everything; elsewhere system libraries do not bear it.
PROCESSES: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

Kernel = Callable[[], AbstractContextManager[Any]]
Languages = tuple[str | None, ...]
Each = Callable[[Callable[[Languages], None], Sequence[Languages]], Iterable[None]]


def run_stage(stage: str, wave: str, *, kernel: Kernel | None = None, each: Each | None = None) -> tuple[str, ...]:
    """Execute a stage's notebook in each of its languages and publish what it made; returns the outputs that changed.

    The outputs of an earlier run stay as they were until everything has succeeded. `kernel` gives the manager of the
    kernel to use, by default one that is started for the stage; `each` runs the languages apart, by default they share
    a kernel. Raises InputError for an unknown stage or wave, for bad input met in the notebook (its own sentence), and
    for any other failure (notebook, cell, first line, message, and where the failed notebook and the log lie).
    """
    try:
        declared = provenance.stage(stage, wave)
    except KeyError:
        raise InputError(f"dvc.yaml has no stage {stage!r} for wave {wave!r}; see `dvc stage list`.") from None
    languages = load_params().languages if stage in READER_STAGES else (None,)
    (paths.root() / "outputs").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".stage-", dir=paths.root() / "outputs") as scratch:
        staging = Path(scratch) / "tree"
        staging.mkdir()
        work = partial(_execute_and_render, stage, wave, languages, Path(scratch), kernel or _kernel)
        with _environment(staging):
            shares = [languages] if each is None else [(language,) for language in languages]
            list((each or map)(work, shares))
        return _put_in_place(declared.outs, staging)


@contextmanager
def notebooks(scratch: Path) -> Iterator[Callable[..., Any]]:
    """A function that executes the notebook of a stage with any parameters, one after another in one kernel.

    What the notebooks write goes below `scratch` and is the caller's to keep or to leave.
    """
    from analysis.reports.display import render

    staging = scratch / "tree"
    staging.mkdir()
    with _environment(staging), _kernel() as manager:
        yield lambda stage, wave, parameters: render.scrub(_execute(stage, wave, parameters, scratch, manager))


def die_with(parent: int) -> None:
    """End this process soon after its parent is gone; its kernel watches it in the same way."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def _environment(staging: Path) -> Iterator[None]:
    """What the kernel needs to write into the scratch tree and to give the same bytes on every machine."""
    settings = {
        "ANALYSIS_STAGING": str(staging),
        "SOURCE_DATE_EPOCH": "0",
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        **ONE_THREAD,
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    before = {key: os.environ.get(key) for key in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for key, value in before.items():
            os.environ.pop(key) if value is None else os.environ.__setitem__(key, value)


def _execute_and_render(
    stage: str, wave: str, languages: Languages, scratch: Path, kernel: Kernel, share: Languages
) -> None:
    """Make the pages of some of a stage's languages with one kernel."""
    with kernel() as manager:
        for language in share:
            _make_page(stage, wave, language, languages, scratch, manager)


def _make_page(stage: str, wave: str, language: str | None, languages: Languages, scratch: Path, kernel: Any) -> None:
    from analysis.inputs.waves import load_wave
    from analysis.reports.display import render

    parameters = {"wave": wave} | OWN_PARAMETERS.get(stage, {}) | ({"language": language} if language else {})
    executed = _execute(stage, wave, parameters, scratch, kernel)
    file = None if wave == "all" else load_wave(wave).file
    facts = {
        "stage": stage,
        "wave": wave,
        "language": language or "en",
        "languages": [code for code in languages if code],
        "parameters": parameters,
        "state": SHARED_STATES[stage] if file is None else _state(stage, file.origin),
        "licence": getattr(file.licence, language or "en") if file else "",
        "credit": getattr(file.credit, language or "en") if file else "",
        **provenance.hashes(stage, wave),
    }
    page = paths.page(stage, wave, language, base=scratch / "tree")
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(render.render(render.scrub(executed), facts=facts), encoding="utf-8", newline="\n")


def _state(stage: str, origin: str) -> str:
    """What the page of a wave rests on; a specimen is made up whatever the wave's answers are."""
    if origin == "observed" and stage not in OWN_PARAMETERS:
        return "real"
    return "specimen" if stage in PRINTED_LEADS else "synthetic"


def _execute(stage: str, wave: str, parameters: dict[str, Any], scratch: Path, kernel: Any) -> Any:
    """The executed notebook. Papermill only warns of unknown parameters, so the names are compared first."""
    import nbformat
    from papermill.exceptions import PapermillExecutionError

    source = paths.notebook(stage)
    notebook = nbformat.read(source, as_version=4)
    declared = _declared_parameters(notebook)
    if declared != set(parameters):
        raise InputError(
            f"{paths.relative(source)}: the parameters cell declares {', '.join(sorted(declared)) or 'nothing'}, "
            f"the pipeline gives {', '.join(sorted(parameters))}; make them the same."
        )
    target = scratch / f"{paths.stage_file(stage)}.{parameters.get('language', 'en')}.ipynb"
    try:
        return _papermill(source, target, parameters, kernel)
    except PapermillExecutionError as error:
        raise InputError(_explain(error, stage, wave, target)) from None
    except (RuntimeError, TimeoutError) as error:
        problem = f"{paths.relative(source)} ({wave}): the kernel died or did not start ({error})"
        raise InputError(f"{problem}; run the command again.") from None


@contextmanager
def _kernel() -> Iterator[Any]:
    """One kernel for a stage: its first notebook starts it, the other languages find what they import loaded.

    They run the same cells after the same parameters, so what the first has left behind cannot stand in for anything.
    """
    from jupyter_client.manager import AsyncKernelManager
    from jupyter_core.utils import run_sync

    kernel = AsyncKernelManager(kernel_name="python3", transport_encryption="auto")
    try:
        yield kernel
    finally:
        if kernel.has_kernel:
            run_sync(kernel.shutdown_kernel)(now=True)


def _papermill(source: Path, target: Path, parameters: dict[str, Any], kernel: Any, *, tries: int = 2) -> Any:
    """Execute a notebook; a kernel that does not start is the machine's doing and gets one more try."""
    import papermill
    from nbclient.exceptions import DeadKernelError

    try:
        return papermill.execute_notebook(
            source,
            target,
            parameters=parameters,
            kernel_name="python3",
            cwd=source.parent,
            progress_bar=False,
            log_output=False,
            request_save_on_cell_execute=False,  # twice a cell otherwise, which costs a fifth of the run
            km=kernel,
        )
    except DeadKernelError:
        raise  # it had started: what the notebook did may have killed it
    except (RuntimeError, TimeoutError):
        if tries == 1:
            raise
        return _papermill(source, target, parameters, kernel, tries=tries - 1)


def _declared_parameters(notebook: Any) -> set[str]:
    import ast

    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(cells) != 1:
        return set()
    body = ast.parse(cells[0].source).body
    return {target.id for line in body if isinstance(line, ast.Assign) for target in line.targets}  # type: ignore[attr-defined]


def _explain(error: Any, stage: str, wave: str, executed: Path) -> str:
    """One sentence for a failed notebook; the traceback goes to a log beside the failed notebook."""
    if error.ename == "InputError":
        return str(error.evalue)
    folder = paths.logs() / wave
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / executed.name
    shutil.copyfile(executed, kept)
    log = kept.with_suffix(".log")
    log.write_text("\n".join(error.traceback), encoding="utf-8")
    first = error.source.strip().splitlines()[0] if error.source.strip() else ""
    return (
        f"notebooks/{paths.stage_file(stage)}.ipynb ({wave}), cell {error.cell_index + 1}, {first!r}: "
        f"{error.ename}: {error.evalue}; the failed notebook is {paths.relative(kept)}, "
        f"the traceback {paths.relative(log)}."
    )


def _put_in_place(outs: tuple[str, ...], staging: Path) -> tuple[str, ...]:
    """Move each declared output from the scratch tree to its place, and say which are not as they were.

    A missing or undeclared one is an error.
    """
    made = {file.relative_to(staging).as_posix() for file in staging.rglob("*") if file.is_file()}
    missing = [out for out in outs if not (staging / out).exists()]
    stray = [file for file in sorted(made) if not any(file == out or file.startswith(out + "/") for out in outs)]
    if missing or stray:
        what = f"did not make {missing[0]}" if missing else f"made {stray[0]}, which dvc.yaml does not declare"
        raise InputError(f"the stage {what}; make notebook and dvc.yaml agree.")
    changed = tuple(out for out in outs if not _same(staging / out, paths.root() / out))
    for out in outs:
        new, place = staging / out, paths.root() / out
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.is_dir():
            shutil.rmtree(place)
        new.replace(place)
    return changed


def _same(new: Path, old: Path) -> bool:
    """Whether a file is there already with these bytes; a folder counts as changed, since no stage reads one."""
    return new.is_file() and old.is_file() and filecmp.cmp(new, old, shallow=False)


def main(stage: str, wave: str) -> None:
    """The command of a stage, as DVC or a person runs it."""
    die_with(os.getppid())
    started = time.monotonic()
    run_stage(stage, wave)
    print(f"{stage}@{wave}: done in {time.monotonic() - started:.1f} s", flush=True)
