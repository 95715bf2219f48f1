"""Known mistakes in the file of answers, each with a row in the ledger: what stands there and what becomes of it."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.inputs.waves import Wave
from analysis.standins.contact import ROLES
from analysis.standins.delivery import DRAFT, code_of

INVALID, NOT_APPLICABLE, LEFT_BLANK = -5, -2, -4
OFF_SCALE = 55.0
# Codes that the file declares missing, with the tag that their label means.
USER_MISSING = {98.0: NOT_APPLICABLE, 99.0: LEFT_BLANK}
NUMBERS = {
    "duplicate": 3,
    "two informants": 2,
    "late": 3,
    "leading zero": 4,
    "retired code": 2,
    "user-missing": 4,
    "none with another": 2,
    "off the scale": 3,
}
SECOND_INFORMANT_BLANK = 0.35
FIRST_RETIRED = 9001


@dataclass
class Dirt:
    """A file being dirtied: its rows, the answers cleaning should end with, and the ledger."""

    rows: pd.DataFrame
    clean: pd.DataFrame
    wave: Wave
    rng: np.random.Generator
    ledger: list[dict[str, object]] = field(default_factory=list)
    changes: list[tuple[str, str]] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def note(self, kind: str, row: int, *, variable: str = "", before: object = "", after: object = "") -> None:
        """A row of the ledger; `row` is the label of the row in the table of rows."""
        self.ledger.append({"kind": kind, "label": row, "variable": variable, "before": before, "after": after})

    def pick(self, number: int, rows: Iterable[int]) -> list[int]:
        """Rows of units that have no other mistake yet, at random."""
        free = [row for row in rows if self.rows.at[row, "code"] not in self.used]
        chosen = sorted(int(row) for row in self.rng.permutation(np.array(free, dtype=int))[:number])
        self.used |= {str(self.rows.at[row, "code"]) for row in chosen}
        return chosen


def add(rows: pd.DataFrame, *, clean: pd.DataFrame, late: pd.DataFrame, wave: Wave, rng: np.random.Generator) -> Dirt:
    """The rows with known mistakes, the ledger, and the answers as cleaning should leave them.

    `late` are rows of units that answer too late. What a cell holds is spoilt only where nothing was answered, so that
    no printed figure moves. Codes come last, so that a duplicate has the code of its unit.
    """
    state = Dirt(rows.reset_index(drop=True), clean.copy(), wave, rng)
    _cells(state)
    _doubles(state)
    _late(state, late)
    _codes(state)
    return state


def _counting(state: Dirt) -> list[int]:
    return [int(row) for row in state.rows.index[state.rows["counts"]]]


def _doubles(state: Dirt) -> None:
    """The same row delivered twice, the first time earlier; and a second person who answers less of the form."""
    variables = [item.variable for item in state.wave.items_in_file()]
    for kind in ("duplicate", "two informants"):
        for row in state.pick(NUMBERS[kind], _counting(state)):
            twin = state.rows.iloc[row].copy()
            twin["answered_on"] = twin["answered_on"] - datetime.timedelta(days=2)
            twin["counts"] = False
            if kind == "two informants":
                twin["role"] = ROLES[(ROLES.index(str(twin["role"])) + 1) % len(ROLES)]
                blank = state.rng.random(len(variables)) < SECOND_INFORMANT_BLANK
                twin[[v for v, gone in zip(variables, blank, strict=True) if gone]] = None
            state.note(kind, _append(state, twin))


def _append(state: Dirt, row: pd.Series) -> int:
    label = len(state.rows)
    state.rows.loc[label] = row
    return label


def _late(state: Dirt, late: pd.DataFrame) -> None:
    """Units that answered after the freeze date: they stay without an answer. In a tool they published too late."""
    lifecycle = state.wave.file.lifecycle
    if lifecycle is not None:
        drafts = state.rows[(state.rows["status"] == DRAFT) & (state.rows["assessment"] == 1)]
        without = set(state.clean["code"])
        for row in state.pick(NUMBERS["late"], drafts.index[~drafts["code"].isin(without)]):
            day = lifecycle.freeze_date + datetime.timedelta(days=int(state.rng.integers(1, 60)))
            state.rows.at[row, "status"], state.rows.at[row, "published_on"] = lifecycle.published, day
            state.note("late", row)
    elif state.wave.file.freeze_date is not None:
        for _, unit in late.head(NUMBERS["late"]).iterrows():
            day = state.wave.file.freeze_date + datetime.timedelta(days=int(state.rng.integers(1, 30)))
            state.used.add(str(unit["code"]))
            state.note("late", _append(state, pd.concat([unit.drop("answered_on"), pd.Series({"answered_on": day})])))


def _codes(state: Dirt) -> None:
    """Codes that lost their leading zeros, and codes that passed into those of the frame."""
    kept = [row for row in _counting(state) if state.rows.at[row, "unit_type"] == "municipality"]
    with_zero = [row for row in kept if str(state.rows.at[row, "code"]).rpartition("-")[2].startswith("0")]
    for row in state.pick(NUMBERS["leading zero"], with_zero):
        code = str(state.rows.at[row, "code"])
        start, _, digits = code.rpartition("-")
        state.rows.at[row, "code"] = f"{start}-{digits.lstrip('0')}"
        _note_code(state, "leading zero", row, code)
    for number, row in enumerate(state.pick(NUMBERS["retired code"], kept), start=FIRST_RETIRED):
        code = str(state.rows.at[row, "code"])
        old = f"{code.rpartition('-')[0]}-{number}"
        state.rows.at[row, "code"] = old
        state.changes.append((old, code))
        _note_code(state, "retired code", row, code)


def _note_code(state: Dirt, kind: str, row: int, code: str) -> None:
    column = state.wave.file.responses.code
    state.used.add(str(state.rows.at[row, "code"]))
    state.note(kind, row, variable=column, before=state.rows.at[row, "code"], after=code)


def _cells(state: Dirt) -> None:
    """User-missing codes and values off the scale where a single choice was left blank; "none" beside another tick."""
    by_code = dict(zip(state.clean["code"], state.clean.index, strict=True))
    rows = {by_code[state.rows.at[row, "code"]]: row for row in _counting(state)}
    blanks = [
        (unit, item)
        for item in state.wave.items_of("single")
        for unit in state.clean.index[state.clean[item.item] == LEFT_BLANK]
    ]
    order = [blanks[n] for n in state.rng.permutation(len(blanks))]
    kinds = ["off the scale"] * NUMBERS["off the scale"] + ["user-missing"] * NUMBERS["user-missing"]
    taken: set[str] = set()
    for kind in kinds:
        # One mistake an item, so that its codes still read as those of its scale.
        place = next((pair for pair in order if pair[1].item not in taken), None) or next(iter(order), None)
        if place is None:
            break
        order.remove(place)
        unit, item = place
        taken.add(item.item)
        missing = list(USER_MISSING.items())[len(state.ledger) % len(USER_MISSING)]
        code, tag = (OFF_SCALE, INVALID) if kind == "off the scale" else missing
        state.rows.at[rows[unit], item.variable] = code
        state.used.add(str(state.clean.at[unit, "code"]))
        state.clean.at[unit, item.item] = tag
        state.note(kind, rows[unit], variable=item.variable, before=code, after=tag)
    _contradictions(state, rows)


def _contradictions(state: Dirt, rows: dict[int, int]) -> None:
    """An exclusive option ticked together with another, in a block that was left blank: the block becomes invalid."""
    left = NUMBERS["none with another"]
    for items in state.wave.blocks().values():
        alone = [item for item in items if item.exclusive]
        others = [item for item in items if not item.exclusive]
        blank = state.clean.index[(state.clean[[item.item for item in items]] == LEFT_BLANK).all(axis=1)]
        if not alone or blank.empty or not left:
            continue
        unit = int(state.rng.choice(blank.to_numpy()))
        state.used.add(str(state.clean.at[unit, "code"]))
        for item in (alone[0], others[0]):
            state.rows.at[rows[unit], item.variable] = code_of(item, state.wave)[1]
        state.clean.loc[unit, [item.item for item in items]] = INVALID
        before = code_of(alone[0], state.wave)[1]
        state.note("none with another", rows[unit], variable=alone[0].variable, before=before, after=INVALID)
        left -= 1


def file(state: Dirt) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The file of answers in the order of its dates, with the columns that `wave.yml` names, and the ledger.

    The ledger has the number of the row in the file, from 1, and the unit that the row is of in the frame.
    """
    order = state.rows.sort_values(["answered_on", "code"], kind="stable").index
    place = {label: number for number, label in enumerate(order, start=1)}
    named = state.wave.file.responses.columns()
    variables = [item.variable for item in state.wave.items_in_file()]
    table = state.rows.loc[order, [*named, *variables]].rename(columns=named)
    table = pd.concat([pd.Series(1, order, name="synthetic"), table], axis=1).reset_index(drop=True)
    ledger = pd.DataFrame(state.ledger)
    ledger.insert(1, "row", ledger.pop("label").map(place))
    return table, ledger.sort_values(["row", "variable"]).reset_index(drop=True)


def code_changes(state: Dirt) -> pd.DataFrame:
    """The retired codes in the file, as a table of code changes on the day of the frame."""
    names = state.clean.set_index("code")["name"]
    rows = [
        {
            "valid_from": str(state.wave.file.frame.date),
            "old_code": old,
            "new_code": new,
            "kind": "renumbered",
            "old_name": names[new],
            "new_name": names[new],
        }
        for old, new in state.changes
    ]
    return pd.DataFrame(rows)
