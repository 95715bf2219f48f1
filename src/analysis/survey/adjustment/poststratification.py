"""Post-stratification: weights that bring each cell to its known total."""

import numpy as np
from numpy.typing import ArrayLike

from analysis.survey.adjustment.margins import Floats, Margin, NoWeights, checked_base, checked_margins


def poststratify(base: ArrayLike, cells: Margin) -> Floats:
    """Post-stratified weights w_i = d_i N_h / (sum of d in cell h): each cell of the margin comes to its total.

    With base weights that are equal within a cell this is N_h / n_h, never below 1 in a census. Raises NoWeights for
    what `checked_base` and `checked_margins` refuse, and for a cell where more answered than there are.
    Source: Lohr, Sampling: Design and Analysis; methods of this project, section 3.2.
    """
    values = checked_base(base, [cells])
    sums, counts = cells.sums(values), cells.sums()
    (scaled,) = checked_margins([cells], sums=[sums], n=len(values))
    for place in np.flatnonzero(counts > cells.totals)[:1]:
        raise NoWeights(
            f"{cells.name}: {counts[place]:g} answered of {cells.labels[place]!r}, where the frame has "
            f"{cells.totals[place]:g}; the frame is not that of these answers."
        )
    factors = np.divide(scaled.totals, sums, out=np.zeros_like(sums), where=sums > 0)
    return values * factors[cells.codes]
