"""The rounds of website scores beside each other: relative positions, as far as the grade of each pair allows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.evidence import panel
from analysis.evidence.comparability import allows
from analysis.evidence.website_records import to_estimates
from analysis.inputs.concepts import Concepts
from analysis.inputs.frames import size_groups
from analysis.inputs.memory import remembered
from analysis.inputs.stages import read_stage
from analysis.inputs.waves import Wave

UNIT_TYPES = ("municipality", "county_municipality")
PAIR = ["unit_type", "concept", "reference_wave", "wave"]


@dataclass(frozen=True)
class WebsiteResult:
    """What can be said of several waves together; every table is empty where nothing can.

    `waves` are those compared, in order of their frames; `absent` those that have scores and are not analysed;
    `ungraded` those analysed that have no scores to compare. `rounds`: units, areas, areas scored and in the panel,
    per wave and unit type. `partial`: areas of the panel that were scored in part. `relations`: per pair, unit type and
    concept the rank correlation and the share in the same third; `transitions`: areas by third in both; `throughout`:
    areas in the same third in every wave; `sizes`: mean relative position by size group. `data`: position and third per
    area.
    """

    waves: tuple[Wave, ...]
    absent: tuple[str, ...]
    ungraded: tuple[str, ...]
    concepts: Concepts
    small_base: int
    data: pd.DataFrame
    rounds: pd.DataFrame
    partial: pd.DataFrame
    relations: pd.DataFrame
    transitions: pd.DataFrame
    throughout: pd.DataFrame
    sizes: pd.DataFrame

    @cached_property
    def estimates(self) -> pd.DataFrame:
        """Every number of the tables as an estimate record: levels and diagnostics, never a difference."""
        return to_estimates(self)


def run(waves: Mapping[str, Wave], *, concepts: Concepts, small_base: int) -> WebsiteResult:
    """The comparison of the analysed rounds, from what `cleaning` and `indicators` have handed on.

    Raises InputError when a stage has not run.
    """
    units = {wave: read_units(wave) for wave in comparable(waves, concepts)}
    return compare(units, waves=waves, concepts=concepts, small_base=small_base)


def comparable(waves: Mapping[str, Wave], concepts: Concepts) -> list[str]:
    """The analysed waves of real data that measure a concept by an item, in order of their frame's date.

    Areas are followed one by one, so that only scores that may be shown so are compared.
    """
    named = {measure.wave for measure in concepts.measures if measure.item is not None}
    observed = (wave for key, wave in waves.items() if key in named and wave.file.origin == "observed")
    found = [wave for wave in observed if not wave.file.protected]
    return [wave.id for wave in sorted(found, key=lambda wave: (wave.file.frame.date, wave.id))]


def read_units(wave: str) -> pd.DataFrame:
    """The frame's units of a wave with their scores as shares of that wave's own maximum; missing where not scored."""
    frame = read_stage("cleaning", wave)[["unit_type", "code", "name", "population"]]
    return frame.merge(read_stage("indicators", wave), how="left", on=["unit_type", "code"], suffixes=("", "_"))


@remembered
def compare(
    units: Mapping[str, pd.DataFrame],
    *,
    waves: Mapping[str, Wave],
    concepts: Concepts,
    small_base: int,
    merged: panel.MergeRule = "population_mean",
) -> WebsiteResult:
    """The comparison of the waves in `units`, in the order given; without any, every table is empty.

    Raises ValueError for a wave with synthetic answers: nothing is found in those.

    `units` has per wave one row per unit of the frame: unit_type, code, name, population (persons), and a column per
    item (share 0 to 1 of the wave's maximum). `merged` says what stands for an area with several scores in a wave.
    """
    order = list(units)
    made_up = [wave for wave in order if waves[wave].file.origin != "observed"]
    if made_up:
        raise ValueError(f"{made_up[0]} is synthetic and is compared with nothing")
    items = _items(order, concepts)
    built = panel.build(_stack(units, items, waves), concepts=list(items), merged=merged)
    data = _describe(built, waves=waves, units=units).sort_values(
        ["unit_type", "concept", "wave", "area"], key=_in_order([*UNIT_TYPES, *items, *order]), ignore_index=True
    )
    transitions = pd.DataFrame(_transitions(data, order, concepts), columns=[*PAIR, "from", "to", "count"])
    return WebsiteResult(
        waves=tuple(waves[wave] for wave in order),
        absent=tuple(sorted({m.wave for m in concepts.measures if m.item is not None} - set(waves))),
        ungraded=tuple(wave for wave in waves if wave not in order),
        concepts=concepts,
        small_base=small_base,
        data=data,
        rounds=_rounds(built.areas),
        partial=_partial(built.areas, data),
        relations=pd.DataFrame(
            _relations(data, transitions, concepts),
            columns=[*PAIR, "n", "correlation", "same", "share", "expected"],
        ),
        transitions=transitions,
        throughout=_throughout(data),
        sizes=_sizes(data),
    )


def _items(order: Sequence[str], concepts: Concepts) -> dict[str, dict[str, str]]:
    """The concepts that every wave has and every pair's grade lets stand beside each other, with their item by wave."""
    found: dict[str, dict[str, str]] = {}
    for measure in concepts.measures:
        if measure.item is not None:
            found.setdefault(measure.concept_id, {})[measure.wave] = measure.item
    return {
        name: item_of
        for name, item_of in found.items()
        if order
        and set(order) <= set(item_of)
        and all(allows(concepts.grade(name, *pair).grade, "relative_position") for pair in panel.pairs(order))
    }


def _stack(
    units: Mapping[str, pd.DataFrame], items: Mapping[str, Mapping[str, str]], waves: Mapping[str, Wave]
) -> pd.DataFrame:
    """All waves' units under each other, scores named by concept."""
    columns = ["wave", "date", "unit_type", "code", "name", "population"]
    parts = []
    for wave, frame in units.items():
        scores = {concept: frame[item_of[wave]].astype("float64") for concept, item_of in items.items()}
        date = waves[wave].file.frame.date.isoformat()
        parts.append(frame[columns[2:]].assign(wave=wave, date=date, **scores))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _describe(built: panel.Panel, *, waves: Mapping[str, Wave], units: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The positions with each area's name, and its inhabitants and size group (municipalities) in the last wave.

    One size group for all waves, so that the same areas are followed in each.
    """
    positions = built.positions
    if not units:
        return positions.assign(name="", population=0, size_group=pd.array([], dtype="Int64"))
    last = list(units)[-1]
    names = units[last][["unit_type", "code", "name"]].rename(columns={"code": "area"})
    areas = built.areas.loc[built.areas["wave"] == last, ["unit_type", "area", "population"]]
    groups = size_groups(waves[last].file.groups.size)
    lower = groups["lower"].iloc[1:].to_numpy(dtype="int64")
    group = groups["group"].to_numpy()[lower.searchsorted(areas["population"], side="right")]
    areas = areas.assign(size_group=pd.Series(group, index=areas.index, dtype="Int64"))
    areas["size_group"] = areas["size_group"].where(areas["unit_type"] == "municipality")
    return positions.merge(names.merge(areas), how="left", on=["unit_type", "area"])


def _in_order(names: Sequence[str]) -> Callable[[pd.Series], pd.Series]:
    """A sort key: names in the order given, everything else (codes of areas) by itself."""
    places = {name: place for place, name in enumerate(names)}
    return lambda column: column.map(places) if column.isin(places).all() else column


def _rounds(areas: pd.DataFrame) -> pd.DataFrame:
    """Per wave and unit type: units of the frame, areas, areas scored in whole or part, and areas in the panel."""
    counted = areas.assign(units=areas["members"], areas=1, panel=areas["in_panel"])
    table = counted.groupby(["wave", "unit_type"])[["units", "areas", "scored", "panel"]].sum().astype("int64")
    return table.reset_index()


def _partial(areas: pd.DataFrame, data: pd.DataFrame) -> pd.DataFrame:
    """Areas of the panel with a member without a score: the share (0 to 1) of inhabitants in scored members."""
    found = areas[areas["in_panel"] & (areas["scored_members"] < areas["members"])]
    names = data[["unit_type", "area", "name"]].drop_duplicates()
    columns = ["unit_type", "area", "name", "wave", "members", "scored_members", "scored_population_share"]
    return found.merge(names)[columns].sort_values(["unit_type", "area", "wave"], ignore_index=True)


def _transitions(data: pd.DataFrame, order: Sequence[str], concepts: Concepts) -> Iterator[tuple[Any, ...]]:
    for (unit_type, concept), rows in data.groupby(["unit_type", "concept"], sort=False):
        thirds = {wave: part.set_index("area")["third"] for wave, part in rows.groupby("wave")}
        for earlier, later in panel.pairs(order):
            grade = concepts.grade(str(concept), later, earlier).grade
            table = panel.transitions(thirds[earlier], thirds[later], grade=grade)
            for (row, column), count in np.ndenumerate(table.to_numpy()):
                yield unit_type, concept, earlier, later, panel.THIRDS[row], panel.THIRDS[column], int(count)


def _relations(data: pd.DataFrame, transitions: pd.DataFrame, concepts: Concepts) -> Iterator[tuple[Any, ...]]:
    positions = {
        key: part.set_index("area")["position"] for key, part in data.groupby(["unit_type", "concept", "wave"])
    }
    for key, rows in transitions.groupby(PAIR, sort=False):
        unit_type, concept, earlier, later = pair = tuple(str(part) for part in key)
        table = rows.pivot(index="from", columns="to", values="count")
        n, same = int(table.to_numpy().sum()), int(np.trace(table.to_numpy()))
        correlation = panel.rank_correlation(
            positions[unit_type, concept, earlier],
            positions[unit_type, concept, later],
            grade=concepts.grade(concept, later, earlier).grade,
        )
        yield *pair, n, correlation, same, same / n if n else np.nan, panel.expected_same(table)


def _throughout(data: pd.DataFrame) -> pd.DataFrame:
    """Areas in the same third in every wave, by third: count, areas in the panel and share (0 to 1)."""
    if data["wave"].nunique() < 2:
        return pd.DataFrame(columns=["unit_type", "concept", "third", "count", "n", "share"])
    thirds = data.groupby(["unit_type", "concept", "area"], sort=False)["third"].agg(["nunique", "first"]).reset_index()
    rows = []
    for (unit_type, concept), part in thirds.groupby(["unit_type", "concept"], sort=False):
        for third in panel.THIRDS:
            count = int(((part["nunique"] == 1) & (part["first"] == third)).sum())
            rows.append((unit_type, concept, third, count, len(part), count / len(part)))
    return pd.DataFrame(rows, columns=["unit_type", "concept", "third", "count", "n", "share"])


def _sizes(data: pd.DataFrame) -> pd.DataFrame:
    """Mean relative position (0 to 1) per size group of the last wave, concept and wave; every area counts once."""
    grouped = data.dropna(subset="size_group").groupby(["unit_type", "concept", "size_group", "wave"], sort=False)
    table = grouped["position"].agg(n="size", position="mean").reset_index()
    return table.sort_values("size_group", kind="stable", ignore_index=True)
