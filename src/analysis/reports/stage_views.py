"""Indicators, representativeness and weighting of a wave as reviewers read them, in English."""

import pandas as pd

from analysis.inputs.cleaning import ANSWERED
from analysis.inputs.waves import Wave
from analysis.reports.wave_views import Names
from analysis.survey.answering import EARLY, LATE, summary_item
from analysis.survey.indicators import IndicatorsResult, part_items, total_item
from analysis.survey.reliability import OVERALL, WITHIN
from analysis.survey.representativeness import SHARE, RepresentativenessResult
from analysis.survey.weighting import WeightingResult


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


def response_sentences(result: RepresentativenessResult, *, names: Names) -> list[str]:
    """How many units of each type answered, and how many inhabitants that covers."""
    said = []
    for row in result.data[result.data["grouping"] == "all"].to_dict("records"):
        about = {"n": row["n_answered"], "all": row["n_frame"], "rate": row["rate"]}
        if row["n_answered"] == row["n_frame"]:
            unit, key = names.unit(row["unit_type"], count=1), names.kind("representativeness.complete")
            said.append(names.finding(key, unit=unit, **about))
        else:
            about |= {"people": row["inhabitants_covered"]}
            key = names.kind("representativeness.incomplete")
            said.append(names.finding(key, unit=names.unit(row["unit_type"]), **about))
    return said


def response_table(response: pd.DataFrame, grouping: str, *, names: Names) -> pd.DataFrame:
    """Frame and answers by unit type (`all`), or of municipalities by size group or region."""
    table = response[response["grouping"] == grouping]
    columns = ["n_frame", "n_answered", "rate", "share_frame", "share_answered", "inhabitants", "inhabitants_covered"]
    if grouping == "all":
        first = table["unit_type"].map(names.unit).rename("unit_type")
        columns = [column for column in columns if not column.startswith("share")]
    else:
        table = table[table["unit_type"] == "municipality"]
        first = _group_names(table, grouping, names=names)
    return pd.concat([first, table[columns]], axis=1)


def module_table(result: RepresentativenessResult, grouping: str, *, names: Names) -> pd.DataFrame:
    """Frame and answers to each module by unit type (`all`), or of municipalities by size group or region."""
    parts = [
        response_table(rows, grouping, names=names).assign(module=names.module(str(module)))
        for module, rows in result.modules.groupby("module", sort=False)
    ]
    table = pd.concat(parts, ignore_index=True)
    # How the frame itself is made up is the same for every module.
    left_out = ("module", "share_frame", "inhabitants")
    return table[["module", *[column for column in table if column not in left_out]]]


def summary_kind(wave: Wave) -> str:
    """What the mean of a group by way of answering is of: `total`, `indicators` or `yes_answers`."""
    return "total" if wave.items_of("score") else summary_item(wave)


def answering_table(result: RepresentativenessResult, *, names: Names) -> pd.DataFrame:
    """Early against late answers, by contacts and role, in words; of small groups only their number."""
    table = result.answering
    shown = table[["about", "unit_type", "value", "units", "rate", "mean"]].copy()
    shown["about"] = [names.say(f"representativeness.came.{about}") for about in table["about"]]
    halves = {half: names.say(f"representativeness.half.{half}") for half in (EARLY, LATE)}
    shown["value"] = [halves.get(value, value) for value in table["value"]]
    shown["unit_type"] = table["unit_type"].map(names.unit)
    return shown


def missing_sentences(result: RepresentativenessResult, *, names: Names) -> list[str]:
    """How many units are missing, and why they are not named where they are not."""
    if not result.missing_count:
        return [names.finding("representativeness.missing.none")]
    said = [names.finding("representativeness.missing.some", n=result.missing_count)]
    return said if len(result.missing) else [*said, names.say("representativeness.missing.unnamed")]


def missing_table(missing: pd.DataFrame, *, names: Names) -> pd.DataFrame:
    """The units without an answer, by name, with their size group written out."""
    shown = missing.assign(unit_type=missing["unit_type"].map(lambda unit: names.unit(unit, count=1)))
    if "size_group" in shown:
        groups = names.groups("size_group", missing)
        shown["size_group"] = [groups[str(group)] for group in missing["size_group"]]
    return shown[["name", *[column for column in shown.columns if column not in ("name", "disposition")]]]


