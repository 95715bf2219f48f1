"""What leaves of the results of a wave that is not open: the page of a small survey, and what can be worked out."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.inputs.disclosure_plan import DisclosurePlan
from analysis.inputs.params import load_params
from analysis.reports import release, release_groups
from analysis.reports.release_items import check
from analysis.survey import results, weighting
from analysis.survey.tabulate import Cell, Tables
from tests.reports import attacker
from tests.weighted_survey import BOTH, SIZE, frame, weighted

PLAN = {"method": "poststratify", "margins": SIZE, "collapse": {"min_n": 2}}
PROTECTED = {"origin": "observed", "promise": "aggregates_only"}


def survey(**changes):
    """The small survey; of its five county municipalities that answered four had a plan at all."""
    return weighted(PLAN, **(PROTECTED | changes))


def computed(wave, data):
    factors = weighting.run(data, wave=wave).data
    return results.run(data, wave=wave, params=load_params(), factors=factors)


@pytest.fixture(scope="module")
def data():
    table = frame()
    table["why"], table["tick_b"] = table["how"].where(table["plan"] == 1, -1), table["tick_a"]
    return table


@pytest.fixture(scope="module")
def released(data):
    wave = survey()
    return wave, computed(wave, data), release.control(computed(wave, data), wave=wave)


def site(result) -> pd.DataFrame:
    """What the site has of the estimates: rows of text read back from a file, numbers missing where there is none."""
    return result.estimates.astype({"k": "Float64", "n_answered": "Float64"})


def attacks(wave, published, before):
    """What can be worked out of each item and indicator whose numbers are shown, by whoever knows the weights."""
    tables, factors = Tables(data=before.units, wave=wave, confidence=0), weighting.run(before.units, wave=wave).data
    about = [item for item in wave.items if item.type in ("single", "multi", "count") and item.item in before.units]
    for one in (*about, *wave.file.indicators):
        item = getattr(one, "item", None) or one.id
        weights = attacker.weights_of(factors, one.module, before.units)
        found = attacker.attack(item, published, tables, weights=weights)
        if found is not None:
            yield found


def attack(wave, published, before):
    """The protected cells that can be narrowed too far, by item, of all items that have some."""
    return {one.item: one.narrowed() for one in attacks(wave, published, before) if one.protected()}


def test_open_and_synthetic_answers_are_left_as_they_are(data):
    for changes in ({"promise": "open"}, {"origin": "synthetic"}):
        wave = survey(**changes)
        before = computed(wave, data)
        pd.testing.assert_frame_equal(release.control(before, wave=wave).result.estimates, before.estimates)


def test_no_protected_cell_can_be_narrowed_from_what_is_published(released):
    wave, before, after = released
    found = attack(wave, site(after.result), before)
    assert found
    assert not any(found.values())
    assert after.audit["safe"].all()


def test_weighted_numbers_tell_nobody_apart_by_weight(data):
    few = data.copy()
    few.loc[(few["region"] == "West") & (few["size_group"] == 2) & (few["code"] > "0037"), "disposition"] = "NC"
    wave = weighted({"method": "calibrate", "margins": BOTH, "distance": "linear"}, special_groups={}, **PROTECTED)
    before = computed(wave, few)
    after = release.control(before, wave=wave)
    kept = after.result.estimates[after.result.estimates["flags"] != "withheld"]
    assert not [cell for one in attacks(wave, site(after.result), before) for cell in one.told_by_weights()]
    assert [cell for one in attacks(wave, site(before), before) for cell in one.told_by_weights()]
    assert set(kept.loc[(kept["estimand"] == "M") & (kept["item"] != "response"), "subset"]) == {""}


def test_the_attack_finds_a_withheld_cell_that_is_published_by_hand(released):
    wave, before, after = released
    withheld = after.result.estimates["flags"].eq("withheld") & before.estimates["estimand"].eq("R")
    cells = withheld & before.estimates["unit_type"].eq("county_municipality") & before.estimates["k"].notna()
    assert cells.any()
    for row in before.estimates.index[cells & before.estimates["item"].eq("how")][:1]:
        leaky = site(after.result)
        leaky.loc[row, "k"] = before.estimates.loc[row, "k"]
        item = before.estimates.loc[row, "item"]
        others = leaky["item"].eq(item) & leaky["estimand"].eq("R")
        leaky.loc[others & (leaky["unit_type"] != "county_municipality"), "k"] = before.estimates["k"].astype("Float64")
        assert attack(wave, leaky, before)[item]


def test_what_is_withheld_has_no_number_and_says_so(released):
    _, before, after = released
    gone = after.result.estimates[after.result.estimates["flags"] == "withheld"]
    assert len(gone)
    assert gone[release.HIDDEN].isna().all(axis=None)
    told = after.result.estimates["flags"] != "withheld"
    exact = told & (before.estimates["estimand"] != "M")
    pd.testing.assert_frame_equal(after.result.estimates[exact], before.estimates[exact])


def test_an_item_with_a_withheld_cell_has_no_weighted_number_and_nothing_made_of_it(released):
    table = released[2].result.estimates
    hidden = table["flags"] == "withheld"
    unclean = set(table.loc[hidden & (table["estimand"] == "R"), "item"])
    assert {"how", "why"} <= unclean
    assert hidden[table["item"].isin(unclean) & table["estimand"].isin(["M", "P"])].all()
    assert hidden[table["item"].isin(["area:services", "maturity"]) & table["estimand"].isin(["M", "P"])].all()


def test_weighted_numbers_are_as_exact_as_pages_show_them(data):
    wave = survey(special_groups={})
    table = release.control(computed(wave, data), wave=wave).result.estimates
    weighted = (table["estimand"] == "M") & table["measure"].isin(["share", "mean"]) & (table["item"] != "response")
    shares = table.loc[weighted, "point"].dropna()
    assert len(shares)
    assert np.allclose(shares, shares.round(2), atol=1e-12)


def test_groups_are_merged_by_the_declared_order_as_far_as_there_is_need(data):
    few = data.copy()
    few.loc[(few["size_group"] == 1) & (few["code"] > "0003"), ["plan", "how", "tick_a", "tick_b", "why"]] = -7
    merge = [{"of": "size_group", "values": [1, 2]}, {"of": "region", "values": ["East", "West"]}]
    wave = release_groups.merged(survey(disclosure={"merge": merge}), few)
    assert [one.into for one in wave.merged] == ["1+2"]
    subsets = set(computed(wave, few).estimates["subset"])
    assert "size_group=1+2" in subsets
    assert not {"size_group=1", "size_group=2"} & subsets
    assert release_groups.merged(survey(), few).merged == ()


@pytest.mark.parametrize(
    ("merge", "sentence"),
    [
        ([{"of": "size_group", "values": [1]}], "at least 2"),
        ([{"of": "county", "values": [1, 2]}], "size_group"),
        ([{"of": "region", "values": ["a", "b"]}, {"of": "region", "values": ["b", "c"]}], "names the region b twice"),
    ],
)
def test_an_order_of_merging_that_cannot_be_is_refused(merge, sentence):
    with pytest.raises(ValueError, match=sentence):
        DisclosurePlan(merge=merge)


GROUPS = [("municipality", ""), ("county_municipality", ""), ("all", ""), ("municipality", "group=smallest2")]
GROUPS += [("municipality", f"{one}") for one in ("size_group=1", "size_group=2", "size_group=3")]


@settings(max_examples=5, deadline=None)
@given(st.randoms(use_true_random=False))
def test_whatever_is_answered_no_protected_cell_can_be_narrowed(random):
    table = frame()
    table["how"] = [random.choice([0, 0, 0, 1, 2]) if value >= 0 else -7 for value in table["how"]]
    tables = Tables(data=table.astype({"how": "Int64"}), wave=survey(), confidence=0)
    places = check(tables, {"how": GROUPS}).items["how"].published
    shown = [(category, *group) for group in GROUPS for category in ("none", "some", "all")]
    rows = [(*place, _count(place, tables) if place in places else None) for place in shown]
    published = pd.DataFrame(rows, columns=["category", "unit_type", "subset", "k"])
    about = {"item": "how", "estimand": "R", "estimate_type": "level", "measure": "share", "point": None}
    assert attacker.attack("how", published.assign(**about), tables).narrowed() == []


def _count(place, tables):
    cell = Cell("how", category=place[:1], unit_type=place[1], subset=place[2])
    return int(np.nansum(tables.said(cell).values))
