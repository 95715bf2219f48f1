"""An executed notebook as the body of a page: prose, folded code, tables and figures, and nothing that can run."""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape, unescape
from pathlib import Path
from typing import Any

from analysis.reports.display import words

# The media type of HTML that our own page helpers made: nothing else may say it is safe.
TRUSTED = "application/x-analysis-html"
TEMPLATES = Path(__file__).parent / "templates"
HIDDEN_TAGS = frozenset({"lab-only", "parameters", "injected-parameters"})

_TAGS = frozenset(
    "a abbr b blockquote br caption code col colgroup dd div dl dt em h3 h4 h5 h6 hr i li ol p pre s small span "
    "strong sub sup table tbody td tfoot th thead tr ul".split()
)
_ATTRIBUTES = {"a": {"href"}, "th": {"scope", "colspan", "rowspan"}, "td": {"colspan", "rowspan"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")
_KERNEL_PATH = re.compile(r"(?:/[\w.-]+)*/ipykernel_\d+/[\w.-]+")
_REGION = re.compile(r'role="region" aria-label="([^"]*)"')
_HEADING = re.compile(r"<h([23])((?:\s[^>]*)?)>(.*?)</h\1>", re.DOTALL)


def render(notebook: Any, *, facts: Mapping[str, Any]) -> str:
    """The page fragment of an executed notebook; its first line is a comment that holds `facts` and the contents.

    Cells tagged `lab-only` or `parameters` are left out, stderr is not shown. HTML that our own page helpers made is
    used as it is; any other HTML goes through an allow-list, Markdown and text are escaped.
    """
    language = str(facts["language"])
    exporter = _exporter(language)
    body, _ = exporter.from_notebook_node(_join_silent_cells(notebook))
    body, contents = _number_headings(_tell_regions_apart(body))
    return f"<!--{_json({**facts, 'contents': contents})}-->\n{body}"


def _join_silent_cells(notebook: Any) -> Any:
    """The notebook with code that shows nothing, such as imports, folded into the next code cell that does."""
    cells, waiting = [], []
    for cell in notebook.cells:
        if cell.cell_type != "code" or HIDDEN_TAGS & set(cell.metadata.get("tags", [])):
            cells.append(cell)
            continue
        waiting.append(cell)
        # What a library says on standard error is on no page, so it decides nothing here either.
        if any(output.get("name") != "stderr" for output in cell.outputs):
            cells.append(_joined(waiting))
            waiting = []
    cells += [_joined(waiting)] if waiting else []
    return type(notebook)({**notebook, "cells": cells})


def _joined(cells: list[Any]) -> Any:
    """The last of some code cells with the code of all."""
    return type(cells[-1])({**cells[-1], "source": "\n\n".join(cell.source for cell in cells)})


def parse(fragment: str) -> tuple[dict[str, Any], str]:
    """The facts and the body of a page fragment. Raises ValueError when its first line holds no facts."""
    first, _, body = fragment.partition("\n")
    if not (first.startswith("<!--") and first.endswith("-->")):
        raise ValueError("the fragment does not begin with its facts")
    return json.loads(first[4:-3]), body


def scrub(notebook: Any) -> Any:
    """A copy of an executed notebook without what differs between two runs of the same code on the same inputs.

    Goes: execution times, papermill's paths and clock (its parameters stay), versions of the interpreter, memory
    addresses, paths of the kernel, plain text beside a richer output, random ids of injected cells.
    """
    import nbformat

    copy = json.loads(json.dumps(notebook))
    parameters = copy["metadata"].pop("papermill", {}).get("parameters")
    if parameters is not None:
        copy["metadata"]["papermill"] = {"parameters": parameters}
    copy["metadata"].get("language_info", {}).pop("version", None)
    for number, cell in enumerate(copy["cells"]):
        for key in ("papermill", "execution"):
            cell["metadata"].pop(key, None)
        if "injected-parameters" in cell["metadata"].get("tags", []):
            cell["id"] = f"injected-{number}"
        for output in cell.get("outputs", []):
            _scrub_output(output)
    return nbformat.from_dict(copy)


def _scrub_output(output: dict[str, Any]) -> None:
    data = output.get("data", {})
    if len(data) > 1:
        data.pop("text/plain", None)
    for holder, keys in ((data, [k for k in data if k.startswith("text/")]), (output, ["text", "evalue"])):
        for key in keys:
            if isinstance(holder.get(key), str):
                holder[key] = _KERNEL_PATH.sub("kernel", _ADDRESS.sub("0x0", holder[key]))
    if "traceback" in output:
        output["traceback"] = []


@lru_cache(maxsize=len(words.LANGUAGES))
def _exporter(language: str) -> Any:
    from nbconvert.exporters.templateexporter import TemplateExporter

    exporter = TemplateExporter(raw_template=(TEMPLATES / "fragment.html.j2").read_text("utf-8"))
    environment = exporter.environment
    environment.filters.update(
        prose=_prose, show=lambda output: _show(output, language), highlight_code=_highlight, escape=escape
    )
    environment.tests["shown"] = lambda cell: not HIDDEN_TAGS & set(cell.metadata.get("tags", []))
    environment.globals["words"] = {
        "code": escape(words.say("page.code", language=language)),
        "error": escape(words.say("page.error", language=language)),
    }
    return exporter


def _show(output: Mapping[str, Any], language: str) -> str:
    """One output as HTML: the richest form that is safe to show."""
    data = output.get("data", {})
    if TRUSTED in data:
        return f"{data[TRUSTED]}\n"
    if "text/html" in data:
        return f'<div class="output" tabindex="0">{_clean(data["text/html"])}</div>\n'
    if "image/png" in data:
        meta = output.get("metadata", {}).get("image/png", {})
        alt = meta.get("alt") or words.say("image.undescribed", language=language)
        picture = re.sub(r"[^A-Za-z0-9+/=]", "", data["image/png"])
        return f'<img alt="{escape(alt)}" src="data:image/png;base64,{picture}">\n'
    if "text/markdown" in data:
        return f"{_prose(data['text/markdown'])}\n"
    if "text/plain" in data:
        return f'<pre class="output" tabindex="0">{escape(data["text/plain"])}</pre>\n'
    return ""


def _clean(markup: str) -> str:
    import nh3

    return nh3.clean(markup, tags=set(_TAGS), attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None)


def _prose(source: str) -> str:
    """Markdown as HTML; HTML in it is shown as text, and a link that could run something is its text only."""
    import nh3

    # The page has one h1, its title, so a notebook's own becomes a section.
    markup = re.sub(r"<(/?)h1>", r"<\1h2>", str(_markdown()(source)))
    markup = re.sub(r'<a href="#harmful-link"[^>]*>(.*?)</a>', r"\1", markup, flags=re.DOTALL)
    return nh3.clean(markup, tags=set(_TAGS) | {"h2"}, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None)


@lru_cache(maxsize=1)
def _markdown() -> Any:
    import mistune

    return mistune.create_markdown(escape=True, plugins=["table"])


def _highlight(source: str) -> str:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers.python import PythonLexer

    return highlight(source, PythonLexer(), HtmlFormatter(nowrap=True)).rstrip("\n")


def _tell_regions_apart(body: str) -> str:
    """Number the labels of scrolling regions that stand on the page more than once, as two tables of one caption."""
    seen: dict[str, int] = {}

    def label(match: re.Match[str]) -> str:
        text = match.group(1)
        seen[text] = seen.get(text, 0) + 1
        return match.group(0) if seen[text] == 1 else f'role="region" aria-label="{text} ({seen[text]})"'

    return _REGION.sub(label, body)


def _number_headings(body: str) -> tuple[str, list[dict[str, str]]]:
    """Give every heading an id of its own, also where one key heads two parts, and list those of sections."""
    taken: set[str] = set(re.findall(r'\sid="([^"]+)"', body))
    given: set[str] = set()
    contents: list[dict[str, str]] = []

    def identify(match: re.Match[str]) -> str:
        level, attributes, inner = match.groups()
        text = unescape(re.sub(r"<[^>]+>", "", inner)).strip()
        known = re.search(r'\sid="([^"]+)"', attributes)
        wanted = known.group(1) if known else text
        identifier = wanted if known and wanted not in given else _fresh(wanted, taken)
        given.add(identifier)
        if level == "2":
            contents.append({"id": identifier, "text": text})
        return f'<h{level} id="{identifier}">{inner}</h{level}>'

    return _HEADING.sub(identify, body), contents


def _fresh(text: str, taken: set[str]) -> str:
    stem = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "section"
    candidate, number = stem, 1
    while candidate in taken:
        number += 1
        candidate = f"{stem}-{number}"
    taken.add(candidate)
    return candidate


def _json(facts: Mapping[str, Any]) -> str:
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("--", "\\u002d\\u002d")
