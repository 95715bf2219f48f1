import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.survey import ranks


def test_the_chance_of_being_first_of_two_is_the_closed_form():
    # oracle 5.10: scores .5 and 0 with an error of 1 each; their SD is .5 / sqrt(2), so 8 times its square is 1
    drawn = ranks.draw(np.array([[0.5, 0.0]]), unreliable=8, draws=200_000)
    assert (drawn.ranks[:, 0] == 1).mean() == pytest.approx(0.638163195084, abs=0.005)


def test_the_share_of_variance_is_sobols_first_order_index():
    # oracle 5.7: the Ishigami function with a = 7 and b = 0.1
    generator = np.random.default_rng(5)
    one, other = generator.uniform(-np.pi, np.pi, (2, 200_000, 3))

    def ishigami(x):
        return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])

    found = []
    for place in range(3):
        shared = other.copy()
        shared[:, place] = one[:, place]
        found.append(float(ranks.first_order(ishigami(one)[:, None], ishigami(shared)[:, None])[0]))
    assert found == pytest.approx([0.3139, 0.4424, 0], abs=0.01)


def test_averages_by_hand():
    # oracle 5.6: weights .5, .25, .25 of 1, 3, 5 are four questions
    values = np.array([[1.0, 1, 3, 5]])
    found = [float(ranks.average(values, how=how)[0]) for how in ("arithmetic", "geometric", "harmonic")]
    assert found == pytest.approx([2.5, 2.13016916015, 1.82352941176], abs=1e-9)


POINTS = pd.DataFrame({"a": [0.0, 1, 2, 4], "b": [1.0, np.nan, 3, 5], "c": [2.0, 2, 1, 5]})


def test_the_first_way_is_the_score_itself_and_every_choice_has_its_row():
    score = POINTS.mean(axis=1) + 7
    found = ranks.ways(POINTS, score=score)
    assert found.shape == (3 * 3 * (3 + 1), 4)
    assert found[0] == pytest.approx(score)
    assert not np.isnan(found).any()
    assert found[3] == pytest.approx(POINTS[["b", "c"]].mean(axis=1))  # without the first question


def test_without_error_and_with_one_way_ranks_are_those_of_the_scores():
    scores = np.array([3.0, 1, 3, 2, 0, 5])
    drawn = ranks.draw(scores[None, :], unreliable=0, draws=10)
    table = ranks.summarise(drawn, scores=scores)
    assert (drawn.ranks == [2.5, 5, 2.5, 4, 6, 1]).all()
    assert table["first"].tolist() == [2, 5, 2, 4, 6, 1]
    assert table["last"].tolist() == [3, 5, 3, 4, 6, 1]
    assert (table["low"].iloc[0], table["high"].iloc[0]) == (2, 3)
    assert table["method_share"].isna().all(), "nothing varies"


def test_thirds_are_half_open():
    upper, middle, lower = ranks.thirds(np.array([[1.0, 2, 2.5, 4, 4.5, 6]]))
    assert upper.tolist() == [1, 1, 0, 0, 0, 0]
    assert middle.tolist() == [0, 0, 1, 1, 0, 0]
    assert lower.tolist() == [0, 0, 0, 0, 1, 1]


def test_ranks_that_only_the_way_of_scoring_moves_are_due_to_method():
    ways = np.array([[1.0, 2], [2.0, 1]])
    drawn = ranks.draw(ways, unreliable=0, draws=400)
    assert ranks.first_order(drawn.ranks, drawn.again) == pytest.approx([1, 1])


def test_ranks_that_only_error_moves_are_not():
    drawn = ranks.draw(np.array([[1.0, 2, 3]]), unreliable=1, draws=4000)
    assert ranks.first_order(drawn.ranks, drawn.again) == pytest.approx([0, 0, 0], abs=0.06)


def test_the_same_scores_give_the_same_draws():
    first, second = (ranks.draw(np.array([[1.0, 2, 3]]), unreliable=0.5) for _ in range(2))
    assert (first.ranks == second.ranks).all()
    assert len(first.ranks) == 2000


@pytest.mark.parametrize(("low", "high", "expected"), [(1, 26, False), (1, 27, True)])
def test_an_interval_is_wide_beyond_a_quarter(low, high, expected):
    assert ranks.wide(low, high, n=100) is expected


def test_one_draw_has_no_variance():
    with pytest.raises(InputError, match="at least two draws"):
        ranks.first_order(np.ones((1, 2)), np.ones((1, 2)))


@given(st.lists(st.floats(0, 5), min_size=3, max_size=12), st.floats(0.01, 1))
def test_a_summary_is_in_order_and_within_the_ranked(scores, unreliable):
    values = np.array(scores)
    table = ranks.summarise(ranks.draw(values[None, :], unreliable=unreliable, draws=50), scores=values)
    assert (table["low"] <= table["median"] + 0.5).all()
    assert (table["median"] <= table["high"] + 0.5).all()
    assert table["low"].ge(1).all()
    assert table["high"].le(len(values)).all()
    assert table[list(ranks.THIRDS)].sum(axis=1).to_numpy() == pytest.approx(1)
