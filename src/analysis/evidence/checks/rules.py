"""All rules by the kind of case they judge, and the check of a whole register."""

import pandas as pd

from analysis.evidence.checks import arithmetic, asked, group_sizes, means, order, repeats, sums, whole, wording
from analysis.evidence.checks.cases import all_cases
from analysis.evidence.checks.findings import Rule, judge
from analysis.inputs.relations import Relations

RULES: dict[str, Rule] = {
    "whole_numbers": whole.whole_numbers,
    "grim": whole.grim,
    "one_quantity": repeats.one_quantity,
    "duplicate_rows": repeats.duplicate_rows,
    "table": repeats.table,
    "single_choice": sums.single_choice,
    "parts": sums.parts,
    "subgroups": sums.subgroups,
    "group_sizes": group_sizes.group_sizes,
    "ranking": order.ranking,
    "range": order.within_range,
    "mean_of_counts": means.mean_of_counts,
    "asked": asked.asked,
    "register": asked.register,
    "word": wording.word,
    "arithmetic": arithmetic.arithmetic,
    "reference": arithmetic.reference,
}


def check(figures: pd.DataFrame, relations: Relations | None = None) -> pd.DataFrame:
    """The findings of all rules on a register: one row a case, the gravest first (columns of `findings.COLUMNS`).

    No rule reads an id, a note or anything about synthetic answers; ids only say which records refer to which.
    """
    return judge(all_cases(figures, relations or Relations()), RULES)
