"""The robustness of a wave as reviewers read it: choices, ranges and moves by their names."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.evidence.robustness import KEYS, RobustnessResult
from analysis.evidence.variants import DIMENSIONS
from analysis.reports.display.trail import pick
from analysis.reports.display.words import format_value
from analysis.reports.wave_views import Names
from analysis.reports.weighting_views import key_name

# With fewer units missing no way of weighting can move much, and the curves are left out.
NEARLY_COMPLETE = 0.01


def estimate_names(result: RobustnessResult, *, names: Names) -> dict[str, str]:
    """What each key estimate is called."""
    return {row["name"]: key_name(row, names=names) for row in result.summary.to_dict("records")}


def missing(result: RobustnessResult) -> float:
    """The largest share of units without an answer to a key estimate."""
    return float((1 - result.summary["n_answered"] / result.summary["n_frame"]).max())


def choice_name(dimension: str, choice: str, *, names: Names) -> str:
    """What a choice is called; caps and shares of questions by their numbers."""
    for start, key, value in (("cap_", "cap", float), ("answered_", "answered", float)):
        if choice.startswith(start):
            return names.say(f"robustness.choice.{key}", number=value(choice.removeprefix(start)))
    return names.say(f"robustness.choice.{dimension}.{choice}")


def dimensions_table(result: RobustnessResult, *, names: Names) -> pd.DataFrame:
    """What was chosen between: each dimension with its choices, and for how many key estimates there was a choice."""
    rows = []
    for dimension in DIMENSIONS:
        several = result.curves.grid.groupby("name")[dimension].nunique() > 1
        if not several.any():
            continue
        concerned = result.curves.grid[result.curves.grid["name"].isin(several.index[several])]
        declared = list(dict.fromkeys(concerned.loc[concerned["declared"], dimension]))
        others = [choice for choice in dict.fromkeys(concerned[dimension]) if choice not in declared]
        rows.append(
            {
                "dimension": names.say(f"robustness.dimension.{dimension}"),
                "declared": _listed(dimension, declared, names=names),
                "others": _listed(dimension, others, names=names),
                "estimates": int(several.sum()),
            }
        )
    return pd.DataFrame(rows, columns=["dimension", "declared", "others", "estimates"])


def counts_table(result: RobustnessResult, *, names: Names) -> pd.DataFrame:
    """How many combinations of choices each key estimate has, and how many are left."""
    called = estimate_names(result, names=names)
    return result.counts.assign(name=result.counts["name"].map(called)).rename(columns={"name": "estimate"})


def ranges_table(result: RobustnessResult, *, names: Names, unit_scale: bool) -> pd.DataFrame:
    """Default, interval, median, lowest and highest of each key estimate on the scale 0 to 1, or on another."""
    rows = result.summary[(result.summary["scale"] == 1) == unit_scale]
    called = estimate_names(result, names=names)
    kept = ["point", "ci_lo", "ci_hi", "median", "low", "high", "specifications", "same_side", "clear_side"]
    return rows.assign(estimate=rows["name"].map(called))[["estimate", *kept]].reset_index(drop=True)


def on_one_scale(result: RobustnessResult, *, names: Names) -> pd.DataFrame:
    """Bounds, interval and range about the declared population, each as a share of the scale; bounded scales only."""
    rows = result.summary[np.isfinite(result.summary["scale"])]
    columns = {"point": "point", "ci_lo": "ci_lo", "ci_hi": "ci_hi", "bound_lo": "bound_lo", "bound_hi": "bound_hi",
               "own_low": "low", "own_high": "high"}  # fmt: skip
    table = pd.DataFrame({new: rows[old] / rows["scale"] for old, new in columns.items()})
    table.insert(0, "label", rows["name"].map(estimate_names(result, names=names)))
    return table.reset_index(drop=True)


def effects_table(result: RobustnessResult, *, names: Names) -> pd.DataFrame:
    """Each choice over all key estimates, as shares of their scales: mean and largest difference to the declared one.

    The share of the variance is that of the dimension, the mean over key estimates that have a choice there.
    """
    if result.effects.empty:
        return pd.DataFrame()
    effects = result.effects.assign(
        difference=result.effects["difference"] / result.effects["scale"],
        largest=result.effects["largest"] / result.effects["scale"],
    )
    keys = ["dimension", "choice"]
    shares = effects.groupby("dimension")["share_of_variance"].mean()
    table = effects[~effects["declared"]].groupby(keys, sort=False, as_index=False).agg(
        estimates=("name", "nunique"), difference=("difference", "mean"), largest=("largest", "max")
    )  # fmt: skip
    order = {dimension: place for place, dimension in enumerate(DIMENSIONS)}
    table = table.sort_values("dimension", key=lambda values: values.map(order), kind="stable", ignore_index=True)
    return pd.DataFrame(
        {
            "choice": [choice_name(str(row.dimension), str(row.choice), names=names) for row in table.itertuples()],
            "dimension": [names.say(f"robustness.dimension.{one}") for one in table["dimension"]],
            "estimates": table["estimates"],
            "difference": table["difference"],
            "largest": table["largest"],
            "share_of_variance": table["dimension"].map(shares),
        }
    )


def effects_by_estimate(result: RobustnessResult, *, names: Names) -> pd.DataFrame:
    """Each choice for each key estimate, differences as shares of its scale."""
    rows = result.effects[~result.effects["declared"]]
    called = estimate_names(result, names=names)
    return pd.DataFrame(
        {
            "estimate": rows["name"].map(called),
            "choice": [choice_name(str(row.dimension), str(row.choice), names=names) for row in rows.itertuples()],
            "difference": rows["difference"] / rows["scale"],
            "largest": rows["largest"] / rows["scale"],
            "share_of_variance": rows["share_of_variance"],
        }
    ).reset_index(drop=True)


def refused_table(result: RobustnessResult, *, names: Names) -> pd.DataFrame:
    """What cannot be weighted, each sentence once, with the trimmings it stands for."""
    rows = result.refused.groupby(["adjustment", "problem"], sort=False, as_index=False).agg(
        trimming=("trimming", list), combinations=("combinations", "sum")
    )
    return pd.DataFrame(
        {
            "adjustment": [choice_name("adjustment", one, names=names) for one in rows["adjustment"]],
            "trimming": [_listed("trimming", dict.fromkeys(several), names=names) for several in rows["trimming"]],
            "combinations": rows["combinations"],
            "problem": rows["problem"],
        }
    )


def register_table(result: RobustnessResult, *, names: Names, run: bool) -> pd.DataFrame:
    """Decisions with reason and alternative, and beside them what moves, or why the alternative is not run."""
    called, last = estimate_names(result, names=names), "moves" if run else "why"
    rows = result.register[(result.register["status"] != "not_run") == run].to_dict("records")
    table = [
        {
            "decision": f"{row['decision']} {row['title']}",
            "option": row["option"],
            last: _moves(row, called, names=names),
            "reason": row["reason"],
        }
        for row in rows
    ]
    return pd.DataFrame(table, columns=["decision", "option", last, "reason"])


def moves_table(result: RobustnessResult, *, names: Names) -> pd.DataFrame:
    """How far each key estimate moves under each alternative that was run, as a share of its scale."""
    called = estimate_names(result, names=names)
    moves = result.moves
    return pd.DataFrame(
        {
            "decision": moves["decision"],
            "option": moves["option"],
            "estimate": moves["name"].map(called),
            "effect": moves["effect"] / moves["scale"],
        }
    )


def records_of(estimates: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """The estimate records of the key estimates that are in some rows."""
    return estimates.merge(rows[list(KEYS)].drop_duplicates(), on=list(KEYS), how="inner")


def summary_records(result: RobustnessResult, rows: pd.DataFrame) -> pd.DataFrame:
    """The estimate records of some key estimates: the declared specification and what is said of all of them."""
    declared, said = pick(result.estimates, flags="declared"), pick(result.estimates, subset="*specifications*")
    return records_of(pd.concat([declared, said]), rows)


def curve_rows(own: pd.DataFrame, *, names: Names) -> dict[str, list[tuple[str, str]]]:
    """The choices that differ between the specifications of a key estimate, with their labels, the declared first."""
    first = own.sort_values("declared", ascending=False, kind="stable")
    return {
        dimension: [(choice, choice_name(dimension, choice, names=names)) for choice in dict.fromkeys(first[dimension])]
        for dimension in DIMENSIONS
        if own[dimension].nunique() > 1
    }


def value_format(scale: float) -> str:
    """Numbers from 0 to 1 are read as per cent, others in their own points."""
    return "percent1" if scale == 1 else "number2"


def written(value: float, *, scale: float, names: Names) -> str:
    """An estimate as it is read."""
    return format_value(float(value), value_format(scale), language=names.language)


def _moves(row: Mapping[Any, Any], called: Mapping[str, str], *, names: Names) -> str:
    if row["status"] == "refused":
        return names.say("robustness.moves.refused", problem=row["why"])
    if row["status"] == "not_run":
        return names.say(f"robustness.why.{row['why']}")
    if row["moved"] == 0:
        return names.say("robustness.moves.nothing")
    return names.say("robustness.moves.most", moved=row["moved"], estimate=called[row["most"]])


def _listed(dimension: str, choices: Any, *, names: Names) -> str:
    return "; ".join(choice_name(dimension, choice, names=names) for choice in choices)
