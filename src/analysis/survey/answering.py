"""How answers differ by how they came about: early or late, after how many contacts, by whom; and how old they are."""

from typing import Any

import numpy as np
import pandas as pd

from analysis.inputs.cleaning import ANSWERED
from analysis.inputs.waves import Wave
from analysis.survey.indicators import headline, total_item

EARLY, LATE = "early", "late"
YES, NO = "yes", "no"
COUNTS_ONLY = "counts_only"
AGE = "assessment_age"
QUARTILES = {
    "youngest": 0.0, "lower quartile": 0.25, "median": 0.5, "upper quartile": 0.75, "oldest": 1.0,
}  # fmt: skip
COLUMNS = "about unit_type value n_frame units rate item known mean flags".split()
# Free text of many kinds is no classification.
MOST_KINDS = 40


def summary_item(wave: Wave) -> str:
    """What sums a unit's answers up: its total score, all its indicators, or its answers to yes-or-no questions."""
    if wave.items_of("score"):
        return total_item(wave).item
    return "indicators" if wave.file.indicators else "yes_answers"


def summary(units: pd.DataFrame, *, wave: Wave) -> pd.Series:
    """One number from 0 to 1 for each unit, missing where nothing it rests on was answered.

    The mean of its scores, each divided by its maximum; in a wave without scores the share of yes among its answers
    yes and no.
    """
    scores = headline(wave)
    if scores:
        return (units[list(scores)].astype("float64") / pd.Series(scores)).mean(axis=1)
    asked = [
        item.item for item in wave.items_in_file_of("single") if item.item in units and _yes_or_no(item.item, wave)
    ]
    shares = {item: _is_yes(units[item], item=item, wave=wave) for item in asked}
    return pd.DataFrame(shares, index=units.index, dtype="float64").mean(axis=1)


def by_answering(units: pd.DataFrame, *, wave: Wave, small_base: int) -> pd.DataFrame:
    """Units that answered, by half of the field period, number of contacts and role, with the mean of `summary`.

    `units` has one row per frame unit; what the file does not say has no rows. `rate` is of all units of the type,
    `known` is how many have the summary. Groups with fewer than `small_base` of these have the flag `counts_only` and
    no mean; unless the answers are open, nor have the groups beside them from which it could be worked out.
    """
    answered = units[units["disposition"].isin(ANSWERED)]
    means, frame = summary(answered, wave=wave), units["unit_type"].value_counts()
    item, rows = summary_item(wave), []
    for about, values in _ways(answered, wave=wave).items():
        for unit_type, own in means.groupby(answered["unit_type"], sort=True):
            grouped = own.groupby(values, sort=True)
            hidden = _hidden(grouped.count(), small_base=small_base, apart=wave.file.promise == "open")
            for value, group in grouped:
                number, few = int(frame[unit_type]), value in hidden
                mean, known = np.nan if few else group.mean(), int(group.count())
                shown = (len(group) / number, item, known, mean, COUNTS_ONLY if few else "")
                rows.append((about, unit_type, str(value), number, len(group), *shown))
    return pd.DataFrame(rows, columns=COLUMNS).astype({"mean": "float64"})


def ages(units: pd.DataFrame, *, wave: Wave) -> pd.DataFrame:
    """How old the published assessments were on the freeze date, in days: youngest, quartiles and oldest.

    One row per unit type and quantile: the lowest age that at least that share of the units do not exceed. Only in a
    wave with a lifecycle; units without a date are left out.
    """
    columns = ["unit_type", "quantile", "units", "days"]
    if wave.file.lifecycle is None or "published_on" not in units:
        return pd.DataFrame(columns=columns)
    answered = units[units["disposition"].isin(ANSWERED)]
    age = (pd.Timestamp(wave.file.lifecycle.freeze_date) - pd.to_datetime(answered["published_on"])).dt.days.dropna()
    rows = [
        (unit_type, name, len(days), int(np.quantile(days, share, method="inverted_cdf")))
        for unit_type, days in age.groupby(answered["unit_type"], sort=False)
        for name, share in QUARTILES.items()
    ]
    return pd.DataFrame(rows, columns=columns)


def rows(table: pd.DataFrame, old: pd.DataFrame) -> list[dict[str, Any]]:
    """Both tables as rows of estimate records: response and mean of each group, and the ages in days."""
    made: list[dict[str, Any]] = []
    for row in table.to_dict("records"):
        about = {"estimate_type": "level", "unit_type": row["unit_type"], "subset": f"{row['about']}={row['value']}"}
        about |= {"estimand": "M", "n_frame": row["n_frame"], "n_answered": row["units"]}
        made.append(about | {"measure": "share", "item": "response", "point": row["rate"], "k": row["units"]})
        mean = {"measure": "mean", "item": row["item"], "category": "summary", "scale_max": 1.0, "flags": row["flags"]}
        made.append(about | mean | {"point": row["mean"], "n_answered": row["known"]})
    for row in old.to_dict("records"):
        about = {"estimate_type": "level", "measure": "amount", "unit_type": row["unit_type"], "item": AGE}
        made.append(about | {"category": row["quantile"], "n_answered": row["units"], "point": row["days"]})
    return made


def _ways(answered: pd.DataFrame, *, wave: Wave) -> dict[str, pd.Series]:
    """The half of the field period, contacts and role of each unit that answered, where the file says so."""
    found = {"half": _half(answered, wave=wave)}
    for column in [column for column in ("attempts", "role") if column in answered]:
        values = answered[column].astype("object")
        numbers = pd.to_numeric(values, errors="coerce").astype("Int64")
        found[column] = numbers if column == "attempts" and numbers.notna().equals(values.notna()) else values
    said = {about: values.where(values.notna() & (values != "")) for about, values in found.items()}
    return {about: values for about, values in said.items() if 0 < values.nunique() <= MOST_KINDS}


def _hidden(sizes: pd.Series, *, small_base: int, apart: bool) -> set[Any]:
    """The groups without a mean: small ones, and not `apart` the next larger, until they are not small together."""
    rising = sizes.sort_values(kind="stable")
    small, before = rising < small_base, rising.cumsum() - rising
    also = (before > 0) & (before < small_base) & bool(small.any())
    return set(rising.index[small if apart else small | also])


def _half(answered: pd.DataFrame, *, wave: Wave) -> pd.Series:
    """Early: up to the middle of the field period, that day included; the period ends with the freeze date."""
    period = wave.file.field_period
    frozen = wave.file.lifecycle.freeze_date if wave.file.lifecycle else wave.file.freeze_date
    last = min(period.last, frozen) if frozen else period.last
    middle = pd.Timestamp(period.first) + (pd.Timestamp(last) - pd.Timestamp(period.first)) / 2
    days = pd.to_datetime(answered["answered_on"])
    half = pd.Series(np.where(days <= middle, EARLY, LATE), answered.index, dtype="object")
    return half.where(days.notna())


def _yes_or_no(item: str, wave: Wave) -> bool:
    return {YES, NO} <= {option.option for option in wave.options_of(item)}


def _is_yes(values: pd.Series, *, item: str, wave: Wave) -> pd.Series:
    yes, no = (wave.option(item, option).typed for option in (YES, NO))
    numbers = values.astype("Float64")
    return numbers.eq(yes).astype("float64").where(numbers.isin([yes, no]))
