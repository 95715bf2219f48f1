"""Tables with their margins as one system, differencing, merging, and what of it is released."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.reports.disclosure import differencing, rules
from analysis.reports.disclosure.control import release
from analysis.reports.disclosure.linked import Layout, tabulate
from analysis.reports.disclosure.merging import Step, merge
from analysis.reports.disclosure.rules import primary
from tests.reports.disclosure.disclosure_cases import respondents

PLACES = (("region", "county"),)
# County 03 of the east has two respondents: their answers, and so what would give them away, are withheld.
COUNTS = {
    **{("east", "01", "yes"): 6, ("east", "01", "no"): 5, ("east", "02", "yes"): 7, ("east", "02", "no"): 6},
    **{("east", "03", "yes"): 1, ("east", "03", "no"): 1, ("west", "11", "yes"): 8, ("west", "11", "no"): 9},
}


@pytest.fixture
def rows():
    return respondents(COUNTS, ["region", "county", "q"])


def fates(released):
    return released.table.set_index("cell")["fate"]


def test_a_layout_has_all_margins_and_the_sums_that_tie_them(rows):
    made = tabulate(rows, Layout(PLACES, "answer", "q"))
    values = made.cells.set_index("cell")["value"]
    assert values[["all", "region=east", "county=03 & q=no", "q=yes"]].tolist() == [43, 26, 1, 22]
    assert {"all by region", "region=east by county", "county=03 by q"} <= set(made.equations["equation"])


def test_missing_answers_are_never_printed_but_tie_the_base_to_the_group(rows):
    rows.loc[0, "q"] = None
    made = tabulate(rows, Layout(PLACES, "answer", "q"))
    cells = made.cells.set_index("cell")
    assert cells.loc["county=01 & q given=no", ["state", "value"]].tolist() == ["implied", 1]
    assert cells.loc["county=01 & q=yes", ["base", "base_cell"]].tolist() == [10, "county=01 & q given=yes"]


def test_a_sum_is_of_those_who_gave_a_number(rows):
    made = tabulate(rows.assign(price=[None, *range(42)]), Layout(PLACES, "amount", "price"))
    cells = made.cells.set_index("cell")
    cell = cells.loc["county=01 & price given=yes: sum of price"]
    assert cell[["value", "base"]].tolist() == [sum(range(10)), 10]
    assert cell["contributions"][:2] == (9, 8)


def test_a_small_county_takes_another_with_it(rows):
    released = release(tabulate(rows, Layout(PLACES, "answer", "q")))
    fate = fates(released)
    assert fate["county=03"] == fate["county=03 & q=yes"] == "suppressed"
    assert (fate[["county=01", "county=02"]] == "suppressed").any()
    assert fate["region=east"] == "published"
    assert released.audit["safe"].all()


def merged(rows, steps):
    def sensitive(some):
        cells = tabulate(some, Layout(PLACES, "answer", "q")).cells
        return [tuple(parts) for parts in cells.loc[primary(cells) != "", "parts"]]

    return merge(rows, steps=steps, sensitive=sensitive)


def test_merging_comes_first_and_leaves_nothing_to_withhold(rows):
    steps = [Step("county", ("01", "02"), "01-02"), Step("county", ("02", "03"), "02-03")]
    needed = merged(rows, steps[1:])
    fate = fates(release(tabulate(needed.rows, Layout(PLACES, "answer", "q"))))
    assert set(fate) == {"published"}
    assert "county=02-03 & q=yes" in fate
    assert merged(rows, steps[:1]).log["taken"].tolist() == [False]


def test_a_class_in_which_nobody_answered_is_merged_by_its_name():
    sizes = pd.CategoricalDtype(["small", "middle", "large"], ordered=True)
    rows = pd.DataFrame({"size": pd.Series(["small"] * 8 + ["middle"] * 2, dtype=sizes)})
    steps = [Step("size", ("middle", "large"), "larger"), Step("size", ("small", "larger"), "any")]

    def sensitive(some):
        cells = tabulate(some, Layout((("size",),))).cells
        return [tuple(parts) for parts in cells.loc[primary(cells) != "", "parts"]]

    found = merge(rows, steps=steps, sensitive=sensitive)
    assert found.log["taken"].tolist() == [True, True]
    assert found.rows["size"].cat.categories.tolist() == ["any"]


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (Step("place", ("01",), "x"), "merging, step 1: there is no dimension 'place'"),
        (Step("county", ("09",), "x"), "merging, step 1: county has no value '09'"),
        (Step("county", ("01", "02"), "11"), "merging, step 1: '11' is another value of county"),
    ],
)
def test_a_step_that_cannot_be_taken_is_said_in_one_sentence(rows, step, sentence):
    with pytest.raises(InputError, match=sentence):
        merged(rows, [step])


@pytest.mark.parametrize(
    ("change", "layout", "sentence"),
    [
        ({}, Layout((("size",),)), "rows: there is no column 'size'"),
        ({"region": None}, Layout(PLACES), "region: a respondent has no value"),
        ({"county": "01"}, Layout(PLACES), "county: '01' lies in two values of region"),
    ],
)
def test_rows_that_do_not_fit_the_layout_are_said_in_one_sentence(rows, change, layout, sentence):
    with pytest.raises(InputError, match=sentence):
        tabulate(rows.assign(**change), layout)


def test_what_leaves_holds_neither_value_nor_reason_of_a_withheld_cell(rows):
    released = release(tabulate(rows, Layout(PLACES, "answer", "q")))
    withheld = released.table[released.table["fate"] == "suppressed"]
    assert len(withheld)
    assert withheld["value"].isna().all()
    why = released.pattern.set_index("cell")["why"]
    assert why["county=03"] == rules.FEW
    assert rules.FOR_OTHERS in set(why)


def test_a_share_is_told_only_with_its_base():
    # All three of size 1 said yes, so that the upper end of the range needs the base itself to be withheld.
    counts = {("1", "yes"): 3, ("2", "yes"): 5, ("2", "no"): 7, ("3", "yes"): 6, ("3", "no"): 8}
    made = tabulate(respondents(counts, ["size", "q"]), Layout((("size",),), "answer", "q"))
    told = release(made).table.set_index("cell")
    assert told.loc["q=yes", "ratio"] == 14 / 29
    assert told.loc["size=1", "fate"] == "suppressed"
    shown = told[told["ratio"].notna()]
    assert (shown["fate"] == "published").all()
    assert (told.loc[shown["base_cell"], "fate"] == "published").all()


combination = st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.sampled_from(["yes", "no"]))


@settings(max_examples=15, deadline=None)
@given(st.lists(combination, min_size=1, max_size=40))
def test_published_cells_are_unchanged_and_nothing_is_withheld_without_cause(answers):
    rows = pd.DataFrame(answers, columns=["size", "region", "q"])
    made = tabulate(rows, Layout((("size",), ("region",)), "answer", "q"))
    released = release(made)
    true = made.cells.set_index("cell")["value"]
    shown = released.table[released.table["fate"] == "published"].set_index("cell")["value"]
    pd.testing.assert_series_equal(shown, true[shown.index])
    assert released.audit["safe"].all()
    assert (len(shown) < len(true)) == (len(released.audit) > 0)


ALL = [f"u{place}" for place in range(12)]


def test_groups_that_differ_by_fewer_than_three_are_not_both_published():
    groups = {"all": ALL, "most": ALL[2:], "many": ALL[3:], "again": ALL}
    assert differencing.too_close(groups).to_numpy().tolist() == [
        ["all", "most", 2],
        ["most", "many", 1],
        ["most", "again", 2],
    ]
    assert differencing.withheld(groups) == ("most",)
    assert differencing.withheld({"one": ["a", "b"], "other": ["b", "c"]}) == ("other",)


def test_three_groups_together_do_not_give_away_the_respondent_whom_no_two_of_them_do():
    # All, less the first and the second half, is one respondent, though any two groups differ by many.
    groups = {"all": [*ALL, "last"], "first": ALL[:6], "second": ALL[6:]}
    assert differencing.withheld(groups) == ()
    answers = {unit: "yes" if place % 2 else "no" for place, unit in enumerate(groups["all"])}
    released = release(differencing.system([differencing.remainders(groups, answers=answers, item="q")]))
    assert set(released.audit["why"]) == {rules.DIFFERENCE}
    assert released.audit[["low", "high"]].to_numpy().tolist() == [[0, 1], [0, 1]]
    assert (released.table["fate"] == "suppressed").any()
    assert not released.table["cell"].str.startswith("only in").any()


def test_an_item_that_nobody_answered_is_said_in_one_sentence():
    with pytest.raises(InputError, match="q: nobody answered"):
        differencing.remainders({"all": ALL}, answers={}, item="q")
