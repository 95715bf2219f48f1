"""The flower box on a results page: from what the report prints, and from answers, for all and by size."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from analysis.reports import flower_box, printed_lead_views
from analysis.reports.display.page import Page
from analysis.reports.display.trail import pick
from analysis.reports.survey_views import SurveyViews
from analysis.reports.wave_views import Names

FULLY = "fully"


def show_printed_box(page: Page, figures: pd.DataFrame, names: Names) -> None:
    """The box of what the report prints; the questions that it prints no share of are left out, not drawn empty."""
    items = flower_box.box_items(names.wave)
    if items.empty or not names.synthetic:
        return
    page = replace(page, state="printed")
    whole = figures[(figures["options"] == FULLY) & (figures["subset"] == "") & (figures["carrier"] == "fitted")]
    box = items.merge(whole[["item", "value", "question", "text"]], on="item", validate="1:1")
    box = box.rename(columns={"value": "share", "text": "printed"})
    top = box[box["part"] == "petal"].sort_values("share", ascending=False, kind="stable").iloc[0]
    title = page.text("flowers.title.printed", sector=page.text(f"flowers.{top['sector']}"), share=top["share"])
    page.subheading("flowers.heading")
    page.say("flowers.read")
    page.say("flowers.printed", n=len(box), all=len(items))
    source = page.text("printed.lead.source", source=names.wave.file.source)
    records = printed_lead_views.records_of(whole[whole["item"].isin(box["item"])])
    _show(page, {page.text("flowers.all"): box}, name="flower_box", title=title, source=source, records=records)


def show_boxes(page: Page, views: SurveyViews) -> None:
    """The box of the answers: of all municipalities, then of each size group, smallest first."""
    items = flower_box.box_items(views.names.wave)
    known = {item.item for item in views.items}
    items = items[items["item"].isin(known)] if len(items) else items
    if items.empty:
        return
    page.heading("flowers.heading.answers")
    page.say("flowers.read")
    source, title = views.names.source(), page.text("flowers.title")
    whole = {page.text("flowers.all"): _answered(items, views, "")}
    records = views.records(items["item"], category=FULLY, subset=("", "size_group=*"), measure="share", estimand="M")
    _show(page, whole, name="flower_box_all", title=title, source=source, records=pick(records, subset=""))
    sizes = views.names.groups("size_group", views.result.units)
    boxes = {label: _answered(items, views, f"size_group={group}") for group, label in sizes.items()}
    boxes = {label: box for label, box in boxes.items() if box["share"].notna().any()}
    title = page.text("flowers.title.size")
    by_size = pick(records, subset="size_group=*")
    _show(page, boxes, name="flower_box_by_size", title=title, source=source, columns=6, records=by_size)


def summary(box: pd.DataFrame, *, page: Page) -> pd.DataFrame:
    """For each flower and the ground: how many questions are drawn, and the lowest, middle and highest share."""
    rows = []
    for (part, sector), own in box.groupby(["part", "sector"], sort=False):
        known = own["share"].dropna()
        about: dict[str, Any] = {"sector": page.text(f"flowers.{sector}") if sector else page.text("flowers.whole")}
        about |= {"part": page.text(f"flowers.part.{part}"), "n": len(own)}
        rows.append(about | {"low": known.min(), "median": known.median(), "high": known.max()})
    return pd.DataFrame(rows)


def _answered(items: pd.DataFrame, views: SurveyViews, subset: str) -> pd.DataFrame:
    found = [views.one(item, category=FULLY, subset=subset) for item in items["item"]]
    questions = [views.names.item(item) for item in items["item"]]
    few = views.params.small_base
    shares = [None if (one["n_answered"] or 0) < few else one["point"] for one in found]
    return items.assign(
        share=pd.array(shares, dtype="Float64").to_numpy(float, na_value=float("nan")), question=questions
    )


def _show(
    page: Page,
    boxes: Mapping[str, pd.DataFrame],
    *,
    name: str,
    title: str,
    source: str,
    records: pd.DataFrame,
    columns: int = 3,
) -> None:
    drawn = {title: _with_ranges(box, page=page) for title, box in boxes.items()}
    names = {part: page.text(f"flowers.{part}") for part in flower_box.GROUND.values()}
    sectors = {sector for box in boxes.values() for sector in box["sector"] if sector}
    names |= {sector: page.text(f"flowers.{sector}") for sector in sectors}
    data = pd.concat([box.assign(box=label) for label, box in boxes.items()], ignore_index=True)
    page.figure(
        flower_box.draw(drawn, names=names, columns=columns),
        name=name,
        title=title,
        alt=page.text("flowers.alt", n=len(boxes), title=title),
        data=data,
        source=source,
        base=page.text("flowers.base"),
        note=page.text("flowers.note"),
        records=records,
    )
    for number, (label, box) in enumerate(boxes.items(), start=1):
        table = summary(box, page=page)
        page.table(
            table,
            name=f"{name}_table" if len(boxes) == 1 else f"{name}_table_{number}",
            caption=page.text("flowers.table", group=label),
            formats=dict.fromkeys(("low", "median", "high"), "percent"),
            labels=page.labels("flowers.column", table.columns),
            source=source,
            folded=True,
            records=records if len(boxes) == 1 else None,
        )


def _with_ranges(box: pd.DataFrame, *, page: Page) -> pd.DataFrame:
    """The box with the text of each flower: the range of its petals; of grass and soil, that of their own shares."""
    texts = {}
    for (part, sector), own in box[box["part"] != "leaf"].groupby(["part", "sector"], sort=False):
        known = own["share"].dropna()
        texts[sector or part] = (
            page.text("printed.range", lo=known.min(), hi=known.max()) if len(known) else page.text("flowers.few")
        )
    keys = [sector or part for part, sector in zip(box["part"], box["sector"], strict=True)]
    return box.assign(text=[texts[key] for key in keys])
