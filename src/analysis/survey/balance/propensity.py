"""The response model: a logistic regression of answering on what the frame knows of every unit.

The units of a cell of the crossed classifications are alike, so counts by cell are all that is needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import InputError
from analysis.survey.balance.association import chi_square_tail

Floats = NDArray[np.float64]

UNITS_PER_PARAMETER = 10
LARGEST = 10.0  # a coefficient beyond it says that the likelihood has no maximum
STEPS = 60  # of one fit; replicates get half of them and a looser end, since only their spread is used
PRECISION, LOOSE = 1e-12, 1e-6
# Beyond this logit all or none of a cell answer, in a replicate that is not penalised.
STEEP = 20.0


@dataclass(frozen=True)
class Model:
    """A fitted response model; arrays have one entry per cell of the crossed classifications.

    `variables` in the order of the model; `levels` their classes, the first the reference; `matrix` the design,
    `columns` its names; `size` units and `answered` respondents of each cell; `rho` the propensities, `covariance` of
    the coefficients. `firth`: penalised, because a class answered in full or not at all.
    """

    variables: tuple[str, ...]
    levels: dict[str, list[str]]
    cells: pd.DataFrame
    columns: tuple[str, ...]
    matrix: Floats
    size: Floats
    answered: Floats
    beta: Floats
    covariance: Floats
    rho: Floats
    firth: bool

    @property
    def units(self) -> int:
        """Units of the frame."""
        return int(self.size.sum())

    @property
    def mean(self) -> float:
        """The mean propensity of the frame."""
        return float(self.size @ self.rho / self.size.sum())

    @property
    def slopes(self) -> Floats:
        """z = rho (1 - rho) x of each cell: how its propensity moves with the coefficients."""
        return np.asarray((self.rho * (1 - self.rho))[:, None] * self.matrix)


def cells_of(units: pd.DataFrame, *, answered: pd.Series, by: Sequence[str]) -> pd.DataFrame:
    """Units and respondents by cell of the crossed classifications `by`: n_frame, n_answered; in order of appearance.

    Raises InputError where a unit has no class.
    """
    for variable in by:
        if units[variable].isna().any():
            raise InputError(f"{int(units[variable].isna().sum())} units of the frame have no {variable}; complete it.")
    keyed = units[list(by)].astype(str).assign(n_frame=1, n_answered=answered.astype(int).to_numpy())
    return keyed.groupby(list(by), sort=False, as_index=False)[["n_frame", "n_answered"]].sum()


def most_parameters(answered: int, units: int) -> int:
    """How many parameters a response model may have: one for ten units of the smaller of the two outcomes."""
    return min(answered, units - answered) // UNITS_PER_PARAMETER


def affordable(cells: pd.DataFrame, *, variables: Sequence[str]) -> tuple[str, ...]:
    """The variables, in their order, that the data can carry; those with one class, or too many, are left out."""
    left = most_parameters(int(cells["n_answered"].sum()), int(cells["n_frame"].sum())) - 1
    chosen = []
    for variable in variables:
        needed = cells[variable].nunique() - 1
        if 0 < needed <= left:
            chosen.append(variable)
            left -= needed
    return tuple(chosen)


def fit(cells: pd.DataFrame, *, variables: Sequence[str], firth: bool | None = None) -> Model:
    """The logistic model logit P(answer) = x'b with main effects of the variables, from counts by cell.

    Maximum likelihood; or, where a class answered in full or not at all or a coefficient exceeds 10 (so that the
    likelihood has no maximum), Firth's penalised likelihood with the score sum x (y - N rho + h (1/2 - rho)), h the sum
    of the cell's leverages. `firth` forces one of the two. Raises InputError where nobody or everybody answered, and
    for variables that say the same. Source: Firth 1993; Heinze and Schemper 2002.
    """
    size, answered = cells["n_frame"].to_numpy("float64"), cells["n_answered"].to_numpy("float64")
    if (answered > size).any() or not 0 < answered.sum() < size.sum():
        raise InputError(f"{answered.sum():g} of {size.sum():g} units answered; a response model needs some of each.")
    levels = {variable: list(dict.fromkeys(cells[variable].astype(str))) for variable in variables}
    matrix, columns = _design(cells, levels)
    if np.linalg.matrix_rank(matrix) < matrix.shape[1]:
        raise InputError(f"{', '.join(variables)} say the same of the units in part; leave one of them out.")
    penalised = _perfect(cells, variables) if firth is None else firth
    beta = newton(matrix, size=size, answered=answered, penalised=penalised)
    if firth is None and not penalised and np.abs(beta).max() > LARGEST:
        penalised = True
        beta = newton(matrix, size=size, answered=answered, penalised=True)
    rho = expit(matrix @ beta)
    covariance = np.asarray(np.linalg.inv((matrix * (size * rho * (1 - rho))[:, None]).T @ matrix), dtype="float64")
    return Model(
        variables=tuple(variables), levels=levels, cells=cells.reset_index(drop=True), columns=columns, matrix=matrix,
        size=size, answered=answered, beta=beta, covariance=covariance, rho=rho, firth=penalised,
    )  # fmt: skip


def newton(matrix: Floats, *, size: Floats, answered: Floats, penalised: bool) -> Floats:
    """Coefficients by Newton's method; `size` and `answered` may have replicates in front, and so has the result."""
    batch = np.broadcast_shapes(size.shape, answered.shape)[:-1]
    beta = np.zeros((*batch, matrix.shape[1]))
    products = np.einsum("ci,cj->cij", matrix, matrix).reshape(len(matrix), -1)
    steps, precision = (STEPS // 2, LOOSE) if batch else (STEPS, PRECISION)
    for _ in range(steps):
        rho = expit(np.clip(beta @ matrix.T, -STEEP, STEEP))
        weight = size * rho * (1 - rho)
        information = (weight @ products).reshape(*batch, matrix.shape[1], matrix.shape[1])
        gap = answered - size * rho
        if penalised:
            inverse = np.linalg.inv(information)
            leverage = weight * np.einsum("ci,...ij,cj->...c", matrix, inverse, matrix)
            gap = gap + leverage * (0.5 - rho)
        # A replicate in which a class answers in full has no curvature left; the ridge keeps its step finite.
        ridge = 1e-9 * np.eye(matrix.shape[1])
        step = np.linalg.solve(information + ridge, (gap @ matrix)[..., None])[..., 0]
        longest = np.abs(step).max(axis=-1, keepdims=True)
        beta = beta + step / np.maximum(1.0, longest / 3)
        if longest.max() < precision:
            break
    return beta


def expit(x: Floats) -> Floats:
    """1 / (1 + exp(-x))."""
    return np.asarray(1 / (1 + np.exp(-x)))


def coefficients(model: Model, *, confidence: float = 0.95) -> pd.DataFrame:
    """Each class of each variable: coefficient, standard error, interval (Wald), and its average marginal effect.

    The effect is the mean over all units of the propensity with the class less that with the reference, as a share.
    """
    from scipy.special import ndtri

    se, quantile = np.sqrt(np.diag(model.covariance)), float(ndtri((1 + confidence) / 2))
    rows = []
    for place, (name, b, error) in enumerate(zip(model.columns, model.beta, se, strict=True)):
        variable, _, level = name.partition("=")
        effect = np.nan if place == 0 else _effect(model, variable, place)
        limits = {"ci_lo": b - quantile * error, "ci_hi": b + quantile * error}
        rows.append({"variable": variable, "group": level, "coefficient": b, "se": error, **limits, "effect": effect})
    return pd.DataFrame(rows)


def variable_tests(model: Model) -> pd.DataFrame:
    """Likelihood-ratio test of each variable given the others: statistic, degrees of freedom, p.

    Both likelihoods are unpenalised; they stay finite where a class answers in full.
    """
    full = _log_likelihood(model.matrix, model)
    rows = []
    for variable in model.variables:
        kept = [place for place, name in enumerate(model.columns) if name.partition("=")[0] != variable]
        df = len(model.columns) - len(kept)
        statistic = max(0.0, 2 * (full - _log_likelihood(model.matrix[:, kept], model)))
        rows.append({"variable": variable, "lr": statistic, "df": df, "p": chi_square_tail(statistic, df=df)})
    return pd.DataFrame(rows, columns=["variable", "lr", "df", "p"])


def fit_measures(model: Model, *, replicates: int = 200, seed: int = 1) -> dict[str, float]:
    """How much of who answered the model tells: McFadden's and Tjur's R2, AUC, and AUC less its optimism.

    McFadden 1 - l/l0; Tjur: mean propensity of respondents less that of the others. Optimism: the mean, over
    bootstrap samples of units, of the AUC in the sample less that of the sample's model in the frame (Harrell 2015).
    """
    silent = model.size - model.answered
    null = _log_likelihood(model.matrix[:, :1], model)
    tjur = model.answered @ model.rho / model.answered.sum() - silent @ model.rho / silent.sum()
    own = float(_auc(model.rho, model.answered, silent))
    outcomes = np.concatenate([model.answered, silent])
    drawn = np.random.default_rng(seed).multinomial(model.units, outcomes / outcomes.sum(), size=replicates)
    yes, no = (part.astype("float64") for part in np.split(drawn, 2, axis=1))
    usable = (yes.sum(axis=1) > 0) & (no.sum(axis=1) > 0)
    yes, no = yes[usable], no[usable]
    beta = newton(model.matrix, size=yes + no, answered=yes, penalised=model.firth)
    rho = expit(np.clip(beta @ model.matrix.T, -STEEP, STEEP))
    optimism = float((_auc(rho, yes, no) - _auc(rho, model.answered, silent)).mean())
    return {
        "mcfadden": 1 - _log_likelihood(model.matrix, model) / null,
        "tjur": float(tjur),
        "auc": own,
        "auc_corrected": own - optimism,
    }


def _design(cells: pd.DataFrame, levels: dict[str, list[str]]) -> tuple[Floats, tuple[str, ...]]:
    columns, parts = ["constant"], [np.ones(len(cells))]
    for variable, classes in levels.items():
        values = cells[variable].astype(str).to_numpy()
        columns += [f"{variable}={one}" for one in classes[1:]]
        parts += [(values == one).astype("float64") for one in classes[1:]]
    return np.column_stack(parts), tuple(columns)


def _perfect(cells: pd.DataFrame, variables: Sequence[str]) -> bool:
    """Whether all or none answered in a class of a variable, or in the frame's only cell."""
    sums = [cells.groupby(variable, sort=False)[["n_frame", "n_answered"]].sum() for variable in variables]
    return any((s["n_answered"].isin([0]) | (s["n_answered"] == s["n_frame"])).any() for s in sums)


def _effect(model: Model, variable: str, place: int) -> float:
    own = [at for at, name in enumerate(model.columns) if name.partition("=")[0] == variable]
    without, within = model.matrix.copy(), model.matrix.copy()
    without[:, own], within[:, own] = 0.0, 0.0
    within[:, place] = 1.0
    gap = expit(within @ model.beta) - expit(without @ model.beta)
    return float(model.size @ gap / model.size.sum())


def _log_likelihood(matrix: Floats, model: Model) -> float:
    """The largest log-likelihood with these columns."""
    from scipy.special import xlog1py, xlogy

    beta = newton(matrix, size=model.size, answered=model.answered, penalised=False)
    rho = expit(np.clip(matrix @ beta, -STEEP, STEEP))
    return float((xlogy(model.answered, rho) + xlog1py(model.size - model.answered, -rho)).sum())


def _auc(rho: Floats, yes: Floats, no: Floats) -> Floats:
    """The probability that a respondent has a higher propensity than another unit, ties half."""
    higher = (rho[..., :, None] > rho[..., None, :]) + 0.5 * (rho[..., :, None] == rho[..., None, :])
    pairs = np.einsum("...c,...cd,...d->...", yes, higher, no)
    return np.asarray(pairs / (yes.sum(axis=-1) * no.sum(axis=-1)))
