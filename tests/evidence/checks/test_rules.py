"""Each rule on cases that were worked out by hand, one value away from a register that fits."""

import pytest

from analysis.evidence.checks.cases import all_cases
from analysis.evidence.checks.findings import smallest_correction
from analysis.evidence.checks.group_sizes import rows_of, solve
from analysis.evidence.checks.rules import RULES, check
from tests.evidence.checks import made_up

FITS, ROUNDS, UNKNOWN, WRONG = "consistent", "explained by rounding", "not testable", "inconsistent"


def outcome(relation: str, **changes: dict[str, object]):
    figures = made_up.figures({key.replace("_", "-"): change for key, change in changes.items()})
    found = check(figures, made_up.relations(relation))
    return found[found["about"] == relation].iloc[0]


def alone(rule: str, key: str, **change: object):
    found = check(made_up.figures({key: change}))
    return found[(found["rule"] == rule) & (found["about"] == key)].iloc[0]


def test_a_percentage_needs_a_whole_number_of_its_base() -> None:
    assert alone("whole_numbers", "yes")["arithmetic"].startswith("45% of 40 is 18;")
    wrong = alone("whole_numbers", "yes-large", value="72")
    assert (wrong["verdict"], wrong["correction"], wrong["severity"]) == (WRONG, "70% instead of 72%", "moderate")


@pytest.mark.parametrize(
    "change",
    [
        {"base_n": None, "base_status": ""},
        {"base_status": "upper_bound"},
        {"base_status": "other_unit"},
        {"base_n": 141},
        {"precision": "verbal"},
    ],
)
def test_what_leaves_every_percentage_possible_is_not_testable(change: dict[str, object]) -> None:
    assert alone("whole_numbers", "no", **change)["verdict"] == UNKNOWN


def test_a_mean_needs_a_whole_total_where_the_base_is_small() -> None:
    assert alone("grim", "mean-staff")["verdict"] == FITS
    assert alone("grim", "mean-staff", value="3.5")["verdict"] == WRONG  # 24 / 7 is 3.4, 25 / 7 is 3.6
    assert alone("grim", "mean-things")["verdict"] == UNKNOWN


def test_one_quantity_is_one_number_within_rounding() -> None:
    assert alone("one_quantity", "yes", value="47")["verdict"] == WRONG
    assert (
        alone("one_quantity", "yes", value="44.9", precision="one_decimal", base_n=None, base_status="")["verdict"]
        == FITS
    )


def test_two_equal_rows_of_one_place_are_found() -> None:
    figures = made_up.figures()
    twice = figures.assign(figure_id=figures["figure_id"] + "-copy", quantity_id=figures["quantity_id"] + "-copy")
    found = check(type(figures)(figures.to_dict("records") + twice.iloc[[3]].to_dict("records")))
    row = found[found["rule"] == "duplicate_rows"].iloc[0]
    assert (row["verdict"], row["figures"], row["severity"]) == (WRONG, "yes; yes-copy", "slight")


def test_equal_rows_of_a_printed_table_are_found() -> None:
    same = {"label_en": "the same", "answer_category": "", "sector": "", "value": "45"}
    row = outcome("table", yes=same, no=same)
    assert (row["verdict"], row["correction"]) == (WRONG, "one row instead of rows 1 and 3")


def test_a_single_choice_is_whole_numbers_that_sum_to_its_base() -> None:
    assert outcome("choice")["verdict"] == FITS
    off = outcome("choice", no={"value": "23"})  # 9 of 40, so 41 answers
    assert off["verdict"] == WRONG
    assert "18, 14, 9, together 41, and they should be all 40" in off["arithmetic"]
    # 100.2 of 3 bases: a third each prints 33 and sums to 99
    thirds = {key: {"value": "33", "base_n": 3} for key in ("yes", "partly", "no")}
    assert outcome("choice", **thirds)["verdict"] == ROUNDS


def test_an_open_choice_may_leave_answers_out_and_not_exceed_all() -> None:
    assert outcome("open-choice")["verdict"] == FITS
    assert outcome("open-choice", no={"value": "58"})["verdict"] == WRONG


def test_a_base_that_is_only_limited_is_tried_at_every_size() -> None:
    limited = {key: {"base_status": "upper_bound", "base_n": 7} for key in ("yes", "partly", "no")}
    shares = {"yes": {"value": "43"}, "partly": {"value": "43"}, "no": {"value": "14"}}
    fits = outcome("choice", **{key: limited[key] | shares[key] for key in limited})  # 3, 3 and 1 of 7
    assert fits["verdict"] == FITS
    assert "the largest 7" in fits["arithmetic"]
    assert outcome("choice", **limited)["verdict"] == WRONG  # 45, 35 and 20 need a base of 20


def test_parts_sum_to_their_whole() -> None:
    assert outcome("status", projects_new={"value": "21"})["verdict"] == WRONG
    assert outcome("either", yes_or_partly={"value": "79"})["verdict"] == WRONG  # no whole number of 40
    rounded = {"yes": {"value": "34"}, "partly": {"value": "34"}, "yes_or_partly": {"value": "67"}}
    unknown = {key: change | {"base_status": "upper_bound"} for key, change in rounded.items()}
    assert outcome("either", **unknown)["verdict"] == ROUNDS


def test_groups_give_the_total_for_some_counts() -> None:
    assert outcome("sizes")["verdict"] == FITS
    assert outcome("sizes", yes_small={"value": "43"})["verdict"] == WRONG  # 13 of 30 and 7 of 10 are 20 of 40
    assert "13" not in outcome("sizes")["correction"]


