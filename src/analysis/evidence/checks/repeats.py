"""One quantity printed more than once, and rows that stand twice."""

from itertools import combinations

from analysis.evidence.checks.cases import EXACT, Case, Printed
from analysis.evidence.checks.findings import CONSISTENT, INCONSISTENT, Outcome
from analysis.evidence.checks.whole import units


def one_quantity(case: Case) -> Outcome:
    """Whether all places that print one quantity as a numeral can mean the same number."""
    figures = case.of("figure")
    apart = [pair for pair in combinations(figures, 2) if not _same(*pair)]
    if not apart:
        return Outcome(CONSISTENT, f"{' and '.join(figure.text for figure in figures)} can be one number")
    shown = " and ".join(units(figure) if figure.base_status in EXACT else figure.text for figure in figures)
    return Outcome(INCONSISTENT, f"{shown}: not the same number")


def duplicate_rows(case: Case) -> Outcome:
    """Whether a report has two rows in the register that say the same of the same place."""
    rows: dict[tuple[object, ...], list[Printed]] = {}
    for figure in case.of("figure"):
        rows.setdefault((figure.where, *_content(figure)), []).append(figure)
    twice = [figure for same in rows.values() if len(same) > 1 for figure in same]
    if not twice:
        return Outcome(CONSISTENT, f"{len(rows)} rows, all different")
    return Outcome(
        INCONSISTENT,
        f"{twice[0].label}: {twice[0].text} stands {len(twice)} times",
        figures=tuple(twice),
        correction="one row instead of two",
        severity="slight",
    )


def table(case: Case) -> Outcome:
    """Whether a printed table has two rows with the same contents."""
    rows: dict[str, tuple[object, ...]] = {}
    for part in case.parts:
        if part.figure is not None:
            rows[str(part.value)] = (*rows.get(str(part.value), ()), _content(part.figure))
    same = [(a, b) for a, b in combinations(rows, 2) if rows[a] == rows[b]]
    if not same:
        return Outcome(CONSISTENT, f"{len(rows)} rows, all different" if len(rows) > 1 else "one row")
    places = " and ".join(same[0])
    figures = tuple(dict.fromkeys(p.figure for p in case.parts if p.figure is not None and p.value in same[0]))
    return Outcome(
        INCONSISTENT,
        f"rows {places} are the same: {figures[-1].label}, {', '.join(figure.text for figure in figures)}",
        figures=figures,
        correction=f"one row instead of rows {places}",
        severity="slight",
    )


def _same(one: Printed, other: Printed) -> bool:
    if one.is_share and one.base == other.base and one.base is not None and one.base_status in EXACT:
        return bool(set(one.counts(one.base)) & set(other.counts(one.base)))
    first, second = one.interval(), other.interval()
    return first is None or second is None or first.meets(second)


def _content(figure: Printed) -> tuple[object, ...]:
    """What a row says, without where it says it and which quantity it is."""
    about = (figure.wave, figure.domain, figure.sector, figure.label, figure.answer, figure.group)
    return (*about, figure.statistic, figure.value, figure.precision, figure.unit, figure.base)
