"""The page of the stage robustness, in English: the key estimates of a wave under every choice."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.evidence.robustness import RobustnessResult
from analysis.evidence.variants import DIMENSIONS
from analysis.reports import robustness_views as views
from analysis.reports.display.page import Page
from analysis.reports.display.trail import pick
from analysis.reports.robustness_charts import specification_curve, uncertainty
from analysis.reports.wave_views import Names

# What the file behind a curve holds.
CURVE = ("name", *DIMENSIONS, "declared", "n_frame", "n_answered", "point", "se", "ci_method", "ci_lo", "ci_hi")
RANGES = ("point", "ci_lo", "ci_hi", "median", "low", "high")
SHARES = {"same_side": "percent", "clear_side": "percent"}
EFFECTS = {"difference": "percent2", "largest": "percent2", "share_of_variance": "percent"}


def show_default(page: Page, result: RobustnessResult, names: Names) -> None:
    """What was chosen between, that the default was declared knowing the printed figures, and how many are left."""
    if names.synthetic:
        page.callout("survey.synthetic")
    page.heading("robustness.default")
    if result.summary.empty:
        page.callout("robustness.undeclared")
        return
    page.say("robustness.default.text", digits=result.declared_hash)
    page.callout("robustness.default.known")
    if not names.synthetic:
        page.sentences([_completeness(result, names)])
    _table(page, names, views.dimensions_table(result, names=names), "choices", "robustness.choices.caption")
    page.say("robustness.choices.text")
    page.say(
        "robustness.counts.text",
        combinations=int(result.counts["combinations"].sum()),
        refused=int(result.counts["refused"].sum()),
        same=int(result.counts["same"].sum()),
        left=int(result.counts["left"].sum()),
    )
    _table(page, names, views.counts_table(result, names=names), "counts", "robustness.counts.caption", folded=True,
           records=pick(result.estimates, subset="specifications"))  # fmt: skip


def show_uncertainty(page: Page, result: RobustnessResult, names: Names) -> None:
    """Nonresponse and method side by side: bounds, interval of the default, range over specifications."""
    if result.summary.empty:
        return
    page.heading("robustness.uncertainty")
    page.say("robustness.uncertainty.text")
    shown = views.on_one_scale(result, names=names)
    if len(shown):
        kinds = ("bounds", "interval", "range", "default")
        labels = [page.text(f"robustness.name.{kind}") for kind in kinds]
        about = {"base": _base(result, names)}
        page.figure(
            uncertainty(
                shown,
                xlabel=page.text("robustness.uncertainty.axis"),
                names=(labels[0], labels[1], labels[2], labels[3]),
                xformat=names.axis(),
            ),
            name="uncertainty_chart",
            title=page.text("robustness.uncertainty.title"),
            alt=page.text("robustness.uncertainty.alt", **about),
            data=shown,
            source=names.source(),
            note=page.text("robustness.uncertainty.note"),
            records=views.summary_records(result, result.summary[np.isfinite(result.summary["scale"])]),
            **about,
        )
    for unit_scale in (True, False):
        table = views.ranges_table(result, names=names, unit_scale=unit_scale)
        if len(table):
            kind = "shares" if unit_scale else "points"
            formats = dict.fromkeys(RANGES, "percent1" if unit_scale else "number2") | SHARES
            records = views.summary_records(result, result.summary[(result.summary["scale"] == 1) == unit_scale])
            _table(page, names, table, f"ranges_{kind}", f"robustness.ranges.caption.{kind}", formats=formats,
                   records=records)  # fmt: skip
    page.say("robustness.ranges.text")


def show_curves(page: Page, result: RobustnessResult, names: Names) -> None:
    """A specification curve for each key estimate with several; none where next to nobody is missing."""
    if result.summary.empty:
        return
    if views.missing(result) < views.NEARLY_COMPLETE:
        return
    page.heading("robustness.curves")
    page.say("robustness.curves.text")
    called = views.estimate_names(result, names=names)
    for number, (name, own) in enumerate(result.curves.specs.groupby("name", sort=False), start=1):
        if len(own) > 1:
            records = views.records_of(pick(result.estimates, estimate_type="level"), own)
            _curve(page, own, names, called=called[str(name)], number=number, records=records)


def show_effects(page: Page, result: RobustnessResult, names: Names) -> None:
    """What each choice does, over all key estimates and one by one."""
    if result.summary.empty:
        return
    page.heading("robustness.effects")
    page.say("robustness.effects.text")
    records = pick(result.estimates, subset=("mean difference, *", "share of variance, *"))
    _table(page, names, views.effects_table(result, names=names), "effects", "robustness.effects.caption",
           formats=EFFECTS, records=records)  # fmt: skip
    _table(page, names, views.effects_by_estimate(result, names=names), "effects_by_estimate",
           "robustness.effects.each", formats=EFFECTS, folded=True, records=records)  # fmt: skip


def show_refused(page: Page, result: RobustnessResult, names: Names) -> None:
    """What cannot be weighted, with the sentence that says why."""
    if result.summary.empty:
        return
    page.heading("robustness.refused")
    if result.refused.empty:
        page.say("robustness.refused.none")
        return
    page.say("robustness.refused.text")
    _table(page, names, views.refused_table(result, names=names), "refused", "robustness.refused.caption")


def show_register(page: Page, result: RobustnessResult, names: Names) -> None:
    """Every decision about the wave with its reason, and beside it how far the key estimates move."""
    if result.summary.empty:
        return
    page.heading("robustness.register")
    page.say("robustness.register.text", decisions=result.register["decision"].nunique())
    moved = pick(result.estimates, weight_variant="decision *")
    for run, kind in ((True, "run"), (False, "not_run")):
        table = views.register_table(result, names=names, run=run)
        _table(page, names, table, f"register_{kind}", f"robustness.register.caption.{kind}", folded=not run,
               records=moved if run else None)  # fmt: skip
        if run and len(result.moves):
            _table(page, names, views.moves_table(result, names=names), "moves", "robustness.moves.caption",
                   formats={"effect": "percent2"}, folded=True, records=moved)  # fmt: skip


def _curve(page: Page, own: pd.DataFrame, names: Names, *, called: str, number: int, records: pd.DataFrame) -> None:
    default = own[own["declared"]].iloc[0]
    scale, base = float(default["scale"]), _one_base(default, names)
    found = {"low": own["point"].min(), "high": own["point"].max(), "median": own["point"].median()}
    found["default"] = default["point"]
    said = {key: views.written(value, scale=scale, names=names) for key, value in found.items()}
    about = {"estimate": called, "n": len(own), **said}
    kinds = [page.text(f"robustness.name.{kind}") for kind in ("estimate", "own_interval", "declared")]
    page.figure(
        specification_curve(
            own,
            views.curve_rows(own, names=names),
            names=(kinds[0], kinds[1], kinds[2]),
            yformat=lambda value: views.written(value, scale=scale, names=names),
            half=scale / 2 if np.isfinite(scale) else None,
        ),
        name=f"curve_{number}",
        title=names.title("robustness.curve.title", "robustness.curve.title.plain", **about),
        alt=page.text("robustness.curve.alt", base=base, **about),
        data=own[list(CURVE)],
        source=names.source(),
        base=base,
        note=page.text("robustness.curve.note"),
        records=records,
    )


def _completeness(result: RobustnessResult, names: Names) -> str:
    """How much nonresponse there is to weight for, and how far weights and trimming move a key estimate."""
    effects = result.effects[result.effects["dimension"].isin(["adjustment", "trimming"])]
    moved = float((effects["largest"] / effects["scale"]).max()) if len(effects) else 0.0
    missing = views.missing(result)
    if missing == 0:
        return names.finding("robustness.complete")
    kind = "nearly" if missing < views.NEARLY_COMPLETE else "partly"
    return names.finding(f"robustness.{kind}", missing=missing, moved=moved)


def _base(result: RobustnessResult, names: Names) -> str:
    """The units behind the key estimates: the most and the fewest answers, by unit type."""
    said = []
    for unit_type, own in result.summary.groupby("unit_type", sort=False):
        fewest, most, size = int(own["n_answered"].min()), int(own["n_answered"].max()), int(own["n_frame"].iloc[0])
        base = names.base(str(unit_type), most, size)
        said.append(base if fewest == most else names.say("robustness.base.from", fewest=fewest, base=base))
    return "; ".join(said)


def _one_base(row: pd.Series, names: Names) -> str:
    return names.base(str(row["unit_type"]), int(row["n_answered"]), int(row["n_frame"]))


def _table(
    page: Page,
    names: Names,
    table: pd.DataFrame,
    name: str,
    caption: str,
    *,
    formats: Mapping[str, str] | None = None,
    folded: bool = False,
    records: pd.DataFrame | None = None,
) -> None:
    page.table(
        table,
        name=name,
        caption=page.text(caption),
        formats={column: form for column, form in (formats or {}).items() if column in table},
        labels=page.labels("robustness.column", table.columns),
        source=names.source(),
        folded=folded,
        records=records,
    )
