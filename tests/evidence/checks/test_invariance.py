"""No rule reads an id, a note or anything about synthetic answers, and consistent figures give no finding."""

from dataclasses import fields, replace

import pandas as pd
import pytest

from analysis.evidence.checks.cases import Printed
from analysis.evidence.checks.findings import INCONSISTENT, ROUNDING
from analysis.evidence.checks.rules import RULES, check
from analysis.inputs.register import load_register
from analysis.inputs.relations import Relations, load_relations
from tests.evidence.checks import made_up

IDS = ("figure_id", "quantity_id")


@pytest.fixture(scope="module")
def register() -> tuple[pd.DataFrame, Relations]:
    figures = load_register().figures
    return figures, load_relations(figures)


@pytest.fixture(scope="module")
def findings(register: tuple[pd.DataFrame, Relations]) -> pd.DataFrame:
    return check(*register)


def renamed(figures: pd.DataFrame, relations: Relations) -> tuple[pd.DataFrame, Relations, dict[str, str]]:
    """The same register with other ids, which sort the other way round; what was equal stays equal."""
    known = sorted({value for column in IDS for value in figures[column]}, reverse=True)
    new = {old: f"f{number:04}" for number, old in enumerate(known)}
    table = figures.assign(**{column: figures[column].map(new) for column in IDS}, note="", base_note="")
    kept = {relation.relation_id: f"r{number}" for number, relation in enumerate(relations.relations)}
    records = {record.reference_id: f"q{number}" for number, record in enumerate(relations.references)}
    changed = replace(
        relations,
        relations=tuple(r.model_copy(update={"relation_id": kept[r.relation_id]}) for r in relations.relations),
        members=tuple(
            m.model_copy(
                update={
                    "relation_id": kept[m.relation_id],
                    "figure_id": new.get(m.figure_id or ""),
                    "reference_id": records.get(m.reference_id or ""),
                }
            )
            for m in relations.members
        ),
        references=tuple(r.model_copy(update={"reference_id": records[r.reference_id]}) for r in relations.references),
    )
    return table, changed, new


def test_other_ids_and_no_notes_give_the_same_findings(
    register: tuple[pd.DataFrame, Relations], findings: pd.DataFrame
) -> None:
    table, relations, new = renamed(*register)
    again = check(table, relations)
    named = findings["figures"].map(lambda keys: "; ".join(new[key] for key in keys.split("; ")))
    pd.testing.assert_frame_equal(again, findings.assign(figures=named))


def test_a_rule_cannot_see_notes_or_what_carries_a_synthetic_answer() -> None:
    assert not {"note", "base_note", "carrier", "figure_id"} & {field.name for field in fields(Printed)}


def test_a_register_without_contradictions_gives_no_finding() -> None:
    found = check(made_up.figures(), made_up.relations())
    assert set(found["rule"]) == set(RULES)
    assert not found["verdict"].isin([INCONSISTENT, ROUNDING]).any()
    assert (found[["severity", "correction"]] == "").all().all()


def test_a_register_without_relations_is_checked_figure_by_figure() -> None:
    found = check(made_up.figures())
    assert set(found["rule"]) == {"whole_numbers", "grim", "one_quantity", "duplicate_rows"}


def test_the_order_of_the_rows_changes_no_verdict() -> None:
    backwards = check(made_up.figures({"no": {"value": "31"}}).iloc[::-1], made_up.relations())
    forwards = check(made_up.figures({"no": {"value": "31"}}), made_up.relations())
    columns = ["rule", "verdict", "severity"]
    assert sorted(map(tuple, backwards[columns].to_numpy())) == sorted(map(tuple, forwards[columns].to_numpy()))
