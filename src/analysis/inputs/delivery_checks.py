"""What a file says of itself against `items.csv` and `wave.yml`: its value labels, and whether it is synthetic."""

from collections.abc import Iterator

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import answers, checks, generated
from analysis.inputs.microdata import Delivery
from analysis.inputs.waves import Item, Wave

SYNTHETIC_COLUMN, SYNTHETIC_CODE, SYNTHETIC_FILE = "synthetic", "SYN-", "SYNTHETIC_"


def check(delivery: Delivery, *, wave: Wave) -> None:
    """Raises InputError for the first thing that the file says of itself and `items.csv` or `wave.yml` does not."""
    problem = next(problems(delivery, wave=wave), None)
    if problem is not None:
        raise InputError(problem)


def problems(delivery: Delivery, *, wave: Wave) -> Iterator[str]:
    """Each contradiction between the file and the wave's description, as one sentence."""
    yield from _origin(delivery, wave=wave)
    yield from generated.problems(wave)
    for item in wave.items_in_file():
        if item.type in ("single", "multi") and item.variable in delivery.value_labels:
            yield from _labels(item, delivery=delivery, wave=wave)


def _origin(delivery: Delivery, *, wave: Wave) -> Iterator[str]:
    """Synthetic answers say so in a column, their codes and their name; real ones in none of them."""
    name, file = paths.relative(paths.wave(wave.id) / "wave.yml"), checks.file_name(wave)
    cells, code = delivery.cells, wave.file.responses.code
    signs = {
        f"a column {SYNTHETIC_COLUMN!r}": SYNTHETIC_COLUMN in cells,
        f"codes that begin with {SYNTHETIC_CODE!r}": code in cells and cells[code].str.startswith(SYNTHETIC_CODE).any(),
        f"a name that begins with {SYNTHETIC_FILE!r}": wave.file.responses.file.startswith(SYNTHETIC_FILE),
    }
    for sign, found in signs.items():
        if found and wave.file.origin == "observed":
            yield f"{name}, key 'origin': observed, but {file} has {sign}; write origin: synthetic."
        if not found and wave.file.origin == "synthetic":
            yield f"{name}, key 'origin': synthetic, but {file} lacks {sign}; write origin: observed if it is real."


def _labels(item: Item, *, delivery: Delivery, wave: Wave) -> Iterator[str]:
    """Each code that the file labels is an option of the item, or missing; and not another option by its label."""
    labels = delivery.value_labels[item.variable]
    table = answers.code_table(item, wave=wave, delivery=delivery)
    missing = answers.declared_missing(item, labels, delivery=delivery)
    place = f"{checks.file_name(wave)}, column {item.variable!r}"
    called: dict[str, set[str]] = {}
    for option in wave.options_of(item.item):
        for name in answers.names(option):
            called.setdefault(name, set()).add(option.option)
    for code, label in labels.items():
        if code not in table:
            if code not in missing:
                problem = f"the code {code} is labelled {label!r} and is no option of {item.item}"
                yield f"{place}: {problem}; add it to items.csv (column 'codes') or options.csv."
            continue
        meant = called.get(label.strip().casefold(), set())
        option_id = table[code].option
        if meant and option_id not in meant:
            problem = f"the code {code} is labelled {label!r}, but items.csv takes it for {option_id}"
            yield f"{place}: {problem}; correct the codes in items.csv."


def unlabelled(item: Item, *, delivery: Delivery) -> dict[str, int]:
    """The codes of a variable that have no label where others have one, and in how many rows they stand."""
    labels = delivery.value_labels.get(item.variable, {})
    counts = delivery.cells[item.variable].value_counts().sort_index()
    return {str(code): int(count) for code, count in counts.items() if code and labels and code not in labels}
