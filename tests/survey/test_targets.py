"""Printed figures held against estimates: at the printed rounding, within a tolerance, or not compared."""

from dataclasses import replace

import pandas as pd
import pytest

from analysis.inputs.params import load_params
from analysis.inputs.register import load_register
from analysis.inputs.targets import Target, load_targets
from analysis.inputs.waves import load_wave
from analysis.survey import indicators, results, targets
from tests.small_survey import answers, survey

SURVEYS = ("no-2009", "no-2012", "no-2017", "se-2016")


def figure(value: str, precision: str = "integer") -> pd.Series:
    return pd.Series({"value": value, "precision": precision})


def target(**changes) -> Target:
    return Target.model_validate({"figure_id": "one", "carrier": "fitted", "measure": "share"} | changes)


def worded(reason: str = "", tolerance: float = 5) -> Target:
    return target(carrier="worded", tolerance=tolerance, reason=reason)


@pytest.mark.parametrize(
    ("value", "printed", "precision", "same"),
    [
        (14.4999, "14", "integer", True),
        (14.5, "14", "integer", False),
        (14.5, "15", "integer", True),
        (100 * 29 / 200, "15", "integer", True),
        (48.62, "48.6", "one_decimal", True),
        (48.65, "48.6", "one_decimal", False),
        (2.449, "2.4", "one_decimal", True),
        (7.0, "7", "verbal", True),
    ],
)
def test_a_fitted_figure_agrees_at_the_printed_rounding(value, printed, precision, same):
    assert targets.agrees(value, target=target(), figure=figure(printed, precision)) is same


@pytest.mark.parametrize("one", [target(), worded()])
def test_an_estimate_without_a_value_agrees_with_nothing(one):
    assert targets.agrees(float("nan"), target=one, figure=figure("50")) is False


@pytest.mark.parametrize(
    ("value", "reason", "near"),
    [
        (55.0, "", True),
        (55.1, "", False),
        (45.0, "about half", True),
        (49.9, "'over half': above 50", False),
        (52.0, "'over half': above 50", True),
        (52.0, "nearly, so below it", False),
        (50.0, "nearly, so below it", False),
    ],
)
def test_a_worded_figure_agrees_within_its_tolerance_on_its_side(value, reason, near):
    assert targets.agrees(value, target=worded(reason), figure=figure("50", "bound")) is near


def small(rows, values):
    asked = [Target.model_validate(row) for row in rows]
    data = indicators.score(answers(), wave=survey(), min_share=0.5)
    figures = pd.DataFrame({"figure_id": [t.figure_id for t in asked], "value": values})
    figures = figures.assign(label_en="label", precision="integer", source_locator="p. 1", wave="no-survey")
    return results.run(data, wave=survey(), params=load_params(), targets=asked, figures=figures)


def test_a_figure_about_what_the_file_does_not_have_is_compared_with_nothing():
    wave = survey()
    without = replace(
        wave, items=tuple(i.model_copy(update={"variable": ""}) if i.item == "plan" else i for i in wave.items)
    )
    asked = [
        target(item="plan", category="yes"),
        target(item="all", category="yes"),
        target(item="maturity", measure="mean"),
    ]
    assert (
        len(targets.cells([one.model_copy(update={"figure_id": str(n)}) for n, one in enumerate(asked)], wave=wave))
        == 3
    )
    found = targets.cells([one.model_copy(update={"figure_id": str(n)}) for n, one in enumerate(asked)], wave=without)
    assert [found[name].item for name in found] == ["maturity"]
    figures = pd.DataFrame(
        [{"figure_id": "one", "value": "50", "precision": "integer", "label_en": "l", "source_locator": "p"}]
    )
    data = indicators.score(answers().drop(columns="plan"), wave=without, min_share=0.5)
    given = {
        "wave": without,
        "params": load_params(),
        "targets": asked[:1],
        "figures": figures.assign(wave="no-survey"),
    }
    (row,) = results.run(data, **given).printed.to_dict("records")
    assert pd.isna(row["agrees"])
    assert row["reason"] == targets.NOT_IN_FILE


def test_estimates_are_found_for_each_kind_of_target():
    rows = [
        {"figure_id": "a", "carrier": "fitted", "item": "plan", "category": "yes", "measure": "share"},
        {"figure_id": "b", "carrier": "fitted", "item": "plan", "category": "yes", "measure": "share",
         "subset": "asked"},
        {"figure_id": "c", "carrier": "fitted", "item": "how", "category": "some|all", "measure": "count"},
        {"figure_id": "d", "carrier": "fitted", "measure": "count"},
        {"figure_id": "e", "carrier": "fitted", "subset": "module=second", "measure": "share"},
        {"figure_id": "f", "carrier": "fitted", "subset": "disposition=partial", "measure": "count"},
        {"figure_id": "g", "carrier": "fitted", "item": "maturity", "measure": "mean"},
        {"figure_id": "h", "carrier": "fitted", "item": "how", "category": "all", "measure": "share",
         "subset": "group=smallest2"},
        {"figure_id": "i", "carrier": "fitted", "item": "plan", "category": "yes", "measure": "share",
         "subset": "unit_type=municipality"},
        {"figure_id": "j", "carrier": "design_fact"},
    ]  # fmt: skip
    table = small(rows, ["60", "43", "5", "7", "60", "1", "2", "50", "51", "3"]).printed.set_index("figure_id")
    # plan: 3 of 5, asked 3 of 7; how: 5 of 6; modules 6 of 10; maturity 14.667 / 6; the small group 1 of 2; 2 of 4.
    assert table["computed"].iloc[:9].tolist() == pytest.approx(
        [60, 300 / 7, 5, 7, 60, 1, (4 + 8 / 3 + 0 + 2 + 2 + 4) / 6, 50, 50]
    )
    assert table["agrees"].iloc[:9].tolist() == [True] * 8 + [False]
    assert pd.isna(table.loc["j", "agrees"])
    assert table["estimate_id"].iloc[:9].notna().all()


def test_each_compared_figure_names_an_estimate_that_exists():
    rows = [{"figure_id": "a", "carrier": "fitted", "item": "plan", "category": "no", "measure": "share"}]
    result = small(rows, ["40"])
    assert set(result.printed["estimate_id"]) <= set(result.estimates["estimate_id"])


def test_the_carriers_are_counted_as_estimates_too():
    rows = [
        {"figure_id": "a", "carrier": "fitted", "item": "plan", "category": "yes", "measure": "share"},
        {"figure_id": "b", "carrier": "conflict"},
    ]
    result = small(rows, ["60", "61"])
    counts = result.estimates.query("item == 'printed_figures'").set_index("category")["point"]
    assert (counts["fitted"], counts["conflict"], counts["worded"], counts["fitted agrees"]) == (1, 1, 0, 1)


@pytest.mark.parametrize("wave", SURVEYS)
def test_every_printed_figure_of_a_survey_has_one_row_and_a_number_where_it_is_compared(wave):
    description = load_wave(wave)
    asked = load_targets(description)
    figures = load_register().figures
    assert {t.figure_id for t in asked} == set(figures.loc[figures["wave"] == wave, "figure_id"])
    assert int(targets.carriers(asked)["figures"].sum()) == len(asked)
