"""The data of the site: what is released as CSV, what is withheld, and the description of every file and column."""

import csv
import hashlib
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.inputs.decisions import Decision, label
from analysis.inputs.glossary import Term
from analysis.reports.display import words
from analysis.reports.display.csv_files import write_csv
from analysis.reports.release_classes import STAGES
from analysis.survey.estimates import COUNTS, NUMBERS, WITHHELD

Row = dict[str, str]
_FIGURE = re.compile(r"<figure .*?</figure>", re.DOTALL)
_CAPTION = re.compile(r"<(?:caption|figcaption)>(.*?)</(?:caption|figcaption)>", re.DOTALL)
_HEADER = re.compile(r'<th scope="col"[^>]*>(.*?)</th>', re.DOTALL)
_FOOT = re.compile(r'<p class="foot">(.*?)<a ', re.DOTALL)
_FILE = re.compile(r'<a class="csv" href="([^"]*)"')
_INTEGER, _NUMBER = re.compile(r"-?(0|[1-9]\d*)"), re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?|-?inf|nan")


@dataclass(frozen=True)
class Sources:
    """What the data of the site are made from; tables as they stand in their files, text only.

    By wave: `units` the cleaned answers, `labels` the names of their columns, `audit` the folder of the weights,
    `credits` credit and licence by language, `titles` the title in each language. `open_waves` are those whose
    answers may be published; `numbers` are the parameters that the methods name.
    """

    open_waves: frozenset[str]
    numbers: Mapping[str, float]
    estimates: tuple[Row, ...] = ()
    findings: tuple[Row, ...] = ()
    decisions: tuple[Decision, ...] = ()
    glossary: tuple[Term, ...] = ()
    units: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    audit: Mapping[str, Path] = field(default_factory=dict)
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    credits: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Shown:
    """A table as a page shows it: its caption, the headers of its columns, and what stands below it."""

    caption: str
    headers: tuple[str, ...]
    foot: str


@dataclass(frozen=True)
class Resource:
    """A CSV file of the site: where it lies from the top of the site, what it is, its columns and size."""

    path: str
    title: str
    description: str
    rows: int
    fields: tuple[Mapping[str, str], ...]
    bytes: int
    hash: str

    @property
    def name(self) -> str:
        """Its name in the data package: small letters, digits, dots, hyphens and underscores."""
        return re.sub(r"[^a-z0-9._-]", "-", self.path.removesuffix(".csv").replace("/", ".").lower())


def may_leave(row: Mapping[str, str], *, open_waves: Iterable[str]) -> bool:
    """Whether an estimate may be published: it is printed in a report, a specimen, or every wave it rests on is open.

    Of other waves those of a stage whose page leaves after disclosure control, which has taken out what must not.
    """
    if row["source"] in ("printed", "synthetic") or STAGES.get(row["stage"]) == "public":
        return True
    return {row["wave"], row["reference_wave"]} - {""} <= set(open_waves)


def released(sources: Sources) -> tuple[list[Row], Counter[str]]:
    """The estimates that may be published, and by wave how many numbers are withheld: left out, or left without one."""
    free, withheld = [], Counter[str]()
    for row in sources.estimates:
        leaves = may_leave(row, open_waves=sources.open_waves)
        withheld[row["wave"]] += not leaves or row["flags"] == WITHHELD
        free += [row] if leaves else []
    return free, withheld


def write(sources: Sources, *, target: Path) -> list[str]:
    """Write the files that no page writes into the site; returns their paths from its top, in reading order."""
    free = released(sources)[0]
    tables = {
        "estimates": [row for row in free if row["source"] != "synthetic"],
        "SYNTHETIC_estimates": [row for row in free if row["source"] == "synthetic"],
        "published_findings": list(sources.findings),
        "decisions": [_decision(one) for one in sources.decisions],
        "glossary": [one.model_dump() for one in sources.glossary],
    }
    written = []
    for name, rows in tables.items():
        if rows:
            write_rows(rows, target / "data" / f"{name}.csv")
            written.append(f"data/{name}.csv")
    for wave, units in sorted(sources.units.items()):
        if wave in sources.open_waves:
            write_csv(units, target / "data" / "units" / f"{wave}.csv")
            written.append(f"data/units/{wave}.csv")
    for wave, folder in sorted(sources.audit.items()):
        if wave in sources.open_waves and folder.is_dir():
            shutil.copytree(folder, target / "data" / "audit" / wave, dirs_exist_ok=True)
            written += [f"data/audit/{wave}/{file.name}" for file in sorted(folder.glob("*.csv"))]
    return written


