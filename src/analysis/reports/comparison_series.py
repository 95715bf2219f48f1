"""Lines through three rounds; Sweden's own rows, the last round apart; regions of the websites."""

from typing import Any

import pandas as pd

from analysis.evidence.comparison import ComparisonResult
from analysis.evidence.side_by_side import require_beside
from analysis.reports import comparison_charts
from analysis.reports import comparison_text as text
from analysis.reports.display import words
from analysis.reports.display.page import Page
from analysis.reports.display.trail import pick, printed

DRAWN = ("exists", "fully")


def show_series(page: Page, result: ComparisonResult) -> None:
    """The printed figures of Sweden's rows, surveys and self-assessments in panels of their own, and what changed."""
    waves = [wave for wave in result.concepts.rounds if wave in set(result.series["wave"])]
    if len(waves) < 2:
        return
    drawn = result.series[result.series["meaning"].isin(DRAWN)].dropna(subset="share")
    several = drawn.groupby("concept")["wave"].transform("nunique") > 1
    drawn = drawn[several].assign(year=lambda rows: rows["wave"].map(text.year))
    for concept, rows in drawn.groupby("concept"):
        require_beside(result.concepts, str(concept), rows["wave"])
    order = {concept: row for row, concept in enumerate(dict.fromkeys(drawn["concept"]))}
    drawn = drawn.assign(row=drawn["concept"].map(order))
    changes = _changes(page, result, waves)
    numbers = {concept: place for place, (_, concepts) in enumerate(changes, start=1) for concept in concepts}
    labels = [f"{result.concepts.title(concept, page.language)} ({numbers[concept]})" for concept in order]
    panels = {page.text(f"comparison.series.{kind}"): drawn[drawn["meaning"] == kind] for kind in DRAWN}
    years = {"first": text.year(waves[0]), "before": text.year(waves[-2]), "last": text.year(waves[-1])}
    page.figure(
        comparison_charts.rounds_apart(
            panels,
            labels=labels,
            xlabel=page.text("comparison.series.axis"),
        ),
        name="series",
        title=page.text("comparison.series.title", before=years["before"], last=years["last"]),
        alt=page.text("comparison.series.alt", n=len(order), **years),
        data=drawn[["concept", "wave", "figure", "value", "base_n", "meaning"]],
        source=text.sources(page, result, drawn["figure"]),
        base=_base(page, result, waves),
        note=_note(changes),
        records=printed(drawn["figure"]),
    )
    _table(page, result, waves, changes)


def show_slopes(page: Page, result: ComparisonResult) -> None:
    """The lines through printed figures of three rounds or more with their lack of fit, if there are any."""
    rows = result.slopes.to_dict("records")
    if not rows:
        return
    table = pd.DataFrame(
        {
            "what": [result.concepts.title(row["concept"], page.language) for row in rows],
            "years": [text.website.listed([*map(text.year, row["waves"].split("; "))], page.language) for row in rows],
            "slope": [row["slope"] for row in rows],
            **{name: [_points(page, row, name) for row in rows] for name in ("ci", "worst", "bounds")},
            "fit": [page.text("comparison.l.p", lo=row["p_range_lo"], hi=row["p_range_hi"]) for row in rows],
            "arithmetic": [row["arithmetic"] for row in rows],
        }
    )
    page.table(
        table,
        name="slopes",
        caption=page.text("comparison.slopes.caption"),
        formats={"slope": "signed_points1"},
        labels=page.labels("comparison.l", table.columns),
        source=text.sources(page, result, [figure for row in rows for figure in row["figures"].split("; ")]),
        note=page.text("comparison.slopes.note", c=result.confidence),
        records=pick(result.estimates, item=result.slopes["concept"], estimate_type="slope"),
    )


