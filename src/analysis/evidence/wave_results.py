"""The same concepts from the answers of two waves, where both have microdata: with real answers only a difference."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.evidence.comparability import require
from analysis.evidence.side_by_side import waves_beside
from analysis.inputs.concepts import Concepts, GradeLetter
from analysis.inputs.memory import remembered
from analysis.inputs.targets import Target, read_targets
from analysis.inputs.waves import Wave
from analysis.survey.estimates import WITHHELD


@dataclass(frozen=True)
class Share:
    """A share (0 to 1) of all municipalities estimated from the answers of a wave, and the kind of these answers."""

    wave: str
    point: float
    se: float
    source: str


class SyntheticError(Exception):
    """A finding that was asked of synthetic answers."""


@remembered
def from_results(concepts: Concepts, waves: Mapping[str, Wave], estimates: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """What the answers of each analysed wave give for the figures of a concept that may stand side by side.

    `estimates` are the records of the stage `results` by wave. Columns: concept, wave, figure, n, share of all
    municipalities (0 to 1) with its interval, source (`observed` or `synthetic`). Only concepts that two analysed waves
    measure; a figure that is a plain share of an item's answers, others are left out. A share over several options has
    no interval, since their errors hang together.
    """
    rows = []
    for concept in concepts.concepts:
        measured = concepts.measured(concept.concept_id) if concept.kind == "survey" else {}
        shown = [wave for wave in measured if wave in estimates and wave in waves_beside(concepts, concept.concept_id)]
        for wave in shown if len(shown) > 1 else ():
            targets = {target.figure_id: target for target in read_targets(waves[wave])}
            for figure in measured[wave].figures:
                rows += [
                    (concept.concept_id, wave, figure, *found) for found in _share(targets[figure], estimates[wave])
                ]
    table = pd.DataFrame(rows, columns=["concept", "wave", "figure", "n", "share", "ci_lo", "ci_hi", "source"])
    several = table.groupby("concept")["wave"].transform("nunique") > 1
    return table[several].reset_index(drop=True)


def difference_of(first: Share, second: Share, *, grade: GradeLetter, confidence: float) -> dict[str, Any]:
    """The difference of two waves from real answers, second less first, with its normal interval.

    d plus and less z sqrt(se1^2 + se2^2): without covariance, which is on the safe side where the same units tend to
    answer alike. Raises ComparabilityError when the grade forbids it and SyntheticError when either wave is made up.
    """
    require(grade, "difference")
    for one in (first, second):
        if one.source != "observed":
            raise SyntheticError(f"{one.wave} has synthetic answers: no finding is stated from them")
    from scipy.special import ndtri

    point, se = second.point - first.point, float(np.hypot(first.se, second.se))
    half = float(ndtri((1 + confidence) / 2)) * se
    return {"point": point, "se": se, "ci_lo": point - half, "ci_hi": point + half}


def _share(target: Target, estimates: pd.DataFrame) -> list[tuple[int, float, float, float, str]]:
    """The share of municipalities that the target counts; nothing where it is no plain share or is withheld."""
    if target.measure != "share" or target.subset or not target.category:
        return []
    plain = (estimates["subset"] == "") & (estimates["estimand"] == "M") & (estimates["estimate_type"] == "level")
    rows = estimates[plain & (estimates["item"] == target.item) & estimates["category"].isin(target.category)]
    rows = rows[(rows["measure"] == "share") & (rows["unit_type"] == "municipality") & (rows["flags"] != WITHHELD)]
    if len(rows) != len(target.category):
        return []
    first = rows.iloc[0]
    limits = (float(first["ci_lo"]), float(first["ci_hi"])) if len(rows) == 1 else (np.nan, np.nan)
    return [(int(first["n_answered"]), float(rows["point"].sum()), *limits, str(first["source"]))]
