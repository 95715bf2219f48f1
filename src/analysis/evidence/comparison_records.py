"""The numbers of the comparison as estimate records; a difference, ratio or slope only where the grade allows it."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.survey import estimates

if TYPE_CHECKING:
    from analysis.evidence.comparison import ComparisonResult

MUNICIPALITY = "municipality"
# What a number made from records of the stage `results` has in common with them.
OF_RESULTS = ("wave", "population", "unit_type", "module", "weight_variant", "source")
RANGED = ("point", "se", "ci_lo", "ci_hi", "bound_lo", "bound_hi")
Record = dict[str, Any]


def to_estimates(result: "ComparisonResult") -> pd.DataFrame:
    """One record a number; shares, differences and limits 0 to 1, p values and effect sizes as tests.

    A difference has its main interval (`mover`, no covariance) and as bounds what holds whatever the missing units
    would have answered; the interval at the least favourable overlap and the one for equivalence are records of their
    own. Step of a response rate: no interval, its bounds are those of rounding. Of answers, shares over several
    options and differences; the other shares are records of the stage `results`.
    """
    printed = [*_response(result), *_differences(result), *_slopes(result), *_recodes(result), *_counts(result)]
    answered = [*_summed(result), *_changes(result)]
    made = estimates.records(printed, source="printed", stage="comparison")
    others = estimates.records([*_regions(result), *answered], source="observed", stage="comparison")
    return pd.concat([frame for frame in (made, others) if len(frame)] or [made], ignore_index=True)


def _response(result: "ComparisonResult") -> Iterator[Record]:
    points = result.response.set_index("wave")["point"]
    sources = result.response.set_index("wave")["figure"]
    common = {"mode": "D", "estimand": "M", "item": "response", "measure": "share", "base": "frame"}
    for row in result.response.to_dict("records"):
        counted = {"k": row["k_lo"]} if row["k_lo"] == row["k_hi"] else {}
        yield common | counted | {
            "estimate_type": "level", "wave": row["wave"], "n_frame": row["units"], "point": row["point"],
            "bound_lo": row["lo"], "bound_hi": row["hi"], "source_ref": row["figure"],
        }  # fmt: skip
    for row in result.steps.to_dict("records"):
        yield common | _pair(row) | {
            "estimate_type": "difference", "point": points[row["wave"]] - points[row["reference_wave"]],
            "bound_lo": row["lo"], "bound_hi": row["hi"], "flags": f"grade_{row['grade']}",
            "source_ref": "; ".join(sources[[row["reference_wave"], row["wave"]]]),
        }  # fmt: skip


def _differences(result: "ComparisonResult") -> Iterator[Record]:
    for row in result.differences.to_dict("records"):
        common = _pair(row) | {
            "mode": "D", "estimand": "M", "unit_type": MUNICIPALITY, "item": row["concept"],
            "population": f"{row['units']} units", "base": "A", "n_frame": row["units"],
            "n_answered": row["second_n"], "source_ref": f"{row['first_figure']}; {row['second_figure']}",
        }  # fmt: skip
        flags = f"grade_{row['grade']};unadjusted;overlap_unknown"
        bounds = {"bound_lo": row["bound_lo"], "bound_hi": row["bound_hi"], "se": row["se"], "ci_method": "mover"}
        share = common | {"estimate_type": "difference", "measure": "share", "point": row["difference"]}
        yield share | bounds | _limits(row, "ci") | {"flags": f"{flags};{row['verdict']}"}
        worst = {"category": "least favourable overlap", "se": row["se_hi"], "ci_method": "mover_worst", "flags": flags}
        yield share | worst | _limits(row, "worst")
        narrow = {"category": "equivalence", "ci_method": "mover_two_one_sided", "flags": flags}
        yield share | narrow | _limits(row, "tost")
        if pd.notna(row["ratio"]):
            limits = {"ci_method": "log_normal", "ci_lo": row["ratio_lo"], "ci_hi": row["ratio_hi"], "flags": flags}
            yield common | limits | {"estimate_type": "ratio", "measure": "share", "point": row["ratio"]}
        for name in ("p", "p_adjusted", "p_worst", "p_worst_adjusted", "cohen_h"):
            test = {"estimate_type": "diagnostic", "measure": "test", "category": name.replace("_", " ")}
            yield common | test | {"point": row[name], "flags": flags}


def _slopes(result: "ComparisonResult") -> Iterator[Record]:
    """The lines through three rounds (share a year), their worst case, and their lack of fit."""
    for row in result.slopes.to_dict("records"):
        common = _pair(row) | {
            "mode": "D", "estimand": "M", "unit_type": MUNICIPALITY, "item": row["concept"], "base": "A",
            "population": f"{row['units']} units", "n_frame": row["units"], "source_ref": row["figures"],
            "flags": "grade_A;unadjusted;overlap_unknown",
        }  # fmt: skip
        line = common | {"estimate_type": "slope", "measure": "share", "point": row["slope"]}
        bounds = {"bound_lo": row["bounds_lo"], "bound_hi": row["bounds_hi"], "se": row["se"], "ci_method": "mover"}
        yield line | bounds | _limits(row, "ci")
        yield line | {"category": "least favourable overlap", "ci_method": "mover_worst"} | _limits(row, "worst")
        for name in ("lack_of_fit", "p_range_lo", "p_range_hi"):
            test = {"estimate_type": "diagnostic", "measure": "test", "category": name.replace("_", " ")}
            yield common | test | {"point": row[name]}


def _recodes(result: "ComparisonResult") -> Iterator[Record]:
    """The values that a recode makes of printed ones; the printed ones themselves are records of `published`."""
    for row in result.beside[result.beside["recode"] != ""].to_dict("records"):
        yield {
            "estimate_type": "level", "measure": "share", "wave": row["wave"], "item": row["concept"],
            "category": row["recode"], "point": float(row["value"]) / 100, "source_ref": row["figure"],
        }  # fmt: skip


def _counts(result: "ComparisonResult") -> Iterator[Record]:
    """How many concepts each pair can compare, and how many differences get which verdict under each limit."""
    for row in result.tally.to_dict("records"):
        for use in ("subtract", "beside", "name", "none"):
            yield _pair(row) | _count("concepts", use, row[use])
    waves = result.differences[["reference_wave", "wave"]].drop_duplicates().to_dict("records")
    for row in result.margins.to_dict("records") if len(waves) == 1 else ():
        for name in ("different", "within_margin", "equivalent", "undecided"):
            yield _pair(waves[0]) | _count("verdicts", f"{name}, limit {row['margin']:g}", row[name])


def _regions(result: "ComparisonResult") -> Iterator[Record]:
    for row in result.regions.to_dict("records"):
        wave = result.website.waves[-1]
        common = {
            "wave": wave.id, "mode": "D", "estimand": "M", "unit_type": MUNICIPALITY, "measure": "index",
            "item": result.website.data["concept"].iloc[0], "subset": f"region={row['region']}", "base": "areas",
            "n_answered": row["n"], "scale_max": 1, "source_ref": wave.file.responses.file,
        }  # fmt: skip
        for name in ("crude", "standardised"):
            yield common | {"estimate_type": "level", "category": f"{name} mean relative position", "point": row[name]}
        for name in ("gap", "composition", "rate"):
            yield common | {"estimate_type": "difference", "category": f"{name} to the country", "point": row[name]}


def _summed(result: "ComparisonResult") -> Iterator[Record]:
    """Shares over several options of the answers of a wave."""
    known = result.answers.records.set_index("estimate_id")
    rows = result.answers.rows.drop_duplicates("estimate_ids")
    for row in rows[rows["category"].str.contains("|", regex=False)].to_dict("records"):
        first = known.loc[row["estimate_ids"].partition("; ")[0]]
        yield {
            **{name: first[name] for name in (*OF_RESULTS, "item", "base", "n_frame", "n_answered")},
            "estimate_type": "level", "mode": "D", "estimand": "M", "measure": "share", "category": row["category"],
            "ci_method": "mover", **{name: row[name] for name in RANGED}, "source_ref": first["source_ref"],
        }  # fmt: skip


def _changes(result: "ComparisonResult") -> Iterator[Record]:
    """Differences of two waves from their answers, with p values and verdicts where the answers are observed."""
    known = result.answers.records.set_index("estimate_id")
    for row in result.changes.to_dict("records"):
        behind = known.loc[row["estimate_ids"].split("; ")]
        common = _pair(row) | {name: behind.iloc[-1][name] for name in (*OF_RESULTS, "base") if name != "wave"}
        common |= {
            "mode": "D", "estimand": "M", "item": row["concept"], "source": row["source"],
            "n_answered": row["second_n"],
            **({"measure": "share"} if row["kind"] == "share" else {"measure": "index", "scale_max": 1}),
            "source_ref": "; ".join(dict.fromkeys(behind["source_ref"])),
        }  # fmt: skip
        linked = "linked" if row["both"] else "not_linked"
        flags = ";".join(filter(None, (f"grade_{row['grade']}", linked, row["verdict"])))
        point = common | {"estimate_type": "difference", "point": row["difference"], "flags": flags}
        bounds = {"bound_lo": row["bound_lo"], "bound_hi": row["bound_hi"], "se": row["se"], "ci_method": "normal"}
        yield point | bounds | _limits(row, "ci")
        yield point | {"category": "equivalence", "ci_method": "normal_two_one_sided"} | _limits(row, "tost")
        for name in ("p", "p_adjusted") if row["verdict"] else ():
            test = {"estimate_type": "diagnostic", "measure": "test", "category": name.replace("_", " ")}
            yield common | test | {"point": row[name], "scale_max": None, "flags": linked}


def _pair(row: Mapping[Any, Any]) -> Record:
    return {"wave": row["wave"], "reference_wave": row["reference_wave"]}


def _limits(row: Mapping[Any, Any], name: str) -> Record:
    return {"ci_lo": row[f"{name}_lo"], "ci_hi": row[f"{name}_hi"]}


def _count(item: str, category: str, value: int) -> Record:
    return {
        "estimate_type": "diagnostic",
        "measure": "count",
        "item": item,
        "category": category,
        "k": value,
        "point": value,
    }
