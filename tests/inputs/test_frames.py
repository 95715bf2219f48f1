"""Frames: the right units on a date, their groups, and constant geography through mergers."""

import datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import frames
from analysis.inputs.frames import add_groups, constant_geography, load_frame, region_names, size_groups

BOTH = ("municipality", "county_municipality")
HEADER = "country,reference_date,unit_type,code,name,county_code,county_name,population\n"
ROW = "norway,2016-01-01,municipality,0301,Oslo,03,Oslo,658390\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project folder with the real small tables and no `units.csv`."""
    folder = tmp_path / "data" / "raw" / "frames"
    folder.mkdir(parents=True)
    for name in ("size_groups", "regions", "code_changes"):
        (folder / f"{name}.csv").write_bytes((paths.frames() / f"{name}.csv").read_bytes())
    (tmp_path / "dvc.yaml").write_text("stages: {}\n")
    monkeypatch.chdir(tmp_path)
    return folder


def test_a_frame_has_the_units_of_its_date_indexed_from_zero():
    frame = load_frame("norway", date="2016-01-01", unit_types=BOTH)
    assert list(frame.columns) == list(frames.Unit.model_fields)
    assert frame.index.tolist() == list(range(447))
    assert frame["unit_type"].tolist() == ["municipality"] * 428 + ["county_municipality"] * 19
    assert frame["population"].dtype == "int64"
    assert not frame.isna().any().any()


def test_oslo_is_a_municipality_and_a_county_municipality():
    frame = load_frame("norway", date="2016-01-01", unit_types=BOTH)
    oslo = frame[frame["county_code"] == "03"]
    assert oslo["code"].tolist() == ["0301", "03"]
    assert oslo["population"].tolist() == [658390, 658390]
    assert oslo["name"].tolist() == ["Oslo", "Oslo kommune"]


@pytest.mark.parametrize(
    ("year", "counties", "there", "gone"),
    [
        (2017, 19, "Sør-Trøndelag fylkeskommune", "Trøndelag fylkeskommune"),
        (2018, 18, "Trøndelag fylkeskommune", "Sør-Trøndelag fylkeskommune"),
        (2020, 11, "Viken fylkeskommune", "Østfold fylkeskommune"),
        (2023, 11, "Troms og Finnmark fylkeskommune", "Troms fylkeskommune"),
        (2024, 15, "Finnmark fylkeskommune", "Viken fylkeskommune"),
    ],
)
def test_county_municipalities_follow_the_reforms(year: int, counties: int, there: str, gone: str):
    names = set(load_frame("norway", date=f"{year}-01-01", unit_types=["county_municipality"])["name"])
    assert len(names) == counties
    assert there in names
    assert gone not in names


def test_a_date_from_a_yaml_file_does_as_well_as_text():
    frame = load_frame("sweden", date=datetime.date(2015, 12, 31))
    assert frame.equals(load_frame("sweden", date="2015-12-31"))
    assert frame["population"].sum() == 9851017


def test_an_unknown_date_names_the_dates_there_are():
    with pytest.raises(InputError, match=r"sweden \(municipality\) on 2016-01-01; .*: 2015-12-31, 2016-12-31\.$"):
        load_frame("sweden", date="2016-01-01")
    with pytest.raises(InputError, match="are: none"):
        load_frame("sweden", date="2015-12-31", unit_types=["county_municipality"])


