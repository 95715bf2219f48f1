"""The primary rules, then what the audit shows to be needed beside: what of a system of cells may leave."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.reports.disclosure.rules import DEFAULT, FOR_OTHERS, Rules, primary
from analysis.reports.disclosure.suppression import suppress
from analysis.reports.disclosure.table import Table

PUBLISHED, SUPPRESSED = "published", "suppressed"


@dataclass(frozen=True)
class Released:
    """What may leave, and what must not.

    `table` may leave: cell, kind, item, base_cell, value (missing unless published), ratio (the share, 0 to 1, or the
    mean: missing unless value and base are published, as it would give the other away), fate (published, suppressed).
    Confidential are `pattern` (cell, value, fate, why: the rule as a word key) and `audit` (the range left to each
    protected cell).
    """

    table: pd.DataFrame
    pattern: pd.DataFrame
    audit: pd.DataFrame


def release(joint: Table, *, rules: Rules = DEFAULT) -> Released:
    """The cells of a joint system as they may be published: primary rules, then the cheapest pattern that is safe."""
    marked = _marked(joint, rules)
    pattern = suppress(marked, rules=rules)
    cells = marked.cells
    why = np.where(pattern.hidden & (cells["why"] == "").to_numpy(), FOR_OTHERS, cells["why"])
    cells = cells.assign(fate=np.where(pattern.hidden, SUPPRESSED, PUBLISHED), why=why)
    shown = cells[(cells["state"] != "implied") & (cells["kind"] != "base")]
    public = shown.assign(value=shown["value"].where(shown["fate"] == PUBLISHED))
    bases = public["base_cell"].map(public.set_index("cell")["value"])
    ratio = (public["value"] / bases).where((public["cell"] != public["base_cell"]) & (bases > 0))
    columns = ["cell", "kind", "item", "base_cell", "value", "ratio", "fate"]
    return Released(
        table=public.assign(ratio=ratio)[columns].reset_index(drop=True),
        pattern=shown[["cell", "value", "fate", "why"]].reset_index(drop=True),
        audit=pattern.audit,
    )


def _marked(joint: Table, rules: Rules) -> Table:
    """With the reason of each protected cell. What is never printed is protected only as a remainder of groups."""
    why = primary(joint.cells, rules=rules)
    exempt = (joint.cells["state"] == "implied") & (joint.cells["kind"] != "remainder")
    return replace(joint, cells=joint.cells.assign(why=why.where(~exempt, joint.cells["why"])))
