"""The stage `published`: what the reports print, checked figure by figure, as findings and as readable tables."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from analysis.evidence.aggregates.records import AggregatesResult
from analysis.evidence.checks.frame_sizes import size_table
from analysis.evidence.checks.rules import check
from analysis.inputs.register import DECIMALS, SHARES, Register, load_register
from analysis.inputs.relations import Relations, load_relations
from analysis.survey import estimates
from analysis.survey.counts import counts_for_percent, rounding_interval

EXACT_BASES = ("printed", "frame")
BASES = {
    "printed": "printed",
    "assumed": "assumed",
    "upper_bound": "at most",
    "frame": "units asked",
    "other_unit": "units, but not what the share is of",
    "": "none stated",
}
STATISTICS = {
    "percent": "Percentages",
    "share_text": "Shares in words",
    "count": "Counts",
    "mean": "Means and scores",
    "money": "Amounts of money",
}
MEASURES = {"percent": "share", "share_text": "share", "count": "count", "mean": "mean", "money": "amount"}


@dataclass(frozen=True)
class PublishedResult:
    """What the reports print: `reports`, `tables` and `claims` to be shown, `data` and `estimates` to keep.

    `data` has one row a figure with `count_lowest`, `count_highest` and the shares (0 to 1) they make of the base.
    `tables` holds the same figures as text, by source id and then by subject. `findings` has one row for each case
    that a rule judged, `sizes` one for each group of municipalities whose number was derived from printed figures.
    """

    reports: pd.DataFrame
    tables: dict[str, dict[str, pd.DataFrame]]
    findings: pd.DataFrame
    sizes: pd.DataFrame
    claims: pd.DataFrame
    data: pd.DataFrame
    estimates: pd.DataFrame


def run(register: Register | None = None, *, relations: Relations | None = None) -> PublishedResult:
    """The stage over all waves, from the register and the relations on disk unless they are given.

    Raises InputError in one sentence when the register or the relations on disk are malformed.
    """
    register = register or load_register()
    relations = relations or load_relations(register.figures)
    figures = with_counts(register.figures)
    return PublishedResult(
        reports=summarise(register),
        tables=readable(figures),
        findings=check(register.figures, relations),
        sizes=size_table(register.figures, relations),
        claims=readable_claims(register),
        data=figures,
        estimates=to_estimates(figures),
    )


def with_inference(result: PublishedResult, carried: AggregatesResult) -> PublishedResult:
    """The stage's result with the estimates that the printed figures carry beside the figures themselves."""
    return replace(result, estimates=pd.concat([result.estimates, carried.estimates], ignore_index=True))


def with_counts(figures: pd.DataFrame) -> pd.DataFrame:
    """The figures with the lowest and highest count of base units behind each, and the shares (0 to 1) these make.

    Percentages printed as numerals: all k with 100k/base rounding half up to the printed value. Counts: the count
    itself. The counts rest on `base_n` as it stands, whatever `base_status` says of it; they are missing without a
    base, for a base in another unit, for words and limits, and where no whole number fits.
    """
    counted = [_counts(row) for row in _rows(figures)]
    counts = pd.DataFrame(counted, columns=["count_lowest", "count_highest"], index=figures.index).astype("Int64")
    return figures.assign(
        **counts,
        share_lowest=(counts["count_lowest"] / figures["base_n"]).astype("float64"),
        share_highest=(counts["count_highest"] / figures["base_n"]).astype("float64"),
    )


