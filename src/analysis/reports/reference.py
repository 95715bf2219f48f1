"""The reference pages of the site, made when it is published: data, methods, glossary, decisions, how to rerun."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import paths
from analysis.inputs import tables
from analysis.inputs.decisions import read_decisions
from analysis.inputs.glossary import Term, read_glossary
from analysis.inputs.params import load_params
from analysis.inputs.waves import Wave
from analysis.reports import reference_data as data
from analysis.reports.display import words
from analysis.reports.reference_data import Resource, Shown, Sources
from analysis.reports.reference_methods import METHODS
from analysis.reports.templating import TEMPLATES, sayer, template

# The pages in reading order. Decision records are written in English, so their page is too.
PAGES: dict[str, tuple[str, ...]] = {
    "data": words.LANGUAGES,
    "methods": words.LANGUAGES,
    "glossary": words.LANGUAGES,
    "decisions": ("en",),
    "rerun": words.LANGUAGES,
}
_SECTION = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.DOTALL)
_LAST_LETTERS = {"nb": "æøå", "sv": "åäö", "en": ""}


def read(waves: Mapping[str, Wave]) -> Sources:
    """What the reference pages are made from, for these waves, as the last run left it.

    What has not been made yet, as in a run of some waves only, is left out. Raises InputError for a mistake in a
    decision record or the glossary.
    """
    open_waves = frozenset(wave for wave, one in waves.items() if one.file.promise == "open")
    cleaned = {wave: paths.processed("cleaning", wave) for wave in sorted(open_waves)}
    return Sources(
        open_waves=open_waves,
        numbers=load_params().model_dump(include={"confidence", "small_base", "min_share"}),
        estimates=_rows(paths.estimates()),
        findings=_rows(paths.published_findings()),
        decisions=read_decisions(),
        glossary=read_glossary(),
        units={wave: pd.read_parquet(file) for wave, file in cleaned.items() if file.is_file()},
        audit={wave: paths.audit(wave) for wave in sorted(open_waves)},
        labels={wave: {item.item: item.label_en for item in waves[wave].items} for wave in open_waves},
        credits={wave: (one.file.credit.model_dump(), one.file.licence.model_dump()) for wave, one in waves.items()},
        titles=_titles(),
    )


def _rows(file: Path) -> tuple[data.Row, ...]:
    return tuple(tables.read_rows(file)) if file.is_file() else ()


def _titles() -> dict[str, dict[str, str]]:
    """The titles of all waves by language, also of those that have printed figures only."""
    file = paths.processed("overview", "all")
    rows = pd.read_parquet(file).to_dict("records") if file.is_file() else []
    return {row["wave"]: {language: row[f"title_{language}"] for language in words.LANGUAGES} for row in rows}


def add(
    sources: Sources, *, pages: Iterable[tuple[str, str]], target: Path, titles: Mapping[str, Mapping[str, str]]
) -> list[tuple[dict[str, Any], str]]:
    """Write the data of the site and their description into it; returns the reference pages as facts and body.

    `pages` are address and body of the pages whose CSV files are already in the folder `target`, `titles` the waves'
    titles by language.
    """
    shown: dict[str, Shown] = {}
    for address, body in pages:
        folder, slash, _ = address.rpartition("/")
        shown |= data.shown(body, folder=folder + slash)
    titles = {**sources.titles, **titles}
    over_all = data.write(sources, target=target)
    for wave, units in sources.units.items():
        headers = tuple(sources.labels.get(wave, {}).get(str(column), str(column)) for column in units.columns)
        shown[f"data/units/{wave}.csv"] = Shown(f"{words.say('file.units', language='en')}: {wave}", headers, "")
    found = sorted(file.relative_to(target).as_posix() for file in target.rglob("*.csv"))
    resources = {path: data.describe(path, target=target, on_page=shown.get(path)) for path in found}
    described = data.package(resources.values(), credits=[credit["en"] for credit, _ in sources.credits.values()])
    (target / "datapackage.json").write_text(described, encoding="utf-8", newline="\n")
    code, inputs = _code(), hashlib.sha256(described.encode()).hexdigest()
    made = []
    for stage, languages in PAGES.items():
        for language in languages:
            values = _values(stage, sources, resources, over_all, titles, language=language)
            body = template(f"reference/{stage}.html.j2").render(
                t=sayer(language), has=_has, language=language, **values
            )
            facts = {
                "stage": stage,
                "wave": "all",
                "language": language,
                "languages": list(languages),
                "state": "mixed" if stage == "data" else "",
                "contents": [{"id": i, "text": unescape(text).strip()} for i, text in _SECTION.findall(body)],
                "code_sha256": code,
                "inputs_sha256": inputs,
            }
            made.append((facts, body))
    return made


def _values(
    stage: str,
    sources: Sources,
    resources: Mapping[str, Resource],
    over_all: Sequence[str],
    titles: Mapping[str, Mapping[str, str]],
    *,
    language: str,
) -> dict[str, Any]:
    """What the template of a page shows."""
    if stage == "data":
        return {
            "synthetic": sum(row["source"] == "synthetic" for row in sources.estimates),
            "waves": _waves(sources, titles, language=language),
            "files": [resources[path] for path in over_all],
            "columns": next((one.fields for one in resources.values() if one.path == "data/estimates.csv"), ()),
            "groups": _behind_pages(resources, titles, language=language),
            "count_all": len(resources),
            "file_title": lambda one: _file_title(one, titles, language=language),
            "licences": [
                (titles.get(wave, {}).get(language, wave), credit[language], licence[language])
                for wave, (credit, licence) in sorted(sources.credits.items())
            ],
        }
    if stage == "decisions":
        return {"records": sources.decisions, "said": data.said}
    if stage == "glossary":
        return {"terms": sorted(sources.glossary, key=lambda term: _alphabetical(term, language)),
                "doubtful": sum(term.standing == "doubtful" for term in sources.glossary)}  # fmt: skip
    if stage == "methods":
        known = {one.id: one for one in sources.decisions}
        linked = [(name, [known[i] for i in ids if i in known]) for name, ids in METHODS.items()]
        return {"sections": linked, "numbers": sources.numbers}
    return {}


def _waves(sources: Sources, titles: Mapping[str, Mapping[str, str]], *, language: str) -> list[dict[str, Any]]:
    """A row a wave: how many estimates are released and how many withheld, and why."""
    free, withheld = data.released(sources)
    rows = []
    for wave in sorted({row["wave"] for row in sources.estimates}):
        kept = [row["source"] for row in free if row["wave"] == wave and row["flags"] != data.WITHHELD]
        alone = kept[0] if len(set(kept)) == 1 else "synthetic" if "synthetic" in kept else "open"
        reason = "closed" if withheld[wave] else {"observed": "open"}.get(alone, alone)
        rows.append(
            {
                "title": titles.get(wave, {}).get(language, wave),
                "released": len(kept),
                "printed": kept.count("printed"),
                "withheld": withheld[wave],
                "reason": words.say(f"released.{reason}", language=language),
            }
        )
    return rows


def _behind_pages(
    resources: Mapping[str, Resource], titles: Mapping[str, Mapping[str, str]], *, language: str
) -> list[dict[str, Any]]:
    """The files behind the pages by wave and page; of a file in several languages the reader's own."""
    groups: dict[tuple[str, str], list[Resource]] = {}
    for path, one in resources.items():
        parts = path.split("/")
        if len(parts) != 4 or parts[1] != "data":
            continue
        stem, _, code = parts[3].removesuffix(".csv").partition(".")
        own = f"{parts[0]}/data/{parts[2]}/{stem}.{language}.csv"
        if code == language or (not code and own not in resources):
            groups.setdefault((parts[0], parts[2]), []).append(one)
    shared = words.say("page.shared", language=language)
    return [
        {
            "wave": shared if wave == "all" else titles.get(wave, {}).get(language, wave),
            "page": words.say(f"stage.{folder.partition('_')[2]}", language=language),
            "files": files,
        }
        for (wave, folder), files in sorted(groups.items())
    ]


