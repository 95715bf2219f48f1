"""How a figure of the register may be read: which counts, bases and frame stand behind it, or why none do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.evidence.aggregates.shares import PrintedShare, candidate_bases, printed_share
from analysis.inputs.populations import population_of
from analysis.inputs.register import DECIMALS

SMALLEST_UNKNOWN_BASE = 10  # below it a share would not have been printed (decision 0110)

# A figure's kind: what can be worked out from it. The first four have a frame behind them.
KINDS = ("answers", "candidates", "frame", "itself", "mean", "own_share", "other_unit", "no_frame", "not_a_numeral")
EXACT = ("printed", "assumed", "frame")
WITH_FRAME = ("answers", "candidates", "frame", "itself")
BOUNDED = ("mean", "own_share")  # means: bounds for all units, and no interval


@dataclass(frozen=True)
class Reading:
    """A figure's kind, the bases that are possible, the size of its frame, its scale, and its flags.

    `answers`: a share of those who answered, with a base; `candidates`: the same with only limits of the base;
    `frame`: a share of all units; `itself`: of a group that was picked out, with no units beside it; `mean`: a mean
    on a scale; `own_share`: a share of answers over units and questions, which is the mean of each unit's own share.
    Nothing is worked out beyond rounding for `other_unit` (another such share, of units that are not known) and
    `no_frame` (projects, money, inhabitants, bodies of another country), and nothing at all for `not_a_numeral`
    (words, limits, no number).
    """

    kind: str
    bases: tuple[int, ...] = ()
    population_size: int | None = None
    scale: tuple[float, float] | None = None
    unit_type: str = ""
    flags: tuple[str, ...] = ()


def read_figure(figure: Mapping[str, Any], populations: pd.DataFrame) -> Reading:
    """How a percentage or mean of the register may be read, from its base and the population of its unit.

    A base that is printed stands. One that is assumed may be any number of replies that the population allows; one
    with an upper limit from a third of it up; one that is not printed at all from 10 up to the most replies (a mean:
    from a third of these). `populations` is the table of `load_populations`.
    """
    if figure["precision"] not in DECIMALS:
        return Reading("not_a_numeral")
    population = population_of(figure, populations)
    if figure["base_status"] == "other_unit":
        return _own_share(figure, population)
    if population is None:
        return Reading("no_frame")
    size, status = int(population["population_size"]), str(figure["base_status"])
    about: dict[str, Any] = {"population_size": size, "unit_type": _unit_type(population["unit_types"])}
    if figure["statistic"] == "mean":
        if pd.isna(population["scale_low"]):
            return Reading("no_frame")
        scale = float(population["scale_low"]), float(population["scale_high"])
        return Reading("mean", bases=_bases(figure, population), scale=scale, flags=_flags(status), **about)
    if population["share_of"] == "frame":
        return Reading("frame", bases=(size,), **about)
    bases = _bases(figure, population)
    flags = (*_flags(status), *(("small",) if bases[-1] < 20 else ()))
    if population["share_of"] == "itself":
        return Reading("itself", bases=bases, flags=flags, **about)
    kind = "answers" if status in EXACT else "candidates"
    return Reading(kind, bases=bases, flags=("unadjusted", *flags), **about)


def share_of(figure: Mapping[str, Any], populations: pd.DataFrame) -> tuple[PrintedShare, int]:
    """The counts and bases behind a percentage of the register, and the size of its frame.

    It is what `difference` and `slope` take. Raises ValueError, saying why, for a figure that has none: words and
    limits, means, shares of something else than units, figures without a frame, percentages that no count gives.
    """
    reading = read_figure(figure, populations)
    if reading.kind not in WITH_FRAME or reading.population_size is None:
        raise ValueError(f"{figure['figure_id']} is read as {reading.kind}: no count of units lies behind it")
    decimals = DECIMALS[figure["precision"]]
    return printed_share(figure["value"], bases=reading.bases, decimals=decimals), reading.population_size


def _own_share(figure: Mapping[str, Any], population: Mapping[str, Any] | None) -> Reading:
    """A share of answers as the mean of each unit's own share, in percent, where its units are known (0233)."""
    if population is None or figure["statistic"] != "percent" or pd.isna(population["scale_low"]):
        return Reading("other_unit")
    fewest, most = population["replies_fewest"], int(population["replies_most"])
    return Reading(
        "own_share",
        bases=tuple(candidate_bases(most) if pd.isna(fewest) else range(int(fewest), most + 1)),
        population_size=int(population["population_size"]),
        scale=(float(population["scale_low"]), float(population["scale_high"])),
        unit_type=_unit_type(population["unit_types"]),
        flags=("mean_of_own_shares", *(("base_not_printed",) if pd.isna(fewest) else ())),
    )


def _bases(figure: Mapping[str, Any], population: Mapping[str, Any]) -> tuple[int, ...]:
    status = figure["base_status"]
    if status == "assumed" and pd.notna(population["replies_fewest"]):
        return tuple(range(int(population["replies_fewest"]), int(population["replies_most"]) + 1))
    if status in EXACT:
        return (int(figure["base_n"]),)
    if status == "upper_bound":
        return tuple(candidate_bases(int(figure["base_n"])))
    most = int(population["replies_most"])
    return tuple(candidate_bases(most) if figure["statistic"] == "mean" else range(SMALLEST_UNKNOWN_BASE, most + 1))


def _flags(status: str) -> tuple[str, ...]:
    return () if status in ("printed", "frame") else (f"base_{status or 'not_printed'}",)


def _unit_type(unit_types: tuple[str, ...]) -> str:
    """The unit type of estimates; empty where several are pooled."""
    return unit_types[0] if len(unit_types) == 1 else ""