def summarise(register: Register) -> pd.DataFrame:
    """One row a report: what it is, how many figures by kind, with and without base, and the range of percentages.

    The lowest and highest percentage are those printed as numerals, in percent; missing where there are none.
    """
    figures = register.figures
    rows = []
    for source in _rows(register.sources):
        own = figures[figures["source_id"] == source["source_id"]]
        numerals = own.loc[(own["statistic"] == "percent") & own["precision"].isin(DECIMALS), "number"]
        based = int(own["base_n"].notna().sum())
        rows.append(
            {
                "Report": source["title"],
                "Publisher": source["publisher"],
                "Year": int(source["year"]),
                "Waves": source["waves"],
                "Figures": len(own),
                **{label: int((own["statistic"] == key).sum()) for key, label in STATISTICS.items()},
                "With a base": based,
                "Without a base": len(own) - based,
                "No number printed": int(own["number"].isna().sum()),
                "Lowest percentage": numerals.min(),
                "Highest percentage": numerals.max(),
                "Claims in words": int((register.claims["source_id"] == source["source_id"]).sum()),
            }
        )
    return pd.DataFrame(rows)


def readable(figures: pd.DataFrame) -> dict[str, dict[str, pd.DataFrame]]:
    """The figures (with their counts) as tables of text, by source id and subject, in the order of the register.

    Shares carry their percent sign; a cell without a number says why. Columns in which a table has nothing are left
    out.
    """
    shown = _show(figures)
    tables: dict[str, dict[str, pd.DataFrame]] = {str(source): {} for source in sorted(figures["source_id"].unique())}
    for (source, domain), rows in shown.groupby([figures["source_id"], figures["domain"]], sort=False):
        table = rows.reset_index(drop=True)
        tables[str(source)][_subject(str(domain))] = table.loc[:, (table != "").any()].replace("", "none")
    return tables


def readable_claims(register: Register) -> pd.DataFrame:
    """The claims in words as a table of text, in the order of the register."""
    claims = register.claims
    return pd.DataFrame(
        {
            "Report": claims["source_id"],
            "Wave": claims["wave"],
            "Subject": [_subject(domain) if domain else "not by subject" for domain in claims["domain"]],
            "Kind": claims["kind"],
            "Claim": claims["claim_en"],
            "Can be tested by": claims["testable_as"].replace("", "not stated"),
            "Where": claims["source_locator"],
        }
    )


def to_estimates(figures: pd.DataFrame) -> pd.DataFrame:
    """One estimate record a figure that has a number, source `printed`; shares 0 to 1, other measures as printed.

    `base` names what the number counts or is a share of. `n_answered` is the base, or `n_frame` where the base is the
    units asked. `k` is given where one count only is possible on an exact base, or a count is printed. `bound_lo` and
    `bound_hi` are the ends of what is rounded to the printed value (flag `rounding_bounds`): they hold nothing about
    nonresponse. Words and limits have no point, and say so in `flags`; nothing is inferred, so there is no interval.
    """
    numbered = figures[figures["number"].notna()]
    return estimates.records(
        map(_estimate, _rows(numbered)), estimate_type="level", source="printed", stage="published"
    )


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def _counts(row: Mapping[str, Any]) -> tuple[int | None, int | None]:
    if pd.isna(row["base_n"]) or row["base_status"] == "other_unit" or row["precision"] not in DECIMALS:
        return None, None
    if row["statistic"] == "count":
        return int(row["value"]), int(row["value"])
    if row["statistic"] not in SHARES:
        return None, None
    found = counts_for_percent(row["value"], base=int(row["base_n"]), decimals=DECIMALS[row["precision"]])
    return (found[0], found[-1]) if found else (None, None)


