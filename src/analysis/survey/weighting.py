"""The stage weighting: how many units each answer stands for."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.inputs.cleaning import ANSWERED
from analysis.inputs.waves import Wave
from analysis.survey.estimates import records
from analysis.survey.groups import wave_columns


@dataclass(frozen=True)
class WeightingResult:
    """`data`: the final weight of each unit that answered; `totals`: what the weights add up to and what they leave.

    `missing`: the units that no weight stands for, named only where the wave's promise is open.
    """

    data: pd.DataFrame
    totals: pd.DataFrame
    missing: pd.DataFrame
    estimates: pd.DataFrame


def run(indicators: pd.DataFrame, *, wave: Wave) -> WeightingResult:
    """Final weights after the wave's weighting plan.

    Plan `none`: each unit that answered stands for itself, final weight 1, and the units that did not are left to the
    bounds. That suits a round that is complete or nearly so; `totals` says how nearly.
    `indicators` has one row per frame unit with disposition and population.
    """
    answered = indicators["disposition"].isin(ANSWERED)
    weights = indicators.loc[answered, ["unit_type", "code"]].assign(final_weight=1.0).reset_index(drop=True)
    totals = pd.DataFrame([_totals(str(name), units) for name, units in indicators.groupby("unit_type", sort=False)])
    missing = indicators[~answered]
    whole = indicators.groupby("unit_type")["population"].transform("sum")[~answered]
    missing = missing[["unit_type", "code", "name", "county_name", "population"]].assign(
        share_of_inhabitants=missing["population"] / whole
    )
    return WeightingResult(
        data=weights,
        totals=totals,
        missing=(missing if wave.file.promise == "open" else missing.iloc[:0]).reset_index(drop=True),
        estimates=records(
            _rows(totals), weight_variant=wave.file.weighting.method, **wave_columns(wave, stage="weighting")
        ),
    )


def _totals(unit_type: str, units: pd.DataFrame) -> dict[str, Any]:
    answered = units[units["disposition"].isin(ANSWERED)]
    return {
        "unit_type": unit_type,
        "n_frame": len(units),
        "n_answered": len(answered),
        "sum_of_weights": float(len(answered)),
        "missing": len(units) - len(answered),
        "missing_share": 1 - len(answered) / len(units),
        "missing_inhabitants": int(units["population"].sum() - answered["population"].sum()),
        "missing_inhabitants_share": 1 - answered["population"].sum() / units["population"].sum(),
    }


def _rows(totals: pd.DataFrame) -> list[dict[str, Any]]:
    rows = []
    for row in totals.to_dict("records"):
        about = {key: row[key] for key in ("unit_type", "n_frame", "n_answered")}
        counts = {"sum of weights": "sum_of_weights", "units": "missing", "inhabitants": "missing_inhabitants"}
        rows += [
            about
            | {
                "estimate_type": "diagnostic",
                "measure": "count",
                "item": "weights" if category == "sum of weights" else "missing",
                "category": category,
                "point": row[column],
            }
            for category, column in counts.items()
        ]
        shares = {"M": "missing_share", "P": "missing_inhabitants_share"}
        rows += [
            about
            | {
                "estimate_type": "diagnostic",
                "measure": "share",
                "item": "missing",
                "estimand": estimand,
                "point": row[column],
            }
            for estimand, column in shares.items()
        ]
    return rows
