"""The tables and diagrams of the report of 2016 made again from answers: what each holds, found in the register."""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd

from analysis.inputs.register import Register
from analysis.inputs.targets import Target
from analysis.reports import flower_box
from analysis.reports.survey_views import SurveyViews
from analysis.survey.tabulate import RESPONSE

FULLY = "fully"
EARLIER = ("se-2011", "se-2014")
AREAS = {
    "digital_services": ("digital_services",),
    "development": ("organisation_wide_development", "sector_development"),
    "technical_preconditions": ("technical_preconditions",),
}
# How many of the most and least common questions are named; those that tie with the last are named too.
NAMED = 3
_TABLE = re.compile(r"Table (\d+)")


def is_from_tool(views: SurveyViews) -> bool:
    """Whether the wave has the questions of the Swedish tool, whose report this is."""
    return not flower_box.box_items(views.names.wave).empty


def printed_tables(register: Register, targets: Sequence[Target], *, wave: str) -> pd.DataFrame:
    """The rows of the report's tables of shares: table, item, and the printed values of the wave and of earlier ones.

    Where a figure stands says which table it is in; earlier figures have the same id after the wave. `printed` is in
    percent as printed; a value that the table does not have is missing.
    """
    items = {_name(target.figure_id): target.item for target in targets if target.category == (FULLY,)}
    rows: dict[tuple[int, str], dict[str, Any]] = {}
    figures = register.figures[register.figures["wave"].isin([wave, *EARLIER])]
    for figure in figures.to_dict("records"):
        found, item = _TABLE.search(figure["source_locator"]), items.get(_name(figure["figure_id"]))
        if found and item and figure["group"] == "all":
            key = (int(found[1]), item)
            row = rows.setdefault(key, {"table": key[0], "item": item})
            row["printed" if figure["wave"] == wave else figure["wave"]] = figure["number"]
    table = pd.DataFrame(list(rows.values()), columns=["table", "item", *EARLIER, "printed"])
    return table.sort_values("table", kind="stable").reset_index(drop=True)


def share_table(rows: pd.DataFrame, views: SurveyViews) -> pd.DataFrame:
    """One table of the report with the share from the answers (R: of those who answered) beside what is printed."""
    table = rows.drop(columns="table")
    table[[*EARLIER, "printed"]] = table[[*EARLIER, "printed"]].astype(float) / 100
    table["share"] = [views.one(item, category=FULLY, estimand="R")["point"] for item in rows["item"]]
    table["item"] = [views.names.item(item) for item in rows["item"]]
    return table.dropna(axis="columns", how="all").rename(columns={"item": "question"}).reset_index(drop=True)


def size_table(views: SurveyViews) -> pd.DataFrame:
    """Table 1: municipalities by number of inhabitants, how many of them answered, and their share."""
    rows = []
    for group, label in views.names.groups("size_group", views.result.units).items():
        found = views.one(RESPONSE, subset=f"size_group={group}")
        rows.append({"group": label, "n_frame": found["n_frame"], "answered": found["k"], "rate": found["point"]})
    return pd.DataFrame(rows)


def distribution(views: SurveyViews, name: str, *, by_size: bool) -> pd.DataFrame:
    """Shares of the answers to all questions or to an area's: an option a column, of all or by size group."""
    groups = views.names.groups("size_group", views.result.units) if by_size else {"": ""}
    rows = []
    for group, label in groups.items():
        subset = f"size_group={group}" if group else ""
        rows.append({"label": label} | _shares(views, (name,), subset=subset))
    return pd.DataFrame(rows)


def areas(views: SurveyViews, labels: dict[str, str]) -> pd.DataFrame:
    """Diagram 3: shares of the answers in each of the three areas; the two areas of development are taken together."""
    rows = [
        {"label": labels[area]} | _shares(views, tuple(f"area:{part}" for part in parts), subset="")
        for area, parts in AREAS.items()
    ]
    return pd.DataFrame(rows)


def extremes(views: SurveyViews, *, most: str, least: str) -> pd.DataFrame:
    """The most and least common services of each sector: the first and last three, and all that tie with the third.

    Two questions tie where their shares are the same whole per cent. Questions that no source names, and those whose
    share is withheld, are left out.
    """
    rows: list[dict[str, Any]] = []
    for one in views.names.wave.file.indicators:
        if not (one.id.startswith(flower_box.SERVICES) or flower_box.GROUND.get(one.id) == "blade"):
            continue
        known = [item.item for item in views.items if item.indicator == one.id and not item.placeholder]
        found = {item: float(views.one(item, category=FULLY, estimand="R")["point"]) for item in known}
        shares = {item: share for item, share in found.items() if share == share}
        for end, rank in ((most, 1), (least, -1)):
            for item in first_with_ties(shares, rank=rank):
                about = {"sector": views.names.item(one.id), "end": end, "question": views.names.item(item)}
                rows.append(about | {"share": shares[item]})
    return pd.DataFrame(rows)


def first_with_ties(shares: dict[str, float], *, rank: int, n: int = NAMED) -> list[str]:
    """The n highest (`rank` 1) or lowest (-1), and all whose share is the same whole per cent as the last of them."""
    percents = {item: _percent(share) for item, share in shares.items()}
    ordered = sorted(shares, key=lambda item: -rank * shares[item])
    last = percents[ordered[min(n, len(ordered)) - 1]] if ordered else 0
    return [item for item in ordered if rank * percents[item] >= rank * last]


def _shares(views: SurveyViews, names: Sequence[str], *, subset: str) -> dict[str, float]:
    """The share of each option among all answers to the questions together, and not a mean over municipalities.

    Missing where a number of it is withheld.
    """
    options = [option.option for option in views.names.wave.options if option.value is not None]
    chosen = {"subset": subset, "estimand": "R"}
    found = {option: [views.one(name, category=option, **chosen)["k"] for name in names] for option in options}
    if any(number is None for numbers in found.values() for number in numbers):
        return dict.fromkeys(options, float("nan"))
    counts = {option: sum(numbers) for option, numbers in found.items()}
    return {option: count / sum(counts.values()) for option, count in counts.items()}


def _name(figure_id: str) -> str:
    """A figure's id without the wave, and without the letter of one of two printed values."""
    return re.sub(r"-[ab]$", "", figure_id.partition("-")[2])


def _percent(share: float) -> int:
    return int((Decimal(f"{share:.12g}") * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
