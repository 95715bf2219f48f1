"""Which rows of a file of answers count: excluded units, late answers, drafts, duplicates and older assessments go."""

import pandas as pd

from analysis.inputs.waves import Wave

KEY = ["unit_type", "code"]


def drop(rows: pd.DataFrame, *, reasons: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows without a reason, and a log row for each of the others.

    `rows` has row, unit_type and code; `reasons` is text, missing where the row is kept.
    """
    gone = reasons.notna()
    log = rows.loc[gone, ["row", *KEY]].assign(kind="dropped row", reason=reasons[gone])
    return rows[~gone], log


def excluded(rows: pd.DataFrame, *, wave: Wave) -> pd.Series:
    """Why a row is of no unit of the frame: the reason of the exclusion in `wave.yml`."""
    reasons = {(unit.unit_type, unit.code): unit.reason for unit in wave.file.frame.exclude}
    keys = zip(rows["unit_type"], rows["code"], strict=True)
    return pd.Series([reasons.get(key) for key in keys], rows.index, dtype="object")


def not_counted(rows: pd.DataFrame, *, wave: Wave) -> pd.Series:
    """Why a row is no answer: it came after the freeze date, or its status says so.

    `rows` has answered_on, and status and published_on where the wave names them. An undated answer is not late. In a
    lifecycle only what was published by its freeze date counts, that day included.
    """
    file = wave.file
    reasons = pd.Series(None, rows.index, dtype="object")
    if file.lifecycle is not None:
        day = file.lifecycle.freeze_date
        late = rows["published_on"].isna() | (rows["published_on"].dt.date > day)
        reasons = reasons.mask(late, f"published after the extract of {day}")
        reasons = reasons.mask(rows["status"] != file.lifecycle.published, "not published: status " + rows["status"])
    if file.responses.status is not None:
        stated = rows["status"].isin(list(file.dispositions.statuses)) & reasons.isna()
        reasons = reasons.mask(stated, "no answer: status " + rows["status"])
    if file.freeze_date is not None:
        late = (rows["answered_on"].dt.date > file.freeze_date) & reasons.isna()
        reasons = reasons.mask(late, f"a late answer: after the freeze date {file.freeze_date}")
    return reasons


def doubled(rows: pd.DataFrame, *, given: pd.Series, wave: Wave) -> pd.Series:
    """Why a row gives way to another of the same unit, or in a lifecycle of the same assessment.

    `given`: how many items each row answers. By `most_complete_then_latest` the row with most items answered stays, of
    equal ones the latest, of those the last of the file. Nothing gives way where duplicates are refused.
    """
    key = KEY + (["assessment"] if wave.file.responses.assessment else [])
    if wave.file.duplicates == "refuse":
        return pd.Series(None, rows.index, dtype="object")
    order = ["given", "answered_on", "row"][wave.file.duplicates == "latest" :]
    ranked = rows.assign(given=given).sort_values(order, na_position="first")
    kept = _row_that_stays(ranked, key).loc[rows.index]
    role = rows["role"] if "role" in rows else pd.Series("", rows.index)
    other = role != kept.map(role)
    what = pd.Series("a duplicate", rows.index).mask(other, "a second informant")
    return (what + ": row " + kept.astype(str) + " of the unit stays").where(kept != rows.index, None)


def superseded(rows: pd.DataFrame, *, wave: Wave) -> pd.Series:
    """Why an assessment gives way to a later one of the same unit; only in a lifecycle."""
    if wave.file.lifecycle is None:
        return pd.Series(None, rows.index, dtype="object")
    ranked = rows.sort_values(["published_on", "answered_on", "row"], na_position="first")
    kept = _row_that_stays(ranked, KEY).loc[rows.index]
    return ("an older assessment: that of row " + kept.astype(str) + " stays").where(kept != rows.index, None)


def _row_that_stays(ranked: pd.DataFrame, key: list[str]) -> pd.Series:
    """For each row the one of the same key that ranks last."""
    return ranked.groupby(key, sort=False)["row"].transform("last")
