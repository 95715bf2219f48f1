from fractions import Fraction

import pytest

from analysis.errors import InputError
from analysis.inputs.register import load_register
from analysis.inputs.wave_file import Calculation
from analysis.inputs.waves import load_wave
from analysis.survey import calculations
from tests.small_survey import survey
from tests.small_wave import WORDS


def solved(formula: str, **changes):
    about = {"id": "one", "label": WORDS, "formula": formula, "unit": "kr", "solve_for": "x", "assumptions": [WORDS]}
    figures = load_register().figures
    given = {"given": {"a": "no2012-savings-manual-contact-cost"}, "result": "no2012-savings-digital-contact-cost"}
    wave = survey(calculations=[Calculation.model_validate(about | given | changes)])
    return calculations.solve(wave, figures=figures)["solved"].iloc[0]


@pytest.mark.parametrize(
    ("formula", "number"),
    # The register prints 110 for a and 3 for the result.
    [("a * x", 3 / 110), ("a / x", 110 / 3), ("a + x", -107), ("2 * (x - a)", 111.5), ("100 * a / (2 * x)", 11000 / 6)],
)
def test_a_formula_is_solved_for_the_number_that_is_not_printed(formula, number):
    assert solved(formula) == pytest.approx(number)


@pytest.mark.parametrize("formula", ["a * x * x", "a", "a ** x", "__import__('os')", "a * y", "a *", "a / (x - 1)"])
def test_what_cannot_be_solved_is_one_sentence(formula):
    with pytest.raises(InputError, match=r"key 'calculations', one: .*\.$"):
        solved(formula)


def test_a_figure_that_is_not_printed_is_one_sentence():
    with pytest.raises(InputError, match=r"'none-such' is no figure with a number in the register"):
        solved("a * x", result="none-such")


def test_the_savings_of_2012_need_a_fifth_of_all_enquiries_to_move():
    found = calculations.solve(load_wave("no-2012"), figures=load_register().figures).set_index("calculation")["solved"]
    # 700 million of 33 million enquiries at a difference of 107; 100 / 2.9 hours.
    assert found["moved_online"] == pytest.approx(float(Fraction(700, 33 * 107)))
    assert found["hour_saved"] == pytest.approx(100 / 2.9)


def test_arithmetic_is_exact():
    assert calculations.evaluate("a / 3 + a / 6", {"a": Fraction(1)}) == Fraction(1, 2)
