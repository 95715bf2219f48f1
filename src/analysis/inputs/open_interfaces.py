"""The answers of the open interfaces of Statistics Norway and Statistics Sweden, turned into the rows of the frames."""

import json
import math
from collections.abc import Callable, Iterable
from http.client import HTTPException
from itertools import product
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pandas as pd

from analysis.errors import InputError
from analysis.inputs.frames import PARTIAL_TRANSFERS

Fetch = Callable[[str, bytes | None], bytes]

KLASS = "https://data.ssb.no/api/klass/v1/classifications"
MUNICIPALITIES, COUNTIES = 131, 104
NORWAY_POPULATION = (
    "https://data.ssb.no/api/pxwebapi/v2/tables/07459/data?lang=no&outputFormat=json-stat2"
    "&valueCodes%5BRegion%5D=*&valueCodes%5BContentsCode%5D=Personer1&valueCodes%5BTid%5D="
)
SWEDEN_POPULATION = "https://api.scb.se/OV0104/v1/doris/sv/ssd/BE/BE0101/BE0101A/BefolkningNy"
KEPT_BY_HAND = (*PARTIAL_TRANSFERS, "continues_enlarged")
TIMEOUT_SECONDS = 30


def fetch(url: str, body: bytes | None) -> bytes:
    """The answer of an open interface: POST when there is a body, else GET. Raises what urllib raises."""
    headers = {"Accept": "application/json", "User-Agent": "analysis refresh-frames"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    with urlopen(Request(url, data=body, headers=headers), timeout=TIMEOUT_SECONDS) as answer:
        return answer.read()


def norway_units(fetch: Fetch, dates: Iterable[str]) -> pd.DataFrame:
    """Municipalities with inhabitants and their county municipalities on each 1 January, as in `units.csv`.

    Codes and names come from Klass 131 and 104 on the date, inhabitants from table 07459. A county is the first two
    digits of the code; of parallel names of a county the first is taken. Codes without inhabitants (not stated, sea
    areas) are left out. Raises InputError when the interface cannot be reached or answers in another shape.
    """
    dates = list(dates)
    url = NORWAY_POPULATION + ",".join(date[:4] for date in dates)
    persons = {(row["Region"], row["Tid"]): row["value"] for row in _json_stat(_ask(fetch, url), url)}
    rows = []
    for date in dates:
        names, counties = _klass_codes(fetch, MUNICIPALITIES, date), _klass_codes(fetch, COUNTIES, date)
        living = {code: persons[code, date[:4]] for code in names if persons.get((code, date[:4]))}
        for code, population in living.items():
            county = counties.get(code[:2])
            if county is None:
                raise _unexpected(KLASS, f"no county {code[:2]} on {date}")
            rows.append((date, "municipality", code, names[code], code[:2], county.split(" - ")[0], population))
    columns = ["reference_date", "unit_type", "code", "name", "county_code", "county_name", "population"]
    units = pd.DataFrame(rows, columns=columns)
    return pd.concat([units, _county_municipalities(units)], ignore_index=True).assign(country="norway")


def sweden_units(fetch: Fetch, dates: Iterable[str]) -> pd.DataFrame:
    """Municipalities on each 31 December, as in `units.csv`, names and inhabitants from table BefolkningNy.

    Raises InputError when the interface cannot be reached or answers in another shape.
    """
    years = [date[:4] for date in dates]
    chosen = {"Region": ("all", ["*"]), "ContentsCode": ("item", ["BE0101N1"]), "Tid": ("item", years)}
    query = [{"code": code, "selection": {"filter": how, "values": values}} for code, (how, values) in chosen.items()]
    body = json.dumps({"query": query, "response": {"format": "json-stat2"}}).encode()
    rows = _json_stat(_ask(fetch, SWEDEN_POPULATION, body), SWEDEN_POPULATION)
    names = {row["Region"]: row["label"] for row in rows}
    units = [
        (f"{row['Tid']}-12-31", code, row["label"], code[:2], names.get(code[:2]), row["value"])
        for row in rows
        if len(code := row["Region"]) == 4 and row["value"]
    ]
    columns = ["reference_date", "code", "name", "county_code", "county_name", "population"]
    table = pd.DataFrame(units, columns=columns).assign(country="sweden", unit_type="municipality")
    if table.empty or table["county_name"].isna().any():
        raise _unexpected(SWEDEN_POPULATION, "municipalities or their counties are missing")
    return table


def code_changes(fetch: Fetch, known: pd.DataFrame, *, first: str, last: str) -> pd.DataFrame:
    """Changes of municipality codes from `first` to `last`, both included, as in `code_changes.csv`.

    The interface names old and new code and the date; the kind follows from how many codes pass into how many. The
    kind of a change that is already known stays, and so do known rows of the kinds that are set by hand. Raises
    InputError when the interface cannot be reached or answers in another shape.
    """
    after = (pd.Timestamp(last) + pd.Timedelta(days=1)).date().isoformat()  # the interface leaves out the last day
    url = f"{KLASS}/{MUNICIPALITIES}/changes?from={first}&to={after}"
    fields = {
        "changeOccurred": "valid_from",
        "oldCode": "old_code",
        "newCode": "new_code",
        "oldName": "old_name",
        "newName": "new_name",
    }
    try:
        rows = [{name: row[field] for field, name in fields.items()} for row in _ask(fetch, url)["codeChanges"]]
    except (KeyError, TypeError):
        raise _unexpected(url, "codeChanges with oldCode, newCode and changeOccurred is missing") from None
    table = pd.DataFrame(rows, columns=list(fields.values())).dropna()
    table = table[(table["old_code"] != table["new_code"]) | (table["old_name"] != table["new_name"])]
    key = ["valid_from", "old_code", "new_code"]
    settled = known.set_index(key)["kind"]
    table["kind"] = settled.reindex(pd.MultiIndex.from_frame(table[key])).fillna(_kinds(table)).to_numpy()
    by_hand = known[known["kind"].isin(KEPT_BY_HAND)]
    return pd.concat([table, by_hand]).drop_duplicates(key, ignore_index=True)


def _kinds(changes: pd.DataFrame) -> pd.Series:
    same = changes["old_code"] == changes["new_code"]
    renamed = changes["old_name"] != changes["new_name"]
    sources = changes.groupby(["valid_from", "new_code"])["old_code"].transform("nunique")
    targets = changes.groupby(["valid_from", "old_code"])["new_code"].transform("nunique")
    kind = pd.Series("renumbered", index=changes.index)
    kind[renamed] = "renumbered_and_renamed"
    kind[same] = "renamed"
    kind[sources > 1] = "merged"
    kind[(sources > 1) & same] = "continues_enlarged"
    kind[targets > 1] = "split"
    return kind.set_axis(pd.MultiIndex.from_frame(changes[["valid_from", "old_code", "new_code"]]))


def _county_municipalities(units: pd.DataFrame) -> pd.DataFrame:
    by_county = ["reference_date", "county_code", "county_name"]
    sums = units.groupby(by_county, as_index=False)["population"].sum()
    name = (sums["county_name"] + " fylkeskommune").where(sums["county_code"] != "03", "Oslo kommune")
    return sums.assign(unit_type="county_municipality", code=sums["county_code"], name=name)


def _klass_codes(fetch: Fetch, classification: int, date: str) -> dict[str, str]:
    url = f"{KLASS}/{classification}/codesAt?date={date}"
    try:
        return {row["code"]: row["name"] for row in _ask(fetch, url)["codes"]}
    except (KeyError, TypeError):
        raise _unexpected(url, "codes with code and name are missing") from None


def _json_stat(answer: Any, url: str) -> list[dict[str, Any]]:
    """The cells of a JSON-stat 2 dataset: the code in each dimension, the label of the region, and the value."""
    try:
        categories = [answer["dimension"][dimension]["category"] for dimension in answer["id"]]
        indices: list[Any] = [category.get("index") or list(category["label"]) for category in categories]
        codes = [sorted(index, key=index.__getitem__) if isinstance(index, dict) else index for index in indices]
        values = answer["value"]
        by_cell = dict(enumerate(values)) if isinstance(values, list) else {int(k): v for k, v in values.items()}
        if [len(code) for code in codes] != answer["size"] or (
            isinstance(values, list) and len(values) != math.prod(answer["size"])
        ):
            raise _unexpected(url, "the number of values does not fit the dimensions")
        if not {"Region", "Tid"} <= set(answer["id"]):
            raise _unexpected(url, "the dimension Region or Tid is missing")
        names = answer["dimension"]["Region"]["category"]["label"]
        cells = [dict(zip(answer["id"], place, strict=True)) for place in product(*codes)]
        return [cell | {"label": names[cell["Region"]], "value": by_cell.get(i)} for i, cell in enumerate(cells)]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _unexpected(url, "id, size, dimension or value is missing") from None


def _ask(fetch: Fetch, url: str, body: bytes | None = None) -> Any:
    host = url.split("/")[2]
    try:
        return json.loads(fetch(url, body))
    except HTTPError as error:
        raise InputError(
            f"{host} answers {error.code} ({error.reason}) to {url.split('?')[0]}; "
            f"try again later, and see the interface's documentation if it stays so."
        ) from None
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise InputError(
            f"{host} cannot be reached ({reason}); check the network connection and run refresh-frames again."
        ) from None
    except ValueError:
        raise _unexpected(url, "it is not JSON") from None


def _unexpected(url: str, what: str) -> InputError:
    return InputError(
        f"{url.split('?')[0]}: the answer has another shape than documented ({what}); nothing was replaced, "
        f"compare the interface's documentation with open_interfaces.py."
    )
