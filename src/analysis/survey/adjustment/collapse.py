"""Collapsing of cells with too few respondents, one logged step at a time."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from analysis.survey.adjustment.margins import NoWeights

Atom = tuple[str, str, str]  # unit type, size group, region: a cell as the frame has it


@dataclass(frozen=True)
class Collapsed:
    """`mapping`: the cells as given with the column `cell`, the collapsed cell of each; `log`: a row for each step.

    The log's columns: step, rule, before and after (cell: [respondents, units]), reason, rejected (the alternatives).
    `keys`: the columns that say which cell a unit is in.
    """

    mapping: pd.DataFrame
    log: pd.DataFrame
    keys: tuple[str, ...]

    def labels(self, frame: pd.DataFrame) -> pd.Series:
        """The collapsed cell of each unit of a frame, as a category in the order of the cells; missing for others."""
        found = frame[[*self.keys]].merge(self.mapping[[*self.keys, "cell"]], how="left", on=[*self.keys])
        names = pd.Categorical(found["cell"], categories=self.mapping["cell"].drop_duplicates(), ordered=True)
        return pd.Series(names, index=frame.index, name="cell")


@dataclass(frozen=True)
class _Cell:
    """Cells that were put together: the atoms in their order, respondents and units."""

    atoms: tuple[Atom, ...]
    answered: int
    units: int

    @property
    def name(self) -> str:
        return " + ".join(" x ".join(filter(None, atom)) for atom in self.atoms)

    @property
    def unit_type(self) -> str:
        return self.atoms[0][0]

    @property
    def rate(self) -> float:
        return self.answered / self.units

    def joined(self, other: "_Cell", order: list[Atom]) -> "_Cell":
        atoms = sorted(self.atoms + other.atoms, key=order.index)
        return _Cell(tuple(atoms), self.answered + other.answered, self.units + other.units)


def collapse(
    cells: pd.DataFrame,
    *,
    min_n: int = 5,
    max_ratio: float = 3.0,
    order: str = "size_group",
    region: str | None = None,
    unit_type: str | None = "unit_type",
    adjacency: Collection[tuple[str, str]] = (),
) -> Collapsed:
    """Cells put together until each has `min_n` respondents and no weight above `max_ratio` times its type's mean.

    `cells` has one row per cell with `n_frame` (units), `n_answered`, the ordinal column `order` (an ordered category,
    or in the order of the rows), and, where they are named, `region` and `unit_type`. Each step takes the worst cell
    (furthest beyond either limit) and joins it to the neighbouring class of `order` in the same region whose response
    rate is closest; where there is none, to a region declared adjacent, in the same class; ties go to fewer units;
    never across unit types. A cell that cannot be joined is kept, with a row that says so.
    Raises NoWeights where a cell without respondents cannot be joined, with how many units nobody stands for.
    Source: methods of this project, section 3.2.
    """
    keys = [unit_type, order, region]
    atoms = _atoms(cells, keys=keys)
    _check(cells, atoms, adjacency)
    ranks, near = _ranks(cells[order]), {frozenset(pair) for pair in adjacency}
    counts = zip(atoms, cells["n_answered"].astype(int), cells["n_frame"].astype(int), strict=True)
    now = [_Cell((atom,), answered, units) for atom, answered, units in counts if units]
    steps: list[dict[str, object]] = []
    kept: set[_Cell] = set()
    while worst := _worst(now, kept, min_n=min_n, max_ratio=max_ratio):
        cell, reason = worst
        rule, candidates = _candidates(cell, now, ranks=ranks, near=near)
        if candidates:
            taken, *others = candidates
            joined = cell.joined(taken, atoms)
            now = [joined if one is cell else one for one in now if one is not taken]
            steps.append(_step(rule, [cell, taken], joined, reason, others))
        elif cell.answered:
            kept.add(cell)
            steps.append(_step("kept", [cell], cell, f"{reason}; no admissible neighbour", []))
        else:
            raise NoWeights(
                f"{cell.name}: none of its {cell.units} units answered and it has no admissible neighbour, so that "
                "nobody stands for them; declare one, or report the units that are covered and bounds for the rest."
            )
    names = {atom: one.name for one in now for atom in one.atoms}
    log = pd.DataFrame(steps, columns=["rule", "before", "after", "reason", "rejected"])
    log.insert(0, "step", range(1, len(log) + 1))
    mapping = cells.assign(cell=[names.get(atom, "") for atom in atoms])
    return Collapsed(mapping, log, keys=tuple(key for key in keys if key))


def _check(cells: pd.DataFrame, atoms: list[Atom], adjacency: Collection[tuple[str, str]]) -> None:
    """Raises NoWeights for cells that cannot be: twice there, more respondents than units, unknown regions."""
    for atom, answered, units in zip(atoms, cells["n_answered"], cells["n_frame"], strict=True):
        name = " x ".join(filter(None, atom))
        if not 0 <= answered <= units:
            raise NoWeights(f"{name}: {answered} of {units} units answered, which cannot be; correct the counts.")
        if atoms.count(atom) > 1:
            raise NoWeights(f"{name}: there are {atoms.count(atom)} rows for this cell; give one.")
    if unknown := {one for pair in adjacency for one in pair} - {atom[2] for atom in atoms}:
        raise NoWeights(f"adjacency: no cell is in region {min(unknown)!r}; name regions as the cells do.")


def _atoms(cells: pd.DataFrame, *, keys: list[str | None]) -> list[Atom]:
    kinds, classes, regions = ([str(one) for one in cells[key]] if key else [""] * len(cells) for key in keys)
    return list(zip(kinds, classes, regions, strict=True))


def _ranks(classes: pd.Series) -> dict[str, int]:
    """The place of each class in its order."""
    ordered = isinstance(classes.dtype, pd.CategoricalDtype) and classes.dtype.ordered
    names = list(classes.cat.categories if ordered else classes.drop_duplicates())
    return {str(one): rank for rank, one in enumerate(names)}


def _worst(cells: list[_Cell], kept: set[_Cell], *, min_n: int, max_ratio: float) -> tuple[_Cell, str] | None:
    """The cell furthest beyond a limit and the reason, or None; of two alike, the one with fewer units."""
    found: list[tuple[float, int, int, _Cell, str]] = []
    for cell in cells:
        if cell in kept:
            continue
        alike = [one for one in cells if one.unit_type == cell.unit_type]
        mean = sum(one.units for one in alike) / max(sum(one.answered for one in alike), 1)
        few, ratio = np.inf, np.inf
        if cell.answered:
            few, ratio = min_n / cell.answered, cell.units / cell.answered / mean
        if few > 1:
            reason = f"{cell.answered} respondents, fewer than {min_n}"
        elif ratio > max_ratio:
            reason = f"weight {ratio:.3g} times the mean, more than {max_ratio:g}"
        else:
            continue
        found.append((-max(few, ratio / max_ratio), cell.units, len(found), cell, reason))
    return min(found)[3:] if found else None


def _candidates(
    cell: _Cell, cells: list[_Cell], *, ranks: dict[str, int], near: set[frozenset[str]]
) -> tuple[str, list[_Cell]]:
    """The rule that finds neighbours, and these, the best first."""
    alike = [one for one in cells if one is not cell and one.unit_type == cell.unit_type]
    by_class = [one for one in alike if any(_next(pair, cells, ranks) for pair in product(cell.atoms, one.atoms))]
    by_region = [
        one
        for one in alike
        if any(a[1] == b[1] and frozenset((a[2], b[2])) in near for a, b in product(cell.atoms, one.atoms))
    ]
    rule, found = ("neighbouring class", by_class) if by_class else ("adjacent region", by_region)
    return rule, sorted(found, key=lambda one: (abs(one.rate - cell.rate), one.units, one.name))


def _next(pair: tuple[Atom, Atom], cells: list[_Cell], ranks: dict[str, int]) -> bool:
    """Whether two cells of the frame are in the same region with no class of that region between them."""
    (kind, one, region), (_, other, place) = pair
    if region != place or one == other:
        return False
    low, high = sorted((ranks[one], ranks[other]))
    present = (atom for cell in cells for atom in cell.atoms if (atom[0], atom[2]) == (kind, region))
    return not any(low < ranks[atom[1]] < high for atom in present)


def _step(rule: str, before: list[_Cell], after: _Cell, reason: str, rejected: list[_Cell]) -> dict[str, object]:
    return {
        "rule": rule,
        "before": {one.name: [one.answered, one.units] for one in before},
        "after": {after.name: [after.answered, after.units]},
        "reason": reason,
        "rejected": [one.name for one in rejected],
    }
