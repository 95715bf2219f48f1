from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.inputs.printed_numbers import AMOUNT, LANGUAGES, NONE, SHARE, lines_in, numbers_in


def amount(value: str) -> tuple[str, Decimal]:
    return AMOUNT, Decimal(value)


def share(value: str) -> tuple[str, Decimal]:
    return SHARE, Decimal(value)


@pytest.mark.parametrize(
    ("language", "printed", "readings"),
    [
        ("nb", "249", {amount("249")}),
        ("nb", "76 prosent", {share("76")}),
        ("nb", "37%", {share("37")}),
        ("nb", "2,9 %", {share("2.9")}),
        ("sv", "6 545 510", {amount("6545510")}),
        ("nb", "33 millioner", {amount("33"), amount("33000000")}),
        ("sv", "sex miljoner fem hundratusen", {amount("6500000")}),
        ("nb", "2 millioner 500 tusen", {amount("2500000")}),
        ("nb", "en million", {amount("1"), amount("1000000")}),
        ("nb", "tolv", {amount("12")}),
        ("nb", "trettende", {amount("13")}),
        ("sv", "vartannat", {amount("2")}),
        ("nb", "halvparten", {share("50")}),
        ("sv", "en fjärdedel", {share("25")}),
        ("nb", "to tredjedeler", {share("66.7")}),
        ("nb", "¼", {share("25")}),
        ("sv", "var femte", {share("20")}),
        ("nb", "3 av 4", {share("75"), amount("3")}),
        ("sv", "en av tjugo", {share("5"), amount("1")}),
        ("nb", "1,9 av 5", {share("38"), amount("1.9")}),
        ("sv", "sex procent", {share("6")}),
        ("sv", "N/A", {(NONE, None)}),
    ],
)
def test_a_number_is_read_as_what_it_says(language, printed, readings):
    (found,) = numbers_in(f"({printed})", language=language)
    assert (found.printed, found.readings, found.loose) == (printed, readings, False)


@pytest.mark.parametrize(
    ("language", "text", "printed"),
    [
        ("nb", "fra en til seks, i HTML5, den 14. mai", ["en", "seks", "5", "14"]),
        ("sv", "50 000 99 999 invånare", ["50 000", "99 999"]),
        ("nb", "2011/2012 og 3-4", ["2011", "2012", "3", "4"]),
        ("sv", "22 % 19 % 38 % 21 Att", ["22 %", "19 %", "38 %", "21"]),
        ("nb", "først og fremst noen få, ingen og flere", []),
        ("sv", "ni har en plan", []),
    ],
)
def test_every_number_is_found_and_nothing_else(language, text, printed):
    assert [number.printed for number in numbers_in(text, language=language) if not number.loose] == printed


def test_words_that_seldom_count_are_loose():
    found = numbers_in("Alle vil ha en plan, de fleste har den", language="nb")
    assert [(number.printed, number.loose) for number in found] == [("Alle", True), ("en", True), ("fleste", True)]
    assert numbers_in("en eller to", language="nb")[0].loose is False
    assert numbers_in("en procent", language="sv")[0].loose is False


def test_a_number_joined_to_a_percentage_can_be_one():
    first, second = numbers_in("19 – 26 %", language="nb")
    assert first.readings == {amount("19"), share("19")}
    assert second.readings == {share("26")}
    assert numbers_in("mellom 0 og 5", language="nb")[0].readings == {amount("0")}


def test_a_line_that_ends_in_the_heading_and_a_number_is_a_page():
    text = "Planer\n\nVi har to. Planer 7\nPlaner 2012 i to\nPlaner 8"
    assert [place for place, _ in lines_in(text)] == ["L1", "L2", "p.7", "L4", "p.8"]
    found = [(number.line, number.place, number.printed) for number in numbers_in(text, language="nb")]
    assert found == [(3, "p.7", "to"), (3, "p.7", "7"), (4, "L4", "2012"), (4, "L4", "to"), (5, "p.8", "8")]


def test_a_language_without_number_words_is_refused():
    with pytest.raises(InputError, match="'da' are not listed, only those of nb, nn, sv"):
        numbers_in("to", language="da")


@given(st.integers(0, 10**9), st.sampled_from(sorted(LANGUAGES)))
def test_thousands_are_one_number(value, language):
    printed = f"{value:,}".replace(",", " ")
    (found,) = numbers_in(f"om lag {printed} kr", language=language)
    assert found.readings == {amount(str(value))}


@given(st.text(alphabet="01 23,.%/-–avenrtohlpcsi¼\n"), st.sampled_from(sorted(LANGUAGES)))
def test_every_digit_of_any_text_is_part_of_one_number(text, language):
    lines = text.split("\n")
    found = numbers_in(text, language=language)
    assert all(number.printed in lines[number.line - 1] for number in found)
    digits = [character for character in text if character.isdigit()]
    assert [character for number in found for character in number.printed if character.isdigit()] == digits
