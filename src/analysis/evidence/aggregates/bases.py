"""Which bases and counts several printed percentages of one question allow together."""

from collections.abc import Iterable, Sequence
from itertools import islice

from analysis.survey.counts import Printed, counts_for_percent

MOST_SOLUTIONS = 1_000_000


def choice_counts(printed: Sequence[Printed], *, base: int, decimals: int = 0) -> list[range] | None:
    """The counts of each answer of a complete single choice, so that all of them add up to the base.

    Each answer's counts are one run of whole numbers, so a count is possible when the others, at their fewest and at
    their most, leave it. None where no counts add up. Source: methods of this project, section 4.2.
    """
    sets = [counts_for_percent(value, base=base, decimals=decimals) for value in printed]
    if not all(sets):
        return None
    fewest, most = sum(s.start for s in sets), sum(s.stop - 1 for s in sets)
    if not fewest <= base <= most:
        return None
    return [
        range(max(s.start, base - (most - (s.stop - 1))), min(s.stop - 1, base - (fewest - s.start)) + 1) for s in sets
    ]


def choice_solutions(printed: Sequence[Printed], *, base: int, decimals: int = 0) -> list[tuple[int, ...]]:
    """Every set of counts behind a complete single choice that adds up to the base.

    Raises ValueError for more than a million of them: then `choice_counts` says what each answer can be.
    """
    sets = choice_counts(printed, base=base, decimals=decimals)
    if sets is None:
        return []
    found = list(islice(_sums(sets, base), MOST_SOLUTIONS + 1))
    if len(found) > MOST_SOLUTIONS:
        raise ValueError("more than a million solutions; take the lowest and highest count of each answer")
    return found


def feasible_bases(
    printed: Sequence[Printed], *, bases: Iterable[int], decimals: int = 0, complete: bool = False
) -> tuple[int, ...]:
    """The bases with which every percentage of a question can be printed as it is.

    With `complete` the percentages are all answers of a single choice, whose counts must add up to the base.
    Source: methods of this project, section 4.2.
    """
    return tuple(
        base
        for base in sorted(set(bases))
        if (
            choice_counts(printed, base=base, decimals=decimals) is not None
            if complete
            else all(counts_for_percent(value, base=base, decimals=decimals) for value in printed)
        )
    )


def _sums(sets: Sequence[range], total: int) -> Iterable[tuple[int, ...]]:
    if len(sets) == 1:
        if total in sets[0]:
            yield (total,)
        return
    for first in sets[0]:
        for rest in _sums(sets[1:], total - first):
            yield (first, *rest)
