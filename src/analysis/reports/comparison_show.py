"""Differences of printed figures on the page: the chart, the verdicts, and how each difference is reckoned."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.evidence.comparison import ComparisonResult
from analysis.inputs.concepts import Family
from analysis.reports import comparison_charts
from analysis.reports import comparison_text as text
from analysis.reports.display import words
from analysis.reports.display.page import Page
from analysis.reports.display.trail import pick


def show_differences(page: Page, result: ComparisonResult) -> None:
    """The pairs that may be subtracted, a chart and a table of verdicts for each family of tests."""
    for family, rows in _families(result):
        years = _years(rows)
        page.subheading("comparison.subject", anchor=family.family, title=_title(family, page.language))
        _chart(page, result, rows, family)
        found = rows.sort_values("difference", ascending=False)
        table = pd.DataFrame(
            {
                "what": [result.concepts.title(concept, page.language) for concept in found["concept"]],
                "difference": found["difference"].to_list(),
                "ci": ranges(page, found, "ci"),
                "verdict": [page.text(f"comparison.verdict.{verdict}") for verdict in found["verdict"]],
                "first": found["first"].to_list(),
                "second": found["second"].to_list(),
                "bounds": ranges(page, outwards(found), "bound"),
                "p": p_values(page, found["p_adjusted"]),
            }
        )
        labels = {
            column: page.text(f"comparison.d.{column}") for column in table.columns.difference(["first", "second"])
        }
        labels |= {place: page.text("comparison.d.first", year=years[key]) for place, key in _PLACES.items()}
        page.table(
            table,
            name=f"differences_{family.family}",
            caption=page.text("comparison.diff.caption", title=_title(family, page.language)),
            formats={"first": "printed", "second": "printed", "difference": "signed_points"},
            labels=labels,
            source=text.sources(page, result, found[["first_figure", "second_figure"]].to_numpy().ravel()),
            base=_base(page, rows),
            note=_note(page, result, rows, family),
            records=_records(result, rows, category=("", "p adjusted")),
        )


def show_reckoning(page: Page, result: ComparisonResult) -> None:
    """For each pair the ratio, the effect size, the worst case and the arithmetic behind the difference."""
    for family, rows in _families(result):
        found = rows.sort_values("difference", ascending=False)
        table = pd.DataFrame(
            {
                "what": [result.concepts.title(concept, page.language) for concept in found["concept"]],
                "ratio": [_ratio(page, row) for row in found.to_dict("records")],
                "h": found["cohen_h"].to_list(),
                "worst": ranges(page, found, "worst"),
                "verdict_worst": [page.text(f"comparison.verdict.{verdict}") for verdict in found["verdict_worst"]],
                "tost": ranges(page, found, "tost"),
                "raw": p_values(page, found["p"]),
            }
        )
        source = text.sources(page, result, found[["first_figure", "second_figure"]].to_numpy().ravel())
        page.table(
            table,
            name=f"reckoning_{family.family}",
            folded=True,
            caption=page.text("comparison.diff.detail", title=_title(family, page.language)),
            formats={"h": "number2"},
            labels=page.labels("comparison.d", table.columns),
            source=source,
            note=page.text("comparison.diff.detail.note"),
            records=_records(result, rows, category="*"),
        )
        sums = table[["what"]].assign(arithmetic=[_arithmetic(page, row) for row in found.to_dict("records")])
        page.table(
            sums,
            name=f"arithmetic_{family.family}",
            folded=True,
            caption=page.text("comparison.diff.sums", title=_title(family, page.language)),
            labels=page.labels("comparison.d", sums.columns),
            source=source,
            records=_records(result, rows, category=""),
        )


def show_margins(page: Page, result: ComparisonResult) -> None:
    """How many differences get which verdict under the limit in force and under others."""
    if result.differences.empty:
        return
    verdicts = result.margins.columns.drop("margin")
    labels = {"margin": page.text("comparison.d.margin")}
    page.table(
        result.margins,
        name="margins",
        caption=page.text("comparison.margins.caption"),
        formats={"margin": "points"},
        labels=labels | {verdict: page.text(f"comparison.verdict.{verdict}") for verdict in verdicts},
        source=page.text("comparison.grading.source"),
        note=page.text("comparison.margins.note"),
        records=pick(result.estimates, item="verdicts"),
    )


def show_response(page: Page, result: ComparisonResult) -> None:
    """How many answered in each round, of how many."""
    rows = result.response
    answered = [text.count_range(row["k_lo"], row["k_hi"], page.language) for row in rows.to_dict("records")]
    table = pd.DataFrame(
        {
            "round": [text.round_name(wave, page.language) for wave in rows["wave"]],
            "answered": answered,
            "units": rows["units"],
            "share": rows["point"],
        }
    )
    labels = {column: page.text(f"comparison.r.{column}") for column in ("answered", "units", "share")}
    page.table(
        table,
        name="response",
        caption=page.text("comparison.response.caption"),
        formats={"answered": "printed", "share": "percent"},
        labels=labels | {"round": page.text("comparison.b.round")},
        source=text.sources(page, result, rows["figure"]),
        note=page.text("comparison.response.note"),
        records=pick(result.estimates, item="response", estimate_type="level"),
    )


def ranges(page: Page, rows: pd.DataFrame, name: str) -> list[str]:
    """The interval or bounds called `name` of each row, in words (percentage points)."""
    ends = zip(rows[f"{name}_lo"], rows[f"{name}_hi"], strict=True)
    return [page.text("comparison.range", lo=low, hi=high) for low, high in ends]


def outwards(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with their bounds (shares) moved outwards to whole percentage points."""
    low, high = (np.round(100 * rows[end], 9) for end in ("bound_lo", "bound_hi"))
    return rows.assign(bound_lo=np.floor(low) / 100, bound_hi=np.ceil(high) / 100)


