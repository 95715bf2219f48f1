"""The stage scorecard: what each unit that answered is told about its own scores, and one unit's card of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import InputError
from analysis.inputs.dispositions import ANSWERED
from analysis.inputs.earlier import same_indicators
from analysis.inputs.params import Params
from analysis.inputs.waves import Wave
from analysis.reports.disclosure.differencing import withheld
from analysis.reports.disclosure.rules import DEFAULT, Rules, comparators
from analysis.reports.made_up import made_up
from analysis.survey import indicators, precision, ranks, scoring
from analysis.survey.estimates import records
from analysis.survey.groups import wave_columns

# Who a unit is compared with, widest first: where two groups differ by too few, the narrower is not shown.
GROUPS = {"nation": None, "size_group": "size_group", "region": "region", "county": "county_code"}
SCORE_COLUMNS = ["unit_type", "code", "item", "score", "before", "smallest_change"]


@dataclass(frozen=True)
class ScorecardResult:
    """What the cards of a wave are made of.

    `data`: a row a unit that answered and score, in the score's own units: `score`, `before` (in the wave before, of
    `earlier`), `smallest_change` that measurement error does not explain, and its rank as `ranks.summarise`. `errors`:
    see `precision.errors`; `units`: scores and groups of the units that answered; `answers`: the cleaned answers.
    """

    wave: Wave
    params: Params
    data: pd.DataFrame
    errors: pd.DataFrame
    units: pd.DataFrame
    answers: pd.DataFrame
    earlier: Wave | None
    estimates: pd.DataFrame


@dataclass(frozen=True)
class Card:
    """One unit's card: `unit` (its row of scores and groups), `answers` (its own), `scores` (a row a score), and
    `others` (a row a score and group: `n` others and their `mean`). `made_up`: the unit is a specimen.
    """

    result: ScorecardResult
    unit: pd.Series
    answers: pd.Series
    scores: pd.DataFrame
    others: pd.DataFrame
    made_up: bool


def run(
    answers: pd.DataFrame, *, wave: Wave, params: Params, earlier: tuple[Wave, pd.DataFrame] | None = None
) -> ScorecardResult:
    """Scores, their measurement error, ranks and changes of all units of a wave that answered.

    `answers` is the data of the stage cleaning, `earlier` a wave before with some of the same indicators and its data.
    A score whose error is not known has neither rank nor smallest change.
    """
    data, parts, errors = _measured(answers, wave=wave, params=params)
    tables = [
        _ranked(data[data["unit_type"] == unit_type], item, parts=parts, omega=omega)
        for unit_type, item, omega in zip(errors["unit_type"], errors["item"], errors["omega"], strict=True)
    ]
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=[*SCORE_COLUMNS, *ranks.COLUMNS])
    table = _with_changes(table, errors, earlier=earlier, wave=wave, params=params)
    return ScorecardResult(
        wave=wave,
        params=params,
        data=table,
        errors=errors,
        units=data,
        answers=answers,
        earlier=earlier[0] if earlier else None,
        estimates=records(_rows(errors, wave=wave), **wave_columns(wave, stage="scorecard")),
    )


def components(data: pd.DataFrame, *, wave: Wave) -> dict[str, pd.DataFrame]:
    """What each score is made of, in points (units by questions): questions of an indicator, parts of a total."""
    found = {one.id: scoring.question_points(data, wave=wave, indicator=one) for one in wave.file.indicators}
    if wave.items_of("score"):
        parts = indicators.part_items(wave)
        points = {item.item: data[item.item] * item.highest for item in parts}
        found[indicators.total_item(wave).item] = pd.DataFrame(points, index=data.index)
    return found


def card(result: ScorecardResult, unit: str, *, rules: Rules = DEFAULT) -> Card:
    """The card of one unit; without a code that of a specimen, which is no real unit.

    Raises InputError for an unknown unit, one that did not answer, and one that no group has enough others for.
    """
    is_real = result.wave.file.origin != "synthetic"
    if not unit and is_real:
        # Nothing of a real answer may stand on the page that everybody sees.
        made = run(made_up(result.wave), wave=result.wave, params=result.params)
        return _card(made, str(made.units["code"].iloc[0]), rules=rules, is_made_up=True)
    return _card(result, unit or specimen(result), rules=rules, is_made_up=not is_real)


def specimen(result: ScorecardResult) -> str:
    """The first of the units with the most scores."""
    known = result.units[list(indicators.level_scores(result.wave))].notna().sum(axis=1)
    return str(result.units["code"].iloc[int(known.to_numpy().argmax())])


def require_card(answers: pd.DataFrame, unit: str, *, wave: Wave, rules: Rules = DEFAULT) -> None:
    """Raises InputError for a code that is not in the frame of the wave, and for a unit that gets no card.

    None is made for a unit that did not answer, nor for one that no group has enough others for.
    """
    found = answers[answers["code"] == unit]
    if found.empty:
        raise InputError(f"{unit}: no unit of {wave.id} has this code; give a code of its frame.")
    if answered(found).empty:
        raise InputError(f"{unit} did not answer in {wave.id}, so that it has no scorecard; choose one that answered.")
    peers = answered(answers[answers["unit_type"] == found["unit_type"].iloc[0]])
    comparators(_members(peers, found.iloc[0]), own=unit, rules=rules)


def have_card(answers: pd.DataFrame, *, rules: Rules = DEFAULT) -> list[str]:
    """The codes of the units that answered, where there are enough others of their type that did."""
    found = answered(answers)
    return found.loc[found.groupby("unit_type")["code"].transform("size") > rules.others, "code"].tolist()


def answered(answers: pd.DataFrame) -> pd.DataFrame:
    """The units that answered, in full or in part."""
    return answers[answers["disposition"].isin(ANSWERED)]


def _card(result: ScorecardResult, unit: str, *, rules: Rules, is_made_up: bool) -> Card:
    require_card(result.answers, unit, wave=result.wave, rules=rules)
    own = result.units[result.units["code"] == unit].iloc[0]
    peers = result.units[result.units["unit_type"] == own["unit_type"]]
    scores = result.data[(result.data["code"] == unit) & (result.data["unit_type"] == own["unit_type"])]
    found = scores.merge(result.errors[["unit_type", "item", "omega", "sem"]], on=["unit_type", "item"])
    return Card(
        result=result,
        unit=own,
        answers=result.answers[result.answers["code"] == unit].iloc[0],
        scores=found.reset_index(drop=True),
        others=compare(peers, own, items=list(indicators.level_scores(result.wave)), rules=rules),
        made_up=is_made_up,
    )


def compare(peers: pd.DataFrame, own: pd.Series, *, items: list[str], rules: Rules = DEFAULT) -> pd.DataFrame:
    """For each score and group the number of other units that have the score, and their mean.

    Without the own unit. A group is left out where it has fewer than `rules.others` others, where it differs from a
    wider one by too few (`rules.apart`), or where few others all have the same score (`rules.same_answer`).
    `peers`: the units of the own unit's type that answered.
    """
    rows: list[dict[str, Any]] = []
    for item in items:
        known = peers[peers[item].notna() & (peers["code"] != own["code"])]
        groups = {name: codes for name, codes in _members(known, own).items() if len(codes) >= rules.others}
        hidden = withheld(groups, rules=rules)
        for name, codes in groups.items():
            values = known.loc[known["code"].isin(codes), item]
            same = len(values) < rules.same_answer and values.nunique() == 1
            if name not in hidden and not same:
                rows.append({"item": item, "group": name, "n": len(values), "mean": float(values.mean())})
    return pd.DataFrame(rows, columns=["item", "group", "n", "mean"])


def _members(units: pd.DataFrame, own: pd.Series) -> dict[str, list[str]]:
    """The codes of the units in each group that the own unit belongs to."""
    return {
        name: units["code"].tolist() if column is None else units.loc[units[column] == own[column], "code"].tolist()
        for name, column in GROUPS.items()
    }


def _measured(
    answers: pd.DataFrame, *, wave: Wave, params: Params
) -> tuple[pd.DataFrame, dict[str, pd.DataFrame], pd.DataFrame]:
    """The scores of the units that answered, what they are made of, and their errors of measurement."""
    scored = indicators.score(answers, wave=wave, min_share=params.min_share)
    data = answered(scored).reset_index(drop=True)
    parts = components(data, wave=wave)
    scores = data[list(indicators.level_scores(wave))].astype("float64")
    return data, parts, precision.errors(scores, parts, unit_types=data["unit_type"])


def _ranked(members: pd.DataFrame, item: str, *, parts: Mapping[str, pd.DataFrame], omega: float) -> pd.DataFrame:
    """A score of the units of one type with their ranks, which are missing where the error is not known."""
    table = members[["unit_type", "code"]].assign(item=item, score=members[item].astype("float64"))
    known = table["score"].notna()
    if not np.isnan(omega):
        score = table.loc[known, "score"]
        found = ranks.ways(parts[item].loc[score.index], score=score)
        drawn = ranks.draw(found, unreliable=1 - omega)
        placed = ranks.summarise(drawn, scores=score.to_numpy()).set_index(score.index)
        return table.join(placed)
    return table.assign(**dict.fromkeys(ranks.COLUMNS, np.nan))


def _with_changes(
    table: pd.DataFrame,
    errors: pd.DataFrame,
    *,
    earlier: tuple[Wave, pd.DataFrame] | None,
    wave: Wave,
    params: Params,
) -> pd.DataFrame:
    """The scores with those of the same unit in the wave before, and the smallest change beyond both errors."""
    if earlier is None:
        return table.assign(before=np.nan, smallest_change=np.nan)
    data, _, errors_before = _measured(earlier[1], wave=earlier[0], params=params)
    shared = list(same_indicators(wave, earlier[0]))
    long = data.melt(id_vars=["unit_type", "code"], value_vars=shared, var_name="item", value_name="before")
    keys = ["unit_type", "item"]
    both = errors.merge(errors_before, on=keys, suffixes=("", "_before"))
    both["smallest_change"] = [
        precision.smallest_change(first, second, confidence=params.confidence)
        for first, second in zip(both["sem"], both["sem_before"], strict=True)
    ]
    joined = table.merge(long, on=["unit_type", "code", "item"], how="left", validate="1:1")
    return joined.merge(both[[*keys, "smallest_change"]][both["item"].isin(shared)], on=keys, how="left")


def _rows(errors: pd.DataFrame, *, wave: Wave) -> list[dict[str, Any]]:
    """Omega and the error of measurement of each score, as estimate records."""
    maxima = indicators.level_scores(wave)
    return [
        {"estimate_type": "diagnostic", "measure": "index", "mode": "A", "unit_type": row["unit_type"]}
        | {"item": row["item"], "category": category, "point": row[category], "n_answered": row["n"]}
        | ({"scale_max": maxima[str(row["item"])]} if category == "sem" else {})
        for row in errors.to_dict("records")
        for category in ("omega", "sem")
    ]
