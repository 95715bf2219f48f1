"""Primary rules: small bases, the same answer, dominance, comparators."""

import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.reports.disclosure import rules
from analysis.reports.disclosure.table import EQUATION, table


def reasons(*rows):
    cells = table(pd.DataFrame(rows), pd.DataFrame(columns=EQUATION)).cells
    return dict(zip(cells["cell"], rules.primary(cells), strict=True))


def answers(*values, of="all"):
    base = {"kind": "answer", "item": "q", "base": sum(values), "base_cell": of}
    return [base | {"cell": f"{of}{place}", "value": value} for place, value in enumerate(values)]


@pytest.mark.parametrize(("number", "why"), [(0, ""), (1, rules.FEW), (2, rules.FEW), (3, "")])
def test_a_count_needs_three_respondents_or_none(number, why):
    assert reasons({"cell": "a", "value": number}) == {"a": why}


@pytest.mark.parametrize(("values", "why"), [((3, 1), rules.SMALL_BASE), ((4, 1), ""), ((0, 0), "")])
def test_a_share_needs_a_base_of_five(values, why):
    assert set(reasons(*answers(*values)).values()) == {why}


@pytest.mark.parametrize(("values", "why"), [((9, 0), rules.SAME_ANSWER), ((8, 1), ""), ((10, 0), "")])
def test_the_same_answer_of_a_base_below_ten_protects_all_its_categories(values, why):
    assert reasons(*answers(*values)) == {"all0": why, "all1": why}


def test_another_base_with_the_same_answer_does_not_protect_this_one():
    found = reasons(*answers(7, 0, of="a"), *answers(4, 3, of="b"))
    assert found == {"a0": rules.SAME_ANSWER, "a1": rules.SAME_ANSWER, "b0": "", "b1": ""}


def test_dominance_rules_give_oracle_7_3():
    contributions = [100, 40, 5, 3]
    assert rules.p_percent(contributions, p=15)
    assert not rules.p_percent(contributions, p=5)
    assert not rules.dominant(contributions, n=1, k=75)
    assert rules.dominant(contributions, n=2, k=90)


@pytest.mark.parametrize(
    ("contributions", "why"),
    [((100.0, 40.0, 5.0, 3.0, 1.0), rules.DOMINATED), ((0.0,) * 5, rules.SAME_ANSWER), ((9.0, 8.0, 7.0, 6.0, 5.0), "")],
)
def test_an_amount_is_protected_where_one_contributor_could_be_worked_out(contributions, why):
    cell = {"cell": "a", "value": sum(contributions), "kind": "amount", "base": 5, "contributions": contributions}
    assert reasons(cell) == {"a": why}


@pytest.mark.parametrize(
    ("base", "mean", "why"),
    [(5, 4.9, rules.SAME_ANSWER), (5, 0.1, rules.SAME_ANSWER), (5, 4.8, ""), (10, 5.0, ""), (5, 2.5, "")],
)
def test_a_mean_of_few_near_an_end_of_its_scale_is_protected(base, mean, why):
    # Of five whose mean is 4.9 of 5 nobody has less than 4.5: 0.15 of the scale is 0.75.
    given = (mean + 0.01, *[mean] * (base - 2), mean - 0.01)
    cell = {"cell": "a", "value": sum(given), "kind": "mean", "base": base, "high": 5.0 * base, "contributions": given}
    assert reasons(cell) == {"a": why}


def test_comparators_leave_out_the_own_unit_and_groups_with_fewer_than_five_others():
    members = {"county": ["own", *"abcd"], "region": ["own", *"abcde"]}
    assert rules.comparators(members, own="own") == {"region": tuple("abcde")}
    with pytest.raises(InputError, match="own: no group has 5 others that answered"):
        rules.comparators({"county": members["county"]}, own="own")
