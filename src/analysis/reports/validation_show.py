"""The page of the stage validation, in English: where weighting brings back the truth, and where it fails."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.evidence.validation import ValidationResult
from analysis.reports import validation_views as views
from analysis.reports.display.page import Page
from analysis.reports.display.trail import pick
from analysis.reports.display.words import format_value
from analysis.reports.validation_charts import bias_and_coverage
from analysis.reports.wave_views import Names

FORMATS = {
    "bias": "signed_points1",
    "bias_error": "percent2",
    "empirical_se": "percent2",
    "estimated_se": "percent2",
    "se_ratio": "number2",
    "coverage": "percent1",
    "width": "points1",
    "deff_kish": "number2",
    "below_one": "percent",
}


def show_answer(page: Page, result: ValidationResult) -> None:
    """What was tried, what weighting repairs, what it does not, what always holds; or that the scores are absent."""
    page.heading("validation.answer")
    if result.truth is None:
        page.callout("validation.absent", wave=result.params.truth)
        return
    page.sentences([views.opening(page, result), *views.by_size(page, result)])
    for key, values in views.by_score(result):
        page.callout(key, **values)
    page.sentences([views.bounds(page, result), page.text("validation.meaning")])


def show_drawn(page: Page, result: ValidationResult) -> None:
    """Who is made to answer: the declared model, and the response by size in each scenario."""
    if result.truth is None:
        return
    page.heading("validation.drawn")
    page.say("validation.drawn.text", wave=views.printing(result))
    page.say("validation.drawn.expected", rate=result.truth.rates.mean())
    bands = result.truth.bands
    lowest = bands.iloc[int(bands["n_frame"].argmax())]
    values = {"n": int(lowest["n_frame"]), "all": int(bands["n_frame"].sum()), "group": lowest["label_en"]}
    page.say("validation.drawn.bands", **values, rate=lowest["rate"])
    table = views.band_table(page, result)
    shares = dict.fromkeys(table.columns[3:], "percent")
    labels = {column: page.text(f"validation.column.{column}") for column in ("size", "n_frame", "printed")}
    _table(page, result, table, "response", page.text("validation.drawn.caption"), formats=shares, labels=labels,
           records=pick(result.estimates, item="response"))  # fmt: skip


def show_total(page: Page, result: ValidationResult) -> None:
    """Bias and coverage of the first outcome, drawn and in a table."""
    if result.truth is None:
        return
    first = result.outcomes.iloc[0]
    outcome = views.outcome_name(page, first, result)
    page.heading("validation.total", outcome=outcome)
    data = views.chart_rows(page, result)
    values = views.extremes(result, item=str(first["item"]), category=str(first["category"]))
    page.figure(
        bias_and_coverage(
            data,
            confidence=result.confidence,
            xlabels=(
                page.text("validation.axis.bias"),
                page.text("validation.axis.coverage", confidence=result.confidence),
            ),
            xformats=(_points, _percent),
            names=(
                page.text("validation.name.none"),
                page.text("validation.name.weighted"),
                page.text("validation.name.failed", least=result.params.least_coverage),
            ),
        ),
        name="bias_and_coverage",
        title=page.text(views.title_key(result), **values),
        alt=page.text("validation.alt", outcome=outcome, scenarios=len(result.scenarios), **values),
        data=data,
        source=_source(page, result),
        base=_base(page, result),
        records=pick(_of_outcome(result, first), subset=("*;bias", "*;coverage")),
    )
    page.say("validation.table.text", confidence=result.confidence)
    _outcome(page, result, first, folded=False)


def show_others(page: Page, result: ValidationResult) -> None:
    """The other outcomes, a table each."""
    if result.truth is None:
        return
    page.heading("validation.others")
    page.say("validation.others.text")
    for _, outcome in result.outcomes.iloc[1:].iterrows():
        _outcome(page, result, outcome, folded=True)


def show_bounds(page: Page, result: ValidationResult) -> None:
    """The worst-case bounds: how often they cover, and how wide they are."""
    if result.truth is None:
        return
    page.heading("validation.bounds")
    page.say("validation.bounds.text")
    table = views.bounds_table(page, result)
    records = pick(result.estimates, weight_variant="bounds")
    _table(page, result, table, "worst_case", page.text("validation.bounds.caption"), formats=FORMATS, records=records)


def show_ways(page: Page, result: ValidationResult) -> None:
    """How each estimate was weighted, and how exact the numbers of this page are."""
    if result.truth is None:
        return
    page.heading("validation.ways")
    page.sentences([page.text(f"validation.way.{name}") for name in views.estimators(result)])
    raked = result.data[result.data["weight_variant"] == "rake"]
    if raked["below_one"].max() > 0:
        most = raked.iloc[int(raked["below_one"].argmax())]
        where = views.scenario_name(page, most.to_dict(), result)
        page.say("validation.below_one", most=most["below_one"], scenario=where)
    worst = np.sqrt(0.25 / result.params.replicates)
    page.say("validation.exact", replicates=result.params.replicates, seed=result.params.seed, error=worst)


def _outcome(page: Page, result: ValidationResult, outcome: pd.Series, *, folded: bool) -> None:
    table = views.performance_table(page, result, outcome)
    name, truth = views.outcome_name(page, outcome, result), float(outcome["truth"])
    file = f"{outcome['item']}_share" if outcome["category"] else str(outcome["item"])
    title = page.text("validation.table.caption", outcome=name, truth=truth)
    records = _of_outcome(result, outcome)
    _table(page, result, table, file, title, formats=FORMATS, folded=folded, records=records)


def _of_outcome(result: ValidationResult, outcome: pd.Series) -> pd.DataFrame:
    """The estimate records of an outcome: its truth, and what each estimator makes of it in each scenario."""
    records = pick(result.estimates, item=str(outcome["item"]), category=str(outcome["category"]))
    return records[records["weight_variant"] != "bounds"]


def _table(
    page: Page,
    result: ValidationResult,
    table: pd.DataFrame,
    name: str,
    caption: str,
    *,
    formats: Mapping[str, str],
    labels: Mapping[str, str] | None = None,
    folded: bool = False,
    records: pd.DataFrame,
) -> None:
    page.table(
        table,
        name=name,
        caption=caption,
        formats={column: form for column, form in formats.items() if column in table},
        labels=labels or page.labels("validation.column", table.columns),
        source=_source(page, result),
        base=_base(page, result),
        folded=folded,
        records=records,
    )


def _base(page: Page, result: ValidationResult) -> str:
    assert result.truth is not None
    units = _names(result).units("municipality", len(result.truth.units))
    return page.text("validation.base", units=units, replicates=result.params.replicates)


def _source(page: Page, result: ValidationResult) -> str:
    assert result.truth is not None
    return page.text("validation.source", scores=_names(result).source(), printed=result.truth.printing.file.source)


def _names(result: ValidationResult) -> Names:
    assert result.truth is not None
    return Names(result.truth.wave, "en")


def _points(number: float) -> str:
    return format_value(round(number, 12), "signed_points", language="en")


def _percent(number: float) -> str:
    return format_value(round(number, 12), "percent", language="en")
