"""Trimming: a cap on the weights inside the calibration, so that the totals still hold."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.survey.adjustment.calibration import calibrate
from analysis.survey.adjustment.margins import Floats, Margin, checked_base


def trim(
    weights: ArrayLike,
    margins: Sequence[Margin] = (),
    *,
    ratio: float = 3.0,
    x: pd.DataFrame | ArrayLike | None = None,
    totals: ArrayLike | None = None,
    smallest: ArrayLike | None = 1.0,
) -> Floats:
    """Weights between `smallest` and `ratio` times their mean that still meet every total.

    Weights above that cap are set to it and the excess is spread over the others in proportion; then they are
    calibrated anew (linear distance) with the cap as their largest weight. Without margins and x they keep their sum.
    Weights that are within the bounds and meet the totals come back as they are.
    Raises NoWeights where the totals cannot be met under the cap, with the smallest largest weight that would do.
    Source: methods of this project, section 3.6.
    """
    values = checked_base(weights, margins)
    cap = ratio * float(values.mean())
    if not margins and x is None:
        margins = [Margin("weights", ("all",), np.zeros(len(values), dtype=np.int64), np.array([values.sum()]))]
    return calibrate(_spread(values, cap), margins, x=x, totals=totals, smallest=smallest, largest=cap)


def _spread(weights: Floats, cap: float) -> Floats:
    """The weights cut off at the cap, the excess given to the others in proportion: the sum stays, if it can."""
    total, capped = weights.sum(), weights >= cap
    while True:
        rest = total - cap * capped.sum()
        spread = np.where(capped, cap, weights * (rest / weights[~capped].sum() if not capped.all() else 1.0))
        over = spread > cap
        if not over.any():
            return spread
        capped |= over
