"""The mean number of things a unit has against the shares of units that have each of them."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, product

from analysis.evidence.checks.cases import Case, Printed
from analysis.evidence.checks.findings import CONSISTENT, INCONSISTENT, Outcome, untestable
from analysis.evidence.checks.intervals import Interval, between, spanned, total

MANY = 4096  # ways to choose that are tried at most
Choice = Mapping[str, Printed]  # of each quantity that is printed more than once, the value that is taken


def mean_of_counts(case: Case) -> Outcome:
    """Whether the counts of units behind the printed shares can sum to n times the printed mean.

    `number` says how many things there are in each sector. Those without a share of their own lie between the highest
    `floor` (the least common are named) and the lowest `ceiling` (the most common are) of their sector. Where a thing
    is printed with two values, either may be right: every combination is tried.
    """
    (mean,) = case.of("mean")
    reach = mean.interval()
    if mean.base is None or reach is None:
        return untestable("the base of the mean is not printed")
    wanted = reach.times(mean.base)
    choices = list(islice(_choices(case.of("item")), MANY + 1))
    if len(choices) > MANY:
        return untestable(f"more than {MANY} ways to choose between conflicting values")
    sums = [_sum(case, choice, base=mean.base) for choice in choices]
    fitting = [found for found in sums if found is not None and found.meets(wanted)]
    spread = [found for found in sums if found is not None]
    text = f"a mean of {mean.text} over {mean.base} is a sum of {float(wanted.low):g} to under {float(wanted.high):g}"
    if spread:
        low, high = min(found.low for found in spread), max(found.high for found in spread)
        text += f"; the shares allow {float(low):g} to {float(high):g}"
    if len(choices) > 1:
        text += f"; {len(fitting)} of the {len(choices)} ways to choose between conflicting values fit"
    apart = [choice for choice, found in zip(choices, sums, strict=True) if found is None or not found.meets(wanted)]
    if fitting and apart:
        text += f", not {' and '.join(_conflicting(case, choice) for choice in apart[:2])}"
    return Outcome(CONSISTENT if fitting else INCONSISTENT, text)


def _conflicting(case: Case, choice: Choice) -> str:
    """The values that a choice takes of the things printed with more than one."""
    printed = [item.quantity for item in case.of("item")]
    return "(" + ", ".join(item.text for quantity, item in choice.items() if printed.count(quantity) > 1) + ")"


def _choices(items: Sequence[Printed]) -> Iterable[Choice]:
    """Every way to take one value for each quantity."""
    values: dict[str, list[Printed]] = {}
    for item in items:
        values.setdefault(item.quantity, []).append(item)
    for taken in product(*values.values()):
        yield dict(zip(values, taken, strict=True))


def _sum(case: Case, choice: Choice, *, base: int) -> Interval | None:
    """The smallest to the largest sum of counts that a choice of values allows; None where no whole numbers fit."""
    amounts = []
    for number in case.of("number"):
        own = [item for item in choice.values() if item.sector == number.sector]
        counts = [item.counts(base) for item in own]
        unseen = (number.size or 0) - len(own)
        limits = _limits(case, choice, sector=number.sector, base=base)
        if unseen < 0 or not all(counts) or limits is None:
            return None
        amounts += [spanned(found) for found in counts]
        amounts += [limits.times(unseen)] if unseen else []
    return total(amounts)


def _limits(case: Case, choice: Choice, *, sector: str, base: int) -> Interval | None:
    """Between which counts a thing without a share of its own lies."""
    floors = [choice.get(f.quantity, f).counts(base) for f in case.of("floor") if f.sector == sector]
    ceilings = [choice.get(f.quantity, f).counts(base) for f in case.of("ceiling") if f.sector == sector]
    low = max((found[0] for found in floors if found), default=0)
    high = min((found[-1] for found in ceilings if found), default=base)
    return between(low, high) if low <= high else None
