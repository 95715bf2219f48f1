"""A wave is a folder: `wave.yml` says what it is, `items.csv` what was asked, beside the answers."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import tables, weighting_plan
from analysis.inputs.disclosure_plan import Merge
from analysis.inputs.instrument import (
    Item,
    ItemId,
    Option,
    item_problems,
    option_problems,
    options_of,
    read_items,
    read_options,
)
from analysis.inputs.registry_file import Projects
from analysis.inputs.wave_file import Indicator, Named, UnitType, WaveFile, Words
from analysis.inputs.weighting_plan import KeyEstimate

__all__ = ["Indicator", "Item", "ItemId", "Named", "Option", "UnitType", "Wave", "WaveFile", "Words", "load_wave"]


@dataclass(frozen=True)
class Wave:
    """A wave's description, items and answer options, checked; `project_items` are those of its second table.

    `merged` are the declared steps of merging that are in force: none, until disclosure control has found their need.
    """

    file: WaveFile
    items: tuple[Item, ...]
    options: tuple[Option, ...] = ()
    project_items: tuple[Item, ...] = ()
    merged: tuple[Merge, ...] = ()

    @property
    def id(self) -> str:
        """The wave's id, which is its folder's name."""
        return self.file.wave

    def label(self, item: str, language: str) -> str:
        """An item's short label in a language."""
        return str(getattr(self.item(item), f"label_{language}"))

    def item(self, item: str) -> Item:
        """The record of one item. Raises KeyError for an unknown item."""
        found = next((i for i in (*self.items, *self.project_items) if i.item == item), None)
        if found is None:
            raise KeyError(item)
        return found

    def items_of(self, kind: str) -> tuple[Item, ...]:
        """The items of one type, in the order of the file."""
        return tuple(item for item in self.items if item.type == kind)

    def items_in_file(self) -> tuple[Item, ...]:
        """The items that the file of answers has a variable for."""
        return tuple(item for item in self.items if item.in_file)

    def items_in_file_of(self, kind: str) -> tuple[Item, ...]:
        """The items of one type that the file of answers has a variable for."""
        return tuple(item for item in self.items_in_file() if item.type == kind)

    def shown_as(self, grouping: str, group: str) -> str:
        """The group as which a group of a grouping is shown: itself, or what it has become with others."""
        for step in self.merged:
            group = step.into if step.of == grouping and group in step.values else group
        return group

    def module_items(self, module: str) -> tuple[Item, ...]:
        """The items of a module, in the order of the file."""
        return tuple(item for item in self.items if item.module == module)

    def blocks(self) -> dict[str, tuple[Item, ...]]:
        """The items of each multi-select block, in the order of the file."""
        blocks: dict[str, list[Item]] = defaultdict(list)
        for item in self.items_of("multi"):
            blocks[str(item.block)].append(item)
        return {block: tuple(items) for block, items in blocks.items()}

    def themes(self, text: Item) -> tuple[Item, ...]:
        """The ticks that a free text is coded into; none for one that is not coded."""
        return tuple(item for item in self.items_of("multi") if text.block and item.block == text.block)

    def options_of(self, item: str) -> tuple[Option, ...]:
        """The answer options of an item in their order; of a tick `not_ticked` and `ticked`. KeyError if unknown."""
        return options_of(self.item(item), options=self.options)

    def option(self, item: str, option: str) -> Option:
        """One answer option of an item. Raises KeyError for an unknown item or option."""
        found = next((o for o in self.options_of(item) if o.option == option), None)
        if found is None:
            raise KeyError((item, option))
        return found


def load_wave(wave: str) -> Wave:
    """The checked `wave.yml`, `items.csv` and `options.csv` of a wave, without key estimates that its file cannot give.

    Raises InputError in one sentence: a missing file, an unknown key, a wrong value, a wave id that is not the
    folder's name, a duplicate item, and the first of `problems`.
    """
    result = assemble(wave)
    problem = next(problems(result), None)
    if problem is not None:
        raise InputError(problem)
    kept = tuple(one for one in result.file.key_estimates if one not in not_estimated(result))
    return replace(result, file=result.file.model_copy(update={"key_estimates": kept}))


def not_estimated(wave: Wave) -> tuple[KeyEstimate, ...]:
    """The key estimates of which the file of answers has no item."""
    given = {name for item in wave.items_in_file() for name in (item.item, item.indicator)}
    return tuple(one for one in wave.file.key_estimates if one.item not in given)


def assemble(wave: str) -> Wave:
    """A wave whose files are checked one by one, but not against each other. Raises InputError as `load_wave`."""
    folder = paths.wave(wave)
    file = tables.read_yaml(folder / "wave.yml", WaveFile)
    if file.wave != wave:
        name = paths.relative(folder / "wave.yml")
        raise InputError(f"{name}, key 'wave': {file.wave!r} is not the name of the folder; write {wave!r}.")
    return Wave(
        file=file,
        items=read_items(folder / "items.csv"),
        options=read_options(folder / "options.csv"),
        project_items=read_items(folder / file.projects.items) if file.projects else (),
    )


