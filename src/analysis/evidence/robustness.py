"""The stage robustness: how far the key estimates of a wave move when the choices behind them are made otherwise."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.evidence.decision_register import register
from analysis.evidence.specification_curve import Curves, Workshop, curves
from analysis.evidence.variants import DIMENSIONS, RULES
from analysis.inputs import cleaning
from analysis.inputs.decisions import Decision
from analysis.inputs.params import Params
from analysis.inputs.stages import read_stage
from analysis.inputs.waves import Wave
from analysis.survey import indicators
from analysis.survey.estimates import records
from analysis.survey.groups import wave_columns

# Columns of an estimate that are no columns of an estimate record.
BESIDE = ("n_star", "name", "declared", "spec", "scale", *DIMENSIONS)
KEYS = ("unit_type", "module", "item", "category")
# A share of the variance of estimates that do not differ is nothing.
NO_SPREAD = 1e-12


@dataclass(frozen=True)
class RobustnessResult:
    """The key estimates of a wave under every choice that could have been made.

    `declared_hash` names the declared choices. `curves`: every specification. `counts`: of each key estimate the
    combinations of choices, those without weights, those that are the same as another, and those left. `summary`:
    default, interval, bounds, median, lowest and highest estimate, the same among specifications about the declared
    population (`own_low`, `own_high`), and the shares that are, or whose whole interval is, on the default's side of
    the middle of the scale. `effects`: what each choice does to each key estimate, and its dimension's share of the
    variance. `refused`: what cannot be weighted. `register`: each decision with each alternative, and how far the key
    estimates move; `moves`: the same estimate by estimate.
    """

    declared_hash: str
    curves: Curves
    counts: pd.DataFrame
    summary: pd.DataFrame
    effects: pd.DataFrame
    refused: pd.DataFrame
    register: pd.DataFrame
    moves: pd.DataFrame
    estimates: pd.DataFrame

    @property
    def data(self) -> pd.DataFrame:
        """A row a specification."""
        return self.curves.specs


def read(wave: Wave, *, params: Params) -> dict[str, pd.DataFrame]:
    """The indicators of a wave's units by the rule for units that answered twice, the wave's own rule first.

    By the other rule the file of answers is cleaned and scored anew. Raises InputError as the stages cleaning and
    indicators do.
    """
    own = wave.file.duplicates
    readings: dict[str, pd.DataFrame] = {own: read_stage("indicators", wave.id)}
    for rule in RULES if own in RULES else ():
        if rule != own:
            other = replace(wave, file=wave.file.model_copy(update={"duplicates": rule}))
            readings[rule] = indicators.score(cleaning.run(other).data, wave=other, min_share=params.min_share)
    return readings


def run(
    readings: dict[str, pd.DataFrame], *, wave: Wave, decisions: Sequence[Decision], params: Params
) -> RobustnessResult:
    """Every specification of the key estimates, what each choice moves, and the register of decisions with the moves.

    `readings`: see `read`. The choices are those of `variants`. A wave that declares no key estimates has no rows.
    """
    if not wave.file.key_estimates:
        return _undeclared(wave, params=params)
    workshop = Workshop(wave, readings, params.min_share, params.confidence)
    found = curves(workshop)
    summary = pd.DataFrame([summarise(own) for _, own in found.specs.groupby("name", sort=False)])
    effects = pd.DataFrame([row for _, own in _valued(found).groupby("name", sort=False) for row in one_way(own)])
    entries, moves = register(workshop, decisions, default=summary)
    made = [*_level_rows(found.specs), *_summary_rows(summary), *_effect_rows(effects, summary), *_move_rows(moves)]
    return RobustnessResult(
        declared_hash=declared_hash(wave, params=params),
        curves=found,
        counts=_counts(found),
        summary=summary,
        effects=effects,
        refused=_refused(found),
        register=entries,
        moves=moves,
        estimates=records(made, **wave_columns(wave, stage="robustness")),
    )


def _undeclared(wave: Wave, *, params: Params) -> RobustnessResult:
    """The result of a wave that does not say which of its estimates are looked at."""
    none = pd.DataFrame()
    return RobustnessResult(
        declared_hash=declared_hash(wave, params=params),
        curves=Curves(grid=none, specs=pd.DataFrame({"name": pd.Series(dtype="string")})),
        counts=none,
        summary=none,
        effects=none,
        refused=none,
        register=none,
        moves=none,
        estimates=records([], **wave_columns(wave, stage="robustness")),
    )


def declared_hash(wave: Wave, *, params: Params) -> str:
    """The first twelve digits of the SHA-256 of what is declared: plan, key estimates, gaps and duplicates."""
    file = wave.file
    declared = {
        "weighting": file.weighting.in_effect(),
        "key_estimates": [one.model_dump(mode="json") for one in file.key_estimates],
        "min_share": params.min_share,
        "duplicates": file.duplicates,
    }
    return hashlib.sha256(json.dumps(declared, sort_keys=True).encode()).hexdigest()[:12]


def _valued(found: Curves) -> pd.DataFrame:
    """The combinations that can be weighted, each with the estimate it comes to and its scale."""
    points = found.specs[["name", "spec", "point", "scale"]]
    return found.grid[found.grid["spec"] >= 0].merge(points, on=["name", "spec"], how="left")


def _counts(found: Curves) -> pd.DataFrame:
    rows = []
    for name, own in found.grid.groupby("name", sort=False):
        left = int(own.loc[own["spec"] >= 0, "spec"].nunique())
        refused = int((own["spec"] < 0).sum())
        rows.append({"name": name, "combinations": len(own), "refused": refused, "same": len(own) - refused - left,
                     "left": left})  # fmt: skip
    return pd.DataFrame(rows)


def summarise(own: pd.DataFrame) -> dict[str, Any]:
    """The range of the specifications of one key estimate, and how many lie on the default's side of the middle."""
    default = own.iloc[0]
    about = {key: default[key] for key in ("name", *KEYS, "measure", "scale", "n_answered", "n_frame", "point", "ci_lo",
                                           "ci_hi", "bound_lo", "bound_hi")}  # fmt: skip
    points, half = own["point"], default["scale"] / 2
    same = own[own["population"] == default["population"]]["point"]
    above = default["point"] > half
    side = points > half if above else points < half
    clear = own["ci_lo"] > half if above else own["ci_hi"] < half
    known = bool(np.isfinite(half)) and default["point"] != half
    return about | {
        "specifications": len(own),
        "median": float(points.median()),
        "low": float(points.min()),
        "high": float(points.max()),
        "own_low": float(same.min()),
        "own_high": float(same.max()),
        "same_side": float(side.mean()) if known else np.nan,
        "clear_side": float(clear.mean()) if known else np.nan,
    }


