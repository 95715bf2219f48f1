"""The cells that a reader sees or can work out, and the sums that tie them together."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import InputError

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Part = tuple[str, str]  # a dimension and a value of it

# A base is a number of respondents that is taken as known and not printed by itself.
KINDS = ("count", "answer", "mean", "amount", "remainder", "base")
# fixed: is known already; free: may be published or withheld; implied: never printed, but may be worked out.
STATES = ("fixed", "free", "implied")

# What a cell has where nothing else is said of it: the attacker knows that it is not negative, and no more.
DEFAULTS: dict[str, str | float] = {"kind": "count", "item": "", "why": "", "state": "free", "low": 0.0, "high": np.inf}
EQUATION = ["equation", "cell", "factor"]
CLOSE = 1e-6


@dataclass(frozen=True)
class Table:
    """Cells and the equations between them; several linked tables are one of these.

    `cells`: a row per cell with `cell` (its name), `value` (respondents, or the sum of an amount; a share with its base
    is a count, a mean with its base is a sum), `kind`, `item`, `base` (respondents behind it), `base_cell`, `why` (the
    word key of the rule that protects it, or empty), `state`, `low` and `high` (what everybody knows of it beforehand),
    `cost` of withholding it (a whole number), `parts` and `contributions` (largest first).
    `equations`: equation, cell, factor: in each equation the sum of factor times value is 0.
    """

    cells: pd.DataFrame
    equations: pd.DataFrame

    @property
    def values(self) -> Floats:
        """The true values, in the order of the cells."""
        return self.cells["value"].to_numpy(dtype="float64")

    @property
    def protected(self) -> Mask:
        """The cells that a rule protects."""
        return self.cells["why"].to_numpy(dtype=object) != ""

    def matrix(self) -> "csr_array":
        """The equations as a sparse matrix, equations by cells."""
        from scipy.sparse import csr_array

        rows, names = pd.factorize(self.equations["equation"])
        columns = pd.Index(self.cells["cell"]).get_indexer(self.equations["cell"])
        factors = self.equations["factor"].to_numpy(dtype="float64")
        return csr_array((factors, (rows, columns)), shape=(len(names), len(self.cells)))


def name(parts: Iterable[Part], *, measure: str = "") -> str:
    """The name of a cell by what its respondents have in common, the same in every table that shows it."""
    labels = " & ".join(sorted(f"{dimension}={value}" for dimension, value in parts)) or "all"
    return f"{labels}: sum of {measure}" if measure else labels


def table(cells: pd.DataFrame, equations: pd.DataFrame) -> Table:
    """A table of cells and equations, with what is not said filled in, after checking that it can be.

    `cells` needs `cell` and `value`; the cost of withholding a cell is its value, rounded up, unless given. Without
    `base` a count is its own base.
    Raises InputError for a missing, doubled or unknown cell, a value that is missing or outside its bounds, and an
    equation that the values do not meet.
    """
    _has_columns(cells, ["cell", "value"], of="cells")
    _has_columns(equations, EQUATION, of="equations")
    full = cells.reset_index(drop=True).copy()
    full["value"] = pd.to_numeric(full["value"], errors="coerce").astype("float64")
    for column, default in DEFAULTS.items():
        full[column] = full[column].fillna(default) if column in full else default
    given = {"base": full["value"], "base_cell": full["cell"], "cost": np.ceil(full["value"].clip(lower=0))}
    for column, values in given.items():
        full[column] = full[column].fillna(values) if column in full else values
    for column in ("parts", "contributions"):
        said = full[column] if column in full else [()] * len(full)
        full[column] = pd.Series([one if isinstance(one, tuple) else () for one in said], dtype=object)
    made = Table(full, equations[EQUATION].reset_index(drop=True))
    _check_cells(full)
    _check_equations(made)
    return made


def _has_columns(frame: pd.DataFrame, columns: list[str], *, of: str) -> None:
    if missing := [column for column in columns if column not in frame]:
        raise InputError(f"{of}: there is no column {missing[0]!r}; give {', '.join(columns)}.")


def _check_cells(cells: pd.DataFrame) -> None:
    """Raises InputError for the first cell that cannot be."""
    doubled = cells["cell"].duplicated()
    outside = (cells["value"] < cells["low"]) | (cells["value"] > cells["high"])
    cost = pd.to_numeric(cells["cost"], errors="coerce")
    problems = {
        "stands twice among the cells; give each cell once": doubled,
        "has no value; give a number": ~np.isfinite(cells["value"]),
        "has a value outside what is known of it beforehand; correct the value, low or high": outside,
        f"is of an unknown kind; use one of {', '.join(KINDS)}": ~cells["kind"].isin(KINDS),
        f"is in an unknown state; use one of {', '.join(STATES)}": ~cells["state"].isin(STATES),
        "has a cost that is no whole number from 0; correct it": ~((cost >= 0) & (cost % 1 == 0)),
    }
    for problem, rows in problems.items():
        if rows.any():
            raise InputError(f"{cells.loc[rows, 'cell'].iloc[0]}: the cell {problem}.")


def _check_equations(made: Table) -> None:
    """Raises InputError for an equation that names an unknown cell, has no factor, or does not hold."""
    unknown = ~made.equations["cell"].isin(made.cells["cell"])
    if unknown.any():
        row = made.equations[unknown].iloc[0]
        raise InputError(f"{row['equation']}: there is no cell {row['cell']!r}; add the cell, or drop the equation.")
    if not np.isfinite(pd.to_numeric(made.equations["factor"], errors="coerce")).all():
        raise InputError("equations: a factor is missing or no number; give 1 for a part and -1 for its total.")
    matrix = made.matrix()
    gaps = np.abs(matrix @ made.values)
    off = np.flatnonzero(gaps > CLOSE * np.maximum(1.0, abs(matrix) @ np.abs(made.values)))
    if len(off):
        first = pd.factorize(made.equations["equation"])[1][off[0]]
        raise InputError(f"{first}: the values miss the equation by {gaps[off[0]]:g}; correct a part or its total.")
