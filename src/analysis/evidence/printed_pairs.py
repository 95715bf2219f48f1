"""Printed figures of two rounds put in relation, as far as the grade of the pair allows: differences and ratios."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import InputError
from analysis.evidence.aggregates.differences import Difference, difference, ratio
from analysis.evidence.aggregates.readings import share_of
from analysis.evidence.aggregates.shares import PrintedShare
from analysis.evidence.comparability import allows, require
from analysis.evidence.equivalence import verdict
from analysis.evidence.multiplicity import adjust
from analysis.inputs.concepts import Concepts, Family, Grade, GradeLetter

RESPONSE = "response"
GRADES = "data/raw/comparison/grades.csv"
LIMITS = ("rounding", "ci", "worst", "bound", "tost")


def differences(
    concepts: Concepts, figures: pd.DataFrame, *, populations: pd.DataFrame, confidence: float
) -> pd.DataFrame:
    """The difference of every printed pair that may be subtracted and belongs to a family, later round less earlier.

    `figures` is the register's table, indexed by figure_id; `populations` the frames behind it. One row a pair: the
    printed texts, `difference` and `ratio` with the ranges of `aggregates.differences` (shares 0 to 1), Cohen's h, p
    values (raw, adjusted within the family, and the same at the least favourable overlap), the interval for equivalence
    (`tost_lo`, `tost_hi`) and the verdicts. A ratio of a share that may be below 5 percent is missing. Raises
    ComparabilityError for a pair whose grade does not allow it, InputError for rounds with different frames or a
    concept with several figures.
    """
    families = {family.family: family for family in concepts.families}
    rows = [
        _row(_shares(concepts, grade, figures, populations), grade, family=families[family], confidence=confidence)
        for grade in concepts.grades
        if (family := concepts.concept(grade.concept_id).family) is not None
        and allows(grade.grade, "difference")
        and all(concepts.measured(grade.concept_id)[wave].figures for wave in grade.waves)
    ]
    table = pd.DataFrame(rows)
    return table if table.empty else _judged(table, families)


def subtract(
    first: PrintedShare, second: PrintedShare, *, grade: GradeLetter, population_size: int, confidence: float
) -> Difference:
    """The difference of two printed shares, when the grade of their pair allows it; else ComparabilityError."""
    require(grade, "difference")
    return difference(first, second, population_size=population_size, confidence=confidence)


def divide(
    first: PrintedShare, second: PrintedShare, *, grade: GradeLetter, population_size: int, confidence: float
) -> dict[str, float]:
    """The ratio of two printed shares with its interval, when the grade allows it; missing for a share below 5 percent.

    Raises ComparabilityError for a grade that does not allow a ratio.
    """
    require(grade, "ratio")
    try:
        found = ratio(first, second, population_size=population_size, confidence=confidence)
    except ValueError:
        return dict.fromkeys(("ratio", "ratio_lo", "ratio_hi"), np.nan)
    return {"ratio": found.point, "ratio_lo": found.ci[0], "ratio_hi": found.ci[1]}


def p_value(point: tuple[float, float], se: float) -> float:
    """The two-sided normal p value of a difference, for the value nearest to 0 that its rounding leaves open.

    Without a standard error it is 1 where the rounding leaves 0 open and 0 otherwise.
    """
    from scipy.special import ndtr

    nearest = 0.0 if point[0] <= 0 <= point[1] else min(abs(point[0]), abs(point[1]))
    return float(2 * ndtr(-nearest / se)) if se > 0 else float(nearest == 0)


def response(concepts: Concepts, figures: pd.DataFrame, *, populations: pd.DataFrame) -> pd.DataFrame:
    """How many answered in each round: counts, units and the share (0 to 1), as a range where a share was printed.

    `populations` gives the units of each round's frame. Missing for a round that prints none.
    """
    units = populations[populations["group"] == "all"].groupby("wave")["population_size"].first()
    rows = []
    for wave, measure in concepts.measured(RESPONSE).items():
        figure = figure_row(figures, measure.figures[0])
        if figure["statistic"] == "count":
            counts: tuple[int, ...] = (int(figure["value"]),)
            point = counts[0] / int(units[wave])
        else:
            printed, _ = share_of(figure, populations)
            counts, point = printed.counts, printed.value
        about = {
            "wave": wave,
            "figure": figure["figure_id"],
            "printed": figure["value"],
            "statistic": figure["statistic"],
        }
        rows.append(about | {"k_lo": counts[0], "k_hi": counts[-1], "units": int(units[wave]), "point": point})
    table = pd.DataFrame(rows)
    return table.assign(lo=table["k_lo"] / table["units"], hi=table["k_hi"] / table["units"])


def response_steps(concepts: Concepts, table: pd.DataFrame) -> pd.DataFrame:
    """The step of the response rate between two rounds that may be subtracted: a range of rounding, no interval.

    The frame is known and every answer counted, so nothing but rounding is open.
    """
    rows = table.set_index("wave")
    steps = []
    for grade in concepts.grades:
        if grade.concept_id == RESPONSE and allows(grade.grade, "difference"):
            first, second = rows.loc[grade.reference_wave], rows.loc[grade.wave]
            ends = second["lo"] - first["hi"], second["hi"] - first["lo"]
            steps.append((grade.reference_wave, grade.wave, grade.grade, *ends))
    return pd.DataFrame(steps, columns=["reference_wave", "wave", "grade", "lo", "hi"])


def figure_row(figures: pd.DataFrame, name: str) -> dict[str, Any]:
    """A row of the register's table with its id, as the functions of `aggregates` take it."""
    return {str(column): figures.at[name, column] for column in figures.columns} | {"figure_id": name}