def _estimate(row: Mapping[str, Any]) -> dict[str, Any]:
    numeral = row["precision"] in DECIMALS
    share = row["statistic"] in SHARES
    exact = row["base_status"] in EXACT_BASES
    scale = re.fullmatch(r"score on 0-(\d+) scale", row["unit"])
    unique = pd.notna(row["count_lowest"]) and row["count_lowest"] == row["count_highest"]
    low, high = _bounds(row) if numeral else (None, None)
    base = None if pd.isna(row["base_n"]) else int(row["base_n"])
    return {
        "wave": row["wave"],
        "item": row["figure_id"],
        "module": row["domain"],
        "category": row["answer_category"],
        "subset": row["group"],
        "estimand": "R" if share and row["base_status"] not in ("", "frame") else "",
        "base": row["unit"],
        "n_frame" if row["base_status"] == "frame" else "n_answered": base,
        "k": row["count_lowest"] if unique and (exact or row["statistic"] == "count") else None,
        "point": None if not numeral else row["number"] / 100 if share else row["number"],
        "measure": "index" if scale else MEASURES[row["statistic"]],
        "scale_max": int(scale[1]) if scale else None,
        "bound_lo": low,
        "bound_hi": high,
        "flags": ";".join(_flags(row, bounded=low is not None)),
        "source_ref": row["figure_id"],
    }


def _bounds(row: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """The ends of what is rounded to the printed value: shares 0 to 1, other measures as printed, none for counts."""
    if row["statistic"] == "count":
        return None, None
    low, high = rounding_interval(row["value"], decimals=DECIMALS[row["precision"]])
    if row["statistic"] not in SHARES:
        return float(low), float(high)
    return max(float(low / 100), 0.0), min(float(high / 100), 1.0)


def _flags(row: Mapping[str, Any], *, bounded: bool) -> Iterable[str]:
    if row["precision"] not in DECIMALS:
        yield str(row["precision"])
    if row["base_status"] != "printed":
        yield f"base_{row['base_status'] or 'not_printed'}"
    if _why_no_count(row) == "no whole number fits":
        yield "no_whole_number"
    if bounded:
        yield "rounding_bounds"


def _why_no_count(row: Mapping[str, Any]) -> str:
    """Why a figure has no counts behind it, in words; empty where it has."""
    if pd.notna(row["count_lowest"]):
        return ""
    if not row["value"]:
        return "no number"
    if row["statistic"] not in (*SHARES, "count"):
        return "no share"
    if row["precision"] not in DECIMALS:
        return "a limit" if row["precision"] == "bound" else "a word"
    if not row["base_status"]:
        return "no base"
    return "another unit" if row["base_status"] == "other_unit" else "no whole number fits"


def _show(figures: pd.DataFrame) -> pd.DataFrame:
    rows = _rows(figures)
    why = [_why_no_count(row) for row in rows]
    return pd.DataFrame(
        {
            "Figure": figures["label_en"],
            "Wave": figures["wave"],
            "Sector": figures["sector"].map(_words),
            "Answer": figures["answer_category"].map(_words),
            "Group": figures["group"].map(_words),
            "Printed": [_printed(row) for row in rows],
            "Unit": figures["unit"],
            "Base": ["none" if pd.isna(n) else str(n) for n in figures["base_n"]],
            "Base is": figures["base_status"].map(BASES),
            "Lowest count": [w or str(n) for w, n in zip(why, figures["count_lowest"], strict=True)],
            "Highest count": [w or str(n) for w, n in zip(why, figures["count_highest"], strict=True)],
            "Lowest share": [w or f"{p:.1%}" for w, p in zip(why, figures["share_lowest"], strict=True)],
            "Highest share": [w or f"{p:.1%}" for w, p in zip(why, figures["share_highest"], strict=True)],
            "About the base": figures["base_note"],
            "Note": figures["note"],
            "Where": figures["source_locator"],
            "Id": figures["figure_id"],
        }
    )


def _printed(row: Mapping[str, Any]) -> str:
    """The printed value with its percent sign, and whether it stands for a word or a limit."""
    if not row["value"]:
        return "no number"
    kind = {"verbal": " (from words)", "bound": " (a limit)"}.get(row["precision"], "")
    return row["value"] + ("%" if row["statistic"] in SHARES else "") + kind


def _words(code: str) -> str:
    return code.replace("_", " ").replace("-", " ")


def _subject(domain: str) -> str:
    text = _words(domain)
    return text[:1].upper() + text[1:]
