import dataclasses

import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.evidence import printed_pairs, side_by_side
from analysis.evidence.aggregates.shares import printed_share
from analysis.evidence.comparability import ComparabilityError
from analysis.inputs.concepts import Concepts, load_concepts
from analysis.inputs.populations import load_populations
from analysis.inputs.register import load_register

FIRST, SECOND = printed_share("40", bases=[249]), printed_share("55", bases=[215])


@pytest.fixture(scope="module")
def concepts() -> Concepts:
    return load_concepts({})


@pytest.fixture(scope="module")
def figures() -> pd.DataFrame:
    return load_register().figures.set_index("figure_id")


@pytest.fixture(scope="module")
def populations() -> pd.DataFrame:
    return load_populations()


@pytest.fixture(scope="module")
def table(concepts, figures, populations) -> pd.DataFrame:
    return printed_pairs.differences(concepts, figures, populations=populations, confidence=0.95).set_index("concept")


def regraded(concepts: Concepts, concept: str, grade: str) -> Concepts:
    changed = (one.model_copy(update={"grade": grade}) if one.concept_id == concept else one for one in concepts.grades)
    return dataclasses.replace(concepts, grades=tuple(changed))


@pytest.mark.parametrize("grade", ["C", "D"])
@pytest.mark.parametrize("function", [printed_pairs.subtract, printed_pairs.divide])
def test_a_forbidden_difference_or_ratio_raises(function, grade):
    with pytest.raises(ComparabilityError, match=f"grade {grade} does not allow"):
        function(FIRST, SECOND, grade=grade, population_size=429, confidence=0.95)


@pytest.mark.parametrize("grade", ["A", "B"])
def test_an_allowed_difference_is_the_later_less_the_earlier(grade):
    found = printed_pairs.subtract(FIRST, SECOND, grade=grade, population_size=429, confidence=0.95)
    assert found.point == pytest.approx(0.15)
    ratio = printed_pairs.divide(FIRST, SECOND, grade=grade, population_size=429, confidence=0.95)
    assert ratio["ratio"] == pytest.approx(55 / 40)
    assert ratio["ratio_lo"] < 55 / 40 < ratio["ratio_hi"]


def test_a_ratio_of_a_share_that_may_be_below_five_percent_is_missing():
    small = printed_share("5", bases=[236])
    found = printed_pairs.divide(small, SECOND, grade="B", population_size=429, confidence=0.95)
    assert pd.isna(list(found.values())).all()


def test_only_pairs_that_may_be_subtracted_are(table, concepts):
    assert set(table["grade"]) <= {"A", "B"}
    assert set(table["wave"]) == {"se-2014"}
    assert set(table["reference_wave"]) == {"se-2011"}
    allowed = {grade.concept_id for grade in concepts.grades if grade.grade in ("A", "B")}
    assert set(table.index) == allowed - {printed_pairs.RESPONSE}


def test_a_pair_that_is_graded_lower_loses_its_difference(concepts, figures, populations, table):
    lower = regraded(concepts, "se-org-joint-procurement", "C")
    found = printed_pairs.differences(lower, figures, populations=populations, confidence=0.95)
    assert set(table.index) - set(found["concept"]) == {"se-org-joint-procurement"}


def test_one_pair_by_hand(table):
    row = table.loc["se-org-joint-procurement"]
    # 22 and 58 percent of 236 and 220: 51 to 53 and 127 to 128 municipalities
    assert (row["first_k_lo"], row["first_k_hi"]) == (51, 53)
    assert (row["second_k_lo"], row["second_k_hi"]) == (127, 128)
    assert row["difference"] == pytest.approx(0.36)
    assert row["rounding_lo"] == pytest.approx(127 / 220 - 53 / 236)
    # at least 127 of 290 in 2014, at most 53 + 54 of 290 in 2011
    assert row["bound_lo"] == pytest.approx((127 - 107) / 290)
    assert (row["shared_lo"], row["shared_hi"]) == (236 + 220 - 290, 220)
    assert row["verdict"] == "different"


