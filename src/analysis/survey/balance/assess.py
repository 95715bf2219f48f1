"""One account of who answered: all that the counts of the frame and of the respondents by class can tell."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from analysis.survey.balance.association import association, cell_tests
from analysis.survey.balance.differences import against_frame, size_word
from analysis.survey.balance.propensity import (
    Model,
    affordable,
    coefficients,
    fit,
    fit_measures,
    most_parameters,
    variable_tests,
)
from analysis.survey.balance.r_indicator import RIndicator, partials, r_indicator, variable_partials

Source = Literal["printed", "observed", "synthetic"]

GROUP_COLUMNS = "variable group n_frame n_answered rate share_frame share_answered ratio expected z p p_holm".split()
PARTIAL_COLUMNS = "partial partial_se partial_lo partial_hi conditional conditional_se".split()
TEST_COLUMNS = (
    "variable classes df naive naive_p corrected corrected_p exact_p exact_error simulated smallest_expected "
    "difference difference_silent size"
).split()


@dataclass(frozen=True)
class Balance:
    """Who answered against who was asked, of one unit type and one part of a survey.

    `source`: where the counts come from. `groups`: a row a class of each variable. `tests`: a row a variable. `model`
    and `indicator` are None where the data do not carry a response model; `without_model` says why (`complete`, `none`,
    `few`, `one_class`). `levels` (coefficients), `terms` (tests and partial R-indicators of each variable) and
    `measures` belong to the model.
    """

    source: Source
    unit_type: str
    module: str
    n_frame: int
    n_answered: int
    groups: pd.DataFrame
    tests: pd.DataFrame
    model: Model | None
    indicator: RIndicator | None
    levels: pd.DataFrame
    terms: pd.DataFrame
    measures: Mapping[str, float]
    without_model: str

    @property
    def rate(self) -> float:
        """The response rate."""
        return self.n_answered / self.n_frame

    def of(self, variable: str) -> pd.DataFrame:
        """The classes of one variable, in their order."""
        return self.groups[self.groups["variable"] == variable].reset_index(drop=True)

    def test(self, variable: str) -> dict[str, Any]:
        """The tests of one variable."""
        row = self.tests[self.tests["variable"] == variable].iloc[0]
        return {str(column): value for column, value in row.items()}


def assess(
    cells: pd.DataFrame, *, variables: Sequence[str], source: Source, unit_type: str, module: str = "",
    confidence: float = 0.95, seed: int = 1,
) -> Balance:  # fmt: skip
    """Response by class, tests against the finite frame, differences, response model and R-indicators.

    `cells` has a row a cell of the crossed `variables` with n_frame and n_answered. The model takes the variables in
    their order as long as there are ten units of the rarer outcome a parameter. Raises InputError for counts that
    cannot be.
    """
    n, total = int(cells["n_answered"].sum()), int(cells["n_frame"].sum())
    by_class = {variable: _summed(cells, variable) for variable in variables}
    groups = pd.concat([_groups(counts, variable) for variable, counts in by_class.items()], ignore_index=True)
    tested = {name: counts for name, counts in by_class.items() if len(counts) > 1 and 0 < n < total}
    tests = pd.DataFrame([_tests(counts, name, seed) for name, counts in tested.items()], columns=TEST_COLUMNS)
    chosen = affordable(cells, variables=variables)
    found = Balance(
        source=source, unit_type=unit_type, module=module, n_frame=total, n_answered=n,
        groups=groups.assign(**dict.fromkeys(PARTIAL_COLUMNS, np.nan)), tests=tests, model=None, indicator=None,
        levels=pd.DataFrame(), terms=pd.DataFrame(), measures={}, without_model=_reason(n, total, by_class),
    )  # fmt: skip
    return _with_model(found, cells, chosen, confidence=confidence, seed=seed) if chosen else found


def _with_model(
    found: Balance, cells: pd.DataFrame, chosen: tuple[str, ...], *, confidence: float, seed: int
) -> Balance:
    summed = cells.groupby(list(chosen), sort=False, as_index=False)[["n_frame", "n_answered"]].sum()
    model = fit(summed, variables=chosen)
    indicator = r_indicator(model, confidence=confidence, seed=seed)
    by_class = partials(model, confidence=confidence)
    groups = found.groups.drop(columns=PARTIAL_COLUMNS).merge(by_class, how="left", on=["variable", "group"])
    return replace(
        found,
        groups=groups,
        model=model,
        indicator=indicator,
        levels=coefficients(model, confidence=confidence),
        terms=variable_tests(model).merge(variable_partials(model, indicator), on="variable"),
        measures=fit_measures(model, seed=seed),
        without_model="",
    )


def _summed(cells: pd.DataFrame, variable: str) -> pd.DataFrame:
    return cells.groupby(variable, sort=False)[["n_frame", "n_answered"]].sum()


def _groups(counts: pd.DataFrame, variable: str) -> pd.DataFrame:
    n, total = counts["n_answered"].sum(), counts["n_frame"].sum()
    table = pd.DataFrame({"variable": variable, "group": counts.index.astype(str)})
    table["n_frame"], table["n_answered"] = counts["n_frame"].to_numpy(), counts["n_answered"].to_numpy()
    table["rate"] = table["n_answered"] / table["n_frame"]
    table["share_frame"] = table["n_frame"] / total
    table["share_answered"] = table["n_answered"] / n if n else np.nan
    table["ratio"] = table["share_answered"] / table["share_frame"]
    return table.assign(**cell_tests(table["n_answered"], frame=table["n_frame"]))[GROUP_COLUMNS]


def _tests(counts: pd.DataFrame, variable: str, seed: int) -> dict[str, Any]:
    n_h, big_n_h = counts["n_answered"].to_numpy(), counts["n_frame"].to_numpy()
    frame, silent = against_frame(n_h, frame=big_n_h)
    about = {"variable": variable, "classes": len(counts), "difference": frame, "difference_silent": silent}
    return about | {"size": size_word(frame)} | asdict(association(n_h, frame=big_n_h, seed=seed))


def _reason(n: int, total: int, by_class: Mapping[str, pd.DataFrame]) -> str:
    if n == total:
        return "complete"
    if n == 0:
        return "none"
    smallest = min((len(counts) for counts in by_class.values() if len(counts) > 1), default=0)
    if not smallest:
        return "one_class"
    return "few" if most_parameters(n, total) < smallest else ""
