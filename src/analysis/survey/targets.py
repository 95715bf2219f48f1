"""Estimates held against what the reports print: each figure of a wave's register with the number that answers it."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd

from analysis.inputs.register import DECIMALS
from analysis.inputs.targets import COMPARED, PROJECTS, Target, in_file
from analysis.inputs.waves import Wave
from analysis.survey.tabulate import ALL, RESPONSE, Cell, category_name

CARRIERS = ("fitted", "worded", "design_fact", "outside_source", "conflict")
NOT_IN_FILE = "the file of answers does not have it"
# What is told of the estimate that answers a figure.
SHOWN = ["point", "n_answered", "k", "estimate_id"]
COLUMNS = (
    "figure_id label carrier printed tolerance computed n_answered k agrees reason estimate_id source_locator".split()
)


def cells(targets: Sequence[Target], *, wave: Wave) -> dict[str, Cell]:
    """The number that each compared target asks for, by figure id.

    Figures carried by something else have none, nor have those about items that the files of the wave lack.
    """
    compared = [target for target in targets if target.carrier in COMPARED and in_file(target, wave=wave)]
    return {target.figure_id: _cell(target, wave) for target in compared}


def compare(targets: Sequence[Target], *, estimates: pd.DataFrame, figures: pd.DataFrame, wave: Wave) -> pd.DataFrame:
    """One row per figure of the register: what is printed, what the answers give, and whether the two agree.

    A fitted figure agrees when the estimate, rounded half up to the printed decimals, is what is printed; a worded one
    when it lies within the tolerance (percentage points) of the number that stands for the word, on the side that the
    word has where it has one. Others are not compared. `printed` and `computed` are in the unit of the report: percent
    for shares. Raises KeyError for a target whose estimate was not made.
    """
    wanted = cells(targets, wave=wave)
    identity = ["measure", "unit_type", "subset", "item", "category", "estimand"]
    asked = estimates["item"].isin({_identity(cell)[3] for cell in wanted.values()})
    records: list[dict[Any, Any]] = estimates.loc[asked, [*identity, *SHOWN]].to_dict("records")
    made = {tuple(row[column] for column in identity): row for row in records}
    printed: dict[Any, dict[Any, Any]] = figures.set_index("figure_id").to_dict("index")
    rows = []
    for target in targets:
        figure = printed[target.figure_id]
        row: dict[str, Any] = {"figure_id": target.figure_id, "label": figure["label_en"], "carrier": target.carrier}
        row |= {"printed": figure["value"], "tolerance": target.tolerance, "reason": target.reason}
        row |= {"source_locator": figure["source_locator"]}
        if target.figure_id in wanted:
            estimate = made[_identity(wanted[target.figure_id])]
            row |= {column: estimate[column] for column in SHOWN if column != "point"}
            row |= {"computed": _value(estimate), "agrees": agrees(_value(estimate), target=target, figure=figure)}
        elif target.carrier in COMPARED:
            row["reason"] = NOT_IN_FILE
        rows.append(row)
    table = pd.DataFrame(rows, columns=COLUMNS).astype({"computed": "float64", "tolerance": "float64"})
    return table.astype({"agrees": "boolean", "n_answered": "Int64", "k": "Int64"})


def carriers(targets: Sequence[Target]) -> pd.DataFrame:
    """How many figures of the wave's register are in each carrier class."""
    counts: Counter[str] = Counter(target.carrier for target in targets)
    return pd.DataFrame({"carrier": CARRIERS, "figures": [counts[carrier] for carrier in CARRIERS]})


def carrier_rows(table: pd.DataFrame, compared: pd.DataFrame) -> list[dict[str, Any]]:
    """The counts of figures by carrier, and of those that agree, as rows of estimate records."""
    common = {"estimate_type": "diagnostic", "measure": "count", "item": "printed_figures"}
    rows: list[dict[str, Any]] = []
    for carrier, number in zip(table["carrier"], table["figures"], strict=True):
        rows.append(common | {"category": carrier, "point": number})
    for carrier in COMPARED:
        found = compared[compared["carrier"] == carrier]["agrees"]
        rows.append(common | {"category": f"{carrier} agrees", "point": int(found.fillna(False).sum())})
    return rows


def agrees(value: float, *, target: Target, figure: Mapping[Any, Any] | pd.Series) -> bool:
    """Whether an estimate in the unit of the report is what is printed, or near enough to the word that is printed.

    An estimate without a value, because nobody answered, does not agree with anything.
    """
    if not math.isfinite(value):
        return False
    # Twelve digits take away what binary arithmetic adds, so that 14.5 is half-way and rounds up.
    computed, printed = Decimal(f"{value:.12g}"), Decimal(figure["value"])
    if target.tolerance is not None:
        return abs(computed - printed) <= Decimal(str(target.tolerance)) and _on_side(computed, printed, target.reason)
    decimals = DECIMALS.get(figure["precision"], 0)
    return computed.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP) == printed


def _on_side(computed: Decimal, printed: Decimal, reason: str) -> bool:
    """Whether it lies on the side that the word has; the reason of the target names it, else both are allowed."""
    above, below = "above" in reason, "below" in reason
    if above == below:
        return True
    return computed > printed if above else computed < printed


def _cell(target: Target, wave: Wave) -> Cell:
    types = wave.file.frame.unit_types
    unit_type, subset, category = (ALL if len(types) > 1 else types[0]), target.subset, target.category
    name, _, value = subset.partition("=")
    if subset == PROJECTS:
        return Cell(target.item, str(target.measure), category, PROJECTS, "", "R")
    if name == "unit_type":
        unit_type, subset = value, ""
    elif name == "size":
        unit_type, subset = "municipality", f"size_group={value}"
    elif name == "group":
        unit_type = "municipality"
    elif name in ("module", "disposition"):
        category, subset = (value,), ""
    # What a report prints of answers is of those who answered; who answered is counted among all units.
    estimand = "R" if target.item else "M"
    return Cell(target.item or RESPONSE, str(target.measure), category, subset, unit_type, estimand)


def _identity(cell: Cell) -> tuple[str, ...]:
    measure = {"any": "share", "minimum": "index", "maximum": "index"}.get(cell.measure, cell.measure)
    item = "projects" if cell.subset == PROJECTS and not cell.item else cell.item
    return (measure, cell.unit_type, cell.subset, item, category_name(cell), cell.estimand)


def _value(estimate: dict[str, Any]) -> float:
    """An estimate in the unit of the report: shares in percent."""
    return float(estimate["point"]) * (100 if estimate["measure"] == "share" else 1)
