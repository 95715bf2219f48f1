"""The sections of the stage weighting, in English: each shows what the wave's plan has."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.inputs.decisions import Decision, plan_decisions, problems
from analysis.reports import weighting_views as views
from analysis.reports.audit_files import unit_file
from analysis.reports.display import charts
from analysis.reports.display.page import Page
from analysis.reports.display.trail import pick
from analysis.reports.wave_views import Names
from analysis.reports.weighting_charts import before_after
from analysis.survey.replicated import REPLICATES
from analysis.survey.weighting import WeightingResult

# Tables with more rows, and those of single modules, open at a click.
LONG = 12
UNITS = {"target": "number", "achieved": "number2", "gap": "number2", "before": "number1", "mean_weight": "number2"}


def show_plan(page: Page, result: WeightingResult, names: Names) -> None:
    """The plan in words and key by key, and how much its weights have to make up for; no findings if synthetic."""
    if names.synthetic:
        page.callout("survey.synthetic")
    page.heading("weighting.plan")
    page.say(f"weighting.plan.{names.wave.file.weighting.method}")
    if names.wave.file.weighting.modules:
        page.say("weighting.plan.modules")
    if not names.synthetic:
        page.sentences([*views.totals_sentences(result, names=names), *views.spread_sentences(result, names=names)])
    if views.uses_margins(names=names):
        _table(page, names, views.plan_table(names=names), "plan", "weighting.plan.caption")


def show_margins(page: Page, result: WeightingResult, names: Names) -> None:
    """Who is weighted to what: target, achieved and gap of each category that the plan meets."""
    page.heading("weighting.margins")
    page.say("weighting.margins.text")
    for module in views.modules(result):
        table = views.margins_table(result, module=module, names=names)
        _table(page, names, table, _name("margins", module), "weighting.margins.caption", formats=UNITS, module=module,
               records=views.margin_records(result, module=module, met=True))  # fmt: skip


def show_balance(page: Page, result: WeightingResult, names: Names) -> None:
    """What the answers stand for before and after weighting, in every grouping of the frame."""
    page.heading("weighting.balance")
    page.say("weighting.balance.text")
    ratios = {"before_ratio": "percent1", "after_ratio": "percent1"}
    for module in views.modules(result):
        table = views.balance_table(result, module=module, names=names)
        records = views.margin_records(result, module=module, met=False)
        if module == "" and (table["before"] - table["achieved"]).abs().max() > 1e-9:
            _balance_chart(page, table, names, totals=result.totals, records=records)
        shown = table.drop(columns="unit_type")
        _table(page, names, shown, _name("balance", module), "weighting.balance.caption", formats=UNITS | ratios,
               module=module, records=records)  # fmt: skip


def show_weights(page: Page, result: WeightingResult, names: Names) -> None:
    """The weights at a glance, their spread and their factors."""
    page.heading("weighting.weights")
    whole = result.data[(result.data["module"] == "") & (result.data["unit_type"] == "municipality")]
    weights = whole["final_weight"]
    records = pick(result.estimates, item="weights", weight_variant=names.wave.file.weighting.method)
    if len(weights) and weights.max() - weights.min() > 1e-9:
        _histogram(page, whole, names, records=pick(records, module="", unit_type="municipality"))
    else:
        page.say("weighting.weights.alike")
    formats = {"sum_of_weights": "number1", "top_share": "percent1", "n_effective": "number1"}
    formats |= dict.fromkeys(("smallest", "largest"), "number2") | {"deff_kish": "number3"}
    _table(page, names, views.diagnostics_table(result, names=names), "diagnostics", "weighting.diagnostics.caption",
           formats=formats, records=records)  # fmt: skip
    page.say("weighting.factors.text")
    three = dict.fromkeys(("lowest", "mean", "highest"), "number3")
    factors = views.factors_table(result, names=names)
    _table(page, names, factors, "factors", "weighting.factors.caption", formats=three, folded=len(factors) > LONG)


def show_steps(page: Page, result: WeightingResult, names: Names) -> None:
    """Each step in which cells were put together."""
    if not views.uses_margins(names=names):
        return
    page.heading("weighting.steps")
    table = views.log_table(result, names=names)
    if table.empty:
        page.say("weighting.steps.none")
    else:
        page.say("weighting.steps.text")
        _table(page, names, table, "steps", "weighting.steps.caption", folded=len(table) > LONG)


def show_key(page: Page, result: WeightingResult, names: Names) -> None:
    """The key estimates under the plan, with their standard errors."""
    if result.key.empty:
        return
    page.heading("weighting.key")
    page.say("weighting.key.text", replicates=REPLICATES)
    table = views.key_table(result, names=names)
    records = pick(result.estimates, estimate_type="level", weight_variant=names.wave.file.weighting.method)
    for measure, decimals in (("share", "percent1"), ("mean", "number3")):
        own = table[table["measure"] == measure].drop(columns="measure")
        if len(own):
            formats = dict.fromkeys(("point", "ci_lo", "ci_hi"), decimals)
            formats |= dict.fromkeys(views.ERRORS, "percent2" if measure == "share" else "number3")
            _table(page, names, own, f"key_{measure}s", f"weighting.key.caption.{measure}", formats=formats,
                   records=pick(records, measure=measure))  # fmt: skip


def show_decisions(page: Page, result: WeightingResult, names: Names, *, decisions: Sequence[Decision]) -> None:
    """Each decision of the plan with its reason, and every alternative run beside it."""
    page.heading("weighting.decisions")
    page.say("weighting.decisions.text")
    page.sentences(list(problems(decisions, wave=names.wave)))
    for key, decision in plan_decisions(decisions, wave=names.wave).items():
        page.subheading("weighting.decision", anchor=decision.id, title=decision.title, id=decision.id)
        page.say("weighting.decision.text", value=views.decision_value(decision), of=key, reason=decision.reason)
        options = views.options_table(result, key)
        formats = dict.fromkeys(("smallest", "largest", "gap_left"), "number2")
        formats |= dict.fromkeys(("deff", "moved"), "number3")
        records = views.option_records(result, key)
        _table(page, names, options, f"options_{key}", "weighting.options.caption", formats=formats, records=records)
        refused = views.refused(result, key)
        if refused:
            page.sentences([page.text("weighting.refused", option=text) for text in refused])
        effects = views.effects_table(result, key, names=names)
        if effects.shape[1] > 2:
            numbers = dict.fromkeys(effects.columns[1:], "number3")
            labels = {"estimate": page.text("weighting.column.estimate"), "point": page.text("weighting.column.chosen")}
            labels |= {column: str(column) for column in effects.columns[2:]}
            _table(page, names, effects, f"effects_{key}", "weighting.effects.caption", formats=numbers, labels=labels,
                   records=pick(records, estimate_type="level"))  # fmt: skip


def show_check(page: Page, names: Names) -> None:
    """Where the audit files lie, and how they are checked in R."""
    page.heading("weighting.check")
    folder = f"outputs/restricted/audit/{names.wave.id}"
    page.say("weighting.check.text", folder=folder, file=unit_file(names.wave))
    page.say("weighting.check.how", command=f"Rscript {folder}/verify.R")
    if names.wave.file.promise != "open" and not names.synthetic:
        page.say("weighting.check.confidential")


def show_missing(page: Page, result: WeightingResult, names: Names) -> None:
    """The units without an answer, for whom the others stand, by name where that is promised."""
    if len(result.missing):
        page.heading("weighting.missing")
        table = result.missing.assign(unit_type=[names.unit(one, count=1) for one in result.missing["unit_type"]])
        table = table[["name", "unit_type", "county_name", "population", "share_of_inhabitants"]]
        _table(page, names, table, "missing", "weighting.missing.caption", formats={"share_of_inhabitants": "percent2"})


def _balance_chart(
    page: Page, table: pd.DataFrame, names: Names, *, totals: pd.DataFrame, records: pd.DataFrame
) -> None:
    own = table[table["unit_type"] == "municipality"]
    if own.empty:
        return
    units = totals[totals["unit_type"] == "municipality"]
    base = names.base("municipality", int(units["n_answered"].sum()), int(units["n_frame"].sum()))
    prefix = f"{names.unit('municipality')}, "
    shown = pd.DataFrame(
        {
            "label": [text.removeprefix(prefix) for text in own["category"]],
            "before": own["before_ratio"],
            "after": own["after_ratio"],
        }
    )
    kinds = ("before", "after", "target")
    page.figure(
        before_after(
            shown,
            xlabel=page.text("weighting.balance.axis"),
            xformat=names.axis(),
            names=[page.text(f"weighting.name.{kind}") for kind in kinds],
        ),
        name="balance_chart",
        title=page.text("weighting.balance.title"),
        alt=page.text("weighting.balance.alt", base=base),
        data=own,
        source=names.source(),
        base=base,
        records=records,
    )


def _histogram(page: Page, whole: pd.DataFrame, names: Names, *, records: pd.DataFrame) -> None:
    weights, mean = whole["final_weight"], float(whole["base_weight"].mean())
    low, high = float(weights.min()), float(weights.max())
    width = (high - low) / 20
    title = page.text("weighting.histogram.title")
    base = names.units("municipality", len(weights))
    page.figure(
        charts.histogram(
            weights,
            bins=[low + width * step for step in range(20)] + [high],
            xlabel=page.text("weighting.histogram.axis"),
            ylabel=page.text("weighting.histogram.answers"),
            mark=(mean, page.text("weighting.histogram.base", weight=mean)),
        ),
        name="weights_chart",
        title=title,
        alt=page.text("weighting.histogram.alt", base=base, low=low, high=high, mean=mean),
        data=whole["final_weight"]
        .round(9)
        .value_counts()
        .sort_index()
        .rename_axis("weight")
        .reset_index(name="answers"),
        source=names.source(),
        base=base,
        records=records,
    )


def _name(table: str, module: str) -> str:
    return f"{table}_{module}" if module else table


def _table(
    page: Page,
    names: Names,
    table: pd.DataFrame,
    name: str,
    caption: str,
    *,
    formats: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    module: str | None = None,
    folded: bool = False,
    records: pd.DataFrame | None = None,
) -> None:
    title = page.text(caption)
    if module:
        title = page.text("weighting.caption.module", caption=title, module=views.module_name(module, names=names))
    chosen: dict[str, Any] = {column: form for column, form in (formats or {}).items() if column in table}
    page.table(
        table,
        name=name,
        caption=title,
        formats=chosen,
        labels=labels or page.labels("weighting.column", table.columns),
        source=names.source(),
        folded=folded or bool(module),
        records=records,
    )
