"""The cells of crossed margins: raking needs no more of the data than the sum of base weights in each of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from analysis.survey.adjustment.margins import Floats, Margin, NoWeights

# Units handled at a time: their codes stay in the processor's cache, and no copy of all of them is ever made.
BLOCK = 1 << 16
# A table of more cells than this would be mostly empty; only the cells with respondents are numbered then.
DENSE = 1 << 20


@dataclass(frozen=True)
class Cells:
    """The cell of each respondent, in the smallest integer type that holds it, and the category of each cell.

    `shape`: categories of each margin; `places`: the cell's number in the full crossing, None where all are numbered.
    """

    codes: NDArray[np.integer]
    shape: tuple[int, ...]
    places: NDArray[np.int64] | None

    def __len__(self) -> int:
        return prod(self.shape) if self.places is None else len(self.places)

    def categories(self, cells: NDArray[np.integer]) -> tuple[NDArray[np.integer], ...]:
        """The category of these cells in each margin."""
        return np.unravel_index(cells if self.places is None else self.places[cells], self.shape)

    def sums(self, values: Floats) -> Floats:
        """The sum of the values of the respondents of each cell."""
        table = np.zeros(len(self))
        for part in blocks(len(self.codes)):
            table += np.bincount(self.codes[part], weights=values[part], minlength=len(self))
        return table

    def spread(self, values: Floats, factors: Floats) -> Floats:
        """The values of the respondents, each times the factor of its cell."""
        result = np.empty(len(values))
        for part in blocks(len(values)):
            np.take(factors, self.codes[part], out=result[part], mode="clip")
            result[part] *= values[part]
        return result


def cross(margins: Sequence[Margin]) -> Cells:
    """The cells of the crossed margins, in one pass over the respondents.

    Raises NoWeights for no margins, and for so many that a 64-bit number cannot count the cells of their crossing.
    """
    if not margins:
        raise NoWeights("margins: none was given; name at least one classification with known totals.")
    shape = tuple(len(one.labels) for one in margins)
    dense = (size := prod(shape)) <= DENSE
    if size > np.iinfo(np.int64).max:
        raise NoWeights(f"margins: {len(shape)} of them cross to {size:.0e} cells, too many to number; rake on fewer.")
    codes = np.empty(len(margins[0].codes), dtype=np.min_scalar_type(size - 1) if dense else np.int64)
    for part in blocks(len(codes)):
        cell = margins[0].codes[part].astype(np.int64)
        for one, categories in zip(margins[1:], shape[1:], strict=True):
            cell *= categories
            cell += one.codes[part]
        codes[part] = cell
    if dense:
        return Cells(codes=codes, shape=shape, places=None)
    places, codes = np.unique(codes, return_inverse=True)
    return Cells(codes=codes, shape=shape, places=places)


def blocks(n: int) -> Iterator[slice]:
    """Slices that cover n units."""
    return (slice(start, min(start + BLOCK, n)) for start in range(0, n, BLOCK))
