"""Which figures of which waves can be compared, concept by concept: what is empty is a result too."""

from collections.abc import Sequence
from itertools import combinations

import pandas as pd

from analysis.inputs.concepts import Concepts, Kind

USES = {"A": "subtract", "B": "subtract", "C": "beside", "D": "name"}
NO_FIGURE, NEITHER, APART = "no_figure", "neither", "apart"


def matrix(concepts: Concepts) -> pd.DataFrame:
    """Every concept of the surveys by every pair of rounds that its kind is measured in: a row each, as in the files.

    Columns: concept, kind, reference_wave (that which stands first among the rounds), wave, grade, status. `status`:
    `graded`; `no_figure` where one of the two rounds has none, `neither` where both have none; `apart` where both have
    one and the pair is graded in rows of its own, as Sweden's rounds are in its series. Website scores are left
    out: their rounds are another kind.
    """
    rows = []
    for concept in concepts.concepts:
        if concept.kind == "website":
            continue
        measured = concepts.measured(concept.concept_id)
        for first, second in combinations(rounds_of(concepts, concept.kind), 2):
            grade = concepts.graded.get((concept.concept_id, frozenset((first, second))))
            status = (
                (NEITHER, NO_FIGURE, APART)[(first in measured) + (second in measured)] if grade is None else "graded"
            )
            rows.append((concept.concept_id, concept.kind, first, second, grade.grade if grade else "", status))
    return pd.DataFrame(rows, columns=["concept", "kind", "reference_wave", "wave", "grade", "status"])


def rounds_of(concepts: Concepts, kind: Kind) -> list[str]:
    """The rounds that any concept of a kind is measured in, Norway's before Sweden's, each country's by year."""
    ids = {concept.concept_id for concept in concepts.concepts if concept.kind == kind}
    used = {measure.wave for measure in concepts.measures if measure.concept_id in ids}
    return [wave for wave in concepts.rounds if wave in used]


def tally(table: pd.DataFrame) -> pd.DataFrame:
    """How many concepts each pair of rounds can subtract (A, B), put side by side (C) or only name (D), and how many
    only one of the two asked about (`none`): one row a pair, in the order of the matrix.
    """
    uses = table["grade"].map(USES).where(table["status"] != NO_FIGURE, "none")
    counted = table.assign(use=uses).dropna(subset="use")
    wide = counted.pivot_table(index=["reference_wave", "wave"], columns="use", aggfunc="size", sort=False)
    pairs = pd.MultiIndex.from_frame(table[["reference_wave", "wave"]].drop_duplicates())
    columns = ["subtract", "beside", "name", "none"]
    return wide.reindex(index=pairs, columns=columns).fillna(0).astype("int64").rename_axis(columns=None).reset_index()


def wide(table: pd.DataFrame, pairs: Sequence[tuple[str, str]], *, kind: Kind) -> pd.DataFrame:
    """The grades with a row a concept and a column a pair; concepts without a graded pair among these come last.

    A cell holds the grade, or the status where there is none.
    """
    rows = table[table["kind"] == kind].copy()
    rows["cell"] = rows["grade"].where(rows["grade"] != "", rows["status"])
    order = list(dict.fromkeys(rows["concept"]))
    found = rows.set_index(["concept", "reference_wave", "wave"])["cell"].unstack(["reference_wave", "wave"])
    cells = found.reindex(index=order, columns=pd.MultiIndex.from_tuples(pairs))
    graded = cells.isin(list(USES)).any(axis=1)
    return pd.concat([cells[graded], cells[~graded]])
