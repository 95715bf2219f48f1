"""Arithmetic that a text implies, alone or with facts from outside, in exact intervals."""

import ast
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import Any

from analysis.evidence.checks.cases import Case, Part, Printed
from analysis.evidence.checks.findings import CONSISTENT, INCONSISTENT, ROUNDING, Outcome, untestable
from analysis.evidence.checks.intervals import Interval, between
from analysis.inputs.relations import Reference

OPERATORS: dict[type, Callable[[Any, Any], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
NEAR, FAR = Fraction(1, 100), Fraction(1, 10)  # gaps to the computed result, as shares of it


def arithmetic(case: Case) -> Outcome:
    """Whether the formula of the printed numbers gives the printed result, within what rounding leaves open.

    The formula is evaluated at all ends of what its numbers can be: exact where each name stands in it once.
    """
    (result,) = case.of("result")
    given = {part.role: part for part in case.parts if part.role != "result"}
    reach, target = _reach(case.how, given), result.interval()
    if reach is None or target is None:
        return untestable("a number is not printed, or can be zero where it divides", case.how)
    plain = evaluate(case.how, {name: _number(part) for name, part in given.items()})
    text = f"{_shown(case.how, given)} = {_decimal(plain)}, printed {result.text}"
    if target.meets(between(plain, plain)):
        return Outcome(CONSISTENT, text)
    text += "" if reach.low == reach.high else f"; with rounding {_decimal(reach.low)} to {_decimal(reach.high)}"
    if reach.meets(target):
        return Outcome(ROUNDING, text)
    correction = f"{_decimal(plain)} instead of {result.text}"
    return Outcome(INCONSISTENT, text, correction=correction, severity=_severity(result, plain))


def reference(case: Case) -> Outcome:
    """The same with facts from outside; where they contradict, at which other dates they would not."""
    outcome = arithmetic(case)
    days = dict.fromkeys(part.reference.reference_date.isoformat() for part in case.parts if part.reference)
    text = f"{outcome.arithmetic} (facts of {', '.join(days)})"
    if outcome.verdict == INCONSISTENT:
        others = _at_other_dates(case)
        fitting = [day for day, parts in others if arithmetic(replace(case, parts=parts)).verdict != INCONSISTENT]
        text += f"; it fits the facts of {', '.join(fitting)}" if fitting else ""
    return replace(outcome, arithmetic=text)


def evaluate(formula: str, numbers: Mapping[str, Fraction]) -> Fraction:
    """A formula of + - * / over names and whole numbers, in exact fractions. Raises ZeroDivisionError."""

    def value(node: ast.expr) -> Fraction:
        if isinstance(node, ast.BinOp):
            return OPERATORS[type(node.op)](value(node.left), value(node.right))
        if isinstance(node, ast.Name):
            return numbers[node.id]
        assert isinstance(node, ast.Constant)
        return Fraction(str(node.value))

    return value(ast.parse(formula, mode="eval").body)


def _reach(formula: str, given: Mapping[str, Part]) -> Interval | None:
    """From the smallest to the largest result the numbers allow; None where one is not known or divides as zero."""
    ends = [_ends(part) for part in given.values()]
    corners = product(*[pair for pair in ends if pair is not None])
    if any(pair is None for pair in ends):
        return None
    try:
        results = [evaluate(formula, dict(zip(given, corner, strict=True))) for corner in corners]
    except ZeroDivisionError:
        return None
    return between(min(results), max(results))


def _ends(part: Part) -> tuple[Fraction, ...] | None:
    if part.reference is not None:
        return (Fraction(part.reference.value),)
    found = part.figure.interval() if part.figure else None
    return None if found is None else tuple({found.low: None, found.high: None})


def _number(part: Part) -> Fraction:
    return Fraction(part.reference.value if part.reference else part.figure.value if part.figure else 0)


def _shown(formula: str, given: Mapping[str, Part]) -> str:
    """The formula with its numbers in place of their names."""
    tree = ast.parse(formula, mode="eval")
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = _decimal(_number(given[node.id]))
    return ast.unparse(tree).replace("*", "×")


def _at_other_dates(case: Case) -> Iterable[tuple[str, tuple[Part, ...]]]:
    """The parts with all facts taken at one other date, for each date that has them all."""
    series = {part.reference.series for part in case.parts if part.reference}
    by_date: dict[str, dict[str, Reference]] = {}
    for record in case.siblings:
        by_date.setdefault(record.reference_date.isoformat(), {})[record.series] = record
    for day, records in sorted(by_date.items()):
        if series <= set(records):
            yield day, tuple(_at(part, records) for part in case.parts)


def _at(part: Part, records: Mapping[str, Reference]) -> Part:
    return replace(part, reference=records[part.reference.series]) if part.reference else part


def _severity(result: Printed, plain: Fraction) -> str:
    """How far the printed result is from the computed one, as a share of it."""
    gap = abs(Fraction(result.value) - plain) / max(abs(plain), Fraction(1))
    return "slight" if gap < NEAR else "moderate" if gap < FAR else "serious"


def _decimal(number: Fraction) -> str:
    """A number as people read it: whole, or with four digits."""
    if number.denominator == 1 or abs(number) >= 1000:
        return f"{float(number):,.0f}"
    return f"{float(number):.4g}"
