"""Clean answers as a file would deliver them: codes in place of values, and in a tool one row per saved assessment."""

import datetime
from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.inputs.targets import Target
from analysis.inputs.waves import Item, Wave
from analysis.standins.anchors import Figures

DRAFT, COMPLETED, STARTED = "draft", "completed", "started"
LEFT_BLANK = -4
OLDER_LOWER, DRAFT_BLANK = 0.12, 0.3  # shares of items that an older assessment has lower, a draft leaves open


def code_of(item: Item, wave: Wave) -> dict[int, float]:
    """The file's code of each typed value of an item."""
    typed = {option.option: option.typed for option in wave.options_of(item.item)}
    if item.codes:
        return {typed[option]: float(code) for code, option in item.codes}
    return {value: float(value) for value in typed.values() if value >= 0}


def encode(clean: pd.DataFrame, *, wave: Wave) -> pd.DataFrame:
    """One row per row of `clean` with a column per variable: codes, and nothing where there is no answer.

    In a multi-select that was shown and left without a tick all options are 0, as survey programs deliver it.
    """
    columns: dict[str, pd.Series] = {}
    for item in wave.items_in_file():
        if item.type == "text":
            columns[item.variable] = clean[item.item]
            continue
        codes = code_of(item, wave)
        shown = {LEFT_BLANK: codes[0]} if item.type == "multi" else {}
        columns[item.variable] = clean[item.item].map(codes | shown).astype(float)
    return pd.DataFrame(columns, index=clean.index)


def rows(answers: pd.DataFrame, *, wave: Wave) -> pd.DataFrame:
    """One row per unit without any mistake. `answers` are as cleaning leaves them.

    Columns are named as what they hold (code, role and so on); `counts` marks the rows that a unit's answer rests on.
    """
    about = answers[["unit_type", "code", "answered_on", "role", "attempts", "tool_version"]].copy()
    about["status"] = np.where(answers["disposition"] == "R", STARTED, COMPLETED)
    return about.assign(counts=True).join(encode(answers, wave=wave))


def assessments(
    clean: pd.DataFrame,
    others: pd.DataFrame,
    *,
    wave: Wave,
    total: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """The rows of a tool in which units save many assessments: `total` of them, the counting one of each in `clean`.

    `others` are units with an account that published nothing by the extract. Assessments before the counting one are
    older, with some items a step lower, and published or drafts; those after it are drafts. Some of the `others`
    publish after the extract.
    """
    units = pd.concat([clean, others])
    extra = rng.multinomial(total - len(units), np.full(len(units), 1 / len(units)))
    codes = encode(units, wave=wave)
    published = wave.file.lifecycle.published if wave.file.lifecycle else ""
    made = []
    for place, (counting, unit) in enumerate(zip(units.index.isin(clean.index), units.to_dict("records"), strict=True)):
        number = int(extra[place]) + 1
        position = int(rng.integers(1, number + 1)) if counting else number + 1
        for assessment in range(1, number + 1):
            step = assessment - position
            day = _day(unit["answered_on"], step if counting else assessment - number, wave=wave)
            status = published if step == 0 or (step < 0 and counting and rng.random() < 0.4) else DRAFT
            cells = codes.iloc[place] if step == 0 else _changed(codes.iloc[place], draft=status == DRAFT, rng=rng)
            made.append(
                {key: unit[key] for key in ("unit_type", "code", "role", "attempts", "tool_version")}
                | {"answered_on": day, "assessment": float(assessment), "status": status}
                | {"published_on": day if status == published else None, "counts": step == 0}
                | cells.to_dict()
            )
    return pd.DataFrame(made)


def _day(day: datetime.date, step: int, *, wave: Wave) -> datetime.date:
    """A day some weeks before or after another, within the time the tool was open."""
    moved = day + datetime.timedelta(days=21 * step)
    return min(max(moved, wave.file.field_period.first), wave.file.field_period.last)


def _changed(cells: pd.Series, *, draft: bool, rng: np.random.Generator) -> pd.Series:
    lower = rng.random(len(cells)) < OLDER_LOWER
    changed = cells.where(~(lower & (cells > 0)), cells - 1)
    return changed.mask(rng.random(len(cells)) < DRAFT_BLANK) if draft else changed


def lifecycle_counts(targets: Sequence[Target], figures: Figures) -> dict[str, int]:
    """The printed numbers of accounts and assessments of a tool, from the design facts that have them as subset."""
    wanted = [t for t in targets if t.carrier == "design_fact" and t.subset in ("accounts", "assessments")]
    return {target.subset: int(figures[target.figure_id]["value"]) for target in wanted}
