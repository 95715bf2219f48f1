"""Words for a share held against the figure that is printed beside them."""

from fractions import Fraction

from analysis.evidence.checks.cases import EXACT, Case, Printed
from analysis.evidence.checks.findings import CONSISTENT, INCONSISTENT, ROUNDING, Outcome, untestable
from analysis.evidence.checks.intervals import Interval


def word(case: Case) -> Outcome:
    """Whether each figure can lie within what its word says, by the stated tolerance; exact on a known base.

    Explained by rounding: the printed figure itself lies outside, something that is rounded to it inside.
    """
    said, figures = case.of("word")[0], case.of("figure")
    reach = said.interval()
    if reach is None or not figures:
        return untestable("no figure is printed beside the word", said.text)
    apart = tuple(figure for figure in figures if not _meets(reach, figure))
    shown = f"{said.text} for {', '.join(figure.text for figure in figures)}; the word reaches from {_ends(reach)}"
    if apart:
        return Outcome(INCONSISTENT, shown, figures=(said, *apart), severity="slight")
    plain = all(reach.meets(Interval(Fraction(f.value), Fraction(f.value))) for f in figures)
    return Outcome(CONSISTENT if plain else ROUNDING, shown)


def _meets(reach: Interval, figure: Printed) -> bool:
    if figure.is_share and figure.base is not None and figure.base_status in EXACT:
        possible = reach.times(Fraction(figure.base, 100)).whole_numbers(most=figure.base)
        return bool(set(possible) & set(figure.counts(figure.base)))
    found = figure.interval()
    return found is None or reach.meets(found)


def _ends(reach: Interval) -> str:
    low = f"{'over ' if reach.open_low else ''}{float(reach.low):.4g}"
    return f"{low} to {'under ' if reach.open_high else ''}{float(reach.high):.4g}"