def _shares(
    concepts: Concepts, grade: Grade, figures: pd.DataFrame, populations: pd.DataFrame
) -> dict[str, tuple[PrintedShare, int]]:
    """The two printed shares of a pair by figure id, the earlier first, each with the size of its frame."""
    measured = concepts.measured(grade.concept_id)
    found = {}
    for wave in (grade.reference_wave, grade.wave):
        ids = measured[wave].figures
        if len(ids) != 1:
            problem = f"a difference needs one figure a round, {wave} has {len(ids)}"
            raise InputError(
                f"{GRADES}, concept {grade.concept_id!r}: {problem}; grade the pair C, or name one figure."
            )
        found[ids[0]] = share_of(figure_row(figures, ids[0]), populations)
    return found


def _row(
    shares: Mapping[str, tuple[PrintedShare, int]], grade: Grade, *, family: Family, confidence: float
) -> dict[str, Any]:
    (first, size), (second, other) = shares.values()
    if size != other:
        problem = f"{grade.reference_wave} and {grade.wave} have frames of {size} and {other} units"
        raise InputError(f"{GRADES}, concept {grade.concept_id!r}: {problem}; grade the pair C, side by side.")
    about: dict[str, Any] = {"grade": grade.grade, "population_size": size}
    found = subtract(first, second, confidence=confidence, **about)
    narrow = subtract(first, second, confidence=1 - 2 * family.level, **about)
    limits = {"rounding": found.rounding, "se": found.se_range, "ci": found.ci, "worst": found.worst}
    limits |= {"bound": found.bounds, "tost": narrow.ci, "worst_tost": narrow.worst}
    ends = {
        f"{name}_{end}": value for name, pair in limits.items() for end, value in zip(("lo", "hi"), pair, strict=True)
    }
    ids = list(shares)
    row = {"concept": grade.concept_id, "family": family.family, "reference_wave": grade.reference_wave}
    row |= {"wave": grade.wave, "grade": grade.grade, "first_figure": ids[0], "second_figure": ids[1]}
    counts = {"first_n": first.bases[-1], "second_n": second.bases[-1], "units": size}
    for place, share in (("first", first), ("second", second)):
        counts |= {f"{place}_k_lo": share.counts[0], f"{place}_k_hi": share.counts[-1]}
    counts |= {"shared_lo": found.shared[0], "shared_hi": found.shared[1]}
    tests = {"p": p_value(found.rounding, found.se), "p_worst": p_value(found.rounding, found.se_range[1])}
    point = {"difference": found.point, "se": found.se, "cohen_h": found.cohen_h}
    quotient = divide(first, second, confidence=confidence, **about)
    return row | {"first": first.text, "second": second.text} | counts | point | ends | tests | quotient


def _judged(table: pd.DataFrame, families: Mapping[str, Family]) -> pd.DataFrame:
    """The table with p values adjusted within each family, and the verdicts."""
    return pd.concat(list(_judged_families(table, families)), ignore_index=True)


def _judged_families(table: pd.DataFrame, families: Mapping[str, Family]) -> Iterator[pd.DataFrame]:
    for name, rows in table.groupby("family", sort=False):
        family = families[str(name)]
        judged = rows.assign(tests=len(rows))
        for case, tost in (("", "tost"), ("_worst", "worst_tost")):
            adjusted = adjust(rows[f"p{case}"].to_list(), method=family.method)
            ends = zip(rows[f"{tost}_lo"], rows[f"{tost}_hi"], strict=True)
            judged[f"p{case}_adjusted"] = adjusted
            judged[f"verdict{case}"] = [
                verdict(p=p, level=family.level, interval=interval, margin=family.margin)
                for p, interval in zip(adjusted, ends, strict=True)
            ]
        yield judged
