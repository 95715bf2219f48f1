"""The sizes of groups behind printed numbers and shares of them: every whole-number solution."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from analysis.evidence.checks.cases import Case, Printed
from analysis.evidence.checks.findings import CONSISTENT, INCONSISTENT, Outcome, untestable

MANY = 100_000  # combinations of sizes that are tried at most


@dataclass(frozen=True)
class GroupSizes:
    """`possible`: the sizes that each group's own two figures allow; `solutions`: those that sum to the total."""

    possible: tuple[tuple[int, ...], ...]
    solutions: tuple[tuple[int, ...], ...]


def group_sizes(case: Case) -> Outcome:
    """Whether groups of some sizes give the printed number and share of each, and together the printed total."""
    total, rows = case.of("total")[0], rows_of(case)
    if total.size is None or any(count.size is None for count, _ in rows):
        return untestable("a number is not printed")
    try:
        found = solve(rows, total=total.size)
    except ValueError as error:
        return untestable(str(error))
    own = ", ".join(_several(sizes) for sizes in found.possible)
    if not found.solutions:
        return Outcome(INCONSISTENT, f"possible sizes {own}; none sum to {total.size}")
    first = ", ".join(str(size) for size in found.solutions[0])
    only = "the only sizes" if len(found.solutions) == 1 else f"one of {len(found.solutions)} solutions"
    return Outcome(CONSISTENT, f"possible sizes {own}; {first}: {only} that sum to {total.size}")


def solve(rows: Sequence[tuple[Printed, Printed]], *, total: int) -> GroupSizes:
    """The sizes N of each group with count/N rounding to its printed share, and all combinations that sum to `total`.

    Raises ValueError where more than 100,000 combinations would have to be tried.
    """
    possible = tuple(
        tuple(size for size in range(max(count.size or 0, 1), total + 1) if (count.size or 0) in share.counts(size))
        for count, share in rows
    )
    combinations = 1
    for sizes in possible:
        combinations *= len(sizes)
    if combinations > MANY:
        raise ValueError(f"{combinations} combinations of group sizes are too many to try")
    return GroupSizes(possible, tuple(sizes for sizes in product(*possible) if sum(sizes) == total))


def rows_of(case: Case) -> list[tuple[Printed, Printed]]:
    """The count and the share of each group, in the order of the table."""
    by_row: dict[int, dict[str, Printed]] = {}
    for part in case.parts:
        if part.role in ("count", "share") and part.figure is not None:
            by_row.setdefault(int(part.value or 0), {})[part.role] = part.figure
    return [(row["count"], row["share"]) for _, row in sorted(by_row.items())]


def _several(sizes: Sequence[int]) -> str:
    return " or ".join(str(size) for size in sizes) if sizes else "none"
