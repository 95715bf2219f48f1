"""From a weighting plan to weights: each respondent's factors, the margins they meet, and the steps on the way."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.inputs.cleaning import ANSWERED
from analysis.inputs.weighting_plan import WeightingPlan
from analysis.survey.adjustment.calibration import calibrate
from analysis.survey.adjustment.classes import propensity_classes
from analysis.survey.adjustment.collapse import collapse
from analysis.survey.adjustment.columns import design_matrix
from analysis.survey.adjustment.margins import Floats, Margin, NoWeights, account, margin
from analysis.survey.adjustment.poststratification import poststratify
from analysis.survey.adjustment.raking import rake
from analysis.survey.balance import propensity
from analysis.survey.inference.variance import Design

FACTORS = ["base_weight", "nonresponse_factor", "calibration_factor", "trimming_factor", "final_weight"]
STEPS = "module margin step rule before after reason rejected".split()
UNIT_TYPE = "unit_type"
# Methods under which respondents of one group share a weight, so that the group is what chance is assumed within.
GROUPED = ("none", "poststratify", "propensity")
GROUPINGS = ("size_group", "region")
# What weights are made from; the answers are left aside.
FRAME = (UNIT_TYPE, "code", "county_code", *GROUPINGS)


@dataclass(frozen=True)
class Weights:
    """The weights of a wave, or of one module of it.

    `factors`: a row a respondent with unit_type, code, module and FACTORS; the final weight is the product of the
    others. `margins`: target, achieved and gap of each category that the plan meets, after collapsing (`met`), and of
    the groupings as they are, with `met` false where the plan leaves them. `log`: the steps of collapsing.
    `meets`: the margins behind `factors`, in its order; `answered`: which frame units the rows of `factors` are.
    """

    plan: WeightingPlan
    factors: pd.DataFrame
    margins: pd.DataFrame
    log: pd.DataFrame
    meets: tuple[Margin, ...]
    answered: NDArray[np.bool_]

    @property
    def final(self) -> Floats:
        """The final weights, in the order of `factors`."""
        return self.factors["final_weight"].to_numpy(dtype="float64")

    def groups(self) -> Margin | None:
        """The groups whose respondents share a weight; none where margins are met together."""
        return self.meets[0] if self.plan.method in GROUPED else None

    def design(self) -> Design:
        """The weights as variances take them: by group, or with the calibration columns."""
        base = self.factors["base_weight"].to_numpy(dtype="float64")
        size, cells = len(self.answered), self.groups()
        if cells is not None:
            return Design(base, self.final, size, strata=cells.codes.astype("int64"), stratum_sizes=cells.totals)
        return Design(base, self.final, size, columns=design_matrix(self.meets)[0])


def weights_for(
    units: pd.DataFrame, plan: WeightingPlan, *, module: str = "", memory: dict[Any, Any] | None = None
) -> Weights:
    """The weights of the units that answered, or that answered a module, by a weighting plan.

    `units` has one row per frame unit with unit_type, code, disposition, the groupings of the plan, and
    `answered_<module>` for a module. Base weight: N/n within the unit type. Every margin of the plan is crossed with
    the unit type, so that no unit of one type stands for one of another. `memory` keeps the margins of these units from
    one plan to the next. Raises NoWeights, in one sentence, where no weights can do what the plan asks.
    """
    known = {} if memory is None else memory.setdefault(module, {})
    answered = answering(units, module=module)
    units = units[[column for column in FRAME if column in units]]
    types = margin(units, (UNIT_TYPE,), answered=answered)
    base = poststratify(np.ones(int(answered.sum())), types)
    meets, log = _margins(units, plan, answered=answered, types=types, known=known)
    adjusted = {"nonresponse_factor": base / base, "calibration_factor": base / base, "trimming_factor": base / base}
    if plan.method in GROUPED:
        adjusted["nonresponse_factor"] = poststratify(base, meets[0]) / base
    elif plan.method == "rake":
        adjusted["calibration_factor"] = _raked(base, meets, plan=plan) / base
    else:
        adjusted |= _calibrated(base, meets, plan=plan)
    factors = units.loc[answered, [UNIT_TYPE, "code"]].reset_index(drop=True)
    factors = factors.assign(module=module, base_weight=base, **adjusted)
    factors["final_weight"] = factors[FACTORS[:-1]].prod(axis=1)
    if "frame" not in known:
        known["frame"] = _frame_margins(units, answered=answered)
    table = _account(meets, known["frame"], weights=factors["final_weight"].to_numpy(dtype="float64"))
    return Weights(
        plan, factors, table.assign(module=module), log.assign(module=module)[STEPS], meets, np.asarray(answered)
    )


def answering(units: pd.DataFrame, *, module: str = "") -> NDArray[np.bool_]:
    """Which units answered, in full or in part; with a module, which answered that module."""
    answered = units["disposition"].isin(ANSWERED)
    if module:
        answered &= units[f"answered_{module}"].astype(bool)
    return answered.to_numpy(dtype=bool)


def _margins(
    units: pd.DataFrame, plan: WeightingPlan, *, answered: NDArray[np.bool_], types: Margin, known: dict[Any, Any]
) -> tuple[tuple[Margin, ...], pd.DataFrame]:
    """The margins that the weights are to meet, their cells joined where too few answered, and the steps of that."""
    none = pd.DataFrame(columns=STEPS)
    if plan.method == "none":
        return (types,), none
    if plan.method == "propensity":
        return (_classes(units, plan, answered=answered),), none
    for by in plan.margins:
        if (by, plan.collapse) not in known:
            known[by, plan.collapse] = _joined(units, by, plan=plan, answered=answered)
    found = [known[by, plan.collapse] for by in plan.margins]
    steps = [log for _, log in found if len(log)]
    return tuple(one for one, _ in found), pd.concat(steps, ignore_index=True) if steps else none


def _joined(
    units: pd.DataFrame, by: tuple[str, ...], *, plan: WeightingPlan, answered: NDArray[np.bool_]
) -> tuple[Margin, pd.DataFrame]:
    """A margin with the cells put together that have too few respondents, and the steps of that.

    Size groups are joined with the next; regions with the next in the order of their counties' codes.
    """
    columns, name = _crossed(units, by), " x ".join(_crossed(units, by))
    places = _places(units)
    known = units.assign(n_answered=answered.astype(int), n_frame=1).sort_values(
        list(columns), key=lambda values: values.map(places) if values.name == "region" else values
    )
    cells = known.groupby(list(columns), sort=False, as_index=False)[["n_frame", "n_answered"]].sum()
    crossed = len(by) > 1
    ordered = sorted(places, key=places.__getitem__)
    collapsed = collapse(
        cells,
        min_n=plan.collapse.min_n,
        max_ratio=plan.collapse.max_ratio,
        order="size_group" if "size_group" in by else by[0],
        region="region" if crossed else None,
        unit_type=UNIT_TYPE if UNIT_TYPE in columns else None,
        adjacency=tuple(pairwise(ordered)) if crossed else (),
    )
    in_cell = units[list(columns)].merge(collapsed.mapping, on=list(columns), how="left")["cell"]
    labels = list(dict.fromkeys(collapsed.mapping["cell"]))
    cell = pd.DataFrame({name: pd.Categorical(in_cell, categories=labels, ordered=True)})
    return margin(cell, (name,), answered=answered), collapsed.log.assign(margin=name)


def _classes(units: pd.DataFrame, plan: WeightingPlan, *, answered: NDArray[np.bool_]) -> Margin:
    """Response-propensity classes within each unit type, from a model with the groupings of the margins.

    A type in which all answered, or whose answers carry no variable, is one class.
    """
    variables = tuple(dict.fromkeys(name for by in plan.margins for name in by))
    several = units[UNIT_TYPE].nunique() > 1
    labels: list[str] = []
    totals: list[float] = []
    codes = np.zeros(len(units), dtype=np.int64)
    for unit_type, own in units.groupby(UNIT_TYPE, sort=False):
        here = (units[UNIT_TYPE] == unit_type).to_numpy()
        found = propensity_classes(_propensity(own, answered[here], variables), answered=answered[here],
                                   classes=plan.classes)  # fmt: skip
        codes[here & answered] = found.codes + len(labels)
        labels += [f"{unit_type} x {label}" if several else label for label in found.labels]
        totals += list(found.totals)
    return Margin("propensity class", tuple(labels), codes[answered], np.array(totals))


def _propensity(units: pd.DataFrame, answered: NDArray[np.bool_], variables: tuple[str, ...]) -> Floats:
    """The response propensity of each unit; the same for all where no variable can be carried."""
    cells = propensity.cells_of(units, answered=pd.Series(answered), by=variables)
    carried = propensity.affordable(cells, variables=variables)
    if not carried:
        return np.full(len(units), max(answered.mean(), 1 / len(units)))
    model = propensity.fit(cells, variables=carried)
    rho = dict(zip(cells[list(variables)].itertuples(index=False, name=None), model.rho, strict=True))
    of_units = units[list(variables)].astype(str).itertuples(index=False, name=None)
    # Of equal propensities the last digits differ between processors; classes must not.
    return np.round([rho[key] for key in of_units], 10)


def _places(units: pd.DataFrame) -> dict[str, int]:
    """The regions by their place in the order of county codes."""
    regions = units.sort_values("county_code")["region"] if "county_code" in units else units["region"].sort_values()
    return {str(region): place for place, region in enumerate(regions.drop_duplicates())}


def _crossed(units: pd.DataFrame, by: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of a margin: its groupings, and before them the unit type where the frame has more than one."""
    return (UNIT_TYPE, *by) if units[UNIT_TYPE].nunique() > 1 else by


