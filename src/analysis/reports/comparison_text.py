"""What the comparison of printed figures says in words: sentences computed from its result, in the page's language."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd

from analysis.evidence.comparison import ComparisonResult
from analysis.evidence.printed_slopes import FEWEST, asked, printed_rounds
from analysis.reports import comparison_website_text as website
from analysis.reports.display import words
from analysis.reports.display.page import Page

FOUND = ("different", "within_margin")


def can(result: ComparisonResult, language: str) -> list[str]:
    """The answers, the first one first: differences that the grades allow, who answered, and the website panel."""
    found = list(_differences(result, language)) or [words.say("comparison.no_pairs", language=language)]
    return [*found, *_response(result, language), *website.can(result.website, language)[:1]]


def cannot(result: ComparisonResult, language: str) -> list[str]:
    """What the printed figures do not carry, each with the reason."""
    return [*_pairs(result, language), *_tool(result, language), *_alone(result, language), *_trend(result, language)]


def country(wave: str) -> str:
    """The country of a round, as its id begins: `no` or `se`."""
    return wave.split("-")[0]


def year(wave: str) -> str:
    """The year of a round, as its id ends."""
    return wave.split("-")[-1]


def round_name(wave: str, language: str) -> str:
    """A round as readers name it: country and year."""
    name = words.say(f"comparison.country.{country(wave)}", language=language)
    return words.say("comparison.round", language=language, country=name, year=year(wave))


def pair_name(first: str, second: str, language: str) -> str:
    """Two rounds in words."""
    return pairs_name([(first, second)], language)


def pairs_name(pairs: Sequence[tuple[str, str]], language: str) -> str:
    """Several pairs of rounds in words; every round of some with every round of others is said as one."""
    firsts, seconds = (list(dict.fromkeys(side)) for side in zip(*pairs, strict=True))
    whole = len(pairs) == len(firsts) * len(seconds) and all(
        len({*map(country, side)}) == 1 for side in (firsts, seconds)
    )
    groups = [(firsts, seconds)] if whole else [([first], [second]) for first, second in pairs]
    return "; ".join(
        words.say("comparison.two", language=language, first=_rounds(left, language), second=_rounds(right, language))
        for left, right in groups
    )


def titles(result: ComparisonResult, concepts: Iterable[str], language: str) -> str:
    """Concepts by their short names, one after another; a name may hold commas."""
    return "; ".join(result.concepts.title(concept, language) for concept in concepts)


def series_years(result: ComparisonResult, language: str) -> str:
    """The years of Sweden's own rows, as a list in words."""
    return website.listed(sorted({year(wave) for wave in result.series["wave"]}), language)


def figure_label(result: ComparisonResult, figure: str, language: str) -> str:
    """What a printed figure counts, in words: of the register in English, of `labels.csv` in the other languages."""
    if language == "en":
        return str(result.figures.at[figure, "label_en"])
    return next(str(getattr(row, f"label_{language}")) for row in result.concepts.labels if row.figure_id == figure)


def sources(page: Page, result: ComparisonResult, figures: Iterable[str]) -> str:
    """The reports that print some figures: publisher and year, in the order of the years."""
    ids = {str(result.figures.at[figure, "source_id"]) for figure in figures}
    found = result.sources.loc[sorted(ids)].sort_values("year")
    names = [f"{row.publisher} {row.year}" for row in found.itertuples()]
    return page.text("comparison.printed.source", sources=website.listed(names, page.language))


def _rounds(waves: Sequence[str], language: str) -> str:
    name = words.say(f"comparison.country.{country(waves[0])}", language=language)
    return words.say("comparison.round", language=language, country=name, year="/".join(map(year, waves)))


def _differences(result: ComparisonResult, language: str) -> Iterator[str]:
    if result.differences.empty:
        return
    for (first, last), rows in result.differences.groupby(["reference_wave", "wave"], sort=False):
        years = {"first": year(str(first)), "last": year(str(last))}
        found = rows[rows["verdict"].isin(FOUND)]
        higher, lower = found[found["difference"] > 0], found[found["difference"] < 0]
        for key, part in (("higher", higher), ("lower", lower)):
            if len(part):
                yield words.say(f"comparison.{key}", language=language, k=len(part), n=len(rows), **years)
        if len(higher):
            yield _largest(result, higher.nlargest(1, "difference").to_dict("records")[0], language)
        yield _certain(result, rows, language)
        verdicts = rows["verdict"].value_counts()
        if verdicts.get("undecided"):
            yield words.say("comparison.undecided", language=language, k=int(verdicts["undecided"]))
        if verdicts.get("equivalent"):
            margin = max(family.margin for family in result.concepts.families)
            yield words.say("comparison.equivalent", language=language, k=int(verdicts["equivalent"]), margin=margin)


