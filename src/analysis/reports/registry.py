"""The stage registry: the projects that units registered, as printed and, where they are given, one by one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.inputs.instrument import TICKED, Item
from analysis.inputs.targets import PROJECTS, Target
from analysis.inputs.waves import Wave
from analysis.survey.estimates import records
from analysis.survey.groups import wave_columns
from analysis.survey.questionnaire import project_row
from analysis.survey.tabulate import Cell

QUARTILES = {"lower quartile": 0.25, "median": 0.5, "upper quartile": 0.75}
COUNT_COLUMNS = ["question", "item", "category", "k", "n", "share", "source_ref"]
TICK_COLUMNS = ["question", "options", "ticks", "n", "per_project", "none", "one", "several", "every"]
AMOUNT_COLUMNS = ["item", "status", "given", *QUARTILES, "total"]

Row = dict[str, Any]
Figures = dict[str, Row]


@dataclass(frozen=True)
class Floor:
    """What printed counts of a multi-select say of the projects that ticked every option of it.

    `ticks` of `options` by `n` projects, of which `exempt` ticked the option that excludes all others. At most
    `most` can have ticked every option, and at least `fewest` must have; if `most` did, the other projects share
    `left` ticks, `left_per_project` each. `half`: the count that half of the options do not exceed.
    """

    question: str
    options: int
    ticks: int
    n: int
    exempt: int
    most: int
    fewest: int
    half: int

    @property
    def per_project(self) -> float:
        """Ticks per project, all projects counted."""
        return self.ticks / self.n

    @property
    def left(self) -> int:
        """Ticks that are not those of projects with every option, if these are as many as can be."""
        return self.ticks - self.options * self.most

    @property
    def others(self) -> int:
        """The projects with these ticks."""
        return self.n - self.exempt - self.most

    @property
    def left_per_project(self) -> float:
        """Their ticks per project; missing when there is no such project."""
        return self.left / self.others if self.others else np.nan


@dataclass(frozen=True)
class RegistryResult:
    """The registry of a wave. Tables are empty where the wave has nothing for them.

    `total`: how many projects are printed, `base_note`: what these are; `printed`: a row a printed count of projects,
    with its share of all registered ones; `consent`: the printed share that agreed to be contacted; `printed_ticks`
    and `ticks`: ticks per project of each multi-select; `floor`: of the multi-select with the most options. `counts`
    and `amounts` are of the file's own projects, which `data` holds; contact details are never in it.
    """

    data: pd.DataFrame
    total: int | None
    base_note: str
    consent: float | None
    printed: pd.DataFrame
    printed_ticks: pd.DataFrame
    floor: Floor | None
    counts: pd.DataFrame
    ticks: pd.DataFrame
    amounts: pd.DataFrame
    estimates: pd.DataFrame


def run(
    projects: pd.DataFrame, *, wave: Wave, targets: Sequence[Target] = (), figures: pd.DataFrame | None = None
) -> RegistryResult:
    """Counts, ticks per project and amounts of the projects of a wave, and of the printed counts of them.

    `projects` are those of `read_projects`, `targets` and `figures` what the reports print of the wave. Shares are of
    all registered projects (0 to 1) where printed, of those with an answer in the file.
    """
    known: Figures = {} if figures is None else {row["figure_id"]: row for row in _dicts(figures)}
    about_projects = [t for t in targets if t.subset == PROJECTS and t.figure_id in known]
    total = next((known[t.figure_id] for t in about_projects if not t.item), None)
    printed = _printed(about_projects, known, wave=wave)
    blocks = project_blocks(wave)
    printed_ticks = pd.DataFrame(
        [_printed_ticks(name, items, printed) for name, items in blocks.items() if _covers(printed, items)],
        columns=TICK_COLUMNS,
    )
    counts = pd.DataFrame(_counts(projects, wave=wave), columns=COUNT_COLUMNS)
    ticks = pd.DataFrame([_ticks(name, items, projects) for name, items in blocks.items()], columns=TICK_COLUMNS)
    amounts = pd.DataFrame(_amounts(projects, wave=wave), columns=AMOUNT_COLUMNS)
    rows = [*_printed_rows(printed, printed_ticks), *_rows(counts, ticks, amounts)]
    return RegistryResult(
        data=projects,
        total=None if total is None else int(total["value"]),
        base_note=str(total["base_note"]) if total and pd.notna(total["base_note"]) else "",
        consent=_consent(about_projects, known, wave=wave),
        printed=printed,
        printed_ticks=printed_ticks,
        floor=_longest_floor(blocks, printed),
        counts=counts,
        ticks=ticks,
        amounts=amounts,
        estimates=records(rows, weight_variant="none", **wave_columns(wave, stage="registry")),
    )


def project_blocks(wave: Wave) -> dict[str, tuple[Item, ...]]:
    """The items of each multi-select of the projects, in the order of their file."""
    names = dict.fromkeys(item.block for item in wave.project_items if item.type == "multi")
    return {str(name): tuple(item for item in wave.project_items if item.block == name) for name in names}


def floor(question: str, counts: Sequence[int], *, n: int, exempt: int = 0) -> Floor:
    """The floor under the counts of a multi-select that projects ticking every option put there.

    Of n projects, `exempt` ticked none of these options. Most: the smallest count, since each of them is in it. Fewest:
    max(0, sum of counts - (options - 1)(n - exempt)), since all others leave one option out (Bonferroni's inequality).
    Raises ValueError without counts.
    """
    options, ticks = len(counts), sum(counts)
    fewest = max(0, ticks - (options - 1) * (n - exempt))
    half = sorted(counts)[max(0, options // 2 - 1)]
    return Floor(question, options, ticks, n, exempt, most=min(counts), fewest=fewest, half=half)


def _printed(targets: Sequence[Target], figures: Figures, *, wave: Wave) -> pd.DataFrame:
    """Counts printed as numerals, each with its share of all registered projects."""
    rows = []
    for target in targets:
        figure = figures[target.figure_id]
        if target.item and target.carrier == "fitted" and target.measure == "count":
            item, k, n = wave.item(target.item), int(figure["value"]), int(figure["base_n"])
            rows.append((item.block or item.item, item.item, target.category[0], k, n, k / n, target.figure_id))
    return pd.DataFrame(rows, columns=COUNT_COLUMNS)


def _consent(targets: Sequence[Target], figures: Figures, *, wave: Wave) -> float | None:
    spec = wave.file.projects
    item = spec.contacts.consent if spec and spec.contacts else None
    printed = [t for t in targets if t.item == item and t.measure == "share"]
    return float(figures[printed[0].figure_id]["value"]) / 100 if item and printed else None


def _covers(printed: pd.DataFrame, items: Sequence[Item]) -> bool:
    """Whether every option of a multi-select is printed."""
    return {item.item for item in items} <= set(printed["item"])


def _printed_floor(question: str, items: Sequence[Item], printed: pd.DataFrame) -> Floor:
    rows = printed.set_index("item").loc[[item.item for item in items]]
    alone = np.array([item.exclusive for item in items])
    return floor(question, rows["k"][~alone].to_list(), n=int(rows["n"].iloc[0]), exempt=int(rows["k"][alone].sum()))


def _longest_floor(blocks: dict[str, tuple[Item, ...]], printed: pd.DataFrame) -> Floor | None:
    """The floor of the printed multi-select with the most options, where a whole tick of it says least."""
    found = [_printed_floor(name, items, printed) for name, items in blocks.items() if _covers(printed, items)]
    return max(found, key=lambda one: one.options, default=None)


def _printed_ticks(question: str, items: Sequence[Item], printed: pd.DataFrame) -> Row:
    found = _printed_floor(question, items, printed)
    about: Row = {"question": question, "options": found.options, "ticks": found.ticks, "n": found.n}
    return about | {"per_project": found.per_project, "every": found.most}


def _ticks(question: str, items: Sequence[Item], projects: pd.DataFrame) -> Row:
    """How many options each project ticked, don't knows and the like not counted: per project, and how many ticked
    none, one, several and every option."""
    options = [item.item for item in items if not item.exclusive]
    number = (projects[options] == 1).sum(axis=1).astype("int64")
    about: Row = {"question": question, "options": len(options), "ticks": int(number.sum()), "n": len(projects)}
    split = {"none": number == 0, "one": number == 1, "every": number == len(options)}
    split["several"] = (number > 1) & (number < len(options))
    return about | {"per_project": number.mean()} | {name: int(mask.sum()) for name, mask in split.items()}


def _counts(projects: pd.DataFrame, *, wave: Wave) -> Iterator[Row]:
    """How many projects have each option of each item."""
    for item in wave.project_items:
        if item.type not in ("single", "multi"):
            continue
        options = [TICKED] if item.type == "multi" else [o.option for o in wave.options_of(item.item)]
        for option in options:
            row = project_row(projects, Cell(item.item, "share", (option,), PROJECTS, "", "R"), wave=wave)
            about = {"question": item.block or item.item, "item": item.item, "category": option}
            yield about | {"k": row["k"], "n": row["n_answered"], "share": row["point"], "source_ref": ""}


def _amounts(projects: pd.DataFrame, *, wave: Wave) -> Iterator[Row]:
    """Projects with an amount, its quartiles and sum: of all projects, and by each single choice but consent."""
    consent = wave.file.projects and wave.file.projects.contacts and wave.file.projects.contacts.consent
    singles = [item for item in wave.project_items if item.type == "single" and item.item != consent]
    parts = {("", ""): projects.index} | {
        (item.item, option.option): projects.index[projects[item.item] == option.typed]
        for item in singles
        for option in wave.options_of(item.item)
    }
    for amount in (item.item for item in wave.project_items if item.type == "count"):
        values = projects[amount].where(projects[amount] >= 0).astype("Float64").to_numpy("float64", na_value=np.nan)
        for (item, option), rows in parts.items():
            given = values[projects.index.get_indexer(rows)]
            given = given[~np.isnan(given)]
            quartiles = {name: float(np.quantile(given, q)) if len(given) else np.nan for name, q in QUARTILES.items()}
            about = {"item": amount, "status": f"{item}={option}" if item else "", "given": len(given)}
            yield about | quartiles | {"total": float(given.sum())}


def _printed_rows(printed: pd.DataFrame, ticks: pd.DataFrame) -> Iterator[Row]:
    """What follows from printed counts alone, as estimate records of the mode A."""
    common: Row = {"estimate_type": "level", "mode": "A", "subset": PROJECTS, "estimand": "R", "source": "printed"}
    for row in _dicts(printed):
        yield common | _share(row) | {"source_ref": row["source_ref"]}
    refs = printed.groupby("question")["source_ref"].agg("; ".join)
    for row in _dicts(ticks):
        yield common | _per_project(row) | {"source_ref": refs[row["question"]]}


def _rows(counts: pd.DataFrame, ticks: pd.DataFrame, amounts: pd.DataFrame) -> Iterator[Row]:
    """What the file's own projects give, as estimate records; nothing is known of projects that nobody registered."""
    common: Row = {"estimate_type": "level", "subset": PROJECTS, "estimand": "R"}
    for row in _dicts(counts):
        yield common | _share(row)
    for row in _dicts(ticks):
        yield common | _per_project(row)
    for row in _dicts(amounts):
        about = common | {"item": row["item"], "measure": "amount", "n_answered": row["given"]}
        about |= {"subset": f"{PROJECTS};{row['status']}" if row["status"] else PROJECTS}
        for name in (*QUARTILES, "total"):
            yield about | {"category": name, "point": row[name]}


def _dicts(table: pd.DataFrame) -> list[Row]:
    return [{str(column): value for column, value in row.items()} for row in table.to_dict("records")]


def _share(row: Row) -> Row:
    about = {key: row[key] for key in ("item", "category", "k")}
    return about | {"measure": "share", "point": row["share"], "n_answered": row["n"]}


def _per_project(row: Row) -> Row:
    about = {"item": f"block:{row['question']}", "category": TICKED, "measure": "mean", "scale_max": row["options"]}
    return about | {"k": row["ticks"], "point": row["per_project"], "n_answered": row["n"]}
