"""The weighting of a wave as reviewers read it: who is weighted to what, which factors, and what each choice moves."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.inputs.decisions import Decision, label
from analysis.inputs.weighting_plan import USES
from analysis.reports.display.trail import pick
from analysis.reports.wave_views import Names
from analysis.survey import replicated
from analysis.survey.plan import FACTORS
from analysis.survey.weighting import WeightingResult

LEFT = ", as in the frame"
# The standard errors of a key estimate: by the formula, as R's survey gives it, by jackknife and by bootstrap.
ERRORS = ("se", "se_survey", *replicated.ERRORS)


def plan_table(*, names: Names) -> pd.DataFrame:
    """The keys of the plan that bear on the weights, and their values."""
    values = names.wave.file.weighting.in_effect()
    rows = [(key, label({key: value}).removeprefix(f"{key} ")) for key, value in values.items()]
    return pd.DataFrame(rows, columns=["key", "value"])


def uses_margins(*, names: Names) -> bool:
    """Whether the plan meets any margin beside the unit types."""
    return "margins" in USES[names.wave.file.weighting.method]


def totals_sentences(result: WeightingResult, *, names: Names) -> list[str]:
    """How much each unit type's weights have to make up for."""
    said = []
    for row in result.totals.to_dict("records"):
        about = {"n": row["n_answered"], "unit": names.unit(row["unit_type"])}
        if not row["missing"]:
            said.append(names.finding(names.kind("weighting.complete"), **about))
            continue
        about |= {"all": row["n_frame"], "missing": row["missing"], "share": row["missing_share"]}
        people = row["missing_inhabitants_share"]
        said.append(names.finding(names.kind("weighting.nearly"), count=row["missing"], people=people, **about))
    return said


def spread_sentences(result: WeightingResult, *, names: Names) -> list[str]:
    """How far the weights of the whole survey are apart, and what that costs."""
    said = []
    for row in result.diagnostics[result.diagnostics["module"] == ""].to_dict("records"):
        about = {"unit": names.unit(row["unit_type"]), "low": row["smallest"], "high": row["largest"]}
        if row["largest"] - row["smallest"] < 1e-9:
            said.append(names.finding("weighting.alike", **about))
        else:
            about |= {"deff": row["deff_kish"], "n": row["n_answered"], "effective": row["n_effective"]}
            said.append(names.finding("weighting.spread", **about))
    return said


def margins_table(result: WeightingResult, *, module: str, names: Names) -> pd.DataFrame:
    """Target, achieved and gap of each category that the plan meets, after collapsing, and its mean weight."""
    rows = result.margins[(result.margins["module"] == module) & result.margins["met"]]
    said = [category(row, names=names) for row in rows.to_dict("records")]
    table = rows.assign(category=said, mean_weight=rows["achieved"] / rows["n"])
    return table[["category", "n", "target", "achieved", "gap", "mean_weight"]].reset_index(drop=True)


def balance_table(result: WeightingResult, *, module: str, names: Names) -> pd.DataFrame:
    """Every grouping of the frame: its units, and how many of them the answers stand for before and after weighting.

    Before: each answer stands for as many units of its type as any other. The shares are of the units of the frame.
    """
    rows = result.margins[(result.margins["module"] == module) & ~result.margins["met"]]
    rows = rows[rows["margin"].str.removesuffix(LEFT) != "unit_type"].reset_index(drop=True)
    base = _base_weights(result, module=module)
    only = next(iter(base))
    kind = [text.split(" x ")[0] if " x " in text else only for text in rows["category"]]
    before = rows["n"] * [base[one] for one in kind]
    table = rows.assign(
        unit_type=kind,
        category=[category(row, names=names) for row in rows.to_dict("records")],
        before=before,
        before_ratio=before / rows["target"],
        after_ratio=rows["achieved"] / rows["target"],
    )
    return table[["category", "unit_type", "n", "target", "before", "achieved", "before_ratio", "after_ratio"]]


def factors_table(result: WeightingResult, *, names: Names) -> pd.DataFrame:
    """The smallest, mean and largest value of each factor, for each module and unit type."""
    rows = []
    for (module, unit_type), own in result.data.groupby(["module", "unit_type"], sort=False):
        for factor in FACTORS:
            values = own[factor]
            about = {"module": module_name(str(module), names=names), "unit_type": names.unit(str(unit_type))}
            about |= {"factor": names.say(f"weighting.factor.{factor}")}
            rows.append(about | {"lowest": values.min(), "mean": values.mean(), "highest": values.max()})
    return _without_single(pd.DataFrame(rows), result)


def diagnostics_table(result: WeightingResult, *, names: Names) -> pd.DataFrame:
    """Sum, spread and design effect of the final weights by module and unit type."""
    table = result.diagnostics.assign(
        module=[module_name(module, names=names) for module in result.diagnostics["module"]],
        unit_type=result.diagnostics["unit_type"].map(names.unit),
    )
    return _without_single(table, result)


def log_table(result: WeightingResult, *, names: Names) -> pd.DataFrame:
    """The steps of collapsing in words; cells with their answers and units."""
    rows = []
    for row in result.log.to_dict("records"):
        about = {"module": module_name(row["module"], names=names), "step": row["step"], "rule": row["rule"]}
        cells = {f"{key}_cells": _cells(row[key], row["margin"], names=names) for key in ("before", "after")}
        rows.append(about | cells | {"reason": row["reason"]})
    return _without_single(pd.DataFrame(rows), result) if rows else pd.DataFrame()


