"""How an answer came about: who answered, when, after how many reminders, with which edition of the form."""

import datetime

import numpy as np
import pandas as pd

from analysis.inputs.waves import Wave

ROLES = ("chief executive", "head of IT", "head of development", "adviser")
ROLE_SHARES = (0.15, 0.4, 0.25, 0.2)
EDITIONS = ("first edition", "second edition")
MOST_ATTEMPTS = 5


def contact(readiness: np.ndarray, *, wave: Wave, rng: np.random.Generator) -> pd.DataFrame:
    """One row per unit: answered_on, role, attempts and tool_version as if it answered.

    The readiest units answer first; attempts count the reminders that had gone out by then, one each fifth of the
    field period. A lifecycle ends at its extract.
    """
    first, last = wave.file.field_period.first, wave.file.field_period.last
    if wave.file.lifecycle is not None:
        last = wave.file.lifecycle.freeze_date
    elif wave.file.freeze_date is not None:
        last = min(last, wave.file.freeze_date)
    late = 1 - pd.Series(readiness).rank(pct=True).to_numpy()
    share = np.clip(0.8 * late + 0.2 * rng.random(len(late)), 0, 1)
    days = np.floor(share * (last - first).days).astype(int)
    return pd.DataFrame(
        {
            "answered_on": [first + datetime.timedelta(days=int(day)) for day in days],
            "role": rng.choice(np.array(ROLES, dtype=object), size=len(late), p=ROLE_SHARES),
            "attempts": 1 + np.floor(share * (MOST_ATTEMPTS - 1)).astype(int),
            "tool_version": np.array(EDITIONS, dtype=object)[(share > 0.5).astype(int)],
        }
    )
