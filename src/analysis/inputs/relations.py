"""Relations between printed figures: what forms a choice, a whole, a ranking, a product, or stands beside a word."""

import ast
from collections import Counter
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import pandas as pd
from pydantic import Field, field_validator

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import tables
from analysis.inputs.register import Id, Key

R = TypeVar("R", bound=tables.Record)

EXTENTS = ("complete", "open", "overlapping")
FORMULAS = ("arithmetic", "reference")  # the kinds whose `how` is a formula and whose roles are its names
ONE, SOME, ANY = (1, 1), (1, None), (0, None)  # the fewest and the most members of a role
AT_MOST_ONE = (0, 1)
# The roles of each kind; a formula names its own, each once.
ROLES: dict[str, dict[str, tuple[int, int | None]]] = {
    "single_choice": {"option": (2, None), "asked": AT_MOST_ONE},
    "parts": {"whole": ONE, "part": SOME},
    "subgroups": {"total": ONE, "group": ANY, "group_without": ANY},
    "group_sizes": {"total": ONE, "count": SOME, "share": SOME},
    "ranking": {"ranked": SOME, "lower": ANY, "higher": ANY},
    "range": {"value": ONE, "minimum": AT_MOST_ONE, "maximum": AT_MOST_ONE},
    "mean_of_counts": {"mean": ONE, "number": SOME, "item": SOME, "ceiling": ANY, "floor": ANY},
    "register": {"register": ONE, "survey": ONE},
    "asked": {"asked": ONE, "answered": SOME},
    "word": {"word": ONE, "figure": ANY},
    "table": {"row": SOME},
}
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div)
PLACED = ("ranked", "row", "count", "share")  # roles with a place in an order

Exact = Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)?$")]


class Relation(tables.Record):
    """One row of `relations.csv`: figures that say something about each other, and where a source says so.

    `how` is the extent of a choice or of parts (`complete`: they make up the whole; `open`: some are not printed;
    `overlapping`: a unit can be in several), or the formula of an arithmetic relation.
    """

    relation_id: Id
    kind: Literal[
        "single_choice",
        "parts",
        "subgroups",
        "ranking",
        "range",
        "mean_of_counts",
        "arithmetic",
        "reference",
        "register",
        "asked",
        "word",
        "table",
        "group_sizes",
    ]
    how: str | None = Field(default=None, validate_default=True)
    label_en: str
    source_locator: str

    @field_validator("how")
    @classmethod
    def _how(cls, how: str | None, info: object) -> str | None:
        kind = getattr(info, "data", {}).get("kind")
        if kind in FORMULAS:
            formula_names(how or "")
        elif kind in ("single_choice", "parts", "subgroups"):
            if how not in EXTENTS:
                raise ValueError(f"one of {', '.join(EXTENTS)} is expected")
        elif how is not None:
            raise ValueError(f"a relation of kind {kind} has none")
        return how


class Member(tables.Record):
    """One row of `relation_members.csv`: a figure or a reference record in its role.

    `value` is the place in a ranking (1 is the highest), the row of a table, or the word that a figure stands for.
    """

    relation_id: str
    role: Key
    figure_id: str | None = None
    reference_id: str | None = None
    value: str | None = None


class Reference(tables.Record):
    """One row of `reference_records.csv`: a fact from outside the reports at a date; `series` joins its dates."""

    reference_id: Id
    series: Id
    reference_date: date
    value: Exact
    unit: str
    source: str


class Term(tables.Record):
    """One row of `terms.csv`: a word for a share, and how far from it a figure may lie (percentage points).

    No `share`: the word limits the number beside it. No `tolerance`: half a unit of the number's last digit above 0.
    """

    term_id: Key
    label_en: str
    share: Annotated[str, Field(pattern=r"^[0-9]+(/[1-9][0-9]*)?$")] | None = None
    side: Literal["about", "below", "above"]
    tolerance: Exact | None = None


@dataclass(frozen=True)
class Relations:
    """The relations as four lists, in the order of the files."""

    relations: tuple[Relation, ...] = ()
    members: tuple[Member, ...] = ()
    references: tuple[Reference, ...] = ()
    terms: tuple[Term, ...] = ()


