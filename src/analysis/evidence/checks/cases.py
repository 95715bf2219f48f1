"""What a rule sees: printed figures without their ids and notes, joined to cases by the relations between them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import pandas as pd

from analysis.evidence.checks.intervals import Interval, exactly
from analysis.inputs.register import DECIMALS, SHARES
from analysis.inputs.relations import Reference, Relations, Term, share_of
from analysis.survey.counts import rounding_interval

EXACT = ("printed", "assumed", "frame")  # the base is the number of units that the figure is a share of


@dataclass(frozen=True)
class Printed:
    """One printed figure: what a rule may read of it. `key` only tells figures apart and names them in a finding."""

    key: str
    quantity: str
    source: str
    where: str
    wave: str
    domain: str
    sector: str
    label: str
    statistic: str
    value: str
    precision: str
    unit: str
    answer: str
    base: int | None
    base_status: str
    group: str
    term: Term | None = None

    @property
    def is_share(self) -> bool:
        """Whether it is a percentage."""
        return self.statistic in SHARES

    @property
    def is_numeral(self) -> bool:
        """Whether it was printed as a number, not as a word, a limit, or nothing."""
        return self.precision in DECIMALS

    @property
    def size(self) -> int | None:
        """How many units it speaks of: a count itself, or the base of anything else."""
        return int(self.value) if self.statistic == "count" and self.value else self.base

    @property
    def text(self) -> str:
        """The value as printed, with its percent sign; a word as itself."""
        shown = f"{self.value}%" if self.is_share else self.value
        if self.term is None:
            return shown
        return f"'{self.term.label_en}'" if self.term.share else f"{self.term.label_en} {shown}"

    def interval(self) -> Interval | None:
        """What is printed as this value, rounding half up; None for a limit or word of unknown reach, or no value."""
        if not self.value:
            return None
        if self.statistic == "count" and self.is_numeral:
            return exactly(int(self.value))
        if self.is_numeral:
            low, high = rounding_interval(self.value, decimals=DECIMALS[self.precision])
            return Interval(low, high, open_high=True)
        return None if self.term is None else _reach(self.term, self.value)

    def counts(self, base: int) -> range:
        """The counts of `base` units that it can stand for; every one where the value leaves all open."""
        found = self.interval()
        if found is None:
            return range(base + 1)
        return (
            found.whole_numbers(most=base)
            if not self.is_share
            else found.times(Fraction(base, 100)).whole_numbers(most=base)
        )

    def moved(self, steps: int) -> "Printed | None":
        """The same figure with a value some units of its last digit away; None where no such value could be printed."""
        unit = Fraction(1, 10 ** DECIMALS[self.precision])
        value = Fraction(self.value) + steps * unit
        if value < 0 or (self.is_share and value > 100):
            return None
        return replace(self, value=f"{float(value):.{DECIMALS[self.precision]}f}")


@dataclass(frozen=True)
class Part:
    """A figure or a reference record in its role within a case; `value` is a place or a row."""

    role: str
    figure: Printed | None = None
    reference: Reference | None = None
    value: str | None = None


@dataclass(frozen=True)
class Case:
    """Figures that a rule judges together. `kind` chooses the rule; `siblings` are the references at other dates."""

    kind: str
    label: str
    where: str
    parts: tuple[Part, ...]
    how: str = ""
    siblings: tuple[Reference, ...] = ()

    def of(self, *roles: str) -> list[Printed]:
        """The figures in some roles, in their order."""
        return [part.figure for part in self.parts if part.role in roles and part.figure is not None]

    def with_figure(self, figure: Printed) -> "Case":
        """The same case with one of its figures printed otherwise."""
        changed = (replace(p, figure=figure) if p.figure and p.figure.key == figure.key else p for p in self.parts)
        return replace(self, parts=tuple(changed))


def printed_figures(figures: pd.DataFrame, relations: Relations) -> dict[str, Printed]:
    """The figures that rules may see, by key; words and limits with the term that a relation gives them."""
    terms = {term.term_id: term for term in relations.terms}
    words = {m.figure_id: terms[m.value] for m in relations.members if m.role == "word" and m.value is not None}
    return {row["figure_id"]: _printed(row, words.get(row["figure_id"])) for row in _rows(figures)}


def all_cases(figures: pd.DataFrame, relations: Relations) -> list[Case]:
    """Every case of a register: each percentage, mean, quantity printed twice, report, and declared relation."""
    printed = printed_figures(figures, relations)
    valued = [figure for figure in printed.values() if figure.value]
    numerals = [figure for figure in valued if figure.is_numeral]
    quantities = _groups(numerals, key=lambda figure: (figure.quantity, figure.wave, figure.statistic))
    return [
        *(_case("whole_numbers", [figure]) for figure in valued if figure.is_share),
        *(_case("grim", [figure]) for figure in valued if figure.statistic == "mean"),
        *(_case("one_quantity", group) for group in quantities if len(group) > 1),
        *(_case("duplicate_rows", group) for group in _groups(printed.values(), key=lambda figure: figure.source)),
        *_related(printed, relations),
    ]


def _groups(figures: Iterable[Printed], *, key: Callable[[Printed], object]) -> list[list[Printed]]:
    """Figures with the same key, in their order."""
    groups: dict[object, list[Printed]] = {}
    for figure in figures:
        groups.setdefault(key(figure), []).append(figure)
    return list(groups.values())


def _case(kind: str, figures: list[Printed]) -> Case:
    """A case that no relation declares; that of a report stands at no one place."""
    whole = kind == "duplicate_rows"
    return Case(
        kind=kind,
        label="all rows of the register" if whole else figures[0].label,
        where="every place" if whole else "; ".join(dict.fromkeys(figure.where for figure in figures)),
        parts=tuple(Part("figure", figure) for figure in figures),
    )


def _related(printed: Mapping[str, Printed], relations: Relations) -> Iterable[Case]:
    references = {record.reference_id: record for record in relations.references}
    parts: dict[str, list[Part]] = {}
    for member in relations.members:
        figure = printed[member.figure_id] if member.figure_id else None
        reference = references[member.reference_id] if member.reference_id else None
        parts.setdefault(member.relation_id, []).append(Part(member.role, figure, reference, member.value))
    for relation in relations.relations:
        own = tuple(parts[relation.relation_id])
        series = {part.reference.series for part in own if part.reference}
        yield Case(
            kind=relation.kind,
            label=relation.label_en,
            where=relation.source_locator,
            parts=own,
            how=relation.how or "",
            siblings=tuple(record for record in relations.references if record.series in series),
        )


def _rows(figures: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(column): value for column, value in row.items()} for row in figures.to_dict("records")]


def _printed(row: Mapping[str, Any], term: Term | None) -> Printed:
    base = row["base_n"]
    texts = {name: str(row[column]) for name, column in COLUMNS.items()}
    return Printed(**texts, base=None if pd.isna(base) else int(base), term=term)


COLUMNS = {
    "key": "figure_id",
    "quantity": "quantity_id",
    "source": "source_id",
    "where": "source_locator",
    "wave": "wave",
    "domain": "domain",
    "sector": "sector",
    "label": "label_en",
    "statistic": "statistic",
    "value": "value",
    "precision": "precision",
    "unit": "unit",
    "answer": "answer_category",
    "base_status": "base_status",
    "group": "group",
}


def _reach(term: Term, value: str) -> Interval:
    """What a word says: its share, or the number beside it, and how far it reaches on its side."""
    share = share_of(term)
    middle = Fraction(value) if share is None else share
    reach = Fraction(term.tolerance) if term.tolerance else _half_unit(value)
    low = middle if term.side == "above" else middle - reach
    high = middle if term.side == "below" else middle + reach
    return Interval(low, high, open_low=term.side == "above", open_high=term.side == "below")


def _half_unit(value: str) -> Fraction:
    """Half a unit of the last digit above 0, as 50 for 3500."""
    digits = value.rstrip("0")
    return Fraction(10 ** (len(value) - len(digits)), 2)
