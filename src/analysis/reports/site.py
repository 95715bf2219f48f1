"""The published site: every page fragment in its shell, with its data, put in place in one step."""

import base64
import hashlib
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import paths
from analysis.inputs.glossary import Term
from analysis.inputs.waves import load_wave
from analysis.reports import reference, release_classes
from analysis.reports.display import render, words
from analysis.reports.display.csv_files import write_csv
from analysis.reports.reference_links import link_terms
from analysis.reports.release_classes import ALL, Class, Classes
from analysis.reports.swap import swap
from analysis.reports.templating import asset, sayer, template

_ORDER = list(paths.STAGE_NUMBERS)


@dataclass(frozen=True)
class Report:
    """One page: the facts its fragment was rendered with, and its body."""

    facts: Mapping[str, Any]
    body: str

    @property
    def stage(self) -> str:
        """The stage it reports."""
        return str(self.facts["stage"])

    @property
    def wave(self) -> str:
        """The wave it reports, or `all`."""
        return str(self.facts["wave"])

    @property
    def language(self) -> str:
        """The language it is written in."""
        return str(self.facts["language"])

    @property
    def address(self) -> str:
        """Where it lies in the site. A page in several languages carries its language; the index is in English."""
        several = len(self.facts.get("languages", [])) > 1
        if self.stage in reference.PAGES:
            return f"{self.stage}{f'.{self.language}' if several else ''}.html"
        if self.stage == "overview":
            return "index.html" if self.language == "en" else f"index.{self.language}.html"
        return f"{self.wave}/{paths.stage_file(self.stage)}{f'.{self.language}' if several else ''}.html"


def publish(*, waves: Iterable[str]) -> Path:
    """Build the site from the rendered pages of these waves and of `all`, put it in place at once, return its folder.

    A reader, or a run that is killed, finds the old site or the new one, never half a site. Only what has the class
    public is published; outputs/release_log.csv lists every output with its class.
    """
    loaded = {wave: load_wave(wave) for wave in waves}
    files = {wave: one.file for wave, one in loaded.items()}
    reports = read_reports(paths.root() / "outputs" / "pages", waves=[*files, ALL])
    building = paths.site().with_name("site.building")
    if building.exists():
        shutil.rmtree(building)
    class_of = release_classes.classes(loaded)
    logged = build(
        reports,
        target=building,
        tables=paths.root() / "outputs" / "tables",
        titles={wave: file.title.model_dump() for wave, file in files.items()},
        class_of=class_of,
        sources=reference.read(loaded),
    )
    outputs = paths.root() / "outputs"
    log = pd.DataFrame([*logged, *release_classes.elsewhere(outputs, class_of)])
    swap(building, paths.site())
    write_csv(log, outputs / "release_log.csv")
    return paths.site()


def read_reports(pages: Path, *, waves: Iterable[str]) -> list[Report]:
    """The rendered pages of some waves, in the order in which people read them. Waves without pages are passed over."""
    found = [
        Report(*render.parse(file.read_text(encoding="utf-8")))
        for wave in waves
        for file in sorted((pages / wave).glob("*.html"))
    ]
    return sorted(
        found, key=lambda r: (r.wave != ALL, r.wave, _ORDER.index(r.stage), words.LANGUAGES.index(r.language))
    )


def build(
    reports: list[Report],
    *,
    target: Path,
    tables: Path,
    titles: Mapping[str, Mapping[str, str]],
    class_of: Classes,
    sources: reference.Sources | None = None,
) -> list[dict[str, str]]:
    """Write the whole site into an empty folder: pages and their CSV files; returns every file with its class.

    `titles` gives each wave's title by language. Navigation is made from the reports there are, so no link is dead. A
    page of the class restricted says in words that it is withheld, and has no data; one without a class is left out.
    The reference pages are made from `sources`, where there are any, once the files they describe are in place.
    """
    found = {(one.wave, one.stage): class_of(one.stage, one.wave) for one in reports}
    reports = [_may_be_seen(one, found[one.wave, one.stage]) for one in reports if found[one.wave, one.stage]]
    for report in reports:
        file = target / report.address
        file.parent.mkdir(parents=True, exist_ok=True)
        source = tables / report.wave / paths.stage_file(report.stage)
        for table in sorted(source.glob("*.csv")) if found[report.wave, report.stage] == "public" else ():
            copy = file.parent / paths.page_data(report.stage) / table.name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(table, copy)
    said = [one.address for one in reports if found[one.wave, one.stage] != "public"]
    if sources is not None:
        bodies = [(report.address, report.body) for report in reports]
        made = reference.add(sources, pages=bodies, target=target, titles=titles)
        reports = [_linked(report, sources.glossary) for report in (*reports, *(Report(*page) for page in made))]
    for report in reports:
        (target / report.address).write_text(_page(report, reports, titles), encoding="utf-8", newline="\n")
    return release_classes.sift(target, class_of, said=said)


def _linked(report: Report, terms: Iterable[Term]) -> Report:
    """The report with its first use of each term leading to the glossary, which itself has no need of it."""
    top = "../" if "/" in report.address else ""
    linked = link_terms(report.body, terms, language=report.language, top=top)
    return report if report.stage == "glossary" else replace(report, body=linked)


