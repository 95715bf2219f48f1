"""What the tables of concepts must agree on among themselves, with the waves and with the register."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from analysis import paths
from analysis.errors import InputError
from analysis.inputs.concepts import Concept, Concepts, Grade, Measure
from analysis.inputs.register import load_register
from analysis.inputs.waves import Wave

BY_VALUE = ("A", "B", "C", "D")


def check(found: Concepts, *, waves: Mapping[str, Wave], folder: Path) -> None:
    """Raise InputError, one sentence with file, row and column, for the first thing that does not agree.

    An item that its wave does not have or has on another scale; a figure that is not in the register or of another
    wave; an unknown concept, family, reason or wave; a pair graded twice; a wave of a concept in no graded pair; a
    grade that subtracts, or is better than the first judgement, without a place in both sources; a figure shown beside
    another without its names.
    """
    for problem in (*_concepts(found), *_measures(found, waves), *_grades(found), *_ungraded(found), *_labels(found)):
        name, _, rest = problem.partition("|")
        raise InputError(f"{paths.relative(folder / f'{name}.csv')}, {rest}")


def _concepts(found: Concepts) -> Iterator[str]:
    families = {family.family for family in found.families}
    for row, concept in enumerate(found.concepts, start=2):
        if concept.family is not None and concept.family not in families:
            problem = f"{concept.family!r} is no family of families.csv"
            yield f"concepts|row {row}, column 'family': {problem}; add it or correct the name."
        wrong = next((pair for pair in concept.caution_pairs if len(pair) != 2), None)
        if wrong is not None:
            yield f"concepts|row {row}, column 'caution_pairs': a pair is two waves joined by |; correct it."


def _measures(found: Concepts, waves: Mapping[str, Wave]) -> Iterator[str]:
    known = {concept.concept_id for concept in found.concepts}
    figures = load_register().figures.set_index("figure_id")["wave"].to_dict()
    for row, measure in enumerate(found.measures, start=2):
        place = f"measures|row {row}, column"
        if measure.concept_id not in known:
            problem = f"{measure.concept_id!r} is no concept of concepts.csv"
            yield f"{place} 'concept_id': {problem}; add it or correct the id."
        for figure in measure.figures:
            if figures.get(figure) != measure.wave:
                yield f"{place} 'figures': {figure!r} is no figure of {measure.wave} in the register; correct it."
        if measure.item is not None and measure.wave in waves:
            yield from _item(measure, waves[measure.wave], place)


def _item(measure: Measure, wave: Wave, place: str) -> Iterator[str]:
    items = {item.item: item for item in wave.items}
    indicators = {one.id: one.scale_maximum for one in wave.file.indicators}
    if measure.item not in items and (measure.item not in indicators or measure.options):
        yield f"{place} 'item': {measure.item!r} is no item of {wave.id}; name one of {', '.join(items)}."
        return
    if measure.options:
        known = [option.option for option in wave.options_of(str(measure.item))]
        for option in (one for one in measure.options if one not in known):
            yield f"{place} 'options': {option!r} is no option of {measure.item} in {wave.id}; correct it."
        return
    maximum = indicators.get(str(measure.item)) or items[str(measure.item)].highest
    if measure.scale_max != maximum:
        problem = f"{measure.scale_max} where items.csv of {wave.id} has the maximum {maximum}"
        yield f"{place} 'scale_max': {problem}; correct one of the two."


def _grades(found: Concepts) -> Iterator[str]:
    concepts = {concept.concept_id: concept for concept in found.concepts}
    measured = {(measure.concept_id, measure.wave) for measure in found.measures}
    reasons = {reason.reason for reason in found.reasons}
    seen: dict[object, int] = {}
    for row, grade in enumerate(found.grades, start=2):
        place = f"grades|row {row}"
        if grade.concept_id not in concepts:
            problem = f"{grade.concept_id!r} is no concept of concepts.csv"
            yield f"{place}, column 'concept_id': {problem}; add it or correct the id."
            continue
        for column, wave in (("wave", grade.wave), ("reference_wave", grade.reference_wave)):
            if (grade.concept_id, wave) not in measured:
                problem = f"measures.csv has no {grade.concept_id} in the wave {wave!r}"
                yield f"{place}, column {column!r}: {problem}; add it or correct the wave."
        if grade.reason not in reasons:
            yield f"{place}, column 'reason': {grade.reason!r} is no reason of reasons.csv; add it or correct the id."
        if grade.pair in seen:
            problem = f"{grade.concept_id} in {grade.wave} and {grade.reference_wave} is graded already in row"
            yield f"{place}: {problem} {seen[grade.pair]}; keep one of them."
        seen[grade.pair] = row
        yield from _places(grade, concepts[grade.concept_id], place)


def _places(grade: Grade, concept: Concept, place: str) -> Iterator[str]:
    """A grade that lets figures be subtracted, or is better than was first judged, names where both sources have it."""
    best = concept.best(grade.waves)
    better = BY_VALUE.index(grade.grade) < BY_VALUE.index(best)
    if grade.grade not in ("A", "B") and not better:
        return
    for column, text in (("place", grade.place), ("reference_place", grade.reference_place)):
        if text is None:
            why = f"is better than {best}, the best that the first judgement leaves open" if better else "subtracts"
            yield f"{place}, column {column!r}: the grade {grade.grade} {why}; name the place in the source."


def _ungraded(found: Concepts) -> Iterator[str]:
    graded = {(concept, wave) for concept, pair in found.graded for wave in pair}
    several = _repeated(measure.concept_id for measure in found.measures)
    for row, measure in enumerate(found.measures, start=2):
        if measure.concept_id in several and (measure.concept_id, measure.wave) not in graded:
            problem = f"{measure.wave!r} is in no pair of {measure.concept_id} in grades.csv"
            yield f"measures|row {row}, column 'wave': {problem}; correct the wave or grade a pair."


def _labels(found: Concepts) -> Iterator[str]:
    named = {label.figure_id for label in found.labels}
    beside = {(grade.concept_id, wave) for grade in found.grades if grade.grade != "D" for wave in grade.waves}
    surveys = {concept.concept_id for concept in found.concepts if concept.kind == "survey"}
    for row, measure in enumerate(found.measures, start=2):
        missing = [figure for figure in measure.figures if figure not in named]
        if missing and measure.concept_id in surveys and (measure.concept_id, measure.wave) in beside:
            problem = f"{missing[0]!r} is shown beside another figure and has no row in labels.csv"
            yield f"measures|row {row}, column 'figures': {problem}; add its names."


def _repeated(names: Iterable[str]) -> set[str]:
    listed = list(names)
    return {name for name in listed if listed.count(name) > 1}
