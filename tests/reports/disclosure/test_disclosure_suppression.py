"""What an attacker can work out, and the cheapest pattern that keeps protected cells wide."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.reports.disclosure.audit import audit
from analysis.reports.disclosure.suppression import suppress
from analysis.reports.disclosure.table import EQUATION, table
from tests.reports.disclosure.disclosure_cases import crossed, hidden, names

COUNTS = [[15, 1, 3, 1], [20, 10, 10, 15], [3, 10, 10, 2], [12, 14, 7, 2]]
BELOW_FIVE = {"0,1", "0,2", "0,3", "2,0", "2,3", "3,3"}

small = st.integers(2, 4).flatmap(
    lambda columns: st.lists(st.lists(st.integers(0, 12), min_size=columns, max_size=columns), min_size=2, max_size=4)
)


def test_two_withheld_cells_a_line_are_not_enough_as_in_oracle_7_1():
    expected = {
        **{"0,1": (0, 4), "0,2": (0, 4), "0,3": (1, 1), "1,1": (7, 11), "1,2": (9, 13)},
        **{"2,0": (1, 5), "2,3": (0, 4), "3,0": (10, 14), "3,3": (0, 4)},
    }
    made = crossed(COUNTS, expected)
    ranges = audit(made, hidden=hidden(made, expected)).set_index("cell")
    for cell, (low, high) in expected.items():
        assert ranges.loc[cell, ["low", "high"]].tolist() == pytest.approx([low, high], abs=1e-6)
    assert not ranges.loc["0,3", "safe"]
    assert ranges.loc["3,0", "safe"]


def test_the_cheapest_pattern_adds_the_cost_of_oracle_7_2():
    made = crossed(COUNTS, BELOW_FIVE)
    pattern = suppress(made)
    added = pattern.hidden & ~made.protected
    # 29 is what is withheld beside the protected cells: 10 + 7 + 12.
    assert made.cells["cost"][added].sum() == 29
    assert names(made, added) == {"2,1", "3,0", "3,2"}
    assert pattern.audit["safe"].all()


def test_the_pattern_is_as_cheap_as_the_best_of_all_patterns():
    made = crossed([[1, 4, 5], [6, 7, 2]], {"0,0"})
    cost, best = made.cells["cost"].to_numpy(), np.inf
    for bits in range(2 ** len(cost)):
        mask = np.array([bits >> place & 1 for place in range(len(cost))], dtype=bool)
        if mask[0] and cost[mask].sum() < best and audit(made, hidden=mask)["safe"].all():
            best = cost[mask].sum()
    assert cost[suppress(made).hidden].sum() == best


def test_ties_go_by_the_order_of_cells():
    made = crossed([[2, 5, 5], [5, 5, 5], [5, 5, 5]], {"0,0"})
    assert names(made, suppress(made).hidden) == {"0,0", "0,1", "1,0", "1,1"}


@settings(max_examples=25, deadline=None)
@given(small, st.integers(1, 4))
def test_no_protected_cell_is_narrower_than_required_and_only_they_are_the_cause(counts, limit):
    inner = {f"{i},{j}": value for i, row in enumerate(counts) for j, value in enumerate(row)}
    protected = {cell for cell, value in inner.items() if 0 < value < limit}
    made = crossed(counts, protected)
    pattern = suppress(made)
    assert protected <= names(made, pattern.hidden)
    assert pattern.hidden.any() == bool(protected)
    for row in pattern.audit.itertuples():
        wide = max(1, 0.15 * row.value)
        assert row.low <= max(0, row.value - wide) + 1e-5
        assert row.high >= row.value + wide - 1e-5
    pd.testing.assert_frame_equal(pattern.audit, suppress(made).audit)


def test_a_range_is_open_where_nothing_limits_it():
    made = table(pd.DataFrame({"cell": ["a"], "value": [4], "why": ["rule"]}), pd.DataFrame(columns=EQUATION))
    assert suppress(made).audit[["low", "high"]].to_numpy().tolist() == [[0, np.inf]]


def test_what_everybody_knows_beforehand_limits_what_is_asked():
    cells = pd.DataFrame({"cell": ["a"], "value": [4], "why": ["rule"], "high": [4]})
    audited = suppress(table(cells, pd.DataFrame(columns=EQUATION))).audit
    assert audited[["low", "high", "needed_low", "needed_high"]].to_numpy().tolist() == [[0, 4, 3, 4]]


@pytest.mark.parametrize(
    ("states", "sentence"),
    [
        (["fixed", "free", "free"], "a: the cell must be withheld .* but is known already"),
        (["free", "fixed", "fixed"], "a: what is known already narrows this protected cell too far"),
    ],
)
def test_a_protected_cell_that_is_known_already_is_said_in_one_sentence(states, sentence):
    cells = pd.DataFrame({"cell": [*"abt"], "value": [1, 8, 9], "why": ["rule", "", ""], "state": states})
    equations = pd.DataFrame([("t", "a", 1), ("t", "b", 1), ("t", "t", -1)], columns=EQUATION)
    with pytest.raises(InputError, match=sentence):
        suppress(table(cells, equations))


@pytest.mark.parametrize(
    ("cells", "equations", "sentence"),
    [
        ({"cell": ["a"]}, [], "cells: there is no column 'value'"),
        ({"cell": ["a", "a"], "value": [1, 1]}, [], "a: the cell stands twice"),
        ({"cell": ["a"], "value": [None]}, [], "a: the cell has no value"),
        ({"cell": ["a"], "value": [-1]}, [], "a: the cell has a value outside"),
        ({"cell": ["a"], "value": [1], "kind": ["other"]}, [], "a: the cell is of an unknown kind"),
        ({"cell": ["a"], "value": [1], "cost": [0.5]}, [], "a: the cell has a cost"),
        ({"cell": ["a"], "value": [1]}, [("e", "b", 1)], "e: there is no cell 'b'"),
        (
            {"cell": ["a", "t"], "value": [1, 2]},
            [("e", "a", 1), ("e", "t", -1)],
            "e: the values miss the equation by 1",
        ),
    ],
)
def test_a_table_that_cannot_be_is_refused_in_one_sentence(cells, equations, sentence):
    with pytest.raises(InputError, match=sentence):
        table(pd.DataFrame(cells), pd.DataFrame(equations, columns=EQUATION))
