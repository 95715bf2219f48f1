import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.evidence.equivalence import verdict
from analysis.evidence.multiplicity import adjust

P = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1.0]
HOLM = [0.0015, 0.0056, 0.0247, 0.114, 0.2211, 0.278, 0.278, 0.278, 0.3213, 1, 1, 1, 1, 1, 1]
BH = [0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.063857143, 0.063857143, 0.0645, 0.0765, 0.486, 0.581181818, 0.714875,
      0.753230769, 0.813214286, 1]  # fmt: skip


@pytest.mark.parametrize(("method", "expected", "rejected"), [("holm", HOLM, 3), ("bh", BH, 4)])
def test_adjusted_p_values_of_oracle_6_4(method, expected, rejected):
    found = adjust(P, method=method)
    assert found == pytest.approx(expected, abs=1e-6)
    assert sum(p < 0.05 for p in found) == rejected


def test_adjusted_p_values_keep_the_order_they_were_given_in():
    assert adjust([0.04, 0.01], method="holm") == pytest.approx([0.04, 0.02])


@pytest.mark.parametrize("p", [[0.1, float("nan")], [1.2], [-0.1]])
def test_a_family_with_a_missing_p_value_is_refused(p):
    with pytest.raises(ValueError, match="p value from 0 to 1"):
        adjust(p, method="holm")


def test_an_empty_family_has_no_tests_and_an_unknown_method_is_an_error():
    assert adjust([], method="bh") == []
    with pytest.raises(KeyError):
        adjust([0.1], method="none")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("p", "interval", "expected"),
    [
        (0.01, (0.06, 0.12), "different"),
        (0.01, (0.02, 0.06), "different"),  # its upper end is beyond the margin
        (0.01, (0.01, 0.04), "within_margin"),
        (0.40, (-0.03, 0.04), "equivalent"),
        (0.40, (-0.06, 0.04), "undecided"),
        (float("nan"), (-0.06, 0.04), "undecided"),
    ],
)
def test_the_four_verdicts(p, interval, expected):
    assert verdict(p=p, level=0.05, interval=interval, margin=0.05) == expected


def test_an_interval_that_ends_at_the_margin_is_not_inside_it():
    assert verdict(p=0.5, level=0.05, interval=(-0.05, 0.0), margin=0.05) == "undecided"


@pytest.mark.parametrize(("interval", "margin"), [((0.1, 0.0), 0.05), ((0.0, 0.1), 0.0)])
def test_an_interval_turned_round_or_no_margin_is_refused(interval, margin):
    with pytest.raises(ValueError, match="margin above 0"):
        verdict(p=0.5, level=0.05, interval=interval, margin=margin)


@given(st.floats(0, 1), st.floats(-1, 1), st.floats(0, 1), st.floats(0.01, 0.5))
def test_a_large_p_value_alone_never_makes_two_figures_equivalent(p, middle, half, margin):
    interval = (middle - half, middle + half)
    found = verdict(p=p, level=0.05, interval=interval, margin=margin)
    assert (found in ("equivalent", "within_margin")) == (-margin < interval[0] and interval[1] < margin)
    assert (found in ("different", "within_margin")) == (p < 0.05)
