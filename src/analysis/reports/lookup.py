"""The estimates of a wave's results, looked up by what they are estimates of."""

from typing import Any

import pandas as pd

from analysis.survey.tabulate import COUNTED

# What tells the estimates of the results of a wave apart.
IDENTITY = ("measure", "unit_type", "subset", "item", "category", "estimand")


class Estimates:
    """The estimates of the results of a wave, each found by what it is an estimate of."""

    def __init__(self, table: pd.DataFrame) -> None:
        rows: list[dict[Any, Any]] = table.to_dict("records")
        self._rows = {tuple(row[column] for column in IDENTITY): row for row in rows}

    def find(self, **wanted: str) -> dict[str, Any] | None:
        """One estimate, by default of all municipalities, each counted once; none where it is not there.

        What is counted is counted among those who answered.
        """
        estimand = "R" if wanted["measure"] in COUNTED else "M"
        default = {"unit_type": "municipality", "subset": "", "category": "", "estimand": estimand}
        return self._rows.get(tuple((default | wanted)[column] for column in IDENTITY))

    def one(self, **wanted: str) -> dict[str, Any]:
        """One estimate as `find` gives it. Raises KeyError for one that is not there."""
        found = self.find(**wanted)
        if found is None:
            raise KeyError(f"there is no estimate of {wanted}")
        return found

    def subsets(self) -> set[str]:
        """The groups of municipalities that have estimates, as in `size_group=1`."""
        return {row["subset"] for row in self._rows.values() if row["unit_type"] == "municipality"}
