"""Arithmetic that a report makes: solved for the one number it does not print, in exact fractions."""

import ast
import operator
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pandas as pd

from analysis import paths
from analysis.errors import InputError
from analysis.inputs.wave_file import Calculation
from analysis.inputs.waves import Wave

OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
COLUMNS = "calculation formula given result printed_result unit solve_for solved".split()


def solve(wave: Wave, *, figures: pd.DataFrame) -> pd.DataFrame:
    """One row per calculation of `wave.yml`: its formula, the printed numbers in it, and the number that must hold.

    The formula must be linear in the unknown number or in its inverse. Raises InputError for a figure that the
    register does not have with a number, for what is no arithmetic, and for a formula that cannot be solved.
    """
    place = f"{paths.relative(paths.wave(wave.id) / 'wave.yml')}, key 'calculations'"
    values = figures.set_index("figure_id")["value"].to_dict() if len(figures) else {}
    rows = []
    for one in wave.file.calculations:
        unknown = next((f for f in (*one.given.values(), one.result) if not values.get(f)), None)
        if unknown is not None:
            raise InputError(f"{place}, {one.id}: {unknown!r} is no figure with a number in the register; correct it.")
        given = {name: Fraction(values[figure]) for name, figure in one.given.items()}
        solved = _unknown(one, given=given, result=Fraction(values[one.result]), place=place)
        rows.append(
            {
                "calculation": one.id,
                "formula": one.formula,
                "given": "; ".join(f"{name} = {values[figure]}" for name, figure in one.given.items()),
                "result": one.result,
                "printed_result": values[one.result],
                "unit": one.unit,
                "solve_for": one.solve_for,
                "solved": float(solved),
            }
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def rows(calculated: pd.DataFrame) -> list[dict[str, Any]]:
    """The solved numbers as rows of estimate records; they rest on printed figures alone, not on answers."""
    return [
        {"estimate_type": "diagnostic", "measure": "amount", "item": row["calculation"], "category": row["solve_for"]}
        | {"point": row["solved"], "source": "printed", "source_ref": row["result"]}
        for row in calculated.to_dict("records")
    ]


def evaluate(formula: str, values: Mapping[str, Fraction]) -> Fraction:
    """A formula of names, whole numbers and + - * / in exact fractions.

    Raises ValueError for anything else, and ZeroDivisionError as arithmetic does.
    """
    try:
        tree = ast.parse(formula, mode="eval")
    except SyntaxError:
        raise ValueError(f"{formula!r} is no arithmetic") from None
    return _value(tree.body, values)


def _value(node: ast.expr, values: Mapping[str, Fraction]) -> Fraction:
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return Fraction(OPERATORS[type(node.op)](_value(node.left, values), _value(node.right, values)))
    if isinstance(node, ast.Name) and node.id in values:
        return values[node.id]
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return Fraction(node.value)
    raise ValueError(f"{ast.unparse(node)!r} is neither a number nor one of {', '.join(values)}")


def _unknown(one: Calculation, *, given: Mapping[str, Fraction], result: Fraction, place: str) -> Fraction:
    """The unknown x of formula(x) = result, where the formula is linear in x or in 1/x."""

    def at(x: Fraction) -> Fraction:
        return evaluate(one.formula, {**given, one.solve_for: x})

    try:
        for inverse in (False, True):
            points = [at(1 / x if inverse else x) for x in (Fraction(1), Fraction(2), Fraction(3))]
            slope = points[1] - points[0]
            if slope and points[2] - points[1] == slope:
                solved = 1 + (result - points[0]) / slope
                return 1 / solved if inverse else solved
    except (ValueError, ZeroDivisionError) as error:
        raise InputError(f"{place}, {one.id}: the formula cannot be worked out ({error}); correct it.") from None
    raise InputError(f"{place}, {one.id}: the formula cannot be solved for {one.solve_for}; write it linear in it.")
