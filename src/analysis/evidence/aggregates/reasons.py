"""Which printed percentages have an interval and bounds, and for what reason the others have none."""

import pandas as pd

from analysis.inputs.register import SHARES

# In the order in which a page tells them: the kinds of `readings`, then why a figure is not read at all.
ORDER = ("answers candidates itself frame own_share other_unit no_frame no_count word limit no_number").split()
WHY = {"bound": "limit", "verbal": "word"}
COLUMNS = ["reason", "figures", "interval", "bounds"]


def reasons(figures: pd.DataFrame, carried: pd.DataFrame) -> pd.DataFrame:
    """Every percentage of the register counted by reason: figures, and how many have an interval, and bounds.

    `figures` is the register's table, `carried` what its figures can carry (`records.carry`). Reasons without a figure
    are left out.
    """
    known = carried.set_index("figure_id")
    printed = figures[figures["statistic"].isin(SHARES)].set_index("figure_id")
    read = known.reindex(printed.index)
    why = printed["precision"].map(WHY).where(printed["value"] != "", "no_number")
    counted = pd.DataFrame(
        {
            "reason": read["kind"].mask(read["flags"].fillna("").str.contains("no_count"), "no_count").fillna(why),
            "figures": 1,
            "interval": read["ci_lo"].notna().astype(int),
            "bounds": read["bound_lo"].notna().astype(int),
        }
    )
    table = counted.groupby("reason").sum().reindex([one for one in ORDER if one in set(counted["reason"])])
    return table.reset_index()[COLUMNS]
