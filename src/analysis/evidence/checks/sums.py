"""Figures that add up: the answers of one choice, the parts of a whole, the groups of a total."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from analysis.evidence.checks.cases import EXACT, Case, Printed
from analysis.evidence.checks.findings import CONSISTENT, INCONSISTENT, ROUNDING, Outcome, untestable
from analysis.evidence.checks.intervals import Interval, between, exactly, spanned, total
from analysis.evidence.checks.whole import numbers

ALL = exactly(100)
SHOWN_BASES = 6


def single_choice(case: Case) -> Outcome:
    """Whether the options of one choice can be shares of one base: counts that sum to it, or stay within it when open.

    The base is the printed one; where only its largest value is known (an upper limit, or the units that were asked),
    every smaller base is tried. Without a base, or for shares of something else, the shares themselves are added.
    """
    options = case.of("option")
    shown = " + ".join(option.text for option in options)
    bases = _bases(options, case.of("asked"))
    if bases is None:
        return _verdict(_within(_shares(options), case.how), options, case.how, f"{shown}")
    fitting = [base for base in bases if _fits(options, base, case.how)]
    if len(bases) == 1:
        return _verdict(bool(fitting), options, case.how, _counted(options, bases[0], case.how, shown))
    if not fitting:
        return Outcome(INCONSISTENT, f"{shown}: no base up to {bases[-1]} gives all of them")
    last = ", ".join(str(base) for base in fitting[-SHOWN_BASES:])
    most = f"of the bases up to {bases[-1]}, {len(fitting)} are possible, the largest {last}"
    return _verdict(True, options, case.how, f"{shown}; {most}")


def parts(case: Case) -> Outcome:
    """Whether parts sum to their whole (`complete`), stay within it (`open`), or are each within it (`overlapping`)."""
    (whole,), own = case.of("whole"), case.of("part")
    base = _common([whole, *own])
    ranges = [_measure(figure, base) for figure in (whole, *own)]
    if any(figure.interval() is None for figure in (whole, *own)):
        return untestable("a word or limit of unknown reach")
    if None in ranges:
        return Outcome(INCONSISTENT, f"no whole number of {base} gives one of them")
    limit, *amounts = [found for found in ranges if found is not None]
    shown = ", ".join(figure.text for figure in own)
    if case.how == "overlapping":
        over = tuple(part for part, amount in zip(own, amounts, strict=True) if not limit.reaches(amount))
        if over:
            return Outcome(INCONSISTENT, f"{over[0].text} is more than {whole.text}", figures=(whole, *over))
        return Outcome(CONSISTENT, f"{shown}: each within {whole.text}")
    added = f"{' + '.join(figure.text for figure in own)} = {_plain(own)}, printed {whole.text}"
    if case.how == "open":
        return Outcome(CONSISTENT if limit.reaches(total(amounts)) else INCONSISTENT, added)
    if not total(amounts).meets(limit):
        return Outcome(INCONSISTENT, added)
    return Outcome(CONSISTENT if _plain(own) == Fraction(whole.value) else ROUNDING, added)


def subgroups(case: Case) -> Outcome:
    """Whether some counts of the groups, and of the units in no printed group, give the printed total."""
    (whole,), groups = case.of("total"), case.of("group", "group_without")
    sizes = [figure.base for figure in (whole, *groups)]
    if None in sizes or any(figure.interval() is None for figure in (whole, *groups)):
        return untestable("a base or a reach is not known")
    of_all, *of_groups = [size for size in sizes if size is not None]
    rest = of_all - sum(of_groups)
    if rest < 0 or (case.how == "complete" and rest):
        return Outcome(INCONSISTENT, f"the groups have {sum(of_groups)} units, all have {of_all}")
    amounts = [_units(figure, without=figure in case.of("group_without")) for figure in groups]
    shown = " and ".join(f"{figure.text} of {figure.base}" for figure in groups)
    if any(amount is None for amount in (*amounts, _units(whole))):
        return Outcome(INCONSISTENT, f"{shown}: no whole number gives one of them")
    given = total([amount for amount in amounts if amount is not None])
    target = _units(whole)
    assert target is not None
    text = f"{shown}, {whole.text} of {of_all}"
    if rest:
        low, high = ((end - amount) / rest for end, amount in ((target.low, given.high), (target.high, given.low)))
        text += f"; that leaves {float(low):.0%} to {float(high):.0%} for the other {rest}"
    return Outcome(CONSISTENT if (given + between(0, rest)).meets(target) else INCONSISTENT, text)


def _bases(options: Sequence[Printed], asked: Sequence[Printed]) -> range | None:
    """The bases that come into question; None where the shares are of no known number of units."""
    if asked and asked[0].base is not None:
        return range(1, max(asked[0].counts(asked[0].base), default=0) + 1)
    known = {(option.base, option.base_status) for option in options}
    if len(known) != 1:
        return None
    ((base, status),) = known
    if base is None or status == "other_unit":
        return None
    return range(1, base + 1) if status == "upper_bound" else range(base, base + 1)


def _fits(options: Sequence[Printed], base: int, how: str) -> bool:
    counts = [option.counts(base) for option in options]
    if not all(counts):
        return False
    lowest, highest = sum(found[0] for found in counts), sum(found[-1] for found in counts)
    return how == "overlapping" or (lowest <= base and (how == "open" or base <= highest))


def _within(shares: Iterable[Interval], how: str) -> bool:
    added = total(list(shares))
    return how == "overlapping" or (ALL.reaches(added) if how == "open" else added.meets(ALL))


def _shares(options: Sequence[Printed]) -> list[Interval]:
    return [option.interval() or between(0, 100) for option in options]


def _verdict(possible: bool, options: Sequence[Printed], how: str, text: str) -> Outcome:
    """Consistent when the printed values add up, explained by rounding when only what is behind them does."""
    if not possible:
        return Outcome(INCONSISTENT, text)
    if not all(option.is_numeral for option in options):
        return Outcome(CONSISTENT, text)
    added = _plain(options)
    naive = how == "overlapping" or (added <= 100 if how == "open" else added == 100)
    return Outcome(CONSISTENT if naive else ROUNDING, text)


def _counted(options: Sequence[Printed], base: int, how: str, shown: str) -> str:
    counts = [option.counts(base) for option in options]
    each = ", ".join(numbers(found) for found in counts)
    if not all(counts):
        return f"{shown}; of {base}: {each}"
    span = numbers(range(sum(found[0] for found in counts), sum(found[-1] for found in counts) + 1))
    wanted = {"complete": f"all {base}", "open": f"at most {base}", "overlapping": f"each at most {base}"}[how]
    added = f" = {float(_plain(options)):g}%" if all(option.is_numeral for option in options) else ""
    return f"{shown}{added}; of {base}: {each}, together {span}, and they should be {wanted}"


def _plain(figures: Sequence[Printed]) -> Fraction:
    """The sum of the printed values as they stand."""
    return sum((Fraction(figure.value) for figure in figures), start=Fraction(0))


def _common(figures: Sequence[Printed]) -> int | None:
    """The base that all figures share and that is known to be theirs."""
    bases = {figure.base if figure.is_share and figure.base_status in EXACT else None for figure in figures}
    return bases.pop() if len(bases) == 1 else None


def _measure(figure: Printed, base: int | None) -> Interval | None:
    """What a figure stands for: whole numbers of a common base, or else the interval of its value."""
    found = figure.interval()
    if base is None or found is None:
        return found
    counts = figure.counts(base)
    return spanned(counts) if counts else None


def _units(figure: Printed, *, without: bool = False) -> Interval | None:
    """How many units of its own base a figure stands for, whole ones where the base is known; None for no number."""
    assert figure.base is not None
    found = figure.interval()
    if figure.base_status not in EXACT:
        amount = None if found is None else found.times(Fraction(figure.base, 100))
    else:
        counts = figure.counts(figure.base)
        amount = spanned(counts) if counts else None
    if amount is None or not without:
        return amount
    return Interval(figure.base - amount.high, figure.base - amount.low, amount.open_high, amount.open_low)
