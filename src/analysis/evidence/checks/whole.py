"""Whole numbers behind one printed value: percentages of a known base, and means of whole answers (GRIM)."""

import math
from fractions import Fraction
from functools import lru_cache

from analysis.evidence.checks.cases import EXACT, Case, Printed
from analysis.evidence.checks.findings import CONSISTENT, INCONSISTENT, Outcome, untestable
from analysis.inputs.register import DECIMALS
from analysis.survey.counts import Printed as PrintedNumber
from analysis.survey.counts import rounding_interval

NO_BASE = {
    "": "no base is printed",
    "upper_bound": "the base is only known to be no larger",
    "other_unit": "it is a share of something else than the units of the base",
}


def whole_numbers(case: Case) -> Outcome:
    """Whether a whole number of the base gives the printed percentage, with how many percentages none would give."""
    figure = case.of("figure")[0]
    if not figure.is_numeral:
        return untestable("it is a word or a limit", figure.text)
    if figure.base is None or figure.base_status not in EXACT:
        return untestable(NO_BASE[figure.base_status])
    counts, free = figure.counts(figure.base), impossible(figure.base, DECIMALS[figure.precision])
    if not counts:
        return Outcome(INCONSISTENT, f"no whole number of {figure.base} is {figure.text}")
    shown = f"{figure.text} of {figure.base} is {numbers(counts)}"
    if not free:
        return untestable("with that base every value is possible", shown)
    return Outcome(CONSISTENT, f"{shown}; {float(free):.0%} of all percentages would be impossible")


def grim(case: Case) -> Outcome:
    """Whether a whole total of the base gives the printed mean, with how many means none would give."""
    figure = case.of("figure")[0]
    if not figure.is_numeral:
        return untestable("it is a word or a limit", figure.text)
    if figure.base is None or figure.base_status not in EXACT:
        return untestable(NO_BASE[figure.base_status])
    decimals = DECIMALS[figure.precision]
    power = grim_power(figure.base, decimals=decimals)
    if not grim_consistent(figure.value, n=figure.base, decimals=decimals):
        return Outcome(INCONSISTENT, f"no whole total over {figure.base} gives a mean of {figure.text}")
    if not power:
        return untestable("with that base every value is possible", f"{figure.text} over {figure.base}")
    return Outcome(
        CONSISTENT, f"a whole total gives {figure.text}; {float(power):.0%} of all means would be impossible"
    )


def grim_consistent(value: PrintedNumber, *, n: int, decimals: int, items: int = 1, percent: bool = False) -> bool:
    """Whether an integer total t has |t/(n items) - x| <= 10^-D / 2 for the printed x with D decimals.

    `percent`: x is 100 t/(n items). Either rounding of an exact half is allowed. Raises ValueError for a value with
    another number of decimals. Source: Brown & Heathers 2017.
    """
    low, high = rounding_interval(value, decimals=decimals)
    scale = Fraction(n * items, 100 if percent else 1)
    return math.ceil(low * scale) <= math.floor(high * scale)


def grim_power(n: int, *, decimals: int, items: int = 1, percent: bool = False) -> Fraction:
    """The share of printed values that no total gives: 1 - n items / 10^D (D + 2 for percentages), at least 0."""
    return max(Fraction(0), 1 - Fraction(n * items, 10 ** (decimals + (2 if percent else 0))))


@lru_cache(maxsize=256)
def impossible(base: int, decimals: int) -> Fraction:
    """The share of the percentages from 0 to 100 with some decimals that no count of the base is rounded to."""
    scale = 10**decimals
    if base >= 100 * scale:
        return Fraction(0)
    given = {math.floor(Fraction(100 * scale * k, base) + Fraction(1, 2)) for k in range(base + 1)}
    return 1 - Fraction(len(given), 100 * scale + 1)


def numbers(found: range) -> str:
    """Consecutive whole numbers as people read them."""
    if not found:
        return "no number"
    return str(found[0]) if len(found) == 1 else f"{found[0]} to {found[-1]}"


def units(figure: Printed) -> str:
    """A printed value with the counts of its base that it can stand for."""
    counts = numbers(figure.counts(figure.base)) if figure.base else ""
    return f"{figure.text} is {counts} of {figure.base}" if counts else figure.text
