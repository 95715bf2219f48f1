"""Response-propensity weights: in classes of similar propensity, or inverse to it."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.survey.adjustment.margins import Floats, Margin, Mask, NoWeights, margin
from analysis.survey.adjustment.poststratification import poststratify


def propensity_classes(propensity: ArrayLike, *, answered: Mask, classes: int = 5, min_n: int = 10) -> Margin:
    """Classes of units with similar response propensities, as a margin of the frame.

    `propensity` (0 to 1) has one value per unit of the frame. Cut at the quantiles of the whole frame (five classes:
    quintiles), equal propensities staying together; a class with fewer than `min_n` respondents joins the neighbour
    whose mean propensity is nearest. Raises NoWeights for propensities that are not above 0 and at most 1.
    """
    values, mask = _checked(propensity, answered)
    cuts = np.quantile(values, np.arange(1, classes) / classes)
    codes = np.unique(np.searchsorted(cuts, values, side="left"), return_inverse=True)[1]
    while codes.max() and (counts := np.bincount(codes[mask], minlength=codes.max() + 1)).min() < min_n:
        worst = int(counts.argmin())
        means = np.bincount(codes, weights=values) / np.bincount(codes)
        near = [other for other in (worst - 1, worst + 1) if 0 <= other < len(means)]
        joined = min(near, key=lambda other: abs(means[other] - means[worst]))
        codes[codes >= max(worst, joined)] -= 1
    return margin(pd.DataFrame({"propensity class": codes + 1}), ("propensity class",), answered=mask)


def propensity_weights(
    propensity: ArrayLike, *, answered: Mask, base: ArrayLike | None = None, classes: int | None = 5, min_n: int = 10
) -> Floats:
    """Weights by response propensity, adding up to the number of units of the frame.

    With classes: w_i = d_i N_c / (sum of d in class c), so that a class of units with the same rate is post-stratified.
    With `classes=None`: w_i proportional to d_i / propensity_i. `base` d: one per respondent, by default all alike.
    Raises NoWeights as `propensity_classes` and `poststratify` do. Source: methods of this project, section 3.5.
    """
    values, mask = _checked(propensity, answered)
    start = np.ones(int(mask.sum())) if base is None else np.asarray(base, dtype=float)
    if classes is not None:
        return poststratify(start, propensity_classes(values, answered=mask, classes=classes, min_n=min_n))
    whole = Margin("frame", ("all",), np.zeros(len(start), dtype=np.int64), np.array([float(len(values))]))
    return poststratify(start / values[mask], whole)


def _checked(propensity: ArrayLike, answered: Mask) -> tuple[Floats, np.ndarray]:
    values, mask = np.asarray(propensity, dtype=float), np.asarray(answered, dtype=bool)
    if values.shape != mask.shape:
        raise NoWeights(f"propensity: {values.size} values for {mask.size} units of the frame; give one each.")
    if not (values.min() > 0 and values.max() <= 1):
        raise NoWeights("propensity: a value is not above 0 and at most 1; a unit that cannot answer has no weight.")
    return values, mask
