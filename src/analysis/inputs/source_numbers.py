"""Every number of the source texts accounted for: a figure of the register, or listed as what it is instead."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field, ValidationInfo, field_validator

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import tables
from analysis.inputs.printed_numbers import AMOUNT, NONE, SHARE, PrintedNumber, Reading, lines_in, numbers_in
from analysis.inputs.register import SHARES, Id, load_register

OTHER = "other_numbers.csv"
# A part of a locator: lines (`L158/237`) or a page or two (`p.15-16`), and what is said of it up to the semicolon.
PLACE = re.compile(r"(?:^|; ?)(?:L(?P<lines>\d+(?:/\d+)*)|p\.(?P<page>\d+)(?:-(?P<last>\d+))?)(?P<more>[^;]*)")

Kind = Literal[
    "category",  # a limit or label of an answer category or size class
    "claim",  # a rank, which stands in claims.csv
    "date",
    "duration",
    "footnote",
    "group",  # how many units a group holds by its definition
    "heading",  # the number of a heading, a part or a question
    "label",  # the number of a figure, table or annex
    "level",  # a step of a scale that is named by its number
    "name",  # part of a word
    "one",  # stressed, as in "only once"
    "other document",  # in the list of other documents that the hosting site put before the text
    "page",
    "quotation",  # in the words of a respondent
    "repeated",  # says a figure once more
    "version",
    "year",
]


class OtherNumber(tables.Record):
    """One row of `other_numbers.csv`: a number that a source prints and that is no figure of its own.

    `locator` is a line (`L33`) or a page (`p.7`), `number` is as printed, `times` says how often it stands there as
    this. Only a number of the kind `repeated` names a figure: the one it says once more.
    """

    source_id: Id
    locator: Annotated[str, Field(pattern=r"^(L|p\.)[1-9][0-9]*$")]
    number: Annotated[str, Field(max_length=40)]
    times: int = Field(ge=1)
    kind: Kind
    figure_id: Id | None = Field(default=None, validate_default=True)

    @field_validator("figure_id")
    @classmethod
    def _repeats(cls, figure: str | None, info: ValidationInfo) -> str | None:
        if "kind" in info.data and (figure is None) == (info.data["kind"] == "repeated"):
            raise ValueError("a repeated number names the figure that it repeats, every other number names none")
        return figure


@dataclass(frozen=True)
class Printed:
    """A number that a figure says is printed once, at one of `places` of its source; or the words that stand for it."""

    figure_id: str
    places: tuple[str, ...]
    reading: Reading
    words: str = ""


@dataclass(frozen=True)
class Account:
    """What the numbers of one text are; `problems` are sentences that name file, line and number."""

    numbers: int
    figures: int
    other: int
    problems: tuple[str, ...]


def load_other_numbers(folder: Path | None = None) -> list[OtherNumber]:
    """The checked list of numbers that are no figures, from `data/raw/published` unless another folder is given.

    Raises InputError in one sentence that names file, row and column: a value of the wrong kind, a row that stands
    twice, an unknown source, a figure of another source, or more words than one number, so that no sentence gets in.
    """
    folder = folder or paths.published()
    path = folder / OTHER
    rows = tables.read_table(path, OtherNumber, key=["source_id", "locator", "number", "kind", "figure_id"])
    register = load_register(folder)
    languages = dict(zip(register.sources["source_id"], register.sources["language"], strict=True))
    figures = dict(zip(register.figures["figure_id"], register.figures["source_id"], strict=True))
    for number, row in enumerate(rows, start=2):
        place = f"{paths.relative(path)}, row {number}, column"
        if row.source_id not in languages:
            raise InputError(f"{place} 'source_id': {row.source_id!r} is no source of sources.csv; correct the id.")
        if row.figure_id and figures.get(row.figure_id) != row.source_id:
            raise InputError(f"{place} 'figure_id': {row.figure_id!r} is no figure of {row.source_id}; correct the id.")
        if [found.printed for found in numbers_in(row.number, language=languages[row.source_id])] != [row.number]:
            raise InputError(f"{place} 'number': {row.number!r} is not one number and nothing else; shorten it.")
    return rows


def run(folder: Path) -> None:
    """Prints every number of the texts in a folder that is not accounted for, one line each, and the counts.

    The texts are `<source_id>.txt` in UTF-8, for the sources of the register; a text that is not there is named.
    Raises InputError when something is not accounted for, or no text is there.
    """
    register, other = load_register(), load_other_numbers()
    accounts = {}
    for source, language in zip(register.sources["source_id"], register.sources["language"], strict=True):
        if (folder / f"{source}.txt").is_file():
            accounts[source] = account(
                tables.read_text(folder / f"{source}.txt"),
                name=f"{source}.txt",
                language=language,
                figures=register.figures[register.figures["source_id"] == source],
                other=[row for row in other if row.source_id == source],
            )
    if not accounts:
        place = paths.relative(folder)
        raise InputError(f"{place}: no text of the register's sources is there; expected are files like {source}.txt.")
    for line in (problem for found in accounts.values() for problem in found.problems):
        print(line)
    wrong = sum(len(found.problems) for found in accounts.values())
    if wrong:
        raise InputError(f"{_counts(accounts)}; {wrong} unexplained, listed above: correct the register or {OTHER}.")
    missing = ", ".join(f"{source}.txt" for source in register.sources["source_id"] if source not in accounts)
    print(f"{_counts(accounts)}; 0 unexplained" + (f"; not there and not read: {missing}." if missing else "."))


def account(text: str, *, name: str, language: str, figures: pd.DataFrame, other: Sequence[OtherNumber]) -> Account:
    """The numbers of one text set against its figures and its rows of the list, number by number, place by place.

    A figure stands once for each part of its locator, which are set off by semicolons (`p.18 text; p.18 Fig 9`), twice
    where the part says so in brackets (`(twice)`, `(two identical rows)`); words quoted in a part are printed there
    instead of a number. Percentages are met by shares and all else by other amounts. Several figures can rest on one
    number of a text (one sentence for four areas); a number more than is accounted for is a problem, and so is a
    figure or a row of the list whose number is not at its place.
    """
    numbers = numbers_in(text, language=language)
    listed, not_listed = _listed(numbers, other, name)
    left = [number for index, number in enumerate(numbers) if index not in listed]
    carrying, not_printed = _carrying(left, _printed(figures), lines_in(text), name)
    unexplained = [number for index, number in enumerate(left) if index not in carrying and not number.loose]
    return Account(
        numbers=len([number for number in numbers if not number.loose]),
        figures=len([index for index in carrying if not left[index].loose]),
        other=len([index for index in listed if not numbers[index].loose]),
        problems=(*(_neither(number, name) for number in unexplained), *not_printed, *not_listed),
    )


def _listed(numbers: Sequence[PrintedNumber], other: Iterable[OtherNumber], name: str) -> tuple[set[int], list[str]]:
    """Which numbers the list accounts for, and its rows that find fewer than they say."""
    taken: set[int] = set()
    problems = []
    for row in other:
        there = [
            index
            for index, number in enumerate(numbers)
            if index not in taken and number.place == row.locator and number.printed == row.number
        ]
        there.sort(key=lambda index: numbers[index].loose)
        taken.update(there[: row.times])
        if len(there) < row.times:
            seen = f"stands {len(there)} times instead of {row.times}"
            problems.append(f"{OTHER}, {row.number!r} ({row.kind}): {seen} at {row.locator} of {name}.")
    return taken, problems


def _carrying(
    numbers: Sequence[PrintedNumber], printed: Iterable[Printed], lines: Sequence[tuple[str, str]], name: str
) -> tuple[set[int], list[str]]:
    """Which numbers figures rest on, and the figures whose number is not at its place."""
    taken: set[int] = set()
    problems = []
    for claim in printed:
        meeting = [index for index, number in enumerate(numbers) if _meets(number, claim)]
        free = sorted(set(meeting) - taken, key=lambda index: (numbers[index].loose, index))
        taken.update(free[:1])
        quoted = any(place in claim.places and claim.words.lower() in line.lower() for place, line in lines)
        if not (quoted if claim.words else meeting):
            what = claim.words or ("n/a" if claim.reading[1] is None else f"{claim.reading[1]} ({claim.reading[0]})")
            where = " or ".join(claim.places) or "a place that the locator does not name"
            problems.append(f"figures.csv, {claim.figure_id}: {what} is not printed at {where} of {name}.")
    return taken, problems


def _meets(number: PrintedNumber, claim: Printed) -> bool:
    kind, value = claim.reading
    anything = (kind, None) in number.readings  # "the rest": the text prints no value
    return not claim.words and number.place in claim.places and (anything or (kind, value) in number.readings)


def _printed(figures: pd.DataFrame) -> Iterator[Printed]:
    """Every number that the figures say is printed, one for each part of a locator that names a place."""
    for figure_id, locator, statistic, value in zip(
        figures["figure_id"], figures["source_locator"], figures["statistic"], figures["value"], strict=True
    ):
        reading = (SHARE if statistic in SHARES else AMOUNT, Decimal(value)) if value else (NONE, None)
        parts = list(PLACE.finditer(locator))
        for part in parts:
            words = re.search(r'"([^"]+)"', part["more"])
            for places in _places(part):
                yield Printed(figure_id, places, reading, words[1] if words else "")
        if not parts:
            yield Printed(figure_id, (), reading)


def _places(part: re.Match[str]) -> list[tuple[str, ...]]:
    if part["lines"]:
        return [(f"L{line}",) for line in part["lines"].split("/")]
    pages = range(int(part["page"]), int(part["last"] or part["page"]) + 1)
    return [tuple(f"p.{page}" for page in pages)] * (2 if re.search(r"\(tw(?:ice|o )", part["more"]) else 1)


def _neither(number: PrintedNumber, name: str) -> str:
    place = f"{name}, line {number.line} ({number.place}), number {number.printed!r}"
    return f"{place}: no figure of the register and no row of {OTHER} accounts for it."


def _counts(accounts: Mapping[str, Account]) -> str:
    numbers, figures, other = (
        sum(getattr(found, name) for found in accounts.values()) for name in ("numbers", "figures", "other")
    )
    return f"{len(accounts)} texts, {numbers} numbers: {figures} printed figures, {other} listed as other numbers"
