"""The calibration columns: categories of the margins and other auxiliaries, with their totals, at full rank."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.survey.adjustment.margins import Floats, Margin, NoWeights, checked_margins

# A column of which less than this share is left beside the others says nothing new.
RANK = 1e-9


class Design(NamedTuple):
    """Calibration columns (respondents x columns), the total of each in the frame, and what each one is."""

    matrix: Floats
    totals: Floats
    columns: tuple[str, ...]


def design_matrix(
    margins: Sequence[Margin], x: pd.DataFrame | ArrayLike | None = None, *, totals: ArrayLike | None = None
) -> Design:
    """The calibration columns at full rank: an indicator of each category, then the auxiliaries `x`.

    `x` has one row per respondent and `totals` its totals in the frame (in the order of its columns, or by name).
    Columns that are sums of others are left out, found by QR with pivoting; `left_out` lists them.
    Raises NoWeights for what `checked_margins` refuses and for values of x or totals that are not finite.
    """
    full = all_columns(margins, x, totals=totals)
    kept = independent(full.matrix)
    return Design(full.matrix[:, kept], full.totals[kept], tuple(full.columns[place] for place in kept))


def left_out(margins: Sequence[Margin], x: pd.DataFrame | ArrayLike | None = None) -> tuple[str, ...]:
    """The calibration columns that are sums of others, so that weights which meet those meet them too."""
    totals = None if x is None else np.ones(_table(x).shape[1])
    full = all_columns(margins, x, totals=totals)
    kept = set(independent(full.matrix))
    return tuple(name for place, name in enumerate(full.columns) if place not in kept)


def all_columns(
    margins: Sequence[Margin], x: pd.DataFrame | ArrayLike | None = None, *, totals: ArrayLike | None = None
) -> Design:
    """The calibration columns with those that are sums of others (see `design_matrix`)."""
    if x is None and totals is not None:
        raise NoWeights("totals: they were given without the auxiliaries x that they belong to; give both or neither.")
    parts: list[Floats] = []
    targets: list[Floats] = []
    names: list[str] = []
    if margins or x is None:
        n = len(margins[0].codes) if margins else 0
        for one in checked_margins(margins, sums=[one.sums() for one in margins], n=n):
            parts.append((one.codes[:, None] == np.arange(len(one.labels))).astype(float))
            targets.append(one.totals)
            names += [f"{one.name}: {label}" for label in one.labels]
    if x is not None:
        table = _table(x)
        parts.append(table.to_numpy(dtype=float))
        targets.append(_totals(table, totals))
        names += [str(column) for column in table.columns]
    if len({len(part) for part in parts}) > 1:
        raise NoWeights(f"x: {len(parts[-1])} rows for {len(parts[0])} respondents; give one row each.")
    return Design(np.hstack(parts), np.concatenate(targets), tuple(names))


def independent(matrix: Floats) -> NDArray[np.intp]:
    """Which columns span all of them, in order, by QR with column pivoting."""
    from scipy.linalg import qr

    scale = np.linalg.norm(matrix, axis=0)
    reduced = np.linalg.qr(matrix / np.where(scale > 0, scale, 1.0), mode="r")
    diagonal, pivots = qr(reduced, mode="r", pivoting=True)
    return np.sort(pivots[: len(reduced)][np.abs(np.diag(diagonal)) > RANK])


def _table(x: pd.DataFrame | ArrayLike) -> pd.DataFrame:
    if isinstance(x, pd.DataFrame):
        return x
    values = np.asarray(x, dtype=float)
    values = values[:, None] if values.ndim == 1 else values
    return pd.DataFrame(values, columns=[f"x{place + 1}" for place in range(values.shape[1])])


def _totals(table: pd.DataFrame, totals: ArrayLike | None) -> Floats:
    """The totals of the auxiliaries, in the order of the columns."""
    if totals is None:
        raise NoWeights(f"x: no total of {', '.join(map(str, table.columns))} was given; give one for each column.")
    given = totals.reindex(table.columns) if isinstance(totals, pd.Series) else totals
    values = np.atleast_1d(np.asarray(given, dtype=float))
    if values.shape != (table.shape[1],):
        raise NoWeights(f"x: {len(values)} totals for {table.shape[1]} columns; give one for each column.")
    for place, column in enumerate(table.columns):
        if not (np.isfinite(values[place]) and np.isfinite(table[column].to_numpy(dtype=float)).all()):
            raise NoWeights(f"{column}: a value or its total is missing or infinite; complete the frame.")
    return values
