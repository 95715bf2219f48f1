import pytest

from analysis.evidence.aggregates.implied import Groups, implied_range, implied_rest

SWEDEN = Groups(
    names=("under 10", "10-20", "20-50", "50-100", "over 100"),
    answered=(31, 34, 40, 23, 13),
    frame=(76, 93, 74, 32, 15),
    printed={"under 10": (0.205, 0.215), "over 100": (0.445, 0.455)},
)
OVERALL = (0.315, 0.325)


def test_oracle_4_8_the_arithmetic_of_the_swedish_figures_by_size():
    """Only the arithmetic: the figures are shares of answers, and nobody reads them as municipalities (0113)."""
    rest = implied_rest(SWEDEN, overall=OVERALL, average="pooled")
    assert rest == pytest.approx((0.328, 0.347), abs=5e-4)
    rising = implied_range(SWEDEN, overall=OVERALL, average="pooled", order="rising")
    assert rising == pytest.approx((0.287, 0.315), abs=5e-4)


def test_an_order_narrows_and_a_contradicting_order_fits_nothing():
    free = implied_range(SWEDEN, overall=OVERALL, average="pooled")
    rising = implied_range(SWEDEN, overall=OVERALL, average="pooled", order="rising")
    assert free[0] < rising[0] < rising[1] < free[1]
    assert implied_range(SWEDEN, overall=OVERALL, average="pooled", order="falling") is None


def test_two_groups_by_hand_for_both_averages():
    # One group is printed as .2; the figure for all is .3: the other is .4 by answers (1:1) or by groups.
    groups = Groups(names=("a", "b"), answered=(5, 5), frame=(30, 10), printed={"a": (0.2, 0.2)})
    assert implied_range(groups, overall=(0.3, 0.3), average="pooled") == pytest.approx((0.25, 0.25))
    assert implied_range(groups, overall=(0.3, 0.3), average="groups") == pytest.approx((0.25, 0.25))
    uneven = Groups(names=("a", "b"), answered=(2, 8), frame=(30, 10), printed={"a": (0.2, 0.2)})
    b = (0.3 - 0.2 * 0.2) / 0.8
    assert implied_range(uneven, overall=(0.3, 0.3), average="pooled") == pytest.approx(((6 + 10 * b) / 40,) * 2)
    assert implied_rest(uneven, overall=(0.3, 0.3), average="pooled") == pytest.approx((b, b))


@pytest.mark.parametrize(
    "wrong",
    [
        {"answered": (1,)},
        {"answered": (0, 5)},
        {"answered": (31, 5)},
        {"printed": {"c": (0.1, 0.2)}},
    ],
)
def test_groups_that_do_not_fit_are_refused(wrong):
    good = {"names": ("a", "b"), "answered": (5, 5), "frame": (30, 10), "printed": {}}
    with pytest.raises(ValueError, match="group"):
        Groups(**(good | wrong))
