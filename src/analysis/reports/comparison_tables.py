"""The matrix of what can be compared, figures side by side, and what would have to be asked again."""

from collections.abc import Iterable
from itertools import combinations, product
from typing import Any

import pandas as pd

from analysis.evidence import matrix as grid
from analysis.evidence.comparability import allows
from analysis.evidence.comparison import ComparisonResult
from analysis.inputs.concepts import Kind
from analysis.reports import comparison_text as text
from analysis.reports.display.page import Page
from analysis.reports.display.trail import pick, printed

TOOL = "se-2016"  # Sweden's self-assessments, which stand apart from its surveys


def show_pairs(page: Page, result: ComparisonResult) -> None:
    """For every two rounds how many subjects they share, by what may be done with the figures."""
    table = result.tally
    names = [text.pair_name(a, b, page.language) for a, b in zip(table["reference_wave"], table["wave"], strict=True)]
    shown = table[["subtract", "beside", "name", "none"]].copy()
    shown.insert(0, "pair", names)
    page.table(
        shown,
        name="pairs",
        caption=page.text("comparison.pairs.caption"),
        labels=page.labels("comparison.m", shown.columns),
        source=page.text("comparison.grading.source"),
        note=page.text("comparison.pairs.note"),
        records=pick(result.estimates, item="concepts"),
    )


def show_matrix(page: Page, result: ComparisonResult) -> None:
    """The grade of every subject in every pair of rounds, and the reason of each that can only be named."""
    rounds = result.concepts.rounds
    norway = [wave for wave in rounds if text.country(wave) == "no"]
    sweden = [wave for wave in rounds if text.country(wave) == "se"]
    earlier = [wave for wave in sweden if wave != TOOL]
    _matrix(page, result, "norway", list(combinations(norway, 2)), kind="survey")
    _matrix(page, result, "tool", list(product(norway, [TOOL])), kind="survey")
    _matrix(page, result, "earlier", list(product(norway, earlier)), kind="survey")
    _matrix(page, result, "sweden", list(combinations(sweden, 2)), kind="series")
    _named(page, result)


def show_beside(page: Page, result: ComparisonResult) -> None:
    """Subject by subject the printed figures that may stand side by side, why no more, and what to ask instead."""
    page.say("comparison.beside.text")
    for concept, rows in result.beside.groupby("concept", sort=False):
        name = str(concept)
        page.subheading("comparison.subject", anchor=name, title=result.concepts.title(name, page.language))
        page.sentences(_reasons(page, result, name))
        table = pd.DataFrame(
            {
                "round": [text.round_name(wave, page.language) for wave in rows["wave"]],
                "what": [_label(page, result, row) for row in rows.to_dict("records")],
                "printed": [_printed(page, row) for row in rows.to_dict("records")],
                "base": [_base(page, row) for row in rows.to_dict("records")],
            }
        )
        page.table(
            table,
            name=f"beside_{name.replace('-', '_')}",
            caption=page.text("comparison.beside.caption", concept=result.concepts.title(name, page.language)),
            formats={"printed": "printed", "base": "printed"},
            labels=page.labels("comparison.b", table.columns),
            source=text.sources(page, result, rows.loc[rows["recode"] == "", "figure"]),
            note=page.text("comparison.beside.ask", ask=_ask(result, name, page.language)),
            records=_beside_records(result, name, rows),
        )


