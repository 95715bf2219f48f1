"""The command new-wave: reads a file's own labels and writes the folder of a wave with a first description of it."""

import csv
import datetime
import re
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import guessing
from analysis.inputs.frames import load_frame
from analysis.inputs.guessing import Guess
from analysis.inputs.instrument import Item, Option
from analysis.inputs.microdata import Delivery
from analysis.inputs.readers import read_delivery

WAVE_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
GROUPS = {"norway": {"size": "ssb6", "region": "region5"}, "sweden": {"size": "skl5", "region": "nuts2"}}
ITEM_COLUMNS, OPTION_COLUMNS = list(Item.model_fields), list(Option.model_fields)

HEAD = """\
# A first description of {wave}, guessed from {file} by new-wave. Read every line, correct what is wrong, put your own
# words where the id stands, and run: python -m analysis check-wave {wave}
# Items, their types and their codes are guessed in items.csv and options.csv; labels are the file's own in all three
# languages until you translate them.
"""
COMMENTS = {
    "origin": "observed: real answers. They stay out of git unless promise is open and they are added by hand.",
    "promise": "What the invitation promised: open, aggregates_only or named_with_consent.",
    "licence": "Under which licence the answers may be used, who is to be credited, and the source named under tables.",
    "frame": "Whom the invitation went to: the units of this country on this date.",
    "field_period": "First and last day of data collection; the first and last answer of the file, if it has dates.",
    "responses": "The file and the columns that identify a unit and date an answer; also possible: unit_type, role,\n"
    "# attempts, tool_version, status.",
    "duplicates": "Of two answers of one unit: most_complete_then_latest, latest, or refuse.",
    "dispositions": "Share of applicable questions that makes an answer complete or partial.",
    "groups": "Schemes of data/raw/frames/size_groups.csv and regions.csv.",
}


def run(wave: str, *, responses: Path, frame: str) -> None:
    """Writes the folder of a new wave and says what to do next.

    `frame` is a country and a date, as in norway@2024-01-01. Raises InputError when the wave is there already, its id
    is none, the frame does not exist, the file cannot be read, or no column of it identifies units of the frame.
    """
    folder = paths.wave(wave)
    if WAVE_ID.fullmatch(wave) is None:
        raise InputError(f"new-wave {wave}: a wave is named with small letters, digits and hyphens, like no-2024.")
    if folder.exists():
        raise InputError(f"{paths.relative(folder)} is there already; name another wave or take the folder away.")
    country, _, date = frame.partition("@")
    if country not in GROUPS or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", date):
        raise InputError(f"--frame {frame}: write a country and a date, as in norway@2024-01-01 or sweden@2016-12-31.")
    units = load_frame(country, date=date)
    delivery = read_delivery(responses)
    guess = guessing.guess(delivery, units=units)
    if "code" not in guess.columns:
        problem = "no column has codes or names of the units of the frame"
        raise InputError(f"{paths.relative(responses)}: {problem} {frame}; add one, or name another date.")
    folder.mkdir(parents=True)
    shutil.copyfile(responses, folder / f"responses{responses.suffix.lower()}")
    text = _yaml(wave, guess=guess, delivery=delivery, file=responses, country=country, date=date)
    (folder / "wave.yml").write_text(text, encoding="utf-8", newline="\n")
    _write(folder / "items.csv", guess.items, ITEM_COLUMNS)
    _write(folder / "options.csv", guess.options, OPTION_COLUMNS)
    print(f"Wrote wave.yml, items.csv ({len(guess.items)} items) and options.csv in {paths.relative(folder)}.")
    print("Labels are the file's own in all three languages; check-wave counts those that nobody has translated.")
    print(f"Read them, correct them, then run: python -m analysis check-wave {wave}")


def _yaml(wave: str, *, guess: Guess, delivery: Delivery, file: Path, country: str, date: str) -> str:
    """`wave.yml` with a comment before each choice."""
    year = next(iter(re.findall(r"(?:19|20)\d{2}", wave)), date[:4])
    words = dict.fromkeys(("en", "nb", "sv"), wave)
    first, last = _period(guess, delivery, year=year)
    content: dict[str, Any] = {
        "wave": wave,
        "title": words,
        "country": country,
        "year": int(year),
        "instrument": words,
        "about": words,
        "origin": "observed",
        "promise": "aggregates_only",
        "licence": "not known",
        "credit": "not known",
        "source": wave,
        "frame": {"country": country, "date": datetime.date.fromisoformat(date), "unit_types": ["municipality"]},
        "field_period": {"first": first, "last": last},
        "responses": {"file": f"responses{file.suffix.lower()}"} | guess.columns,
        "duplicates": "most_complete_then_latest",
        "dispositions": {"complete_min": 0.8, "partial_min": 0.5},
        "groups": GROUPS[country],
        "weighting": {"method": "none"},
    }
    parts = [HEAD.format(wave=wave, file=file.name)]
    for key, value in content.items():
        comment = f"# {COMMENTS[key]}\n" if key in COMMENTS else ""
        parts.append(comment + yaml.safe_dump({key: value}, allow_unicode=True, sort_keys=False, width=100))
    return "".join(parts)


def _period(guess: Guess, delivery: Delivery, *, year: str) -> tuple[datetime.date, datetime.date]:
    """The first and last answer of the file, or the whole year where it has no dates."""
    if "answered_on" not in guess.columns:
        return datetime.date(int(year), 1, 1), datetime.date(int(year), 12, 31)
    text = delivery.cells[guess.columns["answered_on"]]
    days = pd.to_datetime(text.str[:10], format="%Y-%m-%d", errors="coerce").dropna()
    return days.min().date(), days.max().date()


def _write(path: Path, rows: list[dict[str, str]], columns: list[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
