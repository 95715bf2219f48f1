"""Sweden's own rows over three rounds, the last one apart; the same figures from answers; regions of the websites."""

import pandas as pd

from analysis.evidence.comparison import ComparisonResult
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


def show_answers(page: Page, result: ComparisonResult) -> None:
    """The same figures from the answers of the analysed waves: tables without a sentence, for synthetic answers."""
    rows = result.microdata
    if rows.empty:
        page.say("comparison.answers.none")
        return
    table = pd.DataFrame(
        {
            "concept": [result.concepts.title(concept, page.language) for concept in rows["concept"]],
            "round": [text.round_name(wave, page.language) for wave in rows["wave"]],
            "what": [text.figure_label(result, figure, page.language) for figure in rows["figure"]],
            **{column: rows[column].to_list() for column in ("share", "ci_lo", "ci_hi", "n")},
        }
    )
    labels = {"concept": page.text("comparison.m.concept"), "round": page.text("comparison.b.round")}
    labels |= {"what": page.text("comparison.b.what")}
    page.table(
        table,
        name="answers",
        caption=page.text("comparison.answers.caption"),
        formats=dict.fromkeys(("share", "ci_lo", "ci_hi"), "share"),
        labels=labels | page.labels("comparison.n", table.columns[3:]),
        source=page.text("comparison.answers.source"),
    )


def answers_text(result: ComparisonResult) -> str:
    """The key of the sentence that says what the answers are; real ones are introduced without a warning."""
    return f"comparison.answers.text.{answers_state(result)}"


def answers_state(result: ComparisonResult) -> str:
    """The kind of the answers that are shown: synthetic as soon as any wave of them is."""
    return "synthetic" if (result.microdata["source"] == "synthetic").any() else "real"


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
        note=page.text("comparison.regions.note", groups=rows["groups"].iloc[0]),
        records=pick(result.estimates, wave=wave.id, subset="region=*"),
    )


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
