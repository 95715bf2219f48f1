import dataclasses

import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.evidence.aggregates.shares import printed_share
from analysis.evidence.aggregates.slopes import slope
from analysis.evidence.printed_slopes import rounds_for_trend, slopes
from analysis.inputs.concepts import Concepts, load_concepts
from analysis.inputs.populations import load_populations
from analysis.inputs.register import load_register

ROW = "se-org-joint-development"  # 35, 52 and 57 percent of 236, 220 and 141 answers, of 290 municipalities


@pytest.fixture(scope="module")
def concepts() -> Concepts:
    return load_concepts({})


def graded(concepts: Concepts, grade: str, concept: str = ROW) -> Concepts:
    changed = (one.model_copy(update={"grade": grade}) if one.concept_id == concept else one for one in concepts.grades)
    return dataclasses.replace(concepts, grades=tuple(changed))


def made(concepts: Concepts) -> pd.DataFrame:
    figures = load_register().figures.set_index("figure_id")
    return slopes(concepts, figures, populations=load_populations(), confidence=0.95)


def test_no_concept_of_the_reports_has_three_rounds_for_a_trend(concepts):
    assert made(concepts).empty
    assert made(graded(concepts, "B")).empty


def test_three_rounds_of_the_highest_grade_get_a_line_without_any_code(concepts):
    row = made(graded(concepts, "A")).to_dict("records")[0]
    shares = [printed_share(text, bases=[n]) for text, n in (("35", 236), ("52", 220), ("57", 141))]
    by_hand = slope(shares, years=[2011, 2014, 2016], population_size=290)
    assert (row["concept"], row["reference_wave"], row["wave"], row["units"]) == (ROW, "se-2011", "se-2016", 290)
    assert row["slope"] == pytest.approx(by_hand.point)
    assert (row["ci_lo"], row["ci_hi"]) == pytest.approx(by_hand.ci)
    assert (row["p_range_lo"], row["p_range_hi"]) == pytest.approx(by_hand.p_range)
    assert row["lack_of_fit"] == pytest.approx(by_hand.lack_of_fit)
    assert "35 (2011" in row["arithmetic"]


def test_one_pair_below_the_highest_grade_leaves_no_three_rounds(concepts):
    best = graded(concepts, "A")
    lower = tuple(
        one.model_copy(update={"grade": "B"}) if one.concept_id == ROW and one.waves == {"se-2011", "se-2014"} else one
        for one in best.grades
    )
    assert rounds_for_trend(best, ROW) == ("se-2011", "se-2014", "se-2016")
    assert rounds_for_trend(dataclasses.replace(best, grades=lower), ROW) == ()


def test_how_many_answered_is_counted_and_gets_no_line(concepts):
    assert made(graded(concepts, "A", "response")).empty


def test_rounds_with_other_frames_or_several_figures_are_refused(concepts):
    with pytest.raises(InputError, match="one figure a round"):
        made(graded(concepts, "A", "muni-cooperation"))
