"""Cleaning of survey answers: each rule of the typed data on a survey worked out by hand."""

from dataclasses import replace

import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.inputs import cleaning
from analysis.inputs.corrections import Correction
from analysis.inputs.microdata import Delivery
from tests.raw_survey import COLUMNS, FRAME, ROWS, cleaned, raw, wave

ITEMS = COLUMNS[3:-1]
# A wave with so few rows that one answer is a fifth of an item.
LENIENT = {"invalid_max": 1.0}


def answers(result, code):
    return list(result.data.set_index("code").loc[code, ITEMS])


def logged(result, row, variable):
    found = result.log[(result.log["row"] == row) & (result.log["variable"] == variable)]
    assert len(found) == 1
    return found.iloc[0]


def test_codes_become_the_values_of_options_and_routed_out_items_a_tag():
    result = cleaned()
    assert answers(result, "0101") == [1, 2, 1, 0, 0, 12, 1]
    assert answers(result, "0102") == [0, -1, 0, 0, 1, 3, 2]
    assert answers(result, "0201") == [1, 1, 1, 1, 0, 0, -6]
    assert answers(result, "0202") == [-7] * 7


def test_free_text_stays_text_and_is_missing_where_nothing_is_written():
    remarks = cleaned((2, "remarks", "=CMD()<b>")).data.set_index("code")["remarks"]
    assert remarks["0101"] == "=CMD()<b>"
    assert remarks.isna().sum() == 3


def coded_texts(*changes):
    """The survey with its free text coded into the ticks of the block; row 2 alone has a text."""
    description = wave()
    *others, text = description.items
    coded = text.model_copy(update={"block": "help", "module": "general"})
    return cleaned(*changes, description=replace(description, items=(*others, coded)))


def test_a_free_text_and_its_themes_go_together():
    result = coded_texts((3, "remarks", "fine"), (4, "remarks", "secret"), (4, "help_state", ""), (4, "help_peers", ""))
    found = result.log[result.log["kind"] == "check"]
    assert found[["row", "variable", "reason"]].to_numpy().tolist() == [
        [4, "remarks", "a free text without a theme"],
    ]
    assert not found["before"].str.contains("secret").any()
    assert coded_texts((3, "help_none", "")).log["kind"].eq("check").sum() == 1
    assert coded_texts((2, "remarks", "")).log["reason"].eq("a theme without a free text").sum() == 3


def test_what_a_free_text_is_coded_into_is_no_question_of_its_own():
    # Of the first module 0201 then answers two of four questions; where the block is no question, one of three.
    changes = ((4, "plan_use", ""), (4, "staff", ""))
    assert list(cleaned(*changes).data["disposition"])[2] == "P"
    assert "0201" not in set(coded_texts(*changes).data.query("disposition in ['I', 'P']")["code"])


def test_modules_and_dispositions_follow_the_rule_of_the_wave():
    data = cleaned().data.set_index("code")
    assert list(data["answered_general"]) == [True, True, True, False]
    assert list(data["answered_school"]) == [True, True, False, False]
    assert list(data["disposition"]) == ["I", "I", "P", "NC"]
    assert list(data["role"])[:3] == ["head"] * 3
    assert list(cleaned().modules["school"]) == ["I", "I", "NC", "NC"]


def test_by_default_the_share_of_applicable_questions_decides():
    result = cleaned(description=wave(dispositions={}))
    # 0201 answers 4 of 5 questions: plan, its use, the block and staff, not pupils. 0102 has no follow-up: 4 of 4.
    assert list(result.data["disposition"]) == ["I", "I", "I", "NC"]
    result = cleaned((4, "staff", ""), description=wave(dispositions={}))
    assert list(result.data["disposition"])[2] == "P"


def test_a_dont_know_that_the_scale_tags_is_no_answer():
    result = cleaned((2, "plan", "9"))
    assert answers(result, "0101")[:2] == [-3, 2]
    assert logged(result, 2, "plan")["reason"] == "no answer: x"


