import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.inputs import checks, cleaning
from analysis.inputs.microdata import Delivery
from analysis.inputs.waves import load_wave
from tests.small_wave import FRAME, cleaned, raw, wave

ITEMS = ["total", "first", "second", "third", "percent", "stars"]


def unit(result, code):
    return result.data.set_index("code").loc[code]


def test_every_unit_of_the_frame_has_one_row_in_its_order():
    data = cleaned().data
    assert list(data["code"]) == list(FRAME["code"])
    assert data[ITEMS].dtypes.astype(str).eq("int64").all()


def test_answers_are_whole_numbers_and_days():
    answered = unit(cleaned(), "0102")
    assert list(answered[ITEMS]) == [16, 8, 6, 2, 80, 3]
    assert answered["answered_on"] == pd.Timestamp("2013-06-30")
    assert answered["disposition"] == "I"


def test_a_unit_without_a_row_is_tagged_unit_nonresponse():
    missing = unit(cleaned(), "0202")
    assert missing["disposition"] == "NC"
    assert set(missing[ITEMS]) == {cleaning.UNIT_NONRESPONSE}
    assert pd.isna(missing["answered_on"])


def test_a_blank_is_tagged_and_logged():
    result = cleaned((2, "a", ""))
    assert unit(result, "0101")["first"] == cleaning.BLANK
    logged = result.log.iloc[0]
    assert (logged["kind"], logged["row"], logged["variable"], logged["after"]) == ("recode", 2, "a", "-4")


@pytest.mark.parametrize(("blanks", "disposition"), [(1, "I"), (2, "P"), (3, "P"), (4, "R"), (6, "R")])
def test_dispositions_follow_the_share_of_items_answered(blanks, disposition):
    columns = ["points", "a", "b", "c", "percent", "stars"][:blanks]
    result = cleaned(*[(2, column, "") for column in columns])
    assert unit(result, "0101")["disposition"] == disposition


def test_rows_in_are_rows_kept_and_rows_dropped():
    excluded = {"unit_type": "county_municipality", "code": "02", "reason": "for the test"}
    description = wave(frame=wave().file.frame.model_dump() | {"exclude": [excluded]})
    frame = FRAME[FRAME["code"] != "02"].reset_index(drop=True)
    result = cleaning.clean(Delivery(raw()), wave=description, frame=frame)
    flow = result.flow.set_index("step")["count"]
    assert flow["rows in the file"] == flow["rows kept"] + flow["rows dropped"] == 5
    assert flow["rows dropped"] == (result.log["kind"] == "dropped row").sum() == 1
    assert result.log["reason"].iloc[0] == "for the test"
    assert flow["units in the frame"] == 5


@settings(deadline=None)
@given(dropped=st.sets(st.integers(min_value=2, max_value=6), max_size=4))
def test_units_are_conserved_whatever_is_missing(dropped):
    result = cleaning.clean(Delivery(raw().drop(index=sorted(dropped))), wave=wave(), frame=FRAME)
    assert len(result.data) == len(FRAME)
    assert (result.data["disposition"] == "NC").sum() == 1 + len(dropped)
    flow = result.flow.set_index("step")["count"]
    assert flow["rows in the file"] == flow["rows kept"] == flow["units in the frame"] - flow["units without an answer"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((2, "code", "0109"), "row 2, column 'code': '0109' is no municipality of the frame of 2013-01-01"),
        ((2, "code", "0199"), "keep their leading zero"),
        ((3, "code", "0101"), "row 3, column 'code': municipality 0101 stands already in row 2"),
        ((4, "unit_type", "region"), "row 4, column 'unit_type': 'region' is no unit type"),
        ((4, "a", "9"), "row 4, column 'a': 9 is off the scale 0 to 8"),
        ((4, "a", "-1"), "-1 is off the scale"),
        ((5, "stars", "0"), "0 is off the scale 1 to 3"),
        ((4, "a", "1.5"), "'1.5' is not a whole number"),
        ((4, "a", "1,5"), "'1,5' is not a whole number"),
        ((4, "a", "n/a"), "'n/a' is not a whole number"),
        ((4, "day", "05.05.2013"), "row 4, column 'day': '05.05.2013' is not a date"),
        ((4, "day", "2013-02-30"), "'2013-02-30' is not a date"),
    ],
)
def test_what_leaves_no_sound_reading_stops_in_one_sentence(change, said):
    with pytest.raises(InputError, match=said) as error:
        cleaned(change)
    assert str(error.value).startswith("data/raw/waves/no-small/responses.csv")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ([(2, "a", "5")], "points", "the parts add up to 11"),
        ([(2, "percent", "51")], "percent", "10 of 20 points is 50 percent"),
        ([(2, "day", "2013-02-28")], "day", "outside the field period 2013-03-01 to 2013-06-30"),
        ([(2, "day", "2013-07-01")], "day", "outside the field period"),
    ],
)
def test_what_can_be_read_but_looks_wrong_is_logged_and_left(changes, column, reason):
    result = cleaned(*changes)
    assert len(result.log) == 1
    logged = result.log.iloc[0]
    assert (logged["kind"], logged["row"], logged["variable"], logged["after"]) == ("check", 2, column, "")
    assert logged["reason"].startswith(reason)
    assert result.checks["found"].sum() == 1


def test_the_first_and_last_day_belong_to_the_field_period():
    assert cleaned().log.empty


def test_a_code_that_lost_its_leading_zero_gets_it_back_and_is_logged():
    result = cleaned((2, "code", "101"))
    assert unit(result, "0101")["total"] == 10
    logged = result.log.iloc[0]
    assert (logged["kind"], logged["variable"], logged["before"], logged["after"]) == ("recode", "code", "101", "0101")


def test_a_wave_whose_dates_mostly_lie_outside_its_field_period_stops():
    days = [(row, "day", "2009-05-05") for row in (2, 3, 4)]
    with pytest.raises(InputError, match="2009-05-05 and 2 more dates lie outside the field period"):
        cleaned(*days)


def test_more_rows_than_two_a_unit_stop():
    twice = pd.concat([raw()] * 3, ignore_index=True)
    with pytest.raises(InputError, match="15 rows for the 6 units of the frame"):
        cleaning.clean(Delivery(twice), wave=wave(), frame=FRAME)


def test_a_frame_of_two_unit_types_needs_a_column_that_tells_them_apart():
    description = wave(responses={"file": "responses.csv"})
    with pytest.raises(InputError, match="name the column that tells them apart"):
        cleaning.clean(Delivery(raw()), wave=description, frame=FRAME)


@given(points=st.integers(0, 400), maximum=st.integers(1, 400))
def test_percent_is_rounded_half_up(points, maximum):
    from fractions import Fraction
    from math import floor

    exact = floor(Fraction(100 * points, maximum) + Fraction(1, 2))
    assert checks.half_up_percent(pd.Series([points]), maximum=maximum).iloc[0] == exact


@pytest.mark.parametrize(("year", "frame", "missing"), [(2010, 448, 2), (2011, 448, 2), (2013, 446, 0)])
def test_the_rounds_lack_two_municipalities_and_then_none(year, frame, missing):
    data = cleaning.run(load_wave(f"no-web-{year}")).data
    assert len(data) == frame
    silent = data[data["disposition"] == "NC"]
    assert list(silent["code"]) == ["1723", "1915"][:missing]
