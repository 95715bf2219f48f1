"""The glossary: the terms of the project in three languages, in its own words."""

from typing import Annotated, Literal

from pydantic import Field

from analysis import paths
from analysis.inputs import tables

Text = Annotated[str, Field(min_length=1)]


class Term(tables.Record):
    """A term with its definition; `standing` says how sure its wording is, `checked_by` who has looked at it.

    `linked`: whether pages lead to it where they use it first; words that everybody knows, or that mean other things
    too, are not. `forms_*`: other forms of the term that pages use, such as its plural, split by semicolons.
    """

    term_id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    en: Text
    nb: Text
    sv: Text
    definition_en: Text
    definition_nb: Text
    definition_sv: Text
    standing: Literal["seen in a source", "established", "doubtful"]
    checked_by: Text
    remark: str = ""
    linked: Literal["y", "n"] = "n"
    forms_en: str = ""
    forms_nb: str = ""
    forms_sv: str = ""

    def names(self, language: str) -> tuple[str, ...]:
        """The term in one language, then its other forms."""
        forms = str(getattr(self, f"forms_{language}"))
        return (str(getattr(self, language)), *(form for form in forms.split(";") if form))


def read_glossary() -> tuple[Term, ...]:
    """All terms in the order of their ids. Raises InputError naming row and column of a mistake."""
    found = tables.read_table(paths.root() / "docs" / "glossary.csv", Term, key=["term_id"])
    return tuple(sorted(found, key=lambda term: term.term_id))
