"""Printed figures beside each other, with what else the same answers give: no figure is subtracted from another."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import combinations
from typing import Any

import pandas as pd

from analysis.evidence.comparability import allows, require
from analysis.inputs.concepts import Concepts, Measure


def beside(concepts: Concepts, figures: pd.DataFrame) -> pd.DataFrame:
    """Every figure of a survey concept whose round is in a pair that may stand side by side, and its recode variants.

    `figures` is the register's table, indexed by figure_id. Columns: concept, wave, figure, category, value (text,
    percent as printed), precision, statistic, base_n, base_status, recode, arithmetic. A recode variant has no
    precision of its own: `sum` and `complement` of printed values with the arithmetic beside it.
    """
    rows: list[dict[str, Any]] = []
    for concept in concepts.concepts:
        if concept.kind == "survey":
            for wave, measure in concepts.measured(concept.concept_id).items():
                if wave in waves_beside(concepts, concept.concept_id):
                    rows += _rows(measure, figures)
    columns = "concept wave figure value precision statistic base_n base_status recode arithmetic".split()
    return pd.DataFrame(rows, columns=columns)


def waves_beside(concepts: Concepts, concept_id: str) -> set[str]:
    """The rounds of a concept that are in a pair whose grade lets figures stand side by side."""
    grades = [grade for grade in concepts.grades if grade.concept_id == concept_id]
    return {wave for grade in grades if allows(grade.grade, "side_by_side") for wave in grade.waves}


def require_beside(concepts: Concepts, concept_id: str, waves: Iterable[str]) -> None:
    """Stop here unless every two of these rounds may stand side by side, as a chart that draws them together asks.

    Raises ComparabilityError for a pair whose grade forbids it, InputError for one that nobody has graded.
    """
    for first, second in combinations(dict.fromkeys(waves), 2):
        require(concepts.grade(concept_id, second, first).grade, "side_by_side")


def recoded(recode: str, values: dict[str, str]) -> tuple[str, str]:
    """The value (percent, as text) that a recode makes of printed values, and its arithmetic.

    `complement:id` is 100 less the value, `sum:id+id` the sum. Raises KeyError for a figure without a value and
    ValueError for a sum above 100, which exclusive answers cannot have.
    """
    kind, _, names = recode.partition(":")
    parts = [values[name] for name in names.split("+")]
    total = sum((Fraction(part) for part in parts), Fraction(0))
    made = 100 - total if kind == "complement" else total
    if made > 100:
        raise ValueError(f"{recode}: the values add up to {made} percent")
    text = f"{float(made):g}"
    shown = f"100 - {parts[0]}" if kind == "complement" else " + ".join(parts)
    return text, f"{shown} = {text}"


def series(concepts: Concepts, figures: pd.DataFrame) -> pd.DataFrame:
    """Every printed figure of Sweden's own series: concept, family, wave, figure, value, number (share 0 to 1), base.

    `meaning` is what the figure counts: `exists` (asked in a survey), `begun`, or `fully` (judged in the tool).
    """
    rows = []
    for concept in concepts.concepts:
        if concept.kind != "series":
            continue
        for wave, measure in concepts.measured(concept.concept_id).items():
            for name in measure.figures:
                figure = figures.loc[name]
                meaning = "begun" if name.endswith("-started") else "exists"
                if measure.scale == "three_steps":
                    meaning = "partly" if name.endswith("-partly") else "fully"
                rows.append(
                    (concept.concept_id, concept.family or "", wave, name, figure["value"], figure["precision"],
                     figure["number"] / 100, figure["base_n"], meaning)
                )  # fmt: skip
    columns = "concept family wave figure value precision share base_n meaning".split()
    return pd.DataFrame(rows, columns=columns)


def _rows(measure: Measure, figures: pd.DataFrame) -> Iterator[dict[str, Any]]:
    common = {"concept": measure.concept_id, "wave": measure.wave, "recode": "", "arithmetic": ""}
    for name in measure.figures:
        yield common | {"figure": name} | _fields(figures, name)
    if measure.recode:
        values = {name: str(figures.loc[name, "value"]) for name in measure.figures}
        value, arithmetic = recoded(measure.recode, values)
        first = _fields(figures, measure.recode.partition(":")[2].split("+")[0])
        made = {"figure": measure.recode, "value": value, "recode": measure.recode.partition(":")[0]}
        yield common | first | made | {"arithmetic": arithmetic}


def _fields(figures: pd.DataFrame, name: str) -> dict[str, Any]:
    return {field: figures.at[name, field] for field in ("value", "precision", "statistic", "base_n", "base_status")}
