"""Every printed percentage and mean with what it can carry, as a table to be read and as estimate records."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.evidence.aggregates import intervals, means, standardised
from analysis.evidence.aggregates.questions import JOINT, jointly
from analysis.evidence.aggregates.readings import BOUNDED, WITH_FRAME, Reading, read_figure
from analysis.evidence.aggregates.reasons import reasons
from analysis.evidence.aggregates.shares import PrintedShare, printed_share, span
from analysis.inputs.memory import remembered
from analysis.inputs.params import load_params
from analysis.inputs.populations import load_headlines, load_populations
from analysis.inputs.register import DECIMALS, Register, load_register
from analysis.inputs.relations import Relations, load_relations
from analysis.survey import estimates
from analysis.survey.counts import rounding_interval

COLUMNS = (
    "figure_id wave domain sector group answer_category label unit statistic printed value kind unit_type scale_max "
    "counts bases k n population_size rounding_lo rounding_hi point ci_method ci_lo ci_hi bound_lo bound_hi flags "
    "decisions arithmetic"
).split()
# The decision records behind each kind.
DECISIONS = {
    "answers": ("0111",),
    "candidates": ("0111",),
    "frame": (),
    "itself": ("0041",),
    "mean": ("0053", "0112"),
    "own_share": ("0113", "0233"),
    "other_unit": ("0113",),
    "no_frame": (),
}


def carry(
    register: Register, frames: pd.DataFrame, *, confidence: float, relations: Relations | None = None
) -> pd.DataFrame:
    """What each printed percentage and mean can carry: one row a figure, in the order of the register.

    Shares are 0 to 1, means on their scale. `rounding` is what is rounded to the printed value, `ci` the union of exact
    hypergeometric intervals over the counts and bases that are possible, `bound` what holds for all units whatever
    those who did not answer would have said; each is missing where it does not exist. `point` is the printed value, or
    the count over the base where only one is possible. `frames` is the table of `load_populations`; with `relations`
    the answers of one question are read `jointly`. Words, limits and other statistics are left out. Source: methods of
    this project, sections 2.6, 4.1 to 4.3.
    """
    figures = register.figures[register.figures["statistic"].isin(["percent", "mean"])]
    printed: list[dict[str, Any]] = figures.to_dict("records")  # type: ignore[assignment]
    alone = {figure["figure_id"]: read_figure(figure, frames) for figure in printed}
    readings = alone if relations is None else jointly(figures, alone, relations)
    rows = [
        _common(figure, reading) | _derive(figure, reading, confidence=confidence)
        for figure in printed
        if (reading := readings[figure["figure_id"]]).kind != "not_a_numeral"
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.astype({"k": "Int64", "n": "Int64", "population_size": "Int64"})


@dataclass(frozen=True)
class AggregatesResult:
    """What the printed figures can carry: `figures` as `carry`, `implied` ranges, `headlines`, and all `estimates`.

    `headlines` are the rows of `figures` that pages show first, with a short label and whether they are charted;
    `reasons` counts all percentages by why they have an interval and bounds, or why not.
    """

    figures: pd.DataFrame
    reasons: pd.DataFrame
    implied: pd.DataFrame
    headlines: pd.DataFrame
    estimates: pd.DataFrame


def run(
    register: Register | None = None, *, relations: Relations | None = None, confidence: float | None = None
) -> AggregatesResult:
    """All of it over all waves, from the register, its relations and the confidence on disk unless they are given.

    Raises InputError in one sentence when a file is malformed, or names a headline that the register does not have.
    """
    register, frames = register or load_register(), load_populations()
    confidence = load_params().confidence if confidence is None else confidence
    relations = relations or load_relations(register.figures)
    figures = carry(register, frames, confidence=confidence, relations=relations)
    implied = standardised.implied(register, frames)
    headlines = load_headlines(set(figures["figure_id"]))
    return AggregatesResult(
        figures=figures,
        reasons=reasons(register.figures, figures),
        implied=implied,
        headlines=headlines.merge(figures.drop(columns="label"), on="figure_id", validate="1:1"),
        estimates=_to_records(figures, implied),
    )


def for_wave(
    register: Register, wave: str, *, confidence: float = 0.95, frames: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The printed percentages and means of one wave with interval and bounds, as `carry`: what is real there."""
    of_wave = register.figures[register.figures["wave"] == wave]
    own = Register(sources=register.sources, figures=of_wave, claims=register.claims)
    relations = load_relations(register.figures)
    return _carried(own, load_populations() if frames is None else frames, confidence=confidence, relations=relations)


