"""The synthetic frame: real counts of units per size group and region, with made-up ids, counties and regions."""

import numpy as np
import pandas as pd

from analysis.inputs.frames import add_groups, load_frame, size_groups
from analysis.inputs.waves import Wave
from analysis.standins.chance import generator

NOISE = 0.1  # populations are a real one of the size group, at most this share off
NO_EDGE = 10**9
COUNTRY_CODES = {"norway": "NO", "sweden": "SE"}
NAMES = {"municipality": "Synthetic municipality", "county_municipality": "Synthetic county municipality"}
# Codes are numbers from 1 to one less; more than any country has places for units.
NUMBERS = 9000


def synthetic_frame(wave: Wave) -> pd.DataFrame:
    """One row a unit: as many units of each type, size group and region as the real frame has.

    Columns: those of data/raw/frames/units.csv and `region`. A unit stands for a place in the order of its region by
    size, and for no real unit: its number of inhabitants is one of its type and size group from any region, up to 10 %
    off. All chance is the country's own, so that a code is the same unit in every wave: of the same region and county
    and about the same size. Counties have about equal numbers of their region's municipalities.
    """
    country = wave.file.frame.country
    real = _real(wave)
    made = real.sort_values(["unit_type", "region", "population", "code"], ascending=[True, True, False, True])
    made = made[["unit_type", "region", "size_group"]].reset_index(drop=True)
    place = made.groupby(["unit_type", "region"]).cumcount().to_numpy()
    regions = sorted(set(made["region"]))
    number = _numbers(made, place=place, regions=regions, country=country)
    made["population"] = _populations(real, made, number=number, wave=wave)
    letters = [chr(ord("A") + n) for n in generator(country, "regions").permutation(len(regions))]
    named = dict(zip(regions, letters, strict=True))
    county = _counties(real, made, place=place, country=country).map("{:02d}".format)
    code = f"SYN-{COUNTRY_CODES[country]}-"
    frame = pd.DataFrame(
        {
            "country": country,
            "reference_date": str(wave.file.frame.date),
            "unit_type": made["unit_type"],
            "code": [f"{code}{n:04d}" for n in number],
            "name": made["unit_type"].map(NAMES) + " " + number.astype(str),
            "county_code": county,
            "county_name": "County " + county,
            "population": made["population"],
            "region": "Region " + made["region"].map(named),
        }
    )
    return frame.sort_values(["unit_type", "code"], ascending=[False, True], ignore_index=True)


def numbers(frame: pd.DataFrame) -> np.ndarray:
    """The numbers in the codes of a synthetic frame: they say which unit of the country a row is."""
    found: np.ndarray = frame["code"].str.rpartition("-")[2].astype(int).to_numpy()
    return found


def _real(wave: Wave) -> pd.DataFrame:
    spec = wave.file.frame
    frame = load_frame(spec.country, date=spec.date, unit_types=spec.unit_types)
    left_out = {(unit.unit_type, unit.code) for unit in spec.exclude}
    keys = pd.Series(list(zip(frame["unit_type"], frame["code"], strict=True)), frame.index)
    return add_groups(frame[~keys.isin(left_out)], size=wave.file.groups.size, region=wave.file.groups.region)


def _numbers(made: pd.DataFrame, *, place: np.ndarray, regions: list[str], country: str) -> pd.Series:
    """The number of each unit, by its place in its region: municipalities from one end of a shuffled list of numbers,
    county municipalities from the other."""
    row = place * len(regions) + made["region"].map(regions.index).to_numpy()
    row = np.where(made["unit_type"] == "municipality", row, -1 - row)
    return pd.Series(generator(country, "codes").permutation(np.arange(1, NUMBERS))[row], made.index)


def _populations(real: pd.DataFrame, made: pd.DataFrame, *, number: pd.Series, wave: Wave) -> pd.Series:
    """Real populations of the stratum in the order of the units' lots, each off by a share that is the unit's own."""
    lots, noise = generator(wave.file.frame.country, "sizes").random((2, NUMBERS))[:, number]
    groups = size_groups(wave.file.groups.size)
    lows = dict(zip(groups["group"], groups["lower"].fillna(1).astype(int), strict=True))
    highs = dict(zip(groups["group"], groups["upper"].fillna(NO_EDGE).astype(int) - 1, strict=True))
    off = 1 + NOISE * (2 * noise - 1)
    result = pd.Series(0, made.index)
    for stratum, units in made.groupby(["unit_type", "size_group"]):
        unit_type, group = stratum if isinstance(stratum, tuple) else (stratum, 0)
        pool = real.loc[(real["unit_type"] == unit_type) & (real["size_group"] == group), "population"].to_numpy()
        order = units.index[np.argsort(lots[units.index], kind="stable")]
        result[order] = np.clip(np.rint(np.sort(pool) * off[order]), lows[group], highs[group]).astype(int)
    return result


def _counties(real: pd.DataFrame, made: pd.DataFrame, *, place: np.ndarray, country: str) -> pd.Series:
    """A county number for each unit: as many counties a region as there really are, dealt out in the order of size."""
    per_region = real.groupby("region")["county_code"].nunique()
    shuffled = generator(country, "counties").permutation(np.arange(1, per_region.sum() + 1))
    before = per_region.cumsum() - per_region
    turn = place % made["region"].map(per_region).to_numpy()
    return pd.Series(shuffled[made["region"].map(before).to_numpy() + turn], made.index)
