"""The group sizes that printed numbers and shares imply, beside those of the frame they are shares of."""

import pandas as pd

from analysis.evidence.checks.cases import all_cases
from analysis.evidence.checks.group_sizes import rows_of, solve
from analysis.inputs.frames import add_size_groups, load_frame
from analysis.inputs.relations import Relations

SCHEME = "skl5"
DATES = ("2015-12-31", "2016-12-31")  # the frame of the report's year, and the one after it for comparison
COLUMNS = ["group", "published", "share", "possible", "derived", *DATES]


def size_table(figures: pd.DataFrame, relations: Relations) -> pd.DataFrame:
    """One row a group, the largest municipalities first: what is printed, the possible sizes, the solution, the frame.

    `derived` comes from the printed figures alone, missing where several solutions sum to the printed total; the
    frame columns count Swedish municipalities by size on two dates. Without such a table there are no rows.
    """
    cases = [case for case in all_cases(figures, relations) if case.kind == "group_sizes"]
    if not cases or cases[0].of("total")[0].size is None:
        return pd.DataFrame(columns=COLUMNS)
    rows = rows_of(cases[0])
    found = solve(rows, total=int(cases[0].of("total")[0].value))
    only = found.solutions[0] if len(found.solutions) == 1 else (pd.NA,) * len(rows)
    frames = {date: _sizes(date) for date in DATES}
    return pd.DataFrame(
        {
            "group": next(iter(frames.values())).index,
            "published": [int(count.value) for count, _ in rows],
            "share": [share.text for _, share in rows],
            "possible": [", ".join(str(size) for size in sizes) for sizes in found.possible],
            "derived": pd.array(only, dtype="Int64"),
            **{date: sizes.to_numpy() for date, sizes in frames.items()},
        }
    )


def _sizes(date: str) -> pd.Series:
    """Municipalities by size group on a date, the largest first."""
    frame = add_size_groups(load_frame("sweden", date=date), size=SCHEME)
    return frame.groupby(["size_group", "size_label"]).size().droplevel("size_group").iloc[::-1]
