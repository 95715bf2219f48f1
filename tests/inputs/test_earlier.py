import pytest

from analysis.inputs.earlier import latest, same_indicators
from tests.small_survey import survey

NOW = survey(year=2020)


def test_the_latest_survey_that_scored_alike_is_the_one_before():
    waves = [survey(wave="no-first", year=2012), survey(wave="no-second", year=2016), survey(wave="no-next", year=2024)]
    found = latest(NOW, waves)
    assert found is not None
    assert found.id == "no-second"
    assert same_indicators(NOW, found) == ("maturity",)


@pytest.mark.parametrize(
    "other",
    [
        survey(year=2016, country="sweden"),
        survey(year=2020),
        survey(year=2016, indicators=[]),
    ],
    ids=["another country", "no earlier", "no indicators"],
)
def test_a_survey_that_says_nothing_of_a_change_is_none(other):
    assert latest(NOW, [other]) is None


def test_an_indicator_with_other_points_is_another():
    options = tuple(
        option.model_copy(update={"score": 3.0}) if (option.scale, option.option) == ("level", "some") else option
        for option in NOW.options
    )
    other = type(NOW)(file=survey(year=2016).file, items=NOW.items, options=options)
    assert latest(NOW, [other]) is None


def test_an_indicator_with_another_question_is_another():
    items = tuple(item for item in NOW.items if item.item != "how")
    assert same_indicators(NOW, type(NOW)(file=NOW.file, items=items, options=NOW.options)) == ()
