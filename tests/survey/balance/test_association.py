import itertools
import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.survey.balance.association import association, cell_tests, holm, mean_test, number_test

FRAME, ANSWERED = [15, 32, 74, 93, 76], [13, 23, 40, 34, 31]  # Sweden 2016 by size, largest first
ORACLES = Path(__file__).parents[2] / "oracles"


def by_listing(answered, frame):
    """The exact p by writing out every table."""
    n = sum(answered)
    ways = {
        table: math.prod(math.comb(size, x) for size, x in zip(frame, table, strict=True))
        for table in itertools.product(*(range(size + 1) for size in frame))
        if sum(table) == n
    }
    return sum(w for w in ways.values() if w <= ways[tuple(answered)] * (1 + 1e-7)) / sum(ways.values())


def test_sweden_against_its_finite_frame():
    # oracle 2.7
    found = association(ANSWERED, frame=FRAME)
    assert found.naive == pytest.approx(12.2153969547)
    assert found.naive_p == pytest.approx(0.0158193724095, rel=1e-6)
    assert found.corrected == pytest.approx(23.7749336702)
    assert found.corrected_p == pytest.approx(8.86148099467e-05, rel=1e-6)
    assert found.exact_p == pytest.approx(6.68935756416e-05, rel=1e-6)
    assert (found.df, found.simulated, found.exact_error) == (4, False, 0.0)


def test_a_chi_square_that_forgets_that_the_frame_is_finite_says_016_for_a_true_7e_minus_5():
    found = association(ANSWERED, frame=FRAME)
    assert round(found.naive_p, 3) == 0.016
    assert round(found.exact_p, 5) == 7e-5
    assert found.corrected == pytest.approx(found.naive / (1 - 141 / 290))


@pytest.mark.parametrize("variable", ["size", "region"])
def test_the_correction_gives_what_r_gives_for_the_two_way_table(variable):
    frame, oracle = pd.read_csv(ORACLES / "muni_frame.csv"), json.loads((ORACLES / "13_muni.json").read_text())
    by = frame.groupby(variable)["resp"]
    found = association(by.sum(), frame=by.size())
    assert found.corrected == pytest.approx(oracle["chisq"][variable]["statistic"])
    assert found.corrected_p == pytest.approx(oracle["chisq"][variable]["p"])
    assert (found.naive, found.naive_p) == pytest.approx(
        (oracle["gof"][variable]["statistic"], oracle["gof"][variable]["p"])
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 6), min_size=2, max_size=4), st.data())
def test_the_exact_p_is_that_of_all_tables_written_out(frame, data):
    answered = [data.draw(st.integers(0, size)) for size in frame]
    if 0 < sum(answered) < sum(frame):
        assert association(answered, frame=frame).exact_p == pytest.approx(by_listing(answered, frame), rel=1e-9)


def test_too_many_tables_are_drawn_and_the_error_is_given():
    found = association([20, 10], frame=[40, 40], most_tables=10)
    exact = association([20, 10], frame=[40, 40])
    assert found.simulated
    assert found.exact_p == pytest.approx(exact.exact_p, abs=4 * found.exact_error)
    assert found == association([20, 10], frame=[40, 40], most_tables=10)


def test_large_frames_do_not_overflow():
    found = association([9000, 4000], frame=[20000, 10000], most_tables=1)
    assert 0 < found.exact_p < 0.001
    assert cell_tests([900, 400], frame=[2000, 1000])["p"][0] == pytest.approx(
        cell_tests([400, 900], frame=[1000, 2000])["p"][1]
    )


def test_each_class_against_the_others():
    tests = cell_tests(ANSWERED, frame=FRAME)
    assert tests["expected"][0] == pytest.approx(141 * 15 / 290)
    assert (round(tests["z"][0], 2), round(tests["p"][0], 4)) == (3.02, 0.0027)  # methods 2.1
    assert tests["p_holm"][0] == pytest.approx(5 * tests["p"][0])
    assert tests["expected"].sum() == pytest.approx(141)


def test_holm_by_hand():
    assert holm(np.array([0.04, 0.01, np.nan, 0.03])).tolist() == pytest.approx([0.06, 0.03, np.nan, 0.06], nan_ok=True)


def test_a_number_of_all_units_by_hand():
    # 1 2 3 4, of which 3 and 4 answered: mean 3.5 against 2.5, S2 = 5/3
    found = number_test([1, 2, 3, 4], answered=[False, False, True, True])
    assert found.difference == pytest.approx(1 / math.sqrt(5 / 3))
    assert found.z == pytest.approx(1 / math.sqrt(0.5 * 5 / 3 / 2))
    assert found.ks == 0.5
    # Of the six pairs only {1, 2} and {3, 4} lie as far from the frame.
    assert found.ks_p == pytest.approx(1 / 3, abs=4 * found.ks_error)
    assert mean_test(3.5, frame=2.5, spread=math.sqrt(5 / 3), answered=2, units=4)[1] == pytest.approx(found.z)


def test_ties_count_together():
    assert number_test([1, 1, 1, 2], answered=[True, False, True, False]).ks == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("answered", "frame", "message"),
    [
        ([3, 1], [2, 5], "class 1: 3 answers of 2 units"),
        ([0, 1], [0, 5], "class 1: there is no unit"),
        ([-1, 1], [2, 5], "class 1: -1 of 2 units is no count"),
        ([1, 0.5], [2, 5], "class 2: 0.5 of 5 units is no count"),
        ([1, np.inf], [2, 5], "class 2: inf of 5 units is no count"),
        ([1], [2, 5], "1 counts of answers stand against 2"),
        ([], [], "0 counts of answers"),
    ],
)
def test_counts_that_cannot_be_are_refused(answered, frame, message):
    for test in (association, cell_tests):
        with pytest.raises(InputError, match=message):
            test(answered, frame=frame)


@pytest.mark.parametrize(("answered", "frame"), [([2, 5], [2, 5]), ([0, 0], [2, 5]), ([1], [5])])
def test_where_there_is_nothing_to_test_there_is_no_test(answered, frame):
    with pytest.raises(ValueError, match="nothing to test"):
        association(answered, frame=frame)
    assert np.isnan(cell_tests(answered, frame=frame)["p"]).all()


def test_numbers_that_cannot_be_tested_are_refused():
    with pytest.raises(InputError, match="1 units of the frame have no value"):
        number_test([1, np.nan], answered=[True, False])
    for values, said in (([1, 1], [True, False]), ([1, 2], [True, True])):
        with pytest.raises(ValueError, match="nothing to test"):
            number_test(values, answered=said)
