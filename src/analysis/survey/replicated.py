"""The standard errors of the key estimates by doing the weighting again: jackknife and bootstrap beside the formula."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd

from analysis.inputs.waves import Wave
from analysis.inputs.weighting_plan import KeyEstimate, key_module
from analysis.survey.adjustment.margins import Margin, NoWeights
from analysis.survey.inference import replication
from analysis.survey.inference.replicate_raking import raked_replicates
from analysis.survey.inference.variance import Floats, Ints, merged_strata
from analysis.survey.key_estimates import answers
from analysis.survey.plan import UNIT_TYPE, Weights

REPLICATES, SEED = 1000, 2009  # decision 0220
ERRORS = ["se_jackknife", "se_bootstrap"]
# What a row of an estimate record says of the key estimate whose error it holds.
KEPT = "mode measure estimand base item category unit_type module source_ref n_frame n_answered point".split()


def replicated_errors(
    units: pd.DataFrame, *, wave: Wave, weights: Mapping[str, Weights], generator: np.random.Generator
) -> pd.DataFrame:
    """The standard errors of every key estimate by jackknife and bootstrap, in the order of `wave.yml`.

    The weighting is done again in each replicate: within response groups where the plan forms them, else from units
    over answers of the unit type by raking to the margins of the plan. Raking stands for calibration too, whose bounds
    no replicate has to keep: both have the same variance in large samples, and each replicate is compared with what
    raking gives of all answers. The jackknife is missing where some answer cannot be done without, as the only one of
    its category. Source: methods of this project, section 3.8.
    """
    found: dict[str, dict[str, float]] = {}
    for module, several in groupby(sorted(wave.file.key_estimates, key=_by(wave)), key=_by(wave)):
        own = list(several)
        given = np.column_stack([answers(units, one, wave=wave)[weights[module].answered] for one in own])
        errors = of_answers(given, weights[module], replicates=REPLICATES, generator=generator)
        found |= {one.name: dict(zip(ERRORS, pair, strict=True)) for one, pair in zip(own, errors.T, strict=True)}
    return pd.DataFrame([found[one.name] for one in wave.file.key_estimates], columns=ERRORS)


def of_answers(given: Floats, weights: Weights, *, replicates: int, generator: np.random.Generator) -> Floats:
    """The standard errors of the weighted means of some columns: a row by jackknife, a row by bootstrap.

    `given`: a row a respondent, NaN without an answer, which leaves it out. See `replicated_errors`.
    """
    used = ~np.isnan(given)
    values = np.where(used, given, 0.0)

    def means(w: Floats) -> Floats:
        with np.errstate(invalid="ignore"):
            return np.asarray(w @ values / (w @ used))

    strata, sizes, weigh = _again(weights)
    whole = next(iter(weigh([np.ones(len(given))])))
    jackknife = replication.jackknife_multipliers(strata, stratum_sizes=sizes)
    drawn = replication.rao_wu_multipliers(strata, stratum_sizes=sizes, replicates=replicates, generator=generator)
    point = means(whole)
    try:
        left_out = replication.estimates(means, weigh(jackknife))
        first = replication.jackknife_variance(left_out, point, strata=strata, weights=weights.final)
    except NoWeights:
        first = np.full(given.shape[1], np.nan)
    second = replication.bootstrap_variance(replication.estimates(means, weigh(drawn)), point)
    return np.sqrt([first, second])


def rows(key: list[dict[str, Any]], errors: pd.DataFrame, *, method: str) -> list[dict[str, Any]]:
    """The replicated errors as rows of estimate records: diagnostics of the key estimates, in the same order."""
    return [
        {column: one[column] for column in KEPT}
        | {"estimate_type": "diagnostic", "se": pair[name], "weight_variant": f"{method}, {name.removeprefix('se_')}"}
        for one, pair in zip(key, errors.to_dict("records"), strict=True)
        for name in ERRORS
    ]


def _by(wave: Wave) -> Callable[[KeyEstimate], str]:
    return lambda one: key_module(one, wave=wave)


def _again(weights: Weights) -> tuple[Ints, Floats, Callable[[Iterable[Floats]], Iterator[Floats]]]:
    """The groups that replicates are drawn in, their units, and the weighting as a function of multipliers."""
    base, cells = weights.factors["base_weight"].to_numpy(dtype="float64"), weights.groups()
    if cells is None:
        types, _ = pd.factorize(weights.factors[UNIT_TYPE])
        units = np.bincount(types, weights=base).round()  # base weights are units over answers
        strata, sizes = merged_strata(types.astype("int64"), stratum_sizes=units)
        return strata, sizes, lambda drawn: raked_replicates(drawn, base=base, margins=weights.meets)
    strata, sizes = merged_strata(cells.codes.astype("int64"), stratum_sizes=cells.totals)
    groups = Margin(cells.name, tuple(map(str, range(len(sizes)))), strata, sizes)
    return strata, sizes, lambda drawn: raked_replicates(drawn, base=base, margins=(groups,))
