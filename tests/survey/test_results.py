import numpy as np
import pandas as pd
import pytest

from analysis import paths
from analysis.inputs import cleaning
from analysis.inputs.params import load_params
from analysis.inputs.waves import load_wave
from analysis.survey import indicators, results, stars
from tests.small_wave import cleaned, wave

YEARS = (2010, 2011, 2013)
KEY = ["measure", "unit_type", "subset", "item", "category", "estimand"]


def small():
    return results.run(indicators.score(cleaned().data, wave=wave()), wave=wave(), params=load_params())


@pytest.fixture(scope="module", params=YEARS)
def round_(request):
    description = load_wave(f"no-web-{request.param}")
    data = indicators.score(cleaning.run(description).data, wave=description)
    return request.param, results.run(data, wave=description, params=load_params())


def pick(result, **chosen):
    wanted = {"unit_type": "municipality", "subset": "", "item": "total", "category": "", "estimand": "M"} | chosen
    rows = result.data
    for column, value in wanted.items():
        rows = rows[rows[column] == value]
    return rows


def test_means_and_quartiles_by_hand():
    table = small().data.set_index(KEY)
    mean = table.loc[("mean", "municipality", "", "total", "", "M")]
    assert (mean["point"], mean["n_answered"], mean["n_frame"]) == (pytest.approx(1.55 / 3), 3, 4)
    assert table.loc[("mean", "municipality", "", "total", "", "P"), "point"] == pytest.approx(3275 / 5500)
    assert table.loc[("index", "municipality", "", "total", "median", "M"), "point"] == 0.5
    west = table.loc[("mean", "municipality", "region=West", "total", "", "M")]
    assert (west["point"], west["bound_lo"], west["bound_hi"]) == (0.25, pytest.approx(0.125), pytest.approx(0.625))


def test_shares_of_stars_by_hand():
    table = small().data.set_index(KEY)
    shares = [table.loc[("share", "municipality", "", "stars", str(star), "M"), "point"] for star in (1, 2, 3)]
    assert shares == [pytest.approx(1 / 3)] * 3
    three = table.loc[("share", "municipality", "", "stars", "3", "P")]
    assert (three["point"], three["k"]) == (pytest.approx(3000 / 5500), 1)


def test_groups_that_say_nothing_new_are_left_out():
    subsets = small().data.groupby("unit_type")["subset"].unique()
    assert set(subsets["county_municipality"]) == {""}
    assert set(subsets["municipality"]) >= {"", "size_group=1", "region=West", "county=02"}


@pytest.mark.parametrize(
    ("n", "flag"), [(0, "counts_only"), (9, "counts_only"), (10, "small"), (19, "small"), (20, "")]
)
def test_small_bases_are_flagged(n, flag):
    assert results.base_flag(n, small_base=10) == flag


def test_the_rule_behind_the_stars_by_hand():
    rule = small().star_rule.set_index("level")
    assert rule["units"].tolist() == [1, 2, 2]
    assert (rule.loc[2, "lowest"], rule.loc[2, "highest"]) == (50, 60)
    # Class 2 begins above 25 and not above 50; class 3 above 60 and not above 80.
    assert rule[["cut_from", "cut_to"]].loc[[2, 3]].to_numpy().tolist() == [[26, 50], [61, 80]]
    assert rule["elsewhere"].sum() == 0


def test_a_unit_that_the_cut_points_place_elsewhere_is_counted():
    data = indicators.score(cleaned((2, "stars", "3")).data, wave=wave())
    assert stars.rule(data, wave=wave())["elsewhere"].tolist() == [0, 0, 1]


def test_a_wave_without_cut_points_has_no_rule():
    plain = wave(cut_points=None)
    data = indicators.score(cleaned().data, wave=plain)
    assert stars.rule(data, wave=plain).empty
    assert stars.rule_rows(stars.rule(data, wave=plain), wave=plain) == []


def test_numbers_of_groups_add_up_to_the_whole(round_):
    _, result = round_
    whole, units = pick(result, measure="mean").iloc[0], result.data[result.data["unit_type"] == "municipality"]
    for grouping in ("size_group", "region", "county"):
        means = units[units["subset"].str.startswith(f"{grouping}=")]
        means = means[(means["measure"] == "mean") & (means["item"] == "total") & (means["estimand"] == "M")]
        assert means["n_frame"].sum() == whole["n_frame"]
        assert (means["point"] * means["n_answered"]).sum() == pytest.approx(whole["point"] * whole["n_answered"])
    for subset in ("size_group", "region"):
        stars_of = units[(units["measure"] == "share") & (units["estimand"] == "M")]
        groups = stars_of[stars_of["subset"].str.startswith(f"{subset}=")].groupby("category")["k"].sum()
        all_units = stars_of[stars_of["subset"] == ""]
        assert groups.to_dict() == all_units.set_index("category")["k"].to_dict()


def test_shares_of_stars_add_up_to_one(round_):
    _, result = round_
    shares = result.data[result.data["measure"] == "share"]
    sums = shares.groupby(["unit_type", "subset", "estimand"])["point"].sum()
    assert np.allclose(sums, 1)


def test_point_interval_and_bounds_are_nested(round_):
    _, result = round_
    known = result.data.dropna(subset=["point", "bound_lo"])
    assert (known["bound_lo"] <= known["point"] + 1e-12).all()
    assert (known["point"] <= known["bound_hi"] + 1e-12).all()
    inside = known.dropna(subset=["ci_lo"])
    assert (inside["bound_lo"] <= inside["ci_lo"] + 1e-12).all()
    assert (inside["ci_hi"] <= inside["bound_hi"] + 1e-12).all()


def test_the_mean_is_that_of_the_file(round_):
    year, result = round_
    raw = pd.read_csv(paths.wave(f"no-web-{year}") / "responses.csv", dtype={"code": str})
    raw = raw[raw["unit_type"] == "municipality"]
    top = {2010: 99, 2011: 93, 2013: 100}[year]
    assert pick(result, measure="mean").iloc[0]["point"] == pytest.approx((raw["points"] / top).mean())
    six = pick(result, measure="share", item="stars", category="6").iloc[0]
    assert six["k"] == (raw["stars"] == 6).sum()
    assert six["n_answered"] == 428


def test_a_complete_round_has_no_uncertainty(round_):
    year, result = round_
    means = result.data[result.data["measure"] == "mean"]
    complete = means[means["n_frame"] == means["n_answered"]]
    assert (complete["ci_lo"] == complete["ci_hi"]).all()
    assert (len(complete) == len(means)) == (year == 2013)


def test_the_three_rounds_together_leave_exactly_the_cut_points_of_wave_yml():
    found = []
    for year in YEARS:
        description = load_wave(f"no-web-{year}")
        rule = stars.rule(indicators.score(cleaning.run(description).data, wave=description), wave=description)
        assert rule["elsewhere"].sum() == 0
        found.append(rule[["cut_from", "cut_to", "cut"]].iloc[1:].astype("int64").reset_index(drop=True))
    lowest = np.max([table["cut_from"] for table in found], axis=0)
    highest = np.min([table["cut_to"] for table in found], axis=0)
    assert lowest.tolist() == highest.tolist() == found[0]["cut"].tolist() == [31, 43, 58, 70, 80]


def test_every_estimate_has_an_id_of_its_own(round_):
    _, result = round_
    assert result.estimates["estimate_id"].is_unique
    assert set(result.estimates["source"]) == {"observed"}
    assert result.estimates["source_ref"].str.contains("responses.csv#").all()
