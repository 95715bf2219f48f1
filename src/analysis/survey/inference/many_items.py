"""Shares of many items with a few categories each, overall and by domain, with both standard errors.

Where weights are equal within the cells of the crossed margins, a share and its linearised variance need no more of
the data than the number of answers per cell and category: one count per item, then small tables. Nothing is ever made
that has a row per unit and a column per item or per calibration column.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import InputError
from analysis.survey.adjustment.cells import Cells, blocks, cross
from analysis.survey.adjustment.margins import Margin
from analysis.survey.inference.variance import Floats, corrections

OVERALL = "all"
# Weights of one cell may differ by this share of them: what rounding leaves.
SAME = 1e-9
# A direction of the calibration columns with less than this share of the largest says nothing new.
RANK = 1e-10


@dataclass(frozen=True)
class ItemDesign:
    """The cells of the respondents, and what of their weights a variance needs (see `item_design`).

    `index`: per respondent, its cell times (categories + 1), plus 1. `sums`: the sparse matrix that turns answers per
    cell into `Sums` per domain. `inverse`: of X'dX, d the base weights. `corrected`, `squared` and `plain`: X'vX, X'sX
    and X'w within each stratum, with v = w² max(0, 1 - 1/w), s = w² times the `factors` of its stratum, which are
    (1 - n_h/N_h) n_h/(n_h - 1). `columns`: the rank of X; `answered`: the respondents n_h.
    """

    index: NDArray[np.int64]
    categories: int
    domains: tuple[str, ...]
    sums: Any
    inverse: Floats
    corrected: Floats
    squared: Floats
    plain: Floats
    columns: int
    factors: Floats
    answered: Floats


class Sums(NamedTuple):
    """Sums over the answers, per item, domain (first all), calibration column where there is one, and category.

    `d_x`, `v_x`, `s_x`: of base weights, v and s, times the column; `v`, `s`: without it; `k`: of 1; `w`: of the
    weights, within each stratum.
    """

    d_x: Floats
    v_x: Floats
    s_x: Floats
    v: Floats
    s: Floats
    k: Floats
    w: Floats


def item_design(
    margins: Sequence[Margin],
    *,
    base: Floats,
    weights: Floats,
    categories: int,
    domain: Margin | None = None,
    strata: Margin | None = None,
    calibrated: bool = True,
) -> ItemDesign:
    """The cells of the margins (crossed with domain and strata, where these are none of them), ready for `many_items`.

    `weights` were calibrated to the `margins` from `base`; with `calibrated` false they are taken as fixed, and the
    margins only tell whose weights are equal. `strata`: those of R's design, for `se_survey`; without them the frame
    is one, as large as the first margin. Raises InputError where the weights of one cell differ.
    """
    frame = Margin("frame", (OVERALL,), np.zeros(len(base), dtype="int8"), np.array([margins[0].totals.sum()]))
    group, stratum = domain or frame, strata or frame
    crossed = list({id(one): one for one in (*margins, group, stratum)}.values())
    cells = cross(crossed)
    counts = np.bincount(cells.codes, minlength=len(cells)).astype("float64")
    occupied = np.flatnonzero(counts)
    codes = {id(one): code for one, code in zip(crossed, cells.categories(occupied), strict=True)}
    n, d, w = (table[occupied] for table in (counts, _of_cell(base, cells), _of_cell(weights, cells)))

    answered = np.bincount(codes[id(stratum)], n, minlength=len(stratum.labels)).astype("float64")
    factors = (1 - answered / stratum.totals) * answered / np.maximum(answered - 1, 1)
    v, s = w**2 * corrections(w), w**2 * factors[codes[id(stratum)]]
    x = _indicators([codes[id(one)] for one in margins], margins, n=len(n))
    if not calibrated:
        x = x[:, :0]
    within = _indicators([codes[id(stratum)]], [stratum], n=len(n))
    wide = [
        *(_times(x, one) for one in (d, v, s)),
        *(one[:, None] for one in (v, s, np.ones(len(n)))),
        _times(within, w),
    ]
    inverse, rank = _inverse((x.T @ _times(x, n * d)).toarray())
    return ItemDesign(
        index=_index(cells, occupied, categories),
        categories=categories,
        domains=() if domain is None else domain.labels,
        sums=_by_group(wide, codes[id(group)], groups=len(group.labels)),
        inverse=inverse,
        corrected=(x.T @ _times(x, n * v)).toarray(),
        squared=(x.T @ _times(x, n * s)).toarray(),
        plain=(x.T @ _times(within, n * w)).toarray(),
        columns=max(rank, 1),
        factors=factors,
        answered=answered,
    )


def many_items(items: Mapping[str, NDArray[np.integer]], design: ItemDesign) -> pd.DataFrame:
    """The weighted share of each category of each item among those who answered it, overall and by domain.

    `items`: per item the category of each respondent from 0, or -1 without an answer. Columns: item, domain
    (`OVERALL` or a label), category, n_answered, k, point (0 to 1), se, se_survey. `se` has the correction of each
    respondent, n/(n - p) and residuals with base weights (`variance.calibrated_variance`); `se_survey` is R survey's.
    A domain without answers has NaN. Raises InputError for another number of respondents and for other categories.
    """
    sums = _sums(items, design)
    with np.errstate(invalid="ignore", divide="ignore"):
        w = sums.w.sum(axis=2)
        shares = w / w.sum(axis=-1, keepdims=True)
        unit, survey = _variances(sums, shares, design)
    targets = (OVERALL, *design.domains)
    item, target, category = (part.ravel() for part in np.indices(shares.shape))
    return pd.DataFrame(
        {
            "item": pd.Categorical.from_codes(item, categories=pd.Index(list(items))),
            "domain": pd.Categorical.from_codes(target, categories=pd.Index(targets)),
            "category": category,
            "n_answered": np.broadcast_to(sums.k.sum(axis=-1, keepdims=True), sums.k.shape).ravel().astype("int64"),
            "k": sums.k.ravel().astype("int64"),
            "point": shares.ravel(),
            "se": np.sqrt(unit).ravel(),
            "se_survey": np.sqrt(survey).ravel(),
        }
    )


def _of_cell(weights: Floats, cells: Cells) -> Floats:
    """The weight that all respondents of a cell have; 0 without respondents."""
    table = np.zeros(len(cells))
    table[cells.codes] = weights
    for part in blocks(len(weights)):
        same = table[cells.codes[part]]
        if (np.abs(weights[part] - same) > SAME * np.abs(same)).any():
            raise InputError(
                "weights: respondents in one cell of the crossed margins have different weights; "
                "add what they differ by as a margin."
            )
    return table


def _index(cells: Cells, occupied: NDArray[np.int64], categories: int) -> NDArray[np.int64]:
    places = np.zeros(len(cells), dtype="int64")
    places[occupied] = np.arange(len(occupied)) * (categories + 1) + 1
    return places[cells.codes]


def _indicators(codes: Sequence[NDArray[np.integer]], margins: Sequence[Margin], *, n: int) -> Any:
    """A sparse column per category of each margin, 1 in the cells that have it."""
    from scipy.sparse import csr_array

    offsets = np.cumsum([0, *(len(one.labels) for one in margins)])
    columns = np.concatenate([code + offset for code, offset in zip(codes, offsets[:-1], strict=True)])
    return csr_array((np.ones(len(columns)), (np.tile(np.arange(n), len(margins)), columns)), shape=(n, offsets[-1]))


def _times(x: Any, weights: Floats) -> Any:
    """Each row of a sparse matrix times its weight."""
    return x.multiply(weights[:, None]).tocsr()


def _inverse(gram: Floats) -> tuple[Floats, int]:
    """The generalised inverse of X'dX, and the rank of X."""
    if not len(gram):
        return gram, 0
    scale = 1 / np.sqrt(np.diag(gram))
    values, vectors = np.linalg.eigh(gram * scale * scale[:, None])
    kept = values > RANK * values[-1]
    directions = vectors[:, kept] / np.sqrt(values[kept]) * scale[:, None]
    return directions @ directions.T, int(kept.sum())


