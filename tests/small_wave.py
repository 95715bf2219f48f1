"""A wave of six units whose numbers can be worked out by hand."""

from typing import Any

import pandas as pd

from analysis.inputs import cleaning
from analysis.inputs.microdata import Delivery
from analysis.inputs.waves import Item, Wave, WaveFile

WORDS = {"en": "a", "nb": "b", "sv": "c"}
FILE: dict[str, Any] = {
    "wave": "no-small",
    "title": WORDS,
    "country": "norway",
    "year": 2013,
    "instrument": WORDS,
    "about": WORDS,
    "origin": "observed",
    "promise": "open",
    "licence": "none",
    "credit": "made by hand",
    "source": "made by hand",
    "frame": {"country": "norway", "date": "2013-01-01", "unit_types": ["municipality", "county_municipality"]},
    "field_period": {"first": "2013-03-01", "last": "2013-06-30"},
    "responses": {"file": "responses.csv", "unit_type": "unit_type", "answered_on": "day"},
    "groups": {"size": "ssb6", "region": "region5"},
    "cut_points": {"item": "stars", "of": "percent", "lower": [50, 80]},
}
LABELS = {"label_en": "x", "label_nb": "y", "label_sv": "z", "source_locator": "made by hand"}
ITEMS: list[dict[str, Any]] = [
    {"item": "total", "variable": "points", "type": "score", "minimum": 0, "maximum": 20},
    {"item": "first", "variable": "a", "type": "score", "minimum": 0, "maximum": 8, "part_of": "total"},
    {"item": "second", "variable": "b", "type": "score", "minimum": 0, "maximum": 8, "part_of": "total"},
    {"item": "third", "variable": "c", "type": "score", "minimum": 0, "maximum": 4, "part_of": "total"},
    {"item": "percent", "variable": "percent", "type": "percent", "minimum": 0, "maximum": 100, "part_of": "total"},
    {"item": "stars", "variable": "stars", "type": "ordinal", "minimum": 1, "maximum": 3},
]
FRAME = pd.DataFrame(
    [
        ("municipality", "0101", "A", "01", "Ostby", 1000, 1, "East"),
        ("municipality", "0102", "B", "01", "Ostby", 3000, 2, "East"),
        ("municipality", "0201", "C", "02", "Vestby", 1500, 1, "West"),
        ("municipality", "0202", "D", "02", "Vestby", 4500, 2, "West"),
        ("county_municipality", "01", "Ostby fylkeskommune", "01", "Ostby", 4000, 2, "East"),
        ("county_municipality", "02", "Vestby fylkeskommune", "02", "Vestby", 6000, 3, "West"),
    ],
    columns=cleaning.FRAME_COLUMNS,
)
COLUMNS = ["unit_type", "code", "points", "a", "b", "c", "percent", "stars", "day"]
# D did not answer: 4 of 4 municipalities but one, and both county municipalities, have a row.
ROWS = [
    ("municipality", "0101", "10", "4", "4", "2", "50", "2", "2013-03-01"),
    ("municipality", "0102", "16", "8", "6", "2", "80", "3", "2013-06-30"),
    ("municipality", "0201", "5", "1", "3", "1", "25", "1", "2013-05-05"),
    ("county_municipality", "01", "12", "6", "4", "2", "60", "2", "2013-05-06"),
    ("county_municipality", "02", "20", "8", "8", "4", "100", "3", "2013-05-07"),
]


def wave(**changes: Any) -> Wave:
    """The small wave, with other values for some keys of `wave.yml`."""
    items = tuple(Item.model_validate(LABELS | item) for item in ITEMS)
    return Wave(file=WaveFile.model_validate(FILE | changes), items=items)


def raw(*changes: tuple[int, str, str]) -> pd.DataFrame:
    """The raw answers as text, indexed by row of the file; each change is row, column, text."""
    table = pd.DataFrame(ROWS, columns=COLUMNS, index=pd.RangeIndex(2, len(ROWS) + 2, name="row"), dtype="str")
    for row, column, text in changes:
        table.loc[row, column] = text
    return table


def cleaned(*changes: tuple[int, str, str]) -> cleaning.CleaningResult:
    """The small wave cleaned."""
    return cleaning.clean(Delivery(raw(*changes)), wave=wave(), frame=FRAME)
