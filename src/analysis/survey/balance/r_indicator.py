"""R-indicators of a full frame: how even the response propensities are, and which groups make them uneven.

Every unit has design weight 1, so nothing of the variance is due to sampling; all of it is due to the response model.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.survey.balance.propensity import STEEP, Model, expit, fit, newton

Floats = NDArray[np.float64]

REPLICATES = 999


@dataclass(frozen=True)
class RIndicator:
    """R = 1 - 2 S of the propensities (1: all groups equally likely to answer), after and before bias adjustment.

    `cv`: S / mean propensity, the largest bias of an unadjusted mean in standard deviations of what is measured;
    `largest_bias` the same for a share (at most half a standard deviation of 1). `bias_dominates`: the adjustment takes
    all of S, so that the adjusted R is 1 and says little. `se`, `cv_se`: linearised; `ci_lo`, `ci_hi`: bootstrap.
    `factor`: sqrt(S2 adjusted / S2).
    """

    r: float
    r_unadjusted: float
    se: float
    ci_lo: float
    ci_hi: float
    mean: float
    cv: float
    cv_unadjusted: float
    cv_se: float
    factor: float
    bias_dominates: bool

    @property
    def largest_bias(self) -> float:
        """The largest absolute bias of an unadjusted share (0 to 1), if it went wholly with rho: CV / 2."""
        return self.cv / 2


def r_indicator(model: Model, *, confidence: float = 0.95, replicates: int = REPLICATES, seed: int = 1) -> RIndicator:
    """R-indicator, coefficient of variation and their standard errors for a frame whose units are all known.

    S2 = sum (rho - mean)^2 / (N - 1); B = (1/N) sum z' Sigma z; S2 adjusted = max(0, S2 - B); R = 1 - 2 S adjusted.
    V(S2) = 4 a' Sigma a + 2 tr(C Sigma C Sigma), a = cov(rho, z), C = cov(z); SE(R) = sqrt(V(S2) / S2), all three with
    N. The interval holds the middle of R in `replicates` redrawn responses of the fitted model (decision 0090).
    Compare two values only where the same variables and classes are used. Source: Schouten, Cobben and
    Bethlehem 2009; Shlomo, Skinner and Schouten 2012; RISQ manual 2.1.
    """
    total, mean = float(model.size.sum()), model.mean
    spread, bias = float(_spread(model.rho, model.size)), _bias(model)
    adjusted = max(0.0, spread - bias)
    error = _spread_error(model, np.ones(len(model.size), dtype=bool), model.rho - mean, _centred(model))
    # A frame of equal propensities has no spread to take an error of. The spread with N, as its error is.
    se = error / float(np.sqrt(spread * (total - 1) / total)) if spread > 0 else 0.0
    cv = float(np.sqrt(adjusted)) / mean
    r = 1 - 2 * float(np.sqrt(adjusted))
    lo, hi = _interval(model, r, confidence=confidence, replicates=replicates, seed=seed)
    return RIndicator(
        r=r,
        r_unadjusted=1 - 2 * float(np.sqrt(spread)),
        se=se,
        ci_lo=lo,
        ci_hi=hi,
        mean=mean,
        cv=cv,
        cv_unadjusted=float(np.sqrt(spread)) / mean,
        cv_se=float(np.sqrt(se**2 / (4 * mean**2) + cv**4 / total)),
        factor=float(np.sqrt(adjusted / spread)) if spread > 0 else 0.0,
        bias_dominates=adjusted == 0,
    )


def partials(model: Model, *, confidence: float = 0.95) -> pd.DataFrame:
    """Which classes are under- and over-represented: unconditional and conditional partial R-indicators by class.

    P_U(k,c) = sqrt(N_c/N) (mean of c - mean), negative where under-represented; its standard error is
    sqrt(N_c/N d' Sigma d) with d = mean slope of c - mean slope (ours: the published one is of a sample and is 0 for a
    frame). P_C(k,c) = sqrt(sum over c of (rho - mean of the cell of the other variables)^2 / N). Columns: variable,
    group, partial, partial_se, partial_lo, partial_hi, conditional, conditional_se.
    """
    from scipy.special import ndtri

    total, slopes = model.size.sum(), model.slopes
    quantile = float(ndtri((1 + confidence) / 2))
    mean_slope = model.size @ slopes / total
    rows = []
    for variable in model.variables:
        gap, gap_slopes = _within_others(model, variable)
        for level in model.levels[variable]:
            inside = (model.cells[variable].astype(str) == level).to_numpy()
            size = model.size * inside
            weight = np.sqrt(size.sum() / total)
            partial = weight * (size @ model.rho / size.sum() - model.mean)
            d = size @ slopes / size.sum() - mean_slope
            error = weight * np.sqrt(max(0.0, d @ model.covariance @ d))
            conditional = np.sqrt(size @ gap**2 / total)
            limits = {"partial_lo": partial - quantile * error, "partial_hi": partial + quantile * error}
            within = _spread_error(model, inside, gap, gap_slopes) / (2 * conditional) if conditional > 0 else np.nan
            about = {"variable": variable, "group": level, "partial": partial, "partial_se": error}
            rows.append(about | limits | {"conditional": conditional, "conditional_se": within})
    return pd.DataFrame(rows)


def variable_partials(model: Model, indicator: RIndicator) -> pd.DataFrame:
    """Partial R-indicators by variable: the root of the sum of squares over classes, adjusted for bias as R is.

    Both standard errors are half that of R of the model with the variable alone (conservative for the conditional
    one). Columns: variable, partial, partial_unadjusted, conditional, conditional_unadjusted, se.
    """
    table = partials(model)
    rows = []
    for variable in model.variables:
        own = table[table["variable"] == variable]
        unconditional, conditional = (float(np.sqrt((own[name] ** 2).sum())) for name in ("partial", "conditional"))
        alone = model
        if len(model.variables) > 1:
            cells = model.cells.groupby(variable, sort=False, as_index=False)[["n_frame", "n_answered"]].sum()
            alone = fit(cells, variables=[variable])
        se = r_indicator(alone, replicates=0).se / 2
        both = {"partial_unadjusted": unconditional, "conditional_unadjusted": conditional, "se": se}
        scaled = {"partial": unconditional * indicator.factor, "conditional": conditional * indicator.factor}
        rows.append({"variable": variable, **scaled, **both})
    return pd.DataFrame(rows)


def _spread(rho: Floats, size: Floats) -> Floats:
    """S2 of the propensities, of each replicate where there are some."""
    total = size.sum()
    mean = (rho @ size / total)[..., None]
    return np.asarray((rho - mean) ** 2 @ size / (total - 1))


def _bias(model: Model) -> float:
    slopes = model.slopes
    return float(model.size @ np.einsum("ci,ij,cj->c", slopes, model.covariance, slopes) / model.size.sum())


def _centred(model: Model) -> Floats:
    slopes = model.slopes
    return np.asarray(slopes - model.size @ slopes / model.size.sum())


def _spread_error(model: Model, inside: NDArray[np.bool_], gap: Floats, gap_slopes: Floats) -> float:
    """The standard error of a mean of squared gaps between propensities, over the cells inside."""
    weight = model.size * inside / model.size.sum()
    a = (weight * gap) @ gap_slopes
    c = (gap_slopes * weight[:, None]).T @ gap_slopes @ model.covariance
    return float(np.sqrt(4 * a @ model.covariance @ a + 2 * np.trace(c @ c)))


def _within_others(model: Model, variable: str) -> tuple[Floats, Floats]:
    """Propensities and slopes less their means over the units that agree in all other variables of the model."""
    others = [other for other in model.variables if other != variable]
    keys = model.cells[others].astype(str).agg("|".join, axis=1) if others else pd.Series("", model.cells.index)
    codes = pd.factorize(keys)[0]
    sizes = np.bincount(codes, weights=model.size)

    def less_mean(values: Floats) -> Floats:
        sums = np.zeros((len(sizes), values.shape[1]))
        np.add.at(sums, codes, values * model.size[:, None])
        return np.asarray(values - (sums / sizes[:, None])[codes])

    return less_mean(model.rho[:, None])[:, 0], less_mean(model.slopes)


def _interval(model: Model, r: float, *, confidence: float, replicates: int, seed: int) -> tuple[float, float]:
    """Limits of R from redrawn responses, each refitted and adjusted like the real one; widened to hold R itself."""
    if not replicates:
        return np.nan, np.nan
    drawn = np.random.default_rng(seed).binomial(model.size.astype(int), model.rho, size=(replicates, len(model.size)))
    beta = newton(model.matrix, size=model.size, answered=drawn.astype("float64"), penalised=model.firth)
    rho = expit(np.clip(beta @ model.matrix.T, -STEEP, STEEP))
    curved = model.size * rho * (1 - rho)
    products = np.einsum("ci,cj->cij", model.matrix, model.matrix).reshape(len(model.matrix), -1)
    width = model.matrix.shape[1]
    inverse = np.linalg.inv((curved @ products).reshape(-1, width, width) + 1e-9 * np.eye(width))
    lengths = np.einsum("ci,bij,cj->bc", model.matrix, inverse, model.matrix)
    bias = ((rho * (1 - rho)) ** 2 * lengths) @ model.size / model.size.sum()
    redrawn = 1 - 2 * np.sqrt(np.maximum(0, _spread(rho, model.size) - bias))
    low, high = np.quantile(redrawn, [(1 - confidence) / 2, (1 + confidence) / 2])
    return min(r, float(low)), max(r, float(high))
