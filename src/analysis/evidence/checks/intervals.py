"""What a printed value leaves open, as an exact interval with open or closed ends."""

import math
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Interval:
    """All numbers from `low` to `high`; an end belongs unless it is open."""

    low: Fraction
    high: Fraction
    open_low: bool = False
    open_high: bool = False

    def __add__(self, other: "Interval") -> "Interval":
        """Every sum of a number of this and one of the other."""
        return Interval(
            self.low + other.low,
            self.high + other.high,
            self.open_low or other.open_low,
            self.open_high or other.open_high,
        )

    def times(self, factor: Fraction | int) -> "Interval":
        """Every number of this one times a factor above 0."""
        return Interval(self.low * factor, self.high * factor, self.open_low, self.open_high)

    def meets(self, other: "Interval") -> bool:
        """Whether some number lies in both."""
        return self.reaches(other) and other.reaches(self)

    def reaches(self, other: "Interval") -> bool:
        """Whether some number of this one is at least as large as some number of the other."""
        closed = not (self.open_high or other.open_low)
        return self.high > other.low or (closed and self.high == other.low)

    def whole_numbers(self, *, most: int) -> range:
        """The whole numbers from 0 to `most` that lie in it."""
        first = math.floor(self.low) + 1 if self.open_low else math.ceil(self.low)
        last = math.ceil(self.high) - 1 if self.open_high else math.floor(self.high)
        return range(max(first, 0), min(last, most) + 1)


def exactly(value: Fraction | int) -> Interval:
    """One number."""
    return Interval(Fraction(value), Fraction(value))


def between(low: Fraction | int, high: Fraction | int) -> Interval:
    """All numbers from `low` to `high`, both included."""
    return Interval(Fraction(low), Fraction(high))


def spanned(numbers: range) -> Interval:
    """From the first to the last of some whole numbers. Raises ValueError for none."""
    if not numbers:
        raise ValueError("no number spans nothing")
    return between(numbers[0], numbers[-1])


def total(intervals: list[Interval]) -> Interval:
    """Every sum of one number of each."""
    return sum(intervals, start=exactly(0))
