"""What every unit of a wave's synthetic frame answers: counts that reproduce the printed figures, filled in by rank."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.inputs.frames import add_size_groups
from analysis.inputs.missing import NO_MODULE, UNIT_NONRESPONSE
from analysis.inputs.targets import Target, members
from analysis.inputs.waves import Wave
from analysis.standins import answers, nonrespondents, priors, whole_numbers
from analysis.standins.anchors import Figures, anchors, block_anchors, interval
from analysis.standins.chance import generator, kept
from analysis.standins.contact import contact
from analysis.standins.frame import NUMBERS, numbers, synthetic_frame
from analysis.standins.layout import BLANK, Layout, questions
from analysis.standins.response import Response, respond
from analysis.standins.verify import missed_means

# How like itself a unit stays from one wave to the next, in maturity and in readiness to answer: an assumption.
SAME_MATURITY, SAME_READINESS = 0.7, 0.5
# How often the aim at the mean of an indicator is corrected: units average the questions they answered with points,
# which is not quite the average of all their points.
ROUNDS = 4


@dataclass(frozen=True)
class Population:
    """One row per frame unit in both tables, with the columns of the frame and how it answered.

    `complete`: an answer of every unit to every item, also where none was given. `given`: the answers that were given,
    typed and with tags as cleaning leaves them, with disposition and modules answered.
    """

    complete: pd.DataFrame
    given: pd.DataFrame


def populate(wave: Wave, *, targets: Sequence[Target], figures: Figures, min_share: float) -> Population:
    """The synthetic population of a wave, whose answers reproduce every fitted figure; `min_share` as in `scores`.

    Raises InputError when figures cannot hold together.
    """
    frame = add_size_groups(synthetic_frame(wave), size=wave.file.groups.size)
    theta, ready = _of_units(frame, wave=wave)
    rng = generator(wave.id, "response")
    response = respond(frame, wave=wave, targets=targets, figures=figures, theta=theta, ready=ready, rng=rng)
    cell, cells = _cells(frame, response, wave=wave)
    asked = questions(wave.items, options=wave.options)
    may = {q.item.item: response.answered & response.modules.get(str(q.item.module), True) for q in asked}
    layout = Layout(asked, {item: np.bincount(cell[units], minlength=len(cells)) for item, units in may.items()})
    utility = answers.utilities(asked, theta=theta, rng=generator(wave.id, "utilities"))
    limits = _limits(targets, figures=figures, wave=wave)
    about = contact(response.readiness, wave=wave, rng=generator(wave.id, "contact"))
    rng = generator(wave.id, "counts")
    blanks = _blanks(layout, wave=wave, targets=targets, rng=rng)
    conditions = anchors(targets, figures=figures, wave=wave, layout=layout, cells=cells)
    wanted = [*block_anchors(layout), *conditions]
    expected = priors.expected(layout, cells=cells, anchors=wanted, blanks=blanks, rng=rng)
    for _ in range(ROUNDS):
        counts = whole_numbers.solve(layout, expected=expected, anchors=conditions, blanks=blanks, name=wave.id)
        rng = generator(wave.id, "answers")
        values = answers.fill_in(layout, counts, cells=cell, may=may, utility=utility, limits=limits, rng=rng)
        truth = nonrespondents.complete(layout, counts, values=values, may=may, cells=cell, utility=utility)
        complete = pd.concat([frame, about, _typed(truth, wave=wave, rng=generator(wave.id, "texts"))], axis=1)
        given = _given(complete, values=values, may=may, response=response, wave=wave)
        missed = missed_means(given, wave=wave, targets=targets, figures=figures, min_share=min_share)
        if not missed:
            break
        conditions = [anchor.shifted(missed.get(anchor.figure_id, 0)) for anchor in conditions]
    return Population(complete, given)


def _of_units(frame: pd.DataFrame, *, wave: Wave) -> tuple[np.ndarray, np.ndarray]:
    """Maturity and readiness to answer of each unit, both standard normal; a part of them is of the waves before."""
    waves, rows = [*wave.file.follows, wave.id], numbers(frame)
    maturity = kept(waves, "maturity", share=SAME_MATURITY, size=NUMBERS)
    return maturity[rows], kept(waves, "readiness", share=SAME_READINESS, size=NUMBERS)[rows]


def _cells(frame: pd.DataFrame, response: Response, *, wave: Wave) -> tuple[np.ndarray, pd.DataFrame]:
    """The cell of each unit, and what each cell is: a size group, unit type and special group."""
    keys = frame[["size_group", "unit_type"]].assign(special="")
    for name, rule in wave.file.special_groups.items():
        universe = frame[response.answered] if rule.universe == "respondents" else frame
        universe = universe[universe["unit_type"] == "municipality"]
        order = universe.sort_values([rule.by, "code"], ascending=[rule.order == "ascending", True])
        keys.loc[order.index[: rule.size], "special"] = name
    groups = keys.groupby(list(keys.columns), sort=True)
    return groups.ngroup().to_numpy(), pd.DataFrame(list(groups.groups), columns=keys.columns)


def _blanks(layout: Layout, *, wave: Wave, targets: Sequence[Target], rng: np.random.Generator) -> np.ndarray:
    """Counts of blanks: some where nothing is printed of the item itself, none elsewhere, open where printed."""
    pooled = ("all", "area:")
    named = {t.item for t in targets if t.item and not t.item.startswith(pooled)}
    direct = {item.item for name in named for item in members(wave, name)}
    direct |= {str(q.item.block) for q in layout.questions if q.item.type == "multi" and q.item.item in direct}
    filters = {q.item.asked_if.item for q in layout.questions if q.item.asked_if}
    themes = {text.block for text in wave.items_of("text")}
    blanks = np.full((layout.size, layout.cells), np.nan)
    drawn: dict[str, np.ndarray] = {}
    for question in layout.questions:
        item = question.item
        key = str(item.block) if item.type == "multi" else item.item
        if item.item in wave.file.answered:
            continue
        if key not in drawn:
            free = key not in direct and item.item not in filters and item.asked_if is None
            share = priors.NOT_WRITTEN if key in themes else priors.BLANK_SHARE
            drawn[key] = rng.binomial(layout.asked[item.item], share if free else 0)
        blanks[layout.rows[item.item][BLANK]] = drawn[key]
    return blanks


def _limits(targets: Iterable[Target], *, figures: Figures, wave: Wave) -> list[answers.Limit]:
    """The printed lowest and highest number of items of an area that a unit has in a category."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for target in targets:
        if target.carrier == "fitted" and target.measure in ("minimum", "maximum"):
            value = int(interval(target, figures[target.figure_id]).low)
            found.setdefault((target.item, target.category[0]), {})[target.measure] = value
    return [
        answers.Limit(tuple(i.item for i in members(wave, name)), category, ends["minimum"], ends["maximum"])
        for (name, category), ends in found.items()
    ]


