"""`python -m analysis validate`: the stage validation with its replicates made elsewhere, such as on a Dask cluster."""

import os

from analysis.errors import InputError
from analysis.evidence.simulation.replicates import ADDRESS, BACKEND, BACKENDS
from analysis.reports import runner


def main(*, backend: str = "loky", address: str | None = None) -> None:
    """Run the stage with this backend of joblib; the numbers, and so the page, are the same with each of them.

    `address` is that of a Dask scheduler whose workers have this project installed; without one, Dask starts workers
    of this machine. Raises InputError for an unknown backend, and for an address without the backend dask.
    """
    if backend not in BACKENDS:
        raise InputError(f"--backend: {backend!r} is not known; choose {', '.join(BACKENDS)}.")
    if address and backend != "dask":
        raise InputError(f"--address: the backend {backend} has none; add --backend dask.")
    os.environ[BACKEND] = backend
    os.environ[ADDRESS] = address or ""
    runner.main("validation", "all")
