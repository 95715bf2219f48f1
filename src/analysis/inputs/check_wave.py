"""The command check-wave: everything that is wrong or missing in a wave's folder, one line each."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import pandas as pd

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import answers, checks, cleaning, codes, corrections, delivery_checks, matching, tables, waves
from analysis.inputs.contacts import read_contacts
from analysis.inputs.instrument import Item, Option
from analysis.inputs.invited import wave_frame
from analysis.inputs.microdata import Delivery
from analysis.inputs.projects import read_projects, unknown_consent
from analysis.inputs.readers import read_delivery
from analysis.inputs.wave_file import WaveFile
from analysis.inputs.waves import Wave


def run(wave: str) -> None:
    """Prints what is wrong and what is worth knowing, one line each.

    Raises InputError, with their number, when something is wrong.
    """
    wrong = list(problems(wave))
    for line in wrong:
        print(line)
    if wrong:
        raise InputError(f"{wave}: {len(wrong)} to correct, listed above; correct them and run check-wave again.")
    for line in notes(waves.load_wave(wave)):
        print(line)
    print(f"{wave}: nothing is wrong; add it to `waves` in params.yaml, if it is not there, and run `make report`.")


def problems(wave: str) -> Iterator[str]:
    """Everything that keeps a wave from being cleaned, as sentences; later checks need the earlier ones to pass."""
    folder = paths.wave(wave)
    if not folder.is_dir():
        yield f"{paths.relative(folder)} is missing; make the folder, or let new-wave write it."
        return
    found = [*_descriptions(wave)]
    if not found:
        found = [*waves.problems(waves.assemble(wave))]
    yield from found
    if not found:
        yield from _of_answers(waves.load_wave(wave))


def notes(wave: Wave) -> Iterator[str]:
    """What is worth knowing of a wave that can be cleaned: items that the file lacks, and variables nobody uses."""
    delivery = read_delivery(paths.wave(wave.id) / wave.file.responses.file, wave=wave)
    yield from _proposals(wave, delivery=delivery)
    for one in waves.not_estimated(waves.assemble(wave.id)):
        place = f"{paths.relative(paths.wave(wave.id) / 'wave.yml')}, key 'key_estimates'"
        yield f"{place}: {one.item} is not in the file, so that its estimate is left out; name another in its place."
    yield from _not_translated(wave)
    yield from unknown_consent(wave)
    used = {item.variable for item in wave.items} | set(wave.file.responses.columns().values())
    used |= set(matching.proposed_variables(wave, delivery=delivery).values()) | {delivery_checks.SYNTHETIC_COLUMN}
    for variable in delivery.cells.columns:
        if variable not in used:
            label = delivery.labels.get(variable)
            yield f"{checks.file_name(wave)}, column {variable!r}{f' ({label})' if label else ''}: no item uses it."
    for item in wave.items_in_file():
        if item.type in ("single", "multi"):
            for code, count in delivery_checks.unlabelled(item, delivery=delivery).items():
                place = f"{checks.file_name(wave)}, column {item.variable!r}"
                yield f"{place}: the code {code} of {count} rows has no label in the file, where other codes have one."


def _descriptions(wave: str) -> Iterator[str]:
    """Everything wrong in the files that describe a wave, each record by itself."""
    folder = paths.wave(wave)
    try:
        content = tables.yaml_content(folder / "wave.yml")
    except InputError as error:
        yield str(error)
    else:
        yield from tables.problems_of(content, WaveFile, place=paths.relative(folder / "wave.yml"))
        projects = content.get("projects")
        if isinstance(projects, dict) and "items" in projects:
            yield from tables.problems_of_table(folder / str(projects["items"]), Item)
    yield from tables.problems_of_table(folder / "items.csv", Item)
    if (folder / "options.csv").is_file():
        yield from tables.problems_of_table(folder / "options.csv", Option)
    try:
        waves.assemble(wave)
    except InputError as error:
        # Said already where it is a record's own; duplicates and the wave's name are said only here.
        if "stands already" in str(error) or "is not the name of the folder" in str(error):
            yield str(error)


def _of_answers(wave: Wave) -> Iterator[str]:
    """Everything wrong in the file of answers: its columns, labels, units, dates and values."""
    try:
        delivery = read_delivery(paths.wave(wave.id) / wave.file.responses.file, wave=wave)
        frame = wave_frame(wave)
        records = corrections.read_corrections(wave)
    except InputError as error:
        yield str(error)
        return
    found = [*_missing_columns(wave, delivery=delivery)]
    found += delivery_checks.problems(delivery, wave=wave)
    if not found:
        try:
            corrected, _ = corrections.apply(delivery.cells, corrections=records, wave=wave)
        except InputError as error:
            found.append(str(error))
        else:
            found += [*_of_rows(wave, delivery=replace(delivery, cells=corrected), frame=frame)]
    yield from found
    if not found:
        yield from _caught(partial(cleaning.clean, delivery, wave=wave, frame=frame, records=records))
        yield from _caught(lambda: read_contacts(wave, read_projects(wave)))


def _missing_columns(wave: Wave, *, delivery: Delivery) -> Iterator[str]:
    """Columns that are named and that the file lacks, each with the column it may be."""
    proposed = _proposed(wave, delivery=delivery)
    for row, item in enumerate(wave.items, start=2):
        if item.in_file and item.variable not in delivery.cells:
            problem = f"the column {item.variable!r} that items.csv names is missing"
            remedy = f"in row {row} of items.csv, {proposed.get(item.item, 'write another')}"
            yield f"{checks.file_name(wave)}, row 1: {problem}; {remedy}, or empty the cell if the file lacks it."
    for column in wave.file.responses.columns().values():
        if column not in delivery.cells:
            problem = f"the column {column!r} that wave.yml names is missing"
            yield f"{checks.file_name(wave)}, row 1: {problem}; name another, or take the key out of wave.yml."
    if not wave.items_in_file():
        items = paths.relative(paths.wave(wave.id) / "items.csv")
        yield f"{items}, column 'variable': no item is matched to the file; match at least one."
        yield from _proposals(wave, delivery=delivery)


def _proposals(wave: Wave, *, delivery: Delivery) -> Iterator[str]:
    """Items that the file has no variable for, with the one it may be."""
    proposed = _proposed(wave, delivery=delivery)
    for row, item in enumerate(wave.items, start=2):
        if item.variable in delivery.cells:
            continue
        place = f"{paths.relative(paths.wave(wave.id) / 'items.csv')}, row {row}, column 'variable'"
        remedy = proposed.get(item.item, "if it is, write its variable")
        yield f"{place}: {item.item} is not in the file; {remedy}."


def _proposed(wave: Wave, *, delivery: Delivery) -> dict[str, str]:
    """For items without a variable of the file: what to write if they are the most alike of the variables left."""
    found = {}
    for name, variable in matching.proposed_variables(wave, delivery=delivery).items():
        label = delivery.labels.get(variable)
        written = matching.proposed_codes(wave.item(name), variable, wave=wave, delivery=delivery)
        codes = f" and the codes {written}" if written else ""
        found[name] = f"write {variable!r}{f' ({label})' if label else ''}{codes} if it is that"
    return found


def _not_translated(wave: Wave) -> Iterator[str]:
    """Labels that are one text in all three languages, as new-wave writes them: in one line a file."""
    tables_of: dict[str, Sequence[Item | Option]] = {"items.csv": wave.items, "options.csv": wave.options}
    for file, rows in tables_of.items():
        same = [n for n, row in enumerate(rows, start=2) if row.label_en == row.label_nb == row.label_sv]
        if same:
            place = f"{paths.relative(paths.wave(wave.id) / file)}, row {same[0]}"
            rest = f" (and {len(same) - 1} more)" if len(same) > 1 else ""
            yield f"{place}{rest}: the label is the same in all three languages; translate it, if it is not a name."


def _of_rows(wave: Wave, *, delivery: Delivery, frame: pd.DataFrame) -> Iterator[str]:
    """Units that are not in the frame, texts that are no dates, and items off their scale, each by itself."""
    named = wave.file.responses.columns()
    for column in (named[key] for key in cleaning.DATES if key in named):
        for row, text in delivery.cells[column].drop_duplicates().items():
            cell = pd.Series([text], index=[row])
            yield from _caught(partial(checks.dates, cell, column=column, wave=wave))
    rows = cleaning.identify(delivery, wave=wave)
    strange = codes.strange(rows, frame=frame, wave=wave)
    matched, _ = codes.matched(
        rows, strange=strange, frame=frame, changes=codes.code_changes(wave) if strange.any() else None, wave=wave
    )
    for index in matched.index[codes.strange(matched, frame=frame, wave=wave)]:
        yield from _caught(partial(checks.units, matched.loc[[index]], frame=frame, wave=wave))
    questions = [*wave.blocks().values(), *((item,) for item in wave.items_in_file() if item.type != "multi")]
    for items in questions:
        alone = tuple(item.model_copy(update={"asked_if": None}) for item in items if item.in_file)
        part = replace(wave, items=alone)
        yield from _caught(partial(answers.typed, delivery.cells, delivery=delivery, wave=part))


def _caught(check: Callable[[], object]) -> Iterator[str]:
    """The sentence of the InputError that a check raises, if it does."""
    try:
        check()
    except InputError as error:
        yield str(error)
