"""The whole run: what is stale is rebuilt by DVC in parallel lanes, then the site is published in one step."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import IO

from analysis import paths
from analysis.errors import InputError
from analysis.inputs.params import Params, load_params, require_folders
from analysis.reports.display import provenance

# One more than the two cores that most machines have: a lane that waits for DVC leaves its core to another.
LANES = 3
RUNNING = re.compile(r"^Running stage '(?P<target>[^']+)'")
CACHED = re.compile(r"^Stage '(?P<target>[^']+)' didn't change")
DONE = re.compile(r"^analysis: done (?P<target>\S+) (?P<seconds>[\d.]+)")
PROBLEM = re.compile(r"^analysis: problem (?P<sentence>.+)")


@dataclass
class Progress:
    """What has run so far, said as it happens."""

    total: int
    cached: set[str] = field(default_factory=set)
    seconds: dict[str, float] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, line: str) -> None:
        """Take up one line that DVC or a stage printed."""
        with self.lock:
            if match := RUNNING.match(line):
                print(f"  running  {match['target']}", flush=True)
            elif match := CACHED.match(line):
                self.cached.add(match["target"])
            elif match := DONE.match(line):
                self.seconds[match["target"]] = float(match["seconds"])
                left = max(self.total - len(self.seconds) - len(self.cached), 0)
                print(f"  done     {match['target']:<36} {match['seconds']:>5} s   ({left} left)", flush=True)
            elif match := PROBLEM.match(line):
                self.problems.append(match["sentence"])


def report(*, waves: Sequence[str] = ()) -> None:
    """Bring every stage up to date and publish the site; with `waves`, only the stages of these waves.

    Raises InputError for bad input, before anything runs where it can be seen then; the published site stays as it
    was until everything has succeeded.
    """
    started = time.monotonic()
    params = load_params()
    require_folders(params)
    chosen = _chosen(params, waves)
    _prepare(params)
    stale = _stale()
    chains = _chains(chosen, stale) if waves else _chains((*chosen, "all"), stale)
    shared = [stage for stage in provenance.stages() if stage.wave == "all" and stage.reads_stages]
    progress = Progress(total=sum(map(len, chains)) + (len(shared) if stale else 0))
    if stale:
        _check_inputs(params)
        print(f"{progress.total} stages to look at, {len(provenance.stages()) - progress.total} are up to date.")
        _run_lanes(chains, progress)
        if waves and any(not target.endswith("@all") for target in _stale()):
            print("Other waves are not up to date: the pages over all waves stay as they were until `make report`.")
        else:
            _repro([stage.target for stage in shared], progress)
    _publish(params, started, progress)


def _chosen(params: Params, waves: Sequence[str]) -> tuple[str, ...]:
    unknown = [wave for wave in waves if wave not in params.waves]
    if unknown:
        raise InputError(f"WAVES: {unknown[0]!r} is not in params.yaml; choose from {', '.join(params.waves)}.")
    return tuple(waves) or params.waves


def _prepare(params: Params) -> None:
    """Folders that DVC expects, no leftovers of waves that were taken out, and DVC without git in a ZIP copy."""
    local = paths.root() / ".dvc" / "config.local"
    if not (paths.root() / ".git").exists() and not (local.is_file() and "no_scm" in local.read_text("utf-8")):
        subprocess.run(_dvc("config", "--local", "core.no_scm", "true"), check=True, cwd=paths.root())
    for stage in provenance.stages():
        for out in stage.outs:
            (paths.root() / out).parent.mkdir(parents=True, exist_ok=True)
    # What overview and comparison read from must exist even when no wave is left.
    for stage in provenance.stages():
        for dep in stage.deps:
            if dep.startswith("data/processed/") and not dep.endswith(".parquet"):
                (paths.root() / dep).mkdir(parents=True, exist_ok=True)
    known = {*params.waves, "all"}
    for folder in ("pages", "tables"):
        for path in (paths.root() / "outputs" / folder).glob("*"):
            if path.name not in known:
                shutil.rmtree(path)
    for file in (paths.root() / "data" / "processed").glob("*/*.parquet"):
        if file.name.split(".")[0] not in known:
            file.unlink()
    for leftover in (paths.root() / "outputs").glob(".stage-*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _check_inputs(params: Params) -> None:
    """Read everything once before anything runs, so that a mistake is said at the start and in one sentence."""
    from analysis.inputs import precheck

    print("Checking the raw data.", flush=True)
    precheck.check_all(params)


def _dvc(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "dvc", *arguments]


def _environment() -> dict[str, str]:
    """DVC runs `python` by name: the environment's own comes first."""
    folder = os.path.dirname(sys.executable)  # noqa: PTH120 - the link in the environment, not what it points to
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}", "PYTHONUNBUFFERED": "1"}


def _stale() -> set[str]:
    """The stages whose own inputs or outputs are not as `dvc.lock` has them; before the first run, all of them."""
    if not paths.site().exists():
        return {stage.target for stage in provenance.stages()}
    result = subprocess.run(_dvc("status", "--json"), capture_output=True, text=True, cwd=paths.root())
    if result.returncode:
        raise InputError(f"DVC cannot read the pipeline: {result.stderr.strip().splitlines()[-1]}")
    return set(json.loads(result.stdout))


def _chains(waves: Sequence[str], stale: set[str]) -> list[list[provenance.Stage]]:
    """Per wave with anything stale, all of its stages: a lane owns the whole chain, as DVC's locks want it.

    Of the stages over all waves, those that read raw data only can run beside them.
    """
    chains = []
    for wave in waves:
        chain = [stage for stage in provenance.stages() if stage.wave == wave]
        if wave == "all":
            chain = [stage for stage in chain if not stage.reads_stages]
        if any(stage.target in stale for stage in chain):
            chains.append(chain)
    return chains


def _run_lanes(chains: list[list[provenance.Stage]], progress: Progress) -> None:
    with ThreadPoolExecutor(LANES) as lanes:
        jobs = [lanes.submit(_repro, [stage.target for stage in chain], progress) for chain in chains]
    for job in jobs:
        job.result()


def _repro(targets: list[str], progress: Progress) -> None:
    """One `dvc repro`; raises InputError with the stage's own sentence, or with the end of DVC's log."""
    paths.logs().mkdir(parents=True, exist_ok=True)
    log = paths.logs() / f"dvc-{targets[0].split('@')[1]}.log"
    command = _dvc("--wait-for-lock", "repro", *targets)
    with log.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            command,
            cwd=paths.root(),
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )
        _follow(process.stdout, file, progress)
        code = process.wait()
    if code:
        sentence = progress.problems[0] if progress.problems else f"DVC stopped; see {paths.relative(log)}."
        raise InputError(sentence)


def _follow(stream: IO[str] | None, log: IO[str], progress: Progress) -> None:
    for line in stream or ():
        log.write(line)
        progress.read(line)


def _die_with_parent() -> None:
    """Linux: the kernel of the system ends DVC when this process is killed, so that no run goes on unseen."""
    import ctypes

    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _publish(params: Params, started: float, progress: Progress) -> None:
    from analysis.reports import site

    site.publish(waves=list(params.waves))
    for target, seconds in sorted(progress.seconds.items(), key=lambda pair: -pair[1])[:5]:
        print(f"  {target:<36} {seconds:>5.1f} s")
    print(f"Finished in {time.monotonic() - started:.1f} s.")
    print(f"Open {paths.relative(paths.site() / 'index.html')} in a browser (or run `make open`).")
