"""Secondary suppression: the cheapest cells to withhold so that no protected cell can be narrowed, exactly."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import InputError
from analysis.reports.disclosure.audit import Attack, attack, audit, enough, needs
from analysis.reports.disclosure.rules import DEFAULT, Rules
from analysis.reports.disclosure.table import CLOSE, Floats, Mask, Table

NOISE = 1e-9
INFEASIBLE = 2  # the status by which scipy says so


@dataclass(frozen=True)
class Pattern:
    """`hidden`: the cells that are withheld, in the order of the cells; `audit`: the ranges left (confidential)."""

    hidden: Mask
    audit: pd.DataFrame


@dataclass(frozen=True)
class _Goal:
    """A protected cell, the direction in which its range must reach, and how far."""

    cell: int
    sign: int
    need: float


def suppress(table: Table, *, rules: Rules = DEFAULT) -> Pattern:
    """The pattern of least cost in which each protected cell keeps the width it needs.

    Minimise the sum of cost over withheld cells, subject to the attacker's range of each protected cell reaching as
    far as `needs` says, by integer programming with cuts from the duals of the attacker's linear programs; among
    patterns of least cost the one with the smallest sum of positions, so that ties go by the order of the cells.
    Raises InputError for a protected cell that is known already, or that no pattern protects.
    Source: methods of this project, section 7.3; Fischetti and Salazar-Gonzalez (2001), Management Science 47(7).
    """
    state = table.cells["state"].to_numpy(dtype=object)
    if not table.protected.any():
        return Pattern(state == "implied", audit(table, hidden=state == "implied", rules=rules))
    must, may = table.protected | (state == "implied"), state != "fixed"
    if (must & ~may).any():
        row = table.cells[must & ~may].iloc[0]
        raise InputError(f"{row['cell']}: the cell must be withheld ({row['why']}) but is known already; merge it.")
    room, (down, up) = attack(table), needs(table, rules=rules)
    ends = ((-1, down), (1, up))
    cells = np.flatnonzero(table.protected)
    goals = [_Goal(int(cell), sign, need[cell]) for cell in cells for sign, need in ends if need[cell] > CLOSE]
    cost = table.cells["cost"].to_numpy(dtype="float64") * (state != "implied")
    cuts = [cut for goal in goals for cut in _simple(room, goal)]
    limits: list[tuple[Floats, float]] = []
    # The second round settles ties, and also cells that cost nothing: none is withheld that need not be.
    hidden = must
    for objective in (cost, np.arange(1.0, len(cost) + 1)):
        found = _cheapest(objective, room, goals=goals, cuts=cuts, limits=limits, must=must, may=may)
        if found is None:
            raise _too_narrow(table, may=may, rules=rules)
        hidden = found
        limits.append((objective, float(objective[hidden].sum())))
    return Pattern(hidden, audit(table, hidden=hidden, rules=rules))


def _too_narrow(table: Table, *, may: Mask, rules: Rules) -> InputError:
    """The error for a protected cell that stays too narrow even when all cells are withheld that may be."""
    ranges = audit(table, hidden=may, rules=rules)
    cell = ranges.loc[~ranges["safe"], "cell"].iloc[0]
    return InputError(
        f"{cell}: what is known already narrows this protected cell too far, whatever else is withheld; merge it with "
        "another, or withhold the table."
    )


def _cheapest(
    objective: Floats,
    room: Attack,
    *,
    goals: list[_Goal],
    cuts: list[Floats],
    limits: list[tuple[Floats, float]],
    must: Mask,
    may: Mask,
) -> Mask | None:
    """The cheapest pattern that meets all goals: solve, audit, add a cut for each goal that fails, until none does.

    None where no pattern meets them. `cuts` grows: what a goal asks of one objective it asks of the next.
    """
    while True:
        hidden = _solve(objective, cuts=cuts, limits=limits, must=must, may=may)
        if hidden is None:
            return None
        parts = room.parts(hidden)
        new = [cut for goal in goals for cut in _failing(room, goal, hidden=parts == parts[goal.cell])]
        if not new:
            return hidden
        # A pattern inside one that fails also fails: at least one more cell, whatever the precision of the cuts.
        cuts.extend([*new, (~hidden).astype(float)])


def _solve(
    objective: Floats, *, cuts: list[Floats], limits: list[tuple[Floats, float]], must: Mask, may: Mask
) -> Mask | None:
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    rows = csr_array(np.array([*cuts, *(-row for row, _ in limits)]).reshape(-1, len(objective)))
    # Costs are whole numbers: half of one keeps rounding out.
    least = np.array([*[1.0] * len(cuts), *(-most - 0.5 for _, most in limits)])
    result = milp(
        objective,
        integrality=np.ones(len(objective)),
        bounds=Bounds(must.astype(float), may.astype(float)),
        constraints=[LinearConstraint(rows, lb=least)] if len(least) else [],
        options={"mip_rel_gap": 0.0},
    )
    if result.status == INFEASIBLE:
        return None
    if result.x is None:
        raise ArithmeticError(f"no pattern of withheld cells was found: {result.message}")
    return np.asarray(result.x) > 0.5


def _failing(room: Attack, goal: _Goal, *, hidden: Mask) -> list[Floats]:
    """The cut that a pattern breaks in which the cell does not reach far enough; none where it does."""
    distance, prices = room.reach(goal.cell, sign=goal.sign, hidden=hidden, most=goal.need)
    return [] if enough(distance, goal.need) else [_cut(room, goal, prices)]


def _simple(room: Attack, goal: _Goal) -> list[Floats]:
    """A cut from each equation of the cell: the others in it must be able to make up for its move."""
    factors = room.matrix[:, [goal.cell]].toarray().ravel()
    prices = [np.zeros(len(factors)) for _ in np.flatnonzero(factors)]
    for price, row in zip(prices, np.flatnonzero(factors), strict=True):
        price[row] = goal.sign / factors[row]
    return [_cut(room, goal, price) for price in prices]


def _cut(room: Attack, goal: _Goal, prices: Floats) -> Floats:
    """What each cell, if withheld, adds to the reach of the goal's cell at most, in shares of the need (up to 1).

    For all prices of the equations the move of the cell is the sum of slack times move over all cells, where slack is
    the cell's own 1 less the prices of its equations, so that moves are bounded by the room of the withheld cells.
    """
    slack = -(prices @ room.matrix)
    slack[goal.cell] += goal.sign
    slack[np.abs(slack) < NOISE] = 0.0
    with np.errstate(invalid="ignore"):
        most = np.where(slack > 0, slack * room.up, -slack * room.down)
    return np.minimum(np.where(slack == 0, 0.0, most) / goal.need, 1.0)