def test_intervals_are_nested_and_contain_the_difference(table):
    for name in ("tost", "ci", "worst", "bound"):
        assert (table[f"{name}_lo"] <= table["rounding_lo"]).all()
        assert (table["rounding_hi"] <= table[f"{name}_hi"]).all()
    for inner, outer in (("tost", "ci"), ("ci", "worst"), ("worst", "bound")):
        assert (table[f"{outer}_lo"] <= table[f"{inner}_lo"] + 1e-12).all()
        assert (table[f"{inner}_hi"] <= table[f"{outer}_hi"] + 1e-12).all()


def test_families_are_adjusted_apart_and_never_downwards(table):
    assert table.groupby("family")["tests"].first().to_dict() == {"se_organisation": 4, "se_services": 18}
    assert (table["p_adjusted"] >= table["p"] - 1e-15).all()
    assert (table["p_worst"] >= table["p"] - 1e-15).all()


def test_p_values_by_hand():
    # two-sided normal p of 1.96 standard errors, at the end of the rounding that is nearest to 0
    assert printed_pairs.p_value((0.196, 0.21), 0.1) == pytest.approx(0.05, abs=1e-3)
    assert printed_pairs.p_value((-0.21, -0.196), 0.1) == pytest.approx(0.05, abs=1e-3)
    assert printed_pairs.p_value((-0.01, 0.02), 0.1) == 1
    assert printed_pairs.p_value((0.1, 0.1), 0) == 0


def test_concepts_with_several_figures_a_round_are_not_subtracted(concepts, figures, populations):
    family = "se_organisation"
    with_family = (
        c.model_copy(update={"family": family}) if c.concept_id == "muni-cooperation" else c for c in concepts.concepts
    )
    grades = tuple(
        g.model_copy(update={"grade": "B"}) if g.concept_id == "muni-cooperation" else g for g in concepts.grades
    )
    changed = dataclasses.replace(concepts, concepts=tuple(with_family), grades=grades)
    with pytest.raises(InputError, match="one figure a round"):
        printed_pairs.differences(changed, figures, populations=populations, confidence=0.95)


def test_response_rates_step_by_counts_and_rounding_alone(concepts, figures, populations):
    table = printed_pairs.response(concepts, figures, populations=populations)
    rows = table.set_index("wave")
    assert (rows.at["no-2009", "k_lo"], rows.at["no-2009", "units"]) == (249, 430)
    assert (rows.at["no-2012", "k_lo"], rows.at["no-2012", "k_hi"]) == (213, 216)  # about 50 percent of 429
    steps = printed_pairs.response_steps(concepts, table).set_index(["reference_wave", "wave"])
    assert set(steps.index) == {("no-2009", "no-2012"), ("se-2011", "se-2014")}
    step = steps.loc[("no-2009", "no-2012")]
    assert (step["lo"], step["hi"]) == pytest.approx((213 / 429 - 249 / 430, 216 / 429 - 249 / 430))
    assert steps.loc[("se-2011", "se-2014"), "lo"] == pytest.approx((220 - 236) / 290)


@pytest.mark.parametrize(
    ("recode", "value", "arithmetic"),
    [("complement:a", "93", "100 - 7 = 93"), ("sum:a+b", "29.5", "7 + 22.5 = 29.5")],
)
def test_recode_variants_by_hand(recode, value, arithmetic):
    assert side_by_side.recoded(recode, {"a": "7", "b": "22.5"}) == (value, arithmetic)


def test_a_sum_of_exclusive_answers_above_a_hundred_is_refused():
    with pytest.raises(ValueError, match="add up to 110"):
        side_by_side.recoded("sum:a+b", {"a": "60", "b": "50"})


def test_figures_stand_side_by_side_only_where_a_grade_allows_it(concepts, figures):
    found = side_by_side.beside(concepts, figures)
    for concept, wave in found[["concept", "wave"]].drop_duplicates().itertuples(index=False):
        grades = [grade.grade for grade in concepts.grades if grade.concept_id == concept and wave in grade.waves]
        assert set(grades) & {"A", "B", "C"}, (concept, wave)
    assert "archive" not in set(found["concept"])


def test_rounds_are_drawn_together_only_when_every_two_of_them_may_be(concepts):
    waves = ("se-2011", "se-2014", "se-2016")
    side_by_side.require_beside(concepts, "se-org-joint-procurement", waves)
    with pytest.raises(ComparabilityError, match="grade D does not allow side by side"):
        side_by_side.require_beside(
            regraded(concepts, "se-org-joint-procurement", "D"), "se-org-joint-procurement", waves
        )
