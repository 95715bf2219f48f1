"""Dispositions and response rates of a cleaned wave."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.inputs.cleaning import MISSING, CleaningResult
from analysis.inputs.waves import Wave
from analysis.survey.estimates import records
from analysis.survey.groups import wave_columns

DISPOSITIONS = {
    "I": "complete",
    "P": "partial",
    "R": "broken off",
    "NC": "no answer",
    "O": "other eligible",
    "UH": "eligibility unknown",
    "UO": "eligibility unknown, other",
    "NE": "not eligible",
}

RATES = ("RR1", "RR2", "RR3", "RR4", "RR5", "RR6")


@dataclass(frozen=True)
class CleaningAccount:
    """The cleaned data of a wave with an account of who answered, in tables and as estimate records."""

    data: pd.DataFrame
    dispositions: pd.DataFrame
    rates: pd.DataFrame
    missing: pd.DataFrame
    estimates: pd.DataFrame


def account(cleaned: CleaningResult, *, wave: Wave) -> CleaningAccount:
    """Counts of dispositions and the six response rates of each unit type, of the whole answer and of each module.

    Also counts of rows, log entries and missing values; all of it as records. The column `module` is only there in a
    wave that has modules; it is empty for the whole answer.
    """
    counted = _counted(cleaned, wave=wave)
    rates = pd.DataFrame(
        {"module": module, "unit_type": unit_type, "units": int(rows["units"].sum()), **response_rates(_counts(rows))}
        for (module, unit_type), rows in counted.groupby(["module", "unit_type"], sort=False)
    )
    items = [item.item for item in wave.items_in_file() if item.type != "text"]
    missing = missing_values(cleaned.data, items=items)
    rows = [*_disposition_rows(counted), *_rate_rows(counted, rates), *_bookkeeping_rows(cleaned, missing)]
    shown = ["module"][: len(wave.file.modules)]
    return CleaningAccount(
        data=cleaned.data,
        dispositions=counted[[*shown, "unit_type", "disposition", "meaning", "units"]],
        rates=rates[[*shown, "unit_type", "units", *RATES]],
        missing=missing,
        estimates=records(rows, **wave_columns(wave, stage="cleaning")),
    )


def _counted(cleaned: CleaningResult, *, wave: Wave) -> pd.DataFrame:
    """How many units have each disposition, by unit type, in the whole answer and in each module."""
    parts = [cleaned.data[["unit_type", "disposition"]].assign(module="")]
    for module in wave.file.modules:
        own = cleaned.modules[["unit_type", module.id]].rename(columns={module.id: "disposition"})
        parts.append(own.assign(module=module.id))
    keys = ["module", "unit_type", "disposition"]
    counted = pd.concat(parts, ignore_index=True).groupby(keys, sort=False).size().rename("units").reset_index()
    return counted.assign(meaning=counted["disposition"].map(DISPOSITIONS))


def missing_values(data: pd.DataFrame, *, items: list[str]) -> pd.DataFrame:
    """How many units have no value of an item, by reason; reasons that do not occur have no row.

    `data` has the items as whole numbers with the negative codes of cleaning.
    """
    counts = [(item, meaning, int((data[item] == code).sum())) for item in items for code, meaning in MISSING.items()]
    return pd.DataFrame([row for row in counts if row[2]], columns=["item", "missing", "units"])


def response_rates(counts: Mapping[str, int], *, eligible: float | None = None) -> dict[str, float]:
    """The six response rates of AAPOR as shares, from counts by disposition (see DISPOSITIONS).

    RR1 = I / (I+P + R+NC+O + UH+UO), RR2 = (I+P) / the same; RR3 and RR4 count only the share `eligible` of the
    units of unknown eligibility (by default the share among those that are known); RR5 and RR6 none of them. In a
    census of public bodies eligibility is known and three of each are one. Raises ZeroDivisionError for no units.
    Source: AAPOR, Standard Definitions.
    """
    complete, partial = counts.get("I", 0), counts.get("P", 0)
    known = complete + partial + sum(counts.get(code, 0) for code in ("R", "NC", "O"))
    unknown = counts.get("UH", 0) + counts.get("UO", 0)
    share = known / (known + counts.get("NE", 0)) if eligible is None else eligible
    bases = {1: known + unknown, 3: known + share * unknown, 5: known}
    rates = {}
    for first, base in bases.items():
        rates[f"RR{first}"] = complete / base
        rates[f"RR{first + 1}"] = (complete + partial) / base
    return rates


def _counts(rows: pd.DataFrame) -> dict[str, int]:
    return dict(zip(rows["disposition"], rows["units"].astype(int), strict=True))


def _disposition_rows(counted: pd.DataFrame) -> list[dict[str, object]]:
    return [
        {
            "estimate_type": "level",
            "measure": "count",
            "unit_type": row.unit_type,
            "module": row.module,
            "item": "disposition",
            "category": row.disposition,
            "point": row.units,
            "k": row.units,
        }
        for row in counted.itertuples()
    ]


def _rate_rows(counted: pd.DataFrame, rates: pd.DataFrame) -> list[dict[str, object]]:
    result = []
    for row in rates.itertuples():
        counts = _counts(counted[(counted["unit_type"] == row.unit_type) & (counted["module"] == row.module)])
        complete, partial = counts.get("I", 0), counts.get("P", 0)
        result += [
            {
                "estimate_type": "level",
                "measure": "share",
                "unit_type": row.unit_type,
                "module": row.module,
                "item": "response_rate",
                "category": name,
                "n_frame": row.units,
                "n_answered": complete + partial,
                "k": complete + (partial if number % 2 else 0),
                "point": getattr(row, name),
            }
            for number, name in enumerate(RATES)
        ]
    return result


def _bookkeeping_rows(cleaned: CleaningResult, missing: pd.DataFrame) -> list[dict[str, object]]:
    log = cleaned.log["kind"].value_counts().sort_index()
    counts = [
        *(("rows", step, number) for step, number in _pairs(cleaned.flow, "step", "count")),
        *(("check", check, number) for check, number in _pairs(cleaned.checks, "check", "found")),
        *(("log", kind, number) for kind, number in zip(log.index, log, strict=True)),
        *zip(missing["item"], missing["missing"], missing["units"], strict=True),
    ]
    return [
        {"estimate_type": "diagnostic", "measure": "count", "item": item, "category": category, "point": number}
        for item, category, number in counts
    ]


def _pairs(table: pd.DataFrame, name: str, number: str) -> Iterator[tuple[Any, Any]]:
    return zip(table[name], table[number], strict=True)
