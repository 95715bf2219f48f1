"""A wave's printed figures beside what its answers give, and its codebook, as sections of the stage `results`."""

from dataclasses import replace

import pandas as pd

from analysis.inputs.targets import COMPARED
from analysis.reports.display import words
from analysis.reports.display.page import Page
from analysis.reports.display.trail import pick, printed
from analysis.reports.wave_views import Names
from analysis.survey.results import ResultsResult
from analysis.survey.targets import NOT_IN_FILE

# What AAPOR's Code of Ethics asks to be disclosed of a survey, and what wave.yml does not already say elsewhere.
DISCLOSED = (
    "sponsor fielded_by population frame selection field_days mode languages who_answered invitation reminders pilot "
    "question_wording response_options nonresponse item_nonresponse weighting"
).split()
# Tables with more rows than these open at a click.
LONG = 12


def show_printed(page: Page, result: ResultsResult, names: Names) -> None:
    """How many printed figures are in each carrier class, which are reproduced, and why others are not compared."""
    if not int(result.carriers["figures"].sum()):
        return
    page.heading("printed.heading")
    page.sentences(reproduced(result, names))
    classes = list(result.carriers["carrier"])
    carriers = pd.DataFrame(
        {
            "carrier": [page.text(f"carrier.{one}") for one in classes],
            "figures": result.carriers["figures"],
            "agree": [_agree_text(page, _agreeing(result, one)) for one in classes],
            "meaning": [page.text(f"carrier.{one}.meaning") for one in classes],
        }
    )
    records = pick(result.estimates, item="printed_figures")
    _table(page, names, carriers, name="carriers", caption="printed.carriers", records=records)
    asked = result.printed["carrier"].where(result.printed["reason"] != NOT_IN_FILE)
    for carrier in COMPARED:
        table = result.printed[asked == carrier]
        if len(table):
            computed = pick(result.estimates, estimate_id=table["estimate_id"])
            _table(page, names, _compared(table), name=f"printed_{carrier}", caption=f"printed.{carrier}",
                   records=pd.concat([printed(table["figure_id"]), computed], ignore_index=True))  # fmt: skip
    others = result.printed[~asked.isin(COMPARED)]
    if len(others):
        shown = others.assign(carrier=[page.text(f"carrier.{one}") for one in others["carrier"]])
        columns = ["label", "printed", "carrier", "reason", "figure_id"]
        _table(page, names, shown[columns].fillna({"printed": ""}), name="printed_others", caption="printed.others",
               records=printed(others["figure_id"]))  # fmt: skip


def reproduced(result: ResultsResult, names: Names) -> list[str]:
    """How many of the compared figures agree. Of synthetic answers this says that generator and pipeline agree."""
    counts = dict(zip(result.carriers["carrier"], result.carriers["figures"], strict=True))
    fitted, worded = (_agreeing(result, carrier) or 0 for carrier in COMPARED)
    asked = result.printed.loc[result.printed["reason"] != NOT_IN_FILE, "carrier"]
    values = {"n": int((asked == "fitted").sum()), "k": fitted, "m": int((asked == "worded").sum()), "j": worded}
    every = fitted == values["n"]
    said = [names.say("printed.count", all=sum(counts.values()))]
    said.append(names.say("printed.reproduced" if every else "printed.not_reproduced", **values))
    said.append(names.say("printed.within", **values))
    return [*said, names.say("printed.synthetic")] if names.synthetic else said


def show_methodology(page: Page, names: Names) -> None:
    """How the survey was made, as its source says; what the source is silent about is not known, and said so.

    It is real whatever the answers are, so it carries no label of synthetic ones.
    """
    page = replace(page, state="printed") if names.synthetic else page
    page.heading("methodology.heading")
    page.say("methodology.text")
    caption, columns = "methodology.caption", "methodology.column"
    _description(
        page, methodology(names), name="methodology", caption=caption, columns=columns, long=len(DISCLOSED) * 2
    )


def methodology(names: Names) -> pd.DataFrame:
    """One row per item of AAPOR's disclosure list, and then what else `wave.yml` says of the method."""
    said = names.wave.file.methodology
    rows = []
    for key in dict.fromkeys([*DISCLOSED, *said]):
        known, label = said.get(key), f"methodology.{key}"
        name = names.say(label) if label in words.catalogue() else key.replace("_", " ")
        rows.append((name, getattr(known, names.language) if known else names.say("methodology.not_known")))
    return pd.DataFrame(rows, columns=["about", "said"])


