"""The key estimates of a wave under given weights: the numbers by which decisions on weights are judged."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.inputs.waves import Wave
from analysis.inputs.weighting_plan import KeyEstimate, category_values, key_module
from analysis.survey.groups import source_ref
from analysis.survey.inference import domains
from analysis.survey.plan import Weights

Floats = NDArray[np.float64]


def answers(units: pd.DataFrame, one: KeyEstimate, *, wave: Wave) -> Floats:
    """What each frame unit says to a key estimate: 1 or 0 for a share, the value for a mean, NaN without an answer.

    Units of other types have NaN. Tagged missing values are no answers.
    """
    values = units[one.item].to_numpy(dtype="float64", na_value=np.nan)
    if one.item not in {entry.id for entry in wave.file.indicators} and wave.item(one.item).type != "score":
        values = np.where(values >= 0, values, np.nan)
    if one.category:
        said = np.isin(values, category_values(wave, one)).astype("float64")
        values = np.where(np.isnan(values), np.nan, said)
    if one.unit_type != "all":
        values = np.where((units["unit_type"] == one.unit_type).to_numpy(), values, np.nan)
    return values


def estimate(
    units: pd.DataFrame, one: KeyEstimate, *, wave: Wave, weights: Weights, confidence: float
) -> dict[str, Any]:
    """A key estimate with its error and interval, as columns of an estimate record.

    The mean of the answers weighted by the final weights, over units of its type with an answer.
    """
    given, design = answers(units, one, wave=wave)[weights.answered], weights.design()
    domain, (low, high) = _domain(units, one, weights=weights), _scale(one, wave)
    if one.category:
        record = domains.share_record(given, design, domain=domain, confidence=confidence)
    else:
        record = domains.mean_record(given, design, domain=domain, confidence=confidence, low=low, high=high)
    about = {
        "estimate_type": "level",
        "measure": "share" if one.category else "mean",
        "estimand": "M",
        "mode": "D",
        "base": "B",
        "item": one.item,
        "category": "|".join(one.category),
        "unit_type": one.unit_type,
        "module": key_module(one, wave=wave),
        "source_ref": source_ref(wave, one.item),
    }
    return about | ({} if one.category else {"scale_max": high}) | record


def all_estimates(
    units: pd.DataFrame, *, wave: Wave, weights: Mapping[str, Weights], confidence: float
) -> list[dict[str, Any]]:
    """Every key estimate of the wave under the weights of its module, in the order of `wave.yml`."""
    return [
        estimate(units, one, wave=wave, weights=weights[key_module(one, wave=wave)], confidence=confidence)
        for one in wave.file.key_estimates
    ]


def survey_errors(units: pd.DataFrame, *, wave: Wave, weights: Mapping[str, Weights]) -> list[float]:
    """The standard error of every key estimate as R's survey gives it, in the order of `wave.yml`."""
    found = []
    for one in wave.file.key_estimates:
        made = weights[key_module(one, wave=wave)]
        given = answers(units, one, wave=wave)[made.answered]
        found.append(domains.survey_error(domains.mean(given, made.final), made.design()))
    return found


def _domain(units: pd.DataFrame, one: KeyEstimate, *, weights: Weights) -> domains.Domain:
    """The units that a key estimate is about, by response group; groups never go across unit types."""
    inside = (units["unit_type"] == one.unit_type).to_numpy() | (one.unit_type == "all")
    within, cells = inside[weights.answered], weights.groups()
    if cells is None:
        return domains.Domain(within, (int(inside.sum()),))
    here = np.isin(np.arange(len(cells.totals)), cells.codes[within])
    return domains.Domain(within, tuple(np.where(here, cells.totals, 0).astype(int).tolist()))


def _scale(one: KeyEstimate, wave: Wave) -> tuple[float, float]:
    """The lowest and highest value that a unit can have."""
    indicator = next((entry for entry in wave.file.indicators if entry.id == one.item), None)
    if indicator is not None:
        return 0.0, indicator.scale_maximum
    item = wave.item(one.item)
    if one.category or item.type == "score":
        return 0.0, 1.0
    return float(item.minimum or 0), np.inf if item.maximum is None else float(item.maximum)