def test_a_ranking_is_as_claimed_and_its_ties_are_said() -> None:
    assert outcome("order")["verdict"] == FITS
    assert outcome("order", partly={"value": "45"})["arithmetic"] == "in the order 45%, 45%; tied: 45%"
    assert outcome("order", partly={"value": "48"})["verdict"] == WRONG
    left_out = outcome("order", no={"value": "38"})
    assert (left_out["verdict"], left_out["figures"]) == (WRONG, "partly; no")


def test_a_value_lies_within_its_range() -> None:
    assert outcome("staff", mean_staff={"value": "6.1"})["verdict"] == WRONG
    assert outcome("staff", mean_staff={"value": "0.9"})["verdict"] == WRONG
    assert outcome("staff", mean_staff={"value": "6.0"})["verdict"] == FITS


def test_shares_give_the_mean_number() -> None:
    fits = outcome("things-of")
    assert (fits["verdict"], fits["arithmetic"]) == (
        FITS,
        "a mean of 0.8 over 40 is a sum of 30 to under 34; the shares allow 32 to 32",
    )
    assert outcome("things-of", mean_things={"value": "0.9"})["verdict"] == WRONG
    assert outcome("things-of", things={"value": "3"}, mean_things={"value": "1.8"})["verdict"] == FITS  # one unseen


def test_of_conflicting_values_any_choice_that_fits_is_enough() -> None:
    relations = made_up.relations("things-of")
    more = type(relations.members[0])(relation_id="things-of", role="item", figure_id="nearly-half")
    both = type(relations)(relations.relations, (*relations.members, more), relations.references, relations.terms)
    conflict = made_up.figures({"nearly-half": {"quantity_id": "partly", "sector": "roads"}})
    row = check(conflict, both).set_index("about").loc["things-of"]  # 18 + 14 fits, 18 + 19 is 37
    assert row["verdict"] == FITS
    assert "1 of the 2 ways" in row["arithmetic"]


def test_no_more_units_answer_than_were_asked() -> None:
    over = outcome("bases", partly={"base_n": 43})
    assert (over["verdict"], over["figures"], over["severity"]) == (WRONG, "replied; partly", "moderate")
    assert over["correction"] == "43 instead of 40, or a base of 40 instead of a base of 43"
    assert outcome("replies", replied={"value": "61", "base_n": None, "base_status": ""})["verdict"] == WRONG


def test_a_survey_and_a_register_are_of_the_same_units() -> None:
    fits = outcome("network")
    assert fits["verdict"] == FITS
    assert fits["arithmetic"].endswith("15 of the 20 answered, and 25 of the other 40")
    assert outcome("network", network_said={"value": "21"})["verdict"] == WRONG
    assert outcome("network", network_listed={"value": "36"})["verdict"] == WRONG  # 21 more, and 20 did not answer


def test_a_word_reaches_as_far_as_its_tolerance() -> None:
    assert outcome("word")["verdict"] == FITS
    assert outcome("word", nearly_half={"value": "55"})["verdict"] == FITS  # 22 of 40
    assert outcome("word", nearly_half={"value": "58"})["verdict"] == WRONG  # 23 of 40 is 57.5
    free = {"base_n": None, "base_status": ""}
    assert outcome("word", nearly_half=free | {"value": "44.9", "precision": "one_decimal"})["verdict"] == WRONG
    assert outcome("word", nearly_half=free | {"value": "56"})["verdict"] == WRONG


def test_arithmetic_holds_within_rounding() -> None:
    assert outcome("share")["verdict"] == ROUNDS or outcome("share")["verdict"] == FITS
    assert outcome("product")["verdict"] == FITS
    assert outcome("product", cost={"value": "62"})["verdict"] == ROUNDS  # 11.5 x 4.5 to 12.5 x 5.5
    wrong = outcome("product", cost={"value": "90"})
    assert (wrong["verdict"], wrong["correction"], wrong["severity"]) == (WRONG, "60 instead of 90", "serious")


def test_a_fact_of_another_date_is_named_where_it_fits() -> None:
    wrong = outcome("frame", asked={"value": "58"})
    assert wrong["verdict"] == WRONG
    assert wrong["arithmetic"].endswith("(facts of 2020-01-01); it fits the facts of 2021-01-01")


def test_a_number_that_may_be_zero_divides_nothing() -> None:
    assert outcome("share", asked={"value": "0", "base_n": None, "base_status": ""})["verdict"] == UNKNOWN


def test_group_sizes_are_solved_from_numbers_and_shares() -> None:
    case = next(
        case for case in all_cases(made_up.figures(), made_up.relations("regions")) if case.kind == "group_sizes"
    )
    found = solve(rows_of(case), total=20)
    assert found.possible == ((8,), (12,))
    assert found.solutions == ((8, 12),)
    assert outcome("regions", towns={"value": "21"})["verdict"] == WRONG


def test_the_smallest_correction_names_every_change_of_its_size() -> None:
    figures = made_up.figures({"projects": {"value": "58"}})
    case = next(case for case in all_cases(figures, made_up.relations("status")) if case.label == "status")
    text, steps = smallest_correction(case, RULES["parts"])
    assert steps == 1
    assert text == "57 instead of 58, or 21 instead of 20, or 31 instead of 30, or 8 instead of 7"