def show_codebook(page: Page, names: Names) -> None:
    """What each variable is: items with their scale, place and filter, and the options of each scale."""
    items, options = codebook_items(names), codebook_options(names)
    page.heading("codebook.heading")
    page.say("codebook.text")
    _description(page, items, name="codebook_items", caption="codebook.items", columns="codebook.column")
    if len(options):
        _description(page, options, name="codebook_options", caption="codebook.options", columns="codebook.column")


def _description(page: Page, table: pd.DataFrame, *, name: str, caption: str, columns: str, long: int = LONG) -> None:
    # What describes the questionnaire has no number to withhold.
    replace(page, withheld=False).table(
        table,
        name=name,
        caption=page.text(caption),
        formats={"score": "number2"} if "score" in table else {},
        labels=page.labels(columns, table.columns),
        source=page.text("codebook.source"),
        folded=len(table) > long,
    )


def codebook_items(names: Names) -> pd.DataFrame:
    """One row per item of `items.csv`, in the words of a language; columns that no item fills are left out."""
    wave, blank = names.wave, ""
    rows = []
    for item in (*wave.items, *wave.project_items):
        rule = item.asked_if
        asked = f"{rule.item} = {' | '.join(rule.options)}" if rule else blank
        limits = "" if item.minimum is None else f"{item.minimum} {names.say('codebook.to')} {_or(item.maximum, '…')}"
        rows.append(
            {
                "item": item.item,
                "label": getattr(item, f"label_{names.language}"),
                "variable": item.variable,
                "type": names.say(f"codebook.type.{item.type}"),
                "scale": item.scale or limits,
                "module": names.module(item.module) if item.module else blank,
                "area": names.area(item.area) if item.area else blank,
                "block": item.block or blank,
                "indicator": names.item(item.indicator) if item.indicator else blank,
                "asked_if": asked,
                "seen": names.say("codebook.placeholder") if item.placeholder else blank,
                "source_locator": item.source_locator,
            }
        )
    table = pd.DataFrame(rows)
    same = (table["variable"] == table["item"]).all()
    kept = [column for column in table if (table[column] != blank).any() and not (column == "variable" and same)]
    return table[kept]


def codebook_options(names: Names) -> pd.DataFrame:
    """One row per option of `options.csv`: its value in the cleaned data, its points where it is scored, its label."""
    rows = [
        {
            "scale": option.scale,
            "option": option.option,
            "value": option.typed,
            "label": getattr(option, f"label_{names.language}"),
            "score": option.score,
        }
        for option in names.wave.options
    ]
    table = pd.DataFrame(rows, columns=["scale", "option", "value", "label", "score"])
    table["value"] = table["value"].astype(str)
    return table if table["score"].notna().any() else table.drop(columns="score")


def _agreeing(result: ResultsResult, carrier: str) -> int | None:
    if carrier not in COMPARED:
        return None
    found = result.printed[result.printed["carrier"] == carrier]["agrees"]
    return int(found.fillna(False).astype(bool).sum())


def _agree_text(page: Page, number: int | None) -> str:
    return page.text("printed.not_compared") if number is None else str(number)


def _compared(table: pd.DataFrame) -> pd.DataFrame:
    columns = ["label", "printed", "computed", "n_answered", "agrees", "tolerance", "reason", "figure_id"]
    if table["tolerance"].isna().all():
        # The reasons of fitted figures say how the base was read: they stand in targets.csv.
        columns = [column for column in columns if column not in ("tolerance", "reason")]
    return table[columns].astype({"agrees": "boolean"})


def _table(page: Page, names: Names, table: pd.DataFrame, *, name: str, caption: str, records: pd.DataFrame) -> None:
    formats = {"printed": "printed", "computed": "number2", "tolerance": "number1", "agree": "printed"}
    page.table(
        table,
        name=name,
        caption=page.text(caption),
        formats={column: form for column, form in formats.items() if column in table},
        labels=page.labels("printed.column", table.columns),
        source=page.text("survey.printed.source"),
        folded=len(table) > LONG,
        records=records,
    )


def _or(value: object, other: str) -> str:
    return other if value is None else str(value)