def _by_group(parts: Sequence[Any], group: NDArray[np.integer], *, groups: int) -> Any:
    """The matrix that sums cells: a row per group and column of the parts, a column per cell."""
    from scipy.sparse import coo_array, csr_array, hstack

    wide = hstack([coo_array(part) for part in parts]).tocoo()
    rows = group[wide.row] * wide.shape[1] + wide.col
    return csr_array((wide.data, (rows, wide.row)), shape=(groups * wide.shape[1], wide.shape[0]))


def _sums(items: Mapping[str, NDArray[np.integer]], design: ItemDesign) -> Sums:
    """One pass over the answers of each item; the sums over all are those of the domains together."""
    m, strata, domains = len(design.inverse), len(design.answered), len(design.domains)
    shape = (max(domains, 1), 3 * m + 3 + strata, design.categories)
    parts = np.array([(design.sums @ counts).reshape(shape) for counts in _counts(items, design)])
    parts = np.concatenate([parts.sum(axis=1, keepdims=True), parts[:, :domains]], axis=1)
    d_x, v_x, s_x, v, s, k, w = np.split(parts, np.cumsum([m, m, m, 1, 1, 1]), axis=2)
    return Sums(d_x, v_x, s_x, v[:, :, 0], s[:, :, 0], k[:, :, 0], w)


