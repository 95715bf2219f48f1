"""What a file of answers may be: its columns about units, and its items with their types, scales and codes."""

import re
from dataclasses import dataclass, field

import pandas as pd

from analysis.inputs.codes import short
from analysis.inputs.matching import slug
from analysis.inputs.microdata import Delivery
from analysis.inputs.missing import DONT_KNOW, tag_of_label

DATE = r"\d{4}-\d{2}-\d{2}([T ].*)?"
# The most different values that a single choice without labels has, and its largest code; else numbers are a count.
MOST_OPTIONS, LARGEST_CODE = 7, 20
# Columns about an answer that are taken for what their name says.
ABOUT = ("role", "attempts", "tool_version", "status")
# The share of cells that must be codes or names of units for a column to identify them.
IDENTIFIES = 0.5


@dataclass(frozen=True)
class Guess:
    """A first reading of a file: columns about answers as `responses` names them, rows of items.csv and options.csv."""

    columns: dict[str, str]
    items: list[dict[str, str]] = field(default_factory=list)
    options: list[dict[str, str]] = field(default_factory=list)


def guess(delivery: Delivery, *, units: pd.DataFrame) -> Guess:
    """Columns, items and options as they seem from names, labels and values; `units` is the frame.

    Codes that the file declares missing are no options: cleaning knows them from the file itself. Columns without any
    answer are left out.
    """
    cells = delivery.cells.rename(columns=str)
    code = _code_column(cells, units=units)
    filled = [str(column) for column in cells if (cells[column] != "").any() and column != code]
    day = next((column for column in filled if _all_match(cells[column], DATE)), None)
    about = {key: key for key in ABOUT if key in filled}
    variables = [column for column in filled if column != day and column not in about]
    blocks = _blocks(delivery, variables)
    scales: dict[tuple[tuple[str, str], ...], str] = {}
    items: list[dict[str, str]] = []
    options: list[dict[str, str]] = []
    used: set[str] = set()
    for variable in variables:
        label = delivery.labels.get(variable) or variable
        item = {"item": _free(slug(variable), used), "variable": variable, "source_locator": f"column {variable}"}
        item |= dict.fromkeys(("label_en", "label_nb", "label_sv"), label)
        if variable in blocks:
            item |= {"type": "multi", "block": blocks[variable]}
        elif choices := _choices(delivery, variable):
            scale = scales.get(choices)
            if scale is None:
                scale = scales[choices] = f"scale_{item['item']}"
                options += _options(scale, choices)
            item |= {"type": "single", "scale": scale, "codes": _codes(choices, options, scale=scale)}
        else:
            item |= {"type": "count" if _all_match(cells[variable], r"\d+") else "text"}
        items.append(item)
    columns = {"code": code, "answered_on": day} | about
    return Guess(columns={key: column for key, column in columns.items() if column}, items=items, options=options)


def _code_column(cells: pd.DataFrame, *, units: pd.DataFrame) -> str | None:
    """The column most of whose cells are codes of the frame, with or without leading zeros, or names of it."""
    known = {short(code) for code in units["code"]} | {name.casefold() for name in units["name"]}
    # A column of few different values, as of answers coded by small numbers, identifies nobody.
    varied = [str(column) for column in cells if cells[column].nunique() > len(cells) / 2]
    shares = {
        column: sum(short(text) in known or text.casefold() in known for text in cells[column]) / len(cells)
        for column in varied
    }
    best = max(shares, key=lambda column: shares[column], default=None)
    return best if best is not None and shares[best] >= IDENTIFIES else None


def _all_match(column: pd.Series, pattern: str) -> bool:
    return bool(column[column != ""].str.fullmatch(pattern).all())


def _blocks(delivery: Delivery, variables: list[str]) -> dict[str, str]:
    """Ticks of multi-selects: at least two variables in a row with one stem and no values but 0, 1 and nothing."""
    stems: dict[str, list[str]] = {}
    for variable in variables:
        ticks = set(delivery.cells[variable]) <= {"", "0", "1"}
        stem = re.sub(r"[_.]?[0-9a-z]+$", "", variable, flags=re.IGNORECASE)
        if ticks and stem and not _ordinary_yes_no(delivery, variable):
            stems.setdefault(stem, []).append(variable)
    return {variable: slug(stem) for stem, group in stems.items() if len(group) > 1 for variable in group}


def _ordinary_yes_no(delivery: Delivery, variable: str) -> bool:
    labels = {label.strip().casefold() for label in delivery.value_labels.get(variable, {}).values()}
    return bool(labels & {"yes", "no", "ja", "nei", "nej"})


def _choices(delivery: Delivery, variable: str) -> tuple[tuple[str, str], ...]:
    """The codes of a single choice with their labels, in order; nothing where the values are no choice."""
    labels = delivery.value_labels.get(variable, {})
    present = {text for text in delivery.cells[variable] if text}
    codes = sorted(
        (code for code in {*labels, *present} if not delivery.declares_missing(variable, code)),
        key=lambda code: (not code.isdigit(), int(code) if code.isdigit() else 0, code),
    )
    if not labels and not _few(present, rows=len(delivery.cells)):
        return ()
    if any(sign in code for code in codes for sign in ";="):
        return ()
    return tuple((code, labels.get(code, code)) for code in codes)


def _few(present: set[str], *, rows: int) -> bool:
    """Whether values without labels are choices: few, and small numbers or texts that repeat."""
    if all(text.isdigit() for text in present):
        return len(present) <= MOST_OPTIONS and max(map(int, present)) <= LARGEST_CODE
    return len(present) <= MOST_OPTIONS and 2 * len(present) <= rows


def _codes(choices: tuple[tuple[str, str], ...], options: list[dict[str, str]], *, scale: str) -> str:
    """The column codes of items.csv; empty where the codes are the options' own values."""
    if all(code.isdigit() for code, _ in choices):
        return ""
    names = [option["option"] for option in options if option["scale"] == scale]
    return ";".join(f"{code}={name}" for (code, _), name in zip(choices, names, strict=True))


def _options(scale: str, choices: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    """The rows of options.csv of one scale; don't knows get the id that the project knows them by."""
    rows: list[dict[str, str]] = []
    used: set[str] = set()
    numbers = all(code.isdigit() for code, _ in choices)
    for number, (code, label) in enumerate(choices):
        name = "dont_know" if tag_of_label(label) == DONT_KNOW else slug(label)
        value = code if numbers else str(number)
        row = {"scale": scale, "option": _free(name, used), "value": value}
        rows.append(row | dict.fromkeys(("label_en", "label_nb", "label_sv"), label))
    return rows


def _free(name: str, used: set[str]) -> str:
    """A name that is not used yet, with a number behind it where it is."""
    number, free = 1, name
    while free in used:
        number += 1
        free = f"{name}_{number}"
    used.add(free)
    return free