def _raked(base: Floats, meets: tuple[Margin, ...], *, plan: WeightingPlan) -> Floats:
    weights = rake(base, meets)
    if weights.min() < plan.smallest * (1 - 1e-9):
        at = int(np.argmin(weights))
        where = ", ".join(f"{one.name} {one.labels[one.codes[at]]}" for one in meets)
        raise NoWeights(
            f"raking gives the weight {weights[at]:.3g} to a respondent ({where}), below the smallest allowed, "
            f"{plan.smallest:g}; use the method calibrate with the distance logit, which keeps to bounds."
        )
    return weights


def _calibrated(base: Floats, meets: tuple[Margin, ...], *, plan: WeightingPlan) -> dict[str, Floats]:
    """The factors of calibration and, where the largest weight is above the cap, of calibrating again under it.

    The cap is `trim` times the mean weight and takes the place of the upper bound, so that trimming meets the margins.
    """
    about: dict[str, Any] = {"distance": plan.distance, "smallest": plan.smallest}
    weights = calibrate(base, meets, largest=plan.largest, **about)
    trimmed = weights
    cap = trimming_cap(base, plan=plan)
    if cap is not None and weights.max() > cap:
        trimmed = calibrate(base, meets, largest=cap, **about)
    return {"calibration_factor": weights / base, "trimming_factor": trimmed / weights}


