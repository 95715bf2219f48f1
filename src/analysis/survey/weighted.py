"""Estimates from what units said: of those who answered, and of all units by the weights of the wave's plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import InputError
from analysis.inputs.waves import Wave
from analysis.survey import estimation
from analysis.survey.bounds import worst_case
from analysis.survey.inference import domains
from analysis.survey.inference.domains import Domain, Estimate
from analysis.survey.inference.variance import Design
from analysis.survey.plan import UNIT_TYPE, Weights, weights_for

Record = dict[str, Any]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

# What `inference` gives beside the columns of an estimate record.
BESIDE = ("n_star",)
# Weights that differ by less than this share were rounded when they were written.
SAME = 1e-9


@dataclass(frozen=True)
class Said:
    """What the units of a frame say to one question, as numbers.

    `values`: one a frame unit, 1 or 0 for a share; NaN without an answer and outside `part`, the units that it is
    about. `low`, `high`: what a value can be. `counts`: how many answers each unit gave, where it is answers that
    count, and `most` how many a unit could have given. `asked`: units of the part that were asked, or may have been.
    """

    values: Floats
    part: Mask
    share: bool = True
    low: float = 0.0
    high: float = 1.0
    counts: Floats | None = None
    most: float = 1.0
    about: Mapping[str, float] = field(default_factory=dict)

    @property
    def known(self) -> Mask:
        """The units with an answer."""
        return ~np.isnan(self.values)

    def sizes(self, inhabitants: Floats | None) -> tuple[Floats | None, float | None]:
        """By how much each unit counts, and all units of the part together; None where each counts once."""
        if inhabitants is not None:
            return inhabitants, float(inhabitants[self.part].sum())
        if self.counts is None:
            return None, None
        known = self.known
        return self.counts, float(self.counts[known].sum() + self.most * (self.part & ~known).sum())


@dataclass(frozen=True)
class ModuleWeights:
    """The weights of the units that answered a module, or the whole survey, as estimates of a part take them.

    `answered`: which frame units they are. `design`: how they were weighted. `groups`: the response group of each
    frame unit, one number past the last for units unlike all that answered; none where the weights are calibrated.
    """

    answered: Mask
    design: Design
    groups: Ints | None = None

    def reaching(self, part: Mask) -> "ModuleWeights":
        """The same for the response groups that a part of the frame reaches into.

        Other groups add nothing to the variance of the part, and their answers do not make it more certain. A group
        of one answer needs its neighbours, so that then all are kept.
        """
        design = self.design
        if self.groups is None or design.strata is None or design.stratum_sizes is None:
            return self
        last = len(design.stratum_sizes)
        reached = np.setdiff1d(np.unique(self.groups[part]), [last])
        answers, sizes = np.bincount(design.strata, minlength=last)[reached], design.stratum_sizes[reached]
        if not len(reached) or ((answers == 1) & (sizes > 1)).any():
            return self
        places = np.full(last + 1, len(reached), dtype="int64")
        places[reached] = np.arange(len(reached))
        kept = np.isin(design.strata, reached)
        answered = self.answered.copy()
        answered[self.answered] = kept
        inside = replace(
            design,
            base=design.base[kept],
            weights=design.weights[kept],
            population_size=int(sizes.sum()),
            strata=places[design.strata[kept]],
            stratum_sizes=sizes,
        )
        return ModuleWeights(answered, inside, places[self.groups])

    def domain(self, said: Said, *, inhabitants: Floats | None = None) -> Domain:
        """The part of the frame that is spoken of, with its units by response group."""
        here, (counts, total) = self.answered, said.sizes(inhabitants)
        if self.groups is None or self.design.stratum_sizes is None:
            units = [int(said.part.sum())]
        else:
            units = np.bincount(self.groups[said.part], minlength=len(self.design.stratum_sizes)).tolist()
        return Domain(said.part[here], tuple(units), None if counts is None else counts[here], total)


def module_weights(units: pd.DataFrame, *, wave: Wave, factors: pd.DataFrame) -> dict[str, ModuleWeights]:
    """The weights of the whole survey (empty name) and of each module that has its own, after the wave's plan.

    `units` has one row per frame unit, `factors` is the data of the stage weighting. With the method `none` there are
    none. Raises InputError where `factors` are not the weights that the plan gives.
    """
    plan = wave.file.weighting
    if plan.method == "none":
        return {}
    modules = ("", *(one.id for one in wave.file.modules)) if plan.modules else ("",)
    found = {}
    for module in modules:
        made = weights_for(units, plan, module=module)
        _require(made, factors[factors["module"] == module], wave=wave.id)
        found[module] = ModuleWeights(made.answered, made.design(), _groups_of_frame(units, made))
    return found


def among_answers(said: Said) -> Record:
    """The share or mean among those who answered (estimand R): says nothing about others."""
    known = said.known
    counts = np.ones(int(known.sum())) if said.counts is None else said.counts[known]
    size = float(counts.sum())
    record: Record = {"n_frame": int(said.part.sum()), "n_answered": int(known.sum())}
    record["point"] = float(counts @ said.values[known]) / size if size else np.nan
    return record | ({"k": int(said.values[known].sum())} if said.share else {}) | dict(said.about)


def unweighted(said: Said, *, confidence: float, inhabitants: Floats | None = None) -> Record:
    """The share or mean of all units of the part, when within it is chance who answered (see `estimation`)."""
    known, (counts, total) = said.known, said.sizes(inhabitants)
    about: Record = {"population_size": int(said.part.sum()), "confidence": confidence}
    if counts is not None:
        about |= {"inhabitants": counts[known], "all_inhabitants": total}
    if said.share:
        record = estimation.share_record(said.values[known] == 1, **about)
    else:
        record = estimation.mean_record(said.values[known], low=said.low, high=said.high, **about)
    return record | dict(said.about)


def of_all_units(said: Said, weights: ModuleWeights, *, confidence: float, inhabitants: Floats | None = None) -> Record:
    """The share or mean of all units of the part by their weights, with its interval (see `inference.domains`).

    A missing answer leaves a unit out, so that it is a ratio of weighted sums. The worst-case bounds rest on every
    answer there is, also of units without a weight for the module; no interval leaves them.
    """
    given, domain = said.values[weights.answered], weights.domain(said, inhabitants=inhabitants)
    if said.share:
        record = domains.share_record(given, weights.design, domain=domain, confidence=confidence)
    else:
        limits = {"low": said.low, "high": said.high}
        record = domains.mean_record(given, weights.design, domain=domain, confidence=confidence, **limits)
    lo, hi = bounds(said, inhabitants=inhabitants)
    inside = {"bound_lo": lo, "bound_hi": hi, "ci_lo": max(record["ci_lo"], lo), "ci_hi": min(record["ci_hi"], hi)}
    return {key: value for key, value in (record | inside).items() if key not in BESIDE} | dict(said.about)


def total(said: Said, weights: ModuleWeights, *, frame: Mask, confidence: float) -> Record:
    """The total of all units that are asked, in the part `frame`: their number times their weighted mean.

    Who was routed out is known of those who answered, so that the number asked is N times their weighted share.
    Interval: Student's t, within the worst-case bounds of the answers.
    """
    from scipy.special import stdtrit

    here, design, size = weights.answered, weights.design, int(frame.sum())
    record = of_all_units(said, weights, confidence=confidence)
    asked = domains.mean(said.part[here], design.weights, within=frame[here])
    mean = domains.mean(said.values[here], design.weights)
    scores = size * (asked.point * mean.scores + mean.point * asked.scores)
    made = Estimate(size * asked.point * mean.point, scores, mean.used)
    lo, hi = (int(said.part.sum()) * bound for bound in bounds(said))
    se = domains.standard_error(made, design)
    half = float(stdtrit(domains.degrees_of_freedom(design), (1 + confidence) / 2)) * se
    limits = {"bound_lo": lo, "bound_hi": hi, "ci_lo": max(made.point - half, lo), "ci_hi": min(made.point + half, hi)}
    return record | {"point": made.point, "se": se, "ci_method": "t"} | limits


def quantile(said: Said, weights: ModuleWeights, q: float, *, inhabitants: Floats | None = None) -> Record:
    """The smallest answer that a share `q` of the weights (or inhabitants) does not exceed; bounds as without weights.

    There is no interval (see `estimation.quantile_record`).
    """
    known, (counts, total) = said.known, said.sizes(inhabitants)
    about: Record = {"population_size": int(said.part.sum()), "low": said.low, "high": said.high}
    if counts is not None:
        about |= {"inhabitants": counts[known], "all_inhabitants": total}
    record = estimation.quantile_record(said.values[known], q, **about)
    given = said.values[weights.answered]
    size = weights.design.weights * (1 if counts is None else counts[weights.answered])
    used = ~np.isnan(given)
    made = {"inhabitants": size[used], "all_inhabitants": float(size[used].sum())}
    return record | {"point": estimation.quantile_record(given[used], q, **(about | made))["point"]}


def bounds(said: Said, *, inhabitants: Floats | None = None) -> tuple[float, float]:
    """The lowest and highest mean of the part that the answers allow (see `bounds.worst_case`)."""
    known, (counts, total) = said.known, said.sizes(inhabitants)
    size = np.ones(len(known)) if counts is None else counts
    whole = float(said.part.sum()) if total is None else total
    answered, covered = float(size[known] @ said.values[known]), float(size[known].sum())
    return worst_case(answered, covered=covered, total=whole, low=said.low, high=said.high)


def difference(first: tuple[Said, Record], second: tuple[Said, Record], weights: ModuleWeights) -> Record:
    """The difference of two parts' shares or means, first less second, from what they say and their estimates.

    Variance with the covariance that common weights give them; interval from those of both (see `domains.difference`).
    The bounds are those of each part against the other's.
    """
    here, design = weights.answered, weights.design
    means = [domains.mean(said.values[here], design.weights, within=said.part[here]) for said, _ in (first, second)]
    (one, other), records = means, [record for _, record in (first, second)]
    limits = [(float(record["ci_lo"]), float(record["ci_hi"])) for record in records]
    made = domains.difference(one, other, design, limits=(limits[0], limits[1]))
    edges = [bounds(said) for said, _ in (first, second)]
    made |= {"bound_lo": edges[0][0] - edges[1][1], "bound_hi": edges[0][1] - edges[1][0]}
    numbers = {key: sum(int(record[key]) for record in records) for key in ("n_answered", "n_frame")}
    return {key: value for key, value in (made | numbers).items() if key not in BESIDE}


def _require(made: Weights, factors: pd.DataFrame, *, wave: str) -> None:
    """Hold the weights of the plan against those that the stage weighting handed on."""
    keys = [UNIT_TYPE, "code"]
    both = made.factors[[*keys, "final_weight"]].merge(factors[[*keys, "final_weight"]], on=keys, how="outer")
    gaps = (both["final_weight_x"] - both["final_weight_y"]).abs() / both["final_weight_x"]
    if len(factors) != len(made.factors) or not (gaps <= SAME).all():
        raise InputError(
            f"{wave}: the weights handed on by the stage weighting are not those of the plan in wave.yml; "
            "run `make report`, which makes both anew."
        )


def _groups_of_frame(units: pd.DataFrame, made: Weights) -> Ints | None:
    """The response group of each frame unit: that of the respondents with the same unit type and groupings."""
    cells = made.groups()
    if cells is None:
        return None
    by = [UNIT_TYPE, *dict.fromkeys(name for margin in made.plan.margins for name in margin)]
    keys = pd.MultiIndex.from_frame(units[by].astype(str))
    known = dict(zip(keys[made.answered], cells.codes.tolist(), strict=True))
    return np.array([known.get(key, len(cells.totals)) for key in keys], dtype="int64")
