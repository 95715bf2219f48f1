"""Figures of one question whose base is uncertain: only a base that gives all of them can be theirs."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from analysis.evidence.aggregates.bases import feasible_bases
from analysis.evidence.aggregates.readings import WITH_FRAME, Reading
from analysis.inputs.register import DECIMALS
from analysis.inputs.relations import Relations

JOINT = "joint_base"


def jointly(figures: pd.DataFrame, readings: Mapping[str, Reading], relations: Relations) -> dict[str, Reading]:
    """The readings by figure id, those of a question's answers with the bases that give every one of them.

    A question is a declared single choice of which several answers are percentages in numerals, all read with the same
    set of bases. Where it is complete, the counts must also add up to the base. A question that no base gives keeps its
    bases: that is a finding, and no reason to drop a figure. Source: methods of this project, section 4.2.
    """
    rows = figures.set_index("figure_id")
    found = dict(readings)
    for relation in relations.relations:
        if relation.kind != "single_choice":
            continue
        options = [m.figure_id for m in relations.members if m.relation_id == relation.relation_id and m.figure_id]
        options = [one for one in options if one in found]
        own = {one: found[one] for one in options if found[one].kind in WITH_FRAME}
        bases, printed = {one.bases for one in own.values()}, rows.loc[list(own), ["value", "precision"]]
        if len(own) < 2 or len(bases) != 1 or len(*bases) < 2 or printed["precision"].nunique() > 1:
            continue
        left = feasible_bases(
            printed["value"].tolist(),
            bases=next(iter(bases)),
            decimals=DECIMALS[printed["precision"].iloc[0]],
            complete=relation.how == "complete" and len(own) == len(options),
        )
        if left and {left} != bases:
            found |= {key: replace(one, bases=left, flags=(*one.flags, JOINT)) for key, one in own.items()}
    return found
