"""Where the numbers of a table or figure come from: bases, weights, intervals, decisions, sources and estimate ids."""

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from functools import cache
from html import escape
from itertools import takewhile
from typing import Any

import pandas as pd

from analysis import paths
from analysis.inputs.bearing import bearing_on
from analysis.reports.display import words
from analysis.survey.estimates import COLUMNS, IDENTITY, WITHHELD

# Estimate records by column.
Records = dict[str, list[Any]]
# Where the top of the site lies, seen from a page; text is escaped, so that none can hold the mark itself.
SITE = "<!--site-->"
# Ids and printed figures up to this many are listed one by one; more are told by what they have in common.
LONGEST = 24
_PLACE = re.compile(r"L\d|p\.")  # lines of a text copy, or pages
# Sources of numbers that are made from answers, and not printed in a report.
ANSWERS = ("observed", "synthetic")


def pick(estimates: pd.DataFrame, **looks: str | Iterable[str]) -> pd.DataFrame:
    """The estimate records whose columns have these values, in their order, as `pick(all, item="margin *", module="")`.

    `*` in a value stands for any text; of several values one must fit. Raises KeyError for a column that is not there.
    """
    fits = pd.Series(True, index=estimates.index)
    for column, look in looks.items():
        wanted = {look} if isinstance(look, str) else set(look)
        patterns = [one for one in wanted if "*" in one]
        values = estimates[column].astype(str)
        found = {value for value in values.unique() if any(fnmatchcase(value, one) for one in patterns)}
        fits &= values.isin(wanted | found)
    return estimates[fits]


def printed(figures: Iterable[str]) -> pd.DataFrame:
    """Figures of the register that are shown as they are printed, as records without an estimate id."""
    ids = list(dict.fromkeys(figures))
    return pd.DataFrame({**dict.fromkeys(COLUMNS, ""), "source": "printed", "source_ref": ids})


def markup(records: pd.DataFrame, *, language: str) -> str:
    """What is known of estimate records as a disclosure that opens without JavaScript; nothing for no records.

    `records` are those that are shown; their ids may be empty for figures that are printed as they are. A record that
    names no decisions gets those that bear on it. Links to other pages begin with SITE.
    """
    if records.empty:
        return ""
    filled = {str(column): values.tolist() for column, values in records.items()}
    filled["decisions"] = bearing_on(filled)
    rows = [
        (key, lines)
        for key, lines in (
            ("withheld", _withheld(filled, language)),
            ("base", _bases(filled, language)),
            ("estimand", _named(filled, "estimand", language)),
            ("weights", _named(filled, "weight_variant", language)),
            ("interval", _named(filled, "ci_method", language)),
            ("bounds", _bounds(filled, language)),
            ("decisions", _decisions(filled)),
            ("source", _sources(filled, language)),
            ("ids", _ids(filled, language)),
        )
        if lines
    ]
    listed = "".join(f"<dt>{_say(f'trail.{key}', language)}</dt><dd>{lines}</dd>" for key, lines in rows)
    summary = escape(words.say("trail.title", language=language, n=len(records)))
    return f'<details class="trail"><summary>{summary}</summary><dl>{listed}</dl></details>'


def _say(key: str, language: str, **values: object) -> str:
    return escape(words.say(key, language=language, **values))


def _withheld(records: Records, language: str) -> str:
    """How many of the numbers are withheld; nothing where none is."""
    flags = records["flags"]
    n = flags.count(WITHHELD)
    return _say("trail.withheld.n", language, n=n, all=len(flags)) if n else ""


def _bases(records: Records, language: str) -> str:
    """The smallest and the largest number of answers and of units in the frame, and what the base counts."""
    found = []
    for column in ("n_answered", "n_frame"):
        numbers = [int(value) for value in records[column] if _given(value)]
        if numbers:
            least, most = min(numbers), max(numbers)
            form = "one" if least == most else "range"
            found.append(_say(f"trail.base.{column}.{form}", language, lo=least, n=most))
    return "; ".join([*found, *_words("base", records, language)])


def _given(value: Any) -> bool:
    """Whether a record has a number there."""
    return not pd.isna(value) and value != ""


def _named(records: Records, column: str, language: str) -> str:
    """What the values of a coded column are called, each once, in the order of the records."""
    return "; ".join(_words(column, records, language))


def _words(column: str, records: Records, language: str) -> Iterator[str]:
    for value in dict.fromkeys(map(str, records[column])):
        key = f"trail.{column}.{value.replace(' ', '_')}"
        if key in words.catalogue():
            yield _say(key, language)
        elif value and (column != "base" or language == "en"):
            # The base of a printed figure is in the register in English only; readers find it in the table.
            yield escape(value)


