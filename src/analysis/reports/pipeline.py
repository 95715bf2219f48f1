"""The whole run: what DVC finds stale is rebuilt, side by side, then the site is published in one step."""

import configparser
import shutil
import time
from collections.abc import Sequence

from analysis import paths
from analysis.errors import InputError
from analysis.inputs.params import Params, load_params, require_folders
from analysis.reports import unchanged, workers
from analysis.reports.display import provenance
from analysis.reports.display.provenance import Stage, ordered
from analysis.reports.ledger import Ledger
from analysis.reports.runner import PROCESSES


def report(*, waves: Sequence[str] = ()) -> None:
    """Bring every stage up to date and publish the site; with `waves`, only the stages of these waves.

    Raises InputError for bad input, before anything runs where it can be seen then; the published site stays as it
    was until everything has succeeded.
    """
    started = time.monotonic()
    params = load_params()
    require_folders(params)
    chosen = _chosen(params, waves)
    inputs = unchanged.inputs()
    if unchanged.since_last_run(inputs):
        print("Nothing has changed.")
    else:
        _prepare(params)
        if _bring_up_to_date(params, chosen):
            unchanged.remember(inputs)
    print(f"Finished in {time.monotonic() - started:.1f} s.")
    print(f"Open {paths.relative(paths.site() / 'index.html')} in a browser (or run `make open`).")


def _chosen(params: Params, waves: Sequence[str]) -> tuple[str, ...]:
    unknown = [wave for wave in waves if wave not in params.waves]
    if unknown:
        raise InputError(f"WAVES: {unknown[0]!r} is not in params.yaml; choose from {', '.join(params.waves)}.")
    return tuple(waves) or params.waves


def _bring_up_to_date(params: Params, chosen: tuple[str, ...]) -> bool:
    """Run what is stale among the stages of the chosen waves and of all waves, and publish the site.

    False when other waves stay stale.
    """
    print("Looking at what has changed.", flush=True)
    declared = provenance.stages()
    with Ledger() as ledger:
        workers.warm()  # while DVC looks at what there is, in a process of its own
        stale = ledger.stale()
        others = any(stage.target in stale for stage in declared if stage.wave not in (*chosen, "all"))
        if others:
            print("Other waves are not up to date: the pages over all waves stay as they were until `make report`.")
        plan = _plan([s for s in declared if s.wave in chosen or (s.wave == "all" and not others)], stale)
        if plan:
            _check_inputs(params, plan)
            print(f"{len(plan)} stages to look at, {len(declared) - len(plan)} are up to date.", flush=True)
            _run(plan, stale, ledger)
        ledger.finish()
        _publish(params)
    return not others


def _prepare(params: Params) -> None:
    """Folders that DVC expects, no leftovers of waves that were taken out, and DVC without git in a ZIP copy."""
    local = paths.root() / ".dvc" / "config.local"
    if not (paths.root() / ".git").exists():
        config = configparser.ConfigParser(interpolation=None)
        config.read(local, encoding="utf-8")
        if not config.has_option("core", "no_scm"):  # else the user's own file stays as it is, comments and all
            config.read_dict({"core": {"no_scm": "true"}})
            with local.open("w", encoding="utf-8") as settings:
                config.write(settings)
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


def _check_inputs(params: Params, plan: list[Stage]) -> None:
    """Read what a plan reads before anything runs, so that a mistake is said at the start and in one sentence."""
    from analysis.inputs import precheck

    print("Checking the raw data.", flush=True)
    precheck.check_shared(params.waves)
    with PROCESSES.Pool(workers.AT_ONCE) as pool:
        for _ in pool.imap(precheck.check_answers, [stage.wave for stage in plan if stage.name == "cleaning"]):
            pass


def _plan(stages: list[Stage], stale: set[str]) -> list[Stage]:
    """The stale stages and all that read what they make, each after what it reads."""
    found: list[Stage] = []
    for stage in ordered(stages).static_order():
        if stage.target in stale or any(stage.reads(earlier.outs) for earlier in found):
            found.append(stage)
    return found


def _run(plan: list[Stage], stale: set[str], ledger: Ledger) -> None:
    """Run the stages of a plan and write them down; raises InputError with the first problem when all have ended."""
    seconds, problems = {}, []
    for outcome in workers.run(plan, stale):
        if outcome.problem:
            problems.append(outcome.problem)
        else:
            target = outcome.stage.target
            ledger.record(target)
            seconds[target] = outcome.seconds
            left = len(plan) - len(seconds)
            print(f"  done     {target:<36} {outcome.seconds:>5.1f} s   (at most {left} left)", flush=True)
    if problems:
        raise InputError(problems[0])
    print("Longest:")
    for target, taken in sorted(seconds.items(), key=lambda pair: -pair[1])[:5]:
        print(f"  {target:<36} {taken:>5.1f} s")


def _publish(params: Params) -> None:
    from analysis.reports import site

    site.publish(waves=list(params.waves))
