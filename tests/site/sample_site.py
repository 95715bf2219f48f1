"""A small made-up site with every page kind and every thing a page can show; nothing in it is about a real unit."""

from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd
import pytest

from analysis.inputs.decisions import read_decisions
from analysis.inputs.glossary import read_glossary
from analysis.reports import site
from analysis.reports.display import charts, render, words
from analysis.reports.display.page import Page
from analysis.reports.reference_data import Sources
from analysis.survey.estimates import COLUMNS
from tests.site.payloads import PAYLOADS, TURNED

HOSTILE = '<script>document.title="run"</script><img src=x onerror="document.title=1">[a](javascript:alert(1)) =1+1'
WAVES = {
    "no-web-2013": {"en": "Websites 2013", "nb": "Nettsteder 2013", "sv": "Webbplatser 2013"},
    "no-2017": {"en": "Survey 2017", "nb": "Undersøkelse 2017", "sv": "Undersökning 2017"},
    "no-2012": dict.fromkeys(("en", "nb", "sv"), "".join(PAYLOADS[:8])),
}
# stage, wave, languages, state
PAGES = (
    ("overview", "all", ("en", "nb", "sv"), "real"),
    ("published", "all", (), "printed"),
    ("cleaning", "no-web-2013", (), "real"),
    ("results", "no-web-2013", ("en", "nb", "sv"), "real"),
    ("results", "no-2017", ("en", "nb", "sv"), "synthetic"),
    ("indicators", "no-2012", (), "real"),
)
# How often the page of the hostile wave shows each of its texts.
PLACES = 12


