"""The one catalogue of words: terms and sentences in three languages, with plural forms and number formats."""

import string
from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = ("en", "nb", "sv")
FOLDER = Path(__file__).parent / "words"
# One file for the pages of readers, one for what all stages share, one for each stage that says more.
CATALOGUES = tuple(sorted(path.name for path in FOLDER.glob("*.yml")))

Entry = str | Mapping[str, str]

# Invisible marks that set the direction of writing; one left open in a name would turn the numbers after it around.
_TURNING = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])

# specification: (factor, decimals, rounding, sign always, percent sign)
_SPECS: dict[str, tuple[int, int, str, bool, bool]] = {
    "count": (1, 0, ROUND_HALF_UP, False, False),
    "number": (1, 0, ROUND_HALF_UP, False, False),
    "number1": (1, 1, ROUND_HALF_UP, False, False),
    "number2": (1, 2, ROUND_HALF_UP, False, False),
    "number3": (1, 3, ROUND_HALF_UP, False, False),
    "percent": (100, 0, ROUND_HALF_UP, False, True),
    "percent1": (100, 1, ROUND_HALF_UP, False, True),
    "percent2": (100, 2, ROUND_HALF_UP, False, True),
    "percent_down": (100, 0, ROUND_FLOOR, False, True),
    "percent_up": (100, 0, ROUND_CEILING, False, True),
    "share": (100, 0, ROUND_HALF_UP, False, False),
    "share1": (100, 1, ROUND_HALF_UP, False, False),
    "share_down": (100, 0, ROUND_FLOOR, False, False),
    "share_up": (100, 0, ROUND_CEILING, False, False),
    "points": (100, 0, ROUND_HALF_UP, False, False),
    "points1": (100, 1, ROUND_HALF_UP, False, False),
    "signed_points": (100, 0, ROUND_HALF_UP, True, False),
    "signed_points1": (100, 1, ROUND_HALF_UP, True, False),
}
# `printed`: text exactly as a source printed it or as it was formatted before; aligned like a number.
SPECIFICATIONS = ("text", "printed", "year", *_SPECS)


class WordsError(Exception):
    """A sentence cannot be made: the key, a language or a value is missing, or a value is of the wrong kind."""


def say(key: str, *, language: str, **values: object) -> str:
    """The sentence or term `key` in one language, as plain text, with its values put in.

    A placeholder names its format: `{n:count}`, `{p:percent}` (a share from 0 to 1), `{d:points}` (a difference
    of shares, in percentage points), `{year:year}`, `{name}`. Of an entry with plural forms, `count` or else its
    first `count` placeholder chooses. Raises WordsError for an unknown key, language or value; a missing value
    (None, NaN) is an error too, because no sentence is made from nothing.
    """
    entry = _entry(key, language)
    template = entry if isinstance(entry, str) else _plural(key, entry, language, values)
    parts = []
    for text, field, spec, conversion in string.Formatter().parse(template):
        parts.append(text)
        if field is None:
            continue
        if conversion or field not in values:
            raise WordsError(f"The sentence {key!r} needs a value for {field!r}.")
        if is_missing(values[field]):
            raise WordsError(f"The sentence {key!r} has no value for {field!r}; say instead that it is missing.")
        parts.append(format_value(values[field], spec or "text", language=language))
    return "".join(parts)


