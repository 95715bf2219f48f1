"""The register of the stage `published` on its page: what each report is, and all its figures in one table."""

import pandas as pd

from analysis.evidence.published import PublishedResult
from analysis.reports.display.page import Page
from analysis.reports.display.trail import pick

DETAILS = ["Note", "About the base", "Id"]  # long texts, which stand in the register itself
RANGES = {"Count": ("Lowest count", "Highest count"), "Share": ("Lowest share", "Highest share")}
FIRST = ("Figure", "Wave", "Answer", "Group", "Printed", "Base", "Count")  # seen without scrolling
NONE = "none"


def show_opening(page: Page, result: PublishedResult) -> None:
    """What the register holds and what can be worked out from it, in sentences with counts of figures."""
    figures = result.data
    shares = figures[figures["statistic"].isin(["percent", "share_text"])]
    exact = int((shares["count_lowest"] == shares["count_highest"]).sum())
    several = int(shares["count_lowest"].notna().sum()) - exact
    impossible = int(result.estimates["flags"].str.split(";").map(lambda flags: "no_whole_number" in flags).sum())
    page.say("published.opening", n=len(figures), reports=len(result.tables))
    page.say("published.based", based=int(figures["base_n"].notna().sum()))
    page.say("published.why")
    page.say("published.counts", exact=exact, several=several, impossible=impossible)


def show_reports(page: Page, result: PublishedResult) -> None:
    """What each report is, how many figures it prints of each kind, and the range of its percentages."""
    source = page.text("published.source")
    kinds = list(result.reports.columns[5 : result.reports.columns.get_loc("With a base")])
    about = ["Report", "Publisher", "Year", "Waves", "Figures", "With a base", "Without a base", "No number printed"]
    page.table(
        result.reports[[*about, "Claims in words"]],
        name="reports",
        caption=page.text("published.reports.caption"),
        formats={"Year": "year"},
        source=source,
    )
    page.table(
        result.reports[["Report", *kinds, "Lowest percentage", "Highest percentage"]],
        name="kinds",
        caption=page.text("published.kinds.caption"),
        source=source,
        note=page.text("published.kinds.note"),
    )


def show_figures(page: Page, result: PublishedResult) -> None:
    """Every figure: one table per report, as in the register. A new source needs its title in the catalogue."""
    for source_id, subjects in result.tables.items():
        title = page.text(f"published.report.{source_id}")
        figures = result.data.loc[result.data["source_id"] == source_id, "figure_id"]
        table = compact(pd.concat([rows.assign(Subject=subject) for subject, rows in subjects.items()]))
        page.table(
            table,
            name=source_id.replace("-", "_"),
            caption=page.text("findings.register.caption", report=title),
            formats={column: "printed" for column in ("Printed", "Base", *RANGES) if column in table},
            source=title,
            base=page.text("published.figures.base", n=len(table)),
            note=page.text("findings.register.note"),
            folded=True,
            records=pick(result.estimates, item=figures, mode=""),
        )


def compact(table: pd.DataFrame) -> pd.DataFrame:
    """A table with lowest and highest joined to a range, without long texts and without columns that hold nothing.

    Figure, Printed and Where always stay.
    """
    ranged = table.drop(columns=DETAILS, errors="ignore").fillna(NONE)
    for name, (low, high) in RANGES.items():
        if low in ranged:
            pairs = zip(ranged[low], ranged[high], strict=True)
            ranged[low] = [a if a == b else f"{a} to {b}" for a, b in pairs]
            ranged = ranged.drop(columns=high).rename(columns={low: name})
    kept = [name for name in ranged if name in ("Figure", "Printed", "Where") or ranged[name].nunique() > 1]
    return ranged[sorted(kept, key=lambda name: name not in FIRST)].reset_index(drop=True)
