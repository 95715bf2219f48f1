"""A made-up questionnaire of 66 units of which 37 answered, uneven by size group and region, for weights."""

from typing import Any

import pandas as pd

from analysis.inputs import cleaning
from analysis.inputs.waves import Wave
from tests.small_survey import survey

# Size group, region, units, answers to the survey, of these to the module `second`.
CELLS = [
    ("municipality", 1, "East", 14, 5, 5),
    ("municipality", 1, "West", 10, 4, 2),
    ("municipality", 2, "East", 12, 8, 7),
    ("municipality", 2, "West", 8, 4, 3),
    ("municipality", 3, "East", 9, 7, 6),
    ("municipality", 3, "West", 5, 4, 4),
    ("county_municipality", 3, "East", 5, 3, 2),
    ("county_municipality", 3, "West", 3, 2, 2),
]
KEY = [
    {"item": "plan", "category": ["yes"]},
    {"item": "how", "category": ["some", "all"]},
    {"item": "tick_a", "category": ["ticked"], "unit_type": "all"},
    {"item": "maturity"},
    {"item": "staff"},
    {"item": "plan", "category": ["yes"], "unit_type": "county_municipality"},
]
SIZE, BOTH = [["size_group"]], [["size_group"], ["region"]]


def weighted(plan: dict[str, Any], **changes: Any) -> Wave:
    """The questionnaire under a weighting plan, with six key estimates."""
    return survey(**{"weighting": plan, "key_estimates": KEY} | changes)


def frame() -> pd.DataFrame:
    """Its units, those that answered with answers that differ between groups, and some gaps."""
    rows: list[dict[str, Any]] = []
    for kind, size, region, units, answered, second in CELLS:
        for place in range(units):
            number = len(rows)
            given = place < answered
            row = {"unit_type": kind, "code": f"{number:04d}", "name": f"Unit {number}", "county_code": region[0]}
            row |= {"county_name": region, "population": 1000 * size + number, "size_group": size, "region": region}
            row |= {"disposition": "I" if given else "NC", "answered_on": pd.NaT, "answered_first": given}
            row |= {"answered_second": place < second}
            plan = -4 if number % 11 == 0 else int((number * size) % 3 > 0)
            row |= {"plan": plan if given else -7, "how": (number + size) % 3 if given else -7}
            row |= {"tick_a": number % 2 if given else -7, "staff": size * 3 + number % 4 if place < second else -7}
            rows.append(row | {"maturity": (number % 5 + size) / 2 if given and number % 7 else None})
    table = pd.DataFrame(rows).astype({"plan": "Int64", "how": "Int64", "tick_a": "Int64", "staff": "Int64"})
    assert set(cleaning.FRAME_COLUMNS) <= set(table.columns)
    return table
