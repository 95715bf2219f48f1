"""Ticks with given totals of columns and limits on rows: a transportation problem, whose solution is whole."""

import numpy as np

from analysis.errors import InputError


def fill(utility: np.ndarray, *, columns: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """The 0/1 table of greatest total utility with these column totals and row totals from `low` to `high`.

    Rows are units, columns options. The linear programme has a whole solution because its matrix is totally
    unimodular. Raises InputError when no table has these totals.
    """
    return fill_cells(utility, cells=np.zeros(len(utility), dtype=int), columns=columns[:, None], low=low, high=high)


def fill_cells(
    utility: np.ndarray,
    *,
    cells: np.ndarray,
    columns: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    allowed: np.ndarray | None = None,
) -> np.ndarray:
    """As `fill`, with totals for each option and cell of units: `columns` has a row an option, a column a cell.

    Only `allowed` places may be ticked.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array, vstack

    units, options = utility.shape
    if not units:
        return np.zeros((0, options), dtype=bool)
    places = np.arange(units * options)
    unit, option = places // options, places % options
    ones = np.ones(units * options)
    by_row = coo_array((ones, (unit, places)), shape=(units, units * options))
    column = option * columns.shape[1] + cells[unit]
    by_column = coo_array((ones, (column, places)), shape=(columns.size, units * options))
    found = milp(
        -utility.ravel(),
        constraints=LinearConstraint(
            vstack([by_row, by_column], format="csr"),
            np.concatenate([low, columns.ravel()]),
            np.concatenate([high, columns.ravel()]),
        ),
        bounds=Bounds(0, 1.0 if allowed is None else allowed.ravel().astype(float)),
    )
    if found.x is None:
        raise InputError("synthetic answers: no choice of options has the totals asked for; check the printed counts.")
    chosen: np.ndarray = np.rint(found.x).astype(bool).reshape(units, options)
    return chosen
