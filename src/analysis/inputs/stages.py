"""What an earlier stage of a wave has handed on."""

import pandas as pd

from analysis import paths
from analysis.errors import InputError


def read_stage(stage: str, wave: str) -> pd.DataFrame:
    """The data that a stage wrote for a wave. Raises InputError when the stage has not run."""
    path = paths.processed(stage, wave)
    if not path.is_file():
        raise InputError(
            f"{paths.relative(path)} is missing: the stage {stage!r} has not run; run `make report` first."
        )
    return pd.read_parquet(path)


def read_estimates() -> pd.DataFrame:
    """The rows of outputs/estimates.csv as text, empty where nothing is given.

    Raises InputError when the table has not been made.
    """
    path = paths.estimates()
    if not path.is_file():
        raise InputError(f"{paths.relative(path)} is missing: nothing has been estimated yet; run `make report` first.")
    return pd.read_csv(path, dtype=str, keep_default_na=False)
