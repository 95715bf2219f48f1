"""The checks of the frame files hold, and each of them can fail."""

import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.inputs.frame_checks import CHECKS, Tables, check_frames, read_frame_tables, require_frames


@pytest.fixture(scope="module")
def stored() -> Tables:
    return read_frame_tables()


def edited(tables: Tables, name: str, column: str | list[str], *, where: dict, value: object) -> Tables:
    """The tables with one value of the rows that match replaced."""
    table = tables[name].copy()
    rows = pd.Series(True, index=table.index)
    for key, wanted in where.items():
        rows &= table[key] == wanted
    assert rows.any()
    table.loc[rows, column] = value
    return tables | {name: table}


def without(tables: Tables, name: str, **where: str) -> Tables:
    table = tables[name]
    rows = pd.Series(True, index=table.index)
    for key, wanted in where.items():
        rows &= table[key] == wanted
    assert rows.any()
    return tables | {name: table[~rows]}


def test_the_stored_frames_pass_every_check(stored: Tables):
    results = check_frames(stored)
    assert [result.name for result in results if not result.ok] == []
    assert len(results) == len(stored["checks"]) + len(CHECKS)
    require_frames(stored)


def test_the_invited_units_of_2017_fit_the_structure_of_2016_and_not_later_ones(stored: Tables):
    found = {result.name: result.found for result in check_frames(stored)}
    both = "municipality;county_municipality"
    assert found[f"units, norway 2016-01-01, {both}"] == "447"
    assert found[f"units, norway 2017-01-01, {both}"] == "445"
    assert found[f"units, norway 2018-01-01, {both}"] == "440"
    assert found[f"units_oslo_once, norway 2012-01-01, {both}"] == "447"


OSLO = {"code": "0301", "reference_date": "2016-01-01"}
FAILURES = {
    "population": (
        lambda t: edited(t, "units", "population", where=OSLO, value=1),
        "population, norway 2016-01-01, municipality",
    ),
    "county sums": (
        lambda t: edited(t, "units", "population", where={"code": "17", "reference_date": "2011-01-01"}, value=1),
        "county municipalities unlike the sum of their municipalities",
    ),
    "a county missing": (
        lambda t: without(t, "units", code="17", reference_date="2011-01-01"),
        "county municipalities unlike the sum of their municipalities",
    ),
    "units": (
        lambda t: without(t, "units", code="0114", reference_date="2015-12-31"),
        "units, sweden 2015-12-31, municipality",
    ),
    "size group": (
        lambda t: edited(t, "size_groups", "upper", where={"scheme": "skl5", "group": 1}, value=12000),
        "units_in_size_group 1, sweden 2015-12-31, municipality",
    ),
    "size group gap": (
        lambda t: edited(t, "size_groups", "lower", where={"scheme": "ssb6", "group": 3}, value=5001),
        "size group schemes with gaps or overlaps",
    ),
    "share": (
        lambda t: edited(t, "checks", "expected", where={"measure": "percent_of_population"}, value=66.0),
        "percent_of_population 6545510, sweden 2015-12-31, municipality",
    ),
    "oslo once": (
        lambda t: without(t, "units", code="03", reference_date="2012-01-01"),
        "units, norway 2012-01-01, county_municipality",
    ),
    "key twice": (
        lambda t: t | {"points": pd.concat([t["points"], t["points"].head(1)])},
        "keys that stand twice",
    ),
    "code change missing": (
        lambda t: without(t, "code_changes", old_code="1723"),
        "codes that appear, disappear or return without a code change",
    ),
    "link missing": (
        lambda t: without(t, "code_links", code="0301", reference_date="2009-01-01"),
        "frame codes without a sound link to 2024",
    ),
    "link to nowhere": (
        lambda t: edited(t, "code_links", "code_2024", where={"code": "0301"}, value="0302"),
        "frame codes without a sound link to 2024",
    ),
    "county without region": (
        lambda t: without(t, "regions", scheme="region5", code="50"),
        "municipalities without a region where a grouping holds",
    ),
    "unit without region": (
        lambda t: without(t, "regions", scheme="kommungrupp_2017", code="0114"),
        "municipalities without a region where a grouping holds",
    ),
    "point missing": (lambda t: without(t, "points", code="1723"), "municipalities without their own point and tile"),
    "two on a tile": (
        lambda t: edited(t, "tiles", ["column", "row"], where={"code": "0101"}, value=[15, 47]),
        "municipalities without their own point and tile",
    ),
    "tile year": (
        lambda t: edited(t, "tiles", "structure", where={"code": "1915"}, value="2008;2009"),
        "municipalities without their own point and tile",
    ),
}


@pytest.mark.parametrize(("edit", "name"), FAILURES.values(), ids=FAILURES.keys())
def test_each_check_can_fail_and_the_first_failure_is_named(edit, name: str, stored: Tables):
    tables = edit(stored)
    failed = [result.name for result in check_frames(tables) if not result.ok]
    assert name in failed
    with pytest.raises(InputError) as caught:
        require_frames(tables)
    assert f"check {failed[0]!r} expects" in str(caught.value)
