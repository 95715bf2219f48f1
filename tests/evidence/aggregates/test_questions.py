import pandas as pd

from analysis.evidence.aggregates.questions import JOINT, jointly
from analysis.evidence.aggregates.readings import Reading
from analysis.inputs.relations import Member, Relation, Relations


def question(*values: str, how: str, bases: tuple[int, ...] = tuple(range(1, 8))) -> dict[str, Reading]:
    """The readings of the answers `a`, `b`, … of one question, each alone with the same bases."""
    names = "abc"[: len(values)]
    figures = pd.DataFrame({"figure_id": list(names), "value": values, "precision": "integer"})
    asked = Relation(relation_id="q", kind="single_choice", how=how, label_en="q", source_locator="p. 1")
    members = tuple(Member(relation_id="q", role="option", figure_id=name) for name in names)
    alone = {name: Reading("candidates", bases=bases, population_size=10) for name in names}
    return jointly(figures, alone, Relations(relations=(asked,), members=members))


def test_only_bases_that_give_every_answer_of_a_question_are_left():
    found = question("50", "33", how="open")
    assert [one.bases for one in found.values()] == [(6,), (6,)]
    assert all(JOINT in one.flags for one in found.values())


def test_the_counts_of_a_complete_choice_add_up_to_the_base():
    # 17 and 50 percent are 1 and 3 of 6, which leaves 2 of 6 for another answer.
    assert question("17", "50", "33", how="complete", bases=tuple(range(1, 14)))["a"].bases == (6, 12)
    assert question("17", "50", how="complete", bases=tuple(range(1, 14)))["a"].bases == tuple(range(1, 14))


def test_a_question_that_no_base_gives_keeps_the_bases_of_each_answer():
    found = question("50", "33", how="open", bases=(5, 7))
    assert all(one.bases == (5, 7) and not one.flags for one in found.values())


def test_a_base_that_is_known_is_left_alone():
    assert question("50", "33", how="open", bases=(6,))["a"].flags == ()
