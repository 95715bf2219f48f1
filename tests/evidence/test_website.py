import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.evidence import panel, website
from analysis.inputs.concepts import Concepts, load_concepts
from analysis.inputs.waves import Wave, load_wave

WAVES = ("no-web-2010", "no-web-2011", "no-web-2013")
ITEMS = ("total", "accessibility", "user_adaptation", "useful_content")


@pytest.fixture(scope="module")
def waves() -> dict[str, Wave]:
    return {wave: load_wave(wave) for wave in WAVES}


@pytest.fixture(scope="module")
def concepts(waves) -> Concepts:
    return load_concepts(waves)


def units(scores: dict[str, tuple[int, float | None]], *, unit_type: str = "municipality") -> pd.DataFrame:
    """A frame of a wave: code to (population, score); every item has the same score."""
    rows = [(unit_type, code, f"Place {code}", people, *[score] * 4) for code, (people, score) in scores.items()]
    return pd.DataFrame(rows, columns=["unit_type", "code", "name", "population", *ITEMS])


@pytest.fixture(scope="module")
def rounds() -> dict[str, pd.DataFrame]:
    """Six areas in three rounds: 1756 is two units in the first two, one of which has no score in the second."""
    others_2010 = {"0101": (1500, 0.1), "0104": (3000, 0.5), "0105": (7000, 0.5), "0106": (15000, 0.7)}
    others_2011 = {"0101": (1500, 0.2), "0104": (3000, 0.1), "0105": (7000, 0.6), "0106": (15000, 0.5)}
    others_2013 = {"0101": (2500, 0.1), "0104": (3000, 0.2), "0105": (7000, 0.3), "0106": (15000, 0.4)}
    return {
        "no-web-2010": units({**others_2010, "1723": (1000, 0.2), "1729": (3000, 0.6), "0111": (60000, 0.9)}),
        "no-web-2011": units({**others_2011, "1723": (1000, None), "1729": (3000, 0.4), "0111": (60000, 0.9)}),
        "no-web-2013": units({**others_2013, "1756": (4000, 0.5), "0111": (60000, 0.6)}),
    }


@pytest.fixture(scope="module")
def result(rounds, waves, concepts) -> website.WebsiteResult:
    return website.compare(rounds, waves=waves, concepts=concepts, small_base=10)


def total(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["concept"] == "website_total"]


def position(result: website.WebsiteResult, wave: str, area: str) -> float:
    rows = total(result.data)
    return rows[(rows["wave"] == wave) & (rows["area"] == area)]["position"].item()


def test_merged_units_are_one_area_in_every_round(result):
    assert set(total(result.data)["area"]) == {"0101", "0104", "0105", "0106", "0111", "1756"}
    table = result.rounds.set_index("wave")[["units", "areas", "scored", "panel"]]
    assert table.loc["no-web-2010"].tolist() == [7, 6, 6, 6]
    assert table.loc["no-web-2013"].tolist() == [6, 6, 6, 6]


def test_ties_share_their_mean_rank(result):
    # 2010: 0.1 (0101), then 0.5 three times: 0104, 0105 and 1756 = (1000 x 0.2 + 3000 x 0.6) / 4000 = 0.5
    assert position(result, "no-web-2010", "0101") == pytest.approx(0.5 / 6)
    for area in ("0104", "0105", "1756"):
        assert position(result, "no-web-2010", area) == pytest.approx(2.5 / 6)
    assert position(result, "no-web-2010", "0111") == pytest.approx(5.5 / 6)


@pytest.mark.parametrize(("rule", "areas", "expected"), [("largest", 6, 3.5 / 6), ("drop", 5, None)])
def test_the_alternatives_for_merged_areas(rounds, waves, concepts, rule, areas, expected):
    found = website.compare(rounds, waves=waves, concepts=concepts, small_base=10, merged=rule)
    assert total(found.data)["area"].nunique() == areas
    if expected is not None:  # the larger unit's 0.6 stands above the two at 0.5
        assert position(found, "no-web-2010", "1756") == pytest.approx(expected)


def test_an_area_scored_in_part_takes_part_and_is_named(result):
    row = result.partial.to_dict("records")
    assert [(r["area"], r["wave"], r["members"], r["scored_members"]) for r in row] == [("1756", "no-web-2011", 2, 1)]
    assert row[0]["scored_population_share"] == pytest.approx(0.75)
    # its score is 0.4 of 1729 alone: third lowest of 0.1, 0.2, 0.4, 0.5, 0.6, 0.9
    assert position(result, "no-web-2011", "1756") == pytest.approx(2.5 / 6)