def key_table(result: WeightingResult, *, names: Names) -> pd.DataFrame:
    """The key estimates with their standard errors and the interval; shares 0 to 1, means in their own points."""
    table = result.key.assign(estimate=[key_name(row, names=names) for row in result.key.to_dict("records")])
    return table[["estimate", "measure", "n_answered", "point", *ERRORS, "ci_lo", "ci_hi"]]


def options_table(result: WeightingResult, key: str) -> pd.DataFrame:
    """The options of a decision: cells, design effect, weights and gaps, and the furthest a key estimate moves."""
    options = result.alternatives.options
    options = options[options["key"] == key].reset_index(drop=True)
    effects = result.alternatives.effects
    moved = effects[effects["key"] == key].groupby("option")["effect"].agg(lambda values: values.abs().max())
    table = options.assign(
        option=[f"{row['option']} (chosen)" if row["chosen"] else row["option"] for row in options.to_dict("records")],
        cells=options["cells_after"],
        moved=options["option"].map(moved),
    )
    return table[["option", "cells", "deff", "smallest", "largest", "gap_left", "moved"]].astype({"cells": "Int64"})


def refused(result: WeightingResult, key: str) -> list[str]:
    """The options of a decision that no weights can carry out, with the reason."""
    rows = result.alternatives.options
    rows = rows[(rows["key"] == key) & (rows["problem"] != "")]
    return [f"{row['option']}: {row['problem']}" for row in rows.to_dict("records")]


def effects_table(result: WeightingResult, key: str, *, names: Names) -> pd.DataFrame:
    """Each key estimate as the plan has it, and how far each alternative of a decision would move it."""
    rows = result.alternatives.effects
    rows = rows[rows["key"] == key]
    chosen = rows[rows["chosen"]].set_index("name")["point"]
    moved = rows[~rows["chosen"]].pivot(index="name", columns="option", values="effect").reindex(chosen.index)
    ordered = [option for option in dict.fromkeys(rows["option"]) if option in moved]
    table = moved[ordered].reset_index(drop=True)
    known = dict(zip(result.key["name"], result.key.to_dict("records"), strict=True))
    table.insert(0, "estimate", [key_name(known[name], names=names) for name in chosen.index])
    table.insert(1, "point", chosen.to_numpy())
    return table


def margin_records(result: WeightingResult, *, module: str, met: bool) -> pd.DataFrame:
    """The estimate records of the margins that the plan meets, or of those as they are in the frame."""
    margins = result.margins.loc[result.margins["met"] == met, "margin"].unique()
    return pick(result.estimates, item=[f"margin {margin}" for margin in margins], module=module)


def option_records(result: WeightingResult, key: str) -> pd.DataFrame:
    """The estimate records of the options of a decision: design effects, weights and key estimates."""
    options = result.alternatives.options
    return pick(result.estimates, weight_variant=options.loc[options["key"] == key, "option"])


def decision_value(decision: Decision) -> str:
    """What a decision chose, as it is read."""
    key = decision.parameter.rpartition(".")[2]
    return label({key: decision.chosen}).removeprefix(f"{key} ")


def category(row: Mapping[Any, Any], *, names: Names) -> str:
    """A category of a margin in words; cells that were put together are joined by a plus, their unit type said once."""
    by = str(row["margin"]).removesuffix(LEFT).split(" x ")
    cells = [_said(atom.split(" x "), by, names=names) for atom in str(row["category"]).split(" + ")]
    shared = cells[0][0] if by[0] == "unit_type" and len(by) > 1 else None
    if shared is None:
        return " + ".join(", ".join(cell) for cell in cells)
    return f"{shared}, " + " + ".join(", ".join(cell[1:]) for cell in cells)


def key_name(row: Mapping[Any, Any], *, names: Names) -> str:
    """What a key estimate is called: item, options, and the unit type where it is not that of municipalities."""
    item, parts = str(row["item"]), filter(None, str(row["category"]).split("|"))
    options = [_option(item, option, names=names) for option in parts]
    named = names.item(item) + (f": {' or '.join(options)}" if options else "")
    return named if row["unit_type"] == "municipality" else f"{named} ({names.unit(str(row['unit_type']))})"


def module_name(module: str, *, names: Names) -> str:
    """What a module is called; empty is the whole survey."""
    return names.module(module) if module else names.say("weighting.whole")


def modules(result: WeightingResult) -> list[str]:
    """The modules that have weights, the whole survey first."""
    return list(dict.fromkeys(result.data["module"]))


def _option(item: str, option: str, *, names: Names) -> str:
    kind = names.wave.item(item).type
    return option if kind in ("ordinal", "multi") else names.option(item, option)


def _said(parts: list[str], by: list[str], *, names: Names) -> list[str]:
    """The parts of a cell in words, one for each column of its margin."""
    sizes = names.groups("size_group", pd.DataFrame())
    said = {"unit_type": names.unit, "size_group": lambda group: str(sizes.get(group, group))}
    return [said.get(column, str)(part) for column, part in zip(by, parts, strict=True)]


def _cells(cells: Mapping[Any, Any], margin: str, *, names: Names) -> str:
    return "; ".join(
        names.say("weighting.cell", cell=category({"margin": margin, "category": name}, names=names), n=n, all=size)
        for name, (n, size) in cells.items()
    )


def _base_weights(result: WeightingResult, *, module: str) -> dict[str, float]:
    rows = result.data[result.data["module"] == module]
    return {str(kind): float(own.iloc[0]) for kind, own in rows.groupby("unit_type")["base_weight"]}


def _without_single(table: pd.DataFrame, result: WeightingResult) -> pd.DataFrame:
    """The table without the column of modules where there is only the whole survey."""
    return table if len(modules(result)) > 1 else table.drop(columns="module")
