"""What the rules found in the printed figures: sentences, contradictions with their arithmetic, and counts by rule."""

import re
from pathlib import Path

import pandas as pd

from analysis import paths
from analysis.evidence.checks.findings import INCONSISTENT, ROUNDING, SEVERITIES, UNTESTABLE, VERDICTS
from analysis.evidence.published import PublishedResult
from analysis.reports.display.csv_files import write_csv
from analysis.reports.display.page import Page
from analysis.reports.display.trail import pick

SHOWN = {
    INCONSISTENT: ["about", "arithmetic", "correction", "severity", "place"],
    ROUNDING: ["about", "arithmetic", "place"],
}
PLACE = re.compile(r"L\d|p\.")  # lines of a text copy, or pages


def show_findings(page: Page, result: PublishedResult) -> None:
    """What was found, in sentences: how many figures and rules, how many contradictions, and which are serious."""
    findings = result.findings
    count = {verdict: int((findings["verdict"] == verdict).sum()) for verdict in VERDICTS}
    wrong = findings[findings["verdict"] == INCONSISTENT]
    page.say(
        "findings.opening",
        n=len(result.data),
        reports=len(result.tables),
        rules=findings["rule"].nunique(),
        cases=len(findings),
    )
    page.say("findings.inconsistent", n=count[INCONSISTENT], figures=len(_figures(wrong)))
    by_severity = {severity: int((wrong["severity"] == severity).sum()) for severity in SEVERITIES}
    page.say("findings.severity", **by_severity)
    for _, row in wrong[wrong["severity"] == SEVERITIES[0]].iterrows():
        page.say("findings.serious", place=_place(page, row), about=row["about"], arithmetic=row["arithmetic"])
    page.say("findings.rounding", n=count[ROUNDING])
    page.say("findings.untestable", n=count[UNTESTABLE], tested=len(findings) - count[UNTESTABLE])
    page.callout("findings.nothing_repaired")


def show_contradictions(page: Page, result: PublishedResult) -> None:
    """The contradictions, each with its arithmetic, then what only rounding makes look like one."""
    for verdict, name in ((INCONSISTENT, "contradictions"), (ROUNDING, "rounding")):
        rows = result.findings[result.findings["verdict"] == verdict].reset_index(drop=True)
        shown = rows.assign(place=[_place(page, row) for _, row in rows.iterrows()])[SHOWN[verdict]]
        page.table(
            shown,
            name=name,
            caption=page.text(f"findings.{name}.caption"),
            labels=page.labels("findings.column", shown.columns),
            source=page.text("published.source"),
            note=page.text(f"findings.{name}.note"),
            records=pick(result.estimates, item=_figures(rows), mode=""),
        )


def show_rules(page: Page, result: PublishedResult) -> None:
    """The rules: what each asks, how many cases it judged, with which verdict; cases that cannot be tested included."""
    counts = pd.crosstab(result.findings["rule"], result.findings["verdict"]).reindex(columns=VERDICTS, fill_value=0)
    table = counts.sort_values([INCONSISTENT, ROUNDING], ascending=False, kind="stable").reset_index()
    asks = [page.text(f"findings.asks.{rule}") for rule in table["rule"]]
    table.insert(1, "asks", asks)
    table["rule"] = [page.text(f"findings.rule.{rule}") for rule in table["rule"]]
    table.columns = pd.Index([str(column).replace(" ", "_") for column in table.columns])
    page.table(
        table,
        name="rules",
        caption=page.text("findings.rules.caption"),
        labels=page.labels("findings.column", table.columns),
        source=page.text("published.source"),
        base=page.text("findings.rules.base", n=len(result.findings)),
        note=page.text("findings.rules.note"),
    )


def show_untestable(page: Page, result: PublishedResult) -> None:
    """Why cases cannot be tested: how many of each rule, by reason."""
    rows = result.findings[result.findings["verdict"] == UNTESTABLE]
    counts = rows.groupby(["rule", "because"]).size().rename("cases").reset_index()
    counts = counts.sort_values("cases", ascending=False, kind="stable", ignore_index=True)
    page.table(
        counts.assign(rule=[page.text(f"findings.rule.{rule}") for rule in counts["rule"]]),
        name="untestable",
        caption=page.text("findings.untestable.caption"),
        labels=page.labels("findings.column", counts.columns),
        source=page.text("published.source"),
        base=page.text("findings.rules.base", n=len(rows)),
    )


def show_sizes(page: Page, result: PublishedResult) -> None:
    """The group sizes that Sweden's first table implies, beside the frame: derived, then confirmed."""
    sizes = result.sizes
    if sizes.empty:
        return
    first, second = sizes.columns[-2:]
    derived = sizes["derived"].dropna()
    page.say("findings.sizes.text", groups=len(sizes), possible=", ".join(f"({text})" for text in sizes["possible"]))
    if len(derived):
        page.say("findings.sizes.derived", sizes=", ".join(str(n) for n in derived), total=int(derived.sum()))
        for date in (first, second):
            key = "same" if (sizes["derived"] == sizes[date]).all() else "other"
            page.say(f"findings.sizes.{key}", date=date, sizes=", ".join(str(n) for n in sizes[date]))
    page.table(
        sizes,
        name="group_sizes",
        caption=page.text("findings.sizes.caption"),
        formats={"share": "printed", "possible": "printed"},
        labels={
            **page.labels("findings.sizes.column", sizes.columns[:-2]),
            **{date: page.text("findings.sizes.frame", date=date) for date in (first, second)},
        },
        source=page.text("findings.sizes.source"),
    )


def keep_findings(result: PublishedResult) -> None:
    """Write every finding to `outputs/published_findings.csv`, where the stage that runs puts its files."""
    write_csv(result.findings, findings_file(base=paths.staging()))


def findings_file(*, base: Path | None = None) -> Path:
    """The table of all findings."""
    return paths.estimates(base=base).with_name("published_findings.csv")


def _figures(findings: pd.DataFrame) -> set[str]:
    """The figures that some findings concern."""
    return {figure for figures in findings["figures"] for figure in figures.split("; ")}


def _place(page: Page, finding: pd.Series) -> str:
    """The report and the lines or pages in it, without the headings that stand there."""
    reports = [page.text(f"published.report.{source}").partition(":")[0] for source in finding["source"].split("; ")]
    places = [place for place in finding["where"].split("; ") if PLACE.match(place)]
    return f"{'; '.join(reports)}, {'; '.join(places) or finding['where']}"
