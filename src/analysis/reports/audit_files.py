"""Writes the audit files of a wave's weights: tables, decisions, and the script that checks them in R."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import paths
from analysis.inputs.waves import Wave
from analysis.reports.display import provenance
from analysis.reports.display.csv_files import write_csv
from analysis.survey import adjustment
from analysis.survey.audit import Bundle

# Beside what it checks, in a folder that the stage depends on as a whole.
SCRIPT = Path(adjustment.__path__[0]) / "verify.R"


def write(bundle: Bundle, *, wave: Wave) -> Path:
    """The bundle in outputs/restricted/audit/<wave>, where a stage writes; returns the folder.

    The file with a row per unit is named SYNTHETIC_ for made-up answers and CONFIDENTIAL_ for answers that are not
    open; every other table says in a column that it was made from synthetic answers.
    """
    return write_to(
        paths.audit(wave.id, base=paths.staging()), bundle, wave=wave, hashes=provenance.hashes("weighting", wave.id)
    )


def write_to(folder: Path, bundle: Bundle, *, wave: Wave, hashes: dict[str, str]) -> Path:
    """The bundle in a folder; `hashes` of code and inputs go into each line of the decisions."""
    synthetic = wave.file.origin == "synthetic"
    mark: dict[str, Any] = {"data": "synthetic"} if synthetic else {}
    tables = {unit_file(wave): bundle.weights, "margins.csv": bundle.margins, "estimates.csv": bundle.estimates}
    for name, table in tables.items():
        write_csv(pd.DataFrame(table).assign(**mark), folder / name)
    lines = [json.dumps(_rounded(one | mark | hashes), ensure_ascii=False) for one in bundle.decisions]
    (folder / "decisions.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
    (folder / SCRIPT.name).write_bytes(SCRIPT.read_bytes())
    return folder


def unit_file(wave: Wave) -> str:
    """The name of the file with a row per unit, which says whether its answers are synthetic or confidential."""
    if wave.file.origin == "synthetic":
        return "SYNTHETIC_weights.csv"
    return "weights.csv" if wave.file.promise == "open" else "CONFIDENTIAL_weights.csv"


def may_be_published(wave: Wave) -> bool:
    """Whether the whole bundle may go to the site: of an open wave, or a specimen from synthetic answers."""
    return wave.file.promise == "open" or wave.file.origin == "synthetic"


def _rounded(value: Any) -> Any:
    """Floats with 12 significant digits, as in all tables, so that processors do not differ."""
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return float(f"{value:.12g}") if isinstance(value, float) else value
