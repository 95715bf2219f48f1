"""Where a report prints a figure for all and for some size groups: what the whole frame can be, group by group."""

from collections.abc import Iterator
from typing import Any, get_args

import pandas as pd

from analysis.evidence.aggregates.implied import Average, Groups, Order, Range, implied_range, implied_rest
from analysis.inputs.register import DECIMALS, Register
from analysis.survey.counts import rounding_interval

COLUMNS = (
    "figure_id label wave domain answer_category unit unit_type printed group_figures groups_printed average order "
    "answered population_size implied_lo implied_hi rest_lo rest_hi arithmetic"
).split()


def implied(register: Register, frames: pd.DataFrame) -> pd.DataFrame:
    """The mean over the whole frame that figures of some groups and of all imply: one row a figure and assumption.

    Taken are percentages in numerals of one wave, subject, answer and unit that stand for all and for at least one
    group of known size; the answers of a group are the count of municipalities the register prints for it, its units
    come from the frame. `average` is how the figure for all is assumed to be made, `order` whether shares rise with
    size. `implied` is the mean of all units (shares, 0 to 1) if within each group those that did not answer are like
    those that did, `rest` that of the answers in the unprinted groups. An assumption that contradicts what is printed
    has no row. Source: methods of this project, section 4.6.
    """
    figures = register.figures
    numerals = figures[(figures["statistic"] == "percent") & figures["precision"].isin(DECIMALS)]
    rows: list[dict[str, Any]] = []
    sizes_of = {wave: _sizes(wave, figures, frames) for wave in numerals["wave"].unique()}
    keys = ["wave", "domain", "sector", "answer_category", "unit"]
    for (wave, *_), block in numerals.groupby(keys, sort=False):
        sizes = sizes_of[wave]
        whole, parts = block[block["group"] == "all"], block[block["group"].isin(sizes["group"])]
        if len(whole) == 1 and len(parts) and not parts["group"].duplicated().any():
            rows += _rows(whole.iloc[0], parts, sizes)
    return pd.DataFrame(rows, columns=COLUMNS)


def _sizes(wave: str, figures: pd.DataFrame, frames: pd.DataFrame) -> pd.DataFrame:
    """The size groups of a wave from the smallest up, with the units of the frame and the answers printed."""
    groups = frames[(frames["wave"] == wave) & frames["size_group"].notna()]
    groups = groups.sort_values("size_group").drop_duplicates("size_group")
    counts = figures[(figures["wave"] == wave) & (figures["statistic"] == "count")]
    counts = counts[(counts["unit"] == "municipalities") & (counts["base_status"] == "printed")]
    answered = counts.drop_duplicates("group").set_index("group")["number"]
    return groups.assign(answered=groups["group"].map(answered)).dropna(subset="answered")


def _rows(whole: pd.Series, parts: pd.DataFrame, sizes: pd.DataFrame) -> Iterator[dict[str, Any]]:
    groups = Groups(
        names=tuple(sizes["group"]),
        answered=tuple(int(n) for n in sizes["answered"]),
        frame=tuple(int(n) for n in sizes["population_size"]),
        printed={row["group"]: _share(row) for _, row in parts.iterrows()},
    )
    overall = _share(whole)
    named = ", ".join(f"{row['group']} {row['value']}" for _, row in parts.iterrows())
    for average in get_args(Average):
        for order in get_args(Order):
            found = implied_range(groups, overall=overall, average=average, order=order)
            rest = implied_rest(groups, overall=overall, average=average, order=order)
            if found is None or rest is None:
                continue
            yield {
                **{key: whole[key] for key in "figure_id wave domain answer_category unit".split()},
                "label": whole["label_en"],
                "unit_type": "municipality",
                "printed": f"{whole['value']}%",
                "group_figures": ";".join(parts["figure_id"]),
                "groups_printed": named,
                "average": average,
                "order": order,
                "answered": sum(groups.answered),
                "population_size": sum(groups.frame),
                "implied_lo": found[0],
                "implied_hi": found[1],
                "rest_lo": rest[0],
                "rest_hi": rest[1],
                "arithmetic": _arithmetic(groups, overall, average=average, order=order),
            }


def _share(row: pd.Series) -> Range:
    low, high = rounding_interval(row["value"], decimals=DECIMALS[row["precision"]])
    return max(float(low / 100), 0.0), min(float(high / 100), 1.0)


def _arithmetic(groups: Groups, overall: Range, *, average: str, order: str) -> str:
    """The linear programme in one line."""
    names = [f"q{place}" for place in range(1, len(groups.names) + 1)]
    known = [
        f"{groups.printed[group][0]:g} <= {name} <= {groups.printed[group][1]:g}"
        for name, group in zip(names, groups.names, strict=True)
        if group in groups.printed
    ]
    counts = groups.answered if average == "pooled" else (1,) * len(names)
    ranking = {"free": "", "rising": f"; {' <= '.join(names)}", "falling": f"; {' >= '.join(names)}"}[order]
    return (
        f"({_sum(groups.frame, names)})/{sum(groups.frame)} lowest and highest, where {', '.join(known)}; "
        f"{overall[0]:g} <= ({_sum(counts, names)})/{sum(counts)} <= {overall[1]:g}{ranking}"
    )


def _sum(weights: tuple[int, ...], names: list[str]) -> str:
    return " + ".join(f"{weight} {name}" if weight != 1 else name for weight, name in zip(weights, names, strict=True))
