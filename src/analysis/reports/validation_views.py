"""The numbers of the stage validation as its page says them: names, sentences and tables, in English."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from analysis.evidence.validation import BOUNDS, ValidationResult
from analysis.reports.display.page import Page
from analysis.reports.wave_views import Names

COLUMNS = "bias coverage se_ratio empirical_se estimated_se width deff_kish".split()


def opening(page: Page, result: ValidationResult) -> str:
    """What was tried."""
    assert result.truth is not None
    first = result.outcomes.iloc[0]
    return page.text(
        "validation.opening",
        n=len(result.truth.units),
        outcome=outcome_name(page, first, result),
        truth=float(first["truth"]),
        replicates=result.params.replicates,
        scenarios=len(result.scenarios),
        answered=round(float(result.scenarios["n_answered"].mean())),
        wave=printing(result),
    )


def by_size(page: Page, result: ValidationResult) -> list[str]:
    """What happens where answering depends on size alone: without weights, and with them."""
    weighted, plain = (rows[rows["odds_ratio"] == 1] for rows in _split(result))
    sloped = plain[plain["steepness"] > 0]
    if weighted.empty or sloped.empty:
        return []
    worst = sloped.iloc[int(sloped["bias"].abs().argmax())]
    said = [
        page.text(
            "validation.size.unweighted",
            bias=abs(worst["bias"]),
            of=outcome_name(page, worst, result),
            coverage=sloped["coverage"].min(),
            confidence=result.confidence,
        )
    ]
    least = weighted["coverage"].min()
    key = "works" if least >= result.params.least_coverage else "partly"
    groups = weighted[weighted["weight_variant"] == "poststratify"]["bias"].abs().max()
    values = {"bias": weighted["bias"].abs().max(), "groups": groups, "coverage": least}
    values |= {"high": weighted["coverage"].max()}
    return [*said, page.text(f"validation.size.{key}", **values)]


def by_score(result: ValidationResult) -> Iterator[tuple[str, dict[str, object]]]:
    """What happens where answering depends on the score itself: a sentence for each dependence, its key and values."""
    weighted, plain = _split(result)
    keys = ["scenario", "item", "category"]
    for ratio, own in weighted[weighted["odds_ratio"] != 1].groupby("odds_ratio", sort=False):
        alike = plain[plain["odds_ratio"] == ratio].set_index(keys)["bias"]
        without = alike.loc[list(own[keys].itertuples(index=False, name=None))].to_numpy()
        removed = 1 - own["bias"].abs() / abs(without)
        failing = own["coverage"] < result.params.least_coverage
        key = "fails" if failing.all() else "some" if failing.any() else "holds"
        yield (
            f"validation.score.{key}",
            {
                "ratio": ratio,
                "low": own["coverage"].min(),
                "high": own["coverage"].max(),
                "confidence": result.confidence,
                "bias_low": own["bias"].abs().min(),
                "bias_high": own["bias"].abs().max(),
                "removed": removed.max(),
            },
        )


def bounds(page: Page, result: ValidationResult) -> str:
    """How often the worst-case bounds cover, and how wide they are."""
    rows = result.data[result.data["weight_variant"] == BOUNDS]
    return page.text("validation.bounds.answer", coverage=rows["coverage"].min(), width=rows["width"].mean())


def extremes(result: ValidationResult, *, item: str, category: str) -> dict[str, float]:
    """Of one outcome: the largest weighted bias where size alone decides, and the smallest where the score does."""
    weighted, _ = _split(result)
    own = weighted[(weighted["item"] == item) & (weighted["category"] == category)]
    alone, dependent = own[own["odds_ratio"] == 1], own[own["odds_ratio"] != 1]
    return {
        "size": alone["bias"].abs().max() if len(alone) else 0.0,
        "score": dependent["bias"].abs().min() if len(dependent) else 0.0,
        "size_coverage": alone["coverage"].min() if len(alone) else 1.0,
        "score_coverage": dependent["coverage"].max() if len(dependent) else 1.0,
    }


def title_key(result: ValidationResult) -> str:
    """The chart's title: whether weighting repairs what size decides, and fails where the score does."""
    first = result.outcomes.iloc[0]
    found = extremes(result, item=str(first["item"]), category=str(first["category"]))
    repairs = found["size_coverage"] >= result.params.least_coverage
    fails = found["score_coverage"] < result.params.least_coverage
    return "validation.title.finding" if repairs and fails else "validation.title"


def chart_rows(page: Page, result: ValidationResult) -> pd.DataFrame:
    """The rows of the chart: the first outcome, a block a scenario, a row an estimator."""
    first = result.outcomes.iloc[0]
    rows = _of(result, first)
    return pd.DataFrame(
        {
            "block": [scenario_name(page, row, result) for row in rows.to_dict("records")],
            "label": [page.text(f"validation.name.{name}") for name in rows["weight_variant"]],
            "bias": rows["bias"].to_numpy(),
            "coverage": rows["coverage"].to_numpy(),
            "weighted": (rows["weight_variant"] != "none").to_numpy(),
            "failed": (rows["coverage"] < result.params.least_coverage).to_numpy(),
        }
    )


