"""The table of unknown counts: how many units of each cell give each answer to each item."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.inputs.instrument import Item, Option, options_of

BLANK = "blank"


@dataclass(frozen=True)
class Question:
    """An item with its answers in order, lowest first; the last is always the blank."""

    item: Item
    options: tuple[Option, ...]

    @property
    def answers(self) -> tuple[str, ...]:
        """The ids of all answers, the blank last."""
        return (*(option.option for option in self.options), BLANK)

    @property
    def ranked(self) -> tuple[str, ...]:
        """The answers that have a place in the order of the scale, lowest first."""
        return tuple(option.option for option in self.options if option.ordered)

    @property
    def aside(self) -> tuple[str, ...]:
        """The answers outside the order: don't know and the like."""
        return tuple(option.option for option in self.options if not option.ordered)

    def typed(self, answer: str) -> int:
        """The number of an answer in the cleaned data; a blank is -4."""
        return -4 if answer == BLANK else next(o.typed for o in self.options if o.option == answer)


def questions(items: Iterable[Item], *, options: Sequence[Option]) -> tuple[Question, ...]:
    """The items that have answers to choose from, in the order of the file."""
    chosen = [item for item in items if item.type in ("single", "multi")]
    return tuple(Question(item, options_of(item, options=options)) for item in chosen)


@dataclass(frozen=True)
class Layout:
    """Rows: the answers of each question, together. Columns: cells, the groups of units that counts are kept for.

    `asked`: the number of units of each cell that could be asked an item, before its filter.
    """

    questions: tuple[Question, ...]
    asked: Mapping[str, np.ndarray]

    @property
    def cells(self) -> int:
        """The number of cells."""
        return len(next(iter(self.asked.values())))

    @cached_property
    def rows(self) -> dict[str, dict[str, int]]:
        """The row of each answer of each item."""
        result, row = {}, 0
        for question in self.questions:
            result[question.item.item] = {answer: row + n for n, answer in enumerate(question.answers)}
            row += len(question.answers)
        return result

    @cached_property
    def size(self) -> int:
        """The number of rows."""
        return sum(len(answers) for answers in self.rows.values())

    @cached_property
    def _item_of_row(self) -> np.ndarray:
        lengths = [len(answers) for answers in self.rows.values()]
        return np.repeat(np.arange(len(lengths)), lengths)

    def around(self, touched: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """All rows of the items that some rows belong to, and where among them each item begins."""
        rows = np.flatnonzero(np.isin(self._item_of_row, self._item_of_row[touched]))
        starts = np.flatnonzero(np.diff(self._item_of_row[rows], prepend=-1))
        return rows, starts

    @cached_property
    def by_item(self) -> dict[str, Question]:
        """The questions by their item."""
        return {question.item.item: question for question in self.questions}

    @cached_property
    def blocks(self) -> dict[str, tuple[Question, ...]]:
        """The options of each multi-select block."""
        names = dict.fromkeys(str(q.item.block) for q in self.questions if q.item.type == "multi")
        return {
            name: tuple(q for q in self.questions if q.item.type == "multi" and q.item.block == name) for name in names
        }

    def base(self, item: str, table: np.ndarray) -> np.ndarray:
        """How many units of each cell are asked an item, when `table` holds the counts of the item of its filter."""
        rule = self.by_item[item].item.asked_if
        if rule is None:
            return self.asked[item]
        rows = [self.rows[rule.item][option] for option in rule.options]
        result: np.ndarray = table[rows].sum(axis=0)
        return result
