"""Made-up units with made-up answers, for a page that must show how a card looks and may show nobody's answers."""

import numpy as np
import pandas as pd

from analysis.inputs.frames import size_groups
from analysis.inputs.instrument import RANGED, Item
from analysis.inputs.waves import Wave

UNITS, COUNTIES, REGIONS, SEED = 90, 9, 3, 11
# How much two answers of one unit have in common.
SHARED = 0.6


def made_up(wave: Wave) -> pd.DataFrame:
    """Cleaned answers of made-up units that all answered everything, from the questionnaire alone and by chance.

    Each unit answers with the same leaning, N(0, 1), so that its answers hang together; no answer of a real unit has
    any part in it. The same wave gives the same units.
    """
    generator = np.random.default_rng(SEED)
    number = np.arange(UNITS)
    sizes = size_groups(wave.file.groups.size)["group"].to_numpy()
    about = pd.DataFrame(
        {
            "unit_type": wave.file.frame.unit_types[0],
            "code": [f"SYN-{one + 1:04d}" for one in number],
            "name": [f"Synthetic municipality {one + 1}" for one in number],
            "county_code": [f"{one % COUNTIES + 1:02d}" for one in number],
            "county_name": [f"County {one % COUNTIES + 1:02d}" for one in number],
            "population": 1000 * (1 + generator.integers(0, 50, UNITS)),
            "size_group": sizes[number % len(sizes)],
            "region": [f"Region {'ABC'[one % REGIONS]}" for one in number],
            "disposition": "I",
            "answered_on": pd.NaT,
        }
    )
    leaning = generator.standard_normal(UNITS)
    answers = {
        item.item: _answers(item, SHARED * leaning + np.sqrt(1 - SHARED**2) * generator.standard_normal(UNITS), wave)
        for item in wave.items_in_file()
    }
    return about.assign(**{f"answered_{module.id}": True for module in wave.file.modules}, **answers)


def _answers(item: Item, leanings: np.ndarray, wave: Wave) -> pd.Series:
    """An answer for each leaning: equally frequent options, lowest first."""
    if item.type == "text":
        return pd.Series(pd.NA, index=range(UNITS), dtype="string")
    if item.type in RANGED:
        values = list(range(item.lowest, item.highest + 1))
    elif item.type == "count":
        values = list(range(item.minimum or 0, (item.maximum or 10) + 1))
    else:
        values = [option.typed for option in wave.options_of(item.item) if option.typed is not None]
    place = leanings.argsort().argsort() * len(values) // UNITS
    return pd.Series(np.array(values)[place], dtype="Int64")