def p_values(page: Page, values: Sequence[float] | pd.Series) -> list[str]:
    """p values as text; very small ones only as below a thousandth."""
    small = page.text("comparison.p.small")
    return [small if p < 0.001 else words.format_value(p, "number3", language=page.language) for p in values]


_PLACES = {"first": "first", "second": "last"}
CHARTED = "concept reference_wave wave first second difference ci_lo ci_hi bound_lo bound_hi verdict".split()


def _families(result: ComparisonResult) -> list[tuple[Family, pd.DataFrame]]:
    """The families of tests with their rows; none where nothing may be subtracted."""
    if result.differences.empty:
        return []
    rows = {str(name): part for name, part in result.differences.groupby("family")}
    return [(family, rows[family.family]) for family in result.concepts.families if family.family in rows]


def _records(result: ComparisonResult, rows: pd.DataFrame, *, category: str | tuple[str, ...]) -> pd.DataFrame:
    """The estimate records of some differences, their ratios and tests."""
    kinds = ("difference", "ratio", "diagnostic")
    waves = {name: rows[name].unique() for name in ("wave", "reference_wave")}
    return pick(result.estimates, item=rows["concept"], estimate_type=kinds, category=category, **waves)


def _chart(page: Page, result: ComparisonResult, rows: pd.DataFrame, family: Family) -> None:
    found = rows.sort_values("difference", ascending=False)
    names = [result.concepts.title(concept, page.language) for concept in found["concept"]]
    drawn = pd.DataFrame(
        {
            "label": names,
            "point": found["difference"].to_list(),
            "lo": found["ci_lo"].to_list(),
            "hi": found["ci_hi"].to_list(),
            "bound_lo": found["bound_lo"].to_list(),
            "bound_hi": found["bound_hi"].to_list(),
            "text": [words.format_value(d, "signed_points", language=page.language) for d in found["difference"]],
        }
    )
    years, top = _years(rows), found.iloc[0]
    verdicts = found["verdict"].value_counts()
    higher = int((found["verdict"].isin(text.FOUND) & (found["difference"] > 0)).sum())
    counts = {"n": len(found), "k": higher, "u": int(verdicts.get("undecided", 0))}
    largest = {"d": top["difference"], "lo": top["ci_lo"], "hi": top["ci_hi"]}
    keys = ("point", "ci", "bounds")
    legend = tuple(page.text(f"comparison.diff.names.{key}") for key in keys)
    page.figure(
        comparison_charts.differences(
            drawn,
            margin=family.margin,
            xlabel=page.text("comparison.diff.axis", **years),
            names=(legend[0], legend[1], legend[2]),
            language=page.language,
        ),
        name=f"chart_{family.family}",
        title=page.text("comparison.diff.title", **counts, **years),
        alt=page.text("comparison.diff.alt", n=len(found), what=names[0], **largest, **years),
        data=found[CHARTED],
        source=text.sources(page, result, found[["first_figure", "second_figure"]].to_numpy().ravel()),
        base=_base(page, rows),
        note=page.text("comparison.diff.note", c=result.confidence, margin=family.margin),
        records=_records(result, rows, category=""),
    )


def _title(family: Family, language: str) -> str:
    return str(getattr(family, f"title_{language}"))


def _years(rows: pd.DataFrame) -> dict[str, str]:
    first = rows.iloc[0]
    return {"first": text.year(first["reference_wave"]), "last": text.year(first["wave"])}


def _base(page: Page, rows: pd.DataFrame) -> str:
    first = rows.iloc[0]
    return page.text("comparison.diff.base", a=first["first_n"], b=first["second_n"], n=first["units"])


def _note(page: Page, result: ComparisonResult, rows: pd.DataFrame, family: Family) -> str:
    first = rows.iloc[0]
    grade = result.concepts.grade(first["concept"], first["wave"], first["reference_wave"])
    method = page.text(f"comparison.method.{family.method}")
    reason = result.concepts.reason(grade, page.language)
    return page.text("comparison.diff.table.note", n=len(rows), method=method, reason=reason)


def _arithmetic(page: Page, row: dict[Any, Any]) -> str:
    """How the difference and its standard error come from the printed figures and the counts behind them."""
    language = page.language
    counts = {
        place: text.count_range(row[f"{place}_k_lo"], row[f"{place}_k_hi"], language) for place in ("first", "second")
    }
    return page.text(
        "comparison.diff.sum",
        b=row["second"],
        a=row["first"],
        d=row["difference"],
        k=counts["second"],
        n=row["second_n"],
        j=counts["first"],
        m=row["first_n"],
        lo=row["rounding_lo"],
        hi=row["rounding_hi"],
        fewest=row["shared_lo"],
        most=row["shared_hi"],
        units=row["units"],
        se=row["se"],
        se_lo=row["se_lo"],
        se_hi=row["se_hi"],
    )


def _ratio(page: Page, row: dict[Any, Any]) -> str | None:
    if pd.isna(row["ratio"]):
        return None
    return page.text("comparison.range.ratio", r=row["ratio"], lo=row["ratio_lo"], hi=row["ratio_hi"])
