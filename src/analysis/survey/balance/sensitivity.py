"""How far the units that did not answer can move a share, and what they would have to be to change a conclusion."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.errors import InputError
from analysis.survey.balance.association import checked

Floats = NDArray[np.float64]

ODDS_RATIOS = (1 / 4, 1 / 3, 1 / 2, 2 / 3, 1, 3 / 2, 2)
WIDEST = 30.0  # a logit shift beyond it turns every share into 0 or 1
# Below this correlation the proxy says little of the answer, and its extreme case nothing.
WEAK = 0.2


@dataclass(frozen=True)
class Tipping:
    """Where a conclusion about a share changes: the share among the silent, and its distance from the respondents'.

    `robust`: no share from 0 to 1 among the silent units changes it; the numbers are then missing.
    """

    share_of_silent: float
    difference: float
    robust: bool


def shifted_share(yes: ArrayLike, *, answered: ArrayLike, frame: ArrayLike, shift: float) -> float:
    """The share of all units if the odds of yes among the silent of each class are exp(shift) times the respondents'.

    p = sum W_h (f_h p_h + (1 - f_h) expit(logit p_h + shift)); p_h of 0 or 1 is (k + 1/2) / (n + 1) within the logit.
    `yes`, `answered` and `frame` are counts by class. Raises InputError for impossible counts, or for a class with
    silent units and no answer, about which no shift says anything.
    """
    k, n_h, big_n_h = _counts(yes, answered, frame)
    share = np.where(n_h > 0, k / np.maximum(n_h, 1), 0.5)
    inner = np.where((k == 0) | (k == n_h), (k + 0.5) / (n_h + 1), share)
    silent = 1 / (1 + (1 - inner) / inner * np.exp(-shift))
    return float((k + (big_n_h - n_h) * silent).sum() / big_n_h.sum())


def delta_path(
    yes: ArrayLike, *, answered: ArrayLike, frame: ArrayLike, odds_ratios: Sequence[float] = ODDS_RATIOS
) -> list[tuple[float, float]]:
    """The share of all units for each odds ratio of yes, silent units against respondents of the same class."""
    if not all(ratio > 0 for ratio in odds_ratios):
        raise InputError("an odds ratio is larger than zero; correct the grid.")
    return [
        (ratio, shifted_share(yes, answered=answered, frame=frame, shift=float(np.log(ratio)))) for ratio in odds_ratios
    ]


def tipping_odds(yes: ArrayLike, *, answered: ArrayLike, frame: ArrayLike, threshold: float = 0.5) -> float:
    """The odds ratio, silent against respondents, at which the share of all units crosses `threshold`, by bisection.

    Missing where no ratio does: the conclusion stands whatever the silent units are. Raises as `shifted_share`.
    """
    from scipy.optimize import brentq

    def above(shift: float) -> float:
        return shifted_share(yes, answered=answered, frame=frame, shift=shift) - threshold

    if above(-WIDEST) * above(WIDEST) > 0:
        return float("nan")
    return float(np.exp(brentq(above, -WIDEST, WIDEST, xtol=1e-12)))


def added_share(share: float, *, rate: float, difference: float) -> float:
    """The share of all units when that of the silent differs by `difference`: f p + (1 - f) (p + d), kept in 0 to 1."""
    _check_share(share, rate)
    return rate * share + (1 - rate) * min(1.0, max(0.0, share + difference))


def tipping_point(share: float, *, rate: float, threshold: float = 0.5) -> Tipping:
    """The share among the silent units at which the share of all is just `threshold`: (t - f p) / (1 - f).

    `share` among respondents, `rate` of response. Raises InputError off 0 to 1.
    """
    _check_share(share, rate)
    needed = (threshold - rate * share) / (1 - rate) if rate < 1 else float("nan")
    if not 0 <= needed <= 1:
        return Tipping(float("nan"), float("nan"), robust=True)
    return Tipping(needed, needed - share, robust=False)


def pattern_mixture(
    outcome: ArrayLike, *, proxy: ArrayLike, proxy_of_silent: ArrayLike, ratios: Sequence[float] = (0.0, 1.0, np.inf)
) -> dict[float, float]:
    """The mean of all units if not answering depends on the proxy (ratio 0), on the outcome itself (inf), or on both.

    mean(l) = y_s + g (s_y / s_x) (x_U - x_s), g = (l + r) / (l r + 1), r the correlation among respondents, l the
    ratio. The proxy is what the frame predicts of the outcome. Missing for inf where r < 0.2, which is too weak to say
    anything. Raises InputError for fewer than three respondents or a proxy or outcome without spread.
    Source: Andridge and Little 2011.
    """
    y, x, silent = (np.asarray(values, dtype="float64") for values in (outcome, proxy, proxy_of_silent))
    if len(y) < 3 or np.ptp(y) == 0 or np.ptp(x) == 0:
        raise InputError("a proxy needs at least three respondents who differ in it and in the outcome.")
    r = float(np.corrcoef(x, y)[0, 1])
    moved = np.concatenate([x, silent]).mean() - x.mean()
    means = {}
    for ratio in ratios:
        g = 1 / r if np.isinf(ratio) else (ratio + r) / (ratio * r + 1)
        weak = np.isinf(ratio) and r < WEAK
        means[ratio] = float("nan") if weak else float(y.mean() + g * y.std() / x.std() * moved)
    return means


def _counts(yes: ArrayLike, answered: ArrayLike, frame: ArrayLike) -> tuple[Floats, Floats, Floats]:
    n_h, big_n_h = checked(answered, frame)
    k = np.asarray(yes, dtype="float64")
    if k.shape != n_h.shape or (k < 0).any() or (k > n_h).any():
        raise InputError("a class has more answers of yes than answers, or none are given for it; correct the counts.")
    if ((n_h == 0) & (big_n_h > 0)).any():
        place = int(np.flatnonzero((n_h == 0) & (big_n_h > 0))[0]) + 1
        raise InputError(f"class {place}: nobody answered, so nothing says what its units are; merge it with another.")
    return k, n_h.astype("float64"), big_n_h.astype("float64")


def _check_share(share: float, rate: float) -> None:
    if not (0 <= share <= 1 and 0 <= rate <= 1):
        raise InputError(f"{share} and {rate} are no share and response rate from 0 to 1; correct them.")
