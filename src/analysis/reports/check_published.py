"""The command check-published: the rules on any register of printed figures, one line a finding."""

from pathlib import Path

import pandas as pd

from analysis import paths
from analysis.errors import InputError
from analysis.evidence.checks.findings import CONSISTENT, UNTESTABLE, VERDICTS
from analysis.evidence.checks.rules import check
from analysis.inputs.register import load_figures
from analysis.inputs.relations import load_relations
from analysis.reports.display.csv_files import write_csv
from analysis.reports.findings_show import findings_file


def run(place: Path | None = None) -> None:
    """Print what the rules found, the gravest first, and write every finding to `outputs/published_findings.csv`.

    `place` is a file in the format of `figures.csv`, or a folder that holds one; the relations may lie beside it.
    Without a place it is the register of the project. Raises InputError for what cannot be read.
    """
    findings, file = findings_of(place or paths.published()), findings_file()
    write_csv(findings, file)
    for _, row in findings[~findings["verdict"].isin([CONSISTENT, UNTESTABLE])].iterrows():
        print(line(row))
    counts = ", ".join(f"{int((findings['verdict'] == verdict).sum())} {verdict}" for verdict in VERDICTS)
    print(f"{len(findings)} findings: {counts}; all of them are in {paths.relative(file)}.")


def findings_of(place: Path) -> pd.DataFrame:
    """The findings of all rules on a register: a file of figures, or a folder that holds `figures.csv`.

    Raises InputError in one sentence that names file, row and column.
    """
    file = place / "figures.csv" if place.is_dir() else place
    if not file.is_file():
        wanted = "give a file of figures or a folder that holds figures.csv"
        raise InputError(f"{paths.relative(file)} is missing; {wanted}.")
    figures = load_figures(file)
    return check(figures, load_relations(figures, folder=file.parent))


def line(finding: pd.Series) -> str:
    """One finding as one line: how grave, which rule, where it stands, what is wrong and what would repair it."""
    grave = f"{finding['severity']} " if finding["severity"] else ""
    repair = f" Smallest correction: {finding['correction']}." if finding["correction"] else ""
    said = f"{finding['about']} [{finding['source']}, {finding['where']}]: {finding['arithmetic']}"
    return f"{grave}{finding['verdict']} ({finding['rule'].replace('_', ' ')}): {said}.{repair}"