_carried = remembered(carry)


def records(register: Register, frames: pd.DataFrame, *, confidence: float) -> pd.DataFrame:
    """The estimate records of what printed figures carry: source `printed`, stage `published`.

    Mode D: percentages with a frame, with interval and bounds for all its units, and the frame-standardised ranges that
    group figures imply; mode I: bounds of means. The printed values themselves, with their rounding, are other
    records (without a mode) of the same stage. A share of answers has bounds as the mean of each unit's own share.
    """
    return _to_records(carry(register, frames, confidence=confidence), standardised.implied(register, frames))


def estimates_of(figures: pd.DataFrame) -> pd.DataFrame:
    """The estimate records of rows of `carry` that carry an interval or bounds; others have none."""
    return _to_records(figures, figures.iloc[:0])


def _to_records(figures: pd.DataFrame, implied: pd.DataFrame) -> pd.DataFrame:
    framed = figures[figures["kind"].isin([*WITH_FRAME, *BOUNDED])]
    rows = [_record(row) for row in framed.to_dict("records")]  # type: ignore[arg-type]
    rows += [_implied_record(row) for row in implied.to_dict("records")]  # type: ignore[arg-type]
    return estimates.records(rows, stage="published", source="printed", estimate_type="level")


def _common(figure: Mapping[str, Any], reading: Reading) -> dict[str, Any]:
    share = figure["statistic"] == "percent"
    low, high = rounding_interval(figure["value"], decimals=DECIMALS[figure["precision"]])
    scale = (0.0, 100.0) if share else reading.scale or (float("-inf"), float("inf"))
    ends = max(float(low), scale[0]), min(float(high), scale[1])
    value = float(figure["value"])
    return {
        **{key: figure[key] for key in "figure_id wave domain sector group answer_category unit statistic".split()},
        "label": figure["label_en"],
        "printed": figure["value"] + ("%" if share else ""),
        "value": value / 100 if share else value,
        "kind": reading.kind,
        "unit_type": reading.unit_type,
        "scale_max": reading.scale[1] if reading.scale and not share else None,
        "bases": span(reading.bases) if reading.bases else "",
        "population_size": reading.population_size,
        "rounding_lo": ends[0] / 100 if share else ends[0],
        "rounding_hi": ends[1] / 100 if share else ends[1],
        "flags": ";".join(reading.flags),
        "decisions": ";".join(sorted(_decisions(reading))),
    }


def _decisions(reading: Reading) -> Iterator[str]:
    """The decision records behind a reading: those of its kind, and those on bases where these are not known."""
    yield from DECISIONS[reading.kind]
    if reading.kind in ("candidates", *BOUNDED) and len(reading.bases) > 1:
        yield "0110"
    if JOINT in reading.flags:
        yield "0221"


def _derive(figure: Mapping[str, Any], reading: Reading, *, confidence: float) -> dict[str, Any]:
    if reading.kind in BOUNDED:
        return _derive_mean(figure, reading)
    if reading.kind not in WITH_FRAME:
        return _rounding_only(figure)
    try:
        share = printed_share(figure["value"], bases=reading.bases, decimals=DECIMALS[figure["precision"]])
    except ValueError as error:
        return _rounding_only(figure) | {"arithmetic": str(error), "flags": ";".join((*reading.flags, "no_count"))}
    return _derive_share(share, size=int(reading.population_size or 0), confidence=confidence)


