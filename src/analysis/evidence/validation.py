"""The stage validation: does weighting bring back the truth? Nonresponse drawn on scores known for every unit."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import InputError
from analysis.evidence.simulation import replicates, response
from analysis.evidence.simulation.estimates import Outcomes
from analysis.evidence.simulation.replicates import Batch
from analysis.evidence.simulation.response import Floats, Scenario
from analysis.evidence.simulation.weights import ESTIMATORS, Auxiliaries
from analysis.evidence.validation_records import to_estimates
from analysis.inputs.frames import size_groups
from analysis.inputs.params import Params, Validation
from analysis.inputs.printed_responses import printed_responses
from analysis.inputs.stages import read_stage
from analysis.inputs.waves import Wave, load_wave
from analysis.survey.estimation import wilson_interval
from analysis.survey.key_estimates import answers

UNIT_TYPE = "municipality"
BOUNDS = "bounds"


@dataclass(frozen=True)
class Truth:
    """A complete wave, its municipalities with what each of them scored, and the wave that prints response by size.

    `bands`: a row a size band of the printed response with its labels, answered and asked there, `rate`, and
    `n_frame`, how many units of the complete wave are in it; `band`: the band of each unit.
    """

    wave: Wave
    printing: Wave
    units: pd.DataFrame
    bands: pd.DataFrame
    band: np.ndarray
    printed_ref: str

    @property
    def rates(self) -> Floats:
        """The printed response rate of the band of each unit."""
        return self.bands["rate"].to_numpy("float64")[self.band]


@dataclass(frozen=True)
class ValidationResult:
    """What weighting does to bias, standard errors and intervals where the truth is known.

    `outcomes`: item, category, measure and the truth of each. `scenarios`: a row a declared way to answer, with the
    mean number of answers. `bands`: the printed rates and the response by size in each scenario. `data`: a row a
    scenario, outcome and estimator (`weight_variant`; `bounds` are the worst-case bounds, which only cover): bias and
    its error of simulation, empirical and estimated standard error and their ratio, coverage with the interval of its
    error of simulation, mean width of the interval, mean design effect, and the share of replicates with a weight
    below one. All tables are empty where the complete wave is not analysed.
    """

    truth: Truth | None
    params: Validation
    confidence: float
    outcomes: pd.DataFrame
    scenarios: pd.DataFrame
    bands: pd.DataFrame
    data: pd.DataFrame

    @cached_property
    def estimates(self) -> pd.DataFrame:
        """Every number of the tables as an estimate record."""
        return to_estimates(self)


def read(params: Params) -> Truth | None:
    """The complete wave and the printed response; None where the wave is not among those that are analysed.

    Raises InputError when its indicators have not been made, when it is not observed, and when no response by size is
    printed.
    """
    if params.validation.truth not in params.waves:
        return None
    data = read_stage("indicators", params.validation.truth)
    return described(data[data["unit_type"] == UNIT_TYPE].reset_index(drop=True), about=params.validation)


def described(units: pd.DataFrame, *, about: Validation) -> Truth:
    """The units of the complete wave with the printed response rate of the band of inhabitants of each (see `read`)."""
    wave, printing = load_wave(about.truth), load_wave(about.response_of)
    if wave.file.origin != "observed":
        raise InputError(f"params.yaml, key 'validation.truth': {wave.id} is synthetic; name a wave that was observed.")
    if wave.file.protected:
        problem = f"the page shows numbers of {wave.id}, which is not promised open"
        raise InputError(f"params.yaml, key 'validation.truth': {problem}; name a wave that is.")
    printed = printed_responses(printing)
    printed = printed[(printed["grouping"] == "size_group") & (printed["module"] == "")]
    if printed.empty:
        problem = f"no response by size is printed for {printing.id}"
        raise InputError(f"params.yaml, key 'validation.response_of': {problem}; name another wave.")
    bands = size_groups(printing.file.groups.size)
    band = bands["lower"].iloc[1:].astype("int64").searchsorted(units["population"], side="right")
    by_group = printed.set_index(printed["group"].astype("int64")).loc[bands["group"]]
    bands["answered"], bands["asked"] = by_group["value"].astype(int).to_numpy(), by_group["n_frame"].to_numpy()
    bands["rate"] = bands["answered"] / bands["asked"]
    bands["n_frame"] = np.bincount(band, minlength=len(bands))
    refs = dict.fromkeys(part.strip() for text in printed["source_ref"] for part in text.split(";"))
    return Truth(wave, printing, units, bands, np.asarray(band), "; ".join(refs))


def run(truth: Truth | None, *, params: Params) -> ValidationResult:
    """Draw who answers in every declared way, weight in every way, and hold the estimates against the truth.

    The outcomes are the key estimates of the complete wave; answering depends on the first of them. Without a truth
    all tables are empty. Raises InputError where a unit of the complete wave has no score.
    """
    about = params.validation
    if truth is None:
        none = pd.DataFrame()
        return ValidationResult(None, about, params.confidence, outcomes=none, scenarios=none, bands=none, data=none)
    outcomes = _outcomes(truth)
    known = Outcomes(np.stack(outcomes.pop("values").to_list(), axis=1), (outcomes["measure"] == "share").to_numpy())
    plans = list(
        response.scenarios(truth.rates, known.values[:, 0], steepness=about.steepness, odds_ratios=about.odds_ratios)
    )
    done = replicates.simulate(
        plans,
        auxiliaries(truth.units),
        known,
        replicates=about.replicates,
        seed=about.seed,
        confidence=params.confidence,
    )
    together = list(zip(plans, done, strict=True))
    return ValidationResult(
        truth,
        about,
        params.confidence,
        outcomes=outcomes,
        scenarios=pd.DataFrame([_about(plan) | {"n_answered": one.n_answered.mean()} for plan, one in together]),
        bands=pd.DataFrame([row for plan in plans for row in _by_band(plan, truth)]),
        data=pd.DataFrame([row for plan, one in together for row in _rows(plan, one, outcomes)]),
    )


def auxiliaries(units: pd.DataFrame) -> Auxiliaries:
    """What weighting knows of each unit of the frame: size groups in order, regions in the order of county codes."""
    regions = units.sort_values("county_code")["region"].drop_duplicates().tolist()
    return Auxiliaries(
        size=pd.factorize(units["size_group"], sort=True)[0].astype("int64"),
        region=units["region"].map(regions.index).to_numpy("int64"),
        log_population=np.log(units["population"].to_numpy("float64")),
    )


def _outcomes(truth: Truth) -> pd.DataFrame:
    """The key estimates that are about municipalities, with the value of each unit."""
    rows = []
    for one in truth.wave.file.key_estimates:
        if one.unit_type == UNIT_TYPE:
            values = answers(truth.units, one, wave=truth.wave)
            if missing := int(np.isnan(values).sum()):
                problem = f"{missing} units of {truth.wave.id} have no {one.item}"
                raise InputError(f"params.yaml, key 'validation.truth': {problem}; name a wave that is complete.")
            about = {"item": one.item, "category": "|".join(one.category), "measure": "mean"}
            about |= {"measure": "share"} if one.category else {}
            rows.append(about | {"truth": values.mean(), "values": values})
    return pd.DataFrame(rows)


def _about(plan: Scenario) -> dict[str, Any]:
    return {"scenario": plan.name, "steepness": plan.steepness, "odds_ratio": plan.odds_ratio}


def _by_band(plan: Scenario, truth: Truth) -> Iterator[dict[str, Any]]:
    for place, band in enumerate(truth.bands.to_dict("records")):
        kept = {str(key): band[key] for key in ("label_en", "answered", "asked", "rate", "n_frame")}
        yield _about(plan) | kept | {"propensity": plan.propensity[truth.band == place].mean()}


def _rows(plan: Scenario, done: Batch, outcomes: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """What each estimator does to each outcome in one scenario, and how often the worst-case bounds cover it."""
    for place, outcome in enumerate(outcomes.to_dict("records")):
        about = _about(plan) | {str(key): value for key, value in outcome.items()}
        truth = float(outcome["truth"])
        for number, name in enumerate(ESTIMATORS):
            point, se, lo, hi = (part[:, number, place] for part in (done.point, done.se, done.lo, done.hi))
            spread = point.std(ddof=1)
            estimated = np.sqrt((se**2).mean())
            yield about | {
                "weight_variant": name,
                "bias": point.mean() - truth,
                "bias_error": spread / np.sqrt(len(point)),
                "empirical_se": spread,
                "estimated_se": estimated,
                "se_ratio": estimated / spread,
                **_coverage(lo, hi, truth),
                "deff_kish": done.deff_kish[:, number].mean(),
                "below_one": (done.lowest_weight[:, number] < 1 - 1e-9).mean(),
            }
        limits = done.bound_lo[:, place], done.bound_hi[:, place]
        yield about | {"weight_variant": BOUNDS} | _coverage(*limits, truth)


def _coverage(lo: Floats, hi: Floats, truth: float) -> dict[str, float]:
    """How often the truth lies between the limits, with the Wilson interval of that share, and their mean distance."""
    share = float(((lo <= truth) & (truth <= hi)).mean())
    low, high = wilson_interval(share, n=len(lo), confidence=0.95)
    return {"coverage": share, "coverage_lo": max(low, 0.0), "coverage_hi": min(high, 1.0), "width": (hi - lo).mean()}
