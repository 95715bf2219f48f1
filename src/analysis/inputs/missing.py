"""The reserved negative numbers in place of an answer, and what files say where there is none."""

NOT_ASKED, NOT_APPLICABLE, DONT_KNOW, BLANK, INVALID, NO_MODULE, UNIT_NONRESPONSE = -1, -2, -3, -4, -5, -6, -7

# What the reserved negative numbers in place of an answer mean.
MISSING = {
    NOT_ASKED: "not asked",
    NOT_APPLICABLE: "not applicable",
    DONT_KNOW: "don't know",
    BLANK: "left blank",
    INVALID: "invalid",
    NO_MODULE: "module not answered",
    UNIT_NONRESPONSE: "unit nonresponse",
}

# Words in the label of a code that the file declares missing, in English, Norwegian and Swedish, and the tag they mean.
WORDS = {
    NOT_APPLICABLE: ("not applicable", "not relevant", "ikke relevant", "ikke aktuelt", "ej aktuell", "inte aktuell"),
    DONT_KNOW: ("don't know", "dont know", "do not know", "vet ikke", "vet ei", "vet ej", "vet inte"),
    NOT_ASKED: ("not asked", "ikke stilt", "ikke spurt", "ej ställd", "inte ställd"),
}


def tag_of_label(label: str) -> int:
    """The tag that a label of a user-missing code means; what is none of WORDS is left blank."""
    text = label.casefold().replace("’", "'")
    return next((tag for tag, words in WORDS.items() if any(word in text for word in words)), BLANK)
