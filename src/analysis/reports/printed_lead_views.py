"""What the report of a wave prints, as readers see it: figures named by the wave's own questions, in one language."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.evidence.aggregates.readings import read_figure
from analysis.evidence.aggregates.records import estimates_of, for_wave
from analysis.inputs.instrument import TICKED
from analysis.inputs.register import DECIMALS, Register
from analysis.inputs.targets import Target
from analysis.reports.display import words
from analysis.reports.display.trail import printed
from analysis.reports.wave_views import Names
from analysis.survey.estimates import COLUMNS

# Of these kinds a figure is about units that answered; the others are told elsewhere, or are about something else.
SHOWN_KINDS = ("answers", "candidates", "itself", "mean", "own_share", "other_unit")
_PAGE = re.compile(r"(?:p\.|L)\d+(?:-\d+)?")
_PLACE = re.compile(r"p\.(?=\d)|L(?=\d)|text\b|Table\b|Fig\b|Diagram\b|section|overview|contents|\bto\b|\band\b")


def lead_figures(
    register: Register,
    targets: Sequence[Target],
    *,
    names: Names,
    populations: pd.DataFrame,
    headlines: pd.DataFrame,
    confidence: float,
) -> pd.DataFrame:
    """The printed percentages and means of a wave, named, with counts, interval and bounds, in the report's order.

    The columns of `for_wave`, and: `item`, `options`, `subset` and `carrier` of the target; `subject`, `question`,
    `answer`, `group` in words; `text`, the printed value in the language; `place` in the report and its first `page`;
    `scale_min` of means; `items` behind a mean; `headline` and `claim` of the figures that are shown first; `record`,
    the estimate record, of those that have one. Figures that no item carries, and those of who answered, are left out.
    `populations` and `headlines` are the tables of
    `load_populations` and `load_headlines`.
    """
    carried = for_wave(register, names.wave.id, confidence=confidence, frames=populations)
    known = {target.figure_id: target for target in targets if target.item}
    carried = carried[carried["kind"].isin(SHOWN_KINDS) & carried["figure_id"].isin(known)]
    figures = register.figures.set_index("figure_id").to_dict("index")
    first = set(headlines["figure_id"])
    records = {record["item"]: record for record in estimates_of(carried).to_dict("records")}
    rows = []
    for row in carried.to_dict("records"):
        figure, target = figures[row["figure_id"]], known[row["figure_id"]]
        scale = read_figure(figure | {"figure_id": row["figure_id"]}, populations).scale  # type: ignore[arg-type]
        claim = f"printed.claim.{row['figure_id']}"
        rows.append(
            row
            | _named(target, names=names)
            | {
                "item": target.item,
                "options": "|".join(target.category),
                "subset": target.subset,
                "carrier": target.carrier,
                "text": printed_text(figure, language=names.language),
                "place": place(str(figure["source_locator"]), names=names),
                "page": page_of(str(figure["source_locator"]), names=names),
                "scale_min": scale[0] if scale else None,
                "items": _items_behind(target.item, names=names),
                "headline": row["figure_id"] in first and claim in words.catalogue(),
                "claim": names.say(claim) if claim in words.catalogue() else "",
                "record": records.get(row["figure_id"]),
            }
        )
    return pd.DataFrame(rows)


def records_of(figures: pd.DataFrame) -> pd.DataFrame:
    """The estimate records of some of the figures; of those that carry nothing more, the printed figures themselves."""
    made = figures["record"].notna()
    records = pd.DataFrame(figures.loc[made, "record"].tolist(), columns=COLUMNS)
    return pd.concat([records, printed(figures.loc[~made, "figure_id"])], ignore_index=True)


def printed_text(figure: Mapping[Any, Any], *, language: str) -> str:
    """A printed value with its own decimals as a language writes it; percentages with their sign."""
    decimals, share = DECIMALS[str(figure["precision"])], figure["statistic"] == "percent"
    value = float(figure["value"])
    if share:
        return words.format_value(value / 100, "percent1" if decimals else "percent", language=language)
    return words.format_value(value, "number1" if decimals else "number", language=language)


def place(locator: str, *, names: Names) -> str:
    """Where in the report a figure stands, as in `p.15 text`, in the language of the page; remarks are left out."""
    plain = re.sub(r"\s*\([^)]*\)|(?<=section \d\d)-[a-z-]+", "", locator)
    return _PLACE.sub(lambda found: names.say(f"printed.place.{found[0].rstrip('.').lower()}"), plain)


def page_of(locator: str, *, names: Names) -> str:
    """The first page or line of a place; the whole place where it has none."""
    found = _PAGE.search(locator)
    return place(found[0] if found else locator, names=names)


def figure_table(figures: pd.DataFrame, *, names: Names) -> pd.DataFrame:
    """Figures as a table of words: question, answer, group where one has it, printed, counts, interval, bounds, place.

    Columns in which no figure has anything are left out: a share of something else than units has no counts.
    """
    rows = figures.to_dict("records")
    unknown = [] if figures["ci_lo"].notna().any() else ["counts", "interval"]
    unknown += [] if figures["bound_lo"].notna().any() else ["bounds"]
    table = pd.DataFrame(
        {
            "question": figures["question"].to_numpy(),
            "answer": figures["answer"].to_numpy(),
            "group": figures["group"].to_numpy(),
            "printed": figures["text"].to_numpy(),
            "counts": [counts(row, names=names) for row in rows],
            "interval": [_span(row, "ci", "printed.range", names=names) for row in rows],
            "bounds": [_span(row, "bound", "printed.range.bounds", names=names) for row in rows],
            "place": figures["place"].to_numpy(),
        }
    )
    return table.drop(columns=[*unknown, *(["group"] if (table["group"] == "").all() else [])])


def counts(row: Mapping[Any, Any], *, names: Names) -> str:
    """The counts and bases that can lie behind a printed share, as in `103 to 104 of 215`; none behind others."""
    if not isinstance(row["counts"], str):
        return names.say("printed.none")
    to = names.say("codebook.to")
    k, n = (str(row[column]).replace(" to ", f" {to} ") for column in ("counts", "bases"))
    return names.say("printed.counts", k=k, n=n)


def group_table(figures: pd.DataFrame, *, names: Names) -> pd.DataFrame:
    """The figures of groups that were picked out of those that answered, as counts: the groups are small."""
    return pd.DataFrame(
        {
            "question": figures["question"].to_numpy(),
            "answer": figures["answer"].to_numpy(),
            "group": figures["group"].to_numpy(),
            "counts": [counts(row, names=names) for row in figures.to_dict("records")],
            "printed": figures["text"].to_numpy(),
            "place": figures["place"].to_numpy(),
        }
    )


def mean_table(figures: pd.DataFrame, *, names: Names) -> pd.DataFrame:
    """Printed means: questions behind each, the ends of its scale, what is rounded to it, answers, and bounds.

    A mean is printed without any spread, so it has no interval. The order is that of the report.
    """
    rows = figures.to_dict("records")
    to = names.say("codebook.to")
    return pd.DataFrame(
        {
            "question": figures["question"].to_numpy(),
            "items": figures["items"].astype("Int64").to_numpy(),
            "scale": [f"{row['scale_min']:g} {to} {row['scale_max']:g}" for row in rows],
            "printed": figures["text"].to_numpy(),
            "rounding": [_span(row, "rounding", "printed.range.number2", names=names) for row in rows],
            "bases": [str(row["bases"]).replace(" to ", f" {to} ") for row in rows],
            "bounds": [_span(row, "bound", "printed.range.number1", names=names) for row in rows],
            "place": figures["place"].to_numpy(),
        }
    )


def chart_data(figures: pd.DataFrame) -> pd.DataFrame:
    """The three layers of the figures that are shown first: printed value, interval, bounds."""
    return pd.DataFrame(
        {
            "label": [claim[:1].upper() + claim[1:] for claim in figures["claim"]],
            "point": figures["value"].to_numpy(),
            "lo": figures["ci_lo"].to_numpy(),
            "hi": figures["ci_hi"].to_numpy(),
            "bound_lo": figures["bound_lo"].to_numpy(),
            "bound_hi": figures["bound_hi"].to_numpy(),
            "text": figures["text"].to_numpy(),
        }
    )


def sentences(figures: pd.DataFrame, *, names: Names) -> list[str]:
    """What the report says of those that answered, and what follows for all units, with its condition said once."""
    said: list[str] = []
    told: set[str] = set()
    for row in figures.to_dict("records"):
        who = "published" if names.wave.file.lifecycle else row["unit_type"] or "all"
        about = {"printed": row["text"], "claim": row["claim"], "place": row["page"]}
        values = {"lo": row["ci_lo"], "hi": row["ci_hi"], "low": row["bound_lo"], "high": row["bound_hi"]}
        first = names.say("printed.said", who=names.say(f"printed.who.{who}"), **about)
        follows = names.say(f"printed.follows.{'again' if row['kind'] in told else row['kind']}", **values)
        told.add(row["kind"])
        said.append(f"{first} {follows}")
    return said


def _named(target: Target, *, names: Names) -> dict[str, str]:
    group, (kind, _, value) = "", target.subset.partition("=")
    if kind == "size":
        group = names.groups("size_group", pd.DataFrame())[value]
    elif kind == "group":
        rule = names.wave.file.special_groups[value]
        group = names.say(f"survey.group.{rule.order}", n=rule.size)
    return {
        "subject": _subject(target.item, names=names),
        "question": names.item(target.item),
        "answer": ", ".join(_option(target.item, option, names=names) for option in target.category),
        "group": group,
    }


def _option(name: str, option: str, *, names: Names) -> str:
    item = next(item for item in names.wave.items if item.item == _an_item(name, names=names))
    if option in (TICKED, "not_ticked") and item.scale is None:
        return names.say(f"survey.{option}")
    return names.option(item.item, option)


def _subject(name: str, *, names: Names) -> str:
    """The indicator of an item where its area has several that share it out, else the area, else the part."""
    if name in {one.id for one in names.wave.file.indicators}:
        return names.say("printed.subject.scores")
    kind, colon, _ = name.partition(":")
    if name == "all" or (colon and kind == "area"):
        return names.say("printed.subject.together")
    item = next(item for item in names.wave.items if item.item == _an_item(name, names=names))
    inside = [other.indicator for other in names.wave.items if other.area == item.area]
    if item.indicator and all(inside):
        return names.item(item.indicator)
    return names.area(item.area) if item.area else names.module(item.module) if item.module else names.item(name)


def _an_item(name: str, *, names: Names) -> str:
    """The item itself, or the first of an area, of a block or of the wave."""
    kind, colon, value = name.partition(":")
    if name == "all":
        return next(item.item for item in names.wave.items if item.type == "single")
    return next(item.item for item in names.wave.items if getattr(item, kind) == value) if colon else name


def _items_behind(name: str, *, names: Names) -> int | None:
    kind, _, value = name.partition(":")
    if kind == "area":
        return sum(item.area == value for item in names.wave.items)
    return next((one.items for one in names.wave.file.indicators if one.id == name), None)


def _span(row: Mapping[Any, Any], name: str, key: str, *, names: Names) -> str | None:
    low, high = row[f"{name}_lo"], row[f"{name}_hi"]
    return None if pd.isna(low) else names.say(key, lo=low, hi=high)