def width_table(result: RepresentativenessResult, *, names: Names) -> pd.DataFrame:
    """How far apart the bounds of a share of units lie, by unit type and of municipalities by size group."""
    rows = result.stakes[result.stakes["item"] == SHARE]
    whole, sizes = rows[rows["grouping"] == "all"], rows[rows["grouping"] == "size_group"]
    sizes = sizes[sizes["unit_type"] == "municipality"]
    labels = [names.unit(one) for one in whole["unit_type"]]
    labels += list(_group_names(sizes, "size_group", names=names))
    table = pd.concat([whole, sizes])[["n_frame", "n_answered", "width"]].reset_index(drop=True)
    table.insert(0, "group", labels)
    return table


def indicator_stakes(result: RepresentativenessResult, *, names: Names) -> pd.DataFrame:
    """Observed mean of each indicator and its worst-case bounds, by unit type."""
    rows = result.stakes
    rows = rows[(rows["item"] != SHARE) & (rows["grouping"] == "all") & (rows["estimand"] == "M")]
    columns = ["unit_type", "scale_maximum", "n_frame", "n_answered", "observed", "bound_lo", "bound_hi", "width"]
    table = rows[columns].assign(unit_type=[names.unit(one) for one in rows["unit_type"]]).reset_index(drop=True)
    table.insert(0, "indicator", [names.item(item) for item in rows["item"]])
    return table


def stakes_sentences(result: RepresentativenessResult, *, names: Names) -> list[str]:
    """How far the missing can move the mean total score of each unit type."""
    said = []
    table = result.stakes[(result.stakes["grouping"] == "all") & (result.stakes["item"] != SHARE)]
    for unit_type, rows in table.groupby("unit_type", sort=False):
        units, people = (rows[rows["estimand"] == estimand].iloc[0] for estimand in ("M", "P"))
        about = {"unit": names.unit(str(unit_type)), "observed": units["observed"]}
        if units["n_answered"] == units["n_frame"]:
            said.append(names.finding("representativeness.stakes.none", **about))
            continue
        about |= {"lo": units["bound_lo"], "hi": units["bound_hi"]}
        about |= {"lo_people": people["bound_lo"], "hi_people": people["bound_hi"]}
        said.append(names.finding("representativeness.stakes.some", **about))
    return said


def stakes_table(result: RepresentativenessResult, *, names: Names) -> pd.DataFrame:
    """Observed mean total score of municipalities by size group, with the lowest and highest possible."""
    rows = result.stakes
    rows = rows[(rows["grouping"] == "size_group") & (rows["unit_type"] == "municipality") & (rows["estimand"] == "M")]
    rows = rows[rows["item"] == total_item(names.wave).item]
    first = _group_names(rows, "size_group", names=names)
    return pd.concat([first, rows[["n_frame", "n_answered", "observed", "bound_lo", "bound_hi", "width"]]], axis=1)


def stakes_chart(table: pd.DataFrame) -> pd.DataFrame:
    """The stakes as the dot plot takes them."""
    return table.rename(columns={"size_group": "label", "observed": "point", "n_answered": "n"})


def stakes_title(table: pd.DataFrame, *, names: Names) -> str:
    """The finding of the stakes by size group."""
    if table["width"].max() == 0:
        return names.finding("representativeness.stakes.title.none")
    return names.finding("representativeness.stakes.title.some", most=table["width"].max())


def weighting_sentences(result: WeightingResult, *, names: Names) -> list[str]:
    """How much each unit type's weights leave out."""
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


def totals_table(result: WeightingResult, *, names: Names) -> pd.DataFrame:
    """What the weights of each unit type add up to, and what they leave out."""
    shown = result.totals.assign(unit_type=result.totals["unit_type"].map(names.unit))
    return shown.rename(columns={"missing": "missing_units"})


def _group_names(table: pd.DataFrame, grouping: str, *, names: Names) -> pd.Series:
    """Groups as they are read; regions are named by themselves."""
    if grouping == "region":
        return table["group"].rename(grouping)
    return table["group"].map(names.groups(grouping, table)).rename(grouping)
