"""What the report prints, at the head of a results page whose answers are not there: real, whatever stands in for them.

It leads the page of a wave with synthetic answers; what only answers can give follows as a specimen.
"""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from analysis.reports import flower_show
from analysis.reports import printed_lead_views as views
from analysis.reports.display import charts
from analysis.reports.display.page import Page
from analysis.reports.display.trail import printed
from analysis.reports.wave_views import Names
from analysis.survey.balance.printed import PrintedAccount


def show_lead(page: Page, figures: pd.DataFrame, account: PrintedAccount, names: Names) -> None:
    """The printed part of a page with synthetic answers: who answered, the first figures, then all by subject."""
    if not names.synthetic or figures.empty:
        return
    page = replace(page, state="printed")
    page.heading("printed.lead")
    page.sentences(response_sentences(account, names=names))
    first = figures[figures["headline"]]
    if len(first):
        page.sentences(views.sentences(first, names=names))
        page.callout("printed.unadjusted")
        _show_chart(page, first, names)
        table, records = views.figure_table(first, names=names), views.records_of(first)
        put(page, names, table, name="printed_first", caption="printed.first", records=records)
    _show_responses(page, account, names)
    _show_means(page, figures[figures["kind"] == "mean"], names)
    _show_groups(page, figures[figures["kind"] == "itself"], names)
    flower_show.show_printed_box(page, figures, names)
    _show_subjects(page, figures[~figures["kind"].isin(["mean", "itself"])], names)


def show_specimen(page: Page, names: Names) -> None:
    """Where the specimen begins: that what follows is made up, and what it is there for."""
    if names.synthetic:
        page.heading("printed.specimen")
        page.say("printed.specimen.text")


def response_sentences(account: PrintedAccount, *, names: Names) -> list[str]:
    """How many answered as the report prints it, how many inhabitants that covers, and what is open about any share."""
    rows = account.responses
    whole = rows[(rows["grouping"] == "all") & (rows["module"] == "")]
    said = []
    for row in whole.to_dict("records"):
        about = {"all": row["n_frame"], "unit": names.unit(row["unit_type"]), "year": names.wave.file.year}
        about |= {"n": row["n_low"], "high": row["n_high"], "rate": row["rate_low"], "rate_high": row["rate_high"]}
        kind = "" if row["n_low"] == row["n_high"] else ".rounded"
        said.append(names.say(f"printed.response{_published(names) or kind}", **about))
        people = account.people[account.people["unit_type"] == row["unit_type"]]
        said += [names.say("printed.people", people=share) for share in people["covered"]]
        said.append(names.say("printed.open", open=row["open_high"]))
    return [" ".join(said)] if said else []


def response_table(account: PrintedAccount, *, names: Names) -> pd.DataFrame:
    """Who answered the whole survey, each part, and in each size group, as printed; percentages as counts that fit."""
    sizes = names.groups("size_group", pd.DataFrame())
    rows = []
    for row in account.responses.to_dict("records"):
        about = sizes.get(row["group"], "") if row["grouping"] == "size_group" else _part(row["module"], names=names)
        to = names.say("codebook.to")
        n = str(row["n_low"]) if row["n_low"] == row["n_high"] else f"{row['n_low']} {to} {row['n_high']}"
        key = "printed.rate" if row["n_low"] == row["n_high"] else "printed.range"
        rate = names.say(key, lo=row["rate_low"], hi=row["rate_high"])
        rows.append({"about": about, "n_frame": row["n_frame"], "answered": n, "rate": rate})
    return pd.DataFrame(rows)


def put(
    page: Page,
    names: Names,
    table: pd.DataFrame,
    *,
    name: str,
    caption: str,
    note: str | None = None,
    folded: bool = False,
    values: Mapping[str, object] | None = None,
    records: pd.DataFrame,
) -> None:
    """A table of printed figures: its columns named in the catalogue, its numbers as text at the right."""
    right = ("printed", "counts", "interval", "bounds", "rounding", "bases", "scale", "answered", "rate")
    page.table(
        table,
        name=name,
        caption=page.text(caption, **(values or {})),
        formats={column: "printed" for column in right if column in table},
        labels=page.labels("printed.lead.column", table.columns),
        source=page.text("printed.lead.source", source=names.wave.file.source),
        note=page.text(note or "printed.note") if note or "interval" in table else None,
        folded=folded,
        records=records,
    )


def _show_chart(page: Page, first: pd.DataFrame, names: Names) -> None:
    data = views.chart_data(first)
    widest = data.iloc[int((data["bound_hi"] - data["bound_lo"]).argmax())]
    top = data.iloc[int(data["point"].argmax())]
    page.figure(
        charts.dot_intervals(
            data,
            xlabel=page.text("printed.axis"),
            limits=(0, 1),
            xformat=names.axis(),
            names=(page.text("printed.name.point"), page.text("printed.name.interval"), names.lines()[2]),
            hollow=True,
        ),
        name="printed_first_chart",
        title=page.text(f"printed.chart.title{_published(names)}", claim=top["label"], printed=top["text"]),
        alt=page.text("printed.chart.alt", n=len(data), lo=widest["bound_lo"], hi=widest["bound_hi"]),
        data=data,
        source=page.text("printed.lead.source", source=names.wave.file.source),
        base=page.text("printed.base"),
        note=page.text("printed.note"),
        records=views.records_of(first),
    )


def _show_responses(page: Page, account: PrintedAccount, names: Names) -> None:
    table = response_table(account, names=names)
    if len(table) > 1:
        figures = printed(ref for refs in account.responses["source_ref"] for ref in refs.split("; "))
        caption = "printed.response.caption"
        put(page, names, table, name="printed_response", caption=caption, folded=True, records=figures)


def _show_means(page: Page, means: pd.DataFrame, names: Names) -> None:
    if len(means):
        page.subheading("printed.means")
        page.say("printed.means.text")
        put(
            page,
            names,
            views.mean_table(means, names=names),
            name="printed_means",
            caption="printed.means.caption",
            note="printed.means.note",
            records=views.records_of(means),
        )


def _show_groups(page: Page, groups: pd.DataFrame, names: Names) -> None:
    if len(groups):
        page.subheading("printed.groups")
        page.say("printed.groups.text")
        table = views.group_table(groups, names=names)
        caption, note = "printed.groups.caption", "printed.groups.note"
        put(page, names, table, name="printed_groups", caption=caption, note=note, records=views.records_of(groups))


def _show_subjects(page: Page, figures: pd.DataFrame, names: Names) -> None:
    page.subheading("printed.subjects")
    page.say("printed.subjects.text", n=len(figures))
    for number, (subject, rows) in enumerate(figures.groupby("subject", sort=False), start=1):
        about = {"subject": subject, "n": len(rows)}
        table = views.figure_table(rows, names=names)
        name = f"printed_subject_{number:02d}"
        # Shares of answers are means, with bounds and no interval.
        note = "printed.means.note" if "bounds" in table and "interval" not in table else None
        put(page, names, table, name=name, caption="printed.subject.caption", note=note, folded=True, values=about,
            records=views.records_of(rows))  # fmt: skip


def _part(module: str, *, names: Names) -> str:
    return names.module(module) if module not in ("", "every") else names.say(f"printed.part.{module or 'whole'}")


def _published(names: Names) -> str:
    """The ending of keys for a wave whose units published an assessment of their own accord; none for a survey."""
    return ".published" if names.wave.file.lifecycle else ""