def _bounds(records: Records, language: str) -> str:
    pairs = zip(records["bound_lo"], records["flags"], strict=True)
    rounded = {"rounding_bounds" in str(flags) for bound, flags in pairs if _given(bound)}
    kinds = {"worst": False in rounded, "rounding": True in rounded}
    return "; ".join(_say(f"trail.bounds.{kind}", language) for kind, there in kinds.items() if there)


def _decisions(records: Records) -> str:
    ids = sorted({one for row in records["decisions"] for one in row.split(";") if one})
    return ", ".join(f'<a href="{SITE}decisions.html#decision-{one}">{one}</a>' for one in ids)


def _sources(records: Records, language: str) -> str:
    """The kinds of data and what they were read from: raw files, or printed figures with report and page."""
    kinds = [_say(f"trail.source.{kind}", language) for kind in sorted(set(records["source"]))]
    references = {part.strip(): None for row in records["source_ref"] for part in row.split(";") if part.strip()}
    files = dict.fromkeys(reference.partition("#")[0] for reference in references if "/" in reference)
    printed = [reference for reference in references if "/" not in reference]
    listed = [f"<code>{escape(file)}</code>" for file in files] + (_printed(printed, language) if printed else [])
    return "; ".join(kinds) + (f"<ul>{''.join(f'<li>{one}</li>' for one in listed)}</ul>" if listed else "")


def _printed(references: list[str], language: str) -> list[str]:
    """Figures of the register by id, report and place; of many, the reports and how many figures each gives."""
    titles, places = _printed_places()
    by_source: dict[str, list[str]] = {}
    for figure in references:
        if figure in places:
            by_source.setdefault(places[figure][0], []).append(figure)
    if sum(map(len, by_source.values())) > LONGEST:
        return [
            _say("trail.printed.many", language, title=titles[source], n=len(figures))
            for source, figures in by_source.items()
        ]
    return [
        f"{escape(titles[source])}: "
        + "; ".join(f"<code>{escape(one)}</code> {_place(places[one][1])}" for one in figures)
        for source, figures in by_source.items()
    ]


@cache
def _printed_places() -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """The titles of the reports, and of each printed figure the report and the place where it stands."""
    from analysis.inputs.register import load_register

    register = load_register()
    columns = (register.figures[name].tolist() for name in ("figure_id", "source_id", "source_locator"))
    places = {figure: (source, locator) for figure, source, locator in zip(*columns, strict=True)}
    return dict(register.sources[["source_id", "title"]].itertuples(index=False)), places


def _place(locator: str) -> str:
    """Page or lines, without the headings that stand there where they are known."""
    return escape("; ".join(part for part in locator.split("; ") if _PLACE.match(part)) or locator)


def _ids(records: Records, language: str) -> str:
    rows = [row for row, one in enumerate(records["estimate_id"]) if one]
    if not rows:
        return ""
    records = {column: [values[row] for row in rows] for column, values in records.items()}
    ids = records["estimate_id"]
    if len(ids) > LONGEST:
        return _pattern(records, language)
    head = _head(ids)
    listed = "".join(f"<li><code>{escape(one.removeprefix(head))}</code></li>" for one in ids)
    begin = f"{_say('trail.ids.begin', language)} <code>{escape(head)}</code>" if head else ""
    return f"{begin}<ul>{listed}</ul>{_onward(records, language)}"


def _head(ids: list[str]) -> str:
    """The whole parts that all ids begin with; none for a single id."""
    same = (len(set(parts)) == 1 for parts in zip(*(one.split(":")[:-1] for one in ids), strict=False))
    shared = ids[0].split(":")[: sum(takewhile(bool, same))] if len(ids) > 1 else []
    return "".join(f"{part}:" for part in shared)


def _pattern(records: Records, language: str) -> str:
    """Many ids as one: what all share, and for each part in which they differ the values that it has."""
    parts = {column: list(dict.fromkeys(map(_part, records[column]))) for column in IDENTITY}
    shared = ":".join(
        f"<i>{column}</i>" if len(values) > 1 else escape(values[0])
        for column, values in parts.items()
        if values != [""]
    )
    empty = _say("trail.ids.empty", language)
    varying = "".join(
        f"<li><i>{column}</i>: {', '.join(f'<code>{escape(one)}</code>' if one else empty for one in values)}</li>"
        for column, values in parts.items()
        if len(values) > 1
    )
    return f"<code>{shared}</code><ul>{varying}</ul>{_onward(records, language)}"


def _part(value: object) -> str:
    return str(value).replace(" ", "-")


def _onward(records: Records, language: str) -> str:
    """Where the whole row of an id is: in the table of estimates, which synthetic ones are not in, and by command."""
    label = "SYNTHETIC_" if "synthetic" in set(records["source"]) else ""
    name = f"{label}{paths.estimates().name}"
    link = f'<a href="{SITE}data/{name}">{name}</a>'
    return f"{_say('trail.onward', language)} {link}, <code>python -m analysis trace</code>"
