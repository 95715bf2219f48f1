"""Somebody who knows the frame, who answered what, and what the site shows, and works out what one unit answered."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from analysis.survey.tabulate import Cell, Tables

Group = tuple[str, str]  # a unit type and a part of it


def ranges(published: pd.DataFrame, answers: pd.Series, *, item: str, groups: Sequence[Group], tables: Tables) -> Any:
    """For each group and answer of an item: the lowest and highest number of units that can have given it.

    `published`: the rows of the site's estimates. `answers`: the true ones, of which only who gave one is used: a
    variable for each answer in each set of units that are in the same groups.
    """
    inside = np.array([tables.part(Cell(item, unit_type=one, subset=subset)) for one, subset in groups])
    given = answers.notna().to_numpy()
    keys, atoms = np.unique(inside[:, given], axis=1, return_inverse=True)
    sizes, options = np.bincount(atoms.ravel()), chosen_from(item, tables)
    places = {(atom, option): n for n, (atom, option) in enumerate((a, o) for a in range(len(sizes)) for o in options)}
    rows, totals = [], []
    for atom, size in enumerate(sizes):
        rows.append([float(key[0] == atom) for key in places])
        totals.append(float(size))

    def counted(group: int, category: set[str]) -> list[float]:
        return [float(bool(keys[group, atom]) and option in category) for atom, option in places]

    own = published[(published["item"] == item) & (published["estimand"] == "R") & published["k"].notna()]
    for row in own.to_dict("records"):
        rows.append(counted(groups.index((row["unit_type"], plain(row["subset"]))), set(row["category"].split("|"))))
        totals.append(float(row["k"]))
    found: dict[tuple[str, str, str], tuple[float, float]] = {}
    for number, group in enumerate(groups):
        for option in options:
            goal = np.array(counted(number, {option}))
            ends = [linprog(sign * goal, A_eq=rows, b_eq=totals, method="highs").fun for sign in (1, -1)]
            found[option, *group] = (ends[0], -ends[1])
    return found


def protected(
    answers: pd.Series, *, item: str, groups: Sequence[Group], tables: Tables
) -> dict[tuple[str, str, str], Any]:
    """The cells that must not be narrowed, by the rules as methods has them, each with the range that it must keep.

    A base below 5, or below 10 with one answer; the range reaches 1 or 15 percent to both sides, as far as it can.
    """
    found = {}
    for unit_type, subset in groups:
        own = answers[tables.part(Cell(item, unit_type=unit_type, subset=subset))].dropna()
        counts, n = own.value_counts(), len(own)
        if n and (n < 5 or (n < 10 and len(counts) == 1)):
            for option in chosen_from(item, tables):
                value = int(counts.get(option, 0))
                need = max(1.0, 0.15 * value)
                found[option, unit_type, subset] = value - min(need, value), value + min(need, n - value)
    return found


def plain(subset: str) -> str:
    return ";".join(one for one in subset.split(";") if one != "asked")


def narrowed(found: Mapping[Any, tuple[float, float]], must: Mapping[Any, tuple[float, float]]) -> list[Any]:
    """The protected cells whose range is narrower than it must be."""
    slack = 1e-6
    return [cell for cell, (low, high) in must.items() if found[cell][0] > low + slack or found[cell][1] < high - slack]


def chosen_from(item: str, tables: Tables) -> list[str]:
    """The answers that the questionnaire allows."""
    return [one.option for one in tables.wave.options_of(item) if one.value is not None]


def given(item: str, tables: Tables) -> pd.Series:
    """The answers to an item as options, missing where there is none."""
    described = tables.wave.item(item)
    names = {tables.values(described, (one.option,))[0]: one.option for one in tables.wave.options_of(item)}
    return tables.data[item].astype("Float64").map(names, na_action="ignore")
