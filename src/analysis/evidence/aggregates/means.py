"""What a printed mean says without any spread: its rounding interval, and bounds for all units; no interval."""

from collections.abc import Iterable
from dataclasses import dataclass

from analysis.survey.bounds import worst_case
from analysis.survey.counts import Printed, rounding_interval


@dataclass(frozen=True)
class MeanBounds:
    """What holds for the mean of all units with one base: `base` answers of `population_size` units."""

    base: int
    population_size: int
    low: float
    high: float


def rounded_to(value: Printed, *, decimals: int, scale: tuple[float, float]) -> tuple[float, float]:
    """The ends of what is printed as a mean, kept within its scale. Raises ValueError for a mean off the scale."""
    low, high = (float(end) for end in rounding_interval(value, decimals=decimals))
    if not scale[0] <= float(value) <= scale[1]:
        raise ValueError(f"a mean of {value} is off its scale from {scale[0]:g} to {scale[1]:g}")
    return max(low, scale[0]), min(high, scale[1])


def mean_bounds(
    value: Printed, *, decimals: int, scale: tuple[float, float], bases: Iterable[int], population_size: int
) -> tuple[MeanBounds, ...]:
    """The worst-case bounds of the mean of all units behind a printed mean, for each base that is possible.

    [(n x_low + (N - n) a)/N, (n x_high + (N - n) b)/N] with x between the ends of its rounding and the scale from a
    to b. There is no confidence interval: no spread is printed, and none is taken from elsewhere. Raises ValueError
    for a mean off its scale or a base above the frame. Source: Manski 2003; methods of this project, section 2.6.
    """
    low, high = rounded_to(value, decimals=decimals, scale=scale)
    found = []
    for base in sorted(set(bases)):
        ends = [
            worst_case(base * end, covered=base, total=population_size, low=scale[0], high=scale[1])
            for end in (low, high)
        ]
        found.append(MeanBounds(base=base, population_size=population_size, low=ends[0][0], high=ends[1][1]))
    return tuple(found)


def arithmetic(value: Printed, bounds: MeanBounds, *, decimals: int, scale: tuple[float, float]) -> str:
    """How the bounds of one base come about, in one line."""
    low, high = rounded_to(value, decimals=decimals, scale=scale)
    n, rest, total = bounds.base, bounds.population_size - bounds.base, bounds.population_size
    return (
        f"{value} stands for {low:g} to {high:g}; with {n} answers ({n} x {low:g} + {rest} x {scale[0]:g})/{total} = "
        f"{bounds.low:.2f} to ({n} x {high:g} + {rest} x {scale[1]:g})/{total} = {bounds.high:.2f}"
    )
