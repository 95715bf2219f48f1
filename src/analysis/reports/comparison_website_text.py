"""What the website rounds say in words: sentences computed from the result, in the language of the page."""

from collections.abc import Iterator

import pandas as pd

from analysis.evidence.comparability import allows
from analysis.evidence.panel import pairs
from analysis.evidence.website import WebsiteResult
from analysis.inputs.frames import size_groups
from analysis.reports.display import words

UNIT = "municipality"


def can(result: WebsiteResult, language: str) -> list[str]:
    """The answers, the first one first; one sentence that says why where there are fewer than two waves."""
    if len(result.waves) < 2 or result.relations.empty:
        return [_too_few(result, language)]
    return [*_same_third(result, language), *_sizes(result, language), *_correlations(result, language)]


def cannot(result: WebsiteResult, language: str) -> list[str]:
    """What the figures do not carry, each with the reason."""
    return list(_cannot(result, language))


def years(result: WebsiteResult, language: str) -> str:
    """The years of the waves as a list in words."""
    return listed([str(wave.file.year) for wave in result.waves], language)


def year(result: WebsiteResult, wave: str) -> str:
    """The year of a wave as text."""
    return str(next(w.file.year for w in result.waves if w.id == wave))


def concept_label(result: WebsiteResult, concept_id: str, language: str) -> str:
    """A concept's short name: the label of its item in the last wave that has it."""
    items = {wave: measure.item for wave, measure in result.concepts.measured(concept_id).items()}
    wave = next(wave for wave in reversed(result.waves) if items.get(wave.id))
    return wave.label(str(items[wave.id]), language)


def first_concept(result: WebsiteResult) -> str:
    """The concept that leads the page: the first of `concepts.csv` that is compared."""
    return str(result.data["concept"].iloc[0])


def size_labels(result: WebsiteResult, language: str) -> dict[int, str]:
    """The inhabitants of each size group, in words."""
    groups = size_groups(result.waves[-1].file.groups.size)
    return dict(zip(groups["group"], groups[f"label_{language}"], strict=True))


def steady_extremes(result: WebsiteResult) -> tuple[int, int] | None:
    """The size groups that stood highest and lowest on average in every wave; None where they change or are none."""
    table = result.sizes[result.sizes["concept"] == first_concept(result)]
    wide = table.pivot(index="size_group", columns="wave", values="position")
    high, low = set(wide.idxmax()), set(wide.idxmin())
    return (high.pop(), low.pop()) if len(high) == len(low) == 1 and high != low else None


def listed(texts: list[str], language: str) -> str:
    """Texts joined as in a sentence: a, b and c."""
    from babel.lists import format_list

    # The serial comma is not used here, in none of the languages.
    return format_list(texts, locale="en_GB" if language == "en" else language)


def relations_of(result: WebsiteResult, *, unit_type: str, concept: str | None = None) -> pd.DataFrame:
    """The rows of `relations` of one unit type, of one concept where one is named."""
    rows = result.relations[result.relations["unit_type"] == unit_type]
    return rows if concept is None else rows[rows["concept"] == concept]


def _too_few(result: WebsiteResult, language: str) -> str:
    if not result.waves:
        return words.say("comparison.none", language=language)
    return words.say("comparison.one", language=language, years=years(result, language))


def _same_third(result: WebsiteResult, language: str) -> Iterator[str]:
    rows = relations_of(result, unit_type=UNIT, concept=first_concept(result))
    first, last = result.waves[0], result.waves[-1]
    found = rows[(rows["reference_wave"] == first.id) & (rows["wave"] == last.id)]
    for row in found.itertuples():
        values = {"k": row.same, "n": row.n, "p": row.share, "first": first.file.year, "last": last.file.year}
        yield words.say("comparison.same", language=language, **values)
        yield words.say("comparison.expected", language=language, p=row.expected)
    table = result.throughout
    table = table[(table["unit_type"] == UNIT) & (table["concept"] == first_concept(result))].set_index("third")
    if len(result.waves) > 2 and len(table):
        counts = {"up": table.at["upper", "count"], "low": table.at["lower", "count"], "n": table.at["upper", "n"]}
        yield words.say("comparison.throughout", language=language, rounds=len(result.waves), **counts)


def _sizes(result: WebsiteResult, language: str) -> Iterator[str]:
    if result.sizes.empty:
        return
    extremes = steady_extremes(result)
    if extremes is None:
        yield words.say("comparison.sizes.varies", language=language)
        return
    high, low = map(size_labels(result, language).__getitem__, extremes)
    yield words.say("comparison.sizes.steady", language=language, high=high, low=low)


def _correlations(result: WebsiteResult, language: str) -> Iterator[str]:
    found = relations_of(result, unit_type=UNIT, concept=first_concept(result))["correlation"].dropna()
    if len(found) == 1:
        yield words.say("comparison.correlation.one", language=language, r=found.iloc[0])
    elif len(found):
        yield words.say("comparison.correlation", language=language, lo=found.min(), hi=found.max())


def _cannot(result: WebsiteResult, language: str) -> Iterator[str]:
    if len(result.waves) > 1 and len(result.data):
        concept = first_concept(result)
        grades = [result.concepts.grade(concept, *pair).grade for pair in pairs([w.id for w in result.waves])]
        if not all(allows(grade, "difference") for grade in grades):
            scales = {wave: measure.scale_max for wave, measure in result.concepts.measured(concept).items()}
            maxima = listed([str(scales[wave.id]) for wave in result.waves], language)
            values = {"maxima": maxima, "years": years(result, language)}
            yield words.say("comparison.better", language=language, **values)
            yield words.say("comparison.moved", language=language)
        yield _coverage(result, language)
        if areas := result.partial["area"].nunique():
            yield words.say("comparison.partly", language=language, areas=areas)


def _coverage(result: WebsiteResult, language: str) -> str:
    """Why there is no interval, or how many municipalities the panel lacks."""
    rows = result.rounds[(result.rounds["unit_type"] == UNIT) & (result.rounds["wave"] == result.waves[-1].id)]
    missing = int((rows["areas"] - rows["panel"]).sum())
    if missing:
        return words.say("comparison.missing", language=language, m=missing, n=int(rows["areas"].sum()))
    return words.say("comparison.no_interval", language=language)
