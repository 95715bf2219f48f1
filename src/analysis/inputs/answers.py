"""Answers as typed values: codes of the file become values of the options, what is no answer a tag with its reason."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from analysis.errors import InputError
from analysis.inputs import checks
from analysis.inputs.instrument import NOT_TICKED, TICKED, Item, Option
from analysis.inputs.microdata import Delivery
from analysis.inputs.missing import BLANK, INVALID, MISSING, NO_MODULE, NOT_ASKED, tag_of_label
from analysis.inputs.waves import Wave

KEY = ["row", "unit_type", "code"]
# How the reasons begin of what nobody can have meant.
OFF_SCALE, NOT_FOR_THEM, CONTRADICTION = "off the scale: ", "answered though ", "an exclusive option with another one"
CODED = ("single", "multi", "count")
CHECKS = {
    OFF_SCALE: "each answer is on the scale of its item",
    CONTRADICTION: "no option is ticked beside one that excludes it",
    NOT_FOR_THEM: "nobody answers what the filter keeps from them",
}


@dataclass(frozen=True)
class Answers:
    """Typed answers of the rows of a file.

    `values`: one column per item that is in the file, whole numbers with the negative tags of MISSING; `reasons`: why a
    cell is not simply the option of its code, missing where it is; `texts`: the free texts.
    """

    values: pd.DataFrame
    reasons: pd.DataFrame
    texts: pd.DataFrame

    def of(self, rows: pd.Index) -> "Answers":
        """The answers of some of the rows."""
        return Answers(self.values.loc[rows], self.reasons.loc[rows], self.texts.loc[rows])

    def tagged(self, cells: pd.DataFrame, tag: int, reason: str) -> "Answers":
        """The answers with other values where `cells`, a table of truth values, is true; each with its reason."""
        where = cells.reindex(columns=self.values.columns, fill_value=False)
        return Answers(self.values.mask(where, tag), self.reasons.mask(where, reason), self.texts)


def typed(cells: pd.DataFrame, *, delivery: Delivery, wave: Wave) -> Answers:
    """The answers of each row, item by item; `cells` is the text of the file.

    A code becomes the value of its option; a blank "left blank"; a code that the file declares missing what its label
    means; what is off the scale of a survey's item "invalid". Raises InputError for a score that is off its scale, for
    an item of which more than `invalid_max` of the answers are off their scale, and for one without any answer.
    """
    _check_answered(delivery, wave=wave)
    values, reasons = {}, {}
    for item in wave.items_in_file():
        if item.type != "text":
            text = cells[item.variable]
            values[item.item], reasons[item.item] = _typed(text, item=item, delivery=delivery, wave=wave)
    texts = {item.item: cells[item.variable].mask(cells[item.variable] == "") for item in wave.items_in_file_of("text")}
    answers = Answers(
        pd.DataFrame(values, index=cells.index),
        pd.DataFrame(reasons, index=cells.index),
        pd.DataFrame(texts, cells.index),
    )
    return _filtered(_blocks(answers, wave=wave), wave=wave)


def _check_answered(delivery: Delivery, *, wave: Wave) -> None:
    """Each question that was asked of all has an answer in some row; of a block one option has. Texts may be empty."""
    blocks = wave.blocks()
    for item in wave.items_in_file():
        if item.type == "text" or item.asked_if is not None:
            continue
        question = blocks[str(item.block)] if item.type == "multi" else (item,)
        variables = [part.variable for part in question if part.in_file]
        if (delivery.cells[variables] == "").all(axis=None):
            place = f"{checks.file_name(wave)}, column {item.variable!r}"
            problem = f"no row has an answer to the item {item.item}"
            raise InputError(f"{place}: {problem}; leave its variable empty in items.csv if it is not in the file.")


def code_table(item: Item, *, wave: Wave, delivery: Delivery) -> dict[str, Option]:
    """The options of an item by their codes in the file: those of `codes`, else the options' own values.

    An option that is no answer and has no code is found by its label among the value labels of the file.
    """
    options = {option.option: option for option in wave.options_of(item.item)}
    if item.codes:
        return {code: options[option] for code, option in item.codes}
    table = {str(option.value): option for option in options.values() if option.value is not None}
    for code, label in delivery.value_labels.get(item.variable, {}).items():
        for option in options.values():
            if option.missing is not None and label.casefold() in names(option):
                table.setdefault(code, option)
    return table


def names(option: Option) -> set[str]:
    """What an option is called in the three languages, in lower case, and its id."""
    labels = {option.label_en, option.label_nb, option.label_sv, option.option.replace("_", " ")}
    return {label.casefold() for label in labels}


def declared_missing(item: Item, codes: Iterable[str], *, delivery: Delivery) -> dict[str, tuple[int, str]]:
    """Those of the codes that the file declares missing, with the tag they mean and the label they have."""
    labels = delivery.value_labels.get(item.variable, {})
    declared = [code for code in codes if delivery.declares_missing(item.variable, code)]
    return {code: (tag_of_label(labels.get(code, "")), labels.get(code, "")) for code in declared}


def _typed(text: pd.Series, *, item: Item, delivery: Delivery, wave: Wave) -> tuple[pd.Series, pd.Series]:
    """The values of one item, and the reasons of what is not simply the option of its code."""
    reasons = pd.Series(None, text.index, dtype="object").mask(text == "", f"no value: {MISSING[BLANK]}")
    given = text[text != ""]
    if item.type in ("score", "ordinal", "percent"):
        return checks.on_scale(given, item=item, wave=wave).reindex(text.index, fill_value=BLANK), reasons
    table = {} if item.type == "count" else code_table(item, wave=wave, delivery=delivery)
    means = {code: option.typed for code, option in table.items()}
    said = {code: f"no answer: {option.label_en}" for code, option in table.items() if option.missing is not None}
    others = [code for code in given.unique() if code not in means]
    for code, (tag, label) in declared_missing(item, others, delivery=delivery).items():
        means[code] = tag
        said[code] = f"declared missing in the file{f' ({label})' if label else ''}: {MISSING[tag]}"
    if item.type == "count":
        whole = [code for code in others if code not in means and code.isdigit() and _in_range(int(code), item)]
        means |= {code: int(code) for code in whole}
    off = given[~given.isin(list(means))]
    _check_share(off, given=given, item=item, wave=wave)
    values = given.map(means).fillna(INVALID).astype("int64").reindex(text.index, fill_value=BLANK)
    reasons = reasons.fillna(text.map(said))
    return values, reasons.mask(text.index.isin(off.index), f"{OFF_SCALE}{_scale(item, table)}")


def _in_range(value: int, item: Item) -> bool:
    return value >= (item.minimum or 0) and (item.maximum is None or value <= item.maximum)


def _scale(item: Item, table: dict[str, Option]) -> str:
    if item.type == "count":
        return f"a whole number from {item.minimum or 0}" + (f" to {item.maximum}" if item.maximum is not None else "")
    return "the codes are " + ", ".join(table)


def _check_share(off: pd.Series, *, given: pd.Series, item: Item, wave: Wave) -> None:
    if len(off) > max(1, wave.file.invalid_max * len(given)):
        place = f"{checks.file_name(wave)}, row {off.index[0]}, column {item.variable!r}"
        problem = f"{off.iloc[0]!r} and {len(off) - 1} more of {len(given)} answers are off the scale of {item.item}"
        raise InputError(f"{place}: {problem}; match the codes in items.csv (column 'codes') or the scale.")


def _blocks(answers: Answers, *, wave: Wave) -> Answers:
    """Multi-select blocks as one question each.

    A block without a tick is left blank; a blank beside a tick is "not ticked"; an exclusive option ticked with
    another contradicts itself and makes the whole block invalid.
    """
    for items in wave.blocks().values():
        block = [item.item for item in items if item.in_file]
        if not block:
            continue
        part = answers.values[block]
        ticks = part == wave.option(block[0], TICKED).typed
        alone = [item.item for item in items if item.in_file and item.exclusive]
        conflict = ticks[alone].any(axis=1) & (ticks.sum(axis=1) > 1)
        none = part.isin([wave.option(block[0], NOT_TICKED).typed, BLANK]).all(axis=1)
        answers = answers.tagged(_cells(part, ~part.isna(), conflict), INVALID, CONTRADICTION)
        answers = answers.tagged(_cells(part, part == 0, none), BLANK, "no option of the block is ticked")
        beside = _cells(part, part == BLANK, ticks.any(axis=1) & ~conflict)
        answers = answers.tagged(beside, 0, "not ticked: another option of the block is")
    return answers


def _filtered(answers: Answers, *, wave: Wave) -> Answers:
    """Items that were not asked of a unit, by their filters in the order of the file; an answer there is taken out.

    Where the answer to the filter is itself missing, the item stays as it is.
    """
    for item in wave.items_in_file():
        rule = item.asked_if
        if rule is None or item.item not in answers.values or rule.item not in answers.values:
            continue
        filtering = answers.values[rule.item]
        asked = filtering.isin([wave.option(rule.item, option).typed for option in rule.options])
        not_asked = ~asked & ((filtering >= 0) | filtering.isin([NOT_ASKED, -2]))
        values = answers.values[[item.item]]
        reason = f"not asked: {rule.item} is not {' or '.join(rule.options)}"
        answers = answers.tagged(_cells(values, values < 0, not_asked), NOT_ASKED, reason)
        answers = answers.tagged(_cells(values, values >= 0, not_asked), NOT_ASKED, f"{NOT_FOR_THEM}{reason}")
    return answers


def without_modules(answers: Answers, *, answered: pd.DataFrame, wave: Wave) -> Answers:
    """The answers with all items of a module that a unit did not answer tagged so.

    `answered` has one column of truth values per module.
    """
    for module in answered:
        items = [item.item for item in wave.module_items(str(module)) if item.item in answers.values]
        part = answers.values[items]
        answers = answers.tagged(_cells(part, ~part.isna(), ~answered[module]), NO_MODULE, MISSING[NO_MODULE])
    return answers


def _cells(part: pd.DataFrame, cells: pd.DataFrame, rows: pd.Series) -> pd.DataFrame:
    """The cells of a part of the answers that are true in rows that are true."""
    return cells.mul(rows, axis=0).astype(bool).reindex(columns=part.columns)


def log(answers: Answers, *, rows: pd.DataFrame, cells: pd.DataFrame, wave: Wave) -> pd.DataFrame:
    """One log row for each cell that is not simply the option of its code, item by item.

    `rows` has row, unit_type and code, `cells` is the text of the file.
    """
    logged = []
    for item in wave.items_in_file():
        if item.item not in answers.reasons:
            continue
        reasons = answers.reasons[item.item].dropna()
        about = rows.loc[reasons.index, KEY].assign(kind="recode", variable=item.variable, reason=reasons)
        about["before"] = cells.loc[reasons.index, item.variable]
        about["after"] = answers.values.loc[reasons.index, item.item].astype(str)
        logged.append(about)
    return pd.concat(logged, ignore_index=True) if logged else pd.DataFrame(columns=KEY)


def found(answers: Answers, *, wave: Wave) -> list[tuple[str, str, int, int]]:
    """What was looked for in coded answers: the check, what follows, how many cells were looked at and found."""
    kinds: dict[str, list[str]] = {
        OFF_SCALE: [item.item for item in wave.items_in_file() if item.type in CODED],
        CONTRADICTION: [item.item for item in wave.items_in_file() if item.type == "multi"],
        NOT_FOR_THEM: [item.item for item in wave.items_in_file() if item.type in CODED and item.asked_if],
    }
    checked = []
    for reason, items in kinds.items():
        cells = answers.reasons[items].astype("str")
        hits = sum(int(cells[item].str.startswith(reason, na=False).sum()) for item in items)
        if items:
            checked.append(
                (CHECKS[reason], "is tagged and logged", int((answers.values[items] != BLANK).sum().sum()), hits)
            )
    return checked


def recodes(answers: Answers, *, cells: pd.DataFrame, delivery: Delivery, wave: Wave) -> pd.DataFrame:
    """Old against new: how many cells of each item went from each code of the file to each value.

    One row per item, code (`before`, empty for a blank, with the file's own label) and value (`after`, with what it
    means). Of scores and counts, which are taken as they are, only what became something else.
    """
    tables = []
    for item in wave.items_in_file():
        if item.item not in answers.values:
            continue
        pairs = pd.DataFrame({"before": cells[item.variable], "after": answers.values[item.item]})
        if item.type not in ("single", "multi"):
            pairs = pairs[answers.reasons[item.item].notna()]
        counted = pairs.groupby(["before", "after"]).size().rename("cells").reset_index()
        labels = delivery.value_labels.get(item.variable, {})
        means = {option.typed: option.label_en for option in wave.options_of(item.item)} | MISSING
        counted["before_label"] = [labels.get(code, "") for code in counted["before"]]
        counted["meaning"] = [means.get(value, "") for value in counted["after"]]
        counted.insert(0, "item", item.item)
        tables.append(counted)
    columns = ["item", "before", "before_label", "after", "meaning", "cells"]
    joined = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)
    return joined[columns]
