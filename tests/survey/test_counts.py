from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.survey.counts import Rule, counts_for_percent, rounding_interval

ORACLE_4_1 = [
    ("48", 447, 0, [213, 214, 215, 216]),
    ("58", 430, 0, [248, 249, 250, 251]),
    ("50", 429, 0, [213, 214, 215, 216]),
    ("49", 290, 0, [141, 142, 143]),
    ("76", 290, 0, [219, 220, 221]),
    ("81", 290, 0, [234, 235, 236]),
    ("87", 15, 0, [13]),
    ("72", 32, 0, [23]),
    ("54", 74, 0, [40]),
    ("37", 93, 0, [34]),
    ("41", 76, 0, [31]),
    ("32", 141, 0, [45]),
    ("48.1", 447, 1, [215]),
]
RULES: list[Rule] = ["half_up", "half_even", "half_either", "trunc"]


@pytest.mark.parametrize(("value", "base", "decimals", "expected"), ORACLE_4_1)
def test_counts_behind_a_printed_percentage_are_those_of_oracle_4_1(
    value: str, base: int, decimals: int, expected: list[int]
) -> None:
    assert list(counts_for_percent(value, base=base, decimals=decimals)) == expected


@pytest.mark.parametrize(
    ("value", "rule", "expected"),
    [("13", "half_up", [25, 26]), ("12", "half_even", [23, 24, 25]), ("12", "half_either", [23, 24, 25])],
)
def test_rules_differ_at_exact_halves_as_in_oracle_4_2(value: str, rule: Rule, expected: list[int]) -> None:
    assert list(counts_for_percent(value, base=200, decimals=0, rule=rule)) == expected


def test_an_odd_percentage_has_no_exact_halves_under_half_even() -> None:
    # 25 and 27 of 200 are 12.5 and 13.5 %: rounded to the even 12 and 14
    assert list(counts_for_percent("13", base=200, decimals=0, rule="half_even")) == [26]


def test_a_percentage_no_whole_number_makes_has_no_counts() -> None:
    assert list(counts_for_percent("45", base=13, decimals=0)) == []


def test_counts_stay_between_zero_and_the_base() -> None:
    assert list(counts_for_percent("0", base=300, decimals=0)) == [0, 1]
    assert list(counts_for_percent("100", base=300, decimals=0)) == [299, 300]


def _prints(count: int, base: int, decimals: int, rule: Rule) -> set[Fraction]:
    """What 100 * count / base may be printed as, by looking at the whole step below and the remainder."""
    scaled = Fraction(100 * count, base) * 10**decimals
    below, rest = divmod(scaled, 1)
    if rule == "trunc" or rest < Fraction(1, 2):
        steps = {below}
    elif rest > Fraction(1, 2) or rule == "half_up":
        steps = {below + 1}
    elif rule == "half_even":
        steps = {below + below % 2}
    else:
        steps = {below, below + 1}
    return {Fraction(step, 10**decimals) for step in steps}


@given(st.integers(1, 400), st.integers(0, 2), st.sampled_from(RULES), st.data())
def test_counts_are_those_that_brute_force_finds(base: int, decimals: int, rule: Rule, data: st.DataObject) -> None:
    steps = data.draw(st.integers(0, 100 * 10**decimals))
    text = f"{steps // 10**decimals}" + (f".{steps % 10**decimals:0{decimals}d}" if decimals else "")
    value = Fraction(steps, 10**decimals)
    expected = [k for k in range(base + 1) if value in _prints(k, base, decimals, rule)]
    assert list(counts_for_percent(text, base=base, decimals=decimals, rule=rule)) == expected


@given(st.integers(1, 400), st.sampled_from(RULES[:2]))
def test_every_count_lies_behind_exactly_one_whole_percentage(base: int, rule: Rule) -> None:
    found = [k for v in range(101) for k in counts_for_percent(v, base=base, decimals=0, rule=rule)]
    assert found == list(range(base + 1))


def test_the_rounding_interval_has_the_width_of_the_last_digit() -> None:
    assert rounding_interval("1.9", decimals=1) == (Fraction("1.85"), Fraction("1.95"))
    assert rounding_interval("3", decimals=0, rule="trunc") == (3, 4)


@pytest.mark.parametrize(
    ("value", "base", "decimals", "rule", "message"),
    [
        ("48", 0, 0, "half_up", "a base of at least 1"),
        ("101", 200, 0, "half_up", "between 0 and 100"),
        ("-1", 200, 0, "half_up", "between 0 and 100"),
        ("48.1", 200, 0, "half_up", "not printed with 0 decimals"),
        ("48", 200, 0, "half_down", "'half_down' is no rounding rule"),
        ("half", 200, 0, "half_up", "Invalid literal"),
    ],
)
def test_what_cannot_be_a_printed_percentage_is_refused(
    value: str, base: int, decimals: int, rule: Rule, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        counts_for_percent(value, base=base, decimals=decimals, rule=rule)


def test_floats_are_refused_because_they_are_not_exact() -> None:
    with pytest.raises(TypeError, match="floats are not exact"):
        counts_for_percent(48.1, base=447, decimals=1)  # type: ignore[arg-type]
