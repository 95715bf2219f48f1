"""What a comparability grade allows: the grade computes, so that a forbidden comparison is never made."""

from typing import Literal

from analysis.inputs.concepts import GradeLetter

Use = Literal["difference", "ratio", "trend", "side_by_side", "relative_position", "name"]

ALLOWED: dict[GradeLetter, frozenset[Use]] = {
    "A": frozenset({"difference", "ratio", "trend", "side_by_side", "relative_position", "name"}),
    "B": frozenset({"difference", "ratio", "side_by_side", "relative_position", "name"}),
    "C": frozenset({"side_by_side", "relative_position", "name"}),
    "D": frozenset({"name"}),
}


class ComparabilityError(Exception):
    """A comparison that the grade of its pair of waves forbids."""


def allows(grade: GradeLetter, use: Use) -> bool:
    """Whether figures of two waves with this grade may be put to this use.

    A: difference, ratio, trend; B: difference and ratio, no trend; C: side by side and relative position within each
    wave, no arithmetic across waves; D: only named together. Raises KeyError for an unknown grade.
    """
    return use in ALLOWED[grade]


def require(grade: GradeLetter, use: Use) -> None:
    """Stop here unless the grade allows the use; every function that relates two waves asks this first.

    Raises ComparabilityError for a forbidden use, ValueError for an unknown grade or use.
    """
    if grade not in ALLOWED or use not in ALLOWED["A"]:
        raise ValueError(f"grade {grade!r} and use {use!r}: one of them is unknown")
    if not allows(grade, use):
        grades = ", ".join(letter for letter, uses in ALLOWED.items() if use in uses)
        raise ComparabilityError(f"grade {grade} does not allow {use.replace('_', ' ')}; it takes grade {grades}")
