import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.survey.balance.propensity import (
    affordable,
    cells_of,
    coefficients,
    fit,
    fit_measures,
    most_parameters,
    variable_tests,
)

ORACLES = Path(__file__).parents[2] / "oracles"
# The invented frame of sixty units: size, region, units, answered.
FRAME60 = pd.DataFrame(
    [
        ("L", "B", 6, 5), ("L", "C", 4, 3), ("L", "D", 2, 2), ("M", "A", 8, 3), ("M", "B", 4, 1), ("M", "C", 1, 0),
        ("M", "D", 5, 2), ("S", "A", 11, 6), ("S", "B", 5, 0), ("S", "C", 8, 1), ("S", "D", 6, 2),
    ],
    columns=["size", "region", "n_frame", "n_answered"],
)  # fmt: skip


def muni():
    frame = pd.read_csv(ORACLES / "muni_frame.csv").sort_values(["size", "region"])
    oracle = json.loads((ORACLES / "13_muni.json").read_text())
    return frame, oracle, cells_of(frame, answered=frame["resp"] == 1, by=["size", "region"])


def test_sixty_units_as_r_fits_them():
    # oracle 2.9, whose reference region is A; no large unit lies there, so that here B comes first.
    model = fit(FRAME60, variables=["size", "region"], firth=False)
    found = coefficients(model).set_index("group")["coefficient"]
    b = -1.9178197019
    expected = {"M": -3.63244995052, "S": -3.53171430523, "A": -b, "C": -2.17373534736 - b, "D": -0.415871580633 - b}
    assert found[list(expected)].to_dict() == pytest.approx(expected, abs=2e-4)
    assert found[""] == pytest.approx(3.46870043914 + b, abs=2e-4)
    tests = variable_tests(model).set_index("variable")
    assert tests.loc["region", "lr"] == pytest.approx(6.97524262137, abs=1e-6)
    assert tests.loc["region", "p"] == pytest.approx(0.0726910746601, abs=1e-6)


def test_a_complete_class_is_fitted_by_firth():
    # oracle 2.10: 15 of 15 and 31 of 76; the closed form adds one half to each cell
    cells = pd.DataFrame({"B": ["0", "1"], "n_frame": [15, 76], "n_answered": [15, 31]})
    model = fit(cells, variables=["B"])
    assert model.firth
    assert model.beta == pytest.approx([3.43398720449, -3.80171198461], abs=1e-8)
    assert model.rho == pytest.approx([15.5 / 16, 31.5 / 77])


def test_municipalities_as_r_fits_them():
    _, oracle, cells = muni()
    model = fit(cells, variables=["size", "region"])
    assert not model.firth
    assert model.beta == pytest.approx(oracle["propensity"]["est"], abs=1e-9)
    assert np.sqrt(np.diag(model.covariance)) == pytest.approx(oracle["propensity"]["se"], rel=1e-7)
    for row in variable_tests(model).to_dict("records"):
        expected = oracle["propensity"]["lr"][row["variable"]]
        assert (row["lr"], row["p"]) == pytest.approx((expected["LRT"], expected["p"]), rel=1e-6)
    by_cell = cells.assign(rho=model.rho).set_index(["size", "region"])["rho"]
    original = pd.read_csv(ORACLES / "muni_frame.csv")
    given = [by_cell[size, region] for size, region in zip(original["size"], original["region"], strict=True)]
    assert given == pytest.approx(oracle["propensity"]["rho"], abs=1e-9)


def test_units_and_counts_give_what_statsmodels_gives():
    statsmodels = pytest.importorskip("statsmodels.api")
    frame, _, cells = muni()
    model = fit(cells, variables=["size"])
    design = statsmodels.add_constant(pd.get_dummies(frame["size"], drop_first=True, dtype=float))
    other = statsmodels.GLM(frame["resp"], design, family=statsmodels.families.Binomial()).fit()
    assert model.beta == pytest.approx(other.params.to_numpy(), abs=1e-6)
    assert fit_measures(model, replicates=20)["mcfadden"] == pytest.approx(1 - other.llf / other.llnull, abs=1e-9)


def test_effects_and_measures_by_hand():
    # 8 of 10 and 2 of 10 answered: the effect is the difference of the rates
    cells = pd.DataFrame({"g": ["a", "b"], "n_frame": [10, 10], "n_answered": [8, 2]})
    model = fit(cells, variables=["g"])
    assert coefficients(model)["effect"].iloc[1] == pytest.approx(-0.6)
    measures = fit_measures(model)
    assert measures["tjur"] == pytest.approx((8 * 0.8 + 2 * 0.2) / 10 - (2 * 0.8 + 8 * 0.2) / 10)
    assert measures["auc"] == pytest.approx((8 * 8 + 0.5 * (8 * 2 + 2 * 8)) / 100)
    assert measures["auc_corrected"] < measures["auc"]
    assert measures == fit_measures(model)


def test_the_data_decide_how_many_parameters_a_model_may_have():
    assert most_parameters(141, 290) == 14
    assert most_parameters(428, 430) == 0
    cells = FRAME60.assign(region2=FRAME60["region"])
    assert affordable(cells, variables=["size", "region"]) == ()
    larger = cells.assign(n_frame=cells["n_frame"] * 3, n_answered=cells["n_answered"] * 3)
    assert affordable(larger, variables=["size", "region"]) == ("size", "region")
    assert affordable(larger, variables=["size", "region", "region2"]) == ("size", "region")
    assert affordable(larger.assign(one="x"), variables=["one", "size"]) == ("size",)


def test_a_coefficient_beyond_ten_switches_to_firth():
    cells = pd.DataFrame({"g": ["a", "b"], "n_frame": [200000, 100], "n_answered": [1, 50]})
    assert fit(cells, variables=["g"]).firth


@pytest.mark.parametrize("answered", [[0, 0], [10, 10], [11, 1]])
def test_a_frame_that_no_model_fits_is_refused(answered):
    cells = pd.DataFrame({"g": ["a", "b"], "n_frame": [10, 10], "n_answered": answered})
    with pytest.raises(InputError, match="of 20 units answered"):
        fit(cells, variables=["g"])


def test_variables_that_say_the_same_are_refused():
    cells = pd.DataFrame({"g": ["a", "b"], "h": ["x", "y"], "n_frame": [10, 10], "n_answered": [4, 5]})
    with pytest.raises(InputError, match="g, h say the same"):
        fit(cells, variables=["g", "h"])


def test_a_unit_without_a_class_is_refused():
    units = pd.DataFrame({"g": ["a", None]})
    with pytest.raises(InputError, match="1 units of the frame have no g"):
        cells_of(units, answered=pd.Series([True, False]), by=["g"])