def _typed(values: dict[str, np.ndarray], *, wave: Wave, rng: np.random.Generator) -> pd.DataFrame:
    """The answers as columns in the order of the items; free texts only say that they are made up."""
    number = len(next(iter(values.values())))
    columns = {}
    for item in wave.items:
        if item.item in values:
            columns[item.item] = values[item.item].astype("int64")
        elif item.type == "text":
            columns[item.item] = np.array([f"Synthetic text {n + 1}" for n in rng.permutation(number)], dtype=object)
    return pd.DataFrame(columns)


def _given(
    complete: pd.DataFrame, *, values: dict[str, np.ndarray], may: dict[str, np.ndarray], response: Response, wave: Wave
) -> pd.DataFrame:
    nothing = np.where(response.answered, NO_MODULE, UNIT_NONRESPONSE)
    columns = {item: np.where(may[item], answered, nothing) for item, answered in values.items()}
    number = sum(response.modules.values()) if response.modules else np.zeros(len(complete))
    partial = (number < (wave.file.dispositions.complete_modules or 0)) & (number > 0)
    for text in wave.items_of("text"):
        if themes := wave.themes(text):
            columns[text.item] = complete[text.item].mask(columns[themes[0].item] < 0, None).to_numpy()
    columns["disposition"] = np.where(response.answered, np.where(partial, "P", "I"), "NC")
    columns |= {f"answered_{module}": units for module, units in response.modules.items()}
    table = pd.DataFrame(columns, index=complete.index)
    return pd.concat([complete.drop(columns=[c for c in table if c in complete]), table], axis=1)
