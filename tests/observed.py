"""Stand-in answers put where real ones will be: the same answers of real units, and nothing that calls them synthetic.

Only for tests, in a copy of the project: the control of what is published is tried on waves of the real shape.
"""

import re
from pathlib import Path

import pandas as pd
import pyreadstat
import yaml

from analysis.inputs import frames
from analysis.inputs.waves import load_wave

UNITS = Path("data/raw/frames/units.csv")
LABEL = "SYNTHETIC_"
RESPONSES = "responses.sav"


def put_in_place(project: Path, wave: str, *, promise: str = "aggregates_only") -> None:
    """Make a survey wave of the copied project observed, with this promise, as a researcher does who has the file."""
    folder = project / "data" / "raw" / "waves" / wave
    content = yaml.safe_load((folder / "wave.yml").read_text(encoding="utf-8"))
    codes = _codes(project, folder, content["frame"])
    _answers(folder, content["responses"], codes)
    if "projects" in content:
        _projects(folder, content, codes)
    content |= {"origin": "observed", "promise": promise}
    for key in ("file", "code_changes"):
        (folder / content["frame"].pop(key)).unlink()
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    (folder / "wave.yml").write_text(text, encoding="utf-8")


def _codes(project: Path, folder: Path, frame: dict) -> dict[str, str]:
    """For each made-up code that answers may carry that of a real unit of the same type.

    Made-up regions have the size groups of real ones under other names, so that the n-th smallest unit of one becomes
    the n-th smallest of the other.
    """
    wave, real = load_wave(folder.name), pd.read_csv(project / UNITS, dtype={"code": str, "county_code": str})
    asked = (real["country"] == frame["country"]) & (real["reference_date"] == str(frame["date"]))
    asked, groups = asked & real["unit_type"].isin(frame["unit_types"]), wave.file.groups
    units = frames.add_groups(real[asked], size=groups.size, region=groups.region)
    made_up = frames.add_size_groups(pd.read_csv(folder / frame["file"], dtype={"code": str}), size=groups.size)
    codes = dict(zip(_in_order(made_up)["code"], _in_order(units)["code"], strict=True))
    renumbered = pd.read_csv(folder / frame["code_changes"], dtype=str)
    codes |= {old: codes[new] for old, new in zip(renumbered["old_code"], renumbered["new_code"], strict=True)}
    # Some answers carry their code without its leading zeros, as from a spreadsheet.
    return codes | {re.sub(r"-0+", "-", old): new.lstrip("0") for old, new in codes.items() if "-0" in old}


def _in_order(units: pd.DataFrame) -> pd.DataFrame:
    """Units by type, by how many of each size their region has, and by inhabitants."""
    profiles = pd.crosstab(units["region"], units["size_group"]).apply(tuple, axis="columns")
    return units.assign(profile=units["region"].map(profiles)).sort_values(
        ["unit_type", "profile", "population", "code"]
    )


def _answers(folder: Path, spec: dict, codes: dict[str, str]) -> None:
    rows, about = pyreadstat.read_sav(folder / spec["file"], user_missing=True)
    labels = about.variable_value_labels
    missing = {name: ranges for name, ranges in about.missing_ranges.items() if name != "synthetic"}
    rows = rows.drop(columns="synthetic")
    rows[spec["code"]] = rows[spec["code"]].replace(codes)
    pyreadstat.write_sav(
        rows,
        folder / RESPONSES,
        column_labels={name: label for name, label in about.column_names_to_labels.items() if name in rows and label},
        variable_value_labels={name: label for name, label in labels.items() if name in rows},
        missing_ranges=missing,
    )
    (folder / spec["file"]).unlink()
    spec["file"] = RESPONSES


def _projects(folder: Path, content: dict, codes: dict[str, str]) -> None:
    spec = content["projects"]
    for part in (spec, spec["contacts"]):
        rows = pd.read_csv(folder / part["file"], dtype=str, keep_default_na=False).drop(columns="synthetic")
        if "unit" in rows:
            rows["unit"] = rows["unit"].replace(codes)
        (folder / part["file"]).unlink()
        part["file"] = part["file"].removeprefix(LABEL)
        rows.to_csv(folder / part["file"], index=False, lineterminator="\n")
