"""The two invented surveys with known answers: 60 units by hand, and one computed in R."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.survey.adjustment.columns import design_matrix
from analysis.survey.adjustment.margins import Margin, margin
from analysis.survey.inference.variance import Design

ORACLES = Path(__file__).parents[2] / "oracles"
FRAME60 = pd.read_csv(ORACLES / "frame60.csv")
ANSWERED60 = FRAME60[FRAME60["r"] == 1].reset_index(drop=True)
MUNI = pd.read_csv(ORACLES / "muni_frame.csv")
ANSWERED = MUNI[MUNI["resp"] == 1].reset_index(drop=True)
R = json.loads((ORACLES / "13_muni.json").read_text())
SIZES = MUNI.groupby("size").size().to_numpy(dtype="float64")


def margins60(*names: str) -> list[Margin]:
    return [margin(FRAME60, (name,), answered=(FRAME60["r"] == 1).to_numpy()) for name in names]


def muni_margins(*names: str) -> list[Margin]:
    return [margin(MUNI, (name,), answered=(MUNI["resp"] == 1).to_numpy()) for name in names]


def by_size60() -> Design:
    """Frame of 60, weighted by size group."""
    (size,) = margins60("size")
    weights = (size.totals / size.sums())[size.codes]
    return Design(np.full(25, 60 / 25), weights, 60, strata=size.codes.astype("int64"), stratum_sizes=size.totals)


def muni(weighting: str) -> Design:
    """R's weights, calibrated to size and region from weights by size group."""
    margins = muni_margins("size", "region")
    base = (margins[0].totals / margins[0].sums())[margins[0].codes]
    weights = np.array(R["est"][weighting]["weights"])
    return Design(base, weights, 356, columns=design_matrix(margins).matrix)


def muni_strata() -> np.ndarray:
    return pd.factorize(ANSWERED["size"], sort=True)[0].astype("int64")


def answers(item: str) -> np.ndarray:
    """Categories 0, 1, 2 of an item of R's survey, -1 without an answer."""
    return pd.Categorical(ANSWERED[item], categories=["no", "partly", "yes"]).codes
