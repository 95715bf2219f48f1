import pandas as pd
import pytest

from analysis.__main__ import main
from analysis.errors import InputError
from analysis.reports import scientific
from analysis.reports.disclosure.rules import Rules
from analysis.survey import indicators
from tests.small_survey import answers, survey

KEY = bytes(range(32))
WAVE = survey()
FEW = Rules(base=2)


def data() -> pd.DataFrame:
    cleaned = answers().assign(role="mayor", attempts="2", contact="someone@example.org")
    return indicators.score(cleaned, wave=WAVE)


def weights() -> pd.DataFrame:
    rows = [("municipality", f"M{number}", "", 1.0 + number) for number in range(1, 7)]
    rows += [("municipality", "M1", "first", 2.5), ("county_municipality", "C1", "", 2.0)]
    return pd.DataFrame(rows, columns=["unit_type", "code", "module", "final_weight"])


@pytest.fixture
def table() -> pd.DataFrame:
    return scientific.scientific(data(), weights(), wave=WAVE, key=KEY, rules=FEW)


def test_each_unit_that_answered_is_a_row_under_a_pseudonym(table):
    assert len(table) == 7
    assert table["pseudonym"].is_monotonic_increasing
    assert table["pseudonym"].str.fullmatch("[0-9a-f]{32}").all()
    other = scientific.scientific(data(), weights(), wave=WAVE, key=bytes(32), rules=FEW)
    assert not set(other["pseudonym"]) & set(table["pseudonym"])


def test_no_name_code_contact_date_or_text_is_in_it(table):
    assert table.iloc[:, 0].eq(1).all()
    assert table.columns[0] == "synthetic"
    allowed = {"synthetic", *scientific.ABOUT, "weight_first", "maturity", *(i.item for i in WAVE.items)} - {"said"}
    assert set(table.columns) == allowed
    text = table.to_csv()
    assert not [word for word in ("M1", "C1", "Unit", "mayor", "example.org", "text", "=CMD") if word in text]
    assert not table.isin([1000, 2000, 3000, 36000]).to_numpy().any(), "inhabitants are in bands"


def test_weights_and_scores_stay_with_their_answers(table):
    scores = data().set_index("code")["maturity"].dropna().sort_values().tolist()
    assert table["maturity"].dropna().sort_values().tolist() == pytest.approx(scores)
    of_m1 = table[table["weight_first"] == 2.5]
    assert of_m1["weight"].tolist() == [2.0]
    assert of_m1[["plan", "how", "staff"]].to_numpy().tolist() == [[1, 2, 3]]


def units(rows: list[tuple[str, str, str, int]]) -> pd.DataFrame:
    """A row a unit: type, region, county, size group."""
    frame = pd.DataFrame(rows, columns=["unit_type", "region", "county_code", "size_group"])
    return frame.assign(code=[f"U{place}" for place in frame.index])


def test_a_county_with_few_takes_the_next_smallest_with_it():
    # Region A: 2, 3 and 6 answered. The two alone would be told by the three and the six.
    counties = "1" * 2 + "2" * 3 + "3" * 6
    frame = units([("municipality", "A", county, 1) for county in counties])
    found = scientific._enough(frame, "county_code", within=["unit_type", "region"], least=3)
    assert found.tolist() == [""] * 5 + ["3"] * 6


def test_a_county_of_its_own_kind_is_counted_by_itself():
    # The only county municipality of a county is that county, whatever the number of municipalities.
    frame = units([("municipality", "A", "1", 1)] * 5 + [("county_municipality", "A", "1", 1)])
    found = scientific._enough(frame, "county_code", within=["unit_type", "region"], least=5)
    assert found.tolist() == ["1"] * 5 + [""]


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([1] * 5 + [2] * 5, ["0 to 1999"] * 5 + ["2000 to 4999"] * 5),
        ([1] * 2 + [2] * 5, ["0 to 4999"] * 7),
        ([1] * 5 + [6] * 2, ["0 and more"] * 7),
        ([1] * 5 + [3] * 2 + [6] * 3, ["0 to 1999"] * 5 + ["5000 and more"] * 5),
    ],
)
def test_bands_of_inhabitants_are_joined_until_each_has_enough(sizes, expected):
    frame = units([("municipality", "A", "1", size) for size in sizes])
    assert scientific._bands(frame, wave=WAVE, least=5).tolist() == expected


def test_the_codebook_has_every_column_with_its_values_and_missing_values(table):
    book = scientific.codebook(table, wave=WAVE).set_index("column")
    assert book.index.tolist() == table.columns.tolist()
    assert book.loc["plan", "values"] == "0 = o; 1 = o"
    assert book.loc["why", "missing"] == "not asked = -1; left blank = -4"
    assert book["label"].str.len().gt(0).all()


@pytest.mark.parametrize(
    ("name", "marked"), [("answers.csv", True), ("SYNTHETIC_answers.csv", False)], ids=["file name", "column"]
)
def test_an_unlabelled_export_is_refused(table, tmp_path, name, marked):
    frame = table if marked else table.drop(columns="synthetic")
    with pytest.raises(ValueError, match="synthetic answers carry SYNTHETIC_"):
        scientific.write(frame, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("origin", "label"), [("observed", "synthetic"), ("synthetic", None)])
def test_answers_of_another_origin_than_the_wave_says_are_refused(origin, label):
    frame = data() if label is None else data().assign(data=label)
    with pytest.raises(InputError, match="report --waves no-survey"):
        scientific._check_origin(frame, wave=survey(origin=origin))


def test_a_wave_without_answers_of_units_is_one_sentence(capsys):
    assert main(["export-scientific", "se-2011"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("se-2011: there are no answers of single units")
    assert error.count("\n") == 1
