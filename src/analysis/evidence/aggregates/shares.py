"""A printed percentage as the set of counts and bases that can lie behind it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from analysis.survey.counts import Printed, Rule, counts_for_percent, rounding_interval

# Where only an upper limit of a base is known: the smallest base considered is this part of it (decision 0110).
SMALLEST_BASE_SHARE = Fraction(1, 3)


@dataclass(frozen=True)
class PrintedShare:
    """A printed share (0 to 1): its value, what is rounded to it, and every count and base that is printed so.

    `pairs` holds (count, base), sorted by base and count; there is at least one. The set is carried whole: no count
    in it is more likely than another.
    """

    text: str
    value: float
    rounding: tuple[float, float]
    pairs: tuple[tuple[int, int], ...]

    @property
    def bases(self) -> tuple[int, ...]:
        """The bases that are possible, in order."""
        return tuple(sorted({n for _, n in self.pairs}))

    @property
    def counts(self) -> tuple[int, ...]:
        """The counts that are possible with any of the bases, in order."""
        return tuple(sorted({k for k, _ in self.pairs}))

    @property
    def words(self) -> str:
        """The set in words, such as `103 to 104 of 215`."""
        return f"{span(self.counts)} of {span(self.bases)}"


def printed_share(value: Printed, *, bases: Iterable[int], decimals: int = 0, rule: Rule = "half_up") -> PrintedShare:
    """The counts k and bases n with 100k/n printed as `value` (percent) with `decimals` decimals.

    Bases with no such count are left out. Raises ValueError where none is left, and as `counts_for_percent`.
    Source: methods of this project, sections 4.1 and 4.2.
    """
    tried = sorted(set(bases))
    pairs = [(k, n) for n in tried for k in counts_for_percent(value, base=n, decimals=decimals, rule=rule)]
    if not pairs:
        raise ValueError(f"no whole number of {span(tried)} units is printed as {value} percent")
    low, high = rounding_interval(value, decimals=decimals, rule=rule)
    ends = max(float(low / 100), 0.0), min(float(high / 100), 1.0)
    return PrintedShare(text=str(value), value=float(Fraction(value) / 100), rounding=ends, pairs=tuple(pairs))


def candidate_bases(most: int, *, smallest_share: Fraction = SMALLEST_BASE_SHARE) -> range:
    """The bases considered where only the largest possible one is known: from `smallest_share` of it up to it."""
    return range(max(math.ceil(most * smallest_share), 1), most + 1)


def span(numbers: Iterable[int]) -> str:
    """The lowest and highest of some whole numbers in words, such as `103 to 104`."""
    ordered = sorted(numbers)
    return str(ordered[0]) if ordered[0] == ordered[-1] else f"{ordered[0]} to {ordered[-1]}"