def test_an_area_without_a_score_in_one_round_leaves_the_panel(rounds, waves, concepts):
    lacking = {
        **rounds,
        "no-web-2013": rounds["no-web-2013"].assign(total=rounds["no-web-2013"]["total"].mask([True, *[False] * 5])),
    }
    found = website.compare(lacking, waves=waves, concepts=concepts, small_base=10)
    assert "0101" not in set(found.data["area"])
    assert found.rounds["panel"].tolist() == [5, 5, 5]
    assert found.rounds.set_index("wave").at["no-web-2010", "areas"] == 6


def test_thirds_and_transitions_by_hand(result):
    # 2010: 0101 lower; three tied at 2.5/6 and 0106 at 4.5/6, 0111 at 5.5/6: middle x 3, upper x 2
    # 2013: 0.1, 0.2 lower; 0.3, 0.4 middle; 0.5 (1756), 0.6 (0111) upper
    rows = total(result.transitions)
    rows = rows[(rows["reference_wave"] == "no-web-2010") & (rows["wave"] == "no-web-2013")]
    counts = {(r["from"], r["to"]): r["count"] for r in rows.to_dict("records") if r["count"]}
    assert counts == {
        ("lower", "lower"): 1,
        ("middle", "lower"): 1,
        ("middle", "middle"): 1,
        ("middle", "upper"): 1,
        ("upper", "middle"): 1,
        ("upper", "upper"): 1,
    }
    row = total(result.relations).set_index(["reference_wave", "wave"]).loc[("no-web-2010", "no-web-2013")]
    assert (row["same"], row["n"]) == (3, 6)
    assert row["share"] == pytest.approx(0.5)
    assert row["expected"] == pytest.approx((1 * 2 + 3 * 2 + 2 * 2) / 36)


def test_rank_correlation_is_pearson_of_mean_ranks(result):
    # ranks 2010: 1, 3, 3, 5, 6, 3 for 0101, 0104, 0105, 0106, 0111, 1756; 2013: 1, 2, 3, 4, 6, 5
    x, y = np.array([1, 3, 3, 5, 6, 3]), np.array([1, 2, 3, 4, 6, 5])
    row = total(result.relations).set_index(["reference_wave", "wave"]).loc[("no-web-2010", "no-web-2013")]
    assert row["correlation"] == pytest.approx(np.corrcoef(x, y)[0, 1])


def test_every_third_and_every_transition_adds_up_to_the_panel(result):
    assert (result.transitions.groupby(website.PAIR)["count"].sum() == 6).all()
    thirds = total(result.data).groupby(["wave", "third"]).size().unstack(fill_value=0)
    for (earlier, later), rows in total(result.transitions).groupby(["reference_wave", "wave"]):
        matrix = rows.pivot(index="from", columns="to", values="count")
        assert matrix.sum(axis=1).to_dict() == thirds.loc[earlier].to_dict()
        assert matrix.sum(axis=0).to_dict() == thirds.loc[later].to_dict()


def test_size_groups_are_those_of_the_last_round_and_positions_average_one_half(result):
    sizes = total(result.sizes)
    # 0101 grew from 1,500 to 2,500: in group 2 in every round
    assert sizes.groupby("wave")["n"].sum().tolist() == [6, 6, 6]
    assert not (sizes["size_group"] == 1).any()
    assert sizes[sizes["size_group"] == 2].set_index("wave")["n"].to_dict() == dict.fromkeys(WAVES, 3)
    means = sizes["position"].mul(sizes["n"]).groupby(sizes["wave"]).sum() / 6
    assert means.to_numpy() == pytest.approx(np.full(3, 0.5))


def test_county_municipalities_are_placed_among_themselves(rounds, waves, concepts):
    county = units({"01": (250000, 0.3), "02": (500000, 0.2)}, unit_type="county_municipality")
    both = {wave: pd.concat([frame, county], ignore_index=True) for wave, frame in rounds.items()}
    found = total(website.compare(both, waves=waves, concepts=concepts, small_base=10).data)
    apart = found[found["unit_type"] == "county_municipality"]
    assert sorted(apart["position"].unique()) == [0.25, 0.75]
    assert len(found[found["unit_type"] == "municipality"]) == 18
    assert apart["size_group"].isna().all()


