"""A table of respondents crossed by groups as a system: its cells with all margins, and the sums that tie them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from analysis.errors import InputError
from analysis.reports.disclosure.table import EQUATION, Mask, Part, Table, name, table


@dataclass(frozen=True)
class Layout:
    """What a table shows: how its respondents are crossed, and what is told of each group.

    `axes`: chains of dimensions from coarse to fine, such as ("region", "county"), which are crossed, each with its
    total. `kind` is what is told: count (respondents), answer (shares of the answers to an item), mean or amount (sum
    of a number), and `about` the item or number.
    """

    axes: tuple[tuple[str, ...], ...] = ()
    kind: Literal["count", "answer", "mean", "amount"] = "count"
    about: str = ""


class _Node(NamedTuple):
    """A class of an axis: its values from coarse to fine, and which respondents are in it."""

    axis: tuple[str, ...]
    path: tuple[str, ...]
    rows: Mask

    @property
    def part(self) -> tuple[Part, ...]:
        return ((self.axis[len(self.path) - 1], self.path[-1]),) if self.path else ()


def tabulate(rows: pd.DataFrame, layout: Layout) -> Table:
    """The cells of a layout with all its margins, and the sums that tie them. Nothing is protected yet.

    `rows` has one row per respondent; missing answers are a part of their group that is never printed but can be
    worked out. Raises InputError for a missing column or group, and a class that lies in two coarser ones.
    """
    rows, axes = _with_item(rows.reset_index(drop=True), layout)
    nodes = [list(_nodes(rows, axis)) for axis in axes]
    cells: list[dict[str, Any]] = []
    for combination in product(*nodes):
        cells.extend(_cells(rows, combination, layout))
    equations = list(_equations(nodes, layout, made={cell["cell"] for cell in cells}))
    return table(pd.DataFrame(cells), pd.DataFrame(equations, columns=EQUATION))


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


def _nodes(rows: pd.DataFrame, axis: tuple[str, ...]) -> Iterator[_Node]:
    """The classes of an axis, coarse before fine, in the order of categories or else of their names."""
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


def _cells(rows: pd.DataFrame, combination: tuple[_Node, ...], layout: Layout) -> Iterator[dict[str, Any]]:
    """The cell of respondents in all these classes, and the sum over them where the layout tells one."""
    inside = np.logical_and.reduce([np.ones(len(rows), dtype=bool), *(node.rows for node in combination)])
    parts = [part for node in combination for part in node.part]
    base, last = int(inside.sum()), combination[-1] if combination else None
    own = {"cell": name(parts), "value": base, "base": base, "parts": tuple(parts)}
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
