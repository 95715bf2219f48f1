import re
import string

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.reports.display import words

NBSP, MINUS = "\u00a0", "\u2212"


def _texts(entry: object) -> list[str]:
    return [entry] if isinstance(entry, str) else list(entry.values())  # type: ignore[attr-defined]


def _placeholders(entry: object) -> set[str]:
    parsed = (part for text in _texts(entry) for part in string.Formatter().parse(text))
    return {f"{field}:{spec or 'text'}" for _, field, spec, _ in parsed if field}


def test_no_key_is_missing_untranslated_or_of_another_shape() -> None:
    for key, entry in words.catalogue().items():
        assert set(entry) in ({"en"}, set(words.LANGUAGES)), key
        assert all(isinstance(text, str) and text.strip() for form in entry.values() for text in _texts(form)), key
        # English says 45%, the others write "prosent" or "procent" after the number.
        alike = {frozenset(p.replace(":share", ":percent") for p in _placeholders(form)) for form in entry.values()}
        assert len(alike) == 1, f"{key}: placeholders differ"


def test_every_entry_uses_known_formats_and_has_the_form_for_many() -> None:
    for key, languages in words.catalogue().items():
        for entry in languages.values():
            if not isinstance(entry, str):
                assert set(entry) == {"one", "other"}, key
            specs = {placeholder.partition(":")[2] for placeholder in _placeholders(entry)}
            assert specs <= set(words.SPECIFICATIONS), key


def test_no_key_stands_twice_in_a_catalogue() -> None:
    for name in words.CATALOGUES:
        lines = (words.FOLDER / name).read_text("utf-8").splitlines()
        keys = [line.partition(":")[0] for line in lines if line and line[0] not in " #"]
        assert len(keys) == len(set(keys)), [key for key in keys if keys.count(key) > 1]


def test_no_sentence_was_left_in_english() -> None:
    for key, entry in words.catalogue().items():
        english = {text for text in _texts(entry["en"]) if len(re.sub(r"\{.*?\}", "", text).split()) > 3}
        for language in set(entry) - {"en"}:
            assert not english & set(_texts(entry[language])), f"{key} in {language}"


@pytest.mark.parametrize(
    ("value", "spec", "en", "nb", "sv"),
    [
        (1234567, "count", "1,234,567", f"1{NBSP}234{NBSP}567", f"1{NBSP}234{NBSP}567"),
        (0.45, "percent", "45%", f"45{NBSP}%", f"45{NBSP}%"),
        (0.145, "percent", "15%", f"15{NBSP}%", f"15{NBSP}%"),
        (0.0125, "percent1", "1.3%", f"1,3{NBSP}%", f"1,3{NBSP}%"),
        (12.25, "number1", "12.3", "12,3", "12,3"),
        (-0.043, "points", "-4", f"{MINUS}4", f"{MINUS}4"),
        (0.09, "signed_points", "+9", "+9", "+9"),
        (0.0004, "signed_points", "0", "0", "0"),
        (-0.0004, "points", "0", "0", "0"),
        (0.4199, "share_down", "41", "41", "41"),
        (0.4101, "share_up", "42", "42", "42"),
        (2013, "year", "2013", "2013", "2013"),
        (np.int64(7), "count", "7", "7", "7"),
        ("a,b", "text", "a,b", "a,b", "a,b"),
        ("12.5 %", "printed", "12.5 %", "12.5 %", "12.5 %"),
        (True, "text", "yes", "ja", "ja"),
    ],
)
def test_numbers_are_written_as_each_language_reads_them(value: object, spec: str, en: str, nb: str, sv: str) -> None:
    assert [words.format_value(value, spec, language=language) for language in words.LANGUAGES] == [en, nb, sv]


@given(st.integers(min_value=0, max_value=1000))
def test_half_is_rounded_up_and_bounds_outwards(thousandths: int) -> None:
    share = thousandths / 1000
    assert words.format_value(share, "share", language="en") == str((thousandths + 5) // 10)
    assert words.format_value(share, "share_down", language="en") == str(thousandths // 10)
    assert words.format_value(share, "share_up", language="en") == str(-(-thousandths // 10))


@pytest.mark.parametrize("value", [None, float("nan"), np.nan, pd.NA, pd.NaT])
def test_a_missing_value_is_words_in_a_table_and_an_error_in_a_sentence(value: object) -> None:
    assert words.format_value(value, "percent", language="nb") == "ikke tilgjengelig"
    with pytest.raises(words.WordsError, match="no value for 'n'"):
        words.say("base.municipality", language="en", n=value)


def test_plural_forms_follow_the_count() -> None:
    assert words.say("base.municipality", language="nb", n=1) == "1 kommune"
    assert words.say("base.municipality", language="sv", n=0) == "0 kommuner"
    assert words.say("unit.municipality", language="en", count=1) == "municipality"
    assert words.say("unit.municipality", language="en", count=2) == "municipalities"


@pytest.mark.parametrize(
    ("key", "language", "values", "message"),
    [
        ("no.such.key", "en", {}, "has no 'no.such.key'"),
        ("page.next", "no", {}, "Unknown language 'no'"),
        ("base.municipality", "en", {}, "needs a value for 'n'"),
        ("unit.municipality", "en", {}, "needs a value for 'count'"),
        ("base.municipality", "en", {"n": 2.5}, "not a count"),
        ("base.municipality", "en", {"n": "many"}, "not a number"),
        ("figure.source", "en", {"source": 0.5}, "needs a format"),
        ("stage.page.reader", "nb", {}, "in English only"),
    ],
)
def test_a_sentence_that_cannot_be_made_says_why(key: str, language: str, values: dict, message: str) -> None:
    with pytest.raises(words.WordsError, match=message):
        words.say(key, language=language, **values)


def test_values_are_text_and_never_templates() -> None:
    assert words.say("figure.source", language="en", source="{n:count} {0.__class__}").endswith("{0.__class__}")


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(words.WordsError, match="Unknown format 'procent'"):
        words.format_value(1, "procent", language="en")