def _may_be_seen(report: Report, found: Class | None) -> Report:
    """The page, or in place of one that is not public a page that says so."""
    if found == "public":
        return report
    # Results of questionnaires are public after control: those that are not are of scores (decision 0253).
    kind = "scores" if report.stage == "results" else "restricted"
    told = words.say(f"disclosure.page.{kind}", language=report.language)
    return Report({**report.facts, "contents": []}, f'<p class="callout">{escape(told)}</p>')


def _page(report: Report, reports: list[Report], titles: Mapping[str, Mapping[str, str]]) -> str:
    from markupsafe import Markup

    language = report.language
    say = sayer(language)
    state = str(report.facts.get("state", "real"))
    wave_title = titles.get(report.wave, {}).get(language, "")
    title = say("site.title") if report.stage == "overview" else say(f"stage.{report.stage}")
    marked = say("state.synthetic.title", title=title) if state == "synthetic" else title
    css, script = asset("style.css"), asset("switch.js")
    siblings = _in_language([r for r in reports if r.wave == report.wave], language)
    extra = [{"id": "reports", "text": say("page.reports")}] if report.stage == "overview" else []
    place = next((n for n, r in enumerate(siblings) if r.stage == report.stage), 0)
    page_title = _join(marked, wave_title, say("site.title"))
    return template("page.html.j2").render(
        t=say,
        language=language,
        stage=report.stage,
        state=state,
        title=marked,
        page_title=page_title,
        kicker=wave_title,
        policy=_policy(css, script),
        css=Markup(css),
        script=Markup(script),
        body=Markup(report.body),
        contents=[*report.facts.get("contents", []), *extra],
        home=_href(report, _home(reports, language)),
        languages=_languages(report, reports),
        groups=_groups(report, reports, titles),
        previous=_link(report, siblings[place - 1]) if place > 0 else None,
        next=_link(report, siblings[place + 1]) if place + 1 < len(siblings) else None,
        facts=_facts(report, page_title),
    )


def _join(*parts: str) -> str:
    return " – ".join(dict.fromkeys(part for part in parts if part))


def _in_language(reports: list[Report], language: str) -> list[Report]:
    """Of each stage of each wave one report: in the reader's language, else in English."""
    chosen: dict[tuple[str, str], Report] = {}
    for report in reports:
        key = (report.wave, report.stage)
        if key not in chosen or report.language == language:
            chosen[key] = report
    return list(chosen.values())


def _home(reports: list[Report], language: str) -> Report:
    """The page the site's name leads to: the overview, or where there is none the first page."""
    return _in_language(reports, language)[0]


def _href(source: Report, target: Report) -> str:
    return ("../" if "/" in source.address else "") + target.address


def _link(source: Report, target: Report) -> dict[str, Any]:
    title = words.say(f"stage.{target.stage}", language=source.language)
    if target.language != source.language:
        title += f" ({words.say('page.in_english', language=source.language)})"
    purpose = words.say(f"purpose.{target.stage}", language=source.language)
    return {
        "href": _href(source, target),
        "title": title,
        "purpose": purpose,
        "stage": target.stage,
        "current": target == source,
    }


def _languages(report: Report, reports: list[Report]) -> list[dict[str, Any]]:
    same = [other for other in reports if (other.wave, other.stage) == (report.wave, report.stage)]
    return [
        {
            "href": _href(report, other),
            "code": other.language,
            "name": words.say(f"language.{other.language}", language=report.language),
            "current": other == report,
        }
        for other in same
    ]


def _groups(report: Report, reports: list[Report], titles: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    """All pages of the site, by wave, then the shared ones, then those for reference."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for other in _in_language(reports, report.language):
        group = "reference" if other.stage in reference.PAGES else other.wave
        groups.setdefault(group, []).append(_link(report, other))
    last = {ALL: "page.shared", "reference": "page.reference"}
    say = sayer(report.language)
    return [
        {"title": say(last[name]) if name in last else titles.get(name, {}).get(report.language, name), "links": links}
        for name, links in sorted(groups.items(), key=lambda group: [*last].index(group[0]) if group[0] in last else -1)
    ]


def _facts(report: Report, title: str) -> list[tuple[str, str, str]]:
    """What the footer says of the page: label, text, and for a hash its full form."""
    say = sayer(report.language)
    facts = report.facts
    code, inputs = (str(facts.get(key, "")) for key in ("code_sha256", "inputs_sha256"))
    licence = str(facts.get("licence", ""))
    parameters = ", ".join(f"{key} = {value}" for key, value in sorted(facts.get("parameters", {}).items()))
    cite = say("footer.cite.text", title=title, inputs=inputs[:12], code=code[:12])
    rows = [
        ("footer.wave", say("footer.wave.all") if report.wave == ALL else report.wave, ""),
        ("footer.stage", paths.stage_file(report.stage) if report.stage in paths.STAGE_NUMBERS else "", ""),
        ("footer.parameters", parameters, ""),
        ("footer.code", code[:12], code),
        ("footer.inputs", inputs[:12], inputs),
        ("footer.credit", str(facts.get("credit", "")), ""),
        ("footer.licence", say("footer.licence.text", licence=licence) if licence else say("footer.licence.code"), ""),
        ("footer.cite", cite, ""),
    ]
    return [(say(key), text, full) for key, text, full in rows if text]


def _policy(css: str, script: str) -> str:
    style, run = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (css, script))
    allowed = f"default-src 'none'; img-src data:; style-src 'sha256-{style}'; script-src 'sha256-{run}'; "
    return f"{allowed}base-uri 'none'; form-action 'none'"
