"""The numbers of the stage validation as estimate records."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.survey.estimates import records
from analysis.survey.groups import source_ref, wave_columns

if TYPE_CHECKING:
    from analysis.evidence.validation import ValidationResult

DECISIONS = "0142;0143;0144;0145"
Row = dict[str, Any]


def to_estimates(result: "ValidationResult") -> pd.DataFrame:
    """Every number of the page: the truths, the declared response, and what each estimator makes of it.

    `subset` names the scenario and the property of the estimator, `weight_variant` the estimator. `se` of a bias and
    the interval of a coverage are errors of simulation, which more replicates make smaller.
    """
    if result.truth is None:
        return records([])
    truth = result.truth
    rows = [*_truths(result), *_scenarios(result), *_bands(result), *_performance(result)]
    common = wave_columns(truth.wave, stage="validation")
    about = {"estimate_type": "diagnostic", "mode": "D", "unit_type": "municipality", "n_frame": len(truth.units)}
    return records([about | _source(row, result) | row for row in rows], **(common | {"decisions": DECISIONS}))


def _source(row: Row, result: "ValidationResult") -> Row:
    """The scores that a number rests on, and the printed response that the draws follow."""
    assert result.truth is not None
    item = row["item"] if row["item"] in set(result.outcomes["item"]) else None
    scores = source_ref(result.truth.wave, item)
    drawn = f"; {result.truth.printed_ref}" if "subset" in row else ""
    return {"source_ref": scores + drawn, "base": f"{result.params.replicates} replicates" if drawn else "B"}


def _truths(result: "ValidationResult") -> Iterator[Row]:
    for row in result.outcomes.to_dict("records"):
        about = {key: row[key] for key in ("item", "category", "measure")}
        yield about | {"estimand": "M", "point": row["truth"], "n_answered": len(result.truth.units)}  # type: ignore[union-attr]


def _scenarios(result: "ValidationResult") -> Iterator[Row]:
    for row in result.scenarios.to_dict("records"):
        about = {"item": "response", "subset": row["scenario"]}
        yield about | {"measure": "amount", "category": "mean number of answers", "point": row["n_answered"]}


def _bands(result: "ValidationResult") -> Iterator[Row]:
    for row in result.bands.to_dict("records"):
        about = {"item": "response", "subset": row["scenario"], "category": f"size {row['label_en']}"}
        yield about | {"measure": "share", "point": row["propensity"]}
    for row in result.bands.drop_duplicates("label_en").to_dict("records"):
        about = {"item": "response", "subset": "printed", "category": f"size {row['label_en']}"}
        yield about | {"measure": "share", "point": row["rate"], "k": row["answered"], "n_asked": row["asked"]}
        yield about | {"measure": "count", "point": row["n_frame"]}


def _performance(result: "ValidationResult") -> Iterator[Row]:
    for row in result.data.to_dict("records"):
        about = {key: row[key] for key in ("item", "category", "weight_variant")} | {"estimand": "M"}
        covered = {"ci_method": "wilson", "ci_lo": row["coverage_lo"], "ci_hi": row["coverage_hi"]}
        found: dict[str, Row] = {
            "coverage": {"measure": "share", "point": row["coverage"]} | covered,
            "width": {"measure": row["measure"], "point": row["width"]},
        }
        if pd.notna(row["bias"]):
            found |= {
                "bias": {"measure": row["measure"], "point": row["bias"], "se": row["bias_error"]},
                "empirical standard error": {"measure": row["measure"], "point": row["empirical_se"]},
                "estimated standard error": {"measure": row["measure"], "point": row["estimated_se"]},
                "ratio of standard errors": {"measure": "index", "point": row["se_ratio"]},
                "design effect": {"measure": "index", "point": row["deff_kish"]},
                "replicates with a weight below one": {"measure": "share", "point": row["below_one"]},
            }
        for name, columns in found.items():
            yield about | {"subset": f"{row['scenario']};{name}"} | columns
