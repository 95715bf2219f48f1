import pytest

from analysis.errors import InputError
from analysis.inputs import cleaning, corrections, tables
from analysis.inputs.corrections import Correction, Corrections
from analysis.inputs.waves import load_wave
from tests.small_wave import raw, wave

RECORD = {
    "unit_type": "municipality",
    "code": "0102",
    "variable": "percent",
    "expect": "80",
    "value": "81",
    "reason": "for the test",
    "decision": "9999",
}


def apply(**changes):
    record = Correction.model_validate(RECORD | changes)
    return corrections.apply(raw(), corrections=(record,), wave=wave())


def test_one_cell_changes_and_is_logged():
    corrected, log = apply()
    assert corrected.loc[3, "percent"] == "81"
    assert (corrected != raw()).to_numpy().sum() == 1
    logged = log.iloc[0]
    assert (logged["row"], logged["code"], logged["before"], logged["after"]) == (3, "0102", "80", "81")
    assert (logged["reason"], logged["decision"]) == ("for the test", "9999")


def test_the_raw_answers_stay_as_they_were():
    before = raw()
    corrections.apply(before, corrections=(Correction.model_validate(RECORD),), wave=wave())
    assert before.equals(raw())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"expect": "79"}, "says '80' where '79' is expected"),
        ({"code": "0999"}, "has 0 rows for municipality 0999"),
        ({"unit_type": "county_municipality"}, "has 0 rows for county_municipality 0102"),
        ({"variable": "per cent"}, "has no column 'per cent'"),
    ],
)
def test_a_correction_that_no_longer_fits_fails_loudly(changes, said):
    with pytest.raises(InputError, match=said) as error:
        apply(**changes)
    assert "correction 1" in str(error.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"value": "80"}, "nothing is corrected"), ({"expected": "80"}, "unknown key"), ({"reason": None}, "reason")],
)
def test_a_malformed_record_is_refused(changes, said):
    with pytest.raises(InputError, match=said):
        tables.check({"corrections": [RECORD | changes]}, Corrections, place="corrections.yml")


def test_strand_is_corrected_in_2011_and_nothing_else_anywhere():
    logs = {year: cleaning.run(load_wave(f"no-web-{year}")).log for year in (2010, 2011, 2013)}
    assert [len(logs[year]) for year in (2010, 2011, 2013)] == [0, 1, 0]
    only = logs[2011].iloc[0]
    assert (only["kind"], only["code"], only["before"], only["after"]) == ("correction", "1130", "83", "84")


def test_without_its_correction_strand_is_found_by_the_check():
    from analysis.inputs.readers import read_responses

    description = load_wave("no-web-2011")
    result = cleaning.clean(
        read_responses(description), wave=description, frame=cleaning.wave_frame(description), records=()
    )
    found = result.log.iloc[0]
    assert (found["kind"], found["code"]) == ("check", "1130")
    assert found["reason"] == "78 of 93 points is 84 percent"
