"""What was asked in several waves, and how far the figures of two waves can be compared: judgement as data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import tables
from analysis.inputs.params import WaveId
from analysis.inputs.register import Id
from analysis.inputs.waves import ItemId, Wave

GradeLetter = Literal["A", "B", "C", "D"]
Kind = Literal["website", "survey", "series"]
Judgement = Literal["comparable", "caution", "not_comparable", "one_wave"]
Pair = frozenset[str]
Text = Annotated[str, Field(min_length=1)]
ConceptId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*([_-][a-z0-9]+)*$")]

RECODE = re.compile(r"(complement:[a-z0-9-]+|sum:[a-z0-9-]+(\+[a-z0-9-]+)+)\Z")


def _ids(value: object) -> object:
    return tuple(part.strip() for part in value.split(";")) if isinstance(value, str) else value


def _pairs(value: object) -> object:
    return tuple(frozenset(part.strip().split("|")) for part in value.split(";")) if isinstance(value, str) else value


class Concept(tables.Record):
    """One row of `concepts.csv`: something that waves ask about, and what would have to be asked to compare them.

    `kind`: `website` (scores of websites), `survey` (compared across surveys), `series` (one printed row of Sweden's
    own series). `family`: the tests that are adjusted together. `first_judgement` is the one with which the candidates
    were collected; a caution holds for the `caution_pairs`, for every pair where none is named.
    """

    concept_id: ConceptId
    kind: Kind
    family: ItemId | None = None
    title_en: Text
    title_nb: Text
    title_sv: Text
    first_judgement: Judgement | None = None
    caution_pairs: Annotated[tuple[Pair, ...], BeforeValidator(_pairs)] = ()
    ask_en: Text
    ask_nb: Text
    ask_sv: Text

    def best(self, pair: Pair) -> GradeLetter:
        """The best grade of a pair that the first judgement leaves open without naming a place in both sources."""
        if self.first_judgement is None:
            return "A"
        if self.first_judgement == "caution":
            return "C" if pair in self.caution_pairs or not self.caution_pairs else "D"
        return "B" if self.first_judgement == "comparable" else "D"


class Measure(tables.Record):
    """One row of `measures.csv`: how a wave measures a concept: by an item of its data, or by printed figures.

    `recode` makes one more value of the figures: `complement:id` is 100 percent less the figure, `sum:id+id` their
    sum. `base` says whom the values are of, `answered_by` who answered or scored; the gloss says in our own words what
    was asked. Of an item, or an indicator, the options named in `options` are counted together; without any its score
    counts, of which `scale_max` is the highest possible value. Figures have their place in the register.
    """

    concept_id: ConceptId
    wave: WaveId
    item: ItemId | None = None
    figures: Annotated[tuple[Id, ...], BeforeValidator(_ids)] = ()
    recode: str | None = None
    scale: Literal[
        "points", "index", "count", "yes_no", "choice", "ticks", "degree", "levels", "stages", "three_steps", "registry"
    ]
    scale_max: int | None = Field(default=None, gt=0)
    options: Annotated[tuple[ItemId, ...], BeforeValidator(_ids)] = ()
    base: Literal[
        "assessed_units", "frame", "all_answered", "module_answered", "published", "ten_units", "answers", "projects",
        "inhabitants", "unclear", "not_printed",
    ]  # fmt: skip
    population: Literal[
        "municipalities", "municipalities_and_county_municipalities", "state_and_municipal_bodies", "inhabitants",
        "projects",
    ]  # fmt: skip
    instrument: Text
    answered_by: Literal[
        "outside_assessors", "information_and_it_managers", "own_informant", "self_assessment", "not_printed"
    ]
    gloss_en: Text
    gloss_nb: Text
    gloss_sv: Text
    source_locator: str | None = None

    @model_validator(mode="after")
    def _one_carrier(self) -> "Measure":
        if (self.item is None) == (not self.figures):
            raise ValueError("either an item or printed figures are named, not both and not neither")
        if self.item is not None and (self.source_locator is None or (self.scale_max is None) == (not self.options)):
            raise ValueError("an item needs its source_locator, and its scale_max or the options that count")
        if self.options and self.item is None:
            raise ValueError("options belong to an item; printed figures have theirs in targets.csv")
        if self.recode is not None:
            if not RECODE.match(self.recode):
                raise ValueError("a recode is complement:figure or sum:figure+figure")
            if not set(self.recode.partition(":")[2].split("+")) <= set(self.figures):
                raise ValueError("a recode names a figure that the row does not have")
        return self


class Grade(tables.Record):
    """One row of `grades.csv`: how far one concept can be compared between two waves, why, and who says so.

    A: same wording, scale, base and population; B: trivial changes; C: the same concept measured in another way;
    D: a related topic. `reason` is an id of `reasons.csv`; `place` and `reference_place` say where both sources have
    what is compared.
    """

    concept_id: ConceptId
    wave: WaveId
    reference_wave: WaveId
    grade: GradeLetter
    reason: ConceptId
    place: str | None = None
    reference_place: str | None = None
    graded_by: Text
    date: date

    @model_validator(mode="after")
    def _two_waves(self) -> "Grade":
        if self.wave == self.reference_wave:
            raise ValueError(f"{self.wave} is compared with itself")
        return self

    @property
    def waves(self) -> Pair:
        """The two waves, whichever stands first."""
        return frozenset((self.wave, self.reference_wave))

    @property
    def pair(self) -> tuple[str, Pair]:
        """The concept and its two waves, whichever stands first."""
        return self.concept_id, self.waves


class Reason(tables.Record):
    """One row of `reasons.csv`: why a grade was given, as a clause in three languages."""

    reason: ConceptId
    en: Text
    nb: Text
    sv: Text


class Family(tables.Record):
    """One row of `families.csv`: tests adjusted together (`holm` or `bh`) at a level, and the margin of equivalence."""

    family: ItemId
    method: Literal["holm", "bh"]
    level: float = Field(gt=0, lt=0.5)
    margin: float = Field(gt=0, lt=1)
    decisions: Text
    title_en: Text
    title_nb: Text
    title_sv: Text


class Label(tables.Record):
    """One row of `labels.csv`: a printed figure named in the two languages that the register has no label in."""

    figure_id: Id
    label_nb: Text
    label_sv: Text


@dataclass(frozen=True)
class Concepts:
    """The tables of `data/raw/comparison`, checked, in the order of the files."""

    concepts: tuple[Concept, ...]
    measures: tuple[Measure, ...]
    grades: tuple[Grade, ...]
    reasons: tuple[Reason, ...]
    families: tuple[Family, ...]
    labels: tuple[Label, ...]

    def grade(self, concept_id: str, wave: str, reference_wave: str) -> Grade:
        """The grade of a pair of waves, in whichever order. Raises InputError for a pair nobody has graded."""
        found = self.graded.get((concept_id, frozenset((wave, reference_wave))))
        if found is None:
            name = paths.relative(paths.raw() / "comparison" / "grades.csv")
            raise InputError(
                f"{name}: {concept_id} has no grade for {wave} and {reference_wave}; add a row for the pair."
            )
        return found

    def concept(self, concept_id: str) -> Concept:
        """The concept of an id. Raises KeyError for an unknown one."""
        return self._concepts[concept_id]

    def reason(self, grade: Grade, language: str) -> str:
        """Why a grade was given, as a clause in a language."""
        return str(getattr(self._reasons[grade.reason], language))

    def title(self, concept_id: str, language: str) -> str:
        """A concept's short name in a language."""
        return str(getattr(self._concepts[concept_id], f"title_{language}"))

    def measured(self, concept_id: str) -> dict[str, Measure]:
        """How each wave measures a concept, in the order of the file."""
        return {measure.wave: measure for measure in self.measures if measure.concept_id == concept_id}

    @cached_property
    def rounds(self) -> tuple[str, ...]:
        """The surveys, without the website scores: Norway's before Sweden's, each country's by year."""
        surveys = {concept.concept_id for concept in self.concepts if concept.kind != "website"}
        return tuple(sorted({measure.wave for measure in self.measures if measure.concept_id in surveys}))

    @cached_property
    def graded(self) -> dict[tuple[str, Pair], Grade]:
        """The grades by concept and pair of waves."""
        return {grade.pair: grade for grade in self.grades}

    @cached_property
    def _concepts(self) -> dict[str, Concept]:
        return {concept.concept_id: concept for concept in self.concepts}

    @cached_property
    def _reasons(self) -> dict[str, Reason]:
        return {reason.reason: reason for reason in self.reasons}


# The tables with what a row of each is and what makes it unique.
TABLES: dict[str, tuple[type[tables.Record], tuple[str, ...]]] = {
    "concepts": (Concept, ("concept_id",)),
    "measures": (Measure, ("concept_id", "wave")),
    "grades": (Grade, ()),
    "reasons": (Reason, ("reason",)),
    "families": (Family, ("family",)),
    "labels": (Label, ("figure_id",)),
}


def load_concepts(waves: Mapping[str, Wave], *, folder: Path | None = None) -> Concepts:
    """The checked tables of `data/raw/comparison`, unless another folder is given.

    `waves` are the waves that are analysed; a concept may also name a wave that has been taken out, or one of which
    only printed figures are known. Raises InputError in one sentence naming file, row and column, as
    `concept_checks.check` and `tables.read_table` do.
    """
    from analysis.inputs import concept_checks

    folder = folder or paths.raw() / "comparison"
    read: dict[str, Any] = {
        name: tuple(tables.read_table(folder / f"{name}.csv", model, key=key)) for name, (model, key) in TABLES.items()
    }
    found = Concepts(**read)
    concept_checks.check(found, waves=waves, folder=folder)
    return found