def one_way(own: pd.DataFrame) -> list[dict[str, Any]]:
    """What each choice does to a key estimate: over all combinations of the other choices, less the declared one's.

    The share of the variance is that between the choices of a dimension in all combinations, each counted once.
    """
    rows = []
    default = own.iloc[0]
    spread = float(((own["point"] - own["point"].mean()) ** 2).sum())
    for dimension in DIMENSIONS:
        if own[dimension].nunique() < 2:
            continue
        others = [name for name in DIMENSIONS if name != dimension]
        wide = own.pivot_table(index=others, columns=dimension, values="point", sort=False)
        means = own.groupby(dimension)["point"].agg(["mean", "size"])
        between = float((means["size"] * (means["mean"] - own["point"].mean()) ** 2).sum())
        still = spread <= NO_SPREAD * len(own) * float(default["scale"]) ** 2
        for choice in dict.fromkeys(own[dimension]):
            gaps = (wide[choice] - wide[default[dimension]]).dropna()
            rows.append(
                {
                    "name": default["name"],
                    "dimension": dimension,
                    "choice": choice,
                    "declared": choice == default[dimension],
                    "difference": float(gaps.mean()) if len(gaps) else np.nan,
                    "largest": float(gaps.abs().max()) if len(gaps) else np.nan,
                    "scale": float(default["scale"]),
                    "share_of_variance": 0.0 if still else round(between / spread, 9),
                }
            )
    return rows


def _refused(found: Curves) -> pd.DataFrame:
    """The ways of weighting that no weights can carry out, each reason once, with the key estimates it concerns."""
    rows = found.grid[found.grid["spec"] < 0]
    keys = ["adjustment", "trimming", "problem"]
    table = rows.groupby(keys, sort=False).agg(combinations=("name", "size"), estimates=("name", "nunique"))
    return table.reset_index()


def _level_rows(specs: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(key): value for key, value in row.items() if key not in BESIDE and not _nothing(value)}
        | {"weight_variant": variant(row), "flags": "declared" if row["declared"] else ""}
        for row in specs.to_dict("records")
    ]


def variant(row: dict[Any, Any]) -> str:
    """The name of a specification: its choices in the order of the dimensions."""
    return "; ".join(f"{name} {row[name]}" for name in DIMENSIONS if row[name] not in ("as_given", "refuse"))


def _summary_rows(summary: pd.DataFrame) -> list[dict[str, Any]]:
    kinds = {"median": "median", "low": "lowest", "high": "highest"}
    rows = []
    for row in summary.to_dict("records"):
        about = {key: row[key] for key in KEYS} | {"estimate_type": "diagnostic"}
        for column, said in kinds.items():
            rows.append(
                about | {"measure": row["measure"], "subset": f"{said} of specifications", "point": row[column]}
            )
        rows.append(about | {"measure": "count", "subset": "specifications", "point": row["specifications"]})
        for column, said in (("same_side", "same side"), ("clear_side", "whole interval on the same side")):
            if not _nothing(row[column]):
                rows.append(about | {"measure": "share", "subset": f"specifications, {said}", "point": row[column]})
    return rows


def _effect_rows(effects: pd.DataFrame, summary: pd.DataFrame) -> list[dict[str, Any]]:
    known = summary.set_index("name")
    rows = []
    for row in effects.to_dict("records"):
        about = {key: known.at[row["name"], key] for key in KEYS} | {"estimate_type": "diagnostic"}
        choice = f"{row['dimension']} {row['choice']}"
        if not row["declared"]:
            rows.append(
                about | {"measure": "index", "subset": f"mean difference, {choice}", "point": row["difference"]}
            )
        else:
            share = f"share of variance, {row['dimension']}"
            rows.append(about | {"measure": "share", "subset": share, "point": row["share_of_variance"]})
    return rows


def _move_rows(moves: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {key: row[key] for key in KEYS}
        | {"estimate_type": "diagnostic", "measure": "index", "decisions": row["decision"], "point": row["effect"]}
        | {"weight_variant": f"decision {row['decision']}: {row['option']}"}
        for row in moves.to_dict("records")
    ]


def _nothing(value: Any) -> bool:
    return isinstance(value, float) and np.isnan(value)
