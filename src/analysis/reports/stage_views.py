"""Indicators of a wave as reviewers read them, in English."""

import pandas as pd

from analysis.inputs.cleaning import ANSWERED
from analysis.reports.wave_views import Names
from analysis.survey.indicators import IndicatorsResult, part_items, total_item
from analysis.survey.reliability import OVERALL, WITHIN


def share_formats(table: pd.DataFrame, *, decimals: int = 1) -> dict[str, str]:
    """Writes the numbers with decimals of a table as per cent."""
    return {
        column: f"percent{decimals}" for column in table.columns if pd.api.types.is_float_dtype(table[column].dtype)
    }


def base(data: pd.DataFrame, *, names: Names) -> str:
    """How many municipalities of how many a figure rests on; `data` has one row per frame unit."""
    units = data[data["unit_type"] == "municipality"]
    return names.base("municipality", int(units["disposition"].isin(ANSWERED).sum()), len(units))


def scale_sentence(*, names: Names) -> str:
    """The most points that could be reached."""
    return names.say("indicators.scales.text", points=total_item(names.wave).highest)


def part_panels(result: IndicatorsResult, *, names: Names) -> dict[str, pd.Series]:
    """The parts of the total score of municipalities by their names."""
    units = result.data[result.data["unit_type"] == "municipality"]
    return {item.label_en: units[item.item] for item in part_items(names.wave)}


def part_counts(result: IndicatorsResult, *, names: Names) -> pd.DataFrame:
    """How many municipalities have each value of each part: what the histograms are made of."""
    panels = part_panels(result, names=names)
    long = pd.concat(
        [values.value_counts().sort_index().rename("municipalities") for values in panels.values()], keys=panels
    )
    return long.rename_axis(["part", "share"]).reset_index()


def spread_values(result: IndicatorsResult, *, names: Names) -> dict[str, float]:
    """The smallest and largest standard deviation of the parts among municipalities, as values for a sentence."""
    parts = [item.item for item in part_items(names.wave)]
    rows = result.spread[(result.spread["unit_type"] == "municipality") & result.spread["item"].isin(parts)]
    return {"low": rows["standard_deviation"].min(), "high": rows["standard_deviation"].max()}


def reliability_sentences(result: IndicatorsResult, *, names: Names, confidence: float) -> list[str]:
    """Alpha overall and within size groups, and how closely the parts go together, among municipalities."""
    together = result.hanging_together
    alpha = together.alpha[together.alpha["unit_type"] == "municipality"].set_index("variant")
    if alpha.empty:
        return [names.say("indicators.alpha.none")]
    overall, within = alpha.loc[OVERALL], alpha.loc[WITHIN]
    pairs = together.correlations
    pearson = pairs[(pairs["unit_type"] == "municipality") & (pairs["method"] == "pearson")]["r"]
    values = {"alpha": overall["alpha"], "lo": overall["ci_lo"], "hi": overall["ci_hi"], "within": within["alpha"]}
    about = {"parts": len(part_items(names.wave)), "n": overall["n"], "confidence": confidence}
    return [
        names.finding("indicators.alpha", **values, **about),
        names.finding("indicators.correlations", low=pearson.min(), high=pearson.max()),
    ]


def missing_table(missing: pd.DataFrame, *, names: Names) -> pd.DataFrame:
    """The units without an answer, by name, with their size group written out."""
    shown = missing.assign(unit_type=missing["unit_type"].map(lambda unit: names.unit(unit, count=1)))
    if "size_group" in shown:
        groups = names.groups("size_group", missing)
        shown["size_group"] = [groups[str(group)] for group in missing["size_group"]]
    return shown[["name", *[column for column in shown.columns if column not in ("name", "disposition")]]]
