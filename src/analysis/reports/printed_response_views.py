"""What the reports print of who answered, in tables and sentences: real, whatever stands in for the answers."""

import pandas as pd

from analysis.inputs.printed_responses import EVERY
from analysis.reports.balance_views import part_name
from analysis.reports.wave_views import Names
from analysis.survey.balance.printed import PrintedAccount

# Of the shares of yes that are supposed among respondents, the one that a sentence is made of.
SPOKEN = 0.60


def sentences(account: PrintedAccount, *, names: Names) -> list[str]:
    """How many answered as the report prints it, the parts, the inhabitants covered, and what is open."""
    said = []
    wholes = account.responses[account.responses["grouping"] == "all"]
    for row in wholes[wholes["module"] == ""].to_dict("records"):
        about = {"all": row["n_frame"], "unit": names.unit(row["unit_type"])}
        if row["n_low"] == row["n_high"]:
            said.append(names.say("representativeness.printed.rate", n=row["n_low"], rate=row["rate_low"], **about))
            opened = {"open": row["open_low"], "unit": about["unit"]}
            last = names.say("representativeness.printed.open", **opened)
        else:
            values = about | {"low": row["n_low"], "high": row["n_high"], "printed": row["value"]}
            said.append(names.say("representativeness.printed.rounded", **values))
            values = {"unit": about["unit"], "low": row["open_low"], "high": row["open_high"]}
            last = names.say("representativeness.printed.open.rounded", **values)
        for people in account.people[account.people["unit_type"] == row["unit_type"]].to_dict("records"):
            means = {"answered": round(people["mean_answered"]), "frame": round(people["mean_frame"])}
            said.append(names.say("representativeness.printed.people", people=people["covered"], **means))
        said += _about_parts(wholes, names=names)
        said.append(last)
    spoken = account.silent[(account.silent["supposed"] - SPOKEN).abs() < 1e-9]
    for row in spoken.dropna(subset=["needed"]).to_dict("records"):
        values = {"supposed": row["supposed"], "needed": row["needed"]}
        said.append(names.say("representativeness.printed.tipping", **values))
    return said


def response_table(account: PrintedAccount, *, names: Names) -> pd.DataFrame:
    """The printed numbers of answers of the whole survey and of each part."""
    rows = account.responses[account.responses["grouping"] == "all"]
    table = rows[["n_frame", "n_low", "n_high", "rate_low", "rate_high"]].copy()
    table.insert(0, "unit_type", [names.unit(kind) for kind in rows["unit_type"]])
    table.insert(0, "part", [part_name(module, names=names) for module in rows["module"]])
    if (rows["n_low"] == rows["n_high"]).all():
        table = table.drop(columns=["n_high", "rate_high"])
        return table.rename(columns={"n_low": "n_answered", "rate_low": "rate"})
    return table


def silent_table(account: PrintedAccount) -> pd.DataFrame:
    """For each share of yes among respondents, the bounds of the share of all and the share the others need."""
    rows = account.silent[["supposed", "bound_lo", "bound_hi", "needed"]]
    return rows.rename(columns={"bound_lo": "share_lo", "bound_hi": "share_hi"}).reset_index(drop=True)


def _about_parts(wholes: pd.DataFrame, *, names: Names) -> list[str]:
    own = wholes[~wholes["module"].isin(["", EVERY])]
    every = wholes[wholes["module"] == EVERY]
    if own.empty or every.empty:
        return []
    ordered = own.sort_values("n_low", kind="stable")
    low, high, all_parts = ordered.iloc[0], ordered.iloc[-1], every.iloc[0]
    values = {
        "low": low["n_low"],
        "low_rate": low["rate_low"],
        "low_part": part_name(low["module"], names=names),
        "high": high["n_low"],
        "high_rate": high["rate_low"],
        "high_part": part_name(high["module"], names=names),
    }
    counted = {"every": all_parts["n_low"], "every_rate": all_parts["rate_low"]}
    return [names.say("representativeness.printed.modules", **values, **counted)]
