import numpy as np
import pytest

from analysis.survey.adjustment.classes import propensity_classes, propensity_weights
from analysis.survey.adjustment.margins import NoWeights
from analysis.survey.adjustment.poststratification import poststratify
from tests.survey.adjustment.cases import frame60, margins_of, muni, muni_in_r


def test_inverse_propensities_are_those_of_r():
    in_r = muni_in_r()
    weights = propensity_weights(in_r["propensity"]["rho"], answered=muni()["resp"] == 1, classes=None)
    expected = np.array(in_r["est"]["ipw"]["weights"])
    assert weights == pytest.approx(expected * 356 / expected.sum(), abs=1e-9)
    assert weights.sum() == pytest.approx(356)


@pytest.mark.parametrize("how", [{"classes": None}, {"classes": 5, "min_n": 1}])
def test_response_rates_by_size_give_post_stratification_by_oracle_3_19(how):
    frame = frame60()
    rates = frame.groupby("size")["r"].transform("mean")
    weights = propensity_weights(rates, answered=frame["r"] == 1, **how)
    respondents = frame.query("r == 1")
    assert weights @ respondents["y"] / 60 == pytest.approx(0.425555555556, abs=1e-9)
    assert weights @ respondents["z"] / 60 == pytest.approx(2.61444444444, abs=1e-9)
    assert dict(zip(respondents["size"], weights, strict=True)) == pytest.approx({"L": 1.2, "M": 3.0, "S": 10 / 3})
    (size,) = margins_of(frame, "r", "size")
    assert weights == pytest.approx(poststratify(np.ones(25), size))


def test_classes_are_quintiles_of_the_frame():
    found = propensity_classes(np.arange(1, 101) / 100, answered=np.ones(100, dtype=bool))
    assert found.totals.tolist() == [20] * 5
    assert found.codes.tolist() == np.repeat(range(5), 20).tolist()


def test_a_class_with_few_respondents_joins_the_nearest_neighbour():
    """The third of five classes has 4 respondents; the second is nearer to it than the fourth."""
    propensity = np.repeat([0.2, 0.5, 0.55, 0.8, 0.9], 20)
    answered = np.concatenate([np.arange(20) < number for number in (12, 12, 4, 12, 12)])
    found = propensity_classes(propensity, answered=answered)
    assert found.totals.tolist() == [20, 40, 20, 20]
    assert found.sums().tolist() == [12, 16, 12, 12]
    weights = propensity_weights(propensity, answered=answered)
    assert weights[12] == pytest.approx(40 / 16)
    assert weights.sum() == pytest.approx(100)


def test_too_few_respondents_for_any_class_are_one_class():
    found = propensity_classes(np.linspace(0.1, 0.9, 30), answered=np.arange(30) < 8)
    assert found.totals.tolist() == [30]


def test_base_weights_count():
    weights = propensity_weights([0.5, 0.5, 0.5], answered=np.array([True, True, False]), base=[1, 2], classes=None)
    assert weights == pytest.approx([1, 2])


@pytest.mark.parametrize(
    ("propensity", "said"),
    [([0.5, 0.0, 1], "above 0 and at most 1"), ([0.5, np.nan, 1], "above 0"), ([0.5, 0.5], "2 values for 3 units")],
)
def test_propensities_that_cannot_be_are_refused(propensity, said):
    with pytest.raises(NoWeights, match=said):
        propensity_weights(propensity, answered=np.array([True, True, False]))
