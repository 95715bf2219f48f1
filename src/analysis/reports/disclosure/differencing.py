"""Differencing: what one published group less another says of the few respondents between them."""

from collections import Counter
from collections.abc import Collection, Mapping
from itertools import combinations
from typing import Any

import pandas as pd

from analysis.errors import InputError
from analysis.reports.disclosure.rules import DEFAULT, Rules
from analysis.reports.disclosure.table import EQUATION, Table, name, table

GROUP = "group"


def too_close(groups: Mapping[str, Collection[str]], *, rules: Rules = DEFAULT) -> pd.DataFrame:
    """The pairs of groups that differ by some respondents, but fewer than `rules.apart`: first, second, apart.

    `groups`: the respondents of each group that is published, in their declared order. Respondents who are in either
    but not in both count; the same respondents under two names are one group. Confidential, as it says how many.
    """
    rows = [
        (first, second, apart)
        for first, second in combinations(groups, 2)
        if 0 < (apart := len(set(groups[first]) ^ set(groups[second]))) < rules.apart
    ]
    return pd.DataFrame(rows, columns=["first", "second", "apart"])


def withheld(groups: Mapping[str, Collection[str]], *, rules: Rules = DEFAULT) -> tuple[str, ...]:
    """The groups that must not be published beside those declared before them, as they differ by too few."""
    kept: dict[str, Collection[str]] = {}
    for group, members in groups.items():
        if too_close({**kept, group: members}, rules=rules).empty:
            kept[group] = members
    return tuple(group for group in groups if group not in kept)


def remainders(groups: Mapping[str, Collection[str]], *, answers: Mapping[str, str], item: str) -> Table:
    """The joint system of one item over any groups, with all that sums and differences of groups can tell of it.

    `answers`: the answer of each respondent who gave one. The respondents who are in exactly the same groups are a
    remainder: never printed, of the kind `remainder`, and each group is the sum of its remainders. How many a
    remainder has is taken as known, as group sizes are published.
    Raises InputError where nobody answered.
    """
    if not answers:
        raise InputError(f"{item}: nobody answered, so that there is nothing to publish; leave the item out.")
    inside = {one: tuple(group for group, members in groups.items() if one in members) for one in answers}
    atoms = sorted({place for place in inside.values() if place}, key=lambda place: [*map([*groups].index, place)])
    values = sorted(set(answers.values()))
    counted = Counter((inside[one], answer) for one, answer in answers.items())
    cells: list[dict[str, Any]] = []
    sums: dict[str, tuple[str, list[str]]] = {}
    for atom in atoms:
        base = sum(counted[atom, value] for value in values)
        own = {"kind": "remainder", "state": "implied", "item": item, "base": base, "high": float(base)}
        cells.extend(own | {"cell": _only(atom, item, value), "value": counted[atom, value]} for value in values)
    for group in groups:
        own_atoms = [atom for atom in atoms if group in atom]
        of_group = ((GROUP, group),)
        base = sum(counted[atom, value] for atom in own_atoms for value in values)
        cells.append({"cell": name(of_group), "value": base, "base": base, "parts": of_group})
        sums[f"{name(of_group)} by {item}"] = name(of_group), [name([*of_group, (item, value)]) for value in values]
        for value in values:
            parts = (*of_group, (item, value))
            told = {"cell": name(parts), "value": sum(counted[atom, value] for atom in own_atoms), "parts": parts}
            cells.append(told | {"kind": "answer", "item": item, "base": base, "base_cell": name(of_group)})
            sums[f"{name(parts)} by remainder"] = name(parts), [_only(atom, item, value) for atom in own_atoms]
    equations = [
        (key, cell, factor)
        for key, (total, terms) in sums.items()
        for cell, factor in {total: -1.0, **dict.fromkeys(terms, 1.0)}.items()
    ]
    return table(pd.DataFrame(cells), pd.DataFrame(equations, columns=EQUATION))


def _only(atom: tuple[str, ...], item: str, value: str) -> str:
    return f"only in {' and '.join(atom)} & {item}={value}"