def performance_table(page: Page, result: ValidationResult, outcome: pd.Series) -> pd.DataFrame:
    """What each estimator does to one outcome in each scenario."""
    rows = _of(result, outcome)
    table = rows[COLUMNS].reset_index(drop=True)
    table.insert(0, "estimator", [page.text(f"validation.name.{name}") for name in rows["weight_variant"]])
    table.insert(0, "score", [dependence(page, row) for row in rows.to_dict("records")])
    table.insert(0, "gradient", [gradient(page, row, result) for row in rows.to_dict("records")])
    return table


def bounds_table(page: Page, result: ValidationResult) -> pd.DataFrame:
    """How often the worst-case bounds cover each outcome in each scenario, and how far apart they are."""
    rows = result.data[result.data["weight_variant"] == BOUNDS]
    return pd.DataFrame(
        {
            "gradient": [gradient(page, row, result) for row in rows.to_dict("records")],
            "score": [dependence(page, row) for row in rows.to_dict("records")],
            "outcome": [outcome_name(page, row, result) for row in rows.to_dict("records")],
            "coverage": rows["coverage"].to_numpy(),
            "width": rows["width"].to_numpy(),
        }
    )


def band_table(page: Page, result: ValidationResult) -> pd.DataFrame:
    """The response by size: as printed, and in each scenario, with the units that are in each band here."""
    wide = result.bands.pivot(index="label_en", columns="scenario", values="propensity")
    order = result.bands["label_en"].drop_duplicates()
    first = result.bands.drop_duplicates("label_en")
    printed = [page.text("validation.printed", n=row["answered"], all=row["asked"]) for row in first.to_dict("records")]
    table = pd.DataFrame({"size": order.to_list(), "n_frame": first["n_frame"].to_list(), "printed": printed})
    for row in result.scenarios.to_dict("records"):
        name = gradient(page, row, result) + ("" if row["odds_ratio"] == 1 else f"; {dependence(page, row)}")
        table[name] = wide.loc[order, row["scenario"]].to_numpy()
    return table


def gradient(page: Page, row: Mapping[Any, Any], result: ValidationResult) -> str:
    """The gradient by size of a scenario, as it stands in a column."""
    kind = {0.0: "none", 1.0: "printed"}.get(row["steepness"], "steeper")
    return page.text(f"validation.column.gradient.{kind}", wave=printing(result), times=_plain(row["steepness"]))


def dependence(page: Page, row: Mapping[Any, Any]) -> str:
    """The dependence of a scenario on the score, as it stands in a column."""
    kind = "none" if row["odds_ratio"] == 1 else "odds"
    return page.text(f"validation.column.score.{kind}", ratio=_plain(row["odds_ratio"]))


def scenario_name(page: Page, row: Mapping[Any, Any], result: ValidationResult) -> str:
    """A scenario in words: the gradient by size, and the dependence on the score."""
    steep = row["steepness"]
    kind = {0.0: "none", 1.0: "printed"}.get(steep, "steeper")
    gradient = page.text(f"validation.gradient.{kind}", wave=printing(result), times=_plain(steep))
    if row["odds_ratio"] == 1:
        return gradient
    return page.text("validation.dependent", gradient=gradient, ratio=_plain(row["odds_ratio"]))


def outcome_name(page: Page, outcome: Mapping[Any, Any] | pd.Series, result: ValidationResult) -> str:
    """An outcome in words: the item, and the classes whose share is meant."""
    assert result.truth is not None
    name = Names(result.truth.wave, "en").item(str(outcome["item"]))
    if not outcome["category"]:
        return name
    return page.text("validation.share_of", item=name, options=str(outcome["category"]).replace("|", " or "))


def printing(result: ValidationResult) -> str:
    """The wave whose printed response is the gradient, by country and year."""
    assert result.truth is not None
    file = result.truth.printing.file
    return f"{file.country.title()} {file.year}"


def estimators(result: ValidationResult) -> list[str]:
    """The ways of weighting, in their order."""
    return [name for name in dict.fromkeys(result.data["weight_variant"]) if name != BOUNDS]


def _of(result: ValidationResult, outcome: pd.Series) -> pd.DataFrame:
    rows = result.data[result.data["weight_variant"] != BOUNDS]
    return rows[(rows["item"] == outcome["item"]) & (rows["category"] == outcome["category"])]


def _split(result: ValidationResult) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of the weighted estimates, and of the unweighted ones."""
    rows = result.data[result.data["weight_variant"] != BOUNDS]
    return rows[rows["weight_variant"] != "none"], rows[rows["weight_variant"] == "none"]


def _plain(number: float) -> str:
    return f"{number:g}"
