"""A questionnaire of ten units in two modules whose numbers can be worked out by hand."""

from typing import Any

import pandas as pd

from analysis.inputs import cleaning
from analysis.inputs.instrument import Item, Option
from analysis.inputs.waves import Wave, WaveFile
from tests.small_wave import FILE, LABELS, WORDS

NAMED = {"en": "label", "nb": "etikett", "sv": "etikett"}
SURVEY: dict[str, Any] = {key: value for key, value in FILE.items() if key != "cut_points"} | {
    "wave": "no-survey",
    "origin": "synthetic",
    "promise": "aggregates_only",
    "modules": [{"id": "first", "label": WORDS}, {"id": "second", "label": WORDS}],
    "areas": [{"id": "services", "label": NAMED}],
    "indicators": [{"id": "maturity", "label": NAMED, "module": "first", "scale_maximum": 4, "items": 3}],
    "special_groups": {
        "smallest2": {
            "by": "population", "order": "ascending", "size": 2, "universe": "respondents", "ties": "code",
        }
    },
}  # fmt: skip
ITEMS: list[dict[str, Any]] = [
    {"item": "plan", "type": "single", "scale": "yes_no", "module": "first", "indicator": "maturity"},
    {"item": "how", "type": "single", "scale": "level", "module": "first", "area": "services", "indicator": "maturity"},
    {"item": "why", "type": "single", "scale": "level", "module": "first", "area": "services", "asked_if": "plan=yes"},
    {"item": "tick_a", "type": "multi", "scale": "tick", "block": "ticks", "module": "first", "indicator": "maturity"},
    {"item": "tick_b", "type": "multi", "scale": "tick", "block": "ticks", "module": "first", "indicator": "maturity"},
    {"item": "tick_none", "type": "multi", "block": "ticks", "module": "first", "exclusive": "y"},
    {"item": "staff", "type": "count", "minimum": 0, "module": "second"},
    {"item": "said", "type": "text", "module": "second"},
]
OPTIONS = [
    ("yes_no", "no", 0, 0.0, None),
    ("yes_no", "yes", 1, 4.0, None),
    ("yes_no", "dont_know", None, None, -3),
    ("level", "none", 0, 0.0, None),
    ("level", "some", 1, 2.0, None),
    ("level", "all", 2, 4.0, None),
    ("tick", "not_ticked", 0, 0.0, None),
    ("tick", "ticked", 1, 2.0, None),
]
COLUMNS = ["plan", "how", "why", "tick_a", "tick_b", "tick_none", "staff", "said"]
SILENT = (-7, -7, -7, -7, -7, -7, -7, None)
# Population, answers: six municipalities and one county municipality answered; M5 left the second module out.
UNITS = [
    ("M1", 1000, "I", (1, 2, 1, 1, 1, 0, 3, "text")),
    ("M2", 2000, "I", (1, 1, 0, 1, 0, 0, 5, None)),
    ("M3", 3000, "I", (0, 0, -1, 0, 0, 1, 0, "=CMD()")),
    ("M4", 4000, "I", (0, 2, -1, -4, -4, -4, 8, None)),
    ("M5", 5000, "P", (-3, 1, -4, 0, 1, 0, -6, None)),
    ("M6", 6000, "I", (-3, -4, -4, -4, -4, -4, 2, None)),
    ("M7", 7000, "NC", SILENT),
    ("M8", 8000, "NC", SILENT),
    ("C1", 36000, "I", (1, 2, 2, 1, 1, 0, 40, None)),
    ("C2", 36000, "NC", SILENT),
]


def survey(**changes: Any) -> Wave:
    """The small questionnaire, with other values for some keys of `wave.yml`."""
    items = tuple(Item.model_validate(LABELS | {"variable": item["item"]} | item) for item in ITEMS)
    columns = ("scale", "option", "value", "score", "missing")
    labels = {"label_en": "o", "label_nb": "p", "label_sv": "q"}
    options = tuple(Option.model_validate(labels | dict(zip(columns, row, strict=True))) for row in OPTIONS)
    return Wave(file=WaveFile.model_validate(SURVEY | changes), items=items, options=options)


def answers() -> pd.DataFrame:
    """Its cleaned answers, a row a unit of the frame."""
    rows = []
    for place, (code, population, disposition, given) in enumerate(UNITS):
        kind = "municipality" if code.startswith("M") else "county_municipality"
        where = (kind, code, f"Unit {code}", "01" if place % 2 else "02", "County", population, 1 + place % 2, "East")
        rows.append((*where, disposition, pd.NaT, disposition != "NC", disposition == "I", *given))
    about = [*cleaning.FRAME_COLUMNS, "disposition", "answered_on", "answered_first", "answered_second"]
    table = pd.DataFrame(rows, columns=[*about, *COLUMNS])
    whole = [column for column in COLUMNS if column != "said"]
    return table.astype(dict.fromkeys(whole, "Int64") | {"said": "string"})