def make(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Build the sample site under `folder` and return its folder."""
    monkeypatch.setenv("ANALYSIS_STAGING", str(folder))
    reports = []
    for stage, wave, languages, state in PAGES:
        for language in languages or ("en",):
            facts = {
                "stage": stage,
                "wave": wave,
                "language": language,
                "languages": list(languages),
                "parameters": {"wave": wave, "language": language},
                "state": state,
                "code_sha256": "c" * 64,
                "inputs_sha256": "1" * 64,
                "licence": "open to all",
                "credit": "Made up",
            }
            notebook = _notebook(Page(stage=stage, wave=wave, language=language, state=state), monkeypatch)
            reports.append(site.Report(*render.parse(render.render(render.scrub(notebook), facts=facts))))
    target = folder / "site"
    tables = folder / "outputs" / "tables"
    site.build(reports, target=target, tables=tables, titles=WAVES, class_of=class_of, sources=sources())
    return target


def class_of(stage: str, wave: str) -> str:
    """Every page of the sample may be seen by everybody."""
    return "public"


def sources() -> Sources:
    """The project's own decision records and glossary, and three made-up numbers, one of each kind."""
    kinds = (("no-web-2013", "observed", "0.63"), ("no-2017", "printed", "0.4"), ("no-2017", "synthetic", "0.5"))
    rows = [
        dict.fromkeys(COLUMNS, "") | {"estimate_id": f"{wave}:{source}", "wave": wave, "source": source, "point": point}
        for wave, source, point in kinds
    ]
    return Sources(
        open_waves=frozenset({"no-web-2013"}),
        numbers={"confidence": 0.95, "small_base": 10, "min_share": 0.5},
        estimates=tuple(rows),
        findings=({"rule": "sum", "about": HOSTILE},),
        decisions=read_decisions(),
        glossary=read_glossary(),
        units={
            "no-web-2013": pd.DataFrame({"code": ["0101", "0104"], "total": [68, None], "name": [HOSTILE, "=1+1"]}),
            "no-2017": pd.DataFrame({"code": ["SYN-1"], "answer": [1]}),
        },
        labels={"no-web-2013": {"total": "All points"}},
        credits={
            "no-web-2013": (dict.fromkeys(words.LANGUAGES, "Made up"), dict.fromkeys(words.LANGUAGES, "open")),
            "no-2017": (dict.fromkeys(words.LANGUAGES, HOSTILE), dict.fromkeys(words.LANGUAGES, HOSTILE)),
        },
    )


def _notebook(page: Page, monkeypatch: pytest.MonkeyPatch) -> Any:
    shown: list[dict[str, str]] = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    v4 = nbformat.v4
    if page.wave == "no-2012":
        _hostile(page)
        cell = v4.new_code_cell("page", outputs=[v4.new_output("display_data", data=data) for data in shown])
        return v4.new_notebook(cells=[cell])
    page.heading(f"stage.{page.stage}")
    page.say("base.municipality_of", n=428, all=430)
    page.callout(f"purpose.{page.stage}")
    _figures(page)
    page.heading("stage.indicators")
    _tables(page)
    outputs = [v4.new_output("display_data", data=data) for data in shown]
    hostile = v4.new_output("execute_result", data={"text/html": f"<table><tr><td>{HOSTILE}</td></tr></table>"})
    code = "page = Page(stage='results', wave=wave)  # what follows\nresult = run(wave, level=0.95)\n"
    return v4.new_notebook(
        cells=[
            v4.new_markdown_cell(f"Some *prose* with a link that is harmful: {HOSTILE}"),
            v4.new_code_cell("wave = 'x'", metadata={"tags": ["parameters"]}),
            v4.new_code_cell(code, outputs=[*outputs, hostile, v4.new_output("stream", text=HOSTILE)]),
        ]
    )


def _hostile(page: Page) -> None:
    """Every payload in each of the PLACES where a page shows text that came with a survey."""
    everything = "".join(PAYLOADS)
    page.heading("comparison.beside.caption", concept=everything)
    page.callout("comparison.beside.caption", concept=everything)
    page.say("comparison.beside.caption", concept=TURNED)
    for number, text in enumerate(PAYLOADS):
        page.subheading("comparison.beside.caption", anchor=str(number), concept=text)
        page.sentences([text])
        page.table(
            pd.DataFrame({"unit": [text, TURNED], "answer": [text, TURNED]}),
            name=f"hostile_{number}",
            caption=text,
            labels={"answer": text},
            source=text,
            base=text,
            note=text,
            folded=number % 2 == 1,
        )
    labels = pd.DataFrame({"label": PAYLOADS, "value": 1.0})
    page.figure(
        charts.bars(labels), name="hostile", title=everything, alt=everything, data=labels,
        source="hostile texts", base="none",
    )  # fmt: skip


def _figures(page: Page) -> None:
    random = np.random.default_rng(1)
    shares = pd.Series(random.beta(5, 3, size=428), name="share")
    common: dict[str, Any] = {"source": "made-up scores", "base": "428 of 430 municipalities"}
    per_cent = lambda number: f"{number * 100:.0f}%"  # noqa: E731
    drawn = {
        "histogram": charts.histogram(
            shares, bins=np.arange(0, 1.01, 0.05), xlabel="Share of points", ylabel="Municipalities",
            xformat=per_cent, mark=(float(shares.median()), "median 63%"),
        ),
        "bars": charts.bars(pd.DataFrame({"label": ["Six stars", "Five stars", "None"], "value": [210, 61, 9]})),
        "dots": charts.dot_intervals(
            pd.DataFrame(
                {
                    "label": ["Fewer than 2,000 inhabitants", "2,000 to 9,999", "10,000 or more"],
                    "point": [0.41, 0.55, 0.71], "lo": [0.36, 0.5, 0.66], "hi": [0.46, 0.6, 0.76],
                    "bound_lo": [0.3, 0.45, 0.6], "bound_hi": [0.6, 0.7, 0.8], "n": [91, 230, 107],
                }
            ),
            xlabel="Share of municipalities", limits=(0, 1), xformat=per_cent,
            names=("estimate", "95% interval", "lowest and highest possible"),
        ),
        "heat": charts.heat(
            pd.DataFrame([[80, 20, 5], [15, 120, 30], [2, 25, 131]], index=["low", "middle", "high"],
                         columns=["low", "middle", "high"]), xlabel="Third in 2013", ylabel="Third in 2011",
        ),
        "panels": charts.small_multiples(
            {"2010": shares, "2011": shares**2, "2013": shares**0.5}, bins=np.arange(0, 1.01, 0.05),
            xlabel="Share of points", ylabel="Municipalities", xformat=per_cent,
        ),
    }  # fmt: skip
    # Every kind of chart in English; the other languages differ in their words only.
    for name, figure in list(drawn.items())[: None if page.language == "en" else 1]:
        page.figure(
            figure, name=name, title=f"Half of the municipalities reach 63% ({name})",
            alt="Chart that shows that half reach 63%.", data=shares.to_frame(), **common,
        )  # fmt: skip


def _tables(page: Page) -> None:
    frame = pd.DataFrame(
        {
            "group": ["Fewer than 2,000", HOSTILE, "10,000 or more with a long name"],
            "n": pd.array([91, None, 107], dtype="Int64"),
            "share": [0.414, 0.5549, None],
            "difference": [-0.043, 0.09, 0.0],
            "inhabitants": [123456, 2345678, 0],
            "interval": ["36 to 46", "50 to 60", "66 to 76"],
        }
    )
    page.table(
        frame,
        name="by_size",
        caption=f"Share by size {HOSTILE}",
        formats={"share": "percent", "difference": "signed_points", "interval": "printed"},
        labels={"group": "Inhabitants", "difference": "Difference (percentage points)"},
        source="made-up scores",
        base="428 municipalities",
        note=HOSTILE,
    )
    page.table(frame.head(0), name="nothing", caption="Nothing to show", source="made-up scores")
