"""The command scorecard: cards of one unit or of all, each a page for its unit alone whose name nobody can guess."""

import re
import tempfile
from collections.abc import Callable, Sequence
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
    """Write the cards of some units in each language, with a progress bar; returns the first file of each unit."""
    from tqdm import tqdm

    folder = paths.scorecards(wave.id)
    folder.mkdir(parents=True, exist_ok=True)
    mark = "SYNTHETIC_" if wave.file.origin == "synthetic" else ""
    written = []
    with tempfile.TemporaryDirectory(prefix=".cards-", dir=folder) as scratch, runner.notebooks(Path(scratch)) as work:
        for unit in tqdm(units, desc=wave.id, unit="card", disable=len(units) == 1):
            stem = f"{mark}{token(wave.id, unit, key=key)}"
            pages = {one: _page(wave, unit, one, stem, params=params, execute=work) for one in params.languages}
            for language, text in pages.items():
                new = Path(scratch) / f"{stem}.{language}.html"
                new.write_text(text, encoding="utf-8", newline="\n")
                new.replace(folder / new.name)
            written.append(folder / f"{stem}.{params.languages[0]}.html")
    return written


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