def trimming_cap(base: Floats, *, plan: WeightingPlan) -> float | None:
    """The largest weight that trimming leaves: `trim` times the mean weight; None without trimming."""
    return None if plan.trim is None else plan.trim * float(base.mean())


def _frame_margins(units: pd.DataFrame, *, answered: NDArray[np.bool_]) -> list[Margin]:
    """The unit types and the groupings of the frame as they are, crossed with the unit type."""
    found = [margin(units, (UNIT_TYPE,), answered=answered)]
    return found + [margin(units, _crossed(units, (name,)), answered=answered) for name in GROUPINGS if name in units]


def _account(meets: tuple[Margin, ...], frame: list[Margin], *, weights: Floats) -> pd.DataFrame:
    """Target, achieved and gap of what the plan meets, and of the groupings of the frame."""
    named = {one.name for one in meets}
    left = [replace(one, name=f"{one.name}, as in the frame" if one.name in named else one.name) for one in frame]
    met, all_of = account(meets, weights).assign(met=True), account(left, weights).assign(met=False)
    table = pd.concat([met, all_of], ignore_index=True)
    # What is left of a gap that was closed differs between processors.
    return table.assign(gap=table["gap"].round(9) + 0.0, relative_gap=table["relative_gap"].round(9) + 0.0)
