import numpy as np
import pandas as pd
import pytest

from analysis.survey import reliability

POINTS = pd.DataFrame({"a": [1, 2, 3, 4], "b": [2, 3, 5, 4], "c": [3, 5, 4, 6]})


def test_alpha_by_hand():
    # Each variance is 5/3, the sums 6, 10, 12, 14 have variance 35/3: 3/2 · (1 - 5 / (35/3)) = 6/7.
    alpha, low, high = reliability.cronbach_alpha(POINTS, confidence=0.95)
    assert alpha == pytest.approx(6 / 7)
    assert low < alpha < high


def test_feldts_interval():
    # oracle 5.2
    low, high = reliability.feldt_interval(0.8431428, n=30, items=7, confidence=0.95)
    assert (low, high) == (pytest.approx(0.739375685643, abs=5e-4), pytest.approx(0.91577307216, abs=5e-4))


@pytest.mark.parametrize(
    "points",
    [POINTS[["a"]], POINTS.iloc[:1], POINTS.mask(POINTS == 1), pd.DataFrame({"a": [1, 2], "b": [2, 1]})],
    ids=["one part", "one unit", "a missing value", "a constant sum"],
)
def test_alpha_that_is_not_defined_is_refused(points):
    with pytest.raises(ValueError, match="alpha"):
        reliability.cronbach_alpha(points, confidence=0.95)


def test_each_part_against_the_rest_by_hand():
    # a against b + c = 5, 8, 9, 10: covariance 8/3, variances 5/3 and 14/3.
    assert reliability.item_rest(POINTS)["a"] == pytest.approx((8 / 3) / np.sqrt((5 / 3) * (14 / 3)))


@pytest.mark.filterwarnings("ignore:Sample size is too small")
def test_correlations_of_every_pair_by_both_methods():
    rows = pd.DataFrame(reliability.correlations(POINTS, confidence=0.95)).set_index(["first", "second", "method"])
    assert len(rows) == 6
    assert rows.loc[("a", "b", "pearson"), "r"] == pytest.approx(0.8)
    assert rows.loc[("a", "c", "spearman"), "r"] == pytest.approx(0.8)
    assert (rows["ci_lo"] <= rows["r"]).all()
    assert (rows["r"] <= rows["ci_hi"]).all()


def sized(n: int, gap: float) -> pd.DataFrame:
    """Parts that have nothing in common but a gap between two size groups."""
    noise = np.random.default_rng(1).normal(size=(n, 3))
    group = np.arange(n) % 2
    return pd.DataFrame(noise + gap * group[:, None], columns=list("abc")).assign(
        unit_type="municipality", size_group=group
    )


def test_alpha_within_size_groups_takes_the_gap_between_them_away():
    described = reliability.describe(sized(200, gap=4), items=list("abc"), confidence=0.95)
    alpha = described.alpha.set_index("variant")["alpha"]
    assert alpha[reliability.OVERALL] > 0.85
    assert abs(alpha[reliability.WITHIN]) < 0.35


@pytest.mark.parametrize(("units", "items"), [(29, 3), (200, 2)])
def test_too_little_is_not_reported(units, items):
    described = reliability.describe(sized(units, gap=0), items=list("abc")[:items], confidence=0.95)
    assert described.rows == []
    assert described.alpha.empty


def test_units_with_a_missing_part_are_left_out():
    data = sized(40, gap=0)
    data.loc[0, "a"] = np.nan
    described = reliability.describe(data, items=list("abc"), confidence=0.95)
    assert set(described.alpha["n"]) == {39}
    assert set(described.alpha["n_frame"]) == {40}