def load_relations(figures: pd.DataFrame, *, folder: Path | None = None) -> Relations:
    """The checked relations between the figures, from `data/raw/published` unless another folder is given.

    A folder without `relations.csv` has none. Raises InputError in one sentence that names file, row and column.
    """
    folder = folder or paths.published()
    if not (folder / "relations.csv").is_file():
        return Relations()
    found = Relations(
        relations=tuple(tables.read_table(folder / "relations.csv", Relation, key=["relation_id"])),
        members=tuple(tables.read_table(folder / "relation_members.csv", Member)),
        references=_optional(folder / "reference_records.csv", Reference, "reference_id"),
        terms=_optional(folder / "terms.csv", Term, "term_id"),
    )
    _check_members(folder / "relation_members.csv", found, figures=set(figures["figure_id"]))
    _check_complete(folder / "relations.csv", found)
    return found


def formula_names(formula: str) -> tuple[str, ...]:
    """The names in a formula of + - * / over names and whole numbers, sorted. Raises ValueError for anything else."""
    try:
        tree = ast.parse(formula, mode="eval")
    except SyntaxError:
        raise ValueError(f"{formula!r} is no formula of names and + - * /") from None
    allowed = (ast.Expression, ast.BinOp, *OPERATORS, ast.Name, ast.Load, ast.Constant)
    nodes = list(ast.walk(tree))
    constants = [node.value for node in nodes if isinstance(node, ast.Constant)]
    if not all(isinstance(node, allowed) for node in nodes) or not all(type(value) is int for value in constants):
        raise ValueError(f"{formula!r} is no formula of names and + - * /")
    return tuple(sorted({node.id for node in nodes if isinstance(node, ast.Name)}))


def _optional(path: Path, model: type[R], key: str) -> tuple[R, ...]:
    return tuple(tables.read_table(path, model, key=[key])) if path.is_file() else ()


def _check_members(path: Path, found: Relations, *, figures: set[str]) -> None:
    """Every member belongs to a relation, has a role of its kind, and refers to what exists."""
    kinds = {relation.relation_id: relation for relation in found.relations}
    references = {record.reference_id for record in found.references}
    terms = {term.term_id for term in found.terms}
    name = paths.relative(path)
    for number, member in enumerate(found.members, start=2):
        place = f"{name}, row {number}, column"
        relation = kinds.get(member.relation_id)
        if relation is None:
            raise InputError(f"{place} 'relation_id': {member.relation_id!r} is no relation of relations.csv; add it.")
        roles = _roles(relation)
        if member.role not in roles:
            problem = f"a relation of kind {relation.kind} has no {member.role!r}"
            raise InputError(f"{place} 'role': {problem}; choose one of {', '.join(roles)}.")
        if (member.figure_id is None) == (member.reference_id is None):
            raise InputError(f"{place} 'figure_id': a member is a figure or a reference record; give one of the two.")
        if member.figure_id is not None and member.figure_id not in figures:
            raise InputError(f"{place} 'figure_id': {member.figure_id!r} is no figure of figures.csv; correct it.")
        if member.reference_id is not None and member.reference_id not in references:
            problem = f"{member.reference_id!r} is no record of reference_records.csv"
            raise InputError(f"{place} 'reference_id': {problem}; add it.")
        _check_value(member, place=place, terms=terms)


def _check_value(member: Member, *, place: str, terms: set[str]) -> None:
    if member.role == "word" and member.value not in terms:
        raise InputError(f"{place} 'value': {member.value!r} is no word of terms.csv; add it or choose another.")
    if member.role in PLACED and not (member.value or "").isdecimal():
        raise InputError(f"{place} 'value': a {member.role} member has a place in an order; give a whole number.")


def _check_complete(path: Path, found: Relations) -> None:
    """Every relation has as many members of each role as its kind asks for."""
    have = Counter((member.relation_id, member.role) for member in found.members)
    for number, relation in enumerate(found.relations, start=2):
        for role, (fewest, most) in _roles(relation).items():
            members = have[relation.relation_id, role]
            if members < fewest or (most is not None and members > most):
                wanted = (
                    f"exactly {fewest}" if fewest == most else f"at least {fewest}" if most is None else "at most 1"
                )
                place = f"{paths.relative(path)}, row {number}, column 'relation_id'"
                problem = f"{relation.relation_id!r} has {members} members in the role {role!r}"
                raise InputError(f"{place}: {problem}; give {wanted} in relation_members.csv.")


def _roles(relation: Relation) -> dict[str, tuple[int, int | None]]:
    if relation.kind in FORMULAS:
        return dict.fromkeys((*formula_names(relation.how or ""), "result"), ONE)
    return ROLES[relation.kind]


def share_of(term: Term) -> Fraction | None:
    """The share a word stands for, in percent; None where it limits the number beside it."""
    return None if term.share is None else Fraction(term.share) * 100
