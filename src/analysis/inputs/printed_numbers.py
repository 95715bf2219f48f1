"""The numbers that a Norwegian or Swedish text prints, in digits and in words, each with its place."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from analysis.errors import InputError

SHARE, AMOUNT, NONE = "share", "amount", "none"  # what a number is: a percentage, any other, or "n/a"
TENTH = Decimal("0.1")

Reading = tuple[str, Decimal | None]  # what it is, and its value; a value of None fits every value


@dataclass(frozen=True)
class Language:
    """The words of a language that say a number. `loose` words say one only at times, as `en` does, which is also "a".

    `cardinals` and `ordinals` give a value, `parts` a denominator, `scales` a factor; `every` stands before an ordinal
    that is a share (`var femte`); `shares` are loose words for a percentage ("most" is at least half), or for a
    remainder whose value the text does not print (None).
    """

    cardinals: Mapping[str, int]
    ordinals: Mapping[str, int]
    parts: Mapping[str, int]
    scales: Mapping[str, int]
    every: tuple[str, ...]
    loose: Mapping[str, int]
    shares: Mapping[str, int | None]


def _numbered(words: str, *, first: int) -> dict[str, int]:
    return {word: value for value, forms in enumerate(words.split(), start=first) for word in forms.split("/")}


BOKMAL = Language(
    cardinals=_numbered("én/éin/ett to/begge tre fire fem seks sju/syv åtte ni ti elleve tolv tretten", first=1)
    | _numbered("fjorten femten seksten sytten atten nitten tjue", first=14)
    | {"tretti": 30, "førti": 40, "femti": 50, "hundre": 100, "tusen": 1000},
    ordinals=_numbered("første andreplass/andreplassering tredje fjerde femte sjette sjuende/syvende", first=1)
    | _numbered("åttende niende tiende ellevte tolvte trettende", first=8)
    | {"annenhver": 2, "annethvert": 2},
    parts={"halv": 2, "halve": 2, "halvt": 2, "halvparten": 2, "tredel": 3, "tredeler": 3, "tredjedel": 3}
    | {"tredjedeler": 3, "fjerdedel": 4, "fjerdedeler": 4, "femtedel": 5, "femtedeler": 5, "tidel": 10, "tidels": 10},
    scales={"hundre": 10**2, "tusen": 10**3, "million": 10**6, "millioner": 10**6}
    | {"milliard": 10**9, "milliarder": 10**9},
    every=("hver", "hvert"),
    loose={"en": 1, "ei": 1, "et": 1},
    shares={"samtlige": 100, "alle": 100, "fleste": 50, "flesteparten": 50, "resterende": None},
)
SWEDISH = Language(
    cardinals=_numbered("två/båda/bägge tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton", first=2)
    | _numbered("femton sexton sjutton arton nitton tjugo", first=15)
    | {"trettio": 30, "fyrtio": 40, "femtio": 50, "hundra": 100, "tusen": 1000},
    ordinals=_numbered("första/förste", first=1)
    | _numbered("tredje fjärde femte sjätte sjunde åttonde nionde tionde", first=3)
    | {"vartannat": 2, "varannan": 2},
    parts={"halv": 2, "halva": 2, "halvt": 2, "hälften": 2, "tredjedel": 3, "tredjedelar": 3, "fjärdedel": 4}
    | {"fjärdedelar": 4, "femtedel": 5, "femtedelar": 5, "tiondel": 10, "tiondelar": 10},
    scales={"hundra": 10**2, "tusen": 10**3, "hundratusen": 10**5, "miljon": 10**6, "miljoner": 10**6}
    | {"miljard": 10**9, "miljarder": 10**9},
    every=("var", "vart"),
    loose={"en": 1, "ett": 1, "andra": 2},
    shares={"samtliga": 100, "alla": 100, "flesta": 50},
)
LANGUAGES = {"nb": BOKMAL, "nn": BOKMAL, "sv": SWEDISH}

DIGITS = r"(?<!\d)\d{1,3}(?:[ \u00a0]\d{3})+(?!\d)|\d+(?:[.,]\d+)?"
SIGNS = {"¼": Decimal(25), "½": Decimal(50), "¾": Decimal(75)}
PERCENT = r"\s?(?:%|prosent\b|procent\b)"
JOINED = r"\s?(?:-|–|/|\b(?:og|och|eller|til|till|respektive)\b)\s?"


@dataclass(frozen=True)
class PrintedNumber:
    """One number of a text: its line, its place (`L33`, or `p.7` in a text with pages), and how it can be read.

    `loose` words count as a number only where a figure of the register rests on them.
    """

    line: int
    place: str
    printed: str
    readings: frozenset[Reading]
    loose: bool = False


def lines_in(text: str) -> list[tuple[str, str]]:
    """Each line of a text with its place: `L` and the number of the line, from one, or `p.` and the number of a page.

    A line that ends in the heading of the text (its first line that is not blank) and a number is the page with it.
    """
    lines = text.split("\n")
    title = next((line.strip() for line in lines if line.strip()), "")
    foot = re.compile(rf"(?:.*\s)?{re.escape(title)} (\d+)\s*")
    pages = [foot.fullmatch(line) for line in lines]
    return [
        (f"p.{page[1]}" if page else f"L{n}", line)
        for n, (line, page) in enumerate(zip(lines, pages, strict=True), start=1)
    ]


def numbers_in(text: str, *, language: str) -> list[PrintedNumber]:
    """Every number of a text in the order of reading, by this rule.

    A number is: digits, with spaces between thousands and a decimal comma or point, also inside a word or name; a
    cardinal, an ordinal or a fraction in words; with the word of its scale (`33 millioner`), and two of them with `av`
    between as one number (`3 av 4`: a share of 75 percent, or the score 3); `n/a`. It is a share where a percent sign
    or word follows, also after a second number that is joined to it (`19 – 26 %`); fractions are shares, with one
    decimal. The words for one and "all" or "most" count where a number or a percent sign is joined to them and are
    else `loose`. Adverbs of order (`først`), "none" and vague words (`noen`) are no numbers.

    Raises InputError for a language without a list of number words.
    """
    if language not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise InputError(f"Number words of the language {language!r} are not listed, only those of {known}; add them.")
    return [
        PrintedNumber(number, place, printed, readings, loose)
        for number, (place, line) in enumerate(lines_in(text), start=1)
        for printed, readings, loose in _of_line(line, language)
    ]


def _of_line(line: str, language: str) -> Iterator[tuple[str, frozenset[Reading], bool]]:
    words = LANGUAGES[language]
    for match in _pattern(language).finditer(line):
        readings = frozenset(_readings(match, words, after=line[match.end() :], language=language))
        percent = re.match(PERCENT, line[match.end() :])
        loose = bool(match["share"]) or (bool(match["loose"]) and not _joined(language).match(line, match.end()))
        yield match[0] + (percent[0] if percent else ""), readings, loose


def _readings(match: re.Match[str], words: Language, *, after: str, language: str) -> Iterator[Reading]:
    if match["none"]:
        yield NONE, None
    elif match["whole"]:
        count, whole = _value(match["count"], words), _value(match["whole"], words)
        yield AMOUNT, count
        if whole:
            yield SHARE, (100 * count / whole).quantize(TENTH)
    elif match["part"]:
        count = _value(match["parts"], words) if match["parts"] else Decimal(1)
        yield SHARE, (100 * count / words.parts[match["part"].lower()]).quantize(TENTH)
    elif match["sign"]:
        yield SHARE, SIGNS[match["sign"]]
    elif match["every"]:
        yield SHARE, (Decimal(100) / words.ordinals[match["every"].lower()]).quantize(TENTH)
    elif match["share"]:
        value = words.shares[match["share"].lower()]
        yield SHARE, None if value is None else Decimal(value)
    else:
        yield from _amount(match["loose"] or match["amount"] or match["ordinal"], words, after=after, language=language)


def _amount(printed: str, words: Language, *, after: str, language: str) -> Iterator[Reading]:
    """An amount, a percentage, or either: a number that is joined to a percentage can be one or not."""
    first, *rest = re.split(r"(?<=\D) | (?=\D)", printed)
    if rest:
        yield AMOUNT, _scaled([first, *rest], words)
        if len(rest) == 1:  # the register may give 33 and the unit "million"
            yield AMOUNT, _value(first, words)
    elif re.match(PERCENT, after):
        yield SHARE, _value(first, words)
    else:
        yield AMOUNT, _value(first, words)
        if re.match(rf"{JOINED}(?:{_one_number(language)}){PERCENT}", after, re.IGNORECASE):
            yield SHARE, _value(first, words)


def _scaled(parts: list[str], words: Language) -> Decimal:
    """`sex miljoner fem hundratusen`: each number times the scale that follows it, added."""
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return sum((_value(count, words) * words.scales[scale.lower()] for count, scale in pairs), Decimal(0))


def _value(printed: str, words: Language) -> Decimal:
    word = printed.lower()
    for listed in (words.cardinals, words.loose, words.ordinals):
        if word in listed:
            return Decimal(listed[word])
    return Decimal(re.sub(r"[ \u00a0]", "", printed).replace(",", "."))


@cache
def _joined(language: str) -> re.Pattern[str]:
    return re.compile(rf"{PERCENT}|{JOINED}(?:{_one_number(language)})\b", re.IGNORECASE)


@cache
def _one_number(language: str) -> str:
    words = LANGUAGES[language]
    return rf"{DIGITS}|\b(?:{_any(words.cardinals)})\b"


@cache
def _pattern(language: str) -> re.Pattern[str]:
    words = LANGUAGES[language]
    number, scale = _one_number(language), rf" (?:{_any(words.scales)})\b"
    one = rf"{number}|\b(?:{_any(words.loose)})\b"
    return re.compile(
        rf"(?P<none>\bn/a\b)"
        rf"|(?P<count>{one}) av (?P<whole>{number})(?!\w)"
        rf"|(?:\b(?P<parts>{_any({**words.cardinals, **words.loose})}) )?\b(?P<part>{_any(words.parts)})\b"
        rf"|(?P<sign>[{''.join(SIGNS)}])"
        rf"|\b(?:{_any(words.every)}) (?P<every>{_any(words.ordinals)})\b"
        rf"|(?P<amount>(?:{one}){scale}(?: (?:{one}){scale})*|{number})"
        rf"|\b(?P<ordinal>{_any(words.ordinals)})\b"
        rf"|\b(?P<loose>{_any(words.loose)})\b"
        rf"|\b(?P<share>{_any(words.shares)})\b",
        re.IGNORECASE,
    )


def _any(words: Mapping[str, object] | tuple[str, ...]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))
