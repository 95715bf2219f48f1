"""The same concepts from the answers of the analysed waves, beside each other, real or synthetic."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.evidence.side_by_side import waves_beside
from analysis.inputs.concepts import Concepts, Measure
from analysis.inputs.memory import remembered
from analysis.inputs.targets import read_targets
from analysis.inputs.waves import Wave
from analysis.survey.estimates import COLUMNS, WITHHELD

UNIT = "municipality"
ROWS = "concept wave figure item category kind n point se ci_lo ci_hi bound_lo bound_hi source estimate_ids".split()
# Flags of numbers that are not shown: withheld, or of too few answers.
HIDDEN = rf"\b(?:{WITHHELD}|counts_only)\b"
NUMBERS = ["point", "se", "ci_lo", "ci_hi", "bound_lo", "bound_hi"]


@dataclass(frozen=True)
class Answers:
    """What answers give for concepts: `rows`, one a wave and figure or item, and the estimate `records` behind them.

    Of a row `kind` is `share` (of all municipalities, 0 to 1) or `mean` (the mean score as a share of the highest), and
    `source` says whether the answers are `observed` or `synthetic`. `category` are the options counted together, joined
    by `|`. A number that does not exist is missing.
    """

    rows: pd.DataFrame
    records: pd.DataFrame


def nothing() -> Answers:
    """No answers at all."""
    return Answers(rows=pd.DataFrame(columns=ROWS), records=pd.DataFrame(columns=COLUMNS))


@remembered
def from_results(concepts: Concepts, waves: Mapping[str, Wave], estimates: Mapping[str, pd.DataFrame]) -> Answers:
    """What the answers of each analysed wave give for a concept that may stand side by side.

    `estimates` are the records of the stage `results` by wave. Only concepts that two analysed waves measure, and
    figures that are a plain share of an item's answers. The interval of a share over several options takes their errors
    for unrelated: exclusive options err against each other, so that it is rather too wide (decision 0230).
    """
    rows, used = [], []
    known = {wave: _shown(records) for wave, records in estimates.items()}
    for concept in concepts.concepts:
        measured = concepts.measured(concept.concept_id) if concept.kind == "survey" else {}
        shown = [wave for wave in measured if wave in estimates and wave in waves_beside(concepts, concept.concept_id)]
        for wave in shown if len(shown) > 1 else ():
            for figure, item, options in carriers(measured[wave], waves[wave]):
                found = _records(known[wave], item, options)
                if len(found):
                    about = {"concept": concept.concept_id, "wave": wave, "figure": figure, "item": item}
                    rows.append(about | {"category": "|".join(options)} | _together(found))
                    used.append(found)
    table = pd.DataFrame(rows, columns=ROWS)
    table = table[table.groupby("concept")["wave"].transform("nunique") > 1].reset_index(drop=True)
    records = pd.concat(used, ignore_index=True) if used else pd.DataFrame(columns=COLUMNS)
    ids = {name for names in table["estimate_ids"] for name in names.split("; ")}
    kept = records[records["estimate_id"].isin(ids)].drop_duplicates("estimate_id")
    return Answers(rows=table, records=kept.reset_index(drop=True))


def carriers(measure: Measure, wave: Wave) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """What carries a measure in a wave's answers: printed figure (or none), item or indicator, options (or its score).

    A printed figure is carried by what `targets.csv` says, where it is a share of all who answered.
    """
    if measure.item is not None:
        yield "", measure.item, measure.options
    targets = {target.figure_id: target for target in read_targets(wave)} if measure.figures else {}
    for target in (targets[figure] for figure in measure.figures):
        if target.measure == "share" and not target.subset and target.category:
            yield target.figure_id, target.item, target.category


def _shown(estimates: pd.DataFrame) -> pd.DataFrame:
    """The records of all municipalities together that may be shown."""
    plain = (estimates["subset"] == "") & (estimates["estimand"] == "M") & (estimates["estimate_type"] == "level")
    rows = estimates[plain & (estimates["unit_type"] == UNIT)]
    return rows[~rows["flags"].str.contains(HIDDEN)]


def _records(shown: pd.DataFrame, item: str, options: tuple[str, ...]) -> pd.DataFrame:
    """The records of an item, one an option or one of its score; none where any is missing."""
    rows = shown[shown["item"] == item]
    if options:
        rows = rows[(rows["measure"] == "share") & rows["category"].isin(options)]
        return rows if len(rows) == len(options) else rows.iloc[:0]
    rows = rows[(rows["measure"] == "mean") & (rows["category"] == "")]
    return rows if rows["scale_max"].notna().all() else rows.iloc[:0]


def _together(records: pd.DataFrame) -> dict[str, Any]:
    """One number from the records of a score, or of options that are counted together."""
    first = records.iloc[0]
    score = first["measure"] == "mean"
    about = {"kind": "mean" if score else "share", "n": int(first["n_answered"]), "source": str(first["source"])}
    about |= {"estimate_ids": "; ".join(records["estimate_id"])}
    numbers = records[NUMBERS].astype("float64") / (float(first["scale_max"]) if score else 1)
    if len(numbers) == 1:
        return about | {name: float(numbers[name].iloc[0]) for name in NUMBERS}
    point, low = float(numbers["point"].sum()), float(numbers["bound_lo"].sum(skipna=False))
    # The units without an answer can all be in one option, so they widen the bounds once.
    high = low + float((numbers["bound_hi"] - numbers["bound_lo"]).max(skipna=False))
    down, up = (numbers["point"] - numbers["ci_lo"]), (numbers["ci_hi"] - numbers["point"])
    ends = point - float(np.sqrt((down**2).sum(skipna=False))), point + float(np.sqrt((up**2).sum(skipna=False)))
    return about | {
        "point": point,
        "se": float(np.sqrt((numbers["se"] ** 2).sum(skipna=False))),
        "ci_lo": float(np.fmax(ends[0], low)),
        "ci_hi": float(np.fmin(ends[1], high)),
        "bound_lo": low,
        "bound_hi": high,
    }
