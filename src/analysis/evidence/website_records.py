"""The numbers of the website rounds as estimate records: levels and diagnostics, never a difference."""

from collections.abc import Hashable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import paths
from analysis.survey import estimates

if TYPE_CHECKING:
    from analysis.evidence.website import WebsiteResult

SMALL = 20  # a percentage of a smaller base is flagged (methods 0.4)


def to_estimates(result: "WebsiteResult") -> pd.DataFrame:
    """One record a number; shares and relative positions 0 to 1, correlations -1 to 1, counts of areas.

    Every area is counted and nothing is drawn, so there is no standard error and no interval. A base below the
    `small_base` of params.yaml is flagged `counts_only`, one below 20 `small`.
    """
    rows = [*_rounds(result), *_partial(result), *_thirds(result), *_pairs(result)]
    rows += [*_throughout(result), *_sizes(result)]
    files = {wave.id: f"{paths.relative(paths.wave(wave.id) / wave.file.responses.file)}" for wave in result.waves}
    areas = result.rounds.drop_duplicates("unit_type", keep="last").set_index("unit_type")["areas"].to_dict()
    for row in rows:
        row["n_frame"] = areas[row["unit_type"]] if "n_answered" in row and "subset" not in row else None
        row["source_ref"] = "; ".join(files[wave] for wave in (row.get("reference_wave"), row["wave"]) if wave)
        row["flags"] = _flags(row.get("n_answered"), small_base=result.small_base)
    last = result.waves[-1].file.frame.date if result.waves else ""
    return estimates.records(
        rows,
        stage="comparison",
        mode="D",
        estimand="M",
        population=f"areas of {last}",
        base="areas",
        source="observed",
    )


def _rounds(result: "WebsiteResult") -> Iterator[dict[str, Any]]:
    for row in result.rounds.to_dict("records"):
        for what in ("units", "areas", "scored", "panel"):
            yield _count(row[what]) | {
                "wave": row["wave"],
                "unit_type": row["unit_type"],
                "item": "panel",
                "category": what,
            }


def _partial(result: "WebsiteResult") -> Iterator[dict[str, Any]]:
    for row in result.partial.to_dict("records"):
        yield {
            "wave": row["wave"],
            "unit_type": row["unit_type"],
            "item": "panel",
            "category": "inhabitants in scored members",
            "subset": row["area"],
            "estimate_type": "diagnostic",
            "measure": "share",
            "point": row["scored_population_share"],
        }


def _thirds(result: "WebsiteResult") -> Iterator[dict[str, Any]]:
    counted = result.data.groupby(["wave", "unit_type", "concept", "third"]).size().reset_index(name="n")
    for row in counted.to_dict("records"):
        yield _count(row["n"]) | {
            "wave": row["wave"],
            "unit_type": row["unit_type"],
            "item": row["concept"],
            "category": f"{row['third']} third",
        }


def _pairs(result: "WebsiteResult") -> Iterator[dict[str, Any]]:
    for row in result.relations.to_dict("records"):
        common = _pair(row) | {"estimate_type": "diagnostic", "n_answered": row["n"]}
        yield common | {"category": "rank correlation", "measure": "index", "point": row["correlation"]}
        yield common | {"category": "same third", "measure": "share", "k": row["same"], "point": row["share"]}
        yield common | {"category": "same third if unrelated", "measure": "share", "point": row["expected"]}
    for row in result.transitions.to_dict("records"):
        yield _pair(row) | _count(row["count"]) | {"category": f"{row['from']} to {row['to']} third"}


def _throughout(result: "WebsiteResult") -> Iterator[dict[str, Any]]:
    for row in result.throughout.to_dict("records"):
        yield {
            "wave": result.waves[-1].id,
            "reference_wave": result.waves[0].id,
            "unit_type": row["unit_type"],
            "item": row["concept"],
            "category": f"{row['third']} third in every wave",
            "estimate_type": "level",
            "measure": "share",
            "k": row["count"],
            "n_answered": row["n"],
            "point": row["share"],
        }


def _sizes(result: "WebsiteResult") -> Iterator[dict[str, Any]]:
    for row in result.sizes.to_dict("records"):
        yield {
            "wave": row["wave"],
            "unit_type": row["unit_type"],
            "item": row["concept"],
            "category": "mean relative position",
            "subset": f"size group {row['size_group']}",
            "estimate_type": "level",
            "measure": "index",
            "scale_max": 1,
            "n_answered": row["n"],
            "point": row["position"],
        }


def _pair(row: Mapping[Hashable, Any]) -> dict[str, Any]:
    return {
        "wave": row["wave"],
        "reference_wave": row["reference_wave"],
        "unit_type": row["unit_type"],
        "item": row["concept"],
    }


def _count(value: int) -> dict[str, Any]:
    return {"estimate_type": "level", "measure": "count", "k": value, "point": value}


def _flags(n: int | None, *, small_base: int) -> str:
    if n is None or n >= SMALL:
        return ""
    return "counts_only" if n < small_base else "small"
