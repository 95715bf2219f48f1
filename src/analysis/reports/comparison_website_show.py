"""The tables and figures of the website rounds, in the language of the page they are shown on."""

import pandas as pd

from analysis.evidence.panel import THIRDS
from analysis.evidence.website import PAIR, WebsiteResult
from analysis.evidence.website_records import SMALL
from analysis.reports import comparison_charts
from analysis.reports import comparison_website_text as text
from analysis.reports.display import charts, words
from analysis.reports.display.page import Page
from analysis.reports.display.trail import pick

POSITION = "mean relative position"


def show_grades(page: Page, result: WebsiteResult) -> None:
    """The grade of each pair of the compared rounds, concept by concept, and the reasons for the leading concept."""
    compared = {wave.id for wave in result.waves}
    grades = [grade for grade in result.concepts.grades if grade.waves <= compared]
    if not grades or result.data.empty:
        return
    rows: dict[str, dict[str, str]] = {}
    reasons: dict[tuple[str, str], list[str]] = {}
    for grade in grades:
        pair = text.listed([text.year(result, wave) for wave in (grade.reference_wave, grade.wave)], page.language)
        label = text.concept_label(result, grade.concept_id, page.language)
        rows.setdefault(label, {"concept": label})[pair] = grade.grade
        if grade.concept_id == text.first_concept(result):
            reasons.setdefault((grade.grade, result.concepts.reason(grade, page.language)), []).append(pair)
    for (letter, reason), pairs in reasons.items():
        page.say("comparison.website.reason", pairs="; ".join(pairs), grade=letter, reason=reason)
    source, note = page.text("comparison.grades.source"), page.text("comparison.grades.note")
    _table(page, pd.DataFrame(list(rows.values())), "grades", source=source, note=note)


def show_panel(page: Page, result: WebsiteResult) -> None:
    """Units, areas, scored areas and areas in the panel, per wave; and the areas that were scored in part."""
    table = result.rounds.sort_values(["unit_type", "wave"], ascending=[False, True])
    table = table.assign(wave=_years(result, table["wave"]), unit_type=_unit_types(page, table["unit_type"]))
    panel = pick(result.estimates, item="panel")
    columns = ["wave", "unit_type", "units", "areas", "scored", "panel"]
    _table(page, table[columns], "panel", source=_source(page, result), records=pick(panel, measure="count"))
    if len(result.partial):
        columns = ["name", "wave", "members", "scored_members", "scored_population_share"]
        partial = result.partial.assign(wave=_years(result, result.partial["wave"]))[columns]
        formats = {"scored_population_share": "percent"}
        note = words.say("comparison.partial.note", language=page.language)
        shares = pick(panel, measure="share")
        _table(page, partial, "partial", formats=formats, source=_source(page, result), note=note, records=shares)


def show_sizes(page: Page, result: WebsiteResult) -> None:
    """Mean relative position of each size group in each wave: for the leading concept, drawn and in a table."""
    if result.sizes.empty:
        page.say("comparison.nothing")
        return
    sizes = result.sizes.assign(year=_years(result, result.sizes["wave"]))
    sizes["group"] = sizes["size_group"].map(text.size_labels(result, page.language)).tolist()
    lead = sizes[sizes["concept"] == text.first_concept(result)]
    page.figure(
        comparison_charts.position_panels(lead, language=page.language),
        name="position_by_size",
        title=_sizes_title(result, page.language),
        alt=_sizes_alt(page, result, lead),
        data=lead[["wave", "concept", "size_group", "group", "n", "position"]],
        source=_source(page, result),
        base=_base(page, result, "municipality"),
        note=page.text("comparison.sizes.note", year=result.waves[-1].file.year),
        records=pick(result.estimates, item=text.first_concept(result), category=POSITION),
    )
    _sizes_table(page, result, text.first_concept(result))


def show_parts(page: Page, result: WebsiteResult) -> None:
    """Mean relative position by size group for every concept but the leading one, a table each."""
    for concept in result.sizes["concept"].drop_duplicates():
        if concept != text.first_concept(result):
            _sizes_table(page, result, concept)


def show_transitions(page: Page, result: WebsiteResult) -> None:
    """Areas by third in two waves, for the leading concept: a matrix for each pair of waves."""
    rows = result.transitions
    rows = rows[(rows["unit_type"] == "municipality") & (rows["concept"] == rows["concept"].iloc[:1].squeeze())]
    if rows.empty:
        page.say("comparison.nothing")
        return
    thirds = {third: words.say(f"comparison.third.{third}", language=page.language) for third in THIRDS}
    for (earlier, later), pair in rows.groupby(["reference_wave", "wave"], sort=False):
        first, last = text.year(result, str(earlier)), text.year(result, str(later))
        matrix = pair.pivot(index="from", columns="to", values="count").loc[list(THIRDS), list(THIRDS)]
        low, up = matrix.loc["lower"], matrix.loc["upper"]
        values = {"first": first, "last": last, "k": low["lower"], "n": low.sum(), "j": up["upper"], "m": up.sum()}
        page.figure(
            charts.heat(
                matrix.rename(index=thirds, columns=thirds),
                xlabel=words.say("comparison.third.in", language=page.language, year=last),
                ylabel=words.say("comparison.third.in", language=page.language, year=first),
            ),
            name=f"thirds_{first}_{last}",
            title=words.say("comparison.moves.title", language=page.language, **values),
            alt=words.say("comparison.moves.alt", language=page.language, **values),
            data=pair,
            source=_source(page, result),
            base=_base(page, result, "municipality"),
            records=_moves(result, pair),
        )


