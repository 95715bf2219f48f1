"""The commands: `python -m analysis COMMAND`."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from analysis.errors import InputError

# What each command calls: module, function, its positional and its keyword arguments.
CALLS = {
    "report": ("reports.pipeline", "report", (), ("waves",)),
    "stage": ("reports.runner", "main", ("stage", "wave"), ()),
    "synthesise": ("standins.files", "write", ("wave",), ()),
    "new-wave": ("inputs.new_wave", "run", ("wave",), ("responses", "frame")),
    "check-wave": ("inputs.check_wave", "run", ("wave",), ()),
    "check-published": ("reports.check_published", "run", ("file",), ()),
    "check-sources": ("inputs.source_numbers", "run", ("folder",), ()),
    "validate": ("reports.validate", "main", (), ("backend", "address")),
    "trace": ("reports.trace", "run", ("estimate_id",), ()),
    "withdraw": ("reports.withdraw", "run", ("wave",), ("project", "everything", "yes")),
    "scorecard": ("reports.scorecard_files", "run", ("wave",), ("unit", "everything")),
    "export-scientific": ("reports.scientific", "run", ("wave",), ()),
    "refresh-frames": ("inputs.refresh", "run", (), ("yes",)),
}


def parser() -> argparse.ArgumentParser:
    """The command line of the project."""
    main = argparse.ArgumentParser(prog="python -m analysis", description="How digital are municipalities?")
    commands = main.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_runs(commands)
    _add_waves(commands)
    _add_restricted(commands)
    _add_checks(commands)
    return main


def _add_runs(commands: Any) -> None:
    """What runs the pipeline, or a stage of it."""
    report = commands.add_parser("report", help="bring everything up to date and publish outputs/site")
    report.add_argument("--waves", nargs="*", default=[], metavar="WAVE", help="only the stages of these waves")
    stage = commands.add_parser("stage", help="run one stage of one wave (what DVC calls)")
    stage.add_argument("stage")
    stage.add_argument("wave")
    validate = commands.add_parser("validate", help="run the stage validation, on a cluster if one is named")
    validate.add_argument("--backend", default="loky", choices=("loky", "threading", "sequential", "dask"))
    validate.add_argument("--address", metavar="ADDRESS", help="the Dask scheduler, as in tcp://host:8786")


def _add_waves(commands: Any) -> None:
    """What makes or changes raw data."""
    new = commands.add_parser("new-wave", help="write a first description of a new wave from its file of answers")
    new.add_argument("wave")
    new.add_argument("--responses", required=True, type=Path, metavar="FILE", help="the answers as they were delivered")
    new.add_argument("--frame", required=True, metavar="COUNTRY@DATE", help="who was invited, as in norway@2024-01-01")
    check = commands.add_parser("check-wave", help="list everything that is wrong or missing in a wave's folder")
    check.add_argument("wave")
    standin = commands.add_parser("synthesise", help="make the synthetic answers of a survey wave anew")
    standin.add_argument("wave")
    out = commands.add_parser("withdraw", help="take a project's contact details out of everything on this machine")
    out.add_argument("wave")
    out.add_argument("--project", required=True, metavar="ID")
    out.add_argument("--all", dest="everything", action="store_true", help="the whole project, not only the details")
    out.add_argument("--yes", action="store_true", help="do not ask")
    refresh = commands.add_parser("refresh-frames", help="fetch the frames from the official interfaces")
    refresh.add_argument("--yes", action="store_true", help="replace the tables without asking")


def _add_restricted(commands: Any) -> None:
    """What makes files that are not for everybody."""
    card = commands.add_parser("scorecard", help="write the card of a unit, or of all that answered, for it alone")
    card.add_argument("wave")
    which = card.add_mutually_exclusive_group(required=True)
    which.add_argument("--unit", metavar="CODE", help="the code of the unit in the frame")
    which.add_argument("--all", dest="everything", action="store_true", help="every unit that answered")
    export = commands.add_parser("export-scientific", help="write the answers under pseudonyms, for research")
    export.add_argument("wave")


def _add_checks(commands: Any) -> None:
    """What a reviewer asks."""
    trace = commands.add_parser("trace", help="the whole trail of a row of outputs/estimates.csv")
    trace.add_argument("estimate_id", metavar="ESTIMATE_ID")
    published = commands.add_parser("check-published", help="hold printed figures against each other, a line a finding")
    published.add_argument("file", nargs="?", type=Path, metavar="FILE", help="figures.csv or its folder, if not ours")
    sources = commands.add_parser("check-sources", help="set every number of the source texts against the register")
    sources.add_argument("folder", type=Path, metavar="DIR", help="where the texts lie, each as SOURCE_ID.txt")


def run(arguments: argparse.Namespace) -> None:
    """Run one command; what it needs is imported here, so that `--help` answers at once."""
    module, function, positional, keywords = CALLS[arguments.command]
    given = vars(arguments)
    call = getattr(import_module(f"analysis.{module}"), function)
    call(*(given[name] for name in positional), **{name: given[name] for name in keywords})


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; bad input is one sentence on standard error and exit code 1."""
    arguments = parser().parse_args(argv)
    try:
        run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read the output, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except InputError as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("Stopped; outputs/site is as it was.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
