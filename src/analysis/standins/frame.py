"""The synthetic frame: real counts of units per size group and region, with made-up ids, counties and regions."""

import numpy as np
import pandas as pd

from analysis.inputs.frames import add_groups, load_frame, size_groups
from analysis.inputs.waves import Wave

NOISE = 0.1  # populations are a real one of the size group, at most this share off
NO_EDGE = 10**9
COUNTRY_CODES = {"norway": "NO", "sweden": "SE"}
NAMES = {"municipality": "Synthetic municipality", "county_municipality": "Synthetic county municipality"}


def synthetic_frame(wave: Wave, *, rng: np.random.Generator) -> pd.DataFrame:
    """One row a unit: as many units of each type, size group and region as the real frame has.

    Columns: those of data/raw/frames/units.csv and `region`. Populations are real ones of the same type and size
    group, shuffled over regions and up to 10 % off, within the edges of the group. Counties hold their region's
    municipalities in about equal numbers; regions and counties are named in a random order.
    """
    real = _real(wave)
    regions = list(dict.fromkeys(real["region"].sort_values()))
    letters = dict(zip(rng.permutation(np.array(regions, dtype=object)), _letters(len(regions)), strict=True))
    made = real[["unit_type", "size_group", "region"]].sample(frac=1, random_state=rng).reset_index(drop=True)
    made["population"] = _populations(real, made, wave=wave, rng=rng)
    made["county"] = _counties(real, made, rng=rng)
    made = made.sort_values("unit_type", ascending=False, kind="stable").reset_index(drop=True)
    number = made.groupby("unit_type").cumcount() + 1
    code = f"SYN-{COUNTRY_CODES[wave.file.frame.country]}-"
    county = made["county"].map("{:02d}".format)
    return pd.DataFrame(
        {
            "country": wave.file.frame.country,
            "reference_date": str(wave.file.frame.date),
            "unit_type": made["unit_type"],
            "code": [f"{code}{n:04d}" for n in range(1, len(made) + 1)],
            "name": made["unit_type"].map(NAMES) + " " + number.astype(str),
            "county_code": county,
            "county_name": "County " + county,
            "population": made["population"],
            "region": "Region " + made["region"].map(letters),
        }
    )


def _real(wave: Wave) -> pd.DataFrame:
    spec = wave.file.frame
    frame = load_frame(spec.country, date=spec.date, unit_types=spec.unit_types)
    left_out = {(unit.unit_type, unit.code) for unit in spec.exclude}
    keys = pd.Series(list(zip(frame["unit_type"], frame["code"], strict=True)), frame.index)
    return add_groups(frame[~keys.isin(left_out)], size=wave.file.groups.size, region=wave.file.groups.region)


def _letters(number: int) -> list[str]:
    return [chr(ord("A") + n) for n in range(number)]


def _populations(real: pd.DataFrame, made: pd.DataFrame, *, wave: Wave, rng: np.random.Generator) -> pd.Series:
    groups = size_groups(wave.file.groups.size)
    lows = dict(zip(groups["group"], groups["lower"].fillna(1).astype(int), strict=True))
    highs = dict(zip(groups["group"], groups["upper"].fillna(NO_EDGE).astype(int) - 1, strict=True))
    result = pd.Series(0, made.index)
    for stratum, units in made.groupby(["unit_type", "size_group"]):
        unit_type, group = stratum if isinstance(stratum, tuple) else (stratum, 0)
        pool = real.loc[(real["unit_type"] == unit_type) & (real["size_group"] == group), "population"].to_numpy()
        noisy = np.rint(rng.permutation(pool) * rng.uniform(1 - NOISE, 1 + NOISE, len(pool)))
        result[units.index] = np.clip(noisy, lows[group], highs[group]).astype(int)
    return result


def _counties(real: pd.DataFrame, made: pd.DataFrame, *, rng: np.random.Generator) -> pd.Series:
    """A county number for each unit: as many counties a region as there really are, one county municipality each."""
    per_region = real.groupby("region")["county_code"].nunique()
    numbers = rng.permutation(np.arange(1, per_region.sum() + 1))
    result, used = pd.Series(0, made.index), 0
    for region, counties in per_region.items():
        own, used = numbers[used : used + counties], used + counties
        for _, units in made[made["region"] == region].groupby("unit_type"):
            for county, part in zip(own, np.array_split(units.index.to_numpy(), counties), strict=True):
                result[part] = county
    return result
