"""Differencing: what one published group less another says of the few respondents between them."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pandas as pd

from analysis.errors import InputError
from analysis.reports.disclosure.rules import DEFAULT, Rules
from analysis.reports.disclosure.table import EQUATION, Table, name, table

GROUP = "group"
_Atom = tuple[str, ...]


@dataclass(frozen=True)
class Piece:
    """The cells of one item, and the totals among them with the cells that each is the sum of."""

    cells: list[dict[str, Any]]
    sums: Mapping[str, tuple[str, list[str]]]


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


def system(pieces: Iterable[Piece]) -> Table:
    """One joint system of many items and numbers; each piece has names of its own."""
    found = list(pieces)
    equations = [
        (key, cell, factor)
        for piece in found
        for key, (total, terms) in piece.sums.items()
        for cell, factor in {total: -1.0, **dict.fromkeys(terms, 1.0)}.items()
    ]
    return table(
        pd.DataFrame([cell for piece in found for cell in piece.cells]), pd.DataFrame(equations, columns=EQUATION)
    )


def remainders(
    groups: Mapping[str, Collection[str]], *, answers: Mapping[str, str], item: str, options: Collection[str] = ()
) -> Piece:
    """The cells of one item over any groups, with all that sums and differences of groups can tell of it.

    `answers`: the answer of each respondent who gave one, of the `options` that there were. The respondents who are in
    exactly the same groups are a remainder: never printed, of the kind `remainder`, and each group is the sum of its
    remainders. How many a group or remainder has is taken as known, whether it is printed or not.
    Raises InputError where nobody answered.
    """
    atoms = _atoms(groups, answers, item=item)
    values = sorted({*options, *answers.values()})
    counted = Counter((atom, answers[one]) for atom, members in atoms.items() for one in members)
    cells: list[dict[str, Any]] = []
    sums: dict[str, tuple[str, list[str]]] = {}

    def add(label: str, terms: dict[str, str], *, inside: list[_Atom], told: dict[str, Any]) -> None:
        """The number of a group or remainder, and of those among them with each answer."""
        base, total = sum(len(atoms[atom]) for atom in inside), f"{label} answering {item}"
        cells.append({"cell": total, "value": base, "base": base, "kind": "base", "state": "fixed"})
        sums[total] = total, list(terms.values())
        for value, cell in terms.items():
            number = sum(counted[atom, value] for atom in inside)
            own = {"cell": cell, "value": number, "item": item, "base": base, "high": float(base), "base_cell": total}
            cells.append(own | told)

    for atom in atoms:
        only = {value: f"{_only(atom)} & {item}={value}" for value in values}
        add(_only(atom), only, inside=[atom], told={"kind": "remainder", "state": "implied"})
    for group in groups:
        of_group, own = ((GROUP, group),), [atom for atom in atoms if group in atom]
        terms = {value: name([*of_group, (item, value)]) for value in values}
        add(name(of_group), terms, inside=own, told={"kind": "answer", "parts": of_group})
        for value, cell in terms.items():
            sums[f"{cell} by remainder"] = cell, [f"{_only(atom)} & {item}={value}" for atom in own]
    return Piece(cells, sums)


def sums(
    groups: Mapping[str, Collection[str]], *, numbers: Mapping[str, float], item: str, kind: str, high: float
) -> Piece:
    """The sums of one number over any groups, as `remainders`.

    `numbers`: from 0 to `high`, of each respondent who gave one; `kind`: `mean` or `amount`, which dominance rules
    protect. Raises InputError where nobody gave one.
    """
    atoms = _atoms(groups, numbers, item=item)
    cells: list[dict[str, Any]] = []
    for atom, members in atoms.items():
        own = {"cell": f"{_only(atom)}: sum of {item}", "kind": "remainder", "state": "implied"}
        cells.append(own | _sum_of([numbers[one] for one in members], item=item, high=high))
    ties: dict[str, tuple[str, list[str]]] = {}
    for group in groups:
        parts, inside = ((GROUP, group),), [atom for atom in atoms if group in atom]
        given = [numbers[one] for atom in inside for one in atoms[atom]]
        cell = name(parts, measure=item)
        cells.append({"cell": cell, "kind": kind, "parts": parts} | _sum_of(given, item=item, high=high))
        ties[f"{cell} by remainder"] = cell, [f"{_only(atom)}: sum of {item}" for atom in inside]
    return Piece(cells, ties)


def _atoms(groups: Mapping[str, Collection[str]], said: Mapping[str, object], *, item: str) -> dict[_Atom, list[str]]:
    """The respondents who are in exactly the same groups, by these groups; those in none are left out."""
    if not said:
        raise InputError(f"{item}: nobody answered, so that there is nothing to publish; leave the item out.")
    found: dict[_Atom, list[str]] = {}
    for one in said:
        if atom := tuple(group for group, members in groups.items() if one in members):
            found.setdefault(atom, []).append(one)
    order = {group: place for place, group in enumerate(groups)}
    return {atom: found[atom] for atom in sorted(found, key=lambda atom: [order[group] for group in atom])}


def _sum_of(given: list[float], *, item: str, high: float) -> dict[str, Any]:
    """What a cell says of some numbers: their sum, how many they are, and what everybody knows of it beforehand."""
    contributions = tuple(sorted(given, reverse=True))
    most = high * len(given) if given else 0.0
    return {"value": sum(contributions), "item": item, "base": len(given), "contributions": contributions, "high": most}


def _only(atom: _Atom) -> str:
    return f"only in {' and '.join(atom)}"
