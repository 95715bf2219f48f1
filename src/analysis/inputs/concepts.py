"""What was asked in several waves, and how far the figures of two waves can be compared: judgement as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import tables
from analysis.inputs.params import WaveId
from analysis.inputs.waves import ItemId, Wave

GradeLetter = Literal["A", "B", "C", "D"]
Text = Annotated[str, Field(min_length=1)]


class Concept(tables.Record):
    """One row of `concepts.csv`: what a concept is in one wave.

    `scale_max` is the highest possible value, `base` whom the values are of, `answered_by` who answered or scored; the
    gloss says in our own words what was asked or scored, `source_locator` where the source has it.
    """

    concept_id: ItemId
    wave: WaveId
    item: ItemId
    scale_max: int = Field(gt=0)
    base: Literal["assessed_units"]
    population: Literal["municipalities_and_county_municipalities"]
    instrument: Text
    answered_by: Literal["outside_assessors"]
    gloss_en: Text
    gloss_nb: Text
    gloss_sv: Text
    source_locator: Text


class Grade(tables.Record):
    """One row of `grades.csv`: how far one concept can be compared between two waves, why, and who says so.

    A: same wording, scale, base and population; B: trivial changes; C: the same concept measured in another way;
    D: a related topic.
    """

    concept_id: ItemId
    wave: WaveId
    reference_wave: WaveId
    grade: GradeLetter
    reason_en: Text
    reason_nb: Text
    reason_sv: Text
    graded_by: Text
    date: date

    @model_validator(mode="after")
    def _two_waves(self) -> "Grade":
        if self.wave == self.reference_wave:
            raise ValueError(f"{self.wave} is compared with itself")
        return self

    @property
    def pair(self) -> tuple[str, frozenset[str]]:
        """The concept and its two waves, whichever stands first."""
        return self.concept_id, frozenset((self.wave, self.reference_wave))

    def reason(self, language: str) -> str:
        """Why this grade was given, as a sentence in a language."""
        return str(getattr(self, f"reason_{language}"))


@dataclass(frozen=True)
class Concepts:
    """The concepts by wave and the grades of pairs of waves, checked, in the order of the files."""

    concepts: tuple[Concept, ...]
    grades: tuple[Grade, ...]

    def grade(self, concept_id: str, wave: str, reference_wave: str) -> Grade:
        """The grade of a pair of waves, in whichever order. Raises InputError for a pair nobody has graded."""
        for grade in self.grades:
            if grade.pair == (concept_id, frozenset((wave, reference_wave))):
                return grade
        raise InputError(
            f"{_name('grades.csv')}: {concept_id} has no grade for {wave} and {reference_wave}; add a row for the pair."
        )


def load_concepts(waves: Mapping[str, Wave], *, folder: Path | None = None) -> Concepts:
    """The checked tables of `data/raw/comparison`, unless another folder is given.

    `waves` are the waves that are analysed; a concept may also name a wave that has been taken out. Raises InputError
    in one sentence naming file, row and column: an unknown column or value, a missing reason, a concept that stands
    twice in a wave, an item that the wave does not have or has on another scale, a wave without any grade, a pair that
    is graded twice or names a wave that the concept does not have.
    """
    folder = folder or paths.raw() / "comparison"
    concepts = tables.read_table(folder / "concepts.csv", Concept, key=("concept_id", "wave"))
    grades = tables.read_table(folder / "grades.csv", Grade)
    _check_items(concepts, waves, name=paths.relative(folder / "concepts.csv"))
    _check_pairs(grades, concepts, name=paths.relative(folder / "grades.csv"))
    graded = {(concept, wave) for concept, pair in (grade.pair for grade in grades) for wave in pair}
    for row, concept in enumerate(concepts, start=2):
        if (concept.concept_id, concept.wave) not in graded:
            place = f"{paths.relative(folder / 'concepts.csv')}, row {row}, column 'wave'"
            problem = f"{concept.wave!r} is in no pair of {concept.concept_id} in grades.csv"
            raise InputError(f"{place}: {problem}; correct the wave or grade a pair.")
    return Concepts(tuple(concepts), tuple(grades))


def _check_items(concepts: list[Concept], waves: Mapping[str, Wave], *, name: str) -> None:
    for row, concept in enumerate(concepts, start=2):
        if concept.wave not in waves:
            continue
        items = {item.item: item for item in waves[concept.wave].items}
        if concept.item not in items:
            problem = f"{concept.item!r} is no item of {concept.wave}"
            raise InputError(f"{name}, row {row}, column 'item': {problem}; name one of {', '.join(items)}.")
        maximum = items[concept.item].highest
        if concept.scale_max != maximum:
            problem = f"{concept.scale_max} where items.csv of {concept.wave} has the maximum {maximum}"
            raise InputError(f"{name}, row {row}, column 'scale_max': {problem}; correct one of the two.")


def _check_pairs(grades: list[Grade], concepts: list[Concept], *, name: str) -> None:
    known = {(concept.concept_id, concept.wave) for concept in concepts}
    concept_ids = {concept.concept_id for concept in concepts}
    seen: dict[tuple[str, frozenset[str]], int] = {}
    for row, grade in enumerate(grades, start=2):
        if grade.concept_id not in concept_ids:
            place = f"{name}, row {row}, column 'concept_id'"
            raise InputError(f"{place}: {grade.concept_id!r} is no concept of concepts.csv; add it or correct the id.")
        for column, wave in (("wave", grade.wave), ("reference_wave", grade.reference_wave)):
            if (grade.concept_id, wave) not in known:
                problem = f"concepts.csv has no {grade.concept_id} in the wave {wave!r}"
                raise InputError(f"{name}, row {row}, column {column!r}: {problem}; add it or correct the wave.")
        if grade.pair in seen:
            problem = f"{grade.concept_id} in {grade.wave} and {grade.reference_wave} is graded already in row"
            raise InputError(f"{name}, row {row}: {problem} {seen[grade.pair]}; keep one of them.")
        seen[grade.pair] = row


def _name(file: str) -> str:
    return paths.relative(paths.raw() / "comparison" / file)
