"""How precisely a score describes one unit: omega, the error of measurement, and the smallest change beyond it."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.survey.reliability import MIN_ITEMS, MIN_UNITS

Floats = NDArray[np.float64]

# The smallest share of a question's variance that is taken to be its own.
LEAST = 0.005
# Fewest units that answered both questions of a pair, for its covariance to be used.
MIN_PAIR = 50
COLUMNS = ["unit_type", "item", "questions", "n", "omega", "standard_deviation", "sem"]


def omega(points: pd.DataFrame) -> float:
    """McDonald's omega of the sum of the columns: (sum of loadings)^2 / (the same + sum of unique variances).

    Loadings and unique variances are those of one common factor (maximum likelihood). Covariances are of the units that
    answered both questions where every pair has at least MIN_PAIR of them, else of those that answered all. Questions
    that do not vary add nothing and are left out. NaN for fewer than MIN_ITEMS questions or MIN_UNITS units.
    Source: McDonald 1999, Test Theory, chapter 6.
    """
    given = points.loc[:, points.nunique() > 1].astype("float64")
    covariance = given.cov(min_periods=MIN_PAIR)
    if given.shape[1] >= MIN_ITEMS and not _positive_definite(covariance):
        given = given.dropna()
        covariance = given.cov()
    if given.shape[1] < MIN_ITEMS or len(given) < MIN_UNITS or not _positive_definite(covariance):
        return math.nan
    spread = np.sqrt(np.diag(covariance))
    loadings, unique = one_factor(covariance.to_numpy() / np.outer(spread, spread))
    common = float(loadings @ spread) ** 2
    # The optimum is found to more digits than these, so that machines agree.
    return round(common / (common + float(unique @ spread**2)), 8)


def one_factor(correlation: Floats) -> tuple[Floats, Floats]:
    """Loadings and unique variances of one common factor by maximum likelihood; unique variances are at least LEAST.

    The likelihood is concentrated on the unique variances. Source: Joreskog 1967, Psychometrika 32:443.
    """
    from scipy.optimize import minimize

    def fitted(unique: Floats) -> tuple[Floats, Floats]:
        scaled = correlation / np.sqrt(np.outer(unique, unique))
        values, vectors = np.linalg.eigh(scaled)
        return values, vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0)) * np.sqrt(unique)

    def lack_of_fit(unique: Floats) -> tuple[float, Floats]:
        values, loadings = fitted(unique)
        rest = values[:-1]
        slope = loadings**2 + unique - np.diag(correlation)
        return float((rest - np.log(rest) - 1).sum()), slope / unique**2

    start = (1 - 0.5 / len(correlation)) / np.diag(np.linalg.inv(correlation))
    options = {"maxiter": 1000, "ftol": 1e-15, "gtol": 1e-10}
    found = minimize(lack_of_fit, start.clip(LEAST, 1), jac=True, method="L-BFGS-B",
                     bounds=[(LEAST, 1)] * len(correlation), options=options)  # fmt: skip
    return fitted(found.x)[1], found.x


def errors(scores: pd.DataFrame, questions: Mapping[str, pd.DataFrame], *, unit_types: pd.Series) -> pd.DataFrame:
    """The error of measurement of each score for each unit type, SEM = SD sqrt(1 - omega), in the scores' own units.

    `scores`: units by scores, `questions`: for each score units by the points it is made of. SD is that of the units
    that have the score (n - 1). SEM is NaN where omega is. Source: methods of this project, section 5.6.
    """
    rows: list[dict[str, Any]] = []
    for unit_type, members in scores.groupby(unit_types, sort=False):
        for item in scores.columns:
            given = members[item].dropna()
            points = questions.get(str(item), pd.DataFrame(index=scores.index)).loc[given.index]
            spread, share = float(given.std(ddof=1)), omega(points)
            about = {"unit_type": unit_type, "item": item, "questions": points.shape[1], "n": len(given)}
            error = spread * math.sqrt(max(0.0, 1 - share)) if share == share else math.nan
            rows.append(about | {"omega": share, "standard_deviation": spread, "sem": error})
    return pd.DataFrame(rows, columns=COLUMNS)


def half_width(sem: float, *, confidence: float) -> float:
    """z SEM: how far to either side of a score the interval reaches; NaN where the error is not known."""
    from scipy.special import ndtri

    return float(ndtri((1 + confidence) / 2)) * sem


def smallest_change(first: float, second: float, *, confidence: float) -> float:
    """The smallest change between two scores that their errors of measurement do not explain.

    z sqrt(SEM1^2 + SEM2^2); NaN where one of them is not known. Source: Jacobson and Truax 1991, J Consult Clin Psychol
    59:12 (reliable change).
    """
    return half_width(math.hypot(first, second), confidence=confidence)


def _positive_definite(covariance: pd.DataFrame) -> bool:
    known = covariance.to_numpy()
    return bool(known.size) and not np.isnan(known).any() and float(np.linalg.eigvalsh(known)[0]) > 0
