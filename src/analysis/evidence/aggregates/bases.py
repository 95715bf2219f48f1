"""Which bases and counts several printed percentages of one question allow together."""

from collections.abc import Iterable, Sequence

from analysis.survey.counts import Printed, counts_for_percent


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
