"""Merging of categories and groups by a declared order, before anything is withheld."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.errors import InputError
from analysis.reports.disclosure.table import Part


@dataclass(frozen=True)
class Step:
    """One step of the declared order: these values of a dimension become one."""

    dimension: str
    values: tuple[str, ...]
    into: str


@dataclass(frozen=True)
class Merged:
    """`rows`: the respondents with merged values; `taken`: the steps that were needed; `log`: one row per step.

    The log's columns: step, dimension, values, into, taken, sensitive (cells of these values before it).
    """

    rows: pd.DataFrame
    taken: tuple[Step, ...]
    log: pd.DataFrame


def merge(
    rows: pd.DataFrame, *, steps: Sequence[Step], sensitive: Callable[[pd.DataFrame], Iterable[tuple[Part, ...]]]
) -> Merged:
    """Values merged step by step, each only where a protected cell has one of its values.

    `rows` has one row per respondent; `sensitive` gives the parts of the protected cells of such rows. Merging all
    tables alike, in the rows, leaves no two tables that differ by a group too small to be shown.
    Raises InputError for a step whose dimension or values there are not, or that merges into another value.
    """
    _check(rows, steps)
    taken: list[Step] = []
    log = []
    parts = list(sensitive(rows)) if steps else []
    for number, step in enumerate(steps, start=1):
        own = {(step.dimension, value) for value in step.values}
        held = sum(1 for cell in parts if own & set(cell))
        log.append((number, step.dimension, " + ".join(step.values), step.into, held > 0, held))
        if held:
            rows = _relabel(rows, step)
            taken.append(step)
            parts = list(sensitive(rows))
    columns = ["step", "dimension", "values", "into", "taken", "sensitive"]
    return Merged(rows, tuple(taken), pd.DataFrame(log, columns=columns))


def _check(rows: pd.DataFrame, steps: Sequence[Step]) -> None:
    """Raises InputError for the first step that cannot be taken. A class in which nobody answered is a category."""
    made: dict[str, set[str]] = {}
    for number, step in enumerate(steps, start=1):
        if step.dimension not in rows:
            raise InputError(f"merging, step {number}: there is no dimension {step.dimension!r}; correct its name.")
        column = rows[step.dimension]
        known = set(column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else column.dropna())
        known |= made.setdefault(step.dimension, set())
        if unknown := [value for value in step.values if value not in known]:
            raise InputError(
                f"merging, step {number}: {step.dimension} has no value {unknown[0]!r}; correct it, or declare it as a "
                "category if nobody there answered."
            )
        if step.into in known - set(step.values):
            raise InputError(
                f"merging, step {number}: {step.into!r} is another value of {step.dimension} already; name the merged "
                "value otherwise, or list that value too."
            )
        made[step.dimension].add(step.into)


def _relabel(rows: pd.DataFrame, step: Step) -> pd.DataFrame:
    """The rows with the values of a step as one, which takes the place of the first of them among the categories."""
    column = rows[step.dimension]
    names = dict.fromkeys(step.values, step.into)
    if isinstance(column.dtype, pd.CategoricalDtype):
        order = list(dict.fromkeys(names.get(value, value) for value in column.cat.categories))
        merged = pd.Categorical(column.astype(object).replace(names), categories=order, ordered=column.cat.ordered)
        return rows.assign(**{step.dimension: pd.Series(merged, index=rows.index)})
    return rows.assign(**{step.dimension: column.replace(names)})
