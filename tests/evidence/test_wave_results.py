"""What the answers of analysed waves give for the same concepts, and their differences where a grade allows them."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.evidence import wave_differences
from analysis.evidence.comparability import ComparabilityError
from analysis.evidence.wave_differences import correlation_of, difference_of, differences, link_by_code
from analysis.evidence.wave_results import Answers, from_results
from analysis.inputs.concepts import Concepts, Measure, load_concepts
from analysis.inputs.waves import load_wave
from analysis.survey.estimates import COLUMNS

WAVES = ("no-2009", "no-2012", "no-2017", "se-2016")
LEVEL = {"subset": "", "estimand": "M", "estimate_type": "level", "n_answered": 100, "unit_type": "municipality"}
LIMITS = {"measure": "share", "scale_max": np.nan, "se": 0.03, "bound_lo": 0.05, "bound_hi": 0.6, "n_frame": 200}


def estimates(rows: list[tuple[str, str, float]], source: str, **other: Any) -> pd.DataFrame:
    common = dict.fromkeys(COLUMNS, "") | LEVEL | LIMITS | {"source": source} | other
    return pd.DataFrame(
        [
            common
            | {"estimate_id": f"{item}:{option}", "item": item, "category": option}
            | {"point": p, "ci_lo": p - 0.1, "ci_hi": p + 0.05}
            for item, option, p in rows
        ]
    )


def none_known() -> pd.DataFrame:
    return estimates([("a", "b", 0)], "synthetic").iloc[:0]


@pytest.fixture(scope="module")
def waves() -> Mapping[str, Any]:
    return {wave: load_wave(wave) for wave in WAVES}


@pytest.fixture(scope="module")
def concepts(waves) -> Concepts:
    return load_concepts(waves)


def given(concepts: Concepts, waves: Mapping[str, Any], **known: pd.DataFrame) -> Answers:
    by_wave = {wave: known.get(wave.replace("-", "_"), none_known()) for wave in waves}
    return from_results(concepts, waves, by_wave)


def graded(concepts: Concepts, concept: str, grade: str, family: str = "se_services") -> Concepts:
    """The concept in a family of tests, with all its pairs at one grade: what a new round might have."""
    grades = tuple(
        one.model_copy(update={"grade": grade}) if one.concept_id == concept else one for one in concepts.grades
    )
    named = tuple(
        one.model_copy(update={"family": family}) if one.concept_id == concept else one for one in concepts.concepts
    )
    return dataclasses.replace(concepts, grades=grades, concepts=named)


def test_shares_of_the_same_figures_come_from_the_answers(concepts, waves):
    found = given(
        concepts,
        waves,
        no_2009=estimates([("council_webcast", "yes", 0.15), ("council_webcast", "no", 0.85)], "synthetic"),
        se_2016=estimates([("public_webcast_council", "fully", 0.67)], "synthetic"),
    )
    rows = found.rows.set_index("wave")
    assert set(rows["concept"]) == {"council-webcast"}, "a concept with answers in one wave only stands beside nothing"
    assert rows["point"].to_dict() == pytest.approx({"no-2009": 0.15, "se-2016": 0.67})
    assert rows["ci_hi"].tolist() == pytest.approx([0.2, 0.72])
    assert set(rows["source"]) == {"synthetic"}
    assert set(found.records["estimate_id"]) == {"council_webcast:yes", "public_webcast_council:fully"}


@pytest.mark.parametrize("flags", ["withheld", "counts_only", "counts_only;small"])
def test_what_is_withheld_or_of_too_few_answers_is_left_out(concepts, waves, flags):
    found = given(
        concepts,
        waves,
        no_2009=estimates([("council_webcast", "yes", 0.15)], "observed", flags=flags),
        se_2016=estimates([("public_webcast_council", "fully", 0.67)], "observed"),
    )
    assert found.rows.empty
    assert found.records.empty


def test_a_share_over_several_options_has_an_interval_and_bounds_by_hand(concepts, waves):
    options = [("cooperation_procurement", "high", 0.4), ("cooperation_procurement", "very_high", 0.2)]
    found = given(
        concepts,
        waves,
        no_2017=estimates(options, "synthetic", bound_lo=0.2, bound_hi=0.5),
        se_2016=estimates([("org_joint_procurement", "fully", 0.5)], "synthetic"),
    )
    row = found.rows.set_index("wave").loc["no-2017"]
    assert row["category"] == "high|very_high"
    assert (row["point"], row["se"]) == pytest.approx((0.6, np.hypot(0.03, 0.03)))
    # 0.2 + 0.2 of all units surely, and the 0.3 that did not answer can all be in one of the two
    assert (row["bound_lo"], row["bound_hi"]) == pytest.approx((0.4, 0.7))
    # limits 0.1 below and 0.05 above each share, as if unrelated, and kept within the bounds
    assert (row["ci_lo"], row["ci_hi"]) == pytest.approx((0.6 - np.hypot(0.1, 0.1), 0.6 + np.hypot(0.05, 0.05)))


def made_up_pair(
    concepts: Concepts, waves: Mapping[str, Any], source: str, grade: str = "B"
) -> tuple[Concepts, Answers]:
    changed = graded(concepts, "council-webcast", grade)
    found = given(
        changed,
        waves,
        no_2009=estimates([("council_webcast", "yes", 0.15)], source),
        se_2016=estimates([("public_webcast_council", "fully", 0.67)], source),
    )
    return changed, found


def unlinked(first: object, second: object) -> tuple[int, float]:
    return 0, 0.0


def test_two_observed_waves_of_grade_b_give_a_difference_and_a_verdict(concepts, waves):
    changed, found = made_up_pair(concepts, waves, "observed")
    row = differences(changed, found.rows, confidence=0.95, link=unlinked).to_dict("records")[0]
    assert (row["concept"], row["reference_wave"], row["wave"]) == ("council-webcast", "no-2009", "se-2016")
    assert (row["difference"], row["se"]) == pytest.approx((0.52, np.hypot(0.03, 0.03)))
    assert row["ci_lo"] == pytest.approx(0.52 - 1.959964 * np.hypot(0.03, 0.03))
    assert (row["bound_lo"], row["bound_hi"]) == pytest.approx((0.05 - 0.6, 0.6 - 0.05))
    assert row["verdict"] == "different"
    assert row["p_adjusted"] < 0.001


def test_synthetic_answers_have_a_difference_and_neither_p_value_nor_verdict(concepts, waves):
    changed, found = made_up_pair(concepts, waves, "synthetic")
    row = differences(changed, found.rows, confidence=0.95, link=unlinked).to_dict("records")[0]
    assert row["source"] == "synthetic"
    assert row["verdict"] == ""
    assert np.isnan([row["p"], row["p_adjusted"]]).all()


@pytest.mark.parametrize("grade", ["C", "D"])
def test_a_lower_grade_gives_no_difference(concepts, waves, grade):
    changed, found = made_up_pair(concepts, waves, "observed", grade)
    assert differences(changed, found.rows, confidence=0.95, link=unlinked).empty
    with pytest.raises(ComparabilityError):
        difference_of({"point": 0.1, "se": 0.1}, {"point": 0.2, "se": 0.1}, grade=grade, confidence=0.95)


def test_the_mean_of_an_indicator_is_compared_as_a_share_of_its_highest_score(concepts, waves):
    about = next(one for one in concepts.measures if one.concept_id == "council-webcast").model_dump()
    about |= {"figures": (), "item": "services_school", "scale_max": 1, "source_locator": "-"}
    measures = tuple(
        Measure(**about | {"wave": one.wave}) if one.concept_id == "council-webcast" else one
        for one in concepts.measures
    )
    changed = dataclasses.replace(graded(concepts, "council-webcast", "A"), measures=measures)
    scores = {"measure": "mean", "scale_max": 5.0}
    found = given(
        changed,
        waves,
        no_2009=estimates([("services_school", "", 1.0)], "observed", **scores),
        se_2016=estimates([("services_school", "", 2.0)], "observed", **scores),
    )
    assert found.rows["point"].tolist() == pytest.approx([0.2, 0.4])
    row = differences(changed, found.rows, confidence=0.95, link=unlinked).iloc[0]
    assert (row["kind"], row["difference"]) == ("mean", pytest.approx(0.2))


def test_a_correlation_makes_the_interval_narrower_or_wider_by_hand():
    first, second = {"point": 0.40, "se": 0.03}, {"point": 0.50, "se": 0.04}
    point, se, low, high = difference_of(first, second, grade="B", confidence=0.95, correlation=0.5)
    assert (point, se) == pytest.approx((0.1, np.sqrt(0.03**2 + 0.04**2 - 0.03 * 0.04)))
    assert (low, high) == pytest.approx((0.1 - 1.959964 * se, 0.1 + 1.959964 * se))


def test_units_that_answered_twice_make_the_errors_go_together_by_hand():
    codes = ["a", "b", "c", "d", "e", "f"]
    first, second = pd.Series([1, 0, 1, 0], codes[:4]), pd.Series([1, 0, 1, 1], codes[1:5])
    m, found = correlation_of(first, second, population_size=6)
    # b, c and d answered twice: 0 1, 1 0, 0 1, with the covariance -1/3
    variances = [(1 - 4 / 6) * np.var(values, ddof=1) / 4 for values in (first, second)]
    assert m == 3
    assert found == pytest.approx((3 / 16 - 1 / 6) * (-1 / 3) / np.sqrt(variances[0] * variances[1]))


def test_all_units_twice_with_the_same_answers_leave_no_doubt_about_the_difference():
    half = pd.Series([1, 0, 1, 0, 1], list("abcde"))
    m, found = correlation_of(half, half, population_size=10)
    assert (m, found) == (5, pytest.approx(1.0))
    assert correlation_of(half, pd.Series([1.0, 1.0], list("xy")), population_size=10) == (0, 0.0)


def test_only_waves_of_one_country_that_may_be_looked_at_are_linked(waves, monkeypatch):
    answers = pd.Series([1.0, 0.0, np.nan, 1.0], list("abcd"))
    monkeypatch.setattr(wave_differences, "answers_of", lambda wave, row: answers)
    link = link_by_code(waves)
    norway = [{"wave": wave, "item": "x", "category": "yes"} for wave in ("no-2009", "no-2012")]
    assert link(*norway)[0] == 3
    assert link(norway[0], {"wave": "se-2016", "item": "x", "category": "yes"}) == (0, 0.0)
    file = waves["no-2009"].file.model_copy(update={"origin": "observed", "promise": "confidential"})
    closed = {**waves, "no-2009": dataclasses.replace(waves["no-2009"], file=file)}
    assert closed["no-2009"].file.protected
    assert link_by_code(closed)(*norway) == (0, 0.0)


def test_answers_are_read_unit_by_unit_with_missing_ones_left_missing(waves, monkeypatch):
    units = pd.DataFrame(
        {
            "unit_type": ["municipality"] * 4,
            "code": ["0101", "0104", "0105", "0106"],
            "council_webcast": pd.array([1, 0, None, -3], dtype="Int64"),
        }
    )
    monkeypatch.setattr(wave_differences, "read_stage", lambda stage, wave: units)
    yes = next(option.typed for option in waves["no-2009"].options_of("council_webcast") if option.option == "yes")
    found = wave_differences.answers_of(waves["no-2009"], {"item": "council_webcast", "category": "yes"})
    assert found.index.tolist() == units["code"].tolist()
    assert found.iloc[:2].tolist() == [float(yes == 1), float(yes == 0)]
    assert found.iloc[2:].isna().all(), "a blank and a don't know are no answer"
