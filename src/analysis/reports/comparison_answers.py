"""The same concepts from the answers of the analysed waves: side by side, and differences where the grade allows."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pandas as pd

from analysis.evidence.comparability import allows
from analysis.evidence.comparison import ComparisonResult
from analysis.evidence.wave_differences import SyntheticError
from analysis.reports import comparison_text as text
from analysis.reports.comparison_show import outwards, p_values, ranges
from analysis.reports.display import words
from analysis.reports.display.page import Page
from analysis.reports.display.trail import pick

STATES = {"observed": "real", "synthetic": "synthetic"}


def show_answers(page: Page, result: ComparisonResult) -> None:
    """What the answers give for each concept, and their differences: real ones apart from those that are synthetic.

    Every table of synthetic answers says so in its title, and no sentence says anything of their numbers.
    """
    rows = result.answers.rows
    if rows.empty:
        page.say("comparison.answers.none")
        return
    made_up = rows["source"].eq("synthetic").groupby(rows["concept"]).transform("any")
    page.say(f"comparison.answers.text.{'synthetic' if made_up.any() else 'real'}")
    page.sentences([*no_difference(result, page.language), *found(result, page.language)])
    for source, part in (("observed", rows[~made_up]), ("synthetic", rows[made_up])):
        own = Page(page.stage, page.wave, page.language, STATES[source])
        changes = result.changes[result.changes["source"] == source]
        if len(part):
            _show_rows(own, result, part)
        if len(changes):
            _show_changes(own, result, changes, source=source)


def found(result: ComparisonResult, language: str) -> list[str]:
    """What the differences of observed answers say, a few sentences for each pair of rounds; none of synthetic ones."""
    rows = result.changes[result.changes["source"] == "observed"]
    pairs = rows.groupby(["reference_wave", "wave"], sort=False)
    return [sentence for _, part in pairs for sentence in _findings(part, result, language)]


def no_difference(result: ComparisonResult, language: str) -> list[str]:
    """How often two analysed rounds share a subject, where none of these pairs may be subtracted; else nothing."""
    best: list[str] = []
    for concept, waves in result.answers.rows.groupby("concept")["wave"].unique().items():
        for pair in combinations(waves, 2):
            grade = result.concepts.graded.get((str(concept), frozenset(pair)))
            if grade is not None and allows(grade.grade, "side_by_side"):
                best.append(grade.grade)
    if len(result.changes) or not best:
        return []
    key = "comparison.answers.nodifference"
    return [words.say(key, language=language, n=len(best), grade=min(best))]


def _findings(rows: pd.DataFrame, result: ComparisonResult, language: str) -> Iterator[str]:
    """Raises SyntheticError for a difference that synthetic answers take part in."""
    if (rows["source"] != "observed").any():
        raise SyntheticError(f"{rows['wave'].iloc[0]} is synthetic: no finding is worded from it")
    decided = rows["verdict"].isin(text.FOUND)
    counts = {
        "k": int((decided & (rows["difference"] > 0)).sum()),
        "j": int((decided & (rows["difference"] < 0)).sum()),
    }
    first = rows.iloc[0]
    pair = {"pair": text.pair_name(first["reference_wave"], first["wave"], language)}
    pair["last"] = text.year(first["wave"])
    left = {"u": int((rows["verdict"] == "undecided").sum()), "e": int((rows["verdict"] == "equivalent").sum())}
    yield words.say("comparison.answers.found", language=language, n=len(rows), **counts, **left, **pair)
    for row in rows[decided].sort_values("difference", key=abs, ascending=False).head(1).to_dict("records"):
        what = result.concepts.title(row["concept"], language)
        values = {"a": row["first"], "b": row["second"], "d": row["difference"]}
        limits = {"lo": row["ci_lo"], "hi": row["ci_hi"]}
        years = {"first": text.year(row["reference_wave"]), "last": pair["last"]}
        yield words.say("comparison.answers.largest", language=language, what=what, **values, **limits, **years)


def _show_rows(page: Page, result: ComparisonResult, rows: pd.DataFrame) -> None:
    table = pd.DataFrame(
        {
            "concept": [result.concepts.title(concept, page.language) for concept in rows["concept"]],
            "round": [text.round_name(wave, page.language) for wave in rows["wave"]],
            "what": [_what(page, result, row) for row in rows.to_dict("records")],
            **{column: rows[column].to_list() for column in ("point", "ci_lo", "ci_hi", "n")},
        }
    ).rename(columns={"point": "share"})
    labels = {"concept": page.text("comparison.m.concept"), "round": page.text("comparison.b.round")}
    labels |= {"what": page.text("comparison.b.what")}
    page.table(
        table,
        name="answers",
        caption=page.text("comparison.answers.caption"),
        formats=dict.fromkeys(("share", "ci_lo", "ci_hi"), "share"),
        labels=labels | page.labels("comparison.n", table.columns[3:]),
        source=page.text("comparison.answers.source"),
        note=_note(page, rows),
        records=_behind(result, rows),
    )


def _show_changes(page: Page, result: ComparisonResult, rows: pd.DataFrame, *, source: str) -> None:
    """The differences; a verdict and a p value only from observed answers."""
    table = pd.DataFrame(
        {
            "what": [result.concepts.title(concept, page.language) for concept in rows["concept"]],
            "pair": [
                text.pair_name(row["reference_wave"], row["wave"], page.language) for row in rows.to_dict("records")
            ],
            **{column: rows[column].to_list() for column in ("first", "second", "difference")},
            "ci": ranges(page, rows, "ci"),
            "bounds": ranges(page, outwards(rows), "bound"),
            "both": rows["both"].to_list(),
        }
    )
    if source == "observed":
        table["verdict"] = [page.text(f"comparison.verdict.{verdict}") for verdict in rows["verdict"]]
        table["p"] = p_values(page, rows["p_adjusted"])
    labels = {column: page.text(f"comparison.c.{column}") for column in ("first", "second", "both")}
    labels |= {"pair": page.text("comparison.m.pair")}
    labels |= {column: page.text(f"comparison.d.{column}") for column in table.columns.difference([*labels])}
    page.table(
        table,
        name="changes",
        caption=page.text("comparison.changes.caption"),
        formats={"first": "share", "second": "share", "difference": "signed_points"},
        labels=labels,
        source=page.text("comparison.answers.source"),
        note=page.text("comparison.changes.note"),
        records=pick(
            result.estimates, item=rows["concept"], wave=rows["wave"], source=source, estimate_type="difference"
        ),
    )


def _behind(result: ComparisonResult, rows: pd.DataFrame) -> pd.DataFrame:
    """The estimate records of rows: those of the stage `results`, and of several options the one made from them."""
    several = rows["category"].str.contains("|", regex=False)
    ids = {name for names in rows.loc[~several, "estimate_ids"] for name in names.split("; ")}
    plain = result.answers.records[result.answers.records["estimate_id"].isin(ids)]
    made = pick(result.estimates, wave=rows["wave"], item=rows.loc[several, "item"], estimate_type="level")
    made = made[made["category"].isin(rows.loc[several, "category"])]
    return pd.concat([part for part in (plain, made) if len(part)], ignore_index=True)


def _what(page: Page, result: ComparisonResult, row: dict[Any, Any]) -> str:
    """What is counted: the printed figure, or the question in our own words."""
    if row["figure"]:
        return text.figure_label(result, str(row["figure"]), page.language)
    measure = result.concepts.measured(row["concept"])[row["wave"]]
    gloss = str(getattr(measure, f"gloss_{page.language}"))
    return page.text("comparison.answers.mean", what=gloss) if row["kind"] == "mean" else gloss


def _note(page: Page, rows: pd.DataFrame) -> str | None:
    several = int(rows["category"].str.contains("|", regex=False).sum())
    return page.text("comparison.answers.several", n=several) if several else None
