import dataclasses

import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.survey import indicators, scoring
from tests.small_survey import answers, survey

# plan 4 or 0, how 0, 2 or 4, the block 2 a tick; don't know and blank are gaps.
BY_HAND = {"M1": 4.0, "M2": 8 / 3, "M3": 0.0, "M4": 2.0, "M5": 2.0, "C1": 4.0}


def scores(min_share=0.5, data=None):
    table = answers() if data is None else data
    return scoring.scores(table, wave=survey(), min_share=min_share).set_index(table["code"])["maturity"]


def test_an_indicator_is_the_mean_of_the_points_of_its_questions():
    found = scores()
    assert found.dropna().to_dict() == pytest.approx(BY_HAND)


def test_a_unit_without_enough_answers_has_no_indicator():
    assert scores().loc[["M6", "M7"]].isna().all()
    # M4 and M5 have two of three questions.
    assert scores(min_share=0.67).dropna().index.tolist() == ["M1", "M2", "M3", "C1"]


def test_a_unit_that_broke_off_has_no_indicator():
    table = answers()
    table.loc[table["code"] == "M1", "disposition"] = "R"
    assert pd.isna(scores(data=table)["M1"])


def test_ticks_of_a_block_are_one_question_with_at_most_the_maximum_of_the_scale():
    wave = survey()
    points = scoring.question_points(answers(), wave=wave, indicator=wave.file.indicators[0])
    assert list(points.columns) == ["plan", "how", "ticks"]
    assert points["ticks"].fillna(-1).tolist() == [4, 2, 0, -1, 2, -1, -1, -1, 4, -1]


def test_none_of_these_gives_no_points_and_no_tick_is_a_gap():
    wave = survey()
    ticks = scoring.question_points(answers(), wave=wave, indicator=wave.file.indicators[0])["ticks"]
    assert ticks[2] == 0
    assert pd.isna(ticks[3])


def test_a_question_that_was_not_asked_leaves_the_denominator():
    table = answers()
    table.loc[table["code"] == "M5", ["tick_a", "tick_b", "tick_none"]] = -1
    # how alone is one of two that apply: half, but a single answer is no average.
    assert pd.isna(scores(data=table)["M5"])
    table.loc[table["code"] == "M5", "plan"] = 1
    assert scores(min_share=1.0, data=table)["M5"] == 3.0


def test_an_item_that_the_file_lacks_is_left_out():
    found = scores(data=answers().drop(columns=["tick_a", "tick_b", "tick_none"]))
    assert found["M2"] == 3.0


@pytest.mark.parametrize(("option", "score"), [("yes", 5.0), ("yes", 3.0)])
def test_questions_on_another_scale_are_refused(option, score):
    wave = survey()
    changed = [
        o.model_copy(update={"score": score}) if (o.scale, o.option) == ("yes_no", option) else o for o in wave.options
    ]
    with pytest.raises(InputError, match=r"most points of 'plan' are .* put all its questions on one scale\."):
        scoring.scores(answers(), wave=dataclasses.replace(wave, options=tuple(changed)), min_share=0.5)


def test_the_stage_keeps_answers_with_their_tags_and_no_text():
    data = indicators.score(answers(), wave=survey(), min_share=0.5).set_index("code")
    assert data.loc["M3", "why"] == -1
    assert data["said"].tolist() == [1, -4, 1, -4, -4, -4, -7, -7, -4, -7]
    assert data.loc["M5", "answered_second"] is False or not data.loc["M5", "answered_second"]
    assert data.loc["M1", "maturity"] == 4.0


def test_units_that_broke_off_count_as_not_answered():
    table = answers()
    table.loc[table["code"] == "M1", "disposition"] = "R"
    data = indicators.score(table, wave=survey(), min_share=0.5).set_index("code")
    assert (data.loc["M1", ["plan", "tick_a", "staff", "said"]] == -7).all()