def test_an_answer_that_was_not_asked_is_taken_out_and_logged():
    result = cleaned((3, "plan_use", "2"))
    assert answers(result, "0102")[1] == -1
    entry = logged(result, 3, "plan_use")
    assert (entry["before"], entry["after"]) == ("2", "-1")
    assert entry["reason"] == "answered though not asked: plan is not yes"


def test_a_follow_up_stays_blank_where_its_filter_is_missing():
    assert answers(cleaned((2, "plan", ""), (2, "plan_use", "")), "0101")[:2] == [-4, -4]


def test_a_block_without_a_tick_is_left_blank_not_unticked():
    for nothing in ("", "0"):
        result = cleaned((2, "help_state", nothing))
        assert answers(result, "0101")[2:5] == [-4, -4, -4]


def test_an_exclusive_option_with_another_makes_the_block_invalid():
    result = cleaned((2, "help_none", "1"))
    assert answers(result, "0101")[2:5] == [-5, -5, -5]
    assert logged(result, 2, "help_none")["reason"] == "an exclusive option with another one"


@pytest.mark.parametrize(("item", "text"), [("plan", "3"), ("plan", "ja"), ("staff", "1.5"), ("staff", "901")])
def test_a_value_off_its_scale_is_invalid_and_logged(item, text):
    result = cleaned((3, item, text), description=wave(**LENIENT))
    assert result.data.set_index("code").loc["0102", item] == -5
    assert logged(result, 3, item)["before"] == text
    assert logged(result, 3, item)["reason"].startswith("off the scale")


def test_many_values_off_the_scale_are_a_wrong_match_of_codes():
    with pytest.raises(InputError, match="'7' and 1 more of 3 answers are off the scale of plan; match the codes"):
        cleaned((3, "plan", "7"), (4, "plan", "7"))


def test_an_item_without_any_answer_is_not_in_the_file():
    with pytest.raises(InputError, match="no row has an answer to the item staff; leave its variable empty"):
        cleaned(*[(row, "staff", "") for row in (2, 3, 4)])


@pytest.mark.parametrize(("label", "tag"), [("Vet ikke", -3), ("ej aktuellt", -2), ("ubesvart", -4), ("", -4)])
def test_user_missing_values_become_what_their_label_means(label, tag):
    labels = {"staff": {"999": label}} if label else {}
    result = cleaned((2, "staff", "999"), value_labels=labels, missing={"staff": ((990.0, 999.0),)})
    assert answers(result, "0101")[5] == tag
    assert "declared missing" in logged(result, 2, "staff")["reason"]


def test_a_code_of_items_csv_wins_over_the_files_declaration():
    assert answers(cleaned(missing={"plan": ((1.0, 1.0),)}), "0101")[0] == 1


def test_a_late_answer_is_dropped_and_logged():
    result = cleaned((4, "day", "2013-07-01"))
    assert list(result.data["disposition"]) == ["I", "I", "NC", "NC"]
    dropped = result.log[result.log["kind"] == "dropped row"]
    assert list(dropped["row"]) == [4]
    assert dropped["reason"].iloc[0] == "a late answer: after the freeze date 2013-06-30"
    assert not (result.log[result.log["row"] == 4]["kind"] == "recode").any()


def test_of_two_rows_the_most_complete_stays_and_then_the_latest():
    less = ("0101", "2013-03-09", "clerk", "1", "", "1", "", "", "", "1", "")
    same = ("0102", "2013-03-09", *ROWS[1][2:])
    result = cleaned(more=(less, same))
    reasons = result.log[result.log["kind"] == "dropped row"].set_index("row")["reason"]
    assert reasons.to_dict() == {
        5: "a second informant: row 2 of the unit stays",
        3: "a duplicate: row 6 of the unit stays",
    }
    assert result.data.set_index("code").loc["0102", "answered_on"] == pd.Timestamp("2013-03-09")
    flow = result.flow.set_index("step")["count"]
    assert flow["rows in the file"] == flow["rows kept"] + flow["rows dropped"] == 5


def test_duplicates_are_refused_where_no_rule_is_stated():
    with pytest.raises(InputError, match=r"row 5.*0101 stands already in row 2; keep one of them, or state a rule"):
        cleaned(more=(ROWS[0],), description=wave(duplicates="refuse"))


