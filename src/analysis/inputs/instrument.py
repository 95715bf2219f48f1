"""What was asked: the items of `items.csv` and the answer options of `options.csv`, checked one by one and together."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from analysis import paths
from analysis.inputs import tables

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
ItemId = Identifier
ItemType = Literal["score", "ordinal", "percent", "single", "multi", "count", "text"]
RANGED = ("score", "ordinal", "percent")
TICKED, NOT_TICKED = "ticked", "not_ticked"
# Options that are answers but have no place in the order of their scale.
UNORDERED = ("dont_know", "not_rated", "other")


def _codes(text: Any) -> Any:
    """`1=yes;2=no` as pairs of the file's code and the option."""
    if not isinstance(text, str):
        return text
    pairs = tuple(tuple(part.strip() for part in pair.split("=")) for pair in text.split(";"))
    if any(len(pair) != 2 or not all(pair) for pair in pairs):
        raise ValueError("codes are written like 1=yes;2=no")
    codes = [pair[0] for pair in pairs]
    doubled = next((code for code in codes if codes.count(code) > 1), None)
    if doubled is not None:
        raise ValueError(f"the code {doubled} stands twice")
    return pairs


def _filter(text: Any) -> Any:
    """`item=option|option` as a filter."""
    if not isinstance(text, str):
        return text
    item, sign, options = text.partition("=")
    if not sign or not options.strip():
        raise ValueError("a filter is written like item=option|option")
    return {"item": item.strip(), "options": tuple(option.strip() for option in options.split("|"))}


class PrintedMaximum(tables.Record):
    """A maximum of the scale that the source prints, and where."""

    maximum: int
    source_locator: str


class Scale(tables.Record):
    """The scale of all scores of a wave, and the maxima that the source prints."""

    minimum: int = 0
    maximum: int
    printed: tuple[PrintedMaximum, ...] = ()


class Filter(tables.Record):
    """An item is asked only of those that chose one of the options of an earlier item."""

    item: ItemId
    options: tuple[str, ...] = Field(min_length=1)


Codes = Annotated[tuple[tuple[str, str], ...], BeforeValidator(_codes)]
AskedIf = Annotated[Filter | None, BeforeValidator(_filter)]
Mark = Annotated[bool, BeforeValidator(lambda text: {"y": True}.get(text, text) if isinstance(text, str) else text)]


class Item(tables.Record):
    """One row of `items.csv`: what was asked or scored, on which scale, and where its source says so.

    `score`: points from `minimum` to `maximum`; `ordinal`: ordered classes from `minimum` to `maximum`;
    `percent`: the printed share, in whole percent, that the points of the item in `part_of` are of its maximum;
    `single`: one option of `scale`; `multi`: one tick of the multi-select `block`, 0 or 1; `count`: a whole number;
    `text`: free text, whose `block` names the ticks that it is coded into, if it is. An empty `variable` means that the
    item is not in the file.
    """

    item: ItemId
    variable: str = ""
    codes: Codes = ()
    type: ItemType
    scale: Identifier | None = None
    minimum: int | None = None
    maximum: int | None = None
    part_of: ItemId | None = None
    module: Identifier | None = None
    block: Identifier | None = None
    exclusive: Mark = False
    area: Identifier | None = None
    indicator: Identifier | None = None
    asked_if: AskedIf = None
    placeholder: Mark = False
    label_en: str
    label_nb: str
    label_sv: str
    source_locator: str

    @model_validator(mode="after")
    def _of_its_type(self) -> "Item":
        if self.minimum is not None and self.maximum is not None and self.maximum <= self.minimum:
            raise ValueError(f"the maximum {self.maximum} is not above the minimum {self.minimum}")
        if self.type in RANGED and (self.minimum is None or self.maximum is None):
            raise ValueError(f"an item of type {self.type} needs minimum and maximum")
        if self.type in ("single", "multi", "text") and (self.minimum, self.maximum) != (None, None):
            raise ValueError(f"minimum and maximum belong to scores and counts, not to type {self.type}")
        if self.type == "percent" and self.part_of is None:
            raise ValueError("an item of type percent needs part_of, the item whose share it prints")
        needed = {"single": "scale", "multi": "block"}.get(self.type)
        if needed and getattr(self, needed) is None:
            raise ValueError(f"an item of type {self.type} needs {needed}")
        if self.codes and self.type not in ("single", "multi"):
            raise ValueError("codes belong to items of type single and multi")
        if self.exclusive and self.type != "multi":
            raise ValueError("exclusive belongs to items of type multi")
        return self

    @property
    def in_file(self) -> bool:
        """Whether the file of answers has a variable for the item."""
        return bool(self.variable)

    @property
    def lowest(self) -> int:
        """The lowest value of a score, class or percent. Raises ValueError where the item has none."""
        return self._bound("minimum")

    @property
    def highest(self) -> int:
        """The highest value of a score, class or percent. Raises ValueError where the item has none."""
        return self._bound("maximum")

    def _bound(self, name: str) -> int:
        value: int | None = getattr(self, name)
        if value is None:
            raise ValueError(f"the item {self.item} of type {self.type} has no {name}")
        return value


