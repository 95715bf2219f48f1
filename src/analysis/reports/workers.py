"""Stages in processes of their own, forked from one that has imported what they need: DVC itself runs one at a time."""

import gc
import importlib
import os
import pkgutil
import sys
import time
import traceback
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import Any

import analysis
from analysis import paths
from analysis.errors import InputError
from analysis.reports import runner
from analysis.reports.display.provenance import Stage, ordered
from analysis.reports.runner import PROCESSES

# One more than there are cores: while a notebook and its page take turns, a core is free for another stage.
AT_ONCE = (os.cpu_count() or 1) + 1
# What most stages import, and what running a notebook takes.
WARM = (
    "papermill nbconvert.exporters.templateexporter nbclient ipykernel.kernelapp ipykernel.ipkernel nh3 mistune "
    "pandas pyarrow.parquet matplotlib.pyplot matplotlib.backends.backend_svg"
).split()
# What no stage needs that is among the first to run.
LATER = ("pingouin",)


@dataclass(frozen=True)
class Outcome:
    """How a stage ended: the outputs that are not as they were before, or the problem in one sentence."""

    stage: Stage
    seconds: float = 0.0
    changed: tuple[str, ...] = ()
    problem: str = ""


def warm() -> None:
    """Import once what the stages need; with one thread for linear algebra, as every stage wants it."""
    os.environ.update(runner.ONE_THREAD)
    own = (module.name for module in pkgutil.walk_packages(analysis.__path__, "analysis."))
    _import((*WARM, *(module for module in own if module != "analysis.__main__")))
    _try_a_page()
    gc.freeze()  # what is loaded stays: collecting in a stage need not look at it, nor copy its memory
    gc.set_threshold(100_000)  # stages end soon, and their memory with them


def _import(modules: Iterable[str]) -> None:
    for module in modules:
        importlib.import_module(module)


def _try_a_page() -> None:
    """Render a small notebook with a trail: what is read and compiled once for it need not be in each stage."""
    from nbformat import v4

    from analysis.inputs.register import load_register
    from analysis.reports.display import render, trail, words

    figure = load_register().figures["figure_id"].iloc[0]
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell("Words."), v4.new_code_cell("1")])
    v4.new_output("stream", text="")
    for language in words.LANGUAGES:
        render.render(render.scrub(notebook), facts={"language": language})
        trail.markup(trail.printed([figure]), language=language)


def run(plan: Sequence[Stage], stale: Collection[str]) -> Iterator[Outcome]:
    """Run stages side by side, each once what it reads is there, and give their outcomes as they end.

    A stage that is not stale itself runs only if something it reads has changed. After a problem none is started;
    those that run still give their outcomes. All end with this process.
    """
    order, failed, ahead = ordered(plan), False, _ahead(plan)
    running: dict[Any, tuple[Stage, Any]] = {}
    ready: list[Stage] = []
    changed: set[str] = set()
    order.prepare()
    try:
        while running or (order.is_active() and not failed):
            ready = sorted([*ready, *order.get_ready()], key=lambda stage: -ahead[stage])
            while ready and not failed and len(running) < AT_ONCE:
                stage = ready.pop(0)
                if stage.target in stale or stage.reads(changed):
                    print(f"  running  {stage.target}", flush=True)
                    receiver, process = _start(stage)
                    running[receiver] = stage, process
                else:
                    order.done(stage)
            _import(LATER)  # once, while the first stages run
            if running:
                receiver = wait(list(running))[0]
                outcome = _outcome(receiver, *running.pop(receiver))
                failed = failed or bool(outcome.problem)
                changed.update(outcome.changed)
                order.done(outcome.stage)
                yield outcome
    finally:
        for _, process in running.values():
            process.kill()


def _ahead(plan: Sequence[Stage]) -> dict[Stage, int]:
    """How much lies ahead of each stage, itself included: the files of the longest chain of stages that read on.

    Those with most ahead begin first; files stand for time, since pages in several languages take longest.
    """
    found: dict[Stage, int] = {}
    for stage in reversed(tuple(ordered(plan).static_order())):
        after = (found[reader] for reader in found if reader.reads(stage.outs))
        found[stage] = len(stage.outs) + max(after, default=0)
    return found


def _start(stage: Stage) -> tuple[Any, Any]:
    receiver, sender = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=_work, args=(stage, sender, os.getpid()))
    process.start()
    sender.close()
    return receiver, process


def _outcome(receiver: Any, stage: Stage, process: Any) -> Outcome:
    try:
        return receiver.recv()
    except EOFError:
        return Outcome(stage, problem=f"The stage {stage.target} was ended from outside; run the command again.")
    finally:
        process.join()


def _work(stage: Stage, sender: Any, parent: int) -> None:
    """Run a stage and send its outcome; what it prints goes to a log."""
    from analysis.reports import kernel

    runner.die_with(parent)
    log = paths.logs() / stage.wave / f"{paths.stage_file(stage.name)}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    started = time.monotonic()
    try:
        # The pages over all waves come last, when there is little else to do.
        each = _side_by_side if stage.wave == "all" else None
        changed = runner.run_stage(stage.name, stage.wave, kernel=kernel.forked, each=each)
        outcome = Outcome(stage, time.monotonic() - started, changed)
    except InputError as error:
        outcome = Outcome(stage, problem=str(error))
    except Exception as error:
        traceback.print_exc()
        sys.stderr.flush()
        problem = f"The stage {stage.target} failed ({type(error).__name__}: {error}); see {paths.relative(log)}."
        outcome = Outcome(stage, problem=problem)
    sender.send(outcome)


def _side_by_side(work: Any, shares: Sequence[Any]) -> list[Any]:
    """Do the shares of some work in forked processes, which end with this one."""
    with ProcessPoolExecutor(len(shares), PROCESSES, runner.die_with, (os.getpid(),)) as pool:
        return list(pool.map(work, shares))
