"""The numbers of the comparison of printed figures as estimate records; a difference only where the grade allows it."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.survey import estimates

if TYPE_CHECKING:
    from analysis.evidence.comparison import ComparisonResult

DECISIONS = "0120;0121;0122;0123;0124;0125"
MUNICIPALITY = "municipality"
Record = dict[str, Any]


def to_estimates(result: "ComparisonResult") -> pd.DataFrame:
    """One record a number; shares, differences and limits 0 to 1, p values and effect sizes as tests.

    A difference has its main interval (`mover`, no covariance) and as bounds what holds whatever the missing units
    would have answered; the interval at the least favourable overlap and the one for equivalence are records of their
    own. Step of a response rate: no interval, its bounds are those of rounding.
    """
    printed = [*_response(result), *_differences(result), *_recodes(result), *_counts(result)]
    common = {"stage": "comparison", "decisions": DECISIONS}
    made = estimates.records(printed, source="printed", **common)
    regional = estimates.records(_regions(result), source="observed", **common | {"decisions": "0126"})
    return pd.concat([frame for frame in (made, regional) if len(frame)] or [made], ignore_index=True)


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
