"""Declared response: how likely each unit is to answer, by its size and by what it would answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.errors import InputError

Floats = NDArray[np.float64]
Answered = NDArray[np.bool_]


@dataclass(frozen=True)
class Scenario:
    """A way to answer.

    `steepness`: the gradient by size as a multiple of the printed one; `odds_ratio`: of answering, for one standard
    deviation of the score; `propensity`: the probability of each unit to answer.
    """

    steepness: float
    odds_ratio: float
    propensity: Floats

    @property
    def name(self) -> str:
        """The scenario as estimate records name it."""
        return f"gradient={self.steepness:g};odds_ratio={self.odds_ratio:g}"


def scenarios(
    rates: Floats, score: Floats, *, steepness: Sequence[float], odds_ratios: Sequence[float]
) -> Iterator[Scenario]:
    """Every gradient without and with every dependence on the score: gradients within dependences.

    logit P(i answers) = c + a logit(rate_i) + log(odds ratio) z_i: `rates` is the printed rate of the unit's size, z
    its score in standard deviations from the mean of all units, a the steepness. c is solved so that always as many
    answers are expected as under the printed rates; with a = 1 and odds ratio 1 they are the printed rates.
    Raises InputError for a rate that is not between 0 and 1 and for scores that do not differ.
    """
    if not (rates.min() > 0 and rates.max() < 1):
        raise InputError("a printed response rate is 0 or 1, which has no logit; join its size group with another.")
    if np.ptp(score) == 0:
        raise InputError("all units have the same score, so that answering cannot depend on it; take another item.")
    z = (score - score.mean()) / score.std()
    logits = np.log(rates / (1 - rates))
    for ratio in odds_ratios:
        for multiple in steepness:
            yield Scenario(multiple, ratio, _with_mean(multiple * logits + np.log(ratio) * z, float(rates.mean())))


def draw(propensity: Floats, *, replicates: int, rng: np.random.Generator) -> Answered:
    """Who answers in each replicate (row), each unit (column) by itself with its own probability."""
    return np.asarray(rng.random((replicates, len(propensity))) < propensity)


def _with_mean(logits: Floats, mean: float) -> Floats:
    """Probabilities with these logits, moved by one constant so that their mean is the one asked for."""
    from scipy.optimize import brentq
    from scipy.special import expit

    reach = float(np.abs(logits).max()) + abs(float(np.log(mean / (1 - mean)))) + 1
    constant = brentq(lambda c: float(expit(logits + c).mean()) - mean, -reach, reach, xtol=1e-14)
    return np.asarray(expit(logits + constant))
