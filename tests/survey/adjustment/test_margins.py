import numpy as np
import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.survey.adjustment.columns import design_matrix, left_out
from analysis.survey.adjustment.margins import Margin, NoWeights, account, margin
from analysis.survey.adjustment.raking import rake
from tests.survey.adjustment.cases import made

FRAME = pd.DataFrame(
    {
        "unit_type": ["m", "m", "m", "c", "c"],
        "size_group": pd.Categorical(["9 and less", "10 and more", "9 and less", "10 and more", "10 and more"],
                                     categories=["9 and less", "10 and more"], ordered=True),
        "population": [5, 20, 9, 90, 30],
    }
)  # fmt: skip
ANSWERED = np.array([True, True, False, False, True])


def test_a_margin_counts_the_frame_and_codes_those_who_answered():
    found = margin(FRAME, ("size_group",), answered=ANSWERED)
    assert (found.name, found.labels) == ("size_group", ("9 and less", "10 and more"))
    assert found.totals.tolist() == [2, 3]
    assert found.codes.tolist() == [0, 1, 1]


def test_crossed_margins_have_the_categories_that_occur():
    found = margin(FRAME, ("unit_type", "size_group"), answered=ANSWERED)
    assert found.name == "unit_type x size_group"
    assert found.labels == ("c x 10 and more", "m x 9 and less", "m x 10 and more")
    assert found.totals.tolist() == [2, 2, 1]
    assert found.codes.tolist() == [1, 2, 0]


def test_a_margin_of_inhabitants_sums_them():
    assert margin(FRAME, ("unit_type",), answered=ANSWERED, size="population").totals.tolist() == [120, 34]


def test_account_says_target_achieved_and_gap_of_each_category():
    table = account([margin(FRAME, ("size_group",), answered=ANSWERED)], [2.0, 1.5, 0.75])
    assert table["category"].tolist() == ["9 and less", "10 and more"]
    assert table["n"].tolist() == [1, 2]
    assert table["achieved"].tolist() == [2, 2.25]
    assert table["gap"].tolist() == [0, -0.75]
    assert table["relative_gap"].tolist() == [0, -0.25]


def test_account_does_not_hide_weight_where_nothing_is_to_be():
    assert account([made("a", "xy", [0, 1], [2, 0])], [2.0, 1.0])["relative_gap"].tolist() == [0, np.inf]


def test_calibration_columns_have_full_rank_and_say_what_was_left_out():
    margins = [made("a", "xy", [0, 0, 1, 1], [4, 4]), made("b", "xyz", [0, 1, 2, 0], [3, 3, 2])]
    matrix, totals, columns = design_matrix(margins)
    assert matrix.shape == (4, 4)
    assert np.linalg.matrix_rank(matrix) == 4
    assert len(left_out(margins)) == 1
    assert sorted([*columns, *left_out(margins)]) == ["a: x", "a: y", "b: x", "b: y", "b: z"]
    wanted = {"a: x": 4, "a: y": 4, "b: x": 3, "b: y": 3, "b: z": 2}
    assert dict(zip(columns, totals, strict=True)) == {name: wanted[name] for name in columns}


def test_an_auxiliary_that_is_a_sum_of_categories_is_left_out():
    margins = [made("a", "xy", [0, 0, 1, 1], [4, 4])]
    x = pd.DataFrame({"twice": [2.0] * 4, "people": [7.0, 3, 5, 5]})
    assert design_matrix(margins, x, totals=[16, 44]).matrix.shape == (4, 3)
    assert len(left_out(margins, x)) == 1


def test_totals_of_auxiliaries_can_be_given_by_name():
    x = pd.DataFrame({"a": [1.0, 2], "b": [5.0, 1]})
    _, totals, columns = design_matrix([], x, totals=pd.Series({"b": 60, "a": 30}))
    assert dict(zip(columns, totals, strict=True)) == {"a": 30, "b": 60}


TWO = made("a", "xy", [0, 0, 1], [10, 5])


@pytest.mark.parametrize(
    ("base", "margins", "said"),
    [
        ([1, 1, 1], [], "margins: none was given"),
        ([], [made("a", "xy", [], [1, 1])], "nobody answered"),
        ([1, 1], [TWO], "a: 3 respondents are classified and 2 have a weight"),
        ([1, 0, 1], [TWO], "respondent 2 of 3 has 0"),
        ([1, 1, -2], [TWO], "respondent 3 of 3 has -2"),
        ([np.inf, 1, 1], [TWO], "respondent 1 of 3 has inf"),
        ([1, np.nan, 1], [TWO], "respondent 2 of 3 has nan"),
        ([1, 1, 1], [TWO, made("b", "pq", [0, 1, 1], [8, 8])], "b: its targets add up to 16 and those of a to 15"),
        ([1, 1, 1], [made("a", "xyz", [0, 0, 2], [5, 7, 3])], "a: none of the 7 of 'y' answered.*'x' or 'z'"),
        ([1, 1, 1], [made("a", "xy", [0, 0, 1], [5, 0])], "a: respondents of 'y' have a target of 0"),
        ([1, 1, 1], [made("a", "xy", [0, 0, 1], [1, 1])], "a: the frame has 2 and 3 answered"),
    ],
)
def test_what_cannot_be_weighted_is_refused_in_one_sentence(base, margins, said):
    with pytest.raises(NoWeights, match=said) as error:
        rake(np.array(base, dtype=float), margins)
    assert isinstance(error.value, InputError)
    assert str(error.value).endswith(".")
    assert "\n" not in str(error.value)


def test_totals_that_differ_in_the_seventh_digit_are_the_same_total():
    weights = rake(np.ones(3), [TWO, made("b", "pq", [0, 1, 0], [8, 7.000001])])
    assert weights.sum() == pytest.approx(15, rel=1e-12)


@pytest.mark.parametrize(
    ("margin_of", "said"),
    [
        (lambda: made("a", "xy", [0, 1], [1, 2, 3]), "2 categories have 3 totals"),
        (lambda: made("a", "xy", [0, 2], [1, 2]), "a respondent has no category"),
        (lambda: made("a", "xy", [0, -1], [1, 2]), "a respondent has no category"),
        (lambda: made("a", "xy", [0, 1], [1, -2]), "a total is negative"),
        (lambda: made("a", "xy", [0, 1], [1, np.nan]), "a total is negative, infinite or missing"),
        (lambda: margin(FRAME, ("size_group",), answered=ANSWERED[:4]), "4 marks of who answered for a frame of 5"),
        (lambda: margin(FRAME.assign(unit_type=None), ("unit_type",), answered=ANSWERED), "5 units .* no unit_type"),
        (lambda: design_matrix([TWO], np.ones(2), totals=[3]), "x: 2 rows for 3 respondents"),
        (lambda: design_matrix([TWO], np.ones(3)), "no total of x1 was given"),
        (lambda: design_matrix([TWO], totals=[3]), "without the auxiliaries"),
        (lambda: design_matrix([TWO], np.ones(3), totals=[3, 4]), "2 totals for 1 columns"),
        (lambda: design_matrix([TWO], pd.DataFrame({"people": [1, np.nan, 2]}), totals=[4]), "people: a value"),
        (lambda: design_matrix([]), "none was given"),
    ],
)
def test_margins_and_columns_that_cannot_be_are_refused(margin_of, said):
    with pytest.raises(NoWeights, match=said):
        margin_of()


def test_codes_of_any_integer_type_are_taken():
    small = Margin("a", ("x", "y"), np.array([0, 0, 1], dtype=np.int8), np.array([10.0, 5.0]))
    assert rake(np.ones(3), [small]).tolist() == [5, 5, 5]
