"""Groups that are too small to be shown by themselves: merged by the order that the wave declares, before all else."""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from analysis.inputs.cleaning import ANSWERED
from analysis.inputs.waves import Wave
from analysis.reports.disclosure.linked import Layout, tabulate
from analysis.reports.disclosure.merging import Step, merge
from analysis.reports.disclosure.rules import primary
from analysis.reports.disclosure.table import Part
from analysis.survey.questionnaire import SHARED_SUBSETS, questions


def merged(wave: Wave, data: pd.DataFrame) -> Wave:
    """The wave with the declared steps of merging in force that are needed: all its groups are shown accordingly.

    `data`: a row a unit of the frame, with its answers and indicators. A step is needed where a share or mean of one of
    its groups is protected in itself. Raises InputError for a step that names an unknown group.
    """
    declared = wave.file.disclosure.merge if wave.file.protected else ()
    if not declared:
        return wave
    own = data[data["unit_type"] == "municipality"]
    for grouping in SHARED_SUBSETS:
        own = own.assign(**{grouping: pd.Categorical(own[grouping].astype(str))})
    steps = [Step(one.of, one.values, one.into) for one in declared]
    answered = own[own["disposition"].isin(ANSWERED)]
    found = merge(answered, steps=steps, sensitive=lambda rows: _protected(rows, wave))
    taken = [one for one, step in zip(declared, steps, strict=True) if step in found.taken]
    return replace(wave, merged=tuple(taken))


def _protected(rows: pd.DataFrame, wave: Wave) -> Iterator[tuple[Part, ...]]:
    """The groups of which a share or mean is protected in itself, once for each such cell."""
    items = [item.item for item in questions(wave, rows) if item.type in ("single", "multi")]
    scores = [one.id for one in wave.file.indicators]
    shown = [Layout((("size_group",),), "answer", item) for item in items]
    shown += [Layout(((grouping,),), "mean", score) for score in scores for grouping in SHARED_SUBSETS]
    for layout in shown:
        given = rows[layout.about].astype("Float64")
        some = rows.assign(**{layout.about: given.where(given >= 0)}).dropna(subset=[layout.about])
        cells = tabulate(some, layout).cells
        protected = (primary(cells) != "") & (cells["kind"] != "count")
        yield from (tuple(parts) for parts in cells.loc[protected, "parts"])
