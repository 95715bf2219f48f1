"""Joint systems of linked tables: size, region, unit type and waves, tied by the cells that they share."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from analysis.errors import InputError
from analysis.reports.disclosure.table import CLOSE, EQUATION, STATES, Mask, Part, Table, name, table


@dataclass(frozen=True)
class Layout:
    """What a table shows: how its respondents are crossed, and what is told of each group.

    `axes`: chains of dimensions from coarse to fine, such as ("region", "county"), which are crossed, each with its
    total; `without_total`: dimensions whose values are never put together, such as waves. `kind` is what is told:
    count (respondents), answer (the shares of an item's answers), mean or amount (the sum of a number), and `about`
    the item or number.
    """

    axes: tuple[tuple[str, ...], ...] = ()
    kind: Literal["count", "answer", "mean", "amount"] = "count"
    about: str = ""
    without_total: frozenset[str] = field(default_factory=frozenset)


class _Node(NamedTuple):
    """A class of an axis: its values from coarse to fine, and which respondents are in it."""

    axis: tuple[str, ...]
    path: tuple[str, ...]
    rows: Mask

    @property
    def part(self) -> tuple[Part, ...]:
        return ((self.axis[len(self.path) - 1], self.path[-1]),) if self.path else ()


def tabulate(rows: pd.DataFrame, layout: Layout, *, frame: pd.DataFrame | None = None) -> Table:
    """The cells of a layout with all its margins, and the sums that tie them. Nothing is protected yet.

    `rows` has one row per respondent; missing answers are a part of their group that is never printed but can be
    worked out. `frame` has one row per unit that was asked: it is public, so that no count can be larger.
    Raises InputError for a missing column or group, and a class that lies in two coarser ones.
    """
    rows, axes = _with_item(rows.reset_index(drop=True), layout)
    nodes = [list(_nodes(rows, axis, total=axis[0] not in layout.without_total)) for axis in axes]
    asked = _asked(frame, layout)
    cells: list[dict[str, Any]] = []
    for combination in product(*nodes):
        cells.extend(_cells(rows, combination, layout, asked=asked))
    equations = list(_equations(nodes, layout, made={cell["cell"] for cell in cells}))
    return table(pd.DataFrame(cells), pd.DataFrame(equations, columns=EQUATION))


def join(tables: Sequence[Table], *, known: Collection[str] = ()) -> Table:
    """One system of several tables: a cell of the same name is the same cell, and all equations hold at once.

    `known`: cells that are published already and cannot be withheld.
    Raises InputError where two tables give a cell different values, and for a known cell that is in none.
    """
    cells = pd.concat([one.cells for one in tables], ignore_index=True)
    spread = cells.groupby("cell", sort=False)["value"].agg(lambda values: values.max() - values.min())
    if (spread > CLOSE).any():
        raise InputError(
            f"{spread.idxmax()}: two tables give this cell different values; give both the same respondents, or a "
            "dimension that tells them apart."
        )
    if unknown := sorted(set(known) - set(cells["cell"])):
        raise InputError(f"{unknown[0]}: no table has this cell, which is said to be known; correct its name.")
    cells["state"] = cells["state"].mask(cells["cell"].isin(list(known)), "fixed")
    # A protected cell stays protected, and a cell that is printed anywhere is printed.
    by_cell = cells.assign(state=cells["state"].map(STATES.index)).groupby("cell")
    states, why = by_cell["state"].min().map(lambda rank: STATES[rank]), by_cell["why"].max()
    cells = cells.drop_duplicates("cell")
    cells = cells.assign(state=cells["cell"].map(states), why=cells["cell"].map(why))
    equations = pd.concat([one.equations for one in tables], ignore_index=True)
    return table(cells, equations.drop_duplicates(["equation", "cell"]))


def changes(joint: Table, *, dimension: str, earlier: str, later: str) -> Table:
    """The system with the change of each share and mean from one value of a dimension (a wave) to another.

    change = sum or count of the later / its base - the same of the earlier: as good as a number of its own to whoever
    knows the bases. Cells that one of the two does not have, or without a base, have no change.
    """
    told = joint.cells[joint.cells["kind"].isin(["answer", "mean", "amount"]) & (joint.cells["base"] > 0)]
    by_parts = {(tuple(row["parts"]), row["item"]): row for row in told.to_dict("records")}
    cells: list[dict[str, Any]] = []
    equations: list[tuple[str, str, float]] = []
    for (parts, item), new in by_parts.items():
        place = (dimension, later)
        old = by_parts.get((tuple((dimension, earlier) if part == place else part for part in parts), item))
        if place not in parts or old is None:
            continue
        cell = f"{new['cell']}: change from {dimension}={earlier}"
        change = new["value"] / new["base"] - old["value"] / old["base"]
        cells.append({"cell": cell, "value": change, "kind": "derived", "item": item, "parts": parts, "cost": 1})
        cells[-1] |= {"low": -np.inf, "base": min(new["base"], old["base"])}
        factors = {cell: -1.0, new["cell"]: 1 / new["base"], old["cell"]: -1 / old["base"]}
        equations.extend((cell, one, factor) for one, factor in factors.items())
    if not cells:
        return joint
    added = pd.DataFrame(equations, columns=EQUATION)
    both = (joint.cells, pd.DataFrame(cells)), (joint.equations, added)
    return table(*(pd.concat(frames, ignore_index=True) for frames in both))


def _with_item(rows: pd.DataFrame, layout: Layout) -> tuple[pd.DataFrame, list[tuple[str, ...]]]:
    """The rows and axes with the item's own: its answers, below whether it was answered where some did not."""
    groups = [dimension for axis in layout.axes for dimension in axis]
    wanted = [*groups, *([layout.about] if layout.kind != "count" else [])]
    if missing := [column for column in wanted if column not in rows]:
        raise InputError(f"rows: there is no column {missing[0]!r}; add it, or take it out of the layout.")
    for dimension in groups:
        if rows[dimension].isna().any():
            raise InputError(f"{dimension}: a respondent has no value; give every respondent one, if only 'unknown'.")
    if layout.kind == "count":
        return rows, list(layout.axes)
    given = rows[layout.about].notna()
    column = _given(layout)
    rows = rows.assign(**{column: given.map({True: "yes", False: "no"})})
    own = (*([column] if not given.all() else []), *([layout.about] if layout.kind == "answer" else []))
    return rows, [*layout.axes, *([own] if own else [])]


def _given(layout: Layout) -> str:
    return f"{layout.about} given"


def _nodes(rows: pd.DataFrame, axis: tuple[str, ...], *, total: bool) -> Iterator[_Node]:
    """The classes of an axis, coarse before fine, in the order of categories or else of their names."""
    if total:
        yield _Node(axis, (), np.ones(len(rows), dtype=bool))
    for depth in range(1, len(axis) + 1):
        known = rows[list(axis[:depth])].dropna()
        paths = known.drop_duplicates().sort_values(list(axis[:depth]))
        if (doubled := paths[axis[depth - 1]].duplicated()).any():
            value = paths.loc[doubled, axis[depth - 1]].iloc[0]
            raise InputError(f"{axis[depth - 1]}: {value!r} lies in two values of {axis[depth - 2]}; put it in one.")
        for path in paths.itertuples(index=False, name=None):
            inside = np.logical_and.reduce(
                [(rows[one] == value).to_numpy() for one, value in zip(axis[:depth], path, strict=True)]
            )
            yield _Node(axis, tuple(map(str, path)), inside.astype(bool))


def _cells(
    rows: pd.DataFrame, combination: tuple[_Node, ...], layout: Layout, *, asked: pd.DataFrame | None
) -> Iterator[dict[str, Any]]:
    """The cell of respondents in all these classes, and the sum over them where the layout tells one."""
    inside = np.logical_and.reduce([np.ones(len(rows), dtype=bool), *(node.rows for node in combination)])
    parts = [part for node in combination for part in node.part]
    base, last = int(inside.sum()), combination[-1] if combination else None
    own = {"cell": name(parts), "value": base, "base": base, "parts": tuple(parts), "high": _most(parts, asked)}
    given = (_given(layout), "yes")
    if (given[0], "no") in parts:
        yield own | {"state": "implied"}
    elif layout.kind == "answer" and parts and parts[-1][0] == layout.about and last is not None:
        of = [*parts[:-1], *([given] if len(last.axis) > 1 else [])]
        groups = np.logical_and.reduce([np.ones(len(rows), dtype=bool), *(node.rows for node in combination[:-1])])
        base = int((groups & rows[layout.about].notna().to_numpy()).sum())
        yield own | {"kind": "answer", "item": layout.about, "base": base, "base_cell": name(of)}
    else:
        yield own
        # Where some gave no number, the sum is of those who did.
        if layout.kind in ("mean", "amount") and (given in parts or given[0] not in (last.axis if last else ())):
            numbers = rows.loc[inside, layout.about].astype("float64").sort_values(ascending=False)
            told = {"cell": name(parts, measure=layout.about), "value": numbers.sum(), "kind": layout.kind}
            told |= {"item": layout.about, "base_cell": own["cell"], "high": np.inf}
            yield own | told | {"contributions": tuple(numbers)}


def _asked(frame: pd.DataFrame | None, layout: Layout) -> pd.DataFrame | None:
    groups = [dimension for axis in layout.axes for dimension in axis]
    if frame is not None and (missing := [column for column in groups if column not in frame]):
        raise InputError(f"frame: there is no column {missing[0]!r}; add it, or take it out of the layout.")
    return None if frame is None else frame[groups].astype(str)


def _most(parts: Sequence[Part], asked: pd.DataFrame | None) -> float:
    """How many units of the frame are in all these classes, as far as the frame knows them."""
    if asked is None:
        return np.inf
    inside = [(asked[dimension] == value).to_numpy() for dimension, value in parts if dimension in asked]
    return float(np.logical_and.reduce([np.ones(len(asked), dtype=bool), *inside]).sum())


def _equations(nodes: list[list[_Node]], layout: Layout, *, made: set[str]) -> Iterator[tuple[str, str, float]]:
    """Each cell less the sum of its parts along each axis, for counts and for sums, as far as there are such cells."""
    measures = ["", *([layout.about] if layout.kind in ("mean", "amount") else [])]
    for place, axis in enumerate(nodes):
        for whole in axis:
            parts = [node for node in axis if node.path and node.path[:-1] == whole.path and node is not whole]
            for others in product(*nodes[:place], *nodes[place + 1 :]) if parts else ():
                for measure in measures:
                    terms = {_name([whole, *others], measure): -1.0}
                    terms |= {_name([part, *others], measure): 1.0 for part in parts}
                    sum_of = f"{_name([whole, *others], measure)} by {parts[0].part[0][0]}"
                    if terms.keys() <= made:
                        yield from ((sum_of, cell, factor) for cell, factor in terms.items())


def _name(nodes: Sequence[_Node], measure: str) -> str:
    return name([part for node in nodes for part in node.part], measure=measure)
