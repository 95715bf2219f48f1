"""`refresh-frames`: fetches units and code changes again and replaces the files after showing what differs."""

from collections.abc import Callable

import pandas as pd

from analysis import paths
from analysis.inputs import open_interfaces
from analysis.inputs.frame_checks import MODELS, check_frames, read_frame_tables
from analysis.inputs.open_interfaces import Fetch
from analysis.inputs.tables import check

SHOWN = 10


def refresh(*, fetch: Fetch, confirm: Callable[[], bool], show: Callable[[str], None]) -> bool:
    """Fetches `units.csv` and `code_changes.csv` for the dates they hold, and replaces them if confirmed.

    `fetch` gives the answer to an address and an optional body; `show` gets the difference line by line and the
    checks that would no longer hold; `confirm` is asked only when something differs. True when files were replaced.
    Raises InputError, with nothing replaced, when an interface cannot be reached or answers in another shape.
    Source: Statistics Norway PxWebApi table 07459 and Klass 131 and 104, Statistics Sweden PxWeb BefolkningNy.
    """
    old = read_frame_tables()
    new = {name: _as_file(table, name) for name, table in _fetched(fetch, old).items()}
    differs = [name for name in new if _show_difference(old[name], new[name], name, show)]
    if not differs:
        show("The frame files agree with the open interfaces; nothing to replace.")
        return False
    for result in check_frames(old | new):
        if not result.ok:
            show(f"With these rows the check {result.name!r} expects {result.expected} and finds {result.found}.")
    if not confirm():
        show("Nothing was replaced.")
        return False
    _replace({name: new[name] for name in differs})
    show("Replaced; state the date of retrieval and the new hashes in data/raw/README.md.")
    return True


def run(*, yes: bool) -> None:
    """The command `refresh-frames`: asks before it replaces anything, unless `yes`."""
    refresh(fetch=open_interfaces.fetch, confirm=lambda: yes or _typed_yes(), show=print)


def _typed_yes() -> bool:
    try:
        return input("Replace these files? Type yes: ").strip().lower() == "yes"
    except EOFError:
        return False


def _fetched(fetch: Fetch, old: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    units, changes = old["units"], old["code_changes"]
    dates = {country: sorted(rows["reference_date"].unique()) for country, rows in units.groupby("country")}
    readers = {"norway": open_interfaces.norway_units, "sweden": open_interfaces.sweden_units}
    fetched = [readers[str(country)](fetch, of_country) for country, of_country in dates.items()]
    first, last = min(changes["valid_from"]), max(changes["valid_from"].max(), *dates.get("norway", []))
    return {
        "units": pd.concat(fetched, ignore_index=True),
        "code_changes": open_interfaces.code_changes(fetch, changes, first=first, last=last),
    }


def _as_file(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """The rows as they stand in the file: its columns and order, each row checked."""
    model, key = MODELS[name]
    rows = table[list(model.model_fields)].sort_values(list(key), ignore_index=True)
    answer = f"the answer for {name}.csv"
    records = [
        check({str(k): str(v) for k, v in row.items()}, model, place=f"{answer}, row {number}", what="column")
        for number, row in enumerate(rows.to_dict("records"), start=2)
    ]
    return pd.DataFrame([record.model_dump() for record in records])


def _show_difference(old: pd.DataFrame, new: pd.DataFrame, name: str, show: Callable[[str], None]) -> bool:
    key = list(MODELS[name][1])
    before, after = (
        {tuple(row[column] for column in key): row for row in table.to_dict("records")} for table in (old, new)
    )
    lines = {
        "added": [_plain(row) for place, row in after.items() if place not in before],
        "removed": [_plain(row) for place, row in before.items() if place not in after],
        "changed": [
            f"{' '.join(place)}: {_changed(before[place], row)}"
            for place, row in after.items()
            if place in before and row != before[place]
        ],
    }
    show(f"{name}.csv: " + ", ".join(f"{len(rows)} {what}" for what, rows in lines.items()))
    for what, rows in lines.items():
        for line in rows[:SHOWN]:
            show(f"  {what}: {line}")
        if len(rows) > SHOWN:
            show(f"  {what}: and {len(rows) - SHOWN} more")
    return any(lines.values())


def _plain(row: dict) -> str:
    return " ".join(str(value) for value in row.values())


def _changed(before: dict, after: dict) -> str:
    differ = [column for column in after if before[column] != after[column]]
    return ", ".join(f"{column} {before[column]} -> {after[column]}" for column in differ)


def _replace(tables: dict[str, pd.DataFrame]) -> None:
    """Writes all files beside the old ones first, then moves each into place: no half file is ever seen."""
    targets = {paths.frames() / f"{name}.csv": table for name, table in tables.items()}
    for path, table in targets.items():
        table.to_csv(path.with_suffix(".tmp"), index=False, lineterminator="\n", encoding="utf-8")
    for path in targets:
        path.with_suffix(".tmp").replace(path)
