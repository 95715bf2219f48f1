"""How well the parts of a score hang together: Cronbach's alpha, correlations, and each part against the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

# Below these numbers of items and units alpha is not reported.
MIN_ITEMS, MIN_UNITS = 3, 30
OVERALL, WITHIN = "all units", "within size groups"
METHODS = ("pearson", "spearman")
INDICATOR_COLUMNS = "unit_type indicator questions n n_frame alpha ci_lo ci_hi within rest_lo rest_hi".split()


@dataclass(frozen=True)
class Reliability:
    """Alpha per unit type, correlations of each pair of parts, each part against the rest, and all as record rows.

    `indicators`: alpha of each indicator of a questionnaire, with the lowest and highest of its questions' correlations
    with the rest.
    """

    alpha: pd.DataFrame
    correlations: pd.DataFrame
    item_rest: pd.DataFrame
    rows: list[dict[str, Any]]
    indicators: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=INDICATOR_COLUMNS))


def describe(data: pd.DataFrame, *, items: list[str], confidence: float) -> Reliability:
    """Reliability of the sum of `items` for each unit type, units with a missing item left out.

    `data` has unit_type, size_group and the items in points. Alpha is given where there are at least three items and
    thirty units, and within size groups too, because a score that rises with size makes any parts of it agree.
    """
    alphas, pairs, rests = [], [], []
    for unit_type, units in data.groupby("unit_type", sort=False):
        complete = units.dropna(subset=items)
        about = {"unit_type": unit_type, "n": len(complete), "n_frame": len(units)}
        if len(items) < MIN_ITEMS or len(complete) < MIN_UNITS:
            continue
        alphas += [about | row for row in _alphas(complete, items=items, confidence=confidence)]
        pairs += [about | row for row in correlations(complete[items], confidence=confidence)]
        rests += [about | {"item": item, "r": r} for item, r in item_rest(complete[items]).items()]
    columns = ["unit_type", "n", "n_frame"]
    alpha = pd.DataFrame(alphas, columns=[*columns, "variant", "alpha", "ci_lo", "ci_hi"])
    correlation = pd.DataFrame(pairs, columns=[*columns, "first", "second", "method", "r", "ci_lo", "ci_hi"])
    rest = pd.DataFrame(rests, columns=[*columns, "item", "r"])
    return Reliability(alpha, correlation, rest, _rows(alpha, correlation, rest))


def with_indicators(
    found: Reliability, questions: Mapping[str, pd.DataFrame], *, groups: pd.DataFrame, confidence: float
) -> Reliability:
    """The same with alpha of each indicator, from the points of its questions (units by questions).

    Units with a missing question and questions that do not vary are left out. Given where at least three questions and
    thirty units remain. `groups` has unit_type and size_group of the units.
    """
    rows = []
    for indicator, points in questions.items():
        for unit_type, units in groups.groupby("unit_type", sort=False):
            complete = points.loc[units.index].dropna()
            varying = complete.loc[:, complete.nunique() > 1]
            about = {"unit_type": unit_type, "indicator": indicator, "n": len(complete), "n_frame": len(units)}
            if varying.shape[1] >= MIN_ITEMS and len(complete) >= MIN_UNITS:
                rows.append(about | _indicator(varying, units.loc[complete.index, "size_group"], confidence=confidence))
    table = pd.DataFrame(rows, columns=INDICATOR_COLUMNS)
    return replace(found, indicators=table, rows=[*found.rows, *_indicator_rows(table)])


def _indicator(points: pd.DataFrame, sizes: pd.Series, *, confidence: float) -> dict[str, Any]:
    alpha, lo, hi = cronbach_alpha(points, confidence=confidence)
    within, _, _ = cronbach_alpha(within_groups(points, sizes), confidence=confidence)
    rest = list(item_rest(points).values())
    found = {"questions": points.shape[1], "alpha": alpha, "ci_lo": lo, "ci_hi": hi, "within": within}
    return found | {"rest_lo": min(rest), "rest_hi": max(rest)}


def _indicator_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    rows = []
    for row in table.to_dict("records"):
        about = {"estimate_type": "diagnostic", "measure": "index", "mode": "A", "item": row["indicator"]}
        about |= {"unit_type": row["unit_type"], "n_frame": row["n_frame"], "n_answered": row["n"]}
        interval = {"ci_lo": row["ci_lo"], "ci_hi": row["ci_hi"], "ci_method": "feldt"}
        rows.append(about | {"category": f"alpha {OVERALL}", "point": row["alpha"]} | interval)
        others = {f"alpha {WITHIN}": "within", "lowest rest": "rest_lo", "highest rest": "rest_hi"}
        for category, column in others.items():
            rows.append(about | {"category": category, "point": row[column]})
    return rows


def cronbach_alpha(points: pd.DataFrame, *, confidence: float) -> tuple[float, float, float]:
    """Cronbach's alpha of the columns and its interval: k/(k-1) (1 - sum of item variances / variance of the sum).

    The interval is Feldt's; it speaks of units in general, not of this frame. Missing values are not allowed. Raises
    ValueError for fewer than two columns or rows, or a sum that does not vary.
    Source: Cronbach 1951, Psychometrika 16:297.
    """
    if points.shape[0] < 2 or points.shape[1] < 2 or points.isna().to_numpy().any():
        raise ValueError("alpha needs two columns and two rows without missing values")
    if points.sum(axis=1).var() == 0:
        raise ValueError("alpha is not defined where the sum does not vary")
    from pingouin import cronbach_alpha as alpha_of

    alpha = float(alpha_of(data=points)[0])
    # Pingouin's own interval is the same, rounded to three decimals.
    lo, hi = feldt_interval(alpha, n=len(points), items=points.shape[1], confidence=confidence)
    return alpha, lo, hi


def feldt_interval(alpha: float, *, n: int, items: int, confidence: float) -> tuple[float, float]:
    """Feldt's interval for alpha: 1 - (1 - alpha) F at both tails, with n-1 and (n-1)(items-1) degrees of freedom.

    Source: Feldt 1965, Psychometrika 30:357.
    """
    from scipy.special import fdtri

    tails = ((1 + confidence) / 2, (1 - confidence) / 2)
    lo, hi = (1 - (1 - alpha) * float(fdtri(n - 1, (n - 1) * (items - 1), tail)) for tail in tails)
    return lo, hi


def within_groups(points: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """The points less the mean of their group, so that only differences within groups are left."""
    return points - points.groupby(groups).transform("mean")


def correlations(points: pd.DataFrame, *, confidence: float) -> list[dict[str, Any]]:
    """Pearson's and Spearman's correlation of each pair of columns with an interval (Fisher's z)."""
    from pingouin import compute_esci, corr

    rows = []
    for (first, second), method in ((pair, m) for pair in combinations(points.columns, 2) for m in METHODS):
        r = float(corr(points[first], points[second], method=method)["r"].iloc[0])
        lo, hi = compute_esci(r, len(points), len(points), eftype="r", confidence=confidence, decimals=12)
        rows.append(
            {"first": first, "second": second, "method": method, "r": r, "ci_lo": float(lo), "ci_hi": float(hi)}
        )
    return rows


def item_rest(points: pd.DataFrame) -> dict[str, float]:
    """Pearson's correlation of each column with the sum of the others."""
    total = points.sum(axis=1)
    return {str(name): float(np.corrcoef(points[name], total - points[name])[0, 1]) for name in points.columns}


def _alphas(data: pd.DataFrame, *, items: list[str], confidence: float) -> list[dict[str, Any]]:
    alpha, lo, hi = cronbach_alpha(data[items], confidence=confidence)
    # The interval would need the degrees of freedom that the group means take up, so none is given within groups.
    within, _, _ = cronbach_alpha(within_groups(data[items], data["size_group"]), confidence=confidence)
    return [
        {"variant": OVERALL, "alpha": alpha, "ci_lo": lo, "ci_hi": hi},
        {"variant": WITHIN, "alpha": within, "ci_lo": np.nan, "ci_hi": np.nan},
    ]


def _rows(alpha: pd.DataFrame, correlation: pd.DataFrame, rest: pd.DataFrame) -> list[dict[str, Any]]:
    common = {"estimate_type": "diagnostic", "measure": "index", "mode": "A"}
    rows = [
        {"item": "alpha", "category": row.variant, "point": row.alpha, "ci_lo": row.ci_lo, "ci_hi": row.ci_hi}
        | {"ci_method": "feldt" if row.variant == OVERALL else ""}
        | _base(row)
        for row in alpha.itertuples()
    ]
    rows += [
        {"item": row.first, "category": f"{row.method} with {row.second}", "point": row.r}
        | {"ci_lo": row.ci_lo, "ci_hi": row.ci_hi, "ci_method": "fisher"}
        | _base(row)
        for row in correlation.itertuples()
    ]
    rows += [{"item": row.item, "category": "with the rest", "point": row.r} | _base(row) for row in rest.itertuples()]
    return [common | row for row in rows]


def _base(row: Any) -> dict[str, Any]:
    return {"unit_type": row.unit_type, "n_frame": row.n_frame, "n_answered": row.n}
