"""Counts the printed figures from synthetic answers, by the functions that the results are made with."""

from collections.abc import Sequence

import pandas as pd

from analysis.errors import InputError
from analysis.inputs.dispositions import ANSWERED
from analysis.inputs.missing import UNIT_NONRESPONSE
from analysis.inputs.targets import PROJECTS, Target
from analysis.inputs.waves import Wave
from analysis.standins.anchors import Figures
from analysis.survey import scoring
from analysis.survey.questionnaire import project_row
from analysis.survey.tabulate import Tables
from analysis.survey.targets import agrees, cells


def printed(
    clean: pd.DataFrame,
    *,
    projects: pd.DataFrame | None,
    wave: Wave,
    targets: Sequence[Target],
    figures: Figures,
    min_share: float,
) -> pd.DataFrame:
    """One row per fitted and worded figure: figure_id, carrier, printed, computed (percent for shares), agrees.

    `clean` has one row per frame unit with typed answers and disposition, `projects` the wave's second table;
    `min_share` is the share of its questions that an indicator needs, as in `scoring.scores`.
    """
    items = [item.item for item in wave.items_in_file() if item.type != "text"]
    counted = clean[items].where(clean["disposition"].isin(ANSWERED), UNIT_NONRESPONSE)
    clean = clean.assign(**{item: counted[item] for item in items})
    if {target.item for target in targets} & {one.id for one in wave.file.indicators}:
        clean = pd.concat([clean, scoring.scores(clean, wave=wave, min_share=min_share)], axis=1)
    tables = Tables(data=clean, wave=wave, confidence=0.95)
    by_target = {target.figure_id: target for target in targets}
    rows = []
    for figure_id, cell in cells(targets, wave=wave).items():
        if projects is not None and cell.subset == PROJECTS:
            record = project_row(projects, cell, wave=wave)
        else:
            record = tables.row(cell)
        value = float(record["point"]) * (100 if record["measure"] == "share" else 1)
        target, figure = by_target[figure_id], pd.Series(figures[figure_id])
        rows.append((figure_id, target.carrier, figure["value"], value, agrees(value, target=target, figure=figure)))
    table = pd.DataFrame(rows, columns=["figure_id", "carrier", "printed", "computed", "agrees"])
    return table.astype({"computed": "float64", "agrees": "bool"})


def require_printed(table: pd.DataFrame, *, wave: Wave) -> None:
    """Raises InputError that names the first figure of `printed` that the answers do not reproduce."""
    wrong = table[~table["agrees"]]
    if len(wrong):
        first = wrong.iloc[0]
        problem = f"{first['figure_id']} is printed as {first['printed']} and comes out as {first['computed']:.4f}"
        raise InputError(f"{wave.id}: {problem} ({len(wrong)} figures in all); correct its row in targets.csv.")


def missed_means(
    given: pd.DataFrame, *, wave: Wave, targets: Sequence[Target], figures: Figures, min_share: float
) -> dict[str, float]:
    """By how much the means of indicators that do not come out as printed lie below the printed value."""
    indicators = {one.id for one in wave.file.indicators}
    means = [target for target in targets if target.item in indicators and target.carrier == "fitted"]
    if not means:
        return {}
    table = printed(given, projects=None, wave=wave, targets=means, figures=figures, min_share=min_share)
    missed = table[~table["agrees"]]
    gaps = missed["printed"].astype(float) - missed["computed"]
    return dict(zip(missed["figure_id"], gaps, strict=True))