def test_the_crosstab_counts_every_coded_cell_once():
    recodes = cleaned().recodes
    plan = recodes[recodes["item"] == "plan"]
    assert list(zip(plan["before"], plan["after"], plan["cells"], strict=True)) == [("1", 1, 2), ("2", 0, 1)]
    assert recodes[recodes["item"] == "help_peers"]["cells"].sum() == 3
    assert recodes[recodes["item"] == "pupils"].query("after == -6")["cells"].sum() == 1


def test_items_without_a_variable_are_left_out_and_listed():
    description = wave()
    items = tuple(item.model_copy(update={"variable": ""}) if item.item == "staff" else item for item in wave().items)
    description = type(description)(file=description.file, items=items, options=description.options)
    result = cleaned(description=description)
    assert result.not_in_file == ("staff",)
    assert "staff" not in result.data


def test_a_status_states_why_a_unit_has_no_answer():
    rules = {"dispositions": {"complete_modules": 2, "partial_modules": 1, "statuses": {"refused": "R"}}}
    description = wave(responses={"file": "responses.csv", "answered_on": "day", "status": "who"}, **rules)
    result = cleaned((4, "who", "refused"), description=description)
    assert list(result.data["disposition"]) == ["I", "I", "R", "NC"]


def test_coded_roles_and_unit_types_are_read_by_their_labels():
    table = raw().assign(who="1", kind=["1", "1", "Kommune"])
    labels = {"who": {"1": "chief executive"}, "kind": {"1": "kommune"}}
    responses = {"file": "responses.csv", "answered_on": "day", "role": "who", "unit_type": "kind"}
    delivery = Delivery(table, value_labels=labels)
    data = cleaning.clean(delivery, wave=wave(responses=responses), frame=FRAME).data
    assert list(data["role"].dropna().unique()) == ["chief executive"]
    assert list(data["disposition"]) == ["I", "I", "P", "NC"]


def test_every_unit_of_the_frame_has_one_row():
    assert list(cleaned().data["code"]) == list(FRAME["code"])


def test_a_correction_says_which_unit_a_code_stands_for():
    about = {"unit_type": "municipality", "code": "0301", "variable": "code", "decision": "0000"}
    record = Correction(**about, expect="0301", value="0102", reason="answered after the merger, for its own part")
    delivery = Delivery(raw((3, "code", "0301")))
    with pytest.raises(InputError, match=r"'0301' is no municipality .* or by a record in corrections\.yml"):
        cleaning.clean(delivery, wave=wave(), frame=FRAME)
    result = cleaning.clean(delivery, wave=wave(), frame=FRAME, records=(record,))
    assert answers(result, "0102")[0] == 0
    assert result.log["kind"].value_counts()["correction"] == 1


LIFECYCLE = {
    "freeze_date": None,
    "lifecycle": {"published": "published", "freeze_date": "2013-04-01"},
    "responses": {
        "file": "responses.csv",
        "answered_on": "day",
        "status": "who",
        "published_on": "published",
        "assessment": "number",
    },
    "dispositions": {"statuses": {"draft": "R"}},
}


def test_of_many_assessments_the_latest_published_by_the_day_counts():
    table = raw(more=(ROWS[0], ROWS[0], ROWS[0]))
    table["who"] = ["published", "draft", "published", "published", "published", "published"]
    table["published"] = ["2013-03-02", "", "2013-04-02", "2013-04-01", "2013-04-02", "2013-04-01"]
    table["number"] = ["1", "1", "1", "2", "3", "2"]
    result = cleaning.clean(Delivery(table), wave=wave(**LIFECYCLE), frame=FRAME)
    reasons = result.log[result.log["kind"] == "dropped row"].set_index("row")["reason"].to_dict()
    assert reasons == {
        3: "not published: status draft",
        4: "published after the extract of 2013-04-01",
        6: "published after the extract of 2013-04-01",
        5: "a duplicate: row 7 of the unit stays",
        2: "an older assessment: that of row 7 stays",
    }
    assert list(result.data["disposition"]) == ["I", "R", "NC", "NC"]
    assert str(result.data["published_on"].iloc[0]) == "2013-04-01 00:00:00"