MALFORMED = {
    "no file": (None, "units.csv is missing"),
    "empty": ("", "units.csv is empty"),
    "header only": (HEADER, "has a header and no rows"),
    "missing column": (
        HEADER.replace(",population", "") + ROW.replace(",658390", ""),
        "column 'population' is missing",
    ),
    "unknown column": (HEADER.replace("\n", ",x\n") + ROW.replace("\n", ",1\n"), "row 1: unknown column 'x'"),
    "column twice": (HEADER.replace("\n", ",name\n") + ROW.replace("\n", ",1\n"), "'name' stands twice"),
    "short row": (HEADER + ROW + "norway,2016-01-01,municip\n", "row 3: 3 fields where the header has 8"),
    "short last field": (HEADER + ROW.replace(",658390", ""), "row 2: 7 fields where the header has 8"),
    "short row of another date": (
        HEADER + ROW + "norway,2010-01-01,municipality,0301,Oslo,03\n",
        "row 3: 6 fields where the header has 8",
    ),
    "long row": (HEADER + ROW.replace("\n", ",7\n"), "row 2: 9 fields where the header has 8"),
    "no line end": (HEADER + ROW.rstrip(), "row 2: the last row has no line end"),
    "other encoding": ((HEADER + ROW.replace("Oslo", "Ørsta")).encode("latin-1"), "row 2: the text is not UTF-8"),
    "country": (HEADER + ROW + ROW.replace("norway", "Norway"), "row 3, column 'country'"),
    "unit type": (HEADER + ROW.replace("municipality", "kommune"), "row 2, column 'unit_type'"),
    "date": (HEADER + ROW + ROW.replace("2016-01-01", "1.1.2016"), "row 3, column 'reference_date'"),
    "code without zero": (HEADER + ROW.replace("0301", "301"), "row 2, column 'code'"),
    "population": (HEADER + ROW.replace("658390", "658 390"), "row 2, column 'population'"),
    "no population": (HEADER + ROW.replace("658390", ""), "row 2, column 'population'"),
    "key twice": (HEADER + ROW + ROW, "row 3: country 'norway', reference_date '2016-01-01'"),
    "open quote": (HEADER + ROW.replace("Oslo,03", '"Oslo,03'), "units.csv, row 2"),
}


@pytest.mark.parametrize(("content", "said"), MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_file_is_one_sentence_with_row_and_column(content: str | bytes | None, said: str, project: Path):
    if content is not None:
        (project / "units.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError) as caught:
        load_frame("norway", date="2016-01-01")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_byte_order_mark_does_no_harm(project: Path):
    (project / "units.csv").write_text(HEADER + ROW, encoding="utf-8-sig")
    assert load_frame("norway", date="2016-01-01")["code"].tolist() == ["0301"]


@pytest.mark.parametrize(
    ("date", "counts"), [("2015-12-31", [76, 93, 74, 32, 15]), ("2016-12-31", [75, 93, 75, 32, 15])]
)
def test_swedish_size_groups_are_those_of_the_report(date: str, counts: list[int]):
    frame = add_groups(load_frame("sweden", date=date), size="skl5", region="nuts2")
    assert frame["size_group"].value_counts().sort_index().tolist() == counts


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 2_000_000), st.sampled_from(["ssb6", "skl5"]))
def test_the_size_group_is_the_one_whose_edges_hold_the_population(population: int, scheme: str):
    groups = size_groups(scheme)
    country, region, county = {"ssb6": ("norway", "region5", "03"), "skl5": ("sweden", "nuts2", "01")}[scheme]
    date = {"norway": "2016-01-01", "sweden": "2015-12-31"}[country]
    frame = pd.DataFrame(
        [[country, date, "municipality", "0000", "X", county, "X", population]], columns=list(frames.Unit.model_fields)
    )
    [group] = add_groups(frame, size=scheme, region=region)["size_group"]
    row = groups[groups["group"] == group].iloc[0]
    assert pd.isna(row["lower"]) or row["lower"] <= population
    assert pd.isna(row["upper"]) or population < row["upper"]


@pytest.mark.parametrize(("population", "group"), [(1999, 1), (2000, 2), (4999, 2), (5000, 3), (49999, 5), (50000, 6)])
def test_an_edge_belongs_to_the_group_above_it(population: int, group: int):
    frame = load_frame("norway", date="2016-01-01").head(1).assign(population=population)
    assert add_groups(frame, size="ssb6", region="region5")["size_group"].tolist() == [group]


def test_both_readings_of_more_og_romsdal_and_the_landsdeler():
    frame = load_frame("norway", date="2013-01-01", unit_types=BOTH)
    alesund = frame[frame["code"].isin(["1504", "15"])]
    for scheme, region in (
        ("region5", "Vest"),
        ("region5_more_romsdal_in_midt", "Midt/Trøndelag"),
        ("landsdel7", "Vestlandet"),
    ):
        assert add_groups(alesund, size="ssb6", region=scheme)["region"].tolist() == [region, region]
    grouped = add_groups(frame, size="ssb6", region="landsdel7")
    assert set(grouped["region"]) == set(region_names("landsdel7"))
    assert grouped.index.equals(frame.index)
    assert grouped["region"].notna().all()


