"""Writes the synthetic files of a wave: same seed, same bytes."""

import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import paths
from analysis.errors import InputError
from analysis.inputs.generated import GeneratedFile, generated_files, sha256
from analysis.inputs.instrument import Item
from analysis.inputs.params import load_params
from analysis.inputs.register import load_register
from analysis.inputs.targets import load_targets
from analysis.inputs.waves import Wave, load_wave
from analysis.standins import verify
from analysis.standins.anchors import Figures
from analysis.standins.delivery import code_of
from analysis.standins.dirt import USER_MISSING
from analysis.standins.projects import contacts
from analysis.standins.synthesise import Standin, synthesise

# Where the header of a .sav file has the day and time of writing, and what stands there instead.
CLOCK = slice(92, 109)
FIXED_CLOCK = b"01 Jan 0000:00:00"
NOTE = "SYNTHETIC: made from printed figures, not for inference."
# Labels of the codes that the file declares missing, in the language of the country.
MISSING_LABELS = {"norway": ("ikke aktuelt", "ubesvart"), "sweden": ("ej aktuell", "ej svar")}
LANGUAGES = {"norway": "nb", "sweden": "sv"}
MEASURES = {"single": "nominal", "multi": "nominal", "count": "scale", "text": "nominal"}


def write(wave_id: str) -> None:
    """Makes a wave's synthetic answers and writes them into its folder, and what is behind them under tests/.

    Raises InputError for a wave whose answers are real, or when a fitted figure does not come out.
    """
    wave = load_wave(wave_id)
    if wave.file.origin != "synthetic":
        place = paths.relative(paths.wave(wave_id) / "wave.yml")
        raise InputError(f"{place}, key 'origin': {wave.file.origin}, so nothing is made up; remove the command.")
    targets = load_targets(wave)
    register = load_register().figures.set_index("figure_id")
    figures: Figures = register[register["wave"] == wave_id].to_dict("index")  # type: ignore[assignment]
    given: dict[str, Any] = {"targets": targets, "figures": figures, "min_share": load_params().min_share}
    made = synthesise(wave, **given)
    verify.require_printed(verify.printed(made.clean, projects=made.projects, wave=wave, **given), wave=wave)
    _write_files(made, wave=wave)


def _write_files(made: Standin, *, wave: Wave) -> None:
    folder, truth = paths.wave(wave.id), paths.standin_truth(wave.id)
    truth.mkdir(parents=True, exist_ok=True)
    spec = wave.file
    tables = {folder / str(spec.frame.file): made.frame, truth / "ledger.csv": made.ledger}
    if spec.frame.code_changes is not None:
        tables[folder / spec.frame.code_changes] = made.code_changes
    if spec.projects is not None and made.projects is not None:
        tables[folder / spec.projects.file] = made.projects
        named = contacts(made.projects, wave=wave)
        if spec.projects.contacts is not None and named is not None:
            tables[folder / spec.projects.contacts.file] = named
    tables |= {truth / "clean.csv": made.clean, truth / "complete.csv": made.complete}
    for path, table in tables.items():
        table.to_csv(path, index=False, lineterminator="\n")
    (folder / spec.responses.file).write_bytes(sav_bytes(made.rows, wave=wave))
    record(wave.id)


def record(wave_id: str) -> None:
    """Puts the made-up files of a wave's folder into the list of them, so that no copy passes for real answers."""
    made = [
        GeneratedFile(sha256=sha256(path), wave=wave_id, file=path.name)
        for path in paths.wave(wave_id).glob("SYNTHETIC_*")
    ]
    listed = [*(one for one in generated_files() if one.wave != wave_id), *made]
    rows = sorted((one.model_dump() for one in listed), key=lambda row: (row["wave"], row["file"]))
    table = pd.DataFrame(rows, columns=list(GeneratedFile.model_fields))
    table.to_csv(paths.generated_files(), index=False, lineterminator="\n")


def sav_bytes(rows: pd.DataFrame, *, wave: Wave) -> bytes:
    """The rows as an SPSS file with variable and value labels, user-missing values, and a fixed clock in its header."""
    import pyreadstat

    items = wave.items_in_file()
    language = LANGUAGES[wave.file.country]
    singles = [item for item in items if item.type == "single"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.sav"
        pyreadstat.write_sav(
            rows,
            path,
            file_label=f"SYNTHETIC {wave.id}",
            note=NOTE,
            column_labels={item.variable: wave.label(item.item, language) for item in items},
            variable_value_labels={i.variable: _value_labels(i, wave, language) for i in items if i.type != "text"},
            row_compress=True,
            missing_ranges={item.variable: _missing_codes(item, wave) for item in singles},
            variable_measure={item.variable: MEASURES[item.type] for item in items},
        )
        data = bytearray(path.read_bytes())
    data[CLOCK] = FIXED_CLOCK
    return bytes(data)


def _value_labels(item: Item, wave: Wave, language: str) -> dict[float, str]:
    codes = code_of(item, wave)
    labels = {codes[o.typed]: getattr(o, f"label_{language}") for o in wave.options_of(item.item) if o.typed in codes}
    if item.type == "single":
        labels |= dict(zip(USER_MISSING, MISSING_LABELS[wave.file.country], strict=True))
    return labels


def _missing_codes(item: Item, wave: Wave) -> list[Any]:
    """Codes of options that are no answer, and those that every single choice has for having none."""
    codes = code_of(item, wave)
    tagged = [codes[option.typed] for option in wave.options_of(item.item) if option.missing is not None]
    return [*tagged, {"lo": min(USER_MISSING), "hi": max(USER_MISSING)}]
