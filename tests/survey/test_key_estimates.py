import numpy as np
import pytest

from analysis.inputs.decisions import Decision
from analysis.survey.alternatives import compare, with_plan
from analysis.survey.alternatives import weighted as under
from analysis.survey.key_estimates import answers
from tests.weighted_survey import BOTH, SIZE, frame, weighted

POST = {"method": "poststratify", "margins": SIZE}


def estimates(plan=POST):
    wave = weighted(plan)
    return under(frame(), wave=wave, confidence=0.95)[1]


def test_a_share_is_weighted_over_those_with_an_answer():
    wave, units = weighted(POST), frame()
    (weights,), rows = under(units, wave=wave, confidence=0.95)[0].values(), estimates()
    y = answers(units, wave.file.key_estimates[0], wave=wave)[weights.answered]
    w, known = weights.final, ~np.isnan(y)
    assert not known.all()
    assert rows[0]["point"] == pytest.approx((w[known] @ y[known]) / w[known].sum())
    assert rows[0]["n_answered"] == known.sum()
    assert rows[0]["n_frame"] == 58


def test_units_of_another_type_have_no_say():
    wave, units = weighted(POST), frame()
    of_counties = answers(units, wave.file.key_estimates[-1], wave=wave)
    assert np.isnan(of_counties[units["unit_type"] == "municipality"]).all()
    assert estimates()[-1]["n_frame"] == 8


def test_all_types_together_are_weighted_each_by_their_own():
    row = estimates()[2]
    assert (row["unit_type"], row["n_frame"], row["n_answered"]) == ("all", 66, 37)


def test_tagged_missing_values_are_no_answers():
    wave = weighted(POST)
    values = answers(frame(), wave.file.key_estimates[4], wave=wave)
    assert np.nanmin(values) >= 0


def test_points_stay_within_interval_and_interval_within_bounds():
    for row in estimates():
        assert row["bound_lo"] <= row["ci_lo"] <= row["point"] <= row["ci_hi"] <= row["bound_hi"], row
    # All county municipalities said the same: no spread, and the interval is not empty all the same.
    assert [row["se"] > 0 for row in estimates()] == [True, True, True, True, True, False]
    assert estimates()[-1]["ci_lo"] < estimates()[-1]["ci_hi"]


def decision(key, chosen, *alternatives):
    about = {"id": "0001", "title": "t", "waves": ("no-survey",), "parameter": f"wave.yml: weighting.{key}"}
    about |= {"reason": "r", "source": "s", "date": "2026-11-21", "file": "0001-t.md"}
    return Decision(chosen=chosen, alternatives=alternatives, **about)


def test_each_alternative_is_run_and_set_against_the_choice():
    wave = weighted(POST)
    records = {"method": decision("method", "poststratify", "none", {"method": "rake", "margins": BOTH, "smallest": 3})}
    found = compare(frame(), wave=wave, decisions=records, confidence=0.95)
    assert list(found.options["chosen"]) == [True, False, False]
    assert "below the smallest allowed" in found.options["problem"].iloc[2]
    assert np.isnan(found.options["deff"].iloc[2])
    chosen, plain = (found.effects[found.effects["option"] == f"method {name}"] for name in ("poststratify", "none"))
    assert (chosen["effect"] == 0).all()
    assert np.allclose(plain["effect"], plain["point"].to_numpy() - chosen["point"].to_numpy(), atol=1e-12)
    unweighted = under(frame(), wave=with_plan(wave, weighted({"method": "none"}).file.weighting), confidence=0.95)[1]
    assert [row["point"] for row in unweighted] == list(plain["point"])


def test_the_rows_of_alternatives_name_their_variant():
    records = {"method": decision("method", "poststratify", "none")}
    rows = compare(frame(), wave=weighted(POST), decisions=records, confidence=0.95).rows
    assert {row["weight_variant"] for row in rows} == {"method poststratify", "method none"}
    assert sum("se" in row for row in rows) == 6
