"""The command export-scientific: a wave's answers for research, under pseudonyms and without what names a unit."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from analysis import paths
from analysis.errors import InputError
from analysis.inputs.dispositions import ANSWERED
from analysis.inputs.frames import size_groups
from analysis.inputs.instrument import Item
from analysis.inputs.missing import MISSING
from analysis.inputs.params import load_params
from analysis.inputs.stages import read_stage
from analysis.inputs.waves import Wave, load_wave
from analysis.reports import keys
from analysis.reports.disclosure.rules import DEFAULT, Rules
from analysis.reports.display.csv_files import write_csv

SYNTHETIC, LABEL = "synthetic", "SYNTHETIC_"
# The words that the codebook has for what is no question.
ABOUT = {
    SYNTHETIC: "1: the answers were made by a computer program and say nothing about real units",
    "pseudonym": "stands for the unit; keyed hash of wave and code, whose key the owner of the data keeps",
    "unit_type": "municipality or county municipality",
    "population_band": "inhabitants, from and to; bands with few answers are joined",
    "region": "region; empty where few of the unit type answered",
    "county": "county code; empty where few of the unit type answered",
    "disposition": "AAPOR disposition: I complete, P partial",
    "weight": "final weight of the whole questionnaire",
}


def run(wave: str) -> None:
    """Write the scientific-use file of a wave and its codebook to outputs/restricted/scientific.

    Raises InputError for a wave without answers, one whose stages have not run, and one whose stages were run on
    answers of another origin than `wave.yml` says.
    """
    waves = load_params().waves
    if wave not in waves:
        raise InputError(f"{wave}: there are no answers of single units of it; choose from {', '.join(waves)}.")
    description = load_wave(wave)
    answers = read_stage("indicators", wave)
    _check_origin(answers, wave=description)
    table = scientific(answers, read_stage("weighting", wave), wave=description, key=keys.load_key(keys.SCIENTIFIC))
    label = LABEL if description.file.origin == "synthetic" else ""
    file = paths.scientific(wave) / f"{label}answers.csv"
    write(table, file)
    write_csv(codebook(table, wave=description), file.with_name(f"{label}codebook.csv"))
    print(f"Wrote {paths.relative(file)} and its codebook; hand them out under an agreement alone.")


def scientific(
    data: pd.DataFrame, weights: pd.DataFrame, *, wave: Wave, key: bytes, rules: Rules = DEFAULT
) -> pd.DataFrame:
    """A row a unit that answered: pseudonym, groups as coarse as they must be, weights, answers and scores.

    Ordered by pseudonym. Names, codes, contacts, dates, who answered and free text are left out. Region and county are
    empty where fewer than `rules.base` units of the type answered in them (`_enough`). `data` and `weights` are those
    of the stages indicators and weighting.
    """
    units = data[data["disposition"].isin(ANSWERED)].reset_index(drop=True)
    table = pd.DataFrame({"pseudonym": [keys.keyed_hash(key, wave.id, code)[:32] for code in units["code"]]})
    table["unit_type"] = units["unit_type"]
    table["population_band"] = _bands(units, wave=wave, least=rules.base)
    table["region"] = _enough(units, "region", within=["unit_type"], least=rules.base)
    county = _enough(units, "county_code", within=["unit_type", "region"], least=rules.base)
    table["county"] = county.where(table["region"] != "", "")
    table["disposition"] = units["disposition"]
    answers = units[[item.item for item in _items(units, wave=wave)] + [one.id for one in wave.file.indicators]]
    table = pd.concat([table, _weights(units, weights), answers], axis=1)
    if wave.file.origin == "synthetic":
        table.insert(0, SYNTHETIC, 1)
    return table.sort_values("pseudonym", ignore_index=True)


def codebook(table: pd.DataFrame, *, wave: Wave) -> pd.DataFrame:
    """A row a column of the file: what it holds, its type, its values with their words, and its missing values."""
    items = {item.item: item for item in wave.items}
    indicators = {one.id: one for one in wave.file.indicators}
    rows = []
    for column in table.columns:
        kind: str
        values, missing = "", ""
        if column in items:
            kind, label = str(items[column].type), items[column].label_en
            values = "; ".join(f"{one.typed} = {one.label_en}" for one in wave.options_of(column) if one.typed >= 0)
            missing = "; ".join(f"{words} = {tag}" for tag, words in MISSING.items() if (table[column] == tag).any())
        elif column in indicators:
            kind, label = "indicator", indicators[column].label.en
            values = f"0 to {indicators[column].scale_maximum:g}"
        else:
            module = column.removeprefix("weight_")
            kind, label = "about", ABOUT.get(column, f"final weight of the module {module}")
        rows.append((column, label, kind, values, missing))
    return pd.DataFrame(rows, columns=["column", "label", "type", "values", "missing"])


def write(table: pd.DataFrame, file: Path) -> None:
    """Write a file of answers. Raises ValueError for synthetic answers that neither file name nor rows name so."""
    named, marked = file.name.startswith(LABEL), SYNTHETIC in table and bool((table[SYNTHETIC] == 1).all())
    if named != marked:
        raise ValueError(f"{file.name}: synthetic answers carry {LABEL} in the file name and a column {SYNTHETIC!r}")
    write_csv(table, file)


def _check_origin(answers: pd.DataFrame, *, wave: Wave) -> None:
    """Answers of a run before the real file came, or the other way round, are not exported."""
    made_up = "data" in answers and bool((answers["data"] == "synthetic").any())
    if made_up != (wave.file.origin == "synthetic"):
        place = paths.relative(paths.processed("indicators", wave.id))
        problem = f"its answers are {'synthetic' if made_up else 'observed'}, wave.yml says {wave.file.origin}"
        raise InputError(f"{place}: {problem}; run `python -m analysis report --waves {wave.id}` first.")


def _items(units: pd.DataFrame, *, wave: Wave) -> Iterator[Item]:
    return (item for item in wave.items if item.item in units and item.type != "text")


def _bands(units: pd.DataFrame, *, wave: Wave, least: int) -> pd.Series:
    """The size groups of each unit type, smallest first, joined to the next until each has `least` units."""
    sizes = size_groups(wave.file.groups.size).set_index("group")
    lower, upper = sizes["lower"].to_dict(), sizes["upper"].to_dict()
    found = pd.Series("", index=units.index, dtype=object)
    for _, members in units.groupby("unit_type", sort=False):
        bands: list[list[int]] = []
        for group in sorted(members["size_group"].unique()):
            waiting = bool(bands) and members["size_group"].isin(bands[-1]).sum() < least
            bands[-1].append(group) if waiting else bands.append([group])
        if len(bands) > 1 and members["size_group"].isin(bands[-1]).sum() < least:
            last = bands.pop()
            bands[-1] += last
        for band in bands:
            low, high = lower[band[0]], upper[band[-1]]
            start = "0" if pd.isna(low) else str(low)
            text = f"{start} and more" if pd.isna(high) else f"{start} to {high - 1}"
            found[members.index[members["size_group"].isin(band)]] = text
    return found


def _enough(units: pd.DataFrame, column: str, *, within: list[str], least: int) -> pd.Series:
    """The groups of a column, empty where they have fewer than `least` units.

    What is empty must not be told by what is left: within the next wider group at least two groups and `least` units
    are empty together, so that the next smallest groups are emptied too where that is not so.
    """
    found = units[column].astype(object)
    for _, members in units.groupby(within, sort=False):
        sizes = sorted((int(n), str(group)) for group, n in members[column].value_counts().items())
        hidden = [group for n, group in sizes if n < least]
        for _, group in sizes[len(hidden) :] if hidden else ():
            if len(hidden) < 2 or members[column].isin(hidden).sum() < least:
                hidden.append(group)
        found[members.index[members[column].isin(hidden)]] = ""
    return found


def _weights(units: pd.DataFrame, weights: pd.DataFrame) -> pd.DataFrame:
    """The final weights of the units, a column for the whole and for each module; none where there are none."""
    if weights.empty:
        return pd.DataFrame(index=units.index)
    wide = weights.pivot(index=["unit_type", "code"], columns="module", values="final_weight")
    named = wide.rename(columns={module: f"weight_{module}" if module else "weight" for module in wide.columns})
    return (
        units[["unit_type", "code"]]
        .merge(named.reset_index(), how="left", validate="1:1")
        .drop(columns=["unit_type", "code"])
    )
