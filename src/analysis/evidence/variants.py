"""The choices that a wave could have been analysed by, and the weights and answers that each of them gives."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.inputs.missing import DONT_KNOW
from analysis.inputs.waves import Wave
from analysis.inputs.weighting_plan import KeyEstimate, WeightingPlan
from analysis.survey.adjustment.calibration import calibrate
from analysis.survey.adjustment.columns import design_matrix
from analysis.survey.adjustment.margins import NoWeights
from analysis.survey.adjustment.trimming import trim
from analysis.survey.inference.variance import Design
from analysis.survey.plan import UNIT_TYPE, Weights, weights_for

DIMENSIONS = ("dont_knows", "population", "adjustment", "trimming", "gaps", "duplicates")
BOTH = [["size_group"], ["region"]]
LOG_POPULATION = "log_population"
# As changes of a plan; calibration to log inhabitants is no plan that a wave can have yet (decision 0150).
ADJUSTMENTS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "none": {"method": "none"},
        "size": {"method": "poststratify", "margins": [["size_group"]]},
        "size_by_region": {"method": "poststratify", "margins": [["size_group", "region"]]},
        "raked": {"method": "rake", "margins": BOTH, "smallest": 1},
        LOG_POPULATION: {"method": "none"},
        "logit": {"method": "calibrate", "margins": BOTH, "distance": "logit", "smallest": 1, "largest": 6},
        "propensity": {"method": "propensity", "margins": BOTH, "classes": 5},
    }
)
TRIMMING: tuple[float | None, ...] = (None, 5.0, 3.0, 2.0)
GAPS = (0.5, 0.67, 1.0)
RULES = ("most_complete_then_latest", "latest")
# What counts as one more answer, and is no option of any question.
SAID_NOTHING = 10**6

Spec = dict[str, str]


@dataclass(frozen=True)
class Auxiliary(Weights):
    """Weights that also meet the totals of numbers known of every unit; `x` has a row a respondent."""

    x: pd.DataFrame
    totals: NDArray[np.float64]

    def groups(self) -> None:
        """None: respondents of one group do not share a weight."""

    def design(self) -> Design:
        """The weights as variances take them, with the numbers among the calibration columns."""
        columns = design_matrix(self.meets, self.x, totals=self.totals).matrix
        base = self.factors["base_weight"].to_numpy(dtype="float64")
        return Design(base, self.final, len(self.answered), columns=columns)


def adjustments(plan: WeightingPlan) -> dict[str, WeightingPlan]:
    """The ways of weighting that are tried, the declared one first.

    The plan takes the place of the way with its method and margins; where there is none it comes as `declared`.
    """
    found = {name: plan.variant(changes) for name, changes in ADJUSTMENTS.items()}
    about = (plan.method, plan.margins)
    own = next((name for name, one in found.items() if (one.method, one.margins) == about), "declared")
    return {own: plan} | {name: one for name, one in found.items() if name != own}


def choices(one: KeyEstimate, *, wave: Wave, min_share: float) -> dict[str, tuple[str, ...]]:
    """What can be chosen for a key estimate, by dimension, the declared choice first; one where none applies.

    Base: of questions with a "don't know". Population: where the frame has two types and the estimate is not of the
    second alone. Gaps: of indicators. Duplicates: where the wave has a rule for them.
    """
    plan, file = wave.file.weighting, wave.file
    indicator = one.item in {entry.id for entry in file.indicators}
    both = len(file.frame.unit_types) > 1 and one.unit_type != "county_municipality"
    found = {
        "dont_knows": ("counted", "left_out") if dont_know(one, wave=wave) is not None else ("as_given",),
        "population": ("municipality", "all") if both else (one.unit_type,),
        "adjustment": tuple(adjustments(plan)),
        "trimming": tuple(trimming_name(cap) for cap in (plan.trim, *TRIMMING)),
        "gaps": (gaps_name(min_share), *map(gaps_name, GAPS)) if indicator else ("as_given",),
        "duplicates": RULES if file.duplicates in RULES else ("refuse",),
    }
    declared = {"dont_knows": declared_base(one, wave=wave), "population": one.unit_type, "duplicates": file.duplicates}
    for dimension, choice in declared.items():
        found[dimension] = (choice, *found[dimension])
    return {dimension: tuple(dict.fromkeys(found[dimension])) for dimension in DIMENSIONS}


def specifications(options: Mapping[str, tuple[str, ...]]) -> Iterator[Spec]:
    """Every combination of choices, the declared one first."""
    for combination in product(*(options[dimension] for dimension in DIMENSIONS)):
        yield dict(zip(DIMENSIONS, combination, strict=True))


def trimming_name(cap: float | None) -> str:
    """The name of a cap, in multiples of the mean weight."""
    return "untrimmed" if cap is None else f"cap_{cap:g}"


def gaps_name(min_share: float) -> str:
    """The name of the share of questions that must be answered."""
    return f"answered_{min_share:g}"


def dont_know(one: KeyEstimate, *, wave: Wave) -> int | None:
    """The value or tag of the answer "don't know" to the item of a share; None where it has no such answer."""
    if not one.category or wave.item(one.item).type != "single":
        return None
    return next((option.typed for option in wave.options_of(one.item) if option.option == "dont_know"), None)


def declared_base(one: KeyEstimate, *, wave: Wave) -> str:
    """Whether the wave counts those who do not know, or leaves them out; `as_given` where nobody could say so."""
    typed = dont_know(one, wave=wave)
    if typed is None:
        return "as_given"
    return "counted" if typed >= 0 else "left_out"


def with_base(values: pd.Series, *, base: str, typed: int | None) -> pd.Series:
    """Answers in which those who do not know count as one answer more (`counted`) or as none (`left_out`).

    `typed`: what stands for "don't know", beside its tag. Other missing values stay what they are.
    """
    if base == "as_given" or typed is None:
        return values
    unsure = values.isin([typed, DONT_KNOW])
    return values.mask(unsure, SAID_NOTHING if base == "counted" else DONT_KNOW)


def weigh(
    units: pd.DataFrame, plan: WeightingPlan, *, adjustment: str, trimming: str, module: str, memory: dict[Any, Any]
) -> Weights:
    """The weights of the units that answered, by one way of weighting and trimming.

    Trimming calibrates again to what the weights met, with the cap as the largest weight. `memory`: see `weights_for`;
    weights that were made before are found there. Raises NoWeights where no weights can do that.
    """
    cap = None if trimming == "untrimmed" else float(trimming.removeprefix("cap_"))
    if plan.method == "calibrate":
        plan = plan.variant({"trim": cap})
        return _made(units, plan, adjustment=adjustment, module=module, memory=memory)
    weights = _made(units, plan, adjustment=adjustment, module=module, memory=memory)
    return weights if cap is None else _trimmed(weights, cap, smallest=min(plan.smallest, float(weights.final.min())))


def _made(units: pd.DataFrame, plan: WeightingPlan, *, adjustment: str, module: str, memory: dict[Any, Any]) -> Weights:
    key = ("weights", plan, adjustment == LOG_POPULATION, module)
    if key not in memory:
        try:
            made = weights_for(units, plan, module=module, memory=memory)
            memory[key] = _to_log_population(made, units) if adjustment == LOG_POPULATION else made
        except NoWeights as problem:
            memory[key] = problem
    found: Weights | NoWeights = memory[key]
    if isinstance(found, NoWeights):
        raise found
    return found


def _to_log_population(weights: Weights, units: pd.DataFrame) -> Weights:
    """The weights calibrated, within the unit types, to the sum of the logarithms of inhabitants; none below 1."""
    logs = np.log(units["population"].to_numpy(dtype="float64"))
    types = list(dict.fromkeys(units[UNIT_TYPE]))
    x = pd.DataFrame({f"log population {one}": logs * (units[UNIT_TYPE] == one).to_numpy() for one in types})
    own, totals = x[weights.answered].reset_index(drop=True), x.sum().to_numpy()
    base = weights.factors["base_weight"].to_numpy(dtype="float64")
    final = calibrate(base, weights.meets, x=own, totals=totals, smallest=1.0)
    factors = weights.factors.assign(calibration_factor=final / base, final_weight=final)
    parts = (weights.plan, factors, weights.margins, weights.log, weights.meets, weights.answered)
    return Auxiliary(*parts, x=own, totals=totals)


def _trimmed(weights: Weights, cap: float, *, smallest: float) -> Weights:
    final = weights.final
    if final.max() <= cap * final.mean() * (1 + 1e-9):
        return weights
    numbers: dict[str, Any] = {"x": weights.x, "totals": weights.totals} if isinstance(weights, Auxiliary) else {}
    under = trim(final, weights.meets, ratio=cap, smallest=smallest, **numbers)
    return replace(weights, factors=weights.factors.assign(trimming_factor=under / final, final_weight=under))
