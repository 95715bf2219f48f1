"""Figures in an order: rankings that a text claims, and values between a lowest and a highest."""

from itertools import combinations

from analysis.evidence.checks.cases import Case, Printed
from analysis.evidence.checks.findings import CONSISTENT, INCONSISTENT, Outcome, untestable


def ranking(case: Case) -> Outcome:
    """Whether the figures stand in the claimed order, 1 the highest; ties of printed values are said, not counted.

    Equal places claim equal values. `lower` are all figures that should not be above the lowest ranked, `higher` those
    that should not be below the highest ranked.
    """
    ranked = [(int(part.value or 0), part.figure) for part in case.parts if part.role == "ranked" and part.figure]
    ranked.sort(key=lambda pair: pair[0])
    shown = ", ".join(figure.text for _, figure in ranked)
    if any(figure.interval() is None for _, figure in ranked):
        return untestable("a word or limit of unknown reach", shown)
    wrong, ties = [], []
    for (first, one), (second, other) in combinations(ranked, 2):
        if not _can_stand(one, other) or (first == second and not _can_stand(other, one)):
            wrong.append((one, other))
        elif first != second and one.value == other.value and one.is_numeral and other.is_numeral:
            ties.append(one.text)
    lowest, highest = ranked[-1][1], ranked[0][1]
    wrong += [(lowest, other) for other in case.of("lower") if not _can_stand(lowest, other)]
    wrong += [(other, highest) for other in case.of("higher") if not _can_stand(other, highest)]
    tied = f"; tied: {', '.join(dict.fromkeys(ties))}" if ties else ""
    if not wrong:
        return Outcome(CONSISTENT, f"in the order {shown}{tied}")
    out = "; ".join(f"{above.text} ({above.label}) is more than {below.text}" for below, above in wrong)
    return Outcome(INCONSISTENT, f"claimed order {shown}{tied}; but {out}", figures=_figures(wrong))


def within_range(case: Case) -> Outcome:
    """Whether a value lies between the lowest and the highest that are printed beside it."""
    (value,) = case.of("value")
    low, high = case.of("minimum"), case.of("maximum")
    ends = f"{low[0].text if low else 'no lowest'} to {high[0].text if high else 'no highest'}"
    inside = all(_can_stand(value, end) for end in low) and all(_can_stand(end, value) for end in high)
    return Outcome(CONSISTENT if inside else INCONSISTENT, f"{value.text} within {ends}")


def _can_stand(upper: Printed, lower: Printed) -> bool:
    """Whether the first figure can be at least as large as the second, given how both were printed."""
    first, second = upper.interval(), lower.interval()
    return first is None or second is None or first.reaches(second)


def _figures(pairs: list[tuple[Printed, Printed]]) -> tuple[Printed, ...]:
    return tuple(dict.fromkeys(figure for pair in pairs for figure in pair))
