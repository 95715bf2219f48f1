"""The tables of the stage `published`, compact enough to read: one per report and subject."""

import pandas as pd

from analysis.evidence.published import PublishedResult
from analysis.reports.display.page import Page

DETAILS = ["Where", "Note"]  # long texts, which would make the tables of figures narrow and tall
ABOUT = "About the base"
RANGES = {"Count": ("Lowest count", "Highest count"), "Share": ("Lowest share", "Highest share")}


def show_opening(page: Page, result: PublishedResult) -> None:
    """What the register holds and what can be worked out from it, in sentences with counts of figures."""
    figures = result.data
    shares = figures[figures["statistic"].isin(["percent", "share_text"])]
    exact = int((shares["count_lowest"] == shares["count_highest"]).sum())
    several = int(shares["count_lowest"].notna().sum()) - exact
    impossible = int(result.estimates["flags"].str.split(";").map(lambda flags: "no_whole_number" in flags).sum())
    page.say("published.opening", n=len(figures), reports=len(result.tables))
    page.callout("published.none_ours")
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
    """Every figure: a section per report with a table per subject, then where each stands in the report, and notes.

    A new source needs its title in the catalogue.
    """
    for source_id, tables in result.tables.items():
        title = f"published.report.{source_id}"
        page.heading(title)
        prefix = source_id.replace("-", "_")
        for number, (subject, table) in enumerate(tables.items(), start=1):
            shown, notes = compact(table.drop(columns=DETAILS, errors="ignore"))
            page.table(
                shown,
                name=f"{prefix}_{number:02}",
                caption=page.text("published.figures.caption", subject=subject),
                formats={column: "printed" for column in ("Printed", "Base", *RANGES) if column in shown},
                source=page.text(title),
                base=page.text("published.figures.base", n=len(table)),
                note=" ".join(notes) or None,
            )
        details = pd.concat([table.reindex(columns=["Id", *DETAILS]) for table in tables.values()])
        page.table(
            details.fillna("none"),
            name=f"{prefix}_places",
            caption=page.text("published.places.caption"),
            source=page.text(title),
        )


def compact(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """A table with lowest and highest joined to a range, and without columns that can be said once below it.

    These are columns with the same text in every row, and what is said about bases; they come back as texts like
    `Wave: no-2009.`, in the order of the columns. Figure, Printed and Id always stay.
    """
    ranged = table.copy()
    for name, (low, high) in RANGES.items():
        if low in ranged:
            pairs = zip(ranged[low], ranged[high], strict=True)
            ranged[low] = [a if a == b else f"{a} to {b}" for a, b in pairs]
            ranged = ranged.drop(columns=high).rename(columns={low: name})
    kept = ("Figure", "Printed", "Id")
    below = [name for name in ranged if name not in kept and (name == ABOUT or ranged[name].nunique() == 1)]
    texts = {name: [text for text in ranged[name].unique() if text != "none"] for name in below}
    return ranged.drop(columns=below), [f"{name}: {'; '.join(found)}." for name, found in texts.items() if found]
