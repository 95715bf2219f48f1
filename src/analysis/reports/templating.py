"""What pages are put together with: the templates, what is embedded in them, and the words of a language."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from analysis.reports.display import words

TEMPLATES = Path(__file__).parent / "templates"


@cache
def template(name: str) -> Any:
    """The template of this name; values are escaped, and a missing one is an error."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template(name)


@cache
def asset(name: str) -> str:
    """The text of a style sheet or script, as pages carry it."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


def sayer(language: str) -> Callable[..., str]:
    """What a template calls to say a sentence of the catalogue in its language."""

    def say(key: str, **values: object) -> str:
        return words.say(key, language=language, **values)

    return say
