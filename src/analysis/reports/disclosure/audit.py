"""What an attacker can work out: the narrowest range of each protected cell, by linear programming."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.reports.disclosure.rules import DEFAULT, Rules
from analysis.reports.disclosure.table import CLOSE, Floats, Mask, Table

if TYPE_CHECKING:
    from scipy.sparse import csc_array

UNBOUNDED = 3  # the status by which scipy says so


@dataclass(frozen=True)
class Attack:
    """How far values may move from the truth without a contradiction to the equations.

    `matrix`: equations by cells; `down` and `up`: room of each cell below and above its true value.
    """

    matrix: "csc_array"
    down: Floats
    up: Floats

    def parts(self, hidden: Mask) -> NDArray[np.int64]:
        """The part that each withheld cell belongs to, -1 for published ones: no part says anything of another."""
        from scipy.sparse.csgraph import connected_components

        inside = abs(self.matrix[:, np.flatnonzero(hidden)])
        labels = np.full(len(hidden), -1)
        labels[hidden] = connected_components(inside.T @ inside, directed=False)[1]
        return labels

    def reach(self, cell: int, *, sign: int, hidden: Mask, most: float = np.inf) -> tuple[float, Floats]:
        """How far a hidden cell can be moved up (sign 1) or down (-1), at most so far, and the price of each equation.

        All other cells than the hidden ones stay as they are. The distance is infinite where nothing limits it.
        """
        from scipy.optimize import linprog

        columns = np.flatnonzero(hidden)
        place = int(np.searchsorted(columns, cell))
        inside = self.matrix[:, columns].tocsr()
        rows = np.flatnonzero(np.diff(inside.indptr))
        bounds = np.column_stack([-self.down[columns], self.up[columns]])
        bounds[place] = np.clip(bounds[place], -most, most)
        goal = np.zeros(len(columns))
        goal[place] = -sign
        prices = np.zeros(inside.shape[0])
        if not len(rows):
            return float(abs(bounds[place, (sign + 1) // 2])), prices
        # Without presolve the solver tells an unbounded cell from one it could not decide.
        result = linprog(
            goal,
            A_eq=inside[rows],
            b_eq=np.zeros(len(rows)),
            bounds=bounds,
            method="highs",
            options={"presolve": False},
        )
        if result.status == UNBOUNDED:
            return np.inf, prices
        if not result.success:
            raise ArithmeticError(f"the audit of cell {cell} has no solution: {result.message}")
        prices[rows] = -result.eqlin.marginals
        return float(-result.fun), prices


def attack(table: Table) -> Attack:
    """The attacker's problem for a table: its equations, and the room that common knowledge leaves each cell."""
    return Attack(table.matrix().tocsc(), *_room(table))


def needs(table: Table, *, rules: Rules = DEFAULT) -> tuple[Floats, Floats]:
    """How far the range of each cell must reach below and above its true value: max(least, share of the value).

    No farther than what everybody knows beforehand: no table can widen that.
    """
    wide = np.maximum(rules.least, rules.share * np.abs(table.values))
    below, above = _room(table)
    return np.minimum(wide, below), np.minimum(wide, above)


def enough(distance: float, need: float) -> bool:
    """Whether a distance meets a need, as far as the solver's precision can tell."""
    return distance >= need - CLOSE * max(1.0, need)


def audit(table: Table, *, hidden: Mask, rules: Rules = DEFAULT) -> pd.DataFrame:
    """The range of each protected cell that follows from all published cells and equations jointly.

    `hidden`: the cells that are withheld, in the order of the cells. One row per protected cell: cell, why, value,
    low and high (the range, infinite where open), needed_low and needed_high, safe. A protected cell that is not
    withheld has its value as range. The table is confidential.
    Source: methods of this project, section 7.3.
    """
    room, values, (down, up) = attack(table), table.values, needs(table, rules=rules)
    rows = []
    parts = room.parts(hidden)
    for cell in np.flatnonzero(table.protected).tolist():
        part = parts == parts[cell]
        below, above = (room.reach(cell, sign=sign, hidden=part)[0] if hidden[cell] else 0.0 for sign in (-1, 1))
        safe = enough(below, down[cell]) and enough(above, up[cell])
        about = (table.cells["cell"].iloc[cell], table.cells["why"].iloc[cell], values[cell])
        reached = (_tidy(values[cell] - below), _tidy(values[cell] + above))
        rows.append((*about, *reached, values[cell] - down[cell], values[cell] + up[cell], safe))
    columns = ["cell", "why", "value", "low", "high", "needed_low", "needed_high", "safe"]
    return pd.DataFrame(rows, columns=columns).astype({"safe": "bool"})


def _room(table: Table) -> tuple[Floats, Floats]:
    """The distance from each true value down and up to what everybody knows of the cell beforehand."""
    low, high = (table.cells[column].to_numpy(dtype="float64") for column in ("low", "high"))
    return table.values - low, high - table.values


def _tidy(value: float) -> float:
    """Without the last digits of the solver, so that logs are the same everywhere; never a negative zero."""
    return round(value, 6) + 0.0
