import pandas as pd
import pytest

from analysis.evidence import panel
from analysis.evidence.comparability import ALLOWED, ComparabilityError, allows, require

ARITHMETIC = ("difference", "ratio", "trend")


@pytest.mark.parametrize(
    ("grade", "uses"),
    [
        ("A", {"difference", "ratio", "trend", "side_by_side", "relative_position", "name"}),
        ("B", {"difference", "ratio", "side_by_side", "relative_position", "name"}),
        ("C", {"side_by_side", "relative_position", "name"}),
        ("D", {"name"}),
    ],
)
def test_a_grade_allows_exactly_these_uses(grade, uses):
    for use in ALLOWED["A"]:
        assert allows(grade, use) == (use in uses)
        if use in uses:
            require(grade, use)
        else:
            with pytest.raises(ComparabilityError, match=f"grade {grade} does not allow"):
                require(grade, use)


def test_each_grade_allows_less_than_the_one_above():
    assert ALLOWED["A"] > ALLOWED["B"] > ALLOWED["C"] > ALLOWED["D"]


@pytest.mark.parametrize(("grade", "use"), [("E", "difference"), ("A", "average"), ("", "name")])
def test_an_unknown_grade_or_use_is_an_error_not_a_permission(grade, use):
    with pytest.raises(ValueError, match="unknown"):
        require(grade, use)


@pytest.mark.parametrize("function", [panel.transitions, panel.rank_correlation])
def test_two_waves_are_not_related_when_the_grade_forbids_it(function):
    values = pd.Series([0.2, 0.5, 0.8], index=["a", "b", "c"])
    function(values, values, grade="C")
    with pytest.raises(ComparabilityError):
        function(values, values, grade="D")
