"""Cases that the tests of weights share: two invented frames weighted elsewhere, and made-up ones."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.survey.adjustment.margins import Margin, margin

ORACLES = Path(__file__).parents[2] / "oracles"


@cache
def frame60() -> pd.DataFrame:
    """An invented frame of 60 units, 25 of which answered; y and z were computed in R's survey."""
    return pd.read_csv(ORACLES / "frame60.csv")


@cache
def muni() -> pd.DataFrame:
    """An invented frame of 356 units, 194 of which answered."""
    return pd.read_csv(ORACLES / "muni_frame.csv")


@cache
def muni_in_r() -> dict:
    """What R's survey gives for it."""
    return json.loads((ORACLES / "13_muni.json").read_text("utf-8"))


def margins_of(frame: pd.DataFrame, answered: str, *by: str) -> list[Margin]:
    return [margin(frame, (column,), answered=frame[answered] == 1) for column in by]


def made(name: str, labels: str, codes: list[int], totals: list[float]) -> Margin:
    """A margin by hand: labels as letters."""
    return Margin(name, tuple(labels), np.array(codes, dtype=np.int64), np.array(totals, dtype=float))


@st.composite
def censuses(draw) -> tuple[np.ndarray, list[Margin]]:
    """Base weights and margins that some weights of at least 1 meet, since the targets are sums of such weights."""
    n = draw(st.integers(8, 60))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    true = random.uniform(1.05, 6, n)
    result = []
    for place, size in enumerate(draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))):
        codes = np.append(np.arange(size), random.integers(0, size, n - size))
        totals = np.bincount(codes, weights=true, minlength=size)
        result.append(Margin(f"margin {place}", tuple(map(str, range(size))), codes, totals))
    return random.uniform(1.05, 4, n), result


def in_any_census(test: Callable) -> Callable:
    """The test with made-up base weights and margins as its argument `case`."""
    return settings(max_examples=40, deadline=None)(given(case=censuses())(test))
