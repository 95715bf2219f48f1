import math

import numpy as np
import pandas as pd
import pytest

from analysis.survey import precision


def exactly(covariance: np.ndarray, n: int = 60) -> pd.DataFrame:
    """Answers of n units whose covariance is exactly this one."""
    noise = np.random.default_rng(3).normal(size=(n, len(covariance)))
    noise -= noise.mean(axis=0)
    white = noise @ np.linalg.inv(np.linalg.cholesky(np.cov(noise, rowvar=False))).T
    return pd.DataFrame(white @ np.linalg.cholesky(covariance).T).add_prefix("q")


def one_factor(loadings: list[float], unique: list[float]) -> np.ndarray:
    return np.outer(loadings, loadings) + np.diag(unique)


def test_omega_of_parallel_questions_is_spearman_browns():
    # oracle 5.5: six questions that correlate .3
    assert precision.omega(exactly(np.full((6, 6), 0.3) + 0.7 * np.eye(6))) == pytest.approx(0.72, abs=1e-4)


def test_omega_of_unlike_questions_by_hand():
    # (2 + 1 + 1 + 0.5)^2 / (4.5^2 + 4 + 1 + 2 + 0.75) = 20.25 / 28
    points = exactly(one_factor([2, 1, 1, 0.5], [4, 1, 2, 0.75]))
    assert precision.omega(points) == pytest.approx(20.25 / 28, abs=1e-4)


def test_a_question_that_does_not_vary_adds_nothing():
    points = exactly(one_factor([1, 1, 1], [1, 1, 1]))
    assert precision.omega(points.assign(same=2.0)) == pytest.approx(precision.omega(points))


def test_gaps_do_not_cost_the_units_that_have_them():
    points = exactly(one_factor([1, 1, 1, 1], [1, 1, 1, 1]), n=300)
    gaps = points.mask(np.arange(300)[:, None] % 4 == np.arange(4))  # no unit has answered everything
    assert precision.omega(gaps) == pytest.approx(0.8, abs=0.05)


@pytest.mark.parametrize(("questions", "units"), [(2, 60), (3, 29)])
def test_few_questions_or_units_have_no_omega(questions, units):
    points = exactly(one_factor([1.0] * questions, [1.0] * questions), n=units)
    assert math.isnan(precision.omega(points))


def test_the_error_of_measurement_by_hand():
    points = exactly(one_factor([1, 1, 1], [1, 1, 1]))  # omega 9 / 12, variance of the mean 12 / 9
    scores = pd.DataFrame({"score": points.mean(axis=1), "short": points["q0"]})
    kinds = pd.Series("municipality", index=points.index)
    found = precision.errors(scores, {"score": points, "short": points[["q0"]]}, unit_types=kinds).set_index("item")
    assert found.loc["score", "sem"] == pytest.approx(math.sqrt(12 / 9) * math.sqrt(1 / 4), abs=1e-4)
    assert math.isnan(found.loc["short", "sem"])


def test_each_unit_type_has_its_own_error():
    points = exactly(one_factor([1, 1, 1], [1, 1, 1]), n=80)
    kinds = pd.Series(["a", "b"] * 40)
    found = precision.errors(points[["q0"]], {"q0": points}, unit_types=kinds)
    assert found["n"].tolist() == [40, 40]
    assert found["sem"].nunique() == 2


def test_the_smallest_change_by_hand():
    # 1.96 times the root of 9 + 16
    assert precision.smallest_change(3, 4, confidence=0.95) == pytest.approx(9.8, abs=1e-3)
    assert math.isnan(precision.smallest_change(3, math.nan, confidence=0.95))