def write_rows(rows: Sequence[Mapping[str, Any]], file: Path) -> None:
    """Rows of text as CSV as they are: UTF-8, line feeds."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _decision(one: Decision) -> Row:
    return {
        "id": one.id,
        "title": one.title,
        "waves": ";".join(one.waves),
        "parameter": one.parameter,
        "chosen": said(one.chosen),
        "alternatives": " | ".join(said(value) for value in one.alternatives),
        "reason": one.reason,
        "source": one.source,
        "date": one.date.isoformat(),
    }


def said(value: Any) -> str:
    """A chosen value or an alternative as it is read."""
    return label(value if isinstance(value, dict) else {"": value}).strip()


def shown(body: str, *, folder: str) -> dict[str, Shown]:
    """The tables and charts of a page's body by the path of their CSV file; `folder` is where the page lies."""
    found = {}
    for markup in _FIGURE.findall(body):
        file, caption, foot = (pattern.search(markup) for pattern in (_FILE, _CAPTION, _FOOT))
        if file and caption:
            headers = tuple(_text(header) for header in _HEADER.findall(markup))
            below = " ".join(_text(foot.group(1)).split()) if foot else ""
            found[f"{folder}{unescape(file.group(1))}"] = Shown(_text(caption.group(1)), headers, below)
    return found


def _text(markup: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", markup)).strip()


def describe(path: str, *, target: Path, on_page: Shown | None = None) -> Resource:
    """A CSV file of the site with its columns: type from its values, title from the page that shows it.

    A title that no page gives is the column's name. A column that the catalogue does not describe is described by its
    title and the caption of its table.
    """
    file = target / path
    data = file.read_bytes()
    with file.open(encoding="utf-8", newline="") as stream:
        header, *rows = list(csv.reader(stream))
    headers = _titles(header, on_page.headers if on_page else ())
    columns = zip(*rows, strict=True) if rows else ((),) * len(header)
    stem = Path(path).stem
    title_of_file = words.say(f"file.{stem}", language="en") if f"file.{stem}" in words.catalogue() else path
    caption = on_page.caption if on_page else title_of_file
    fields = [
        {"name": name, "type": kind(values, name=name), "title": title, "description": _meaning(name, title, caption)}
        for name, title, values in zip(header, headers, columns, strict=True)
    ]
    return Resource(
        path=path,
        title=caption,
        description=on_page.foot if on_page else "",
        rows=len(rows),
        fields=tuple(fields),
        bytes=len(data),
        hash=f"sha256:{hashlib.sha256(data).hexdigest()}",
    )


def _titles(header: Sequence[str], shown: Sequence[str]) -> tuple[str, ...]:
    """The titles of the columns: those that the page shows, which has no column that says that a row is synthetic."""
    hidden = header[len(shown) :]
    return (*shown, *hidden) if hidden in ([], ["data"]) else tuple(header)


def _meaning(name: str, title: str, caption: str) -> str:
    key = f"describe.{name}"
    known = key in words.catalogue()
    return (
        words.say(key, language="en")
        if known
        else words.say("description.column", language="en", title=title, table=caption)
    )


def kind(values: Iterable[str], *, name: str = "") -> str:
    """The type of a column in the terms of Table Schema; a code that begins with 0 is text.

    An empty column is what its name says in the estimate record, else text.
    """
    filled = {value for value in values if value}
    if not filled:
        return "integer" if name in COUNTS else "number" if name in NUMBERS else "string"
    if filled <= {"True", "False"}:
        return "boolean"
    if all(_INTEGER.fullmatch(value) for value in filled):
        return "integer"
    leading_zero = any(re.match(r"-?0\d", value) for value in filled)
    return "number" if not leading_zero and all(map(_NUMBER.fullmatch, filled)) else "string"


def package(resources: Iterable[Resource], *, credits: Iterable[str]) -> str:
    """The Frictionless Data Package of the site as JSON, without clock or order of chance.

    `credits` names the sources of the data. Source: the specifications Data Package and Table Schema, version 1.
    """
    described = {
        "profile": "tabular-data-package",
        "name": "digital-municipalities",
        "title": words.say("site.title", language="en"),
        "description": words.say("data.package", language="en"),
        "sources": [{"title": title} for title in sorted(set(credits))],
        "resources": [_resource(one) for one in sorted(resources, key=lambda one: one.path)],
    }
    return json.dumps(described, ensure_ascii=False, indent=1) + "\n"


def _resource(one: Resource) -> dict[str, Any]:
    fields = [
        {**column, **({"trueValues": ["True"], "falseValues": ["False"]} if column["type"] == "boolean" else {})}
        for column in one.fields
    ]
    return {
        "profile": "tabular-data-resource",
        "name": one.name,
        "path": one.path,
        "title": one.title,
        **({"description": one.description} if one.description else {}),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": one.bytes,
        "hash": one.hash,
        "schema": {"fields": fields, "missingValues": [""]},
    }