def _largest(result: ComparisonResult, row: dict[Any, Any], language: str) -> str:
    return words.say(
        "comparison.largest",
        language=language,
        what=result.concepts.title(row["concept"], language),
        a=row["first"],
        b=row["second"],
        first=year(row["reference_wave"]),
        last=year(row["wave"]),
        d=row["difference"],
        lo=row["ci_lo"],
        hi=row["ci_hi"],
    )


def _certain(result: ComparisonResult, rows: pd.DataFrame, language: str) -> str:
    """The differences whose sign holds whatever the missing units would have answered."""
    nearest = rows[["bound_lo", "bound_hi"]].abs().min(axis=1)
    sure = rows[(rows["bound_lo"] > 0) | (rows["bound_hi"] < 0)]
    if sure.empty:
        return words.say("comparison.none_certain", language=language)
    what = titles(result, sure["concept"], language)
    return words.say("comparison.certain", language=language, k=len(sure), what=what, lo=nearest[sure.index].min())


def _response(result: ComparisonResult, language: str) -> Iterator[str]:
    """The step of the response rate between two rounds of one country, with the counts behind it."""
    rounds: dict[str, dict[Any, Any]] = {row["wave"]: row for row in result.response.to_dict("records")}
    for step in result.steps.to_dict("records"):
        first, last = rounds[step["reference_wave"]], rounds[step["wave"]]
        step_up = last["point"] > first["point"]
        yield words.say(
            "comparison.response.step_up" if step_up else "comparison.response.step",
            language=language,
            country=words.say(f"comparison.country.{country(step['wave'])}", language=language),
            a=count_range(first["k_lo"], first["k_hi"], language),
            b=count_range(last["k_lo"], last["k_hi"], language),
            n=first["units"],
            m=last["units"],
            first=year(step["reference_wave"]),
            last=year(step["wave"]),
            d=abs(last["point"] - first["point"]),
        )


def count_range(low: int, high: int, language: str) -> str:
    """A count, or the lowest and highest that it can be."""
    if low == high:
        return words.format_value(low, "count", language=language)
    return words.say("comparison.r.range", language=language, lo=low, hi=high)


def _pairs(result: ComparisonResult, language: str) -> Iterator[str]:
    table = result.tally
    first, second = table["reference_wave"].map(country), table["wave"].map(country)
    norway, across = table[(first == "no") & (second == "no")], table[first != second]
    uses = ["subtract", "beside", "name"]
    counts = norway[uses].sum()
    values = {"n": int(counts.sum()), "c": int(counts["beside"]), "d": int(counts["name"])}
    yield words.say("comparison.norway", language=language, **values)
    if counts["subtract"]:
        concepts = [grade.concept_id for grade in result.concepts.grades if _subtracted(grade.grade, grade.waves)]
        what = titles(result, list(dict.fromkeys(concepts)), language)
        yield words.say("comparison.norway.subtract", language=language, s=int(counts["subtract"]), what=what)
    counts = across[uses].sum()
    values = {"n": int(counts.sum()), "c": int(counts["beside"]), "d": int(counts["name"])}
    if not counts["subtract"]:
        yield words.say("comparison.countries", language=language, **values)


def _subtracted(grade: str, waves: frozenset[str]) -> bool:
    return grade in ("A", "B") and all(country(wave) == "no" for wave in waves)


def _tool(result: ComparisonResult, language: str) -> Iterator[str]:
    """Why the last of Sweden's rounds stands apart from the one before."""
    answered = result.series.dropna(subset="base_n").groupby("wave")["base_n"].first()
    if len(answered) < 2:
        return
    before, last = sorted(answered.index)[-2:]
    values = {"then": int(answered[before]), "now": int(answered[last])}
    yield words.say("comparison.tool", language=language, last=year(last), before=year(before), **values)


def _alone(result: ComparisonResult, language: str) -> Iterator[str]:
    survey = [concept.concept_id for concept in result.concepts.concepts if concept.kind == "survey"]
    alone = [concept for concept in survey if len(result.concepts.measured(concept)) == 1]
    if alone:
        what = titles(result, alone, language)
        yield words.say("comparison.alone", language=language, k=len(alone), n=len(survey), what=what)


def _trend(result: ComparisonResult, language: str) -> Iterator[str]:
    """Said while no line can be drawn: how many subjects three rounds or more have a figure for, all for nothing."""
    rounds = (len(printed_rounds(result.concepts, concept)) for concept in asked(result.concepts))
    several = sum(number >= FEWEST for number in rounds)
    if result.slopes.empty and several:
        yield words.say("comparison.notrend", language=language, n=several)