def _beside_records(result: ComparisonResult, concept: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The printed figures that stand side by side, and the estimate records of those that a recode makes of them."""
    plain, made = rows[rows["recode"] == ""], rows[rows["recode"] != ""]
    recoded = pick(result.estimates, item=concept, category=made["recode"], wave=made["wave"], source="printed")
    return pd.concat([printed(plain["figure"]), recoded])


def show_ask(page: Page, result: ComparisonResult) -> None:
    """For each subject the words in which it would have to be asked again, beside the best pair there is so far."""
    survey = [concept for concept in result.concepts.concepts if concept.kind == "survey"]
    best = result.matrix[result.matrix["grade"] != ""].groupby("concept")["grade"].min()
    table = pd.DataFrame(
        {
            "concept": [result.concepts.title(concept.concept_id, page.language) for concept in survey],
            "ask": [_ask(result, concept.concept_id, page.language) for concept in survey],
            "best": [best.get(concept.concept_id, page.text("comparison.a.none")) for concept in survey],
        }
    )
    labels = {"concept": "comparison.m.concept", "ask": "comparison.a.ask", "best": "comparison.a.best"}
    page.table(
        table,
        name="ask_again",
        caption=page.text("comparison.ask.caption"),
        labels={column: page.text(key) for column, key in labels.items()},
        source=page.text("comparison.grading.source"),
    )


def show_asked(page: Page, result: ComparisonResult) -> None:
    """Who was asked and who answered in each round; and what each asked about each subject, in our words."""
    kinds = {concept.concept_id: concept.kind for concept in result.concepts.concepts}
    measures = [measure for measure in result.concepts.measures if kinds[measure.concept_id] == "survey"]
    own = {wave: [one for one in measures if one.wave == wave] for wave in result.concepts.rounds}
    rounds = pd.DataFrame(
        {
            "round": [text.round_name(wave, page.language) for wave in own],
            "population": [_each(page, "population", (one.population for one in own[wave])) for wave in own],
            "answered_by": [_each(page, "by", (one.answered_by for one in own[wave])) for wave in own],
        }
    )
    asked = pd.DataFrame(
        {
            "concept": [result.concepts.title(measure.concept_id, page.language) for measure in measures],
            "round": [text.round_name(measure.wave, page.language) for measure in measures],
            "gloss": [getattr(measure, f"gloss_{page.language}") for measure in measures],
            "scale": [page.text(f"comparison.scale.{measure.scale}") for measure in measures],
            "base": [page.text(f"comparison.of.{measure.base}") for measure in measures],
        }
    )
    labels = {"concept": page.text("comparison.m.concept"), "round": page.text("comparison.b.round")}
    source = text.sources(page, result, [figure for measure in measures for figure in measure.figures])
    for name, table in (("rounds", rounds), ("asked", asked)):
        heads = {column: labels.get(column) or page.text(f"comparison.q.{column}") for column in table.columns}
        caption = page.text(f"comparison.{name}.caption")
        page.table(table, name=name, caption=caption, labels=heads, source=source, folded=name == "asked")


def _each(page: Page, key: str, values: Iterable[str]) -> str:
    """What a round has for its subjects, each once."""
    return "; ".join(page.text(f"comparison.{key}.{value}") for value in dict.fromkeys(values))


def _matrix(page: Page, result: ComparisonResult, name: str, pairs: list[tuple[str, str]], *, kind: Kind) -> None:
    cells = grid.wide(result.matrix, pairs, kind=kind)
    graded = cells.isin(list(grid.USES)).any(axis=1)
    if not graded.any():
        return
    years = [page.text("comparison.two", first=text.year(a), second=text.year(b)) for a, b in pairs]
    words = {status: page.text(f"comparison.cell.{status}") for status in (grid.NO_FIGURE, grid.NEITHER, grid.APART)}
    table = cells[graded].replace(words).set_axis(years, axis=1)
    table.insert(0, "concept", [result.concepts.title(str(concept), page.language) for concept in table.index])
    rest = [str(concept) for concept in cells.index[~graded]]
    note = page.text("comparison.matrix.full")
    if rest:
        note = page.text("comparison.matrix.note", rest=text.titles(result, rest, page.language))
    page.table(
        table,
        name=f"matrix_{name}",
        caption=page.text(f"comparison.matrix.{name}"),
        labels={"concept": page.text("comparison.m.concept")},
        source=page.text("comparison.grading.source"),
        note=note,
    )


def _named(page: Page, result: ComparisonResult) -> None:
    """The pairs of grade D, by subject and reason."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for grade in result.concepts.grades:
        if not allows(grade.grade, "side_by_side"):
            key = grade.concept_id, result.concepts.reason(grade, page.language)
            found.setdefault(key, []).append((grade.reference_wave, grade.wave))
    rows = [
        {
            "concept": result.concepts.title(concept, page.language),
            "reason": reason,
            "pair": text.pairs_name(pairs, page.language),
        }
        for (concept, reason), pairs in found.items()
    ]
    table = pd.DataFrame(rows, columns=["concept", "reason", "pair"])
    page.table(
        table,
        name="only_named",
        folded=True,
        caption=page.text("comparison.named.caption"),
        labels=page.labels("comparison.m", table.columns),
        source=page.text("comparison.grading.source"),
    )


def _reasons(page: Page, result: ComparisonResult, concept: str) -> list[str]:
    """Why the pairs of a subject that may stand side by side may do no more, a sentence a reason."""
    found: dict[str, list[tuple[str, str]]] = {}
    for grade in result.concepts.grades:
        if grade.concept_id == concept and grade.grade == "C":
            reason = result.concepts.reason(grade, page.language)
            found.setdefault(reason, []).append((grade.reference_wave, grade.wave))
    return [
        page.text("comparison.beside.reason", pairs=text.pairs_name(pairs, page.language), reason=reason)
        for reason, pairs in found.items()
    ]


def _label(page: Page, result: ComparisonResult, row: dict[Any, Any]) -> str:
    if row["recode"]:
        return page.text(f"comparison.recode.{row['recode']}", arithmetic=row["arithmetic"])
    return text.figure_label(result, str(row["figure"]), page.language)


def _printed(page: Page, row: dict[Any, Any]) -> str:
    """A value as printed, with its own decimals; a word or a limit is said to be one."""
    if row["statistic"] == "count":
        return page.text("comparison.printed.count", value=row["value"])
    worded = row["precision"] in ("verbal", "bound")
    value = str(row["value"]).replace(".", "." if page.language == "en" else ",")
    return page.text("comparison.printed.worded" if worded else "comparison.printed.percent", value=value)


def _base(page: Page, row: dict[Any, Any]) -> str:
    if pd.isna(row["base_n"]):
        return page.text("comparison.base.unknown")
    return page.text(f"comparison.base.{row['base_status']}", n=row["base_n"])


def _ask(result: ComparisonResult, concept: str, language: str) -> str:
    return str(getattr(result.concepts.concept(concept), f"ask_{language}"))
