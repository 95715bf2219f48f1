"""Who answered: modules answered, and complete, partial or broken-off answers, by the rule that `wave.yml` states."""

import pandas as pd

from analysis.inputs.instrument import Item
from analysis.inputs.missing import NOT_APPLICABLE, NOT_ASKED
from analysis.inputs.waves import Wave

ANSWERED = ("I", "P")


def questions(values: pd.DataFrame, *, items: tuple[Item, ...]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Which questions apply to a unit and which it answered: two tables of truth values, one column per question.

    A multi-select block is one question. What was not asked and what does not apply leaves the base: it is neither an
    answer nor a gap. A tagged "don't know" is a gap. Free texts are not counted, nor is the block
    that they are coded into.
    """
    coded = {item.block for item in items if item.type == "text" and item.block}
    columns: dict[str, list[str]] = {}
    for item in items:
        if item.item in values and item.block not in coded:
            columns.setdefault(f"block {item.block}" if item.type == "multi" else item.item, []).append(item.item)
    applies = ~values.isin([NOT_ASKED, NOT_APPLICABLE])
    applicable = {question: applies[parts].any(axis=1) for question, parts in columns.items()}
    answered = {question: (values[parts] >= 0).any(axis=1) for question, parts in columns.items()}
    return pd.DataFrame(applicable, index=values.index), pd.DataFrame(answered, index=values.index)


def share_answered(values: pd.DataFrame, *, items: tuple[Item, ...]) -> pd.Series:
    """The share of the applicable questions that a unit answered; missing where none applies."""
    applicable, answered = questions(values, items=items)
    asked = applicable.sum(axis=1)
    return answered.sum(axis=1) / asked.where(asked > 0)


def number_answered(values: pd.DataFrame, *, wave: Wave) -> pd.Series:
    """How many questions a row answers."""
    return questions(values, items=wave.items)[1].sum(axis=1)


def modules_answered(values: pd.DataFrame, *, wave: Wave) -> pd.DataFrame:
    """Whether a unit answered each module: at least `module_min` of its applicable questions (methods: one half)."""
    least = wave.file.dispositions.module_min
    modules = {
        module.id: share_answered(values, items=wave.module_items(module.id)) >= least for module in wave.file.modules
    }
    return pd.DataFrame(modules, index=values.index)


def of_rows(values: pd.DataFrame, *, answered: pd.DataFrame, wave: Wave) -> pd.Series:
    """I complete, P partial, R broken off: the disposition of each row of answers.

    By the number of modules answered where `wave.yml` says so, else by the share of applicable questions answered.
    Source of the codes: AAPOR, Standard Definitions.
    """
    rule = wave.file.dispositions
    if rule.by_modules:
        number = answered.sum(axis=1)
        return _graded(number, complete=rule.complete_modules or 0, partial=rule.partial_modules or 0)
    return _graded(share_answered(values, items=wave.items), complete=rule.complete_min, partial=rule.partial_min)


def of_modules(values: pd.DataFrame, *, answered: pd.DataFrame, wave: Wave) -> pd.DataFrame:
    """The disposition of each row of answers in each module: I, P, or NC where it did not answer the module."""
    rule = wave.file.dispositions
    graded = {}
    for module in answered:
        share = share_answered(values, items=wave.module_items(str(module)))
        graded[module] = _graded(share, complete=rule.complete_min, partial=0).where(answered[module], "NC")
    return pd.DataFrame(graded, index=values.index)


def _graded(amount: pd.Series, *, complete: float, partial: float) -> pd.Series:
    codes = pd.Series("R", amount.index, dtype="str").mask(amount >= partial, "P")
    return codes.mask(amount >= complete, "I")