def test_a_region_follows_its_unit_through_any_order_and_index():
    frame = load_frame("sweden", date="2015-12-31")
    mixed = frame.sample(frac=1, random_state=1)
    whole = add_groups(frame, size="skl5", region="kommungrupp_2011").set_index("code")["region"]
    again = add_groups(mixed, size="skl5", region="kommungrupp_2011").set_index("code")["region"]
    assert again.sort_index().equals(whole.sort_index())
    assert whole["0180"] == "Storstäder"


@pytest.mark.parametrize("date", ["2009-01-01", "2019-01-01", "2020-01-01", "2023-01-01", "2024-01-01"])
def test_every_municipality_of_norway_is_in_one_of_five_regions_to_this_day(date):
    grouped = add_groups(load_frame("norway", date=date), size="ssb6", region="region5")
    assert set(grouped["region"]) == set(region_names("region5"))
    assert grouped.set_index("name").loc[["Tromsø", "Kristiansand"], "region"].tolist() == ["Nord", "Sør"]


def test_regions_come_in_their_usual_order():
    assert region_names("region5") == ["Øst", "Sør", "Vest", "Midt/Trøndelag", "Nord"]
    assert region_names("kommungrupp_2011")[-1] == "Kommuner i glesbefolkad region"


@pytest.mark.parametrize(
    ("date", "size", "region", "said"),
    [
        ("2016-01-01", "ssb7", "region5", "there is no scheme 'ssb7'; name one of skl5, ssb6"),
        ("2016-01-01", "ssb6", "nuts", "there is no scheme 'nuts'"),
        ("2016-01-01", "skl5", "region5", "'skl5' groups units of sweden, the frame is of norway"),
        ("2016-01-01", "ssb6", "nuts2", "'nuts2' groups units of sweden"),
        ("2020-01-01", "ssb6", "landsdel7", "has no region for 0301 Oslo on 2020-01-01"),
    ],
)
def test_a_scheme_that_does_not_fit_is_refused(date: str, size: str, region: str, said: str):
    with pytest.raises(InputError, match=said):
        add_groups(load_frame("norway", date=date), size=size, region=region)


def codes(year: int) -> pd.Series:
    return load_frame("norway", date=f"{year}-01-01")["code"]


def test_mosvik_and_bjarkoy_are_in_the_units_that_took_them_over():
    panel = constant_geography({f"{year}-01-01": codes(year) for year in (2010, 2011, 2013)}, until="2013-01-01")
    moved = panel[(panel["code"] != panel["constant_code"]) & (panel["reference_date"] == "2010-01-01")]
    assert dict(zip(moved["code"], moved["constant_code"], strict=True)) == {
        "1723": "1756",
        "1729": "1756",
        "1901": "1903",
        "1915": "1903",
    }
    assert panel["constant_code"].nunique() == 428
    assert not panel["split"].any()


def test_one_date_is_its_own_geography():
    panel = constant_geography({"2016-01-01": codes(2016)}, until="2016-01-01")
    assert panel["code"].equals(panel["constant_code"])


def test_a_split_joins_all_that_it_touches_and_is_flagged():
    panel = constant_geography({"2019-01-01": ["1850", "1849", "1805", "0301"]}, until="2020-01-01")
    assert panel["constant_code"].tolist() == ["1806", "1806", "1806", "0301"]
    assert panel["split"].tolist() == [True, True, True, False]


def test_a_transfer_of_a_part_joins_nothing():
    panel = constant_geography({"2016-01-01": ["0704", "0720", "0706"]}, until="2017-01-01")
    assert panel["constant_code"].tolist() == ["0704", "0710", "0710"]


def test_constant_geography_until_a_date_before_the_last_is_a_mistake():
    with pytest.raises(ValueError, match="before the last date"):
        constant_geography({"2013-01-01": ["0301"]}, until="2012-01-01")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(2008, 2024), min_size=2, max_size=2, unique=True).map(sorted))
def test_constant_units_are_the_same_on_every_date_and_carry_codes_of_the_last(years: list[int]):
    last = years[1]
    panel = constant_geography({f"{year}-01-01": CODES[year] for year in years}, until=f"{last}-01-01")
    units = panel.groupby("reference_date")["constant_code"].agg(set)
    assert units.iloc[0] == units.iloc[1]
    assert units.iloc[1] <= set(CODES[last])
    whole = panel[(panel["reference_date"] == f"{last}-01-01") & ~panel["split"]]
    assert whole["code"].equals(whole["constant_code"])


CODES = {year: codes(year) for year in range(2008, 2025)}
