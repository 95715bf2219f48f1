"""Regions beside the whole country in one round: how much of a gap is that their municipalities have other sizes."""

from typing import Any

import pandas as pd

from analysis.evidence.standardise import kitagawa, merged_groups, standardised

UNIT = "municipality"


def by_region(positions: pd.DataFrame, regions: pd.DataFrame) -> pd.DataFrame:
    """Mean relative position of each region, crude and standardised to the country's sizes, in one round and concept.

    `positions` has area, size_group and position (0 to 1) of municipalities, `regions` area and region. One row a
    region: n, crude, standardised (both 0 to 1), and the gap to the country (crude less 1/2 or whatever its mean is)
    with its parts `composition` and `rate`, which add up to it. `groups` says which size groups were merged because a
    region had no municipality in one. The same round, assessors and criteria on both sides: nothing is compared
    across rounds. Empty without positions.
    """
    columns = "region n crude standardised gap composition rate groups".split()
    areas = positions.merge(regions, on="area", validate="1:1")
    if areas.empty:
        return pd.DataFrame(columns=columns)
    counts = pd.crosstab(areas["region"], areas["size_group"].astype("int64"))
    merged = merged_groups(counts)
    areas["group"] = areas["size_group"].map(merged)
    whole = _describe(areas)
    rows: list[dict[str, Any]] = []
    for region, members in areas.groupby("region", sort=False):
        own = _describe(members).reindex(whole.index)
        parts = kitagawa(whole["n"], whole["rate"], own["n"], own["rate"])
        rows.append(
            {
                "region": region,
                "n": int(own["n"].sum()),
                "crude": float(members["position"].mean()),
                "standardised": standardised(own["rate"], whole["n"]),
                "gap": parts.difference,
                "composition": parts.composition,
                "rate": parts.rate,
                "groups": _words(merged),
            }
        )
    return pd.DataFrame(rows, columns=columns).sort_values("crude", ascending=False, ignore_index=True)


def _describe(areas: pd.DataFrame) -> pd.DataFrame:
    positions = areas.groupby("group")["position"]
    return pd.DataFrame({"n": positions.size(), "rate": positions.mean()})


def _words(merged: dict[int, int]) -> str:
    """The groups of each set joined by +, such as `1; 2; 3+4`."""
    sets: dict[int, list[str]] = {}
    for group, first in sorted(merged.items()):
        sets.setdefault(first, []).append(str(group))
    return "; ".join("+".join(members) for members in sets.values())
