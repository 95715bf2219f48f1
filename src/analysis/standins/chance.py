"""The random numbers of synthetic answers: each task has its own, and units asked again keep a part of theirs."""

from collections.abc import Sequence

import numpy as np

SEED = 20260101


def generator(name: str, task: str) -> np.random.Generator:
    """The random numbers of one task of a wave or a country: a change in one task leaves the others as they were."""
    return np.random.default_rng([SEED, *name.encode(), *task.encode()])


def kept(waves: Sequence[str], task: str, *, share: float, size: int) -> np.ndarray:
    """Standard normal values of units in the last of some waves, which correlate by `share` from each to the next.

    z_t = share z_(t-1) + sqrt(1 - share^2) e_t, with e_t the wave's own; each unit has a place from 0 to size - 1.
    """
    values = np.zeros(size)
    for place, wave in enumerate(waves):
        own = generator(wave, task).normal(size=size)
        values = own if place == 0 else share * values + np.sqrt(1 - share**2) * own
    return values
