"""A panel of areas that are the same in every wave, with each area's relative position among the others in a wave."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
import pandas as pd

from analysis.evidence.comparability import require
from analysis.inputs.concepts import GradeLetter
from analysis.inputs.frames import constant_geography

MergeRule = Literal["population_mean", "largest", "drop"]
THIRDS = ("lower", "middle", "upper")
AREA = ["wave", "unit_type", "area"]


@dataclass(frozen=True)
class Panel:
    """`areas`: one row per wave and area; `positions`: one row per wave, area of the panel and concept.

    An area is in the panel when every concept has a score in every wave.
    """

    areas: pd.DataFrame
    positions: pd.DataFrame


def build(units: pd.DataFrame, *, concepts: list[str], merged: MergeRule = "population_mean") -> Panel:
    """The panel of all waves in `units`.

    `units` has one row per wave and unit of its frame: wave, date, unit_type, code, name, population, and a column of
    scores per concept (missing where not scored). Areas carry the code and name of the last frame. `positions` has
    wave, unit_type, area, concept, position and third; scores are left behind, because only positions are compared.
    """
    areas = merge(locate(units), concepts=concepts, rule=merged)
    scored = areas[areas["scored"]].groupby(["unit_type", "area"])["wave"].nunique()
    complete = scored.index[scored == units["wave"].nunique()]
    areas["in_panel"] = pd.MultiIndex.from_frame(areas[["unit_type", "area"]]).isin(complete)
    long = areas[areas["in_panel"]].melt(id_vars=AREA, value_vars=concepts, var_name="concept", value_name="score")
    groups = long.groupby(["wave", "unit_type", "concept"], sort=False)["score"]
    long["position"] = groups.transform(relative_position)
    long["third"] = groups.transform(third).astype(object)
    return Panel(areas=areas, positions=long.drop(columns="score"))


def locate(units: pd.DataFrame) -> pd.DataFrame:
    """The units with `area`: the code, at the last frame, of the area they are part of.

    County municipalities are taken by code, which did not change from 2008 to 2017. Where two frames share a date
    they share their areas.
    """
    municipal = units["unit_type"] == "municipality"
    codes = {str(date): list(part.unique()) for date, part in units[municipal].groupby("date")["code"]}
    located = units.assign(area=units["code"])
    if codes:
        links = constant_geography(codes, until=max(codes))
        found = units[["date", "code"]].merge(
            links, how="left", left_on=["date", "code"], right_on=["reference_date", "code"]
        )["constant_code"]
        located["area"] = units["code"].where(~municipal, found.set_axis(units.index))
    return located


def merge(units: pd.DataFrame, *, concepts: list[str], rule: MergeRule) -> pd.DataFrame:
    """One row per wave and area: its members, inhabitants, the share of these (0 to 1) in scored members, its scores.

    `population_mean`: the mean of the members that have a score, weighted by inhabitants; `largest`: the score of the
    scored member with most inhabitants; `drop`: no score for an area of several members. `scored`: every concept has a
    score. An area none of whose members was scored has missing scores and a share of 0.
    """
    has_score = units[concepts].notna().all(axis=1)
    count = units.groupby(AREA)["code"].transform("size")
    order = units["population"].where(has_score).groupby([units[key] for key in AREA])
    used = {
        "population_mean": has_score,
        "largest": has_score & (order.rank(ascending=False, method="first") == 1),
        "drop": has_score & (count == 1),
    }[rule]
    weight = units["population"].where(used, 0)
    parts = units[AREA].assign(
        members=1,
        scored_members=has_score.astype("int64"),
        population=units["population"],
        scored_population=units["population"].where(has_score, 0),
        _weight=weight,
        **{concept: units[concept].where(used, 0.0) * weight for concept in concepts},
    )
    areas = parts.groupby(AREA, sort=True).sum().reset_index()
    total = areas.pop("_weight").replace(0, np.nan)
    # Weighting and dividing again moves the last binary digits, which would break ties between equal scores.
    areas[concepts] = areas[concepts].div(total, axis=0).round(12)
    areas["scored_population_share"] = areas.pop("scored_population") / areas["population"]
    return areas.assign(scored=total.notna())


def relative_position(scores: pd.Series) -> pd.Series:
    """Mid-rank percentile: (rank - 1/2) / n, equal scores sharing their mean rank; 0 to 1, mean exactly 1/2.

    A missing score has no position.
    """
    return (scores.rank(method="average") - 0.5) / scores.count()


def third(scores: pd.Series) -> pd.Series:
    """Which third of its wave a score is in, by its relative position; equal scores are in the same third.

    `lower` below 1/3, `upper` above 2/3, `middle` between, ends included. Compared in whole numbers, because ranks are
    halves: no score falls to one side by floating point. A missing score is in no third.
    """
    place = 6 * scores.rank(method="average") - 3  # the relative position times 6 n, a whole number
    n = scores.count()
    names = np.select([place < 2 * n, place > 4 * n], ["lower", "upper"], default="middle")
    return pd.Series(names, index=scores.index, dtype=object).where(scores.notna())


def transitions(first: pd.Series, second: pd.Series, *, grade: GradeLetter) -> pd.DataFrame:
    """How many areas went from each third of one wave (rows) to each third of another (columns).

    Both are indexed by area; areas in one of them only are not counted. Raises ComparabilityError when the grade does
    not allow relative positions to be put beside each other.
    """
    require(grade, "relative_position")
    both = pd.concat([first, second], axis=1, join="inner").dropna()
    table = pd.crosstab(both.iloc[:, 0], both.iloc[:, 1])
    return table.reindex(index=THIRDS, columns=THIRDS, fill_value=0)


def rank_correlation(first: pd.Series, second: pd.Series, *, grade: GradeLetter) -> float:
    """Spearman's rank correlation of two waves over the areas in both, -1 to 1; missing where one wave has no spread.

    Raises ComparabilityError when the grade does not allow relative positions to be put beside each other.
    """
    require(grade, "relative_position")
    both = pd.concat([first, second], axis=1, join="inner").dropna().rank(method="average")
    x, y = (both - both.mean()).to_numpy(dtype="float64").T
    spread = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / spread if spread else float("nan")


def expected_same(table: pd.DataFrame) -> float:
    """The share (0 to 1) that would be in the same third if the two waves had nothing to do with each other.

    Sum over thirds of row total times column total over n squared; missing for an empty table.
    """
    n = int(table.to_numpy().sum())
    return float((table.sum(axis=1) * table.sum(axis=0)).sum()) / n**2 if n else float("nan")


def pairs(waves: Sequence[str]) -> list[tuple[str, str]]:
    """Every two waves, the earlier first, in the order given."""
    return list(combinations(waves, 2))