def _derive_share(share: PrintedShare, *, size: int, confidence: float) -> dict[str, Any]:
    low, high = intervals.union_interval(share, population_size=size, confidence=confidence)
    bounds = intervals.union_bounds(share, population_size=size)
    single = share.pairs[0] if len(share.pairs) == 1 else None
    complete, arithmetic = share.bases == (size,), intervals.arithmetic(share, population_size=size)
    if not complete:
        arithmetic += f"; interval: {round(low * size)}/{size} = {low:.1%} to {round(high * size)}/{size} = {high:.1%}"
    return {
        "counts": span(share.counts),
        "bases": span(share.bases),
        "k": single[0] if single else None,
        "n": share.bases[0] if len(share.bases) == 1 else None,
        "point": single[0] / single[1] if single else share.value,
        "ci_method": "complete" if complete else "hypergeometric union",
        "ci_lo": low,
        "ci_hi": high,
        "bound_lo": bounds[0],
        "bound_hi": bounds[1],
        "arithmetic": arithmetic,
    }


def _derive_mean(figure: Mapping[str, Any], reading: Reading) -> dict[str, Any]:
    decimals, scale = DECIMALS[figure["precision"]], reading.scale or (0.0, 0.0)
    size = int(reading.population_size or 0)
    found = means.mean_bounds(
        figure["value"], decimals=decimals, scale=scale, bases=reading.bases, population_size=size
    )
    ends = found if len(found) == 1 else (found[0], found[-1])
    whole = 100 if figure["statistic"] == "percent" else 1
    return {
        "n": found[0].base if len(found) == 1 else None,
        "point": float(figure["value"]) / whole,
        "bound_lo": min(bound.low for bound in found) / whole,
        "bound_hi": max(bound.high for bound in found) / whole,
        "arithmetic": "; ".join(
            means.arithmetic(figure["value"], bound, decimals=decimals, scale=scale) for bound in ends
        ),
    }


def _rounding_only(figure: Mapping[str, Any]) -> dict[str, Any]:
    low, high = rounding_interval(figure["value"], decimals=DECIMALS[figure["precision"]])
    value = float(figure["value"]) / (100 if figure["statistic"] == "percent" else 1)
    return {"point": value, "arithmetic": f"{figure['value']} stands for {float(low):g} to {float(high):g}"}


def _record(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "mode": "I" if row["kind"] in BOUNDED else "D",
        "wave": row["wave"],
        "unit_type": row["unit_type"],
        "item": row["figure_id"],
        "category": row["answer_category"],
        "subset": row["group"],
        "module": row["domain"],
        "estimand": "R" if row["kind"] == "itself" else "M",
        "base": row["unit"],
        "n_frame": row["population_size"],
        "n_answered": row["n"],
        "k": row["k"],
        "point": row["point"],
        "measure": "index" if row["kind"] == "mean" else "share",
        "scale_max": row["scale_max"],
        **{key: row[key] for key in "ci_method ci_lo ci_hi bound_lo bound_hi decisions flags".split()},
        "source_ref": row["figure_id"],
    }


def _implied_record(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "mode": "D",
        "wave": row["wave"],
        "unit_type": row["unit_type"],
        "item": row["figure_id"],
        "category": row["answer_category"],
        "subset": f"frame by {row['average']} average, {row['order']}",
        "module": row["domain"],
        "estimand": "M",
        "base": row["unit"],
        "n_frame": row["population_size"],
        "n_answered": row["answered"],
        "measure": "share",
        "bound_lo": row["implied_lo"],
        "bound_hi": row["implied_hi"],
        "flags": "implied_by_groups;groups_answer_alike",
        "decisions": "0113;0114",
        "source_ref": ";".join([row["figure_id"], *row["group_figures"].split(";")]),
    }
