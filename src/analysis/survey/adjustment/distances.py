"""Distances between base weights and calibrated weights: how a weight answers to the calibration equations."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from analysis.survey.adjustment.margins import Floats


class Response(NamedTuple):
    """Of each unit: the integral of F from 0 to u, F(u) = w / d itself, and its slope."""

    integral: Floats
    ratio: Floats
    slope: Floats


Distance = Callable[[Floats, Floats, Floats], Response]


def linear(u: Floats, low: Floats, high: Floats) -> Response:
    """F(u) = 1 + u, cut off at the bounds of w / d."""
    inside = np.clip(u, low - 1, high - 1)
    ratio = 1 + inside
    return Response(inside + inside**2 / 2 + (u - inside) * ratio, ratio, (inside == u).astype(float))


def exponential(u: Floats, low: Floats, high: Floats) -> Response:
    """F(u) = exp(u), cut off at the bounds of w / d; positive without any."""
    inside = np.clip(u, np.log(np.maximum(low, 0)), np.log(high))
    ratio = np.exp(inside)
    return Response(np.expm1(inside) + (u - inside) * ratio, ratio, np.where(inside == u, ratio, 0.0))


def logit(u: Floats, low: Floats, high: Floats) -> Response:
    """F(u) = (L(U-1) + U(1-L)e^Au) / ((U-1) + (1-L)e^Au), A = (U-L) / ((1-L)(U-1)), between the bounds 0 <= L < 1 < U.

    Written as L + (U-L) times a logistic curve; without an upper bound it is the limit L + (1-L) exp(u / (1-L)).
    """
    low, bounded = np.maximum(low, 0), np.isfinite(high)
    below, above = 1 - low, np.where(bounded, high, 2.0) - 1
    width = below + above
    steep = width / (below * above)
    place = steep * u + np.log(below / above)
    share = 1 / (1 + np.exp(-place))
    area = np.logaddexp(0, place) - np.log(width / above)
    free = np.exp(u / below)
    return Response(
        low * u + np.where(bounded, width / steep * area, below**2 * (free - 1)),
        low + np.where(bounded, width * share, below * free),
        np.where(bounded, width * steep * share * (1 - share), free),
    )


DISTANCES: dict[str, Distance] = {"linear": linear, "exponential": exponential, "logit": logit}
