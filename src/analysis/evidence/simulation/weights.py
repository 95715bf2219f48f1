"""The weights of many replicates at once, as `survey.adjustment` gives them one by one (a test says so).

Arrays have a row a replicate and a column a unit of the frame; the weight of a unit that did not answer is 0.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.evidence.simulation.response import Answered, Floats
from analysis.survey.adjustment.calibration import calibrate
from analysis.survey.adjustment.classes import propensity_classes
from analysis.survey.adjustment.collapse import collapse
from analysis.survey.adjustment.distances import logit
from analysis.survey.adjustment.margins import Margin
from analysis.survey.balance import propensity
from analysis.survey.inference.replicate_raking import raked_replicates

Codes = NDArray[np.int64]
# Cells are joined below this many answers, or above this multiple of the mean weight, as in the plans of the waves.
MIN_N, MAX_RATIO = 5, 3.0
CLASSES, CLASS_MIN_N = 5, 10
# Newton's steps of the calibration, and the relative gap of a total at which it has arrived.
STEPS, GOAL = 50, 1e-12


@dataclass(frozen=True)
class Auxiliaries:
    """What the frame knows of each unit: size group and region, numbered from 0, and the logarithm of inhabitants."""

    size: Codes
    region: Codes
    log_population: Floats


@dataclass(frozen=True)
class Weighted:
    """Weights, and what their variance needs.

    Either `groups`, the response group of each respondent, and `sizes`, the units of each group (replicates x groups,
    0 where a replicate has fewer); or `columns`, the calibration columns (replicates x units x columns, a column of
    zeros where a replicate has fewer).
    """

    weights: Floats
    groups: Codes | None = None
    sizes: Floats | None = None
    columns: Floats | None = None


def unweighted(answered: Answered, frame: Auxiliaries) -> Weighted:
    """N/n for every respondent."""
    return _grouped(answered, np.zeros(answered.shape, dtype=np.int64))


def poststratified(answered: Answered, frame: Auxiliaries) -> Weighted:
    """N_h/n_h by size group, groups with too few answers joined with a neighbour."""
    return _grouped(answered, joined(answered, frame.size))


def raked(answered: Answered, frame: Auxiliaries) -> Weighted:
    """Raked to size groups and regions, each joined where too few answered; no bound on the weights."""
    size, region = joined(answered, frame.size), joined(answered, frame.region)
    weights = np.empty(answered.shape)
    for rows, margins in _alike(size, region):
        given = (answered[row].astype("float64") for row in rows)
        weights[rows] = list(raked_replicates(given, base=np.ones(answered.shape[1]), margins=margins))
    columns = [_indicators(size), _indicators(region)[:, :, 1:]]
    return Weighted(weights, columns=np.concatenate(columns, axis=2))


def calibrated(answered: Answered, frame: Auxiliaries) -> Weighted:
    """Calibrated to the number of units and the sum of log inhabitants; logit distance, no weight below 1.

    By Newton's method on all replicates at once. Those that it does not bring to the totals go to `calibrate`, which
    raises NoWeights where nothing can.
    """
    x = frame.log_population
    columns = np.stack([np.ones(len(x)), (x - x.mean()) / x.std()], axis=1)
    n, units = answered.sum(axis=1, keepdims=True), answered.shape[1]
    base, low = units / n, n / units
    totals, point = columns.sum(axis=0), np.zeros((len(answered), 2))
    products = (columns[:, :, None] * columns[:, None]).reshape(units, -1)
    with np.errstate(all="ignore"):
        for _ in range(STEPS):
            _, ratio, slope = logit(point @ columns.T, low, np.full_like(low, np.inf))
            weights = np.where(answered, base * ratio, 0.0)
            gap = weights @ columns - totals
            arrived = np.abs(gap).max(axis=1) <= GOAL * units
            if arrived.all():
                break
            curvature = (np.where(answered, base * slope, 0.0) @ products).reshape(-1, 2, 2)
            ready = ~arrived & np.isfinite(curvature).all(axis=(1, 2)) & (np.linalg.det(curvature) > 0)
            point[ready] -= np.linalg.solve(curvature[ready], gap[ready][..., None])[..., 0]
    for row in np.flatnonzero(~arrived):
        own = answered[row]
        weights[row, own] = calibrate(np.full(own.sum(), base[row, 0]), x=columns[own], totals=totals, distance="logit")
    return Weighted(weights, columns=np.broadcast_to(columns, (*answered.shape, 2)))


def by_propensity(answered: Answered, frame: Auxiliaries) -> Weighted:
    """N_c/n_c by class of response propensity, from a model with size group and region."""
    rho = propensities(answered, frame)
    cuts = np.quantile(rho, np.arange(1, CLASSES) / CLASSES, axis=1).T
    codes = (rho[:, :, None] > cuts[:, None]).sum(axis=2)
    sizes, counts = (_counts(codes, chosen, groups=CLASSES) for chosen in (np.ones_like(answered), answered))
    for row in np.flatnonzero(((sizes > 0) & (counts < CLASS_MIN_N)).any(axis=1)):
        own = answered[row]
        found = propensity_classes(rho[row], answered=own, classes=CLASSES, min_n=CLASS_MIN_N)
        codes[row, own], sizes[row] = found.codes, np.pad(found.totals, (0, CLASSES - len(found.totals)))
    return _weighted(answered, codes, sizes)


ESTIMATORS = {
    "none": unweighted,
    "poststratify": poststratified,
    "rake": raked,
    "calibrate": calibrated,
    "propensity": by_propensity,
}


def propensities(answered: Answered, frame: Auxiliaries) -> Floats:
    """The response propensity of each unit in each replicate: logistic in size group and region.

    Penalised (Firth) where a class answered in full or not at all, or a coefficient runs away, as `propensity.fit`.
    """
    regions = frame.region.max() + 1
    cells, cell = np.unique(frame.size * regions + frame.region, return_inverse=True)
    of_cell = np.eye(len(cells))[cell]
    classes = [np.eye(part.max() + 1)[part] for part in (cells // regions, cells % regions)]
    matrix = np.hstack([np.ones((len(cells), 1)), *(one[:, 1:] for one in classes)])
    size, given = of_cell.sum(axis=0), answered @ of_cell
    sums = [(given @ one, size @ one) for one in classes]
    penalised = np.any([((n == 0) | (n == whole)).any(axis=1) for n, whole in sums], axis=0)
    beta = np.zeros((len(answered), matrix.shape[1]))
    if not penalised.all():
        beta[~penalised] = propensity.newton(matrix, size=size, answered=given[~penalised], penalised=False)
        penalised |= np.abs(beta).max(axis=1) > propensity.LARGEST
    if penalised.any():
        beta[penalised] = propensity.newton(matrix, size=size, answered=given[penalised], penalised=True)
    # Of equal propensities the last digits differ between processors; classes must not.
    return np.round(propensity.expit(beta @ matrix.T), 10)[:, cell]


def joined(answered: Answered, codes: Codes) -> Codes:
    """The group of each unit in each replicate, groups put together by `collapse` where too few answered."""
    of_group = np.eye(codes.max() + 1)[codes]
    sizes, counts = of_group.sum(axis=0), answered @ of_group
    with np.errstate(divide="ignore"):
        ratios = sizes / counts * counts.sum(axis=1, keepdims=True) / sizes.sum()
    places = np.tile(np.arange(len(sizes)), (len(answered), 1))
    for row in np.flatnonzero(((counts < MIN_N) | (ratios > MAX_RATIO)).any(axis=1)):
        cells = pd.DataFrame({"group": np.arange(len(sizes)), "n_frame": sizes, "n_answered": counts[row]})
        found = collapse(cells, min_n=MIN_N, max_ratio=MAX_RATIO, order="group", unit_type=None)
        places[row] = pd.factorize(found.mapping["cell"])[0]
    return places[:, codes]


def _alike(*codes: Codes) -> Iterator[tuple[Codes, list[Margin]]]:
    """The replicates whose groups were joined in the same way, and the margins of the frame in these groups."""
    patterns, which = np.unique(np.concatenate(codes, axis=1), axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        parts = np.split(pattern, len(codes))
        yield np.flatnonzero(which == number), [_margin(f"margin {place + 1}", one) for place, one in enumerate(parts)]


def _margin(name: str, codes: Codes) -> Margin:
    totals = np.bincount(codes).astype("float64")
    return Margin(name, tuple(str(place + 1) for place in range(len(totals))), codes, totals)


def _indicators(codes: Codes) -> Floats:
    return np.asarray(np.eye(codes.max() + 1)[codes])


def _grouped(answered: Answered, codes: Codes) -> Weighted:
    return _weighted(answered, codes, _counts(codes, np.ones_like(answered)))


def _weighted(answered: Answered, codes: Codes, sizes: Floats) -> Weighted:
    counts = _counts(codes, answered, groups=sizes.shape[1])
    factors = np.divide(sizes, counts, out=np.zeros_like(sizes), where=counts > 0)
    return Weighted(np.where(answered, np.take_along_axis(factors, codes, axis=1), 0.0), groups=codes, sizes=sizes)


def _counts(codes: Codes, chosen: Answered, *, groups: int | None = None) -> Floats:
    """How many of the chosen units are in each group, by replicate."""
    many = codes.max() + 1 if groups is None else groups
    places = codes + many * np.arange(len(codes))[:, None]
    return np.bincount(places[chosen], minlength=many * len(codes)).reshape(-1, many).astype("float64")
