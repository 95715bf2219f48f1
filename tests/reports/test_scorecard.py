from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.inputs.params import load_params
from analysis.inputs.waves import load_wave
from analysis.reports import scorecard, scorecard_show
from analysis.reports.disclosure.rules import Rules
from analysis.reports.display.page import Page
from analysis.reports.made_up import made_up
from analysis.reports.scorecard_views import CardViews
from analysis.reports.wave_views import Names, open_page

OWN, OTHER = "SYN-0004", "SYN-0013"  # of one county


# Enough of the questionnaire for three scores and a flower box.
SCORES = ("services_public_contact", "organisation_wide_development", "technical_preconditions")


@pytest.fixture(scope="module")
def wave():
    whole = load_wave("se-2016")
    file = whole.file.model_copy(update={"indicators": tuple(i for i in whole.file.indicators if i.id in SCORES)})
    return replace(whole, file=file, items=tuple(item for item in whole.items if item.indicator in SCORES))


@pytest.fixture(scope="module")
def answers(wave):
    """Answers of ninety units, of which the last did not answer."""
    made = made_up(wave)
    return made.assign(disposition=made["disposition"].where(made.index < 89, "NC"))


@pytest.fixture(scope="module")
def result(wave, answers):
    return scorecard.run(answers, wave=wave, params=load_params())


@pytest.fixture(scope="module")
def card(result):
    return scorecard.card(result, OWN)


def peers(scores: list[float | None], counties: str, regions: str | None = None) -> pd.DataFrame:
    """Units of one type with a score; the first is the own one."""
    return pd.DataFrame(
        {
            "code": [f"U{place}" for place in range(len(scores))],
            "score": pd.array(scores, dtype="Float64").to_numpy(float, na_value=np.nan),
            "size_group": 1,
            "region": list(regions or "R" * len(scores)),
            "county_code": list(counties),
        }
    )


def compared(units: pd.DataFrame, **rules: int) -> dict[str, tuple[int, float]]:
    found = scorecard.compare(units, units.iloc[0], items=["score"], rules=Rules(**rules))
    return {row.group: (row.n, row.mean) for row in found.itertuples()}


def test_means_of_others_leave_the_own_unit_out():
    units = peers([100, 1, 2, 3, 4, 5, 6, 7, 8, None], counties="AAAAAABBBA")
    found = compared(units)
    assert found["nation"] == (8, 4.5)
    assert found["county"] == (5, 3.0)


def test_a_group_with_four_others_is_not_shown():
    assert "county" not in compared(peers([9, 1, 2, 3, 4, 5, 6, 7], counties="AAAAABBB"))


def test_a_group_that_leaves_two_others_alone_is_not_shown_beside_the_wider_one():
    # All seven others less the five of the county are two.
    found = compared(peers([9, 1, 2, 3, 4, 5, 6, 7], counties="AAAAAABB"))
    assert set(found) == {"nation", "size_group", "region"}
    assert "county" in compared(peers([9, 1, 2, 3, 4, 5, 6, 7, 8], counties="AAAAAABBB"))


def test_few_others_that_all_have_the_same_score_are_not_shown():
    units = peers([9, 2, 2, 2, 2, 2, 6, 7, 8, 1], counties="AAAAAABBBB")
    assert "county" not in compared(units)
    assert "county" in compared(units, same_answer=5)


def test_a_score_and_its_error_are_those_of_the_unit(result, card):
    own = card.scores.set_index("item")
    assert set(own.index) == {one.id for one in result.wave.file.indicators}
    assert own["score"].to_dict() == pytest.approx(card.unit[list(own.index)].astype(float).to_dict())
    assert own["sem"].notna().all()
    assert (own["n"] == 89).all()
    assert (own["low"] <= own["first"]).all()
    assert (own["last"] <= own["high"]).all()


def test_all_units_that_answered_are_computed_at_once(result, answers):
    assert result.data.groupby("item")["code"].nunique().eq(89).all()
    assert scorecard.have_card(answers) == answers["code"].tolist()[:89]


