"""Who answered, as the reports print it: counts that need no answers, so that they hold whatever the answers are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.errors import InputError
from analysis.inputs.printed_responses import COLUMNS as INPUT_COLUMNS
from analysis.survey.balance.assess import Balance, assess
from analysis.survey.balance.association import mean_test
from analysis.survey.balance.sensitivity import tipping_point
from analysis.survey.counts import counts_for_percent

# Shares of yes among those who answered for which it is said what the silent units would have to be.
SUPPOSED = tuple(percent / 100 for percent in range(55, 100, 5))
RESPONSE_COLUMNS = (
    "unit_type module grouping group value n_frame n_low n_high rate_low rate_high open_low open_high source_ref"
).split()
PEOPLE_COLUMNS = (
    "unit_type module covered mean_answered mean_frame difference z p n_frame n_answered source_ref".split()
)
SILENT_COLUMNS = "unit_type module n_frame n_answered supposed bound_lo bound_hi needed".split()

# The columns of the table that is read, with no row: a wave whose report prints nothing of the kind.
NOTHING = pd.DataFrame(columns=INPUT_COLUMNS)


@dataclass(frozen=True)
class PrintedAccount:
    """What follows from the printed counts alone.

    `responses`: a row a group, with the lowest and highest number of answers that the print allows (one number unless
    it is a percentage), the rates, and the least and most that is open about any share. `people`: share of inhabitants
    covered, and mean inhabitants of those who answered against the frame. `balances`: one for each part with groups.
    `silent`: for shares that respondents might have given, the worst-case bounds of all units and the share of yes the
    silent units would need for no majority.
    """

    responses: pd.DataFrame
    people: pd.DataFrame
    balances: tuple[Balance, ...]
    silent: pd.DataFrame


def account(printed: pd.DataFrame, *, confidence: float = 0.95) -> PrintedAccount:
    """The account of the table that `printed_responses` reads. Raises InputError where the groups do not add up."""
    responses = pd.DataFrame([_response(row) for row in printed.to_dict("records")], columns=RESPONSE_COLUMNS)
    known = printed[printed["inhabitants_answered"].notna()]
    wholes = responses[(responses["grouping"] == "all") & (responses["n_low"] == responses["n_high"])]
    whole_survey = wholes[wholes["module"] == ""]
    return PrintedAccount(
        responses=responses,
        people=pd.DataFrame([_people(row) for row in known.to_dict("records")], columns=PEOPLE_COLUMNS),
        balances=tuple(_balances(responses, confidence=confidence)),
        silent=pd.DataFrame(
            [row for whole in whole_survey.to_dict("records") for row in _silent(whole)], columns=SILENT_COLUMNS
        ),
    )


def _response(row: Mapping[Any, Any]) -> dict[str, Any]:
    n_frame = int(row["n_frame"])
    allowed = range(int(row["value"]), int(row["value"]) + 1) if row["statistic"] == "count" else counts_for_percent(
        row["value"], base=n_frame, decimals=int(row["decimals"])
    )  # fmt: skip
    low, high = min(allowed), max(allowed)
    return {key: row[key] for key in ("unit_type", "module", "grouping", "group", "value", "n_frame", "source_ref")} | {
        "n_low": low,
        "n_high": high,
        "rate_low": low / n_frame,
        "rate_high": high / n_frame,
        "open_low": 1 - high / n_frame,
        "open_high": 1 - low / n_frame,
    }


def _people(row: Mapping[Any, Any]) -> dict[str, Any]:
    n, units = int(row["value"]), int(row["n_frame"])
    means = {"mean_answered": row["inhabitants_answered"] / n, "mean_frame": row["inhabitants_frame"] / units}
    difference, z, p = mean_test(
        means["mean_answered"], frame=means["mean_frame"], spread=row["inhabitants_spread"], answered=n, units=units
    )
    about = {key: row[key] for key in ("unit_type", "module", "n_frame", "source_ref")} | {"n_answered": n}
    covered = row["inhabitants_answered"] / row["inhabitants_frame"]
    return about | means | {"covered": covered, "difference": difference, "z": z, "p": p}


def _balances(responses: pd.DataFrame, *, confidence: float) -> list[Balance]:
    """A balance for each part of a survey whose respondents are printed by group, largest group first."""
    found = []
    counted = responses[(responses["grouping"] != "all") & (responses["n_low"] == responses["n_high"])]
    for (unit_type, module, grouping), rows in counted.groupby(["unit_type", "module", "grouping"], sort=False):
        whole = responses[(responses["grouping"] == "all") & (responses["module"] == module)]
        whole = whole[whole["unit_type"] == unit_type]
        for column in ("n_frame", "n_low"):
            if len(whole) and rows[column].sum() != whole[column].iloc[0]:
                total, parts = whole[column].iloc[0], rows[column].sum()
                raise InputError(
                    f"printed_responses.csv: the groups by {grouping} add up to {parts} units and not to the {total} "
                    "of the whole; correct the figures or the frame."
                )
        cells = pd.DataFrame({str(grouping): rows["group"], "n_frame": rows["n_frame"], "n_answered": rows["n_low"]})
        about: dict[str, Any] = {"unit_type": str(unit_type), "module": str(module), "confidence": confidence}
        found.append(assess(cells, variables=[str(grouping)], source="printed", **about))
    return found


def _silent(whole: Mapping[Any, Any]) -> list[dict[str, Any]]:
    n, units = int(whole["n_low"]), int(whole["n_frame"])
    rate = n / units
    about = {"unit_type": whole["unit_type"], "module": whole["module"], "n_frame": units, "n_answered": n}
    rows = []
    for share in SUPPOSED:
        tipping = tipping_point(share, rate=rate)
        bounds = {"bound_lo": rate * share, "bound_hi": rate * share + 1 - rate}
        rows.append(about | {"supposed": share, **bounds, "needed": tipping.share_of_silent})
    return rows
