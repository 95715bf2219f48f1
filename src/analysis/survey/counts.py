"""Whole numbers behind a printed percentage, in exact rational arithmetic."""

import math
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Literal

Rule = Literal["half_up", "half_even", "half_either", "trunc"]
Printed = str | int | Decimal  # a printed number, exact


def counts_for_percent(value: Printed, *, base: int, decimals: int, rule: Rule = "half_up") -> range:
    """The counts k of `base` units whose percentage 100k/base is printed as `value` with `decimals` decimals.

    All integers 0 <= k <= base with v - u/2 <= 100k/base < v + u/2, u = 10^-decimals, for `half_up`; `half_even` takes
    both ends where the last digit of v is even and neither where it is odd, `half_either` takes both, `trunc` means
    v <= 100k/base < v + u. `value` is in percent. The result is empty where no count fits.
    Raises TypeError for a float, and ValueError for a base below 1, a value off 0 to 100 or with more decimals than
    stated, or an unknown rule. Source: methods of this project, section 4.1.
    """
    low, high, takes_low, takes_high = _rounding(value, decimals, rule)
    if not 0 <= Fraction(value) <= 100:
        raise ValueError(f"a percentage lies between 0 and 100, not at {value}")
    if base < 1:
        raise ValueError(f"a base of at least 1 is expected, not {base}")
    first, last = low * base / 100, high * base / 100
    lowest = math.ceil(first) if takes_low else math.floor(first) + 1
    highest = math.floor(last) if takes_high else math.ceil(last) - 1
    return range(max(lowest, 0), min(highest, base) + 1)


def rounding_interval(value: Printed, *, decimals: int, rule: Rule = "half_up") -> tuple[Fraction, Fraction]:
    """The two ends of what is printed as `value` with `decimals` decimals, in the unit of the value.

    v - u/2 and v + u/2 with u = 10^-decimals (`trunc`: v and v + u); whether an end itself belongs depends on the rule.
    Raises TypeError for a float, and ValueError for more decimals than stated or an unknown rule.
    """
    low, high, _, _ = _rounding(value, decimals, rule)
    return low, high


@lru_cache(maxsize=4096, typed=True)
def _rounding(value: Printed, decimals: int, rule: Rule) -> tuple[Fraction, Fraction, bool, bool]:
    """The interval that is printed as the value, and whether its lower and its upper end belong to it."""
    if not isinstance(value, str | int | Decimal):
        raise TypeError(f"the printed value is taken as text, not as {type(value).__name__}: floats are not exact")
    printed, unit = Fraction(value), Fraction(1, 10**decimals)
    steps = printed / unit
    if steps.denominator != 1:
        raise ValueError(f"{value} is not printed with {decimals} decimals")
    even = steps.numerator % 2 == 0
    half = unit / 2
    intervals = {
        "half_up": (printed - half, printed + half, True, False),
        "half_even": (printed - half, printed + half, even, even),
        "half_either": (printed - half, printed + half, True, True),
        "trunc": (printed, printed + unit, True, False),
    }
    if rule not in intervals:
        raise ValueError(f"{rule!r} is no rounding rule; choose one of {', '.join(intervals)}")
    return intervals[rule]