def test_what_another_unit_answers_changes_what_is_said_of_others_alone(wave, answers, card):
    items = [item.item for item in wave.items_in_file()]
    changed = answers.copy()
    changed.loc[changed["code"] == OTHER, items] = 0
    other = scorecard.card(scorecard.run(changed, wave=wave, params=load_params()), OWN)
    assert other.answers.equals(card.answers)
    assert other.unit.equals(card.unit)
    assert other.scores["score"].equals(card.scores["score"])
    assert not other.others["mean"].equals(card.others["mean"])
    assert other.others[["item", "group", "n"]].equals(card.others[["item", "group", "n"]])


def every_section(page: Page, views: CardViews) -> None:
    for show in ("show_unit", "show_scores", "show_ranks", "show_changes", "show_box", "show_answers"):
        getattr(scorecard_show, show)(page, views)


@pytest.mark.parametrize("language", ["en", "nb", "sv"])
def test_a_card_names_no_other_unit_and_holds_all_own_answers(wave, answers, card, shown, language, tmp_path):
    page, views = scorecard_show.open_card(open_page("scorecard", wave, language=language), card, Names(wave, language))
    every_section(page, views)
    text = "".join(shown) + "".join(file.read_text("utf-8") for file in tmp_path.rglob("*.csv"))
    others = answers[answers["code"] != OWN]
    assert not [name for name in [*others["code"], *others["name"] + "<"] if name in text]
    questions = [row for _, table in views.answers() for row in table.itertuples(index=False)]
    assert len(questions) == len(wave.items)
    fully = wave.option(wave.items[0].item, "fully")
    expected = sum(card.answers[item.item] == fully.typed for item in wave.items)
    assert sum(row.answer == getattr(fully, f"label_{language}") for row in questions) == expected


def test_the_card_of_a_wave_with_synthetic_answers_is_a_specimen_and_says_so(wave, card, shown):
    page, views = scorecard_show.open_card(open_page("scorecard", wave), card, Names(wave, "en"))
    every_section(page, views)
    assert "This card is a specimen" in "".join(shown)
    titles = [one for one in shown if one.startswith("<figure")]
    assert titles
    assert all("SYNTHETIC: " in one for one in titles)


def observed(wave):
    return replace(wave, file=wave.file.model_copy(update={"origin": "observed"}))


def test_the_page_of_a_wave_with_real_answers_rests_on_none_of_them(wave, result):
    real = observed(wave)
    nothing = replace(result, wave=real, data=None, units=None, answers=None, errors=None)
    card = scorecard.card(nothing, "")
    assert card.made_up
    page, views = scorecard_show.open_card(open_page("scorecard", real), card, Names(real, "en"))
    assert page.state == "synthetic"
    assert views.unit == "Synthetic municipality 1"


def test_the_card_of_a_real_unit_is_no_specimen(wave, result, shown):
    real = observed(wave)
    card = scorecard.card(replace(result, wave=real), OWN)
    page, views = scorecard_show.open_card(open_page("scorecard", real), card, Names(real, "en"))
    every_section(page, views)
    text = "".join(shown)
    assert "SYNTHETIC" not in text
    assert "specimen" not in text
    assert "Above the mean of the others in" in text


def test_ranks_are_told_as_intervals_or_as_thirds_where_these_are_wide(wave, card):
    row = {"n": 100, "first": 7, "last": 9, "low": 3, "high": 20, "upper": 0.7, "middle": 0.3, "lower": 0.0}
    scores = card.scores.iloc[:2].assign(**row)
    scores["high"] = [20, 60]
    table = CardViews(replace(card, scores=scores), Names(wave, "en")).ranks()
    assert table["rank"].tolist() == ["7 to 9 of 100"] * 2
    assert table["likely"].tolist() == ["3 to 20", "upper third (70%)"]


