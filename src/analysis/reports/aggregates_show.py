"""What printed figures can carry, on a page: headline figures by wave, one chart, means, and implied ranges."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.evidence.aggregates.questions import JOINT
from analysis.evidence.aggregates.readings import WITH_FRAME
from analysis.evidence.aggregates.records import AggregatesResult
from analysis.reports.display import charts
from analysis.reports.display.page import Page
from analysis.reports.display.trail import pick

SHOWN = ["label", "printed", "counts", "population_size", "interval", "bounds", "kind"]
BOUNDS = ("bound_lo", "bound_hi")


def show_aggregates(page: Page, result: AggregatesResult, estimates: pd.DataFrame) -> None:
    """The section on what printed figures can carry: sentences, chart, headline tables, means and implied ranges.

    `estimates` are all records of the stage: what figures carry, and the figures as they are printed.
    """
    page.heading("aggregates.heading")
    _show_opening(page, result.figures)
    _show_reasons(page, result.reasons)
    show_chart(page, result.headlines, estimates)
    for wave, rows in result.headlines.groupby("wave", sort=False):
        _show_wave(page, str(wave), rows, estimates)
    _show_means(page, result.figures, estimates)
    _show_implied(page, result.implied, estimates)


def show_all(page: Page, result: AggregatesResult, estimates: pd.DataFrame) -> None:
    """Every percentage in numerals, wave by wave, with the arithmetic behind it."""
    shares = result.figures[result.figures["statistic"] == "percent"]
    for wave, rows in shares.groupby("wave", sort=True):
        table = readable(page, rows).assign(arithmetic=rows["arithmetic"].to_numpy())
        _table(
            page,
            table,
            name=f"carried_{_file(str(wave))}",
            caption="aggregates.all.caption",
            folded=True,
            records=_carried(estimates, rows),
            wave=_name(page, str(wave)),
        )


def show_chart(page: Page, headlines: pd.DataFrame, estimates: pd.DataFrame) -> None:
    """The three layers of the charted headline figures: printed value, interval, and bounds for all units."""
    rows = headlines[headlines["charted"] & headlines["kind"].isin(WITH_FRAME)]
    data = pd.DataFrame(
        {
            "label": [
                page.text("aggregates.chart.label", wave=_name(page, wave), label=label)
                for wave, label in zip(rows["wave"], rows["label"], strict=True)
            ],
            "point": rows["point"].to_numpy(),
            **{new: rows[old].to_numpy() for new, old in (("lo", "ci_lo"), ("hi", "ci_hi"))},
            **{column: rows[column].to_numpy() for column in BOUNDS},
            "text": rows["printed"].to_numpy(),
        }
    )
    spans = {name: data[high] - data[low] for name, low, high in (("bounds", *BOUNDS), ("interval", "lo", "hi"))}
    widest = data.iloc[int(spans["bounds"].argmax())]
    figure = charts.dot_intervals(
        data,
        xlabel=page.text("aggregates.chart.axis"),
        limits=(0, 1),
        xformat=lambda share: f"{100 * share:.0f}%",
        names=(
            page.text("aggregates.chart.point"),
            page.text("aggregates.chart.interval"),
            page.text("aggregates.chart.bounds"),
        ),
    )
    page.figure(
        figure,
        name="three_layers",
        title=page.text("aggregates.chart.title", **{name: span.median() for name, span in spans.items()}),
        alt=page.text("aggregates.chart.alt", n=len(data), lo=widest["bound_lo"], hi=widest["bound_hi"]),
        data=data,
        source=page.text("aggregates.source"),
        base=page.text("aggregates.chart.base"),
        records=_carried(estimates, rows),
    )


def readable(page: Page, figures: pd.DataFrame) -> pd.DataFrame:
    """Figures as `carry` gives them, as a table of words: label, printed, counts, units, interval, bounds, kind."""
    rows: list[dict[str, Any]] = figures.to_dict("records")  # type: ignore[assignment]
    none = page.text("aggregates.none")
    return pd.DataFrame(
        {
            "label": [row["label"] for row in rows],
            "printed": [row["printed"] for row in rows],
            "counts": [
                page.text("aggregates.counts", k=row["counts"], n=row["bases"]) if _has(row, "ci_lo") else none
                for row in rows
            ],
            "population_size": figures["population_size"].array,
            "interval": [_range(page, row, "ci", "aggregates.range") for row in rows],
            "bounds": [_range(page, row, "bound", "aggregates.range.bounds") for row in rows],
            "kind": [page.text(_kind(row)) for row in rows],
        },
        columns=SHOWN,
    )


def _show_opening(page: Page, figures: pd.DataFrame) -> None:
    numbers = figures["kind"].value_counts()
    count = {kind: int(numbers.get(kind, 0)) for kind in ("answers", "candidates", "frame", "itself", "mean")}
    page.say(
        "aggregates.opening",
        n=len(figures),
        answers=count["answers"],
        candidates=count["candidates"],
        whole=count["frame"] + count["itself"],
        means=count["mean"],
    )
    page.say("aggregates.refused", other=int(numbers.get("own_share", 0)), nothing=int(numbers.get("no_frame", 0)))
    if joint := int(figures["flags"].str.contains(JOINT).sum()):
        page.say("aggregates.joint", n=joint)
    page.callout("aggregates.callout")
    answers, candidates = (figures[figures["kind"] == kind] for kind in ("answers", "candidates"))
    both = pd.concat([answers, candidates])
    page.say(
        "aggregates.width",
        answers=(answers["ci_hi"] - answers["ci_lo"]).median(),
        candidates=(candidates["ci_hi"] - candidates["ci_lo"]).median(),
        bounds=(both["bound_hi"] - both["bound_lo"]).median(),
    )
    page.say("aggregates.rounding_alone", answers=len(answers), exact=int(answers["k"].notna().sum()))


def _show_reasons(page: Page, reasons: pd.DataFrame) -> None:
    """All percentages by why they have an interval and bounds, or why not, led by a sentence that counts them."""
    n, interval, bounds = (int(reasons[column].sum()) for column in ("figures", "interval", "bounds"))
    page.say("aggregates.reasons.text", n=n, interval=interval, bounds=bounds - interval, none=n - bounds)
    page.table(
        reasons.assign(reason=[page.text(f"aggregates.reason.{reason}") for reason in reasons["reason"]]),
        name="reasons",
        caption=page.text("aggregates.reasons.caption"),
        labels=page.labels("aggregates.reasons.column", reasons.columns),
        source=page.text("aggregates.source"),
        base=page.text("aggregates.base", n=n),
    )


def _show_wave(page: Page, wave: str, rows: pd.DataFrame, estimates: pd.DataFrame) -> None:
    name, file, records = _name(page, wave), _file(wave), _carried(estimates, rows)
    page.subheading(f"aggregates.name.{wave}")
    caption = "aggregates.wave.caption"
    _table(page, readable(page, rows), name=f"headlines_{file}", caption=caption, records=records, wave=name)
    worked, caption = rows[["label", "arithmetic"]].reset_index(drop=True), "aggregates.arithmetic.caption"
    _table(page, worked, name=f"headlines_{file}_arithmetic", caption=caption, records=records, wave=name)


def _show_means(page: Page, figures: pd.DataFrame, estimates: pd.DataFrame) -> None:
    means = figures[figures["kind"] == "mean"]
    rows: list[dict[str, Any]] = means.to_dict("records")  # type: ignore[assignment]
    page.subheading("aggregates.means")
    page.say("aggregates.means.text")
    table = means[["label", "wave", "printed", "bases", "population_size"]].assign(
        wave=[_name(page, wave) for wave in means["wave"]],
        bounds=[_range(page, row, "bound", "aggregates.range.number") for row in rows],
        arithmetic=means["arithmetic"],
    )
    _table(page, table, name="means", caption="aggregates.means.caption", records=_carried(estimates, means))


def _show_implied(page: Page, implied: pd.DataFrame, estimates: pd.DataFrame) -> None:
    rows: list[dict[str, Any]] = implied.to_dict("records")  # type: ignore[assignment]
    page.subheading("aggregates.implied")
    page.say("aggregates.implied.text")
    table = pd.DataFrame(
        {
            "label": [row["label"] for row in rows],
            "printed": [row["printed"] for row in rows],
            "average": [page.text(f"aggregates.average.{row['average']}") for row in rows],
            "order": [page.text(f"aggregates.order.{row['order']}") for row in rows],
            "implied": [_range(page, row, "implied", "aggregates.range") for row in rows],
            "rest": [_range(page, row, "rest", "aggregates.range") for row in rows],
            "arithmetic": [row["arithmetic"] for row in rows],
        }
    )
    records = pick(estimates, subset="frame by *")
    _table(page, table, name="implied", caption="aggregates.implied.caption", records=records)


def _carried(estimates: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """The estimate records of some figures: as they are printed, and what they carry."""
    records = pick(estimates, item=figures["figure_id"])
    return records[~records["subset"].str.startswith("frame by ")]


def _table(
    page: Page,
    table: pd.DataFrame,
    *,
    name: str,
    caption: str,
    records: pd.DataFrame,
    folded: bool = False,
    **values: object,
) -> None:
    page.table(
        table,
        name=name,
        caption=page.text(caption, **values),
        formats={column: "printed" for column in ("printed", "counts", "interval", "bounds") if column in table},
        labels=page.labels("aggregates.column", table.columns),
        source=page.text("aggregates.source"),
        base=page.text("aggregates.base", n=len(table)),
        note=page.text("aggregates.wave.note") if "interval" in table else None,
        folded=folded,
        records=records,
    )


def _range(page: Page, row: Mapping[str, Any], name: str, key: str) -> str:
    if not _has(row, f"{name}_lo"):
        return page.text("aggregates.none")
    low, high = row[f"{name}_lo"], row[f"{name}_hi"]
    return page.text("aggregates.exactly", p=low) if low == high else page.text(key, lo=low, hi=high)


def _has(row: Mapping[str, Any], column: str) -> bool:
    return bool(pd.notna(row[column]))


def _kind(row: Mapping[str, Any]) -> str:
    """The key of the words for how a figure is read, with what is not known of its base."""
    flags = row["flags"].split(";")
    if row["kind"] == "answers" and "base_assumed" in flags:
        return "aggregates.kind.answers.assumed"
    if row["kind"] == "candidates" and "base_not_printed" in flags:
        return "aggregates.kind.candidates.unknown"
    return f"aggregates.kind.{row['kind']}"


def _name(page: Page, wave: str) -> str:
    """A wave as readers know it; a new wave needs its words in the catalogue."""
    return page.text(f"aggregates.name.{wave}")


def _file(wave: str) -> str:
    return wave.replace("-", "_")
