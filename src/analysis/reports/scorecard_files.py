"""The command scorecard: cards of one unit or of all, each a page for its unit alone whose name nobody can guess."""

import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import paths
from analysis.errors import InputError
from analysis.inputs.params import Params, load_params
from analysis.inputs.stages import read_stage
from analysis.inputs.waves import Wave, load_wave
from analysis.reports import keys, runner
from analysis.reports.display import provenance, render
from analysis.reports.display.csv_files import write_csv
from analysis.reports.scorecard import have_card, require_card
from analysis.reports.templating import asset, sayer, template
from analysis.reports.wave_views import STATES

STAGE = "scorecard"
AT_ONCE = os.cpu_count() or 1
MOST = 25  # cards that one process writes: each notebook leaves some threads of its kernel's client behind
_CSV = re.compile(r'<a class="csv".*?</a>', re.DOTALL)
_CODE = re.compile(r'<details class="code">.*?</details>\s*', re.DOTALL)


def run(wave: str, *, unit: str | None, everything: bool) -> None:
    """Write the card of one unit, or of every unit that answered, in each language, to outputs/restricted.

    Raises InputError for a wave without answers of single units, an unknown unit, one that did not answer, and one
    with too few others to be compared with.
    """
    params = load_params()
    if wave not in params.scorecards:
        problem = f"{wave}: params.yaml does not name it among the waves with scorecards, which need answers of units"
        raise InputError(f"{problem}; choose from {', '.join(params.scorecards) or 'none'}, or add it there.")
    description, answers = load_wave(wave), read_stage("cleaning", wave)
    if unit is not None:
        require_card(answers, unit, wave=description)
    units = have_card(answers) if everything else [str(unit)]
    files = write(description, units, params=params, key=keys.load_key(keys.CARDS))
    table = paths.scorecards(wave) / "cards.csv"
    if everything:
        write_csv(pd.DataFrame({"unit": units, "file": [file.name for file in files]}), table)
    print(f"Wrote {paths.relative(table if everything else files[0])}; hand each card to its unit alone.")


def token(wave: str, unit: str, *, key: bytes) -> str:
    """What stands for a unit in the name of its card: HMAC-SHA-256 of wave and code, 64 hexadecimal digits."""
    return keys.keyed_hash(key, wave, unit)


def write(wave: Wave, units: Sequence[str], *, params: Params, key: bytes) -> list[Path]:
    """Write the cards of some units in each language, with a progress bar; returns the first file of each unit.

    Each core has a process with a kernel of its own, which writes its share of the cards. After a problem with one card
    the others are not finished. Raises InputError with the problem, and for a process that was ended from outside.
    """
    from tqdm import tqdm

    folder = paths.scorecards(wave.id)
    folder.mkdir(parents=True, exist_ok=True)
    mark = "SYNTHETIC_" if wave.file.origin == "synthetic" else ""
    stems = {unit: f"{mark}{token(wave.id, unit, key=key)}" for unit in units}
    bar = tqdm(total=len(units), desc=wave.id, unit="card", disable=len(units) == 1)
    with tempfile.TemporaryDirectory(prefix=".cards-", dir=folder) as scratch, bar:
        for _ in _side_by_side(wave, stems, params=params, scratch=Path(scratch)):
            bar.update()
    return [folder / f"{stem}.{params.languages[0]}.html" for stem in stems.values()]


def _side_by_side(wave: Wave, stems: Mapping[str, str], *, params: Params, scratch: Path) -> Iterator[str]:
    """Write the cards of these units, each to the file that begins with its stem; gives each unit once that is done."""
    left = list(stems.items())
    running: dict[Any, Any] = {}
    try:
        while left or running:
            while left and len(running) < AT_ONCE:
                # The cards are shared evenly.
                count = min(MOST, -(-len(left) // (AT_ONCE - len(running))))
                share, left = dict(left[:count]), left[count:]
                receiver, sender = runner.PROCESSES.Pipe(duplex=False)
                about = (wave, share, params, scratch / str(len(left)), sender, os.getpid())
                running[receiver] = runner.PROCESSES.Process(target=_write_share, args=about)
                running[receiver].start()
                sender.close()
            done: Any = wait(list(running))[0]
            try:
                written, problem = done.recv()
            except EOFError:
                written, problem = "", f"{wave.id}: a process that wrote cards was ended from outside; run this again."
            if problem:
                raise InputError(problem)
            if written:
                yield written
            else:
                running.pop(done).join()
    finally:
        for process in running.values():
            process.terminate()
            process.join()


def _write_share(wave: Wave, stems: Mapping[str, str], params: Params, scratch: Path, sender: Any, parent: int) -> None:
    """Write some cards in this process with one kernel; sends each unit, then an empty one, or a problem."""
    runner.die_with(parent)
    scratch.mkdir()
    try:
        with runner.notebooks(scratch) as work:
            for unit, stem in stems.items():
                _write_card(wave, unit, stem, params=params, scratch=scratch, execute=work)
                sender.send((unit, ""))
        sender.send(("", ""))
    except InputError as error:
        sender.send(("", str(error)))


def _write_card(
    wave: Wave, unit: str, stem: str, *, params: Params, scratch: Path, execute: Callable[..., Any]
) -> None:
    """One unit's card in each language, in place once all are made."""
    pages = {one: _page(wave, unit, one, stem, params=params, execute=execute) for one in params.languages}
    for language, text in pages.items():
        new = scratch / f"{stem}.{language}.html"
        new.write_text(text, encoding="utf-8", newline="\n")
        new.replace(paths.scorecards(wave.id) / new.name)


def _page(wave: Wave, unit: str, language: str, stem: str, *, params: Params, execute: Callable[..., Any]) -> str:
    """One card as a whole page; without code and without links to files, which the unit would not have."""
    parameters = {"wave": wave.id, "unit": unit, "language": language}
    body = render.parse(render.render(execute(STAGE, wave.id, parameters), facts={"language": language}))[1]
    return _shell(wave, unit, language, stem, body=_CODE.sub("", _CSV.sub("", body)), params=params)


def _shell(wave: Wave, unit: str, language: str, stem: str, *, body: str, params: Params) -> str:
    from markupsafe import Markup

    say = sayer(language)
    hashes = provenance.hashes(STAGE, wave.id)
    facts = [("footer.code", hashes["code_sha256"][:12]), ("footer.inputs", hashes["inputs_sha256"][:12]),
             ("footer.credit", getattr(wave.file.credit, language))]  # fmt: skip
    return template("card.html.j2").render(
        t=say,
        language=language,
        languages=[{"code": one, "href": f"{stem}.{one}.html"} for one in params.languages],
        title=say("state.synthetic.title", title=say("stage.scorecard"))
        if STATES[wave.file.origin] == "synthetic"
        else say("stage.scorecard"),
        kicker=getattr(wave.file.title, language),
        state=STATES[wave.file.origin],
        css=Markup(asset("style.css")),
        body=Markup(body),
        facts=[(say(label), text) for label, text in facts],
    )