def test_a_score_is_read_with_its_error_where_that_is_known(wave, card):
    scores = card.scores.assign(score=[0.4, 0.5, np.nan], sem=[0.1, np.nan, 0.1])
    table = CardViews(replace(card, scores=scores), Names(wave, "en")).scores()
    assert table["score"].tolist() == ["40 ± 20", "50", "not available"]


def test_without_errors_no_place_is_given(wave, card, shown):
    scores = card.scores.assign(n=np.nan)
    page, views = scorecard_show.open_card(
        open_page("scorecard", wave), replace(card, scores=scores), Names(wave, "en")
    )
    scorecard_show.show_ranks(page, views)
    assert shown == ["<p>No place is given, because the error of the scores is not known.</p>"]


def test_a_change_counts_only_beyond_both_errors(wave, answers):
    earlier = replace(wave, file=wave.file.model_copy(update={"year": 2014}))
    items = [item.item for item in wave.items_in_file()]
    before = answers.copy()
    before.loc[before["code"] == OWN, items[:12]] = 2  # all questions of the first score fully
    result = scorecard.run(answers, wave=wave, params=load_params(), earlier=(earlier, before))
    card = scorecard.card(result, OWN)
    first = card.scores.iloc[0]
    assert first["before"] == 1
    # Both errors are nearly the same, so that the smallest change is about the root of 2 times the half-width.
    assert first["smallest_change"] == pytest.approx(np.sqrt(2) * 1.96 * first["sem"], rel=0.05)
    table = CardViews(card, Names(wave, "en")).changes()
    assert table["beyond"].tolist()[1:] == ["no"] * 2
    assert table["change"].iloc[1] == "0"
    assert table["beyond"].iloc[0] == ("yes" if 1 - first["score"] > first["smallest_change"] else "no")


def test_a_unit_that_is_not_in_the_frame_or_did_not_answer_has_no_card(wave, answers):
    with pytest.raises(InputError, match="no unit of se-2016 has this code"):
        scorecard.require_card(answers, "0301", wave=wave)
    with pytest.raises(InputError, match="did not answer in se-2016"):
        scorecard.require_card(answers, "SYN-0090", wave=wave)


def test_a_unit_with_fewer_than_five_others_has_no_card(wave, answers):
    few = answers[answers["code"].isin(["SYN-0001", "SYN-0002", "SYN-0003", OWN, "SYN-0005"])]
    with pytest.raises(InputError, match="no group has 5 others"):
        scorecard.require_card(few, OWN, wave=wave)
    assert scorecard.have_card(few) == []


def test_a_survey_without_scores_has_a_card_of_its_answers(shown):
    wave = load_wave("no-2012")
    result = scorecard.run(made_up(wave), wave=wave, params=load_params())
    page, views = scorecard_show.open_card(open_page("scorecard", wave), scorecard.card(result, ""), Names(wave, "en"))
    every_section(page, views)
    text = "".join(shown)
    assert "This survey has no scores" in text
    assert "earlier survey" not in text
    assert sum(len(table) for _, table in views.answers()) > 10


def test_own_text_is_escaped_and_given_in_full(shown):
    wave = load_wave("no-2012")
    text = next(item.item for item in wave.items if item.type == "text")
    answers = made_up(wave)
    answers.loc[0, text] = "<script>alert(1)</script>"
    card = scorecard.card(scorecard.run(answers, wave=wave, params=load_params()), "SYN-0001")
    page, views = scorecard_show.open_card(open_page("scorecard", wave), card, Names(wave, "en"))
    scorecard_show.show_answers(page, views)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in "".join(shown)
    assert "<script>" not in "".join(shown)


def test_website_scores_have_a_rank_for_the_total_and_no_error_for_its_parts():
    wave = load_wave("no-web-2013")
    result = scorecard.run(made_up(wave), wave=wave, params=load_params())
    scores = scorecard.card(result, "").scores.set_index("item")
    assert scores.loc["total", ["sem", "low"]].notna().all()
    assert scores.drop(index="total")["sem"].isna().all()
