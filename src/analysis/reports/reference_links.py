"""Links from the pages to the glossary: a term that a paragraph uses, at its first use on the page."""

import re
from collections.abc import Iterable
from html import escape

from analysis.inputs.glossary import Term

# Our own prose. Tables, captions, figures, notes and headings hold text of surveys, or are read out of their place.
_PROSE = re.compile(r'(<p(?: class="callout")?>)(.*?)(?=</p>)', re.DOTALL)
_NOT_PROSE = r"<(?:a|code)\b.*?</(?:a|code)>|<[^>]*>|&#?\w+;"


def link_terms(body: str, terms: Iterable[Term], *, language: str, top: str = "") -> str:
    """A page's body in which each linked term leads to the glossary where a paragraph first uses it as a whole word.

    `top` leads from the page to the first page of the site. Links, code, tables and figures stay as they are; a longer
    term goes before one that it contains, and any form of a term counts as its use.
    """
    linked = [term for term in terms if term.linked == "y"]
    named = {escape(name).casefold(): term for term in linked for name in term.names(language)}
    if not named:
        return body
    longest_first = "|".join(re.escape(name) for name in sorted(named, key=lambda name: (-len(name), name)))
    pattern = re.compile(rf"{_NOT_PROSE}|(?<![\w-])({longest_first})(?![\w-])", re.IGNORECASE | re.DOTALL)
    used: set[str] = set()

    def lead(found: re.Match[str]) -> str:
        term = named.get((found[1] or "").casefold())
        if term is None or term.term_id in used:
            return found[0]
        used.add(term.term_id)
        return f'<a class="term" href="{top}glossary.{language}.html#term-{term.term_id}">{found[1]}</a>'

    return _PROSE.sub(lambda paragraph: paragraph[1] + pattern.sub(lead, paragraph[2]), body)
