"""Primary rules: which cells would say too much about one respondent, whatever else is published."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import InputError

# Why a cell is protected, as keys of words. They are for the restricted pattern: `same_answer` would itself tell.
FEW = "disclosure.why.few_respondents"
SMALL_BASE = "disclosure.why.small_base"
SAME_ANSWER = "disclosure.why.same_answer"
DOMINATED = "disclosure.why.dominated"
DIFFERENCE = "disclosure.why.difference"
FOR_OTHERS = "disclosure.why.protects_others"


@dataclass(frozen=True)
class Rules:
    """The limits in force; they are not published. Counts are unweighted respondents.

    `count`: fewest in a plain count; `base`: fewest behind a percentage or mean; `same_answer`: a base below this must
    not agree; `p`: percent of the p% rule; `dominance`: (n, k) for k percent; `apart`: fewest respondents by which
    published groups differ; `others`: fewest others in a comparator group; `least` and `share`: how far the range
    that can be worked out must reach on both sides of a protected value, the larger of an amount and a share of it.
    Source: methods of this project, section 7.2.
    """

    count: int = 3
    base: int = 5
    same_answer: int = 10
    p: float = 15.0
    dominance: tuple[tuple[int, float], ...] = ((1, 75.0), (2, 90.0))
    apart: int = 3
    others: int = 5
    least: float = 1.0
    share: float = 0.15


DEFAULT = Rules()


def primary(cells: pd.DataFrame, *, rules: Rules = DEFAULT) -> pd.Series:
    """Why each cell is protected in itself, as a word key; empty where it is not. What is given in `why` stays.

    Cells without respondents are safe: there is nobody to protect. `cells` as `Table.cells`.
    """
    some = cells["base"] > 0
    small = cells["base"] < rules.base
    of_a_base = cells["kind"].isin(["answer", "mean", "amount"])
    dominated = cells["contributions"].map(lambda all_: sensitive_amount(all_, rules=rules))
    found = {
        FEW: (cells["kind"] == "count") & (cells["base"] < rules.count),
        SMALL_BASE: of_a_base & small,
        SAME_ANSWER: of_a_base & (cells["base"] < rules.same_answer) & _same_answer(cells, rules),
        DOMINATED: (cells["kind"] == "amount") & dominated,
        DIFFERENCE: (cells["kind"] == "remainder") & (cells["base"] < rules.apart),
    }
    why = cells["why"].astype(object)
    for key, rows in found.items():
        why = why.mask(rows & some & (why == ""), key)
    return why.rename("why")


def _same_answer(cells: pd.DataFrame, rules: Rules) -> pd.Series:
    """The cells of each base of which all gave the same answer, and sums to which all contributed nearly the same.

    The empty categories of such a base tell as much as the full one.
    """
    alone = (cells["kind"] == "answer") & (cells["value"] == cells["base"])
    equal = cells["contributions"].map(lambda all_: len(all_) > 0 and all_[0] == all_[-1])
    # A mean near an end of its scale leaves no respondent far from there.
    room = np.minimum(cells["value"], cells["high"] - cells["value"])
    at_an_end = (cells["kind"] == "mean") & (room * cells["base"] < rules.share * cells["high"])
    return alone.groupby([cells["base_cell"], cells["item"]]).transform("any") | equal | at_an_end


def sensitive_amount(contributions: Sequence[float], *, rules: Rules = DEFAULT) -> bool:
    """Whether the p% rule or one of the (n, k) rules protects the sum of these contributions (not negative)."""
    return p_percent(contributions, p=rules.p) or any(dominant(contributions, n=n, k=k) for n, k in rules.dominance)


def p_percent(contributions: Sequence[float], *, p: float) -> bool:
    """Whether the second largest contributor can work out the largest one to within p percent.

    T - x1 - x2 < p/100 * x1, where T is the sum and x1, x2 the largest contributions. Source: methods, section 7.2.
    """
    largest = sorted(contributions, reverse=True)
    return bool(largest) and sum(largest[2:]) < p / 100 * largest[0]


def dominant(contributions: Sequence[float], *, n: int, k: float) -> bool:
    """Whether the n largest contributions are more than k percent of the sum. Source: methods, section 7.2."""
    largest = sorted(contributions, reverse=True)
    return sum(largest[:n]) > k / 100 * sum(largest)


def comparators(
    members: Mapping[str, Collection[str]], *, own: str, rules: Rules = DEFAULT
) -> dict[str, tuple[str, ...]]:
    """The others in each comparator group, without the own unit; groups with too few others are left out.

    `members`: the units of each group that answered, in the order in which groups are shown.
    Raises InputError where no group has enough.
    """
    others = {group: tuple(sorted(set(units) - {own})) for group, units in members.items()}
    kept = {group: units for group, units in others.items() if len(units) >= rules.others}
    if not kept:
        raise InputError(
            f"{own}: no group has {rules.others} others that answered, so that there is nothing to compare it with; "
            "show its own answers alone."
        )
    return kept