def _counts(items: Mapping[str, NDArray[np.integer]], design: ItemDesign) -> Iterator[Floats]:
    """The number of answers per cell and category, an item at a time."""
    buffer, last = np.empty_like(design.index), design.categories - 1
    size = design.sums.shape[1] * (design.categories + 1)
    for name, answers in items.items():
        if answers.shape != design.index.shape:
            raise InputError(
                f"{name}: {len(answers)} answers of {len(design.index)} respondents; give -1 for no answer."
            )
        if answers.min() < -1 or answers.max() > last:
            raise InputError(f"{name}: a category is not one of 0 to {last}, nor -1 for no answer; recode the item.")
        np.add(design.index, answers, out=buffer)
        counts = np.bincount(buffer, minlength=size).reshape(-1, design.categories + 1)
        yield counts[:, 1:].astype("float64")


def _variances(sums: Sums, shares: Floats, design: ItemDesign) -> tuple[Floats, Floats]:
    """Ours and R survey's variance of each share.

    The scores are u = (1 - p)/T for an answer in the category and -p/T for another, T the weights of all answers; the
    residuals e = u - x'b. sum(v e^2) = sum(v u^2) - 2 b'X'v u + b'X'vX b.
    """
    size = sums.w.sum(axis=(2, 3))[:, :, None]

    def of_scores(weighted: Floats) -> Floats:
        """Sum of weight times column times u, per column."""
        return (weighted - shares[:, :, None] * weighted.sum(axis=-1, keepdims=True)) / size[:, :, None]

    def of_squares(weighted: Floats) -> Floats:
        """Sum of weight times u^2."""
        others = weighted.sum(axis=-1, keepdims=True) - weighted
        return ((1 - shares) ** 2 * weighted + shares**2 * others) / size**2

    b = np.einsum("xy,ityk->itxk", design.inverse, of_scores(sums.d_x))

    def of_residuals(squares: Floats, products: Floats, moments: Floats) -> Floats:
        fitted = np.einsum("xy,ityk->itxk", moments, b) - 2 * of_scores(products)
        return np.maximum(of_squares(squares) + (b * fitted).sum(axis=2), 0.0)

    n = design.answered.sum()
    unit = of_residuals(sums.v, sums.v_x, design.corrected) * n / (n - design.columns)
    totals = of_scores(sums.w) - np.einsum("xh,itxk->ithk", design.plain, b)
    centre = np.einsum("h,ithk->itk", design.factors / np.maximum(design.answered, 1), totals**2)
    return unit, np.maximum(of_residuals(sums.s, sums.s_x, design.squared) - centre, 0.0)
