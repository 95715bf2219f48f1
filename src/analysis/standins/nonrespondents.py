"""The truth for units and modules without an answer: the same model, a little less mature."""

from collections.abc import Mapping

import numpy as np

from analysis.standins.answers import NOT_ASKED
from analysis.standins.layout import Layout, Question

SHIFT = -0.3  # standard deviations that those who did not answer lie below those of their cell who did


def complete(
    layout: Layout,
    counts: np.ndarray,
    *,
    values: Mapping[str, np.ndarray],
    may: Mapping[str, np.ndarray],
    cells: np.ndarray,
    utility: Mapping[str, np.ndarray],
) -> dict[str, np.ndarray]:
    """An answer of every unit to every item: those given, and for the rest the category at the unit's own quantile.

    A unit with Phi(u - 0.3) = q gets the category that q falls in among the answers of its cell, or of all cells where
    its cell has none. Those who do not know are not modelled. Filters hold.
    """
    from scipy.special import ndtr

    result: dict[str, np.ndarray] = {}
    for question in layout.questions:
        name = question.item.item
        quantile = ndtr(utility[name] + SHIFT)
        given = may[name]
        guess = _at(question, quantile, layout=layout, counts=counts, cells=cells)
        result[name] = np.where(given, values[name], guess)
        rule = question.item.asked_if
        if rule is not None:
            parent = layout.by_item[rule.item]
            passed = np.isin(result[rule.item], [parent.typed(option) for option in rule.options])
            result[name] = np.where(given | passed, result[name], NOT_ASKED)
    for options in layout.blocks.values():
        _mend_block(options, result, may=may, utility=utility)
    return result


def _at(
    question: Question, quantile: np.ndarray, *, layout: Layout, counts: np.ndarray, cells: np.ndarray
) -> np.ndarray:
    rows = [layout.rows[question.item.item][answer] for answer in question.ranked]
    own = counts[rows].astype(float)
    shares = np.where(own.sum(axis=0) > 0, own, own.sum(axis=1, keepdims=True))
    upper = (np.cumsum(shares, axis=0) / np.maximum(shares.sum(axis=0), 1))[:-1, cells]
    typed = np.array([question.typed(answer) for answer in question.ranked])
    result: np.ndarray = typed[(quantile > upper).sum(axis=0)]
    return result


def _mend_block(
    options: tuple[Question, ...],
    result: dict[str, np.ndarray],
    *,
    may: Mapping[str, np.ndarray],
    utility: Mapping[str, np.ndarray],
) -> None:
    """An exclusive option stands alone, and whoever would tick nothing ticks the option that lies nearest."""
    names = [question.item.item for question in options]
    others = [n for n, question in enumerate(options) if not question.item.exclusive]
    table = np.column_stack([result[name] for name in names])
    modelled = ~may[names[0]] & (table[:, 0] != NOT_ASKED)
    for n, question in enumerate(options):
        if question.item.exclusive:
            alone = modelled & (table[:, n] == 1)
            table[alone] = 0
            table[alone, n] = 1
    nearest = np.array(others)[np.argmax(np.column_stack([utility[names[n]] for n in others]), axis=1)]
    empty = np.flatnonzero(modelled & ~(table == 1).any(axis=1))
    table[empty, nearest[empty]] = 1
    result |= {name: table[:, n] for n, name in enumerate(names)}
