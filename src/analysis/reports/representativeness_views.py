"""Who answered a wave, who is missing and how far that can move its scores, as reviewers read it, in English."""

import pandas as pd

from analysis.inputs.waves import Wave
from analysis.reports.display.trail import ANSWERS, pick
from analysis.reports.wave_views import Names
from analysis.survey.answering import EARLY, LATE, summary_item
from analysis.survey.indicators import total_item
from analysis.survey.representativeness import SHARE, RepresentativenessResult


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


def response_records(result: RepresentativenessResult, grouping: str, *, module: str) -> pd.DataFrame:
    """The estimate records of `response_table`: of the survey where `module` is empty, or of modules."""
    by = {"subset": ""} if grouping == "all" else {"subset": f"{grouping}=*", "unit_type": "municipality"}
    items = ("response",) if grouping == "all" else ("response", "composition")
    return pick(result.estimates, item=items, module=module, source=ANSWERS, **by)


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


def _group_names(table: pd.DataFrame, grouping: str, *, names: Names) -> pd.Series:
    """Groups as they are read; regions are named by themselves."""
    if grouping == "region":
        return table["group"].rename(grouping)
    return table["group"].map(names.groups(grouping, table)).rename(grouping)
