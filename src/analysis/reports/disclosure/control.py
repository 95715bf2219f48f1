"""The whole way: merge by the declared order, apply the primary rules, withhold what the audit shows to be needed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.reports.disclosure.linked import Layout, join, tabulate
from analysis.reports.disclosure.merging import Merged, Step, merge
from analysis.reports.disclosure.rules import DEFAULT, FOR_OTHERS, Rules, primary
from analysis.reports.disclosure.suppression import suppress
from analysis.reports.disclosure.table import Part, Table, name

PUBLISHED, MERGED, SUPPRESSED = "published", "merged", "suppressed"
# What readers are told. It does not say which rule: "all gave the same answer" would give the answer away.
WORDS = {PUBLISHED: "", MERGED: "disclosure.merged", SUPPRESSED: "disclosure.withheld"}


@dataclass(frozen=True)
class Released:
    """What may leave, and what must not.

    `table` may leave: cell, kind, item, base_cell, value (missing unless published), ratio (the share, 0 to 1, or the
    mean: missing unless value and base are published, as it would give the other away), fate (published, merged,
    suppressed), word (a key), into (the cell that a merged one is part of). Confidential are `pattern` (cell, value,
    fate, why: the rule as a word key), `audit` (the range left to each protected cell) and `merges` (the steps).
    """

    table: pd.DataFrame
    pattern: pd.DataFrame
    audit: pd.DataFrame
    merges: pd.DataFrame


def protect(
    rows: pd.DataFrame,
    layouts: Sequence[Layout],
    *,
    steps: Sequence[Step] = (),
    rules: Rules = DEFAULT,
    frame: pd.DataFrame | None = None,
    known: Collection[str] = (),
) -> Released:
    """The cells of some linked tables as they may be published.

    `rows`: one row per respondent; `steps`: the declared order of merging; `frame`: all units that were asked, whose
    numbers are public; `known`: names of cells published before.
    Raises InputError for what the parts raise it for.
    """

    def sensitive(some: pd.DataFrame) -> list[tuple[Part, ...]]:
        cells = _marked(_joint(some, layouts), rules).cells
        return [tuple(parts) for parts in cells.loc[cells["why"] != "", "parts"]]

    merged = merge(rows, steps=steps, sensitive=sensitive)
    units = None if frame is None else merged.relabelled(frame)
    final = _joint(merged.rows, layouts, frame=units, known=known)
    released = release(final, rules=rules)
    gone = _merged_cells(_joint(rows, layouts).cells, final, merged) if merged.taken else released.table.iloc[:0]
    return replace(released, table=pd.concat([released.table, gone], ignore_index=True), merges=merged.log)


def release(joint: Table, *, rules: Rules = DEFAULT) -> Released:
    """The cells of a joint system as they may be published: primary rules, then the cheapest pattern that is safe."""
    marked = _marked(joint, rules)
    pattern = suppress(marked, rules=rules)
    cells = marked.cells
    why = np.where(pattern.hidden & (cells["why"] == "").to_numpy(), FOR_OTHERS, cells["why"])
    cells = cells.assign(fate=np.where(pattern.hidden, SUPPRESSED, PUBLISHED), why=why)
    shown = cells[(cells["state"] != "implied") & (cells["kind"] != "base")]
    public = shown.assign(value=shown["value"].where(shown["fate"] == PUBLISHED), into="")
    return Released(
        table=_public(public),
        pattern=shown[["cell", "value", "fate", "why"]].reset_index(drop=True),
        audit=pattern.audit,
        merges=pd.DataFrame(),
    )


def _joint(
    rows: pd.DataFrame,
    layouts: Sequence[Layout],
    *,
    frame: pd.DataFrame | None = None,
    known: Collection[str] = (),
) -> Table:
    return join([tabulate(rows, layout, frame=frame) for layout in layouts], known=known)


def _marked(joint: Table, rules: Rules) -> Table:
    """With the reason of each protected cell. What is never printed is protected only as a remainder of groups."""
    why = primary(joint.cells, rules=rules)
    exempt = (joint.cells["state"] == "implied") & (joint.cells["kind"] != "remainder")
    return replace(joint, cells=joint.cells.assign(why=why.where(~exempt, joint.cells["why"])))


def _merged_cells(before: pd.DataFrame, final: Table, merged: Merged) -> pd.DataFrame:
    """The cells that merging has done away with, and the cell that each is now part of."""
    gone = before[~before["cell"].isin(final.cells["cell"]) & (before["state"] != "implied")]
    sums = gone["kind"].isin(["mean", "amount"])
    into = [
        name([merged.part(part) for part in parts], measure=item if is_sum else "")
        for parts, item, is_sum in zip(gone["parts"], gone["item"], sums, strict=True)
    ]
    return _public(gone.assign(value=np.nan, fate=MERGED, into=into))


def _public(cells: pd.DataFrame) -> pd.DataFrame:
    bases = cells["base_cell"].map(cells.set_index("cell")["value"])
    ratio = (cells["value"] / bases).where((cells["cell"] != cells["base_cell"]) & (bases > 0))
    columns = ["cell", "kind", "item", "base_cell", "value", "ratio", "fate", "word", "into"]
    return cells.assign(ratio=ratio, word=cells["fate"].map(WORDS))[columns].reset_index(drop=True)
