"""The raw file of a survey of four municipalities in two modules, whose cleaning can be worked out by hand."""

import csv
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from analysis.inputs import cleaning
from analysis.inputs.instrument import Item, Option
from analysis.inputs.microdata import Delivery
from analysis.inputs.waves import Wave, WaveFile
from tests.small_wave import FILE as WEBSITES
from tests.small_wave import FRAME as UNITS
from tests.small_wave import LABELS, WORDS

FILE: dict[str, Any] = {key: value for key, value in WEBSITES.items() if key != "cut_points"} | {
    "wave": "no-survey",
    "frame": {"country": "norway", "date": "2013-01-01"},
    "freeze_date": "2013-06-30",
    "duplicates": "most_complete_then_latest",
    "responses": {"file": "responses.csv", "answered_on": "day", "role": "who"},
    "modules": [{"id": "general", "label": WORDS}, {"id": "school", "label": WORDS}],
    "dispositions": {"complete_modules": 2, "partial_modules": 1},
}
OPTIONS: list[dict[str, Any]] = [
    {"scale": "yes_no", "option": "no", "value": 0, "label_nb": "nei"},
    {"scale": "yes_no", "option": "yes", "value": 1, "label_nb": "ja"},
    {"scale": "yes_no", "option": "dont_know", "missing": -3, "label_nb": "vet ikke"},
    {"scale": "degree", "option": "low", "value": 1},
    {"scale": "degree", "option": "high", "value": 2},
]
ITEMS: list[dict[str, Any]] = [
    {"item": "plan", "type": "single", "scale": "yes_no", "codes": "1=yes;2=no;9=dont_know", "module": "general"},
    {"item": "plan_use", "type": "single", "scale": "degree", "asked_if": "plan=yes", "module": "general"},
    {"item": "help_state", "type": "multi", "block": "help", "module": "general"},
    {"item": "help_peers", "type": "multi", "block": "help", "module": "general"},
    {"item": "help_none", "type": "multi", "block": "help", "exclusive": "y", "module": "general"},
    {"item": "staff", "type": "count", "minimum": 0, "maximum": 900, "module": "general"},
    {"item": "pupils", "type": "single", "scale": "degree", "module": "school"},
    {"item": "remarks", "type": "text", "module": "school"},
]
FRAME = UNITS[UNITS["unit_type"] == "municipality"].reset_index(drop=True)
COLUMNS = ["code", "day", "who", *(str(item["item"]) for item in ITEMS)]
# 0101 answers all, 0102 has no plan, 0201 has no school module; 0202 did not answer.
ROWS = [
    ("0101", "2013-03-01", "head", "1", "2", "1", "", "", "12", "1", "fine"),
    ("0102", "2013-03-02", "head", "2", "", "", "", "1", "3", "2", ""),
    ("0201", "2013-03-03", "head", "1", "1", "1", "1", "", "0", "", ""),
]


def wave(**changes: Any) -> Wave:
    """The survey, with other values for some keys of `wave.yml`."""
    items = tuple(Item.model_validate({"variable": item["item"]} | LABELS | item) for item in ITEMS)
    labels = {key: value for key, value in LABELS.items() if key.startswith("label")}
    options = tuple(Option.model_validate(labels | option) for option in OPTIONS)
    return Wave(file=WaveFile.model_validate(FILE | changes), items=items, options=options)


def raw(*changes: tuple[int, str, str], more: tuple[tuple[str, ...], ...] = ()) -> pd.DataFrame:
    """The answers as text by row of the file; each change is row, column, text; `more` are rows at the end."""
    rows = [*ROWS, *more]
    table = pd.DataFrame(rows, columns=COLUMNS, index=pd.RangeIndex(2, len(rows) + 2, name="row"), dtype="str")
    for row, column, text in changes:
        table.loc[row, column] = text
    return table


def cleaned(
    *changes: tuple[int, str, str],
    more: tuple[tuple[str, ...], ...] = (),
    description: Wave | None = None,
    **file: Any,
) -> cleaning.CleaningResult:
    """The survey cleaned; `file` is what the file says of its variables."""
    delivery = Delivery(raw(*changes, more=more), **file)
    return cleaning.clean(delivery, wave=description or wave(), frame=FRAME)


def write(folder: Path) -> Path:
    """The survey as files in a wave's folder, of three municipalities of 2013; returns the folder."""
    folder.mkdir(parents=True)
    (folder / "wave.yml").write_text(yaml.safe_dump(FILE, allow_unicode=True), encoding="utf-8")
    items = [{"variable": item["item"]} | LABELS | item for item in ITEMS]
    labels = {key: value for key, value in LABELS.items() if key.startswith("label")}
    _table(folder / "items.csv", list(Item.model_fields), items)
    _table(folder / "options.csv", list(Option.model_fields), [labels | option for option in OPTIONS])
    real = {"0101": "0101", "0102": "0104", "0201": "0105"}
    rows = [dict(zip(COLUMNS, (real[row[0]], *row[1:]), strict=True)) for row in ROWS]
    _table(folder / "responses.csv", COLUMNS, rows)
    return folder


def _table(path: Path, columns: list[str], rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
