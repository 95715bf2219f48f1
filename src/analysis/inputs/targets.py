"""What carries each printed figure of a wave: `targets.csv`, one row for every figure of the wave in the register."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BeforeValidator, model_validator

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import tables
from analysis.inputs.instrument import NOT_TICKED, TICKED, Item, options_of
from analysis.inputs.register import Id, load_register
from analysis.inputs.waves import Wave

Carrier = Literal["fitted", "worded", "design_fact", "outside_source", "conflict"]
COMPARED = ("fitted", "worded")
PROJECTS = "projects"


def _split(text: object) -> object:
    return tuple(part.strip() for part in text.split("|")) if isinstance(text, str) else text


class Target(tables.Record):
    """One row of `targets.csv`: where in the answers a printed figure is found, and how it is held against them.

    `item`: an item, an indicator, `block:`, `area:` or `all` for their answers together, or empty for units that
    answered. `category`: options counted together, `ticked` or `not_ticked`. `subset`: empty for all who answered, or
    one of `size=`, `unit_type=`, `group=`, `module=`, `disposition=`, `asked` (don't knows stay in), `projects`.
    `tolerance`: percentage points, for what is printed in words.
    """

    figure_id: Id
    carrier: Carrier
    item: str = ""
    category: Annotated[tuple[str, ...], BeforeValidator(_split)] = ()
    subset: str = ""
    measure: Literal["share", "mean", "count", "any", "minimum", "maximum"] | None = None
    tolerance: float | None = None
    reason: str = ""

    @model_validator(mode="after")
    def _complete(self) -> "Target":
        if self.carrier in COMPARED and self.measure is None:
            raise ValueError(f"a {self.carrier} figure needs a measure")
        if (self.carrier == "worded") != (self.tolerance is not None):
            raise ValueError("a tolerance belongs to figures printed in words, and to each of them")
        return self


def load_targets(wave: Wave) -> tuple[Target, ...]:
    """The targets of a wave in the order of the file; none for a wave without a `targets.csv`.

    Raises InputError when a figure of the register has no row, a row has no figure of this wave, or a row names an
    item or option that the wave does not have.
    """
    path = paths.wave(wave.id) / "targets.csv"
    if not path.is_file():
        return ()
    targets, name = read_targets(wave), paths.relative(path)
    figures = load_register().figures
    printed = set(figures.loc[figures["wave"] == wave.id, "figure_id"])
    projects = {item.item: item for item in wave.project_items}
    for row, target in enumerate(targets, start=2):
        if target.figure_id not in printed:
            place = f"{name}, row {row}, column 'figure_id'"
            raise InputError(f"{place}: {target.figure_id!r} is no figure of {wave.id} in the register; correct it.")
        if target.carrier in COMPARED:
            known = projects if target.subset == PROJECTS else {item.item: item for item in wave.items}
            _check(target, known=known, wave=wave, place=f"{name}, row {row}")
    left = sorted(printed - {target.figure_id for target in targets})
    if left:
        raise InputError(f"{name}: the printed figure {left[0]!r} has no row; add one that says what carries it.")
    return targets


def read_targets(wave: Wave) -> tuple[Target, ...]:
    """The rows of a wave's `targets.csv` as they stand there, not held against the register; none without the file."""
    path = paths.wave(wave.id) / "targets.csv"
    return tuple(tables.read_table(path, Target, key=["figure_id"])) if path.is_file() else ()


def prints_response_by_size(targets: Sequence[Target]) -> bool:
    """Whether the report prints how many units of each size group answered, so that it need not be assumed."""
    counted = (target for target in targets if target.carrier == "fitted" and not target.item)
    return any(target.measure == "count" and target.subset.startswith("size=") for target in counted)


def members(wave: Wave, name: str) -> tuple[Item, ...]:
    """The items that a target's `item` stands for: itself, or those of `all`, `area:` or `block:`; else none."""
    kind, _, one = name.partition(":")
    if name == "all":
        return tuple(item for item in wave.items if item.type == "single")
    if kind in ("area", "block") and one:
        return tuple(item for item in wave.items if getattr(item, kind) == one and item.type in ("single", "multi"))
    return tuple(item for item in (*wave.items, *wave.project_items) if item.item == name)


def in_file(target: Target, *, wave: Wave) -> bool:
    """Whether the wave's files can answer a target: of the items it stands for all are there, of an indicator one."""
    items = members(wave, target.item)
    if items or not target.item:
        return all(item.in_file for item in items)
    return any(item.in_file for item in wave.items if item.indicator == target.item)


def _check(target: Target, *, known: dict[str, Item], wave: Wave, place: str) -> None:
    pooled = target.item == "all" or target.item.startswith(("area:", "block:"))
    items = members(wave, target.item) if pooled else tuple(filter(None, [known.get(target.item)]))
    indicators = {one.id for one in wave.file.indicators}
    if not items and target.item and target.item not in indicators:
        raise InputError(f"{place}, column 'item': {target.item!r} is no item or indicator of the wave; correct it.")
    options = {option.option for item in items for option in options_of(item, options=wave.options)}
    if any(item.type == "multi" for item in items):
        options |= {TICKED, NOT_TICKED}
    wrong = next((option for option in target.category if option not in options), None)
    if wrong is not None:
        raise InputError(f"{place}, column 'category': {wrong!r} is no option of {target.item!r}; correct it.")
