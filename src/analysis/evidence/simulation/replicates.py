"""The replicates of all scenarios, batch by batch, here or on a cluster: the same numbers wherever they are made."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields

import numpy as np

from analysis.errors import InputError
from analysis.evidence.simulation import response
from analysis.evidence.simulation.estimates import Estimated, Outcomes, bounds, estimate
from analysis.evidence.simulation.response import Floats, Scenario
from analysis.evidence.simulation.weights import ESTIMATORS, Auxiliaries

# Replicates that share a seed and are worked on together. Other batches are other numbers.
BATCH = 250
# Where batches run: processes of this machine, its threads, one after the other, or a Dask cluster at an address.
BACKENDS = ("loky", "threading", "sequential", "dask")
BACKEND, ADDRESS = "ANALYSIS_BACKEND", "ANALYSIS_ADDRESS"


@dataclass(frozen=True)
class Batch:
    """Replicates of one scenario, along the first axis of every array.

    `n_answered`; the worst-case bounds (by outcome); point, standard error and interval (by estimator, in the order of
    ESTIMATORS, and outcome); the smallest weight and the design effect (by estimator).
    """

    n_answered: Floats
    bound_lo: Floats
    bound_hi: Floats
    point: Floats
    se: Floats
    lo: Floats
    hi: Floats
    lowest_weight: Floats
    deff_kish: Floats


def simulate(
    plans: Sequence[Scenario],
    frame: Auxiliaries,
    outcomes: Outcomes,
    *,
    replicates: int,
    seed: int,
    confidence: float,
) -> list[Batch]:
    """All replicates of each scenario, in order.

    Each batch has a seed of its own, spawned from `seed` by scenario and batch, so that the numbers depend neither on
    how many workers there are nor on where they run (see `backend`).
    """
    from joblib import Parallel, delayed

    sizes = [min(BATCH, replicates - start) for start in range(0, replicates, BATCH)]
    seeds = [one.spawn(len(sizes)) for one in np.random.SeedSequence(seed).spawn(len(plans))]
    jobs = [
        delayed(run)(plan, frame, outcomes, replicates=size, seed=own, confidence=confidence)
        for plan, of_plan in zip(plans, seeds, strict=True)
        for size, own in zip(sizes, of_plan, strict=True)
    ]
    with backend():
        done = list(Parallel()(jobs))
    return [_together(done[start : start + len(sizes)]) for start in range(0, len(done), len(sizes))]


def run(
    plan: Scenario,
    frame: Auxiliaries,
    outcomes: Outcomes,
    *,
    replicates: int,
    seed: np.random.SeedSequence,
    confidence: float,
) -> Batch:
    """One batch: draw who answers, weight in every way, estimate."""
    answered = response.draw(plan.propensity, replicates=replicates, rng=np.random.default_rng(seed))
    n, (low, high) = answered.sum(axis=1).astype("float64"), bounds(answered, outcomes)
    weighted = [estimator(answered, frame) for estimator in ESTIMATORS.values()]
    found = [estimate(answered, one, outcomes, confidence=confidence) for one in weighted]
    weights = np.stack([one.weights for one in weighted], axis=1)
    return Batch(
        n_answered=n,
        bound_lo=low,
        bound_hi=high,
        **{part.name: np.stack([getattr(one, part.name) for one in found], axis=1) for part in fields(Estimated)},
        lowest_weight=np.where(answered[:, None], weights, np.inf).min(axis=2),
        deff_kish=n[:, None] * (weights**2).sum(axis=2) / weights.sum(axis=2) ** 2,
    )


def _together(batches: Sequence[Batch]) -> Batch:
    names = [part.name for part in fields(Batch)]
    return Batch(**{name: np.concatenate([getattr(one, name) for one in batches]) for name in names})


@contextmanager
def backend() -> Iterator[None]:
    """Where batches run: processes of this machine, or what the environment names (see `reports.validate`).

    With the backend `dask`, a Dask scheduler at the address. Raises InputError for a backend that is not known, or not
    installed.
    """
    from joblib import parallel_config

    name = os.environ.get(BACKEND, BACKENDS[0])
    if name not in BACKENDS:
        raise InputError(f"the backend {name!r} is not known; choose {', '.join(BACKENDS)}.")
    if name == "dask":
        try:
            from dask.distributed import Client
        except ImportError:
            raise InputError("the backend dask needs the package distributed; install it, or leave it out.") from None
        with Client(os.environ.get(ADDRESS) or None), parallel_config(backend="dask"):
            yield
    else:
        with parallel_config(backend=name, n_jobs=1 if name == "sequential" else -1):
            yield