def _file_title(one: Resource, titles: Mapping[str, Mapping[str, str]], *, language: str) -> str:
    """What a file over all pages holds: of `data/estimates.csv` and its like, or of one wave."""
    stem, parts = Path(one.path).stem, one.path.split("/")
    key = {"units": "units", "audit": "audit_estimates" if stem == "estimates" else stem}.get(parts[1], stem)
    what = words.say(f"file.{key}" if _has(f"file.{key}") else "file.other", language=language)
    wave = {"units": stem, "audit": parts[2] if len(parts) > 3 else ""}.get(parts[1], "")
    return f"{what}: {titles.get(wave, {}).get(language, wave)}" if wave else what


def _has(key: str) -> bool:
    return key in words.catalogue()


def _alphabetical(term: Term, language: str) -> str:
    """A key that sorts a term where a dictionary of its language has it: æøå and åäö after z."""
    last = {letter: f"z{number}" for number, letter in enumerate(_LAST_LETTERS[language], start=1)}
    return "".join(last.get(letter, letter) for letter in getattr(term, language).casefold())


def _code() -> str:
    """SHA-256 over the code, templates and words of the reference pages, by file name and content."""
    total, folder = hashlib.sha256(), Path(__file__).parent
    texts = [words.FOLDER / f"{name}.yml" for name in ("reference", "methods", "describe")]
    for file in sorted([*folder.glob("reference*.py"), *(TEMPLATES / "reference").glob("*.j2"), *texts]):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        total.update(f"{file.relative_to(folder).as_posix()}\0{content}\n".encode())
    return total.hexdigest()