def problems(wave: Wave) -> Iterator[str]:
    """What does not fit together in a wave's files, as sentences.

    An item that is part of an unknown one, an unknown scale, module, area, indicator or filter, an indicator with
    another number of questions than declared, scores off their scale, cut-points that do not fit the items.
    """
    folder = paths.wave(wave.id)
    name = paths.relative(folder / "wave.yml")
    yield from option_problems(wave.options, path=folder / "options.csv")
    yield from item_problems(wave.items, options=wave.options, path=folder / "items.csv")
    if wave.file.projects:
        path = folder / wave.file.projects.items
        yield from item_problems(wave.project_items, options=wave.options, path=path)
        yield from _projects(wave.file.projects, items={item.item for item in wave.project_items}, name=name)
    yield from _names(wave)
    yield from _blocks(wave)
    yield from _indicators(wave, name=name)
    for item in sorted(set(wave.file.answered) - {item.item for item in wave.items}):
        yield f"{name}, key 'answered': {item!r} is no item of items.csv; correct the name."
    yield from _cut_points(wave, name=name)
    yield from weighting_plan.problems(wave, name=name)


def _projects(spec: Projects, *, items: set[str], name: str) -> Iterator[str]:
    """What `wave.yml` says of projects are items of their table."""
    named = [("id", spec.id), *(("further", item) for one in spec.further for item in one.columns)]
    for key, item in named:
        if item not in items:
            yield f"{name}, key 'projects.{key}': {item!r} is no item of {spec.items}; correct the name."


def _names(wave: Wave) -> Iterator[str]:
    """Modules, areas and indicators of the items are those of `wave.yml`."""
    declared = {
        "module": {entry.id for entry in wave.file.modules},
        "area": {entry.id for entry in wave.file.areas},
        "indicator": {entry.id for entry in wave.file.indicators},
    }
    for row, item in enumerate(wave.items, start=2):
        for column, known in declared.items():
            value = getattr(item, column)
            if value is not None and value not in known:
                place = f"{_items(wave)}, row {row}, column {column!r}"
                yield f"{place}: {value!r} is none of the {column}s of wave.yml; add it or correct the name."
        if wave.file.modules and item.module is None:
            place = f"{_items(wave)}, row {row}, column 'module'"
            yield f"{place}: {item.item} has no module where wave.yml has modules; name its module."


def _blocks(wave: Wave) -> Iterator[str]:
    """A multi-select block is one question: one module, one filter, one indicator."""
    for block, items in wave.blocks().items():
        for key in ("module", "asked_if", "indicator"):
            # "None of these" gives no points, so an exclusive option may stand outside the indicator.
            asked = [item for item in items if key != "indicator" or not item.exclusive] or items
            if len({repr(getattr(item, key)) for item in asked}) > 1:
                place = f"{_items(wave)}, column {key!r}"
                problem = f"the options of the block {block!r} differ in {key}"
                yield f"{place}: {problem}; a block is one question, make them equal."
    for row, item in enumerate(wave.items, start=2):
        if item.type == "text" and item.block and item.module not in {theme.module for theme in wave.themes(item)}:
            place, problem = f"{_items(wave)}, row {row}, column 'block'", "no item of type multi in its module has"
            yield f"{place}: {item.item} is coded into {item.block!r}, which {problem}; add its themes."


def _indicators(wave: Wave, *, name: str) -> Iterator[str]:
    """Each indicator has the declared number of questions, on the wave's scale."""
    scale = wave.file.scale
    for indicator in wave.file.indicators:
        items = [item for item in wave.items if item.indicator == indicator.id]
        questions = {item.block if item.type == "multi" else item.item for item in items}
        place = f"{name}, key 'indicators', {indicator.id}"
        if len(questions) != indicator.items:
            problem = f"items.csv has {len(questions)} questions where {indicator.items} are declared"
            yield f"{place}: {problem}; add placeholders or correct the number."
        if scale is not None and indicator.scale_maximum != scale.maximum:
            problem = f"its maximum {indicator.scale_maximum:g} is not the {scale.maximum} of the key 'scale'"
            yield f"{place}: {problem}; scales are not mixed, convert the scores to one of them."
        for item in items:
            options = options_of(item, options=wave.options)
            scores = [option.score for option in options if option.score is not None]
            if scores and not 0 <= min(scores) <= max(scores) <= indicator.scale_maximum:
                problem = f"the scores of {item.item} leave the scale 0 to {indicator.scale_maximum:g}"
                yield f"{place}: {problem}; scales are not mixed, correct options.csv."


def _cut_points(wave: Wave, *, name: str) -> Iterator[str]:
    rule, items = wave.file.cut_points, {item.item: item for item in wave.items}
    if rule is None:
        return
    unknown = [(key, item) for key, item in (("item", rule.item), ("of", rule.of)) if item not in items]
    for key, item in unknown:
        yield f"{name}, key 'cut_points.{key}': {item!r} is no item of items.csv; correct the name."
    if unknown:
        return
    steps = items[rule.item].highest - items[rule.item].lowest
    if len(rule.lower) != steps:
        place = f"{name}, key 'cut_points.lower'"
        yield f"{place}: {len(rule.lower)} cut-points where {rule.item!r} has {steps} steps; add the rest."


def _items(wave: Wave) -> str:
    return paths.relative(paths.wave(wave.id) / "items.csv")
