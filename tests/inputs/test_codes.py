import pandas as pd
import pytest

from analysis.inputs import codes
from tests.raw_survey import FRAME, wave

# 0109 passed into 0102 before the frame's date and came from 0108; 0209 is 0201 from later on; 0301 merges two later;
# 0401 was split. In the field period 0101 became 0105, which took up 0102 long after it, and 0106 merged two.
CHANGES = pd.DataFrame(
    [
        ("2010-01-01", "0108", "0109", "renumbered"),
        ("2012-01-01", "0109", "0102", "merged"),
        ("2011-01-01", "0401", "0101", "split"),
        ("2011-01-01", "0401", "0102", "split"),
        ("2014-01-01", "0201", "0209", "renumbered"),
        ("2016-01-01", "0101", "0301", "merged"),
        ("2016-01-01", "0102", "0301", "merged"),
        ("2012-01-01", "0501", "0201", "boundary_change"),
        ("2013-05-01", "0101", "0105", "renumbered"),
        ("2017-01-01", "0102", "0105", "merged"),
        ("2013-05-01", "0102", "0106", "merged"),
        ("2013-05-01", "0201", "0106", "merged"),
    ],
    columns=["valid_from", "old_code", "new_code", "kind"],
)


def match(code, frame=FRAME):
    rows = pd.DataFrame({"row": [2], "unit_type": ["municipality"], "code": [code]}, index=[2])
    strange = codes.strange(rows, frame=frame, wave=wave())
    return codes.matched(rows, strange=strange, frame=frame, changes=CHANGES, wave=wave())


@pytest.mark.parametrize(
    ("code", "becomes", "reason"),
    [
        ("101", "0101", "the leading zero is restored"),
        ("0109", "0102", "a retired code"),
        ("109", "0102", "a retired code"),
        ("0108", "0102", "a retired code"),
        ("0209", "0201", "a later code"),
        ("105", "0101", "a later code, which that of the frame became on 2013-05-01"),
        ("A", "0101", "matched by name"),
    ],
)
def test_a_code_that_is_not_in_the_frame_is_matched_and_logged(code, becomes, reason):
    rows, log = match(code)
    assert rows["code"].tolist() == [becomes]
    assert log[["before", "after", "code"]].to_numpy().tolist() == [[code, becomes, becomes]]
    assert log["reason"].iloc[0].startswith(reason)


@pytest.mark.parametrize("code", ["0106", "0301", "0401", "0501", "0999", "", "Ostby"])
def test_what_stands_for_no_single_unit_stays_as_it_is(code):
    rows, log = match(code)
    assert rows["code"].tolist() == [code]
    assert log.empty


def test_a_name_that_two_units_have_matches_neither():
    rows, log = match("A", frame=FRAME.assign(name="A"))
    assert rows["code"].tolist() == ["A"]
    assert log.empty


def test_codes_of_the_frame_are_left_alone():
    rows, log = match("0101")
    assert rows["code"].tolist() == ["0101"]
    assert log.empty


@pytest.mark.parametrize(
    ("code", "bare"), [("0101", "101"), ("1001", "1001"), ("SYN-NO-0012", "SYN-NO-12"), ("0", "0")]
)
def test_only_zeros_before_the_last_digits_are_taken_off(code, bare):
    assert codes.short(code) == bare
