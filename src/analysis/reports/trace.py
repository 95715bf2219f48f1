"""The trail of one number: from its row in outputs/estimates.csv down to the raw file or the printed page."""

import difflib
from collections.abc import Iterator, Mapping

import pandas as pd

from analysis import paths
from analysis.errors import InputError
from analysis.inputs.decisions import read_decisions
from analysis.inputs.generated import sha256
from analysis.inputs.register import load_register
from analysis.inputs.stages import read_estimates
from analysis.inputs.waves import load_wave
from analysis.reports.display import provenance

Row = Mapping[str, str]

ESTIMANDS = {
    "M": "of units, each counted once",
    "P": "of inhabitants: each unit counted by its inhabitants",
    "R": "of those that answered only",
}
BASES = {"A": "those asked, don't knows included", "B": "those with an answer to the item"}
MODES = {
    "D": "descriptive: a full frame with nonresponse",
    "A": "as if the answers were a sample without an end",
    "I": "implied by other numbers",
}
SOURCES = {
    "printed": "printed in a report",
    "observed": "real answers or assessments",
    "synthetic": "SYNTHETIC answers: it says nothing about real municipalities",
}
WIDTH = 18


def run(estimate_id: str) -> None:
    """Prints the whole trail of an estimate. Raises InputError for an id that no row has, with those like it."""
    for line in trail(estimate_id, estimates=read_estimates()):
        print(line)


def trail(estimate_id: str, *, estimates: pd.DataFrame) -> Iterator[str]:
    """The trail of an estimate, a line each: value, base, weights, interval, stage, hashes, decisions and source.

    `estimates` are the rows of outputs/estimates.csv as text.
    """
    found = estimates[estimates["estimate_id"] == estimate_id]
    if found.empty:
        raise InputError(_unknown(estimate_id, list(estimates["estimate_id"])))
    row = {str(key): str(value) for key, value in found.iloc[0].items()}
    yield estimate_id
    for name, text in [*_number(row), *_basis(row), *_made(row), *_decisions(row), *_source(row)]:
        yield f"  {name:<{WIDTH}}{text}"


def _number(row: Row) -> Iterator[tuple[str, str]]:
    what = " ".join(filter(None, (row["estimate_type"], row["measure"])))
    yield "what", ", ".join(filter(None, (what, row["item"], row["category"], row["subset"], row["module"])))
    scale = f" on a scale to {row['scale_max']}" if row["scale_max"] else ""
    yield "value", (row["point"] or "none") + (" (a share from 0 to 1)" if row["measure"] == "share" else scale)
    if row["se"]:
        yield "standard error", row["se"]
    if row["ci_lo"]:
        yield "interval", f"{row['ci_lo']} to {row['ci_hi']}, method {row['ci_method']}"
    if row["bound_lo"]:
        name = "rounding" if "rounding_bounds" in row["flags"] else "worst case"
        yield name, f"{row['bound_lo']} to {row['bound_hi']}"
    if row["flags"]:
        yield "flags", row["flags"]


def _basis(row: Row) -> Iterator[tuple[str, str]]:
    yield "population", " ".join(filter(None, (row["population"], row["unit_type"]))) or "not stated"
    if row["estimand"]:
        yield "estimand", ESTIMANDS[row["estimand"]]
    if row["mode"]:
        yield "mode", MODES[row["mode"]]
    counts = {"n_answered": "answers", "n_asked": "asked", "n_frame": "units of the frame"}
    said = [f"{_whole(row[key])} {word}" for key, word in counts.items() if row[key]]
    if said or row["base"]:
        base = BASES.get(row["base"], row["base"])
        yield "base", ", ".join(filter(None, [*said, base]))
    yield "weights", row["weight_variant"] or "none"
    if row["deff_kish"]:
        yield "design effect", f"{row['deff_kish']}, effective number of answers {row['n_effective']}"


def _made(row: Row) -> Iterator[tuple[str, str]]:
    stage, wave = row["stage"], _wave_of(row)
    yield "stage", f"{stage}@{wave}"
    yield "notebook", paths.relative(paths.notebook(stage))
    before = [name for name in _before(stage, wave) if name.partition("@")[2] in (row["wave"], "all")]
    if before:
        yield "made from", ", ".join(before)
    yield "estimates of it", paths.relative(paths.estimates_part(stage, wave))
    try:
        now = provenance.hashes(stage, wave)
    except KeyError:
        now = {}
    for column, name in (("inputs_sha256", "inputs"), ("code_sha256", "code")):
        if row[column]:
            state = "as they are now" if now.get(column) == row[column] else "changed since: run make report"
            yield name, f"sha256 {row[column]} ({state})"


def _before(stage: str, wave: str) -> list[str]:
    """The stages whose data a stage rests on, the nearest first."""
    declared = {entry.target: entry for entry in provenance.stages()}
    found: list[str] = []
    waiting = [f"{stage}@{wave}"]
    while waiting:
        entry = declared.get(waiting.pop(0))
        for dep in entry.deps if entry else ():
            if dep.startswith("data/processed/") and dep.endswith(".parquet"):
                name, file = dep.removeprefix("data/processed/").split("/")
                target = f"{name}@{file.removesuffix('.parquet').removesuffix('.estimates')}"
                if target not in found:
                    found.append(target)
                    waiting.append(target)
    return found


def _decisions(row: Row) -> Iterator[tuple[str, str]]:
    known = {one.id: one for one in read_decisions()}
    for number, one in enumerate(filter(None, row["decisions"].split(";"))):
        decision = known.get(one)
        text = f"{one} {decision.title} ({decision.file})" if decision else f"{one} has no record any more"
        yield "" if number else "decisions", text


def _source(row: Row) -> Iterator[tuple[str, str]]:
    yield "source", SOURCES[row["source"]]
    references = [part.strip() for part in row["source_ref"].split(";") if part.strip()]
    if row["source"] == "printed":
        register = load_register()
        figures = register.figures.set_index("figure_id")
        titles = dict(zip(register.sources["source_id"], register.sources["title"], strict=True))
    for reference in references:
        if row["source"] == "printed" and reference in figures.index:
            figure = figures.loc[reference]
            place = f"{titles.get(str(figure['source_id']), figure['source_id'])}, {figure['source_locator']}"
            yield "printed figure", f"{reference}: {figure['value']} {figure['unit']}, {place}"
        else:
            yield from _raw(reference, row)


def _raw(reference: str, row: Row) -> Iterator[tuple[str, str]]:
    name, _, variable = reference.partition("#")
    path = paths.root() / name
    if not path.is_file():
        yield "reference", reference
        return
    yield "raw file", f"{name}, sha256 {sha256(path)}"
    if variable:
        wave = load_wave(row["wave"])
        item = next((one for one in wave.items if one.variable == variable), None)
        said = f", item {item.item}: {item.label_en} ({item.source_locator})" if item else ""
        yield "variable", f"{variable}{said}"


def _wave_of(row: Row) -> str:
    """The wave whose run of the stage made the row: its own, or all."""
    waves = [entry.wave for entry in provenance.stages() if entry.name == row["stage"]]
    return row["wave"] if row["wave"] in waves else "all"


def _whole(text: str) -> str:
    return text.removesuffix(".0")


def _unknown(estimate_id: str, ids: list[str]) -> str:
    near = [one for one in ids if estimate_id in one][:3] or difflib.get_close_matches(
        estimate_id, ids, n=3, cutoff=0.6
    )
    hint = f"; is it {' or '.join(near)}?" if near else "; look it up in the column estimate_id."
    return f"{paths.relative(paths.estimates())} has no estimate {estimate_id!r}{hint}"
