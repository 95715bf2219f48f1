"""The section of the stage `results` on differences between groups: how far apart they are, and how sure that is."""

import numpy as np
import pandas as pd

from analysis.reports.display.page import Page
from analysis.reports.survey_views import SurveyViews
from analysis.survey.results import COUNTS_ONLY

INTERVAL = ["ci_lo", "ci_hi"]


def show_differences(page: Page, views: SurveyViews) -> None:
    """Each indicator's mean of a size group less that of the smallest, and of a region less that of the others.

    Tables without a sentence on any row: nothing is tested here, and no group is ranked (decision 0163). Groups with
    few answers have their number of answers only; a wave without differences gets no section.
    """
    rows = views.result.estimates
    rows = rows[(rows["estimate_type"] == "difference") & (rows["estimand"] == "M")]
    if rows.empty:
        return
    page.heading("differences.heading")
    page.say("differences.text", missing=1 - views.params.confidence)
    for grouping in ("size_group", "region"):
        own = rows[rows["subset"].str.startswith(f"{grouping}=")]
        if len(own):
            _table(page, views, own, grouping=grouping)


def differences(rows: pd.DataFrame, *, views: SurveyViews, grouping: str) -> pd.DataFrame:
    """The difference of each indicator (in its points) for each group, with interval and answers, in words."""
    names = views.names
    groups = names.groups(grouping, views.result.units)
    levels = views.result.estimates
    levels = levels[(levels["estimate_type"] == "level") & (levels["estimand"] == "M")]
    levels = levels[(levels["unit_type"] == "municipality") & (levels["flags"] == COUNTS_ONLY)]
    small = set(zip(levels["item"], levels["subset"], strict=True))
    parts = zip(rows["item"], rows["subset"], rows["category"].str.removeprefix("less "), strict=True)
    few = np.array([bool({(item, first), (item, second)} & small) for item, first, second in parts])
    table = pd.DataFrame(
        {
            "indicator": [names.item(item) for item in rows["item"]],
            "group": [groups[subset.removeprefix(f"{grouping}=")] for subset in rows["subset"]],
            "n": rows["n_answered"].to_numpy(),
            "difference": rows["point"].mask(few).to_numpy(),
        }
    )
    return table.assign(**{column: rows[column].mask(few).to_numpy() for column in INTERVAL})


def _table(page: Page, views: SurveyViews, rows: pd.DataFrame, *, grouping: str) -> None:
    table = differences(rows, views=views, grouping=grouping)
    page.table(
        table,
        name=f"differences_by_{grouping}",
        caption=page.text(f"differences.caption.{grouping}"),
        formats=dict.fromkeys(("difference", *INTERVAL), "number2"),
        labels=page.labels("differences.column", table.columns),
        source=views.names.source(),
        base=views.base(),
        note=page.text("differences.note"),
        folded=True,
        records=rows[table["difference"].notna().to_numpy()],
    )