def test_no_estimate_is_a_difference_and_none_has_an_interval(result):
    estimates = result.estimates
    assert set(estimates["estimate_type"]) <= {"level", "diagnostic"}
    assert set(estimates["measure"]) <= {"index", "share", "count"}
    assert estimates[["se", "ci_lo", "ci_hi"]].isna().all().all()
    assert set(estimates["source"]) == {"observed"}
    assert estimates["estimate_id"].is_unique


def test_every_number_of_the_tables_is_an_estimate(result):
    points = result.estimates.set_index(["item", "category", "wave", "reference_wave", "subset"])["point"].sort_index()
    for row in result.transitions.to_dict("records"):
        key = (row["concept"], f"{row['from']} to {row['to']} third", row["wave"], row["reference_wave"], "")
        assert points.loc[key].item() == row["count"]
    for row in result.relations.to_dict("records"):
        for category, column in (("rank correlation", "correlation"), ("same third", "share")):
            assert points.loc[(row["concept"], category, row["wave"], row["reference_wave"], "")].item() == row[column]
    for row in result.sizes.to_dict("records"):
        key = (row["concept"], "mean relative position", row["wave"], "", f"size group {row['size_group']}")
        assert points.loc[key].item() == row["position"]


def test_a_base_below_ten_is_flagged_as_counts_only(result):
    flags = result.estimates.loc[result.estimates["category"] == "same third", "flags"]
    assert set(flags) == {"counts_only"}


def test_what_is_handed_on_holds_positions_and_no_scores(result):
    assert {"position", "third"} <= set(result.data.columns)
    assert not {"score", *ITEMS} & set(result.data.columns)


@pytest.mark.parametrize("chosen", [(), ("no-web-2011",), ("no-web-2010", "no-web-2013")])
def test_any_subset_of_the_rounds_runs_and_says_what_is_absent(rounds, waves, chosen):
    some = {wave: waves[wave] for wave in chosen}
    found = website.compare(
        {wave: rounds[wave] for wave in chosen}, waves=some, concepts=load_concepts(some), small_base=10
    )
    assert found.absent == tuple(wave for wave in WAVES if wave not in chosen)
    assert len(found.relations) == (4 if len(chosen) == 2 else 0)
    assert found.data.empty == (not chosen)
    assert found.estimates.empty == (not chosen)


def test_synthetic_answers_are_compared_with_nothing(rounds, waves, concepts):
    made_up = dataclasses.replace(
        waves["no-web-2013"], file=waves["no-web-2013"].file.model_copy(update={"origin": "synthetic"})
    )
    with pytest.raises(ValueError, match="no-web-2013 is synthetic"):
        website.compare(rounds, waves=waves | {"no-web-2013": made_up}, concepts=concepts, small_base=10)
    assert website.comparable(waves | {"no-web-2013": made_up}, concepts) == ["no-web-2010", "no-web-2011"]


def test_areas_of_protected_waves_are_not_followed_one_by_one(waves, concepts):
    file = waves["no-web-2011"].file.model_copy(update={"promise": "aggregates_only"})
    protected = dataclasses.replace(waves["no-web-2011"], file=file)
    assert website.comparable(waves | {"no-web-2011": protected}, concepts) == ["no-web-2010", "no-web-2013"]


@given(st.lists(st.integers(0, 8), min_size=1, max_size=40))
def test_relative_positions_average_one_half_and_equal_scores_stay_together(scores):
    values = pd.Series(scores, dtype="float64")
    positions, thirds = panel.relative_position(values), panel.third(values)
    assert positions.mean() == pytest.approx(0.5)
    assert positions.between(0, 1, inclusive="neither").all()
    assert positions[values.sort_values().index].is_monotonic_increasing
    assert (positions.groupby(values).nunique() == 1).all()
    assert (thirds.groupby(values).nunique() == 1).all()
    order = thirds.map({"lower": 0, "middle": 1, "upper": 2})
    assert order[values.sort_values().index].is_monotonic_increasing


def test_weighting_does_not_break_ties():
    # 42/99 x 30,001 / 30,001 is not 42/99 in binary arithmetic for every population
    rows = [("w", "municipality", f"{code:04}", people, 42 / 99) for code, people in enumerate(range(29990, 30090))]
    frame = pd.DataFrame(rows, columns=["wave", "unit_type", "area", "population", "score"]).assign(code="x")
    merged = panel.merge(frame, concepts=["score"], rule="population_mean")
    assert merged["score"].nunique() == 1
