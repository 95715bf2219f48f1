import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.evidence.regions import by_region
from analysis.evidence.standardise import kitagawa, merged_groups, standardised

shares = st.lists(st.floats(0.01, 10), min_size=3, max_size=3)
rates = st.lists(st.floats(0, 1), min_size=3, max_size=3)


def test_a_mean_with_the_shares_of_a_standard_by_hand():
    # 1/4 x 0.2 + 3/4 x 0.6
    assert standardised([0.2, 0.6], [1, 3]) == pytest.approx(0.5)


def test_a_group_that_the_standard_does_not_have_may_lack_a_rate():
    assert standardised([0.2, np.nan], [5, 0]) == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("given_rates", "standard", "message"),
    [([0.2, np.nan], [1, 1], "has no rate"), ([0.2, 0.3], [0, 0], "some share"), ([0.2, 0.3], [2, -1], "negative")],
)
def test_a_standard_that_cannot_be_reached_is_refused(given_rates, standard, message):
    with pytest.raises(ValueError, match=message):
        standardised(given_rates, standard)


def test_the_two_parts_of_a_difference_by_hand():
    # means .25 x .2 + .75 x .6 = .5 and .5 x .3 + .5 x .7 = .5: composition (.25 x .25) + (-.25 x .65) = -.1
    parts = kitagawa([1, 3], [0.2, 0.6], [1, 1], [0.3, 0.7])
    assert parts.difference == pytest.approx(0.0)
    assert parts.composition == pytest.approx(-0.1)
    assert parts.rate == pytest.approx(0.1)


@given(shares, rates, shares, rates)
def test_composition_and_rate_add_up_to_the_difference(w1, q1, w2, q2):
    parts = kitagawa(w1, q1, w2, q2)
    assert parts.composition + parts.rate == pytest.approx(parts.difference, abs=1e-12)
    back = kitagawa(w2, q2, w1, q1)
    assert (back.composition, back.rate) == pytest.approx((-parts.composition, -parts.rate), abs=1e-12)


@given(shares, rates, rates)
def test_the_same_composition_leaves_only_a_rate_part(w, q1, q2):
    assert kitagawa(w, q1, w, q2).composition == pytest.approx(0, abs=1e-12)


def test_a_group_of_one_population_only_is_refused():
    with pytest.raises(ValueError, match=r"no rate|only one population"):
        kitagawa([1, 1], [0.2, 0.3], [1, 0], [0.4, np.nan])


def test_a_group_that_a_population_lacks_is_merged_with_its_neighbour_in_all():
    counts = pd.DataFrame({1: [3, 4], 2: [2, 2], 3: [0, 5]}, index=["North", "South"])
    assert merged_groups(counts) == {1: 1, 2: 2, 3: 2}
    assert merged_groups(counts[[1, 2]]) == {1: 1, 2: 2}


def test_populations_that_no_merging_helps_are_refused():
    with pytest.raises(ValueError, match="fewer units"):
        merged_groups(pd.DataFrame({1: [0, 1], 2: [0, 1]}))


def test_regions_by_hand():
    positions = pd.DataFrame({"area": list("abcd"), "size_group": [1, 2, 1, 2], "position": [0.2, 0.6, 0.4, 0.8]})
    regions = pd.DataFrame({"area": list("abcd"), "region": ["East", "East", "West", "West"]})
    found = by_region(positions, regions).set_index("region")
    assert found["crude"].to_dict() == pytest.approx({"West": 0.6, "East": 0.4})
    assert found["standardised"].to_dict() == pytest.approx({"West": 0.6, "East": 0.4})
    assert found["composition"].abs().max() == pytest.approx(0)
    assert found["rate"].to_dict() == pytest.approx({"West": 0.1, "East": -0.1})


def test_a_region_of_large_municipalities_only_has_its_gap_explained_by_them():
    positions = pd.DataFrame(
        {"area": list("abcdef"), "size_group": [1, 1, 2, 2, 1, 2], "position": [0.2, 0.2, 0.8, 0.8, 0.2, 0.8]}
    )
    regions = pd.DataFrame({"area": list("abcdef"), "region": ["N", "N", "N", "S", "S", "S"]})
    found = by_region(positions, regions).set_index("region")
    assert found["standardised"].nunique() == 1
    assert found["rate"].abs().max() == pytest.approx(0)
    assert found["gap"].to_dict() == pytest.approx({"N": -0.1, "S": 0.1})