class Option(tables.Record):
    """One row of `options.csv`: an answer of a scale, or a tagged missing value that the file has as an answer.

    `value`: the whole number in the cleaned data; `score`: the points it gives where it is scored; `missing`: the tag
    (-1 not asked ... -5 invalid) of what is no answer and has no value. Options stand in their order, lowest first;
    those of UNORDERED are outside it.
    """

    scale: Identifier
    option: Identifier
    value: int | None = Field(default=None, ge=0)
    score: float | None = None
    missing: Literal[-1, -2, -3, -4, -5] | None = None
    label_en: str
    label_nb: str
    label_sv: str

    @model_validator(mode="before")
    @classmethod
    def _missing_is_a_number(cls, row: Any) -> Any:
        # Literal numbers are not read from text, as the fields of a table are.
        if isinstance(row, dict) and isinstance(row.get("missing"), str) and row["missing"].lstrip("-").isdigit():
            return row | {"missing": int(row["missing"])}
        return row

    @model_validator(mode="after")
    def _answer_or_missing(self) -> "Option":
        if (self.value is None) == (self.missing is None):
            raise ValueError("an option has either a value or, when it is no answer, a missing tag")
        if self.missing is not None and self.score is not None:
            raise ValueError("what is no answer has no score")
        return self

    @property
    def typed(self) -> int:
        """The number in the cleaned data: the value, or the tag of a missing value."""
        return self.missing if self.value is None else self.value  # type: ignore[return-value]

    @property
    def ordered(self) -> bool:
        """Whether the option has a place in the order of its scale."""
        return self.value is not None and self.option not in UNORDERED


# The options of a tick without a scale of its own.
TICKS = (
    Option(scale="tick", option=NOT_TICKED, value=0, label_en="not ticked", label_nb="ikke valgt", label_sv="ej vald"),
    Option(scale="tick", option=TICKED, value=1, label_en="ticked", label_nb="valgt", label_sv="vald"),
)


def options_of(item: Item, *, options: Sequence[Option]) -> tuple[Option, ...]:
    """The options of an item in their order; ticks have two, scores, counts and texts without a scale none."""
    if item.scale is None:
        return TICKS if item.type == "multi" else ()
    return tuple(option for option in options if option.scale == item.scale)


def read_options(path: Path) -> tuple[Option, ...]:
    """The checked `options.csv` of a wave, row by row; none when it has no such file."""
    return tuple(tables.read_table(path, Option, key=["scale", "option"])) if path.is_file() else ()


def read_items(path: Path) -> tuple[Item, ...]:
    """The checked items of a wave, row by row. Raises InputError naming row and column."""
    return tuple(tables.read_table(path, Item, key=["item"]))


def option_problems(options: Sequence[Option], *, path: Path) -> Iterator[str]:
    """Options of a scale that have one value, as sentences."""
    seen: dict[tuple[str, int], int] = {}
    for row, option in enumerate(options, start=2):
        key = (option.scale, option.typed)
        if key in seen:
            place = f"{paths.relative(path)}, row {row}, column 'value'"
            yield f"{place}: {option.scale} has {option.typed} already in row {seen[key]}; keep one of them."
        seen[key] = row


def item_problems(items: Sequence[Item], *, options: Sequence[Option], path: Path) -> Iterator[str]:
    """What does not fit together in the items, as sentences.

    An item that is part of an unknown one, a scale that options.csv lacks, a code for an unknown option, a filter on
    an unknown or later item, two items with one variable.
    """
    name = paths.relative(path)
    known: dict[str, Item] = {}
    variables: dict[str, int] = {}
    parts = {item.item for item in items}
    for row, item in enumerate(items, start=2):
        problem = _problem(item, options=options, earlier=known, parts=parts)
        if problem is not None:
            yield f"{name}, row {row}, column {problem[0]!r}: {problem[1]}; add it or correct the name."
        if item.in_file and item.variable in variables:
            doubled = f"{item.variable!r} stands already in row {variables[item.variable]}"
            yield f"{name}, row {row}, column 'variable': {doubled}; match it to one item."
        known[item.item] = item
        variables[item.variable] = row


def _problem(
    item: Item, *, options: Sequence[Option], earlier: dict[str, Item], parts: set[str]
) -> tuple[str, str] | None:
    """The first column of an item that does not fit the rest, and what is wrong with it."""
    if item.part_of is not None and item.part_of not in parts:
        return "part_of", f"{item.part_of!r} is no item of this file"
    own = {option.option for option in options_of(item, options=options)}
    if item.scale is not None and not own:
        return "scale", f"{item.scale!r} is no scale of options.csv"
    unknown = next((option for _, option in item.codes if option not in own), None)
    if unknown is not None:
        return "codes", f"{unknown!r} is no option of {item.scale or 'a tick'}"
    rule = item.asked_if
    if rule is None:
        return None
    if rule.item not in earlier:
        return "asked_if", f"{rule.item!r} is no earlier item of this file"
    asked = {option.option for option in options_of(earlier[rule.item], options=options)}
    wrong = next((option for option in rule.options if option not in asked), None)
    return None if wrong is None else ("asked_if", f"{wrong!r} is no option of {rule.item}")
