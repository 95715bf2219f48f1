"""The map of a wave whose units were assessed in the open: classes on the tile grid and at the seats, and a list."""

import pandas as pd

from analysis.inputs.places import places
from analysis.reports.display import maps
from analysis.reports.display.page import Page
from analysis.reports.display.trail import pick
from analysis.reports.results_views import Views

TOP = 2  # the highest classes that the title counts


def show_map(page: Page, views: Views) -> None:
    """The classes of municipalities on a map and in a list, where the wave may name them; nothing elsewhere."""
    file = views.names.wave.file
    if not views.classed or views.names.synthetic or file.promise != "open":
        return
    table = _table(views)
    if table.empty:
        return
    page.heading("map.heading")
    page.say("map.text")
    levels = {int(level): page.text("results.star", n=level) for level in views.stars("municipality")["level"]}
    found = _found(table, top=sorted(levels)[-TOP])
    missing = page.text("map.missing")
    for name, draw in (("map_tiles", maps.tiles), ("map_dots", maps.dots)):
        page.figure(
            draw(table, levels=levels, missing=missing),
            name=name,
            title=page.text("map.title", **found),
            alt=page.text(f"{name.replace('_', '.')}.alt", base=views.base(), **found),
            data=table,
            source=f"{views.names.source()}; {page.text('map.credit')}",
            base=views.base(),
            note=page.text(f"{name.replace('_', '.')}.note"),
            records=pick(views.result.estimates, category=list(map(str, levels)), measure="share", subset="",
                         unit_type="municipality", estimand="M"),
        )  # fmt: skip
    listed = table[["name", "county", "level", "score"]].rename(columns={"level": "stars"}).astype({"stars": "Int64"})
    page.table(
        listed,
        name="map_list",
        caption=page.text("map.list.caption"),
        formats={"score": "percent1"},
        labels=page.labels("map.column", listed.columns),
        source=views.names.source(),
        base=views.base(),
        folded=True,
    )


def _table(views: Views) -> pd.DataFrame:
    """One row a municipality, by county and name: its place on the map, its class and its total score."""
    item, file = views.names.wave.items_of("ordinal")[0].item, views.names.wave.file
    units = views.result.units.query("unit_type == 'municipality'")
    units = units.rename(columns={"county_name": "county", item: "level", views.total: "score"})
    placed = units.merge(places(file.country, file.frame.date.year), on="code", validate="one_to_one")
    columns = ["code", "name", "county", "county_code", "level", "score", "column", "row", "lat", "lon"]
    placed = placed.sort_values(["county_code", "name"], ignore_index=True)[columns].drop(columns="county_code")
    return placed.assign(level=placed["level"].astype("Float64"), score=placed["score"].astype("float64"))


def _found(table: pd.DataFrame, *, top: int) -> dict[str, object]:
    """How many municipalities are in the highest classes, and in how many counties they lie."""
    high = table[table["level"] >= top]
    counties = {"counties": high["county"].nunique(), "all_counties": table["county"].nunique()}
    return {"level": top, "k": len(high), "n": int(table["level"].notna().sum()), **counties}
