"""The shared oracles of whole numbers behind printed figures."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.evidence.checks.cases import Printed, printed_figures
from analysis.evidence.checks.sums import single_choice
from analysis.evidence.checks.whole import grim_consistent, grim_power
from analysis.survey.counts import counts_for_percent
from tests.evidence.checks import made_up
from tests.evidence.checks.cases_of import case


def percent(value: str, base: int) -> Printed:
    found = printed_figures(made_up.figures(), made_up.relations())["no"]
    decimals = "one_decimal" if "." in value else "integer"
    return Printed(**{**vars(found), "key": value, "value": value, "precision": decimals, "base": base})


@pytest.mark.parametrize(
    ("value", "base", "counts"),
    [
        ("48", 447, [213, 214, 215, 216]),
        ("58", 430, [248, 249, 250, 251]),
        ("50", 429, [213, 214, 215, 216]),
        ("49", 290, [141, 142, 143]),
        ("76", 290, [219, 220, 221]),
        ("81", 290, [234, 235, 236]),
        ("87", 15, [13]),
        ("72", 32, [23]),
        ("54", 74, [40]),
        ("37", 93, [34]),
        ("41", 76, [31]),
        ("32", 141, [45]),
        ("48.1", 447, [215]),
    ],
)
def test_oracle_4_1_a_rule_sees_the_counts_behind_a_percentage(value: str, base: int, counts: list[int]) -> None:
    assert list(percent(value, base).counts(base)) == counts


@settings(max_examples=100, deadline=None)
@given(value=st.integers(min_value=0, max_value=1000), base=st.integers(min_value=1, max_value=500))
def test_a_rule_sees_the_same_counts_as_the_tables(value: int, base: int) -> None:
    whole, tenths = str(value // 10), f"{value // 10}.{value % 10}"
    assert percent(whole, base).counts(base) == counts_for_percent(whole, base=base, decimals=0)
    assert percent(tenths, base).counts(base) == counts_for_percent(tenths, base=base, decimals=1)


def test_oracle_4_2_the_rounding_rule_decides_at_exact_halves() -> None:
    assert list(counts_for_percent("13", base=200, decimals=0)) == [25, 26]
    assert list(percent("13", 200).counts(200)) == [25, 26]
    for rule in ("half_even", "half_either"):
        assert list(counts_for_percent("12", base=200, decimals=0, rule=rule)) == [23, 24, 25]


def test_oracle_4_3_means_that_no_whole_total_gives() -> None:
    cases = "7.22/32 4.74/25 5.23/29 2.57/24 6.77/27 2.68/28 7.01/29 7.38/26 3.14/27 6.89/31 5.00/25 0.24/28 5.19/28"
    pairs = [text.split("/") for text in [*cases.split(), "5.27/43"]]
    found = [grim_consistent(mean, n=int(n), decimals=2) for mean, n in pairs]
    assert [number for number, fits in enumerate(found) if fits] == [0, 5, 7, 10]


def test_oracle_4_4_a_sequence_of_means_and_percentages() -> None:
    means = [grim_consistent(f"5.{digits}", n=28, decimals=2) for digits in range(19, 31)]
    assert [number for number, fits in enumerate(means) if fits] == [2, 6, 10]
    shares = "67.4 54.2 54.0 69.8 68.1 55.4".split()
    assert [grim_consistent(s, n=150, decimals=1, percent=True) for s in shares] == [
        False,
        False,
        True,
        False,
        False,
        False,
    ]


def test_grim_has_no_power_where_every_value_is_possible() -> None:
    assert grim_power(28, decimals=2) == pytest.approx(0.72)
    assert grim_power(101, decimals=0, percent=True) == 0
    assert all(grim_consistent(str(value), n=141, decimals=0, percent=True) for value in range(101))


def test_oracle_4_9_a_printed_sum_of_101_has_one_solution() -> None:
    options = [percent(value, 169) for value in ("24", "41", "36")]
    outcome = single_choice(case("single_choice", "complete", option=options))
    assert outcome.verdict == "explained by rounding"
    assert outcome.arithmetic.endswith(
        "of 169: 40 to 41, 69 to 70, 60 to 61, together 169 to 172, and they should be all 169"
    )
