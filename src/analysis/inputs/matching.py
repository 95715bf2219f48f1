"""Proposals: which variable of a file may be which item, and which code which option, by names and labels."""

import re
import unicodedata
from difflib import SequenceMatcher

from analysis.inputs.answers import names
from analysis.inputs.instrument import Item
from analysis.inputs.microdata import Delivery
from analysis.inputs.waves import Wave

# Below this likeness (0 to 1) of names or labels nothing is proposed.
LIKENESS = 0.65


def slug(text: str) -> str:
    """A text as an identifier: small letters without marks, digits and low lines, beginning with a letter."""
    plain = text.casefold().replace("æ", "ae").replace("ø", "o")
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    return words if words[:1].isalpha() else f"v_{words}".rstrip("_")


def proposed_variables(wave: Wave, *, delivery: Delivery) -> dict[str, str]:
    """For items without a variable of the file: the most alike of the variables that no item has, each once.

    A likeness is the larger of that of the names and that of the labels in any of the three languages.
    """
    columns = delivery.cells.columns
    taken = {item.variable for item in wave.items} | set(wave.file.responses.columns().values())
    free = [str(column) for column in columns if column not in taken]
    open_items = [item for item in wave.items if item.variable not in columns]
    ranked = sorted(
        ((_likeness(item, variable, delivery), item.item, variable) for item in open_items for variable in free),
        key=lambda match: (-match[0], match[1], match[2]),
    )
    found: dict[str, str] = {}
    for likeness, item_id, variable in ranked:
        if likeness >= LIKENESS and item_id not in found and variable not in found.values():
            found[item_id] = variable
    return found


def proposed_codes(item: Item, variable: str, *, wave: Wave, delivery: Delivery) -> str:
    """The codes of a variable as `items.csv` writes them, where each label of the file is an option; else empty.

    Codes that the file declares missing need no option.
    """
    options = {name: option.option for option in reversed(wave.options_of(item.item)) for name in names(option)}
    labels = delivery.value_labels.get(variable, {})
    matched = {
        code: options.get(label.strip().casefold())
        for code, label in labels.items()
        if not delivery.declares_missing(variable, code)
    }
    if not matched or None in matched.values():
        return ""
    return ";".join(f"{code}={option}" for code, option in matched.items())


def _likeness(item: Item, variable: str, delivery: Delivery) -> float:
    label = delivery.labels.get(variable, "").casefold()
    pairs = [(slug(variable), item.item)]
    pairs += [(label, own.casefold()) for own in (item.label_en, item.label_nb, item.label_sv) if label]
    return max(_alike(first, second) for first, second in pairs)


def _alike(first: str, second: str) -> float:
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    # The bound is cheap and spares nearly all comparisons of a long questionnaire with a wide file.
    return matcher.ratio() if matcher.real_quick_ratio() >= LIKENESS and matcher.quick_ratio() >= LIKENESS else 0.0