def show_regions(page: Page, result: ComparisonResult) -> None:
    """Regions of the last website round, crude and standardised to the country's sizes, with the parts of each gap."""
    rows = result.regions
    if rows.empty:
        return
    crude, standardised = (float(rows[column].max() - rows[column].min()) for column in ("crude", "standardised"))
    wave = result.website.waves[-1]
    year = wave.file.year
    page.say("comparison.regions.text", year=year, crude=crude, std=standardised)
    columns = ["region", "n", "crude", "standardised", "gap", "composition", "rate"]
    formats = dict.fromkeys(("crude", "standardised"), "share1")
    page.table(
        rows[columns],
        name="regions",
        caption=page.text("comparison.regions.caption", year=year),
        formats=formats | dict.fromkeys(("gap", "composition", "rate"), "signed_points1"),
        labels=page.labels("comparison.g", rows[columns].columns),
        source=page.text("comparison.source", years=str(year)),
        note=" ".join(_regions_notes(page, rows["groups"].iloc[0])),
        records=pick(result.estimates, wave=wave.id, subset="region=*"),
    )


def _regions_notes(page: Page, groups: str) -> list[str]:
    """How the parts of a gap are read, and which size groups were joined because a region lacks one of them."""
    joined = [one for one in groups.split("; ") if "+" in one]
    told = [page.text("comparison.regions.joined", groups="; ".join(joined))] if joined else []
    return [page.text("comparison.regions.note"), *told]


def _points(page: Page, row: dict[Any, Any], name: str) -> str:
    return page.text("comparison.l.range", lo=row[f"{name}_lo"], hi=row[f"{name}_hi"])


def _changes(page: Page, result: ComparisonResult, waves: list[str]) -> list[tuple[str, list[str]]]:
    """What changed before the last round, each with the rows that it concerns, in the order of the rows."""
    found: dict[str, list[str]] = {}
    for concept in dict.fromkeys(result.series["concept"]):
        grade = result.concepts.grade(concept, waves[-1], waves[-2])
        found.setdefault(result.concepts.reason(grade, page.language), []).append(concept)
    return list(found.items())


def _note(changes: list[tuple[str, list[str]]]) -> str:
    return " ".join(f"({place}) {reason}." for place, (reason, _) in enumerate(changes, start=1))


def _table(page: Page, result: ComparisonResult, waves: list[str], changes: list[tuple[str, list[str]]]) -> None:
    numbers = {concept: place for place, (_, concepts) in enumerate(changes, start=1) for concept in concepts}
    rows = []
    for concept, figures in result.series.groupby("concept", sort=False):
        row = {"what": result.concepts.title(str(concept), page.language)}
        cells = {text.year(wave): _cell(page, figures[figures["wave"] == wave]) for wave in waves}
        rows.append(row | cells | {"change": f"({numbers[str(concept)]})"})
    years = [text.year(wave) for wave in waves]
    page.table(
        pd.DataFrame(rows),
        name="series_table",
        folded=True,
        caption=page.text("comparison.series.caption"),
        formats=dict.fromkeys(years, "printed"),
        labels={"what": page.text("comparison.d.what"), "change": page.text("comparison.s.change", year=years[-1])},
        source=text.sources(page, result, result.series["figure"]),
        base=_base(page, result, waves),
        note=f"{_note(changes)} {page.text('comparison.series.note')}",
        records=printed(result.series["figure"]),
    )


def _cell(page: Page, figures: pd.DataFrame) -> str:
    """What is printed in one cell: two values for one thing are both shown, a part is named."""
    figures = figures[figures["value"] != ""]
    if figures.empty:
        return page.text("comparison.meaning.none")
    parts = []
    for meaning, rows in figures.groupby("meaning", sort=False):
        values = page.text("comparison.meaning.or").join(dict.fromkeys(rows["value"]))
        parts.append(page.text(f"comparison.meaning.{meaning}", value=values))
    return page.text("comparison.meaning.and").join(parts)


def _base(page: Page, result: ComparisonResult, waves: list[str]) -> str:
    answered = result.response.set_index("wave")["k_lo"]
    counts = [words.format_value(int(answered[wave]), "count", language=page.language) for wave in waves]
    return page.text("comparison.series.base", counts=text.website.listed(counts, page.language))
