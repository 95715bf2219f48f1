"""Who answers: exact numbers by size group and module, drawn with keys that rise with maturity and differ by region."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import InputError
from analysis.inputs.register import DECIMALS
from analysis.inputs.targets import Target
from analysis.inputs.waves import Wave
from analysis.standins.anchors import Figures
from analysis.standins.transport import fill
from analysis.survey.counts import counts_for_percent

# Assumptions of this project, where response is not printed: log odds a step of size, spread over regions, and how
# much more readily mature units answer.
SIZE_STEP = 0.35
REGION_SPREAD = 0.15
MATURITY = 0.3
FATIGUE = 0.65  # correlation of the readiness to answer a module with that to answer at all


@dataclass(frozen=True)
class Response:
    """Which units answered, and which modules; `readiness` is the key by which they were drawn."""

    answered: np.ndarray
    modules: dict[str, np.ndarray]
    readiness: np.ndarray


def respond(
    frame: pd.DataFrame,
    *,
    wave: Wave,
    targets: Sequence[Target],
    figures: Figures,
    theta: np.ndarray,
    ready: np.ndarray,
    rng: np.random.Generator,
) -> Response:
    """Successive sampling: unit i of a stratum has the key -E_i / exp(b theta_i + g_region), E exponential.

    E = -log(Phi(r)) with the readiness r, standard normal, of which a unit keeps a part from wave to wave.
    The highest keys of each type and size group answer, in exact numbers: the printed ones, else those of a response
    that rises with size. Modules are answered by the units readiest for them: exactly as many as printed, all modules
    by the printed number of complete units.
    """
    from scipy.special import log_ndtr

    numbers = strata(frame, targets=targets, figures=figures)
    regions = sorted(set(frame["region"]))
    effect = dict(zip(regions, rng.normal(0, REGION_SPREAD, len(regions)), strict=True))
    strength = MATURITY * theta + frame["region"].map(effect).to_numpy()
    key = log_ndtr(ready) / np.exp(strength)
    order = pd.Series(key).groupby([frame["unit_type"], frame["size_group"]]).rank(ascending=False, method="first")
    stratum = zip(frame["unit_type"], frame["size_group"], strict=True)
    answered = order.to_numpy() <= [numbers[one] for one in stratum]
    modules = _modules(answered, key, wave=wave, counts=_unit_counts(targets, figures), rng=rng)
    return Response(answered, modules, key)


def _unit_counts(targets: Sequence[Target], figures: Figures) -> dict[str, int]:
    """The printed numbers of units that answered, by subset; empty for all."""
    counted = [t for t in targets if t.carrier == "fitted" and not t.item and t.measure == "count"]
    return {target.subset: int(figures[target.figure_id]["value"]) for target in counted}


def total_answered(frame: pd.DataFrame, *, targets: Sequence[Target], figures: Figures) -> int:
    """How many units answered: the printed count, else the count of a printed share that is the base of most figures.

    Raises InputError when neither is printed.
    """
    counts = _unit_counts(targets, figures)
    if "" in counts:
        return counts[""]
    bases = Counter(figures[t.figure_id]["base_n"] for t in targets if t.carrier == "fitted" and t.item)
    for target in targets:
        if target.carrier == "fitted" and not target.item and not target.subset and target.measure == "share":
            figure = figures[target.figure_id]
            possible = counts_for_percent(figure["value"], base=len(frame), decimals=DECIMALS[figure["precision"]])
            usual = (int(base) for base, _ in bases.most_common() if not pd.isna(base) and base in possible)
            return next(usual, possible[len(possible) // 2])
    raise InputError("targets.csv: no row says how many units answered; add one with an empty item.")


def strata(frame: pd.DataFrame, *, targets: Sequence[Target], figures: Figures) -> dict[tuple[str, int], int]:
    """How many units of each type and size group answer: printed numbers, and the rest by a rate that rises with size.

    The rate is expit(a + 0.35 * group), a set so that the total is the number that answered.
    """
    sizes = frame.groupby(["unit_type", "size_group"]).size()
    counts = _unit_counts(targets, figures)
    left = total_answered(frame, targets=targets, figures=figures)
    result: dict[tuple[str, int], int] = {}
    open_strata = []
    for group in sorted(set(frame["size_group"])):
        own = sizes[sizes.index.get_level_values("size_group") == group]
        printed = counts.get(f"size={group}")
        if printed is None:
            open_strata += list(own.index)
        else:
            result |= _by_rate(own, total=printed)
            left -= printed
    return result | (_by_rate(sizes[open_strata], total=left) if open_strata else {})


def _by_rate(sizes: pd.Series, *, total: int) -> dict[tuple[str, int], int]:
    from scipy.optimize import brentq
    from scipy.special import expit

    steps = SIZE_STEP * sizes.index.get_level_values("size_group").to_numpy(dtype=float)
    numbers = sizes.to_numpy(dtype=float)
    if total >= numbers.sum():
        return dict(zip(list(sizes.index), numbers.astype(int).tolist(), strict=True))
    level = brentq(lambda a: (numbers * expit(a + steps)).sum() - total, -30, 30)
    wanted = numbers * expit(level + steps)
    whole = np.floor(wanted).astype(int)
    for place in np.argsort(whole - wanted, kind="stable")[: total - whole.sum()]:
        whole[place] += 1
    return dict(zip(list(sizes.index), whole.tolist(), strict=True))


def _modules(
    answered: np.ndarray, key: np.ndarray, *, wave: Wave, counts: dict[str, int], rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """The units that answered each module, in the printed numbers."""
    names = [module.id for module in wave.file.modules]
    if not names:
        return {}
    rule, units = wave.file.dispositions, np.flatnonzero(answered)
    ready = pd.Series(key[units]).rank(pct=True).to_numpy() - 0.5
    own = FATIGUE * ready[:, None] + np.sqrt(1 - FATIGUE**2) * rng.uniform(-0.5, 0.5, (len(units), len(names)))
    totals = np.array([counts[f"module={name}"] for name in names])
    complete = np.argsort(-own.sum(axis=1), kind="stable")[: counts["disposition=complete"]]
    low = np.full(len(units), rule.partial_modules or 0)
    high = np.full(len(units), (rule.complete_modules or len(names)) - 1)
    low[complete], high[complete] = rule.complete_modules or len(names), len(names)
    chosen = fill(own, columns=totals, low=low, high=high)
    result = {}
    for n, name in enumerate(names):
        result[name] = np.zeros(len(answered), dtype=bool)
        result[name][units] = chosen[:, n]
    return result
