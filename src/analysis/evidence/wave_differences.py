"""Differences of two analysed waves from their answers, as far as the grade of the pair allows."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.evidence.comparability import allows, require
from analysis.evidence.equivalence import verdict
from analysis.evidence.multiplicity import adjust
from analysis.evidence.printed_pairs import p_value
from analysis.evidence.wave_results import UNIT
from analysis.inputs.concepts import Concepts, Family, GradeLetter
from analysis.inputs.stages import read_stage
from analysis.inputs.waves import Wave

COLUMNS = (
    "concept family reference_wave wave grade kind source first second first_n second_n both difference se ci_lo ci_hi "
    "bound_lo bound_hi tost_lo tost_hi p p_adjusted verdict estimate_ids"
).split()
# Of two rows of `Answers`: how many units answered both times, and how far the errors of the two estimates go together.
Link = Callable[[Mapping[Any, Any], Mapping[Any, Any]], tuple[int, float]]


class SyntheticError(Exception):
    """A finding that was asked of synthetic answers."""


def differences(concepts: Concepts, rows: pd.DataFrame, *, confidence: float, link: Link) -> pd.DataFrame:
    """The difference of every pair of waves that may be subtracted and belongs to a family, later wave less earlier.

    `rows` are those of `Answers`, of which a concept has one a wave; `link` says what two of them have in common.
    Shares, and means as shares of the highest score: 0 to 1. p values are adjusted within family and pair of waves.
    From synthetic answers there is no p value and no verdict: nothing is found there. Empty where no pair is eligible.
    """
    families = {family.family: family for family in concepts.families}
    found = []
    for grade in concepts.grades:
        family = concepts.concept(grade.concept_id).family
        if family is None or not allows(grade.grade, "difference"):
            continue
        own = rows[rows["concept"] == grade.concept_id]
        pair = [own[own["wave"] == wave] for wave in (grade.reference_wave, grade.wave)]
        if [len(side) for side in pair] != [1, 1]:
            continue
        first, second = (side.to_dict("records")[0] for side in pair)
        if first["kind"] == second["kind"] and pd.notna([first["se"], second["se"]]).all():
            made = _row(first, second, grade=grade.grade, family=families[family], confidence=confidence, link=link)
            found.append(made)
    return _judged(pd.DataFrame(found, columns=COLUMNS), families)


def difference_of(
    first: Mapping[Any, Any],
    second: Mapping[Any, Any],
    *,
    grade: GradeLetter,
    confidence: float,
    correlation: float = 0.0,
) -> tuple[float, float, float, float]:
    """The second estimate less the first with its standard error and normal interval, from their `point` and `se`.

    se = sqrt(se1^2 + se2^2 - 2 r se1 se2) with the `correlation` r of the two estimates; without it the interval is on
    the safe side where the same units tend to answer alike. Raises ComparabilityError when the grade forbids it.
    Source: methods of this project, sections 4.4 and 6.4.
    """
    require(grade, "difference")
    from scipy.special import ndtri

    one, two = float(first["se"]), float(second["se"])
    se = float(np.sqrt(max(one**2 + two**2 - 2 * correlation * one * two, 0.0)))
    point, half = float(second["point"]) - float(first["point"]), float(ndtri((1 + confidence) / 2)) * se
    return point, se, max(point - half, -1.0), min(point + half, 1.0)


def correlation_of(first: pd.Series, second: pd.Series, *, population_size: int) -> tuple[int, float]:
    """How many units answered both times, and the correlation of the two means that this gives.

    `first` and `second` are the answers by unit, without missing ones, of a frame of `population_size` units. Cov =
    (m/(n1 n2) - 1/N) S12 with the covariance S12 among the m units that answered twice, over the square root of V1 V2
    with V = (1 - n/N) s^2/n; kept within -1 to 1, and 0 where a mean has no variance or fewer than two answered
    twice. Source: methods of this project, section 4.4.
    """
    both = pd.concat([first, second], axis=1, join="inner").to_numpy(dtype="float64")
    sizes = [len(first), len(second)]
    if len(both) < 2 or min(sizes) < 2:
        return len(both), 0.0
    variances = [
        (1 - n / population_size) * float(values.var(ddof=1)) / n
        for n, values in zip(sizes, (first, second), strict=True)
    ]
    if min(variances) <= 0:
        return len(both), 0.0
    shared = float(np.cov(both.T)[0, 1])
    covariance = (len(both) / (sizes[0] * sizes[1]) - 1 / population_size) * shared
    return len(both), float(np.clip(covariance / np.sqrt(variances[0] * variances[1]), -1, 1))


def link_by_code(waves: Mapping[str, Wave]) -> Link:
    """What two rows have in common by the codes of units in the frames of one country, from the answers themselves.

    Nothing (no unit, no correlation) for waves of two countries, and where a wave has promised not to show its
    answers: then nobody looks at single units here (decision 0231). Only units that both frames have are linked.
    """

    def link(first: Mapping[Any, Any], second: Mapping[Any, Any]) -> tuple[int, float]:
        files = [waves[row["wave"]].file for row in (first, second)]
        if files[0].frame.country != files[1].frame.country or any(file.protected for file in files):
            return 0, 0.0
        values = [answers_of(waves[row["wave"]], row) for row in (first, second)]
        common = values[0].index.intersection(values[1].index)
        one, two = (answers[common].dropna() for answers in values)
        return correlation_of(one, two, population_size=len(common))

    return link


def answers_of(wave: Wave, row: Mapping[Any, Any]) -> pd.Series:
    """What each municipality of a frame says to the item of a row, by its code: 1 or 0, or its score; or missing."""
    from analysis.survey.tabulate import Cell, Tables

    options = tuple(filter(None, str(row["category"]).split("|")))
    units = read_stage("indicators", wave.id)
    cell = Cell(str(row["item"]), "share" if options else "mean", options, unit_type=UNIT)
    said = Tables(data=units, wave=wave, confidence=0).said(cell)
    return pd.Series(said.values, index=units["code"].astype(str))[said.part]


def _row(
    first: Mapping[Any, Any],
    second: Mapping[Any, Any],
    *,
    grade: GradeLetter,
    family: Family,
    confidence: float,
    link: Link,
) -> dict[str, Any]:
    both, correlation = link(first, second)
    about: dict[str, Any] = {"grade": grade, "correlation": correlation}
    point, se, low, high = difference_of(first, second, confidence=confidence, **about)
    *_, tost_lo, tost_hi = difference_of(first, second, confidence=1 - 2 * family.level, **about)
    observed = {first["source"], second["source"]} == {"observed"}
    return {
        "concept": first["concept"],
        "family": family.family,
        "reference_wave": first["wave"],
        "wave": second["wave"],
        "grade": grade,
        "kind": first["kind"],
        "source": "observed" if observed else "synthetic",
        **{place: row["point"] for place, row in (("first", first), ("second", second))},
        **{f"{place}_n": row["n"] for place, row in (("first", first), ("second", second))},
        "both": both,
        "difference": point,
        "se": se,
        **{"ci_lo": low, "ci_hi": high, "tost_lo": tost_lo, "tost_hi": tost_hi},
        **{"bound_lo": second["bound_lo"] - first["bound_hi"], "bound_hi": second["bound_hi"] - first["bound_lo"]},
        "p": p_value((point, point), se) if observed else np.nan,
        "estimate_ids": f"{first['estimate_ids']}; {second['estimate_ids']}",
    }


def _judged(table: pd.DataFrame, families: Mapping[str, Family]) -> pd.DataFrame:
    """The table with p values adjusted within each family and pair of waves, and verdicts, of observed answers."""
    table = table.astype({"p": "float64", "p_adjusted": "float64"}).assign(verdict="")
    observed = table[table["source"] == "observed"]
    for (name, *_), rows in observed.groupby(["family", "reference_wave", "wave"], sort=False):
        family = families[str(name)]
        adjusted = adjust(rows["p"].tolist(), method=family.method)
        intervals = zip(rows["tost_lo"], rows["tost_hi"], strict=True)
        table.loc[rows.index, "p_adjusted"] = adjusted
        table.loc[rows.index, "verdict"] = [
            verdict(p=p, level=family.level, interval=interval, margin=family.margin)
            for p, interval in zip(adjusted, intervals, strict=True)
        ]
    return table
