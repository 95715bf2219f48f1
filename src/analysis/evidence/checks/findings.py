"""Verdicts on cases, the smallest correction that repairs an inconsistent one, and the table of findings."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import pandas as pd

from analysis.evidence.checks.cases import Case, Printed

CONSISTENT = "consistent"
ROUNDING = "explained by rounding"
UNTESTABLE = "not testable"
INCONSISTENT = "inconsistent"
VERDICTS = (INCONSISTENT, ROUNDING, UNTESTABLE, CONSISTENT)
SEVERITIES = ("serious", "moderate", "slight")
SLIGHT, MODERATE = 1, 4  # the most units of the last printed digit that a correction of that severity needs
FARTHEST = 60
COLUMNS = ["rule", "about", "source", "where", "figures", "verdict", "severity", "arithmetic", "correction", "because"]


@dataclass(frozen=True)
class Outcome:
    """What a rule says of a case; `figures` where only some are concerned, `correction` where the rule knows it."""

    verdict: str
    arithmetic: str
    figures: tuple[Printed, ...] | None = None
    correction: str = ""
    severity: str = ""
    because: str = ""


def untestable(because: str, shown: str = "") -> Outcome:
    """That a case cannot be tested, and why, in words that many cases share; `shown` are its own values."""
    return Outcome(UNTESTABLE, f"{shown}: {because}" if shown else because, because=because)


Rule = Callable[[Case], Outcome]


def judge(cases: Iterable[Case], rules: dict[str, Rule]) -> pd.DataFrame:
    """One row a case that a rule judged, the gravest first and then in the order of the cases.

    `figures` are the figures that the case holds, or those that contradict each other; `severity` and `correction`
    stand with inconsistent ones only, `because` with those that cannot be tested.
    """
    rows = [_finding(case, rules[case.kind]) for case in cases if case.kind in rules]
    table = pd.DataFrame(rows, columns=COLUMNS)
    order = table["verdict"].map(VERDICTS.index) * 10 + table["severity"].map((*SEVERITIES, "").index)
    return table.assign(order=order).sort_values("order", kind="stable").drop(columns="order").reset_index(drop=True)


def smallest_correction(case: Case, rule: Rule) -> tuple[str, int | None]:
    """The change of one printed value by the fewest units of its last digit after which the rule finds no fault.

    All changes of that size are named. Returns the sentence and the number of units, None where no change of one
    value by up to 60 units will do.
    """
    for steps in range(1, FARTHEST + 1):
        found = [
            f"{new} instead of {old}"
            for old, new, changed in _changes(case, steps)
            if rule(changed).verdict != INCONSISTENT
        ]
        if found:
            return ", or ".join(dict.fromkeys(found)), steps
    return "no change of a single value repairs it", None


def _changes(case: Case, steps: int) -> Iterator[tuple[str, str, Case]]:
    for figure in dict.fromkeys(part.figure for part in case.parts if part.figure is not None):
        for step in (steps, -steps):
            if case.kind == "asked" and figure.statistic != "count":
                if figure.base is not None and figure.base + step > 0:
                    new = replace(figure, base=figure.base + step)
                    yield f"a base of {figure.base}", f"a base of {new.base}", case.with_figure(new)
            elif figure.is_numeral:
                moved = figure.moved(step)
                if moved is not None:
                    yield figure.text, moved.text, case.with_figure(moved)


def _finding(case: Case, rule: Rule) -> dict[str, str]:
    outcome = rule(case)
    figures = case.of(*{part.role for part in case.parts}) if outcome.figures is None else list(outcome.figures)
    finding = {
        "rule": case.kind,
        "about": case.label,
        "source": "; ".join(dict.fromkeys(figure.source for figure in figures)),
        "where": case.where or "; ".join(dict.fromkeys(figure.where for figure in figures)),
        "figures": "; ".join(dict.fromkeys(figure.key for figure in figures)),
        "verdict": outcome.verdict,
        "severity": "",
        "arithmetic": outcome.arithmetic,
        "correction": "",
        "because": outcome.because,
    }
    if outcome.verdict != INCONSISTENT:
        return finding
    correction, steps = (outcome.correction, SLIGHT) if outcome.correction else smallest_correction(case, rule)
    return finding | {"correction": correction, "severity": outcome.severity or _severity(steps)}


def _severity(steps: int | None) -> str:
    if steps is None or steps > MODERATE:
        return "serious"
    return "slight" if steps <= SLIGHT else "moderate"
