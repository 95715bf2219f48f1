"""Dispositions and response rates of a cleaned wave."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.inputs.cleaning import CleaningResult
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


@dataclass(frozen=True)
class CleaningAccount:
    """The cleaned data of a wave with an account of who answered, in tables and as estimate records."""

    data: pd.DataFrame
    dispositions: pd.DataFrame
    rates: pd.DataFrame
    estimates: pd.DataFrame


def account(cleaned: CleaningResult, *, wave: Wave) -> CleaningAccount:
    """Counts of dispositions, response rates of each unit type, and counts of rows and log entries, as records."""
    counted = cleaned.data.groupby(["unit_type", "disposition"], sort=False).size().rename("units").reset_index()
    counted["meaning"] = counted["disposition"].map(DISPOSITIONS)
    rates = pd.DataFrame(
        {"unit_type": unit_type, "units": int(rows["units"].sum()), **response_rates(_counts(rows))}
        for unit_type, rows in counted.groupby("unit_type", sort=False)
    )
    rows = [*_disposition_rows(counted), *_rate_rows(counted, rates), *_bookkeeping_rows(cleaned)]
    return CleaningAccount(
        data=cleaned.data,
        dispositions=counted[["unit_type", "disposition", "meaning", "units"]],
        rates=rates[["unit_type", "units", "RR1", "RR2"]],
        estimates=records(rows, **wave_columns(wave, stage="cleaning")),
    )


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
        counts = _counts(counted[counted["unit_type"] == row.unit_type])
        complete, partial = counts.get("I", 0), counts.get("P", 0)
        for name, answered in (("RR1", complete), ("RR2", complete + partial)):
            result.append(
                {
                    "estimate_type": "level",
                    "measure": "share",
                    "unit_type": row.unit_type,
                    "item": "response_rate",
                    "category": name,
                    "n_frame": row.units,
                    "n_answered": complete + partial,
                    "k": answered,
                    "point": getattr(row, name),
                }
            )
    return result


def _bookkeeping_rows(cleaned: CleaningResult) -> list[dict[str, object]]:
    counts = [("rows", row.step, row.count) for row in cleaned.flow[["step", "count"]].itertuples(name="Step")]
    counts += [("check", row.check, row.found) for row in cleaned.checks.itertuples()]
    counts += [("log", kind, number) for kind, number in cleaned.log["kind"].value_counts().sort_index().items()]
    return [
        {"estimate_type": "diagnostic", "measure": "count", "item": item, "category": category, "point": number}
        for item, category, number in counts
    ]