def format_value(value: object, spec: str, *, language: str) -> str:
    """One value as people of a language read it; a missing value becomes words, never a sign.

    `spec` is one of SPECIFICATIONS: shares (0 to 1) become per cent, what is printed is rounded half away from
    zero (bounds outwards with `_down` and `_up`); marks that turn the direction of writing are left out of texts.
    Raises WordsError for a value or a format it does not know.
    """
    if is_missing(value):
        return say("table.empty", language=language)
    if isinstance(value, bool) or type(value).__name__ in ("bool", "bool_"):
        return say("value.yes" if value else "value.no", language=language)
    if spec in ("text", "printed"):
        if isinstance(value, float | Decimal):
            raise WordsError(f"The number {value} needs a format, such as number1 or percent.")
        return str(value).translate(_TURNING)
    if spec == "year":
        return str(_decimal(value).quantize(Decimal(1)))
    if spec not in _SPECS:
        raise WordsError(f"Unknown format {spec!r}; use one of {', '.join(SPECIFICATIONS)}.")
    factor, decimals, rounding, signed, percent = _SPECS[spec]
    if spec == "count" and _decimal(value) != _decimal(value).to_integral_value():
        raise WordsError(f"{value} is not a count; give it a number or percent format.")
    number = (_decimal(value) * factor).quantize(Decimal(1).scaleb(-decimals), rounding=rounding)
    return _localise(number, decimals, signed=signed, percent=percent, language=language)


def is_missing(value: object) -> bool:
    """Whether there is no value: None, NaN, NaT or pandas' NA."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float | Decimal) and value != value


def keys(language: str) -> list[str]:
    """All keys that can be said in a language, sorted."""
    return sorted(key for key, entry in catalogue().items() if language in entry)


@lru_cache(maxsize=1)
def catalogue() -> dict[str, dict[str, Entry]]:
    """The whole catalogue: key, language, then a text or its plural forms.

    An entry of a page for readers has every language, one of a page for reviewers is the English text itself.
    Raises WordsError when a key stands in two files.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, dict[str, Entry]] = {}
    for name in CATALOGUES:
        entries = yaml.load((FOLDER / name).read_text("utf-8"), Loader=loader) or {}
        doubled = next((key for key in entries if key in found), None)
        if doubled is not None:
            raise WordsError(f"The key {doubled!r} stands in {name} and in another file; remove one.")
        for key, entry in entries.items():
            found[key] = entry if isinstance(entry, dict) and "en" in entry else {"en": entry}
    return found


def _entry(key: str, language: str) -> Entry:
    if language not in LANGUAGES:
        raise WordsError(f"Unknown language {language!r}; use one of {', '.join(LANGUAGES)}.")
    if key not in catalogue():
        raise WordsError(f"The catalogue has no {key!r}; add it to a file of reports/display/words.")
    if language not in catalogue()[key]:
        raise WordsError(f"{key!r} is written in English only; write it in {language!r} too.")
    return catalogue()[key][language]


def _plural(key: str, forms: Mapping[str, str], language: str, values: Mapping[str, object]) -> str:
    fields = [(field, spec) for _, field, spec, _ in string.Formatter().parse(forms["other"]) if field]
    name = "count" if "count" in values else next((field for field, spec in fields if spec == "count"), "count")
    if name not in values:
        raise WordsError(f"{key!r} has plural forms and needs a value for {name!r}.")
    if is_missing(values[name]):
        return forms["other"]
    # Norwegian, Swedish and English share one rule: exactly 1 is singular.
    return forms["one"] if _decimal(values[name]) == 1 and "one" in forms else forms["other"]


def _decimal(value: Any) -> Decimal:
    # Twelve digits take away what binary arithmetic adds, so that 0.145 is half-way and rounds up.
    try:
        return Decimal(f"{value:.12g}") if isinstance(value, float) else Decimal(str(value))
    except InvalidOperation:
        raise WordsError(f"{value!r} is not a number.") from None


def _localise(number: Decimal, decimals: int, *, signed: bool, percent: bool, language: str) -> str:
    from babel import Locale
    from babel.numbers import format_decimal

    locale = Locale.parse(language)
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    digits = format_decimal(abs(number), format=pattern, locale=locale, decimal_quantization=False)
    minus, plus = (locale.number_symbols["latn"][name] for name in ("minusSign", "plusSign"))
    sign = minus if number < 0 else plus if signed and number > 0 else ""
    suffix = locale.percent_formats[None].pattern.rpartition("0")[2] if percent else ""
    return f"{sign}{digits}{suffix}"
