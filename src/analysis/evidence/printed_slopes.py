"""The line through a printed figure of three rounds or more, where every two of them may be put into one trend."""

from itertools import combinations
from typing import Any

import pandas as pd

from analysis.errors import InputError
from analysis.evidence.aggregates.readings import share_of
from analysis.evidence.aggregates.shares import PrintedShare
from analysis.evidence.aggregates.slopes import slope
from analysis.evidence.comparability import allows, require
from analysis.evidence.printed_pairs import GRADES, RESPONSE, figure_row
from analysis.inputs.concepts import Concepts

FEWEST = 3
RANGES = ("rounding", "ci", "worst", "bounds", "lack_range", "p_range")
COLUMNS = (
    "concept waves figures reference_wave wave units slope se lack_of_fit df arithmetic rounding_lo rounding_hi ci_lo "
    "ci_hi worst_lo worst_hi bounds_lo bounds_hi lack_range_lo lack_range_hi p_range_lo p_range_hi"
).split()


def slopes(concepts: Concepts, figures: pd.DataFrame, *, populations: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """The slope (share a year) with its lack of fit of every concept that has rounds for a trend: one row a concept.

    `figures` is the register's table, indexed by figure_id, `populations` the frames behind it. Without such rounds the
    table is empty. How many answered is left out: it is counted and not estimated. Raises ComparabilityError for a
    pair whose grade allows no trend, InputError for rounds with different frames or with several figures.
    """
    rows = [
        _row(concepts, concept, waves, figures, populations=populations, confidence=confidence)
        for concept in asked(concepts)
        if (waves := rounds_for_trend(concepts, concept))
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def asked(concepts: Concepts) -> list[str]:
    """The concepts that were asked about; how many answered is none of them."""
    return [concept.concept_id for concept in concepts.concepts if concept.concept_id != RESPONSE]


def rounds_for_trend(concepts: Concepts, concept_id: str) -> tuple[str, ...]:
    """The most rounds of a concept, by year, of which every two have a grade that allows a trend; none below three."""
    waves = sorted(printed_rounds(concepts, concept_id), key=year_of)
    for number in range(len(waves), FEWEST - 1, -1):
        for chosen in combinations(waves, number):
            grades = [concepts.graded.get((concept_id, frozenset(pair))) for pair in combinations(chosen, 2)]
            if all(grade is not None and allows(grade.grade, "trend") for grade in grades):
                return chosen
    return ()


def printed_rounds(concepts: Concepts, concept_id: str) -> list[str]:
    """The rounds of which a figure for a concept is printed."""
    return [wave for wave, measure in concepts.measured(concept_id).items() if measure.figures]


def year_of(wave: str) -> int:
    """The year of a round, with which its id ends."""
    return int(wave.rpartition("-")[2])


def _row(
    concepts: Concepts,
    concept_id: str,
    waves: tuple[str, ...],
    figures: pd.DataFrame,
    *,
    populations: pd.DataFrame,
    confidence: float,
) -> dict[str, Any]:
    for first, second in combinations(waves, 2):
        require(concepts.grade(concept_id, second, first).grade, "trend")
    shares: list[PrintedShare] = []
    sizes, ids = set(), []
    for wave in waves:
        named = concepts.measured(concept_id)[wave].figures
        if len(named) != 1:
            problem = f"a line needs one figure a round, {wave} has {len(named)}"
            raise InputError(f"{GRADES}, concept {concept_id!r}: {problem}; grade its pairs B, or name one figure.")
        share, size = share_of(figure_row(figures, named[0]), populations)
        shares.append(share)
        sizes.add(size)
        ids.append(named[0])
    if len(sizes) > 1:
        problem = f"the frames of {', '.join(waves)} have {sorted(sizes)} units"
        raise InputError(f"{GRADES}, concept {concept_id!r}: {problem}; grade a pair of them B.")
    years = [year_of(wave) for wave in waves]
    found = slope(shares, years=years, population_size=sizes.pop(), confidence=confidence)
    ends = {
        f"{name}_{end}": value for name in RANGES for end, value in zip(("lo", "hi"), getattr(found, name), strict=True)
    }
    about = {"concept": concept_id, "waves": "; ".join(waves), "figures": "; ".join(ids), "units": size}
    about |= {"reference_wave": waves[0], "wave": waves[-1], "slope": found.point, "se": found.se}
    return about | ends | {"lack_of_fit": found.lack_of_fit, "df": found.df, "arithmetic": found.arithmetic}
