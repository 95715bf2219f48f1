"""What the units that did not answer would do to the key numbers of a wave, under stated assumptions about them."""

from typing import Any

import numpy as np
import pandas as pd

from analysis.inputs.waves import Wave
from analysis.inputs.weighting_plan import KeyEstimate, category_values
from analysis.survey.balance.sensitivity import pattern_mixture, shifted_share, tipping_odds
from analysis.survey.bounds import worst_case

# Odds of yes among the silent against respondents of the same size group, for the table of shares.
SHOWN_ODDS = {"odds_half": 0.5, "odds_same": 1.0, "odds_double": 2.0}
# Whether answering depends on what the frame tells (0), on both alike (1), or on the outcome alone.
SHOWN_RATIOS = {"by_frame": 0.0, "by_both": 1.0, "by_outcome": np.inf}
COLUMNS = "item category unit_type n_frame n_answered observed bound_lo bound_hi".split()
SHARE_COLUMNS = [*COLUMNS, *SHOWN_ODDS, "tipping_odds"]
MEAN_COLUMNS = [*COLUMNS, "scale_maximum", *SHOWN_RATIOS]


def share_paths(units: pd.DataFrame, *, wave: Wave) -> pd.DataFrame:
    """Each key share: observed, worst-case bounds, and where the silent units differ by an odds ratio.

    Silent and answering units are set against each other within size groups; a size group in which nobody answered is
    joined with a neighbour. `tipping_odds`: the odds ratio at which the share crosses one half; missing where none.
    """
    rows = []
    for one in wave.file.key_estimates:
        frame, values = _values(units, one, wave)
        if not one.category or not len(values) or len(values) == len(frame):
            continue
        k, n, size = _by_size(frame, values)
        about = _about(one, frame, values, maximum=1.0)
        counts: dict[str, Any] = {"answered": n, "frame": size}
        paths = {name: shifted_share(k, shift=float(np.log(odds)), **counts) for name, odds in SHOWN_ODDS.items()}
        rows.append(about | paths | {"tipping_odds": tipping_odds(k, **counts)})
    return pd.DataFrame(rows, columns=SHARE_COLUMNS)


def mean_paths(units: pd.DataFrame, *, wave: Wave, maxima: dict[str, float]) -> pd.DataFrame:
    """Each key mean: observed, worst-case bounds, and by proxy pattern-mixture with size group and region as proxy.
    `maxima` has the highest value of each score. Means are in points. Missing where the frame says too little.
    """
    rows = []
    for one in wave.file.key_estimates:
        if one.category or one.item not in maxima:
            continue
        frame, values = _values(units, one, wave)
        if len(values) < 3 or len(values) == len(frame) or np.ptp(values.to_numpy()) == 0:
            continue
        about = _about(one, frame, values, maximum=maxima[one.item]) | {"scale_maximum": maxima[one.item]}
        # The mixture knows nothing of the ends of the scale; no mean lies outside the worst-case bounds.
        mixed = {
            name: float(np.clip(m, about["bound_lo"], about["bound_hi"]))
            for name, m in _mixtures(frame, values).items()
        }
        rows.append(about | mixed)
    return pd.DataFrame(rows, columns=MEAN_COLUMNS)


def rows(shares: pd.DataFrame, means: pd.DataFrame) -> list[dict[str, Any]]:
    """Both tables as rows of the estimate record."""
    made = []
    for table, measure, names in ((shares, "share", [*SHOWN_ODDS, "tipping_odds"]), (means, "mean", [*SHOWN_RATIOS])):
        for row in table.to_dict("records"):
            about = {key: row[key] for key in ("unit_type", "n_frame", "n_answered", "bound_lo", "bound_hi")}
            about |= {"estimate_type": "diagnostic", "mode": "I", "item": f"sensitivity:{row['item']}", "estimand": "M"}
            for name in names:
                kind = "index" if name == "tipping_odds" else measure
                category = " ".join(filter(None, [row["category"], name]))
                made.append(about | {"measure": kind, "category": category, "point": row[name]})
    return made


def _values(units: pd.DataFrame, one: KeyEstimate, wave: Wave) -> tuple[pd.DataFrame, pd.Series]:
    """The units a key number is about (those that the item was not put to are left out), and the answers given."""
    of_type = units if one.unit_type == "all" else units[units["unit_type"] == one.unit_type]
    answers = of_type[one.item].astype("float64")
    if not one.category:
        return of_type, answers.dropna()
    frame = of_type[~answers.isin([-1, -2])]
    given = answers[frame.index]
    given = given[given.notna() & (given >= 0)]
    return frame, given.isin(category_values(wave, one)).astype("float64")


def _about(one: KeyEstimate, frame: pd.DataFrame, values: pd.Series, *, maximum: float) -> dict[str, Any]:
    total = float(values.sum())
    lo, hi = worst_case(total, covered=len(values), total=len(frame), low=0, high=maximum)
    about = {"item": one.item, "category": "+".join(one.category), "unit_type": one.unit_type, "n_frame": len(frame)}
    return about | {"n_answered": len(values), "observed": total / len(values), "bound_lo": lo, "bound_hi": hi}


def _by_size(frame: pd.DataFrame, values: pd.Series) -> tuple[list[float], list[int], list[int]]:
    """Yes, answers and units by size group from the smallest; a group without an answer joins the next."""
    yes, answered, sizes = [0.0], [0], [0]
    for _, members in frame.sort_values("size_group").groupby("size_group"):
        given = values[values.index.intersection(members.index)]
        if answered[-1] and (len(given) or sizes[-1] == 0):
            yes, answered, sizes = [*yes, 0.0], [*answered, 0], [*sizes, 0]
        yes[-1] += float(given.sum())
        answered[-1] += len(given)
        sizes[-1] += len(members)
    return yes, answered, sizes


def _mixtures(frame: pd.DataFrame, values: pd.Series) -> dict[str, float]:
    names = [name for name in ("size_group", "region") if frame[name].nunique() > 1]
    design = pd.get_dummies(frame[names].astype(str), dtype="float64").assign(constant=1.0)
    fitted = np.linalg.lstsq(design.loc[values.index].to_numpy(), values.to_numpy(), rcond=None)[0]
    proxy = pd.Series(design.to_numpy() @ fitted, index=frame.index)
    if np.ptp(proxy[values.index].to_numpy()) < 1e-9:
        return dict.fromkeys(SHOWN_RATIOS, float("nan"))
    silent = proxy.drop(values.index)
    means = pattern_mixture(values, proxy=proxy[values.index], proxy_of_silent=silent, ratios=[*SHOWN_RATIOS.values()])
    return {name: means[ratio] for name, ratio in SHOWN_RATIOS.items()}