def show_relations(page: Page, result: WebsiteResult, *, unit_type: str) -> None:
    """Rank correlation and areas in the same third for each pair of waves, concept by concept.

    A share of fewer areas than `small_base` is not shown, only its count.
    """
    found = text.relations_of(result, unit_type=unit_type)
    if found.empty:
        page.say("comparison.nothing")
        return
    table = pd.DataFrame(
        {
            "concept": [text.concept_label(result, concept, page.language) for concept in found["concept"]],
            "first": _years(result, found["reference_wave"]),
            "second": _years(result, found["wave"]),
            "correlation": found["correlation"],
            "same": found["same"],
            "n": found["n"],
            "share": found["share"].where(found["n"] >= result.small_base),
            "expected": found["expected"].where(found["n"] >= result.small_base),
        }
    )
    formats = {"correlation": "number2", "share": "percent", "expected": "percent"}
    few = "comparison.relations.few" if found["n"].iloc[0] < SMALL else "comparison.relations.note"
    _table(
        page,
        table,
        f"relations_{unit_type}",
        caption="comparison.caption.relations",
        formats=formats,
        source=_source(page, result),
        base=_base(page, result, unit_type),
        note=words.say(few, language=page.language),
        records=pick(result.estimates, unit_type=unit_type, category=("rank correlation", "same third*")),
    )


def show_counts(page: Page, result: WebsiteResult, *, unit_type: str) -> None:
    """The counts behind the matrices of one unit type for the leading concept: from each third to each third."""
    rows = result.transitions
    rows = rows[(rows["unit_type"] == unit_type) & (rows["concept"] == rows["concept"].iloc[:1].squeeze())]
    if rows.empty:
        return
    wide = (
        rows.pivot_table(index=[*PAIR, "from"], columns="to", values="count", sort=False).astype("int64").reset_index()
    )
    names = [words.say(f"comparison.third.{third}", language=page.language) for third in wide["from"]]
    table = wide.assign(first=_years(result, wide["reference_wave"]), second=_years(result, wide["wave"]), start=names)[
        ["first", "second", "start", *THIRDS]
    ]
    _table(
        page,
        table,
        f"counts_{unit_type}",
        caption="comparison.caption.counts",
        source=_source(page, result),
        base=_base(page, result, unit_type),
        records=_moves(result, rows),
    )


def _moves(result: WebsiteResult, rows: pd.DataFrame) -> pd.DataFrame:
    """The estimate records of areas by third in two waves."""
    about = {name: rows[name].unique() for name in ("wave", "reference_wave", "unit_type")}
    return pick(result.estimates, item=rows["concept"].unique(), category="* to * third", **about)


def _sizes_title(result: WebsiteResult, language: str) -> str:
    extremes = text.steady_extremes(result)
    if extremes is None:
        return words.say("comparison.sizes.varies", language=language)
    high, low = map(text.size_labels(result, language).__getitem__, extremes)
    return words.say("comparison.sizes.title", language=language, high=high, low=low)


def _sizes_alt(page: Page, result: WebsiteResult, lead: pd.DataFrame) -> str:
    last = lead[lead["wave"] == result.waves[-1].id].sort_values("position")
    low, high = last.iloc[0], last.iloc[-1]
    return words.say(
        "comparison.sizes.alt",
        language=page.language,
        year=result.waves[-1].file.year,
        high=high["group"],
        a=high["position"],
        low=low["group"],
        b=low["position"],
    )


def _sizes_table(page: Page, result: WebsiteResult, concept: str) -> None:
    sizes = result.sizes[result.sizes["concept"] == concept]
    sizes = sizes.assign(year=_years(result, sizes["wave"]))
    table = sizes.pivot(index=["size_group", "n"], columns="year", values="position").reset_index()
    table.insert(0, "group", table["size_group"].map(text.size_labels(result, page.language)).tolist())
    table = table.drop(columns="size_group").rename_axis(columns=None)
    page.table(
        table,
        name=f"sizes_{concept}",
        caption=page.text("comparison.caption.sizes", score=text.concept_label(result, concept, page.language)),
        formats={str(column): "share" for column in table.columns[2:]},
        labels={column: page.text(f"comparison.column.{column}") for column in ("group", "n")},
        source=_source(page, result),
        note=page.text("comparison.position.note"),
        records=pick(result.estimates, item=concept, category=POSITION),
    )


def _table(
    page: Page,
    frame: pd.DataFrame,
    name: str,
    *,
    source: str,
    caption: str | None = None,
    formats: dict[str, str] | None = None,
    base: str | None = None,
    note: str | None = None,
    records: pd.DataFrame | None = None,
) -> None:
    """A table whose caption and column headers are in the catalogue; a year heads its own column."""
    catalogue = words.keys(page.language)
    labels = {
        str(column): words.say(f"comparison.column.{column}", language=page.language)
        for column in frame.columns
        if f"comparison.column.{column}" in catalogue
    }
    title = words.say(caption or f"comparison.caption.{name}", language=page.language)
    page.table(
        frame, name=name, caption=title, formats=formats, labels=labels, source=source, base=base, note=note,
        records=records,
    )  # fmt: skip


def _years(result: WebsiteResult, waves: pd.Series) -> list[str]:
    return [text.year(result, wave) for wave in waves]


def _unit_types(page: Page, unit_types: pd.Series) -> list[str]:
    return [words.say(f"unit.{unit_type}", language=page.language, count=2) for unit_type in unit_types]


def _source(page: Page, result: WebsiteResult) -> str:
    return words.say("comparison.source", language=page.language, years=text.years(result, page.language))


def _base(page: Page, result: WebsiteResult, unit_type: str) -> str:
    rows = result.rounds[result.rounds["unit_type"] == unit_type]
    values = {"n": int(rows["panel"].iloc[-1]), "all": int(rows["areas"].iloc[-1])}
    return words.say(f"base.{unit_type}_of", language=page.language, **values)
