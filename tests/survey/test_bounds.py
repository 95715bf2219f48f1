import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.survey.bounds import share_bounds, worst_case


def test_share_bounds_of_a_census_with_nonresponse():
    # oracle 2.12
    low, high = share_bounds(100, n=215, population_size=447)
    assert low == pytest.approx(0.223713646532, abs=1e-12)
    assert high == pytest.approx(0.742729306488, abs=1e-12)


def test_a_mean_is_bounded_by_the_ends_of_its_scale():
    # Answers 2 and 4 of four units on a scale from 1 to 6: (6 + 2·1) / 4 and (6 + 2·6) / 4.
    assert worst_case(6, covered=2, total=4, low=1, high=6) == (2.0, 4.5)


def test_nothing_is_open_when_everybody_answered():
    assert worst_case(3, covered=4, total=4, low=0, high=1) == (0.75, 0.75)


@given(st.data())
def test_the_truth_is_always_inside(data):
    truth = data.draw(st.lists(st.booleans(), min_size=1, max_size=30))
    answered = data.draw(st.lists(st.booleans(), min_size=len(truth), max_size=len(truth)))
    given_answers = [value for value, known in zip(truth, answered, strict=True) if known]
    low, high = share_bounds(sum(given_answers), n=len(given_answers), population_size=len(truth))
    assert low - 1e-12 <= sum(truth) / len(truth) <= high + 1e-12


@pytest.mark.parametrize(("k", "n", "population_size"), [(3, 2, 5), (-1, 2, 5), (1, 6, 5), (0, 0, 0)])
def test_what_cannot_be_counted_is_refused(k, n, population_size):
    with pytest.raises(ValueError, match="cannot be"):
        share_bounds(k, n=n, population_size=population_size)
