"""Answers of single units with given counts: rank by a latent maturity and fill the categories from below."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.standins.layout import BLANK, Layout, Question
from analysis.standins.transport import fill_cells

NOT_ASKED, LEFT_BLANK = -1, -4
COMMON, OWN = 0.6, 0.35  # loadings on the maturity of a unit, and on its maturity in one area


@dataclass(frozen=True)
class Limit:
    """The lowest and highest number of these items that a unit has in the category; both occur."""

    items: tuple[str, ...]
    category: str
    low: int
    high: int


def utilities(questions: Sequence[Question], *, theta: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """u = 0.6 theta + 0.35 theta_area + e for every unit and item, with variance 1."""
    areas = {area: rng.normal(size=len(theta)) for area in dict.fromkeys(q.item.area for q in questions)}
    noise = np.sqrt(1 - COMMON**2 - OWN**2)
    return {
        q.item.item: COMMON * theta + OWN * areas[q.item.area] + noise * rng.normal(size=len(theta)) for q in questions
    }


@dataclass
class Answers:
    """The answers being filled in: `values` typed as in the cleaned data, `may` the units that could be asked."""

    layout: Layout
    counts: np.ndarray
    cells: np.ndarray
    may: Mapping[str, np.ndarray]
    utility: Mapping[str, np.ndarray]
    values: dict[str, np.ndarray]

    def asked(self, question: Question) -> np.ndarray:
        """The units that are asked: those that could be and have an option of the filter."""
        rule = question.item.asked_if
        if rule is None:
            return self.may[question.item.item]
        parent = self.layout.by_item[rule.item]
        options = [parent.typed(option) for option in rule.options]
        return self.may[question.item.item] & np.isin(self.values[rule.item], options)

    def number(self, item: str, answer: str, cell: int) -> int:
        """How many units of a cell give an answer."""
        return int(self.counts[self.layout.rows[item][answer], cell])


def fill_in(
    layout: Layout,
    counts: np.ndarray,
    *,
    cells: np.ndarray,
    may: Mapping[str, np.ndarray],
    utility: Mapping[str, np.ndarray],
    limits: Sequence[Limit],
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:
    """Typed answers of each unit to each item that reproduce the counts in every cell.

    Within a cell the units with the highest utility get the highest category, and so on down; don't knows and blanks
    fall on units at random. Multi-selects and areas with limits on a unit's own number solve a transportation problem.
    Units that are not asked have -1, blanks -4.
    """
    state = Answers(layout, counts, cells, may, utility, {})
    limited = {item: limit for limit in limits for item in limit.items}
    for question in layout.questions:
        item = question.item
        if item.item in state.values:
            continue
        if item.type == "multi":
            _fill_block(state, layout.blocks[str(item.block)])
        elif item.item in limited:
            _fill_limited(state, limited[item.item], rng=rng)
        else:
            asked, values = _set_aside(state, question, rng=rng)
            state.values[item.item] = _rank(state, question, open_units=asked, values=values, chosen=None)
    return state.values


def _set_aside(state: Answers, question: Question, *, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Blanks and answers outside the order, at random; and the units left to rank."""
    name = question.item.item
    left = state.asked(question).copy()
    values = np.full(len(left), NOT_ASKED)
    lot = rng.random(len(left))
    for cell in range(state.layout.cells):
        units = np.flatnonzero(left & (state.cells == cell))
        units = units[np.argsort(lot[units], kind="stable")]
        for answer in (BLANK, *question.aside):
            number = state.number(name, answer, cell)
            values[units[:number]] = question.typed(answer)
            left[units[:number]] = False
            units = units[number:]
    return left, values


def _rank(
    state: Answers,
    question: Question,
    *,
    open_units: np.ndarray,
    values: np.ndarray,
    chosen: tuple[str, np.ndarray] | None,
) -> np.ndarray:
    """The ordered answers, lowest utility first; `chosen` units have their category already."""
    name = question.item.item
    left, answers = open_units.copy(), list(question.ranked)
    if chosen is not None:
        answers.remove(chosen[0])
        values[chosen[1]] = question.typed(chosen[0])
        left &= ~chosen[1]
    for cell in range(state.layout.cells):
        units = np.flatnonzero(left & (state.cells == cell))
        units = units[np.argsort(state.utility[name][units], kind="stable")]
        numbers = [state.number(name, answer, cell) for answer in answers]
        values[units] = np.repeat([question.typed(answer) for answer in answers], numbers)
    return values


def _fill_limited(state: Answers, limit: Limit, *, rng: np.random.Generator) -> None:
    """Items of an area whose number in a category has a lowest and a highest unit: first that category, then ranks."""
    questions = [state.layout.by_item[item] for item in limit.items]
    aside = {question.item.item: _set_aside(state, question, rng=rng) for question in questions}
    units = np.flatnonzero(state.may[limit.items[0]])
    utility = np.column_stack([state.utility[item][units] for item in limit.items])
    allowed = np.column_stack([aside[item][0][units] for item in limit.items])
    rows = [state.layout.rows[item][limit.category] for item in limit.items]
    low, high = np.full(len(units), limit.low), np.full(len(units), limit.high)
    mean = utility.mean(axis=1) + 0.3 * state.cells[units]
    low[np.argmax(mean)], high[np.argmin(mean)] = limit.high, limit.low
    ticks = fill_cells(
        utility, cells=state.cells[units], columns=state.counts[rows], low=low, high=high, allowed=allowed
    )
    for n, question in enumerate(questions):
        chosen = np.zeros(len(state.cells), dtype=bool)
        chosen[units] = ticks[:, n]
        left, values = aside[question.item.item]
        state.values[question.item.item] = _rank(
            state, question, open_units=left, values=values, chosen=(limit.category, chosen)
        )


def _fill_block(state: Answers, options: Sequence[Question]) -> None:
    """A multi-select block: blanks and exclusive options go to the lowest units, the rest tick one option or more."""
    names = [question.item.item for question in options]
    asked = state.asked(options[0])
    table = np.where(asked[:, None], 0, NOT_ASKED) * np.ones((1, len(names)), dtype=int)
    level = np.mean([state.utility[name] for name in names], axis=0)
    left = asked.copy()
    for cell in range(state.layout.cells):
        units = np.flatnonzero(asked & (state.cells == cell))
        units = units[np.argsort(level[units], kind="stable")]
        number = state.number(names[0], BLANK, cell)
        table[units[:number]], left[units[:number]], units = LEFT_BLANK, False, units[number:]
        for n, question in enumerate(options):
            if question.item.exclusive:
                number = state.number(names[n], "ticked", cell)
                table[units[:number], n], left[units[:number]], units = 1, False, units[number:]
    others = [n for n, question in enumerate(options) if not question.item.exclusive]
    rows = [state.layout.rows[names[n]]["ticked"] for n in others]
    units = np.flatnonzero(left)
    utility = np.column_stack([state.utility[names[n]][units] for n in others])
    high = np.full(len(units), len(others))
    ticks = fill_cells(utility, cells=state.cells[units], columns=state.counts[rows], low=np.ones_like(high), high=high)
    table[units[:, None], np.array(others)] = ticks
    state.values |= {name: table[:, n] for n, name in enumerate(names)}
