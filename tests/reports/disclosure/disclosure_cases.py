"""Small tables for the tests of disclosure control."""

import numpy as np
import pandas as pd

from analysis.reports.disclosure.table import EQUATION, table


def crossed(counts, protected=()):
    """A two-way table with its margins; cells are named by row and column, `*` is the total."""
    inner = np.array(counts)
    full = np.pad(inner, ((0, 1), (0, 1)))
    full[-1, :-1], full[:-1, -1], full[-1, -1] = inner.sum(axis=0), inner.sum(axis=1), inner.sum()
    rows, columns = ([*map(str, range(size)), "*"] for size in inner.shape)
    named = {f"{row},{column}": full[i, j] for i, row in enumerate(rows) for j, column in enumerate(columns)}
    why = ["rule" if cell in protected else "" for cell in named]
    lines = {f"row {row}": [f"{row},{column}" for column in columns] for row in rows}
    lines |= {f"column {column}": [f"{row},{column}" for row in rows] for column in columns}
    equations = [(line, cell, -1.0 if cell == cells[-1] else 1.0) for line, cells in lines.items() for cell in cells]
    cells = pd.DataFrame({"cell": list(named), "value": list(named.values()), "why": why})
    return table(cells, pd.DataFrame(equations, columns=EQUATION))


def respondents(counts, dimensions):
    """One row per respondent from the number of each combination of values."""
    rows = [values for values, number in counts.items() for _ in range(number)]
    return pd.DataFrame(rows, columns=dimensions)


def hidden(made, cells):
    """The mask of some cells."""
    return made.cells["cell"].isin(list(cells)).to_numpy()


def names(made, mask):
    """The names of the cells of a mask."""
    return set(made.cells.loc[mask, "cell"])
