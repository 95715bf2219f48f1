"""Where municipalities lie: the point of each one's seat, and its place on the tile grid."""

from typing import Annotated

import pandas as pd
from pydantic import Field

from analysis import paths
from analysis.inputs.frames import Country, MunicipalityCode
from analysis.inputs.tables import Record, read_table


class Point(Record):
    """A populated place, meant to be the municipality's seat, in degrees (WGS84)."""

    country: Country
    code: MunicipalityCode
    lat: float = Field(ge=54, le=72)
    lon: float = Field(ge=4, le=32)
    basis: str


class Tile(Record):
    """A municipality's cell of the tile grid, from the west and from the north, and the years its code is valid in."""

    country: Country
    code: MunicipalityCode
    column: int = Field(ge=0)
    row: int = Field(ge=0)
    structure: Annotated[str, Field(pattern=r"^\d{4}(;\d{4})*$")]


def places(country: str, year: int) -> pd.DataFrame:
    """Tile and point of each municipality of a country in a year: code, column, row, lat, lon.

    Empty for a year of which no tiles are laid out. Raises InputError for a malformed table.
    """
    tiles = read_table(paths.frames() / "tiles.csv", Tile, key=("country", "code"))
    points = read_table(paths.frames() / "points.csv", Point, key=("country", "code"))
    laid = [
        (tile.code, tile.column, tile.row)
        for tile in tiles
        if tile.country == country and str(year) in tile.structure.split(";")
    ]
    seats = [(point.code, point.lat, point.lon) for point in points if point.country == country]
    return pd.DataFrame(laid, columns=["code", "column", "row"]).merge(
        pd.DataFrame(seats, columns=["code", "lat", "lon"]), on="code", validate="one_to_one"
    )
