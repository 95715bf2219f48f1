"""The verdict on a difference: different, equivalent, both, or undecided. That nothing changed is never said."""

from typing import Literal

Verdict = Literal["different", "within_margin", "equivalent", "undecided"]


def verdict(*, p: float, level: float, interval: tuple[float, float], margin: float) -> Verdict:
    """What can be said of a difference, given its (adjusted) p value and its interval of confidence 1 - 2 `level`.

    `equivalent`: the whole interval lies inside -margin to margin, which is two one-sided tests at `level`;
    `different`: p is below `level`; `within_margin`: both, a difference that is smaller than the margin; `undecided`:
    neither. A missing p (no test was made) is not below any level. Raises ValueError for a margin that is not above 0
    or an interval with its ends exchanged. Source: Schuirmann 1987; Lakens 2017, SPPS 8:355.
    """
    low, high = interval
    if margin <= 0 or low > high:
        raise ValueError(f"a margin above 0 and an interval from low to high are expected, not {margin} and {interval}")
    inside = -margin < low and high < margin
    if p < level:
        return "within_margin" if inside else "different"
    return "equivalent" if inside else "undecided"
