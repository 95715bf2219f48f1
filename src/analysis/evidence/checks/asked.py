"""Figures against the units that could answer, and a survey against a register of the same units."""

from analysis.evidence.checks.cases import Case
from analysis.evidence.checks.findings import CONSISTENT, INCONSISTENT, Outcome, untestable


def asked(case: Case) -> Outcome:
    """Whether no more units answered, or are the base of a figure, than were asked."""
    limit = case.of("asked")[0].size
    if limit is None:
        return untestable("how many were asked is not printed")
    sizes = {figure: figure.size for figure in case.of("answered")}
    over = tuple(figure for figure, size in sizes.items() if size is not None and size > limit)
    if over:
        shown = ", ".join(dict.fromkeys(f"{over_one.size} ({over_one.label})" for over_one in over))
        return Outcome(INCONSISTENT, f"{shown}: more than the {limit} asked", figures=(*case.of("asked"), *over))
    largest = max((size for size in sizes.values() if size is not None), default=0)
    return Outcome(CONSISTENT, f"at most {largest} of the {limit} asked")


def register(case: Case) -> Outcome:
    """Whether the yes-answers of a survey can be those of a register R of all N units: s <= R and R - s <= N - n.

    It says what answering would have to look like: how many of the units in the register, and of the others, answered.
    """
    (survey,), (listed,) = case.of("survey"), case.of("register")
    if survey.base is None or listed.base is None or survey.size is None or listed.size is None:
        return untestable("a base is not printed")
    said, known, answered, everyone = survey.size, listed.size, survey.base, listed.base
    text = f"{said} of {answered} say so, {known} of {everyone} are registered: then {said} of the {known} answered"
    text = f"{text}, and {answered - said} of the other {everyone - known}"
    possible = said <= known and known - said <= everyone - answered
    return Outcome(CONSISTENT if possible else INCONSISTENT, text)
