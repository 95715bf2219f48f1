"""The projects of a wave as readers see them: questions and options by their names, in one language."""

from collections.abc import Sequence

import pandas as pd

from analysis.inputs.cleaning import UNIT_TYPES
from analysis.inputs.instrument import Item
from analysis.inputs.waves import Wave
from analysis.reports.display import words
from analysis.reports.registry import QUARTILES, Floor, RegistryResult, project_blocks
from analysis.reports.wave_views import Names

TICKED = 1
# Columns that a list names by itself: which unit registered the project.
UNIT = ("unit", "unit_type")


def question_name(question: str, *, names: Names) -> str:
    """What a multi-select of the projects is called, as its options say before the colon; a single choice by itself."""
    items = project_blocks(names.wave).get(question)
    label = names.item(items[0].item).partition(": ")[0] if items else names.item(question)
    return label[0].upper() + label[1:]


def option_name(item: str, option: str, *, names: Names) -> str:
    """What an option is called: of a multi-select the item after its colon, else the answer."""
    label = names.item(item)
    return label.partition(": ")[2] or label if names.wave.item(item).type == "multi" else names.option(item, option)


def count_table(counts: pd.DataFrame, question: str, *, names: Names) -> pd.DataFrame:
    """The options of a question with the number of projects, the base and the share; most frequent first if several
    may be ticked."""
    rows = counts[counts["question"] == question]
    if question in project_blocks(names.wave):
        rows = rows.sort_values("k", ascending=False, kind="stable")
    labels = [
        option_name(item, option, names=names) for item, option in zip(rows["item"], rows["category"], strict=True)
    ]
    return pd.DataFrame({"option": labels, **{column: rows[column].to_list() for column in ("k", "n", "share")}})


def chart_data(counts: pd.DataFrame, question: str, *, names: Names) -> pd.DataFrame:
    """The options of a question as bars: label, value, and both count and share as they are to be read."""
    table = count_table(counts, question, names=names)
    text = [
        names.say("registry.bar", k=k, share=share) for k, share in zip(table["k"], table["share"], strict=True)
    ]  # fmt: skip
    return pd.DataFrame({"label": table["option"], "value": table["k"], "share": table["share"], "text": text})


def tick_table(ticks: pd.DataFrame, *, names: Names) -> pd.DataFrame:
    """Ticks per project of each multi-select; what is not known of any is left out."""
    shown = ticks.assign(question=[question_name(one, names=names) for one in ticks["question"]])
    return shown.dropna(axis="columns", how="all").reset_index(drop=True)


def floor_table(floor: Floor, *, names: Names) -> pd.DataFrame:
    """The arithmetic of the floor, a step a row: what is reckoned, how, and what comes out."""

    def number(value: float, spec: str = "count") -> str:
        return words.format_value(value, spec, language=names.language)

    most, options, ticks = number(floor.most), number(floor.options), number(floor.ticks)
    named = number(floor.n - floor.exempt)
    steps = {
        "per_project": (f"{ticks} / {number(floor.n)}", number(floor.per_project, "number2")),
        "most": ("", most),
        "theirs": (f"{options} × {most}", number(floor.options * floor.most)),
        "left": (f"{ticks} − {number(floor.options * floor.most)}", number(floor.left)),
        "others": (f"{number(floor.n)} − {number(floor.exempt)} − {most}", number(floor.others)),
        "fewest": (f"{ticks} − {number(floor.options - 1)} × {named}", number(floor.fewest)),
    }
    if floor.others:
        steps["left_per_project"] = (
            f"{number(floor.left)} / {number(floor.others)}",
            number(floor.left_per_project, "number2"),
        )
    order = ("per_project", "most", "theirs", "left", "others", "left_per_project", "fewest")
    rows = [(names.say(f"registry.floor.{step}"), *steps[step]) for step in order if step in steps]
    return pd.DataFrame(rows, columns=["step", "calculation", "result"])


def above_floor(result: RegistryResult, *, names: Names) -> pd.DataFrame:
    """Each option of the floor's question: its projects, and how many of them at least left another option out."""
    if result.floor is None:
        return pd.DataFrame()
    items = project_blocks(names.wave)[result.floor.question]
    named = {item.item for item in items if not item.exclusive}
    table = count_table(result.printed[result.printed["item"].isin(named)], result.floor.question, names=names)
    return table.assign(above=table["k"] - result.floor.most).drop(columns="n")


def amount_table(result: RegistryResult, item: str, *, names: Names) -> pd.DataFrame:
    """An amount of all projects and by their state: how many gave it, quartiles and sum."""
    rows = result.amounts[result.amounts["item"] == item]
    labels = [
        option_name(*part.split("="), names=names) if part else names.say("registry.all") for part in rows["status"]
    ]
    renamed = rows[["given", *QUARTILES, "total"]].rename(columns={name: name.split()[0] for name in QUARTILES})
    return renamed.assign(status=labels)[["status", *renamed.columns]].reset_index(drop=True)


def may_be_listed(projects: pd.DataFrame, *, wave: Wave, contacts: pd.DataFrame | None) -> pd.DataFrame:
    """The projects that a page may show one by one: all that are synthetic or open; where units were promised to be
    named with their consent only, those that agreed to be contacted; else none."""
    spec = wave.file.projects
    if spec is None or wave.file.origin == "synthetic" or wave.file.promise == "open":
        return projects
    agreed = contacts[spec.id] if contacts is not None and wave.file.promise == "named_with_consent" else ()
    return projects[projects[spec.id].isin(list(agreed))]


def project_list(
    projects: pd.DataFrame, *, names: Names, units: pd.DataFrame, contacts: pd.DataFrame | None
) -> pd.DataFrame:
    """A row a project: the unit by its name, what it answered in words, and whom to ask, where that may be shared."""
    wave, spec = names.wave, names.wave.file.projects
    if spec is None:
        return pd.DataFrame()
    known = dict(zip(units["code"], units["name"], strict=True))
    shown = pd.DataFrame({"project": projects[spec.id]})
    if "unit" in projects:
        shown["unit"] = [known.get(code, code) for code in projects["unit"].fillna("")]
    if "unit_type" in projects:
        shown["unit_type"] = [_kind(text, names=names) for text in projects["unit_type"].fillna("")]
    blocks = project_blocks(wave)
    consent = spec.contacts.consent if spec.contacts else None
    for item in wave.project_items:
        if item.item in (spec.id, consent, *UNIT) or item.type == "multi":
            continue
        shown[item.item] = pd.Series(_answers(projects, item, names=names), index=shown.index)
    for block, items in blocks.items():
        shown[block] = _ticked(projects, items, names=names)
    if contacts is not None and spec.contacts:
        texts = contacts[list(spec.contacts.columns)].agg(", ".join, axis=1) if len(contacts) else pd.Series(dtype=str)
        whom = dict(zip(contacts[spec.id], texts, strict=True))
        shown["contact"] = [whom.get(project, names.say("registry.contact.none")) for project in projects[spec.id]]
    return shown.reset_index(drop=True)


def _kind(text: str, *, names: Names) -> str:
    """A kind of unit in words; what is none stays as it is in the file."""
    known = UNIT_TYPES.get(text.casefold())
    return names.unit(known, count=1) if known else text


def list_labels(table: pd.DataFrame, *, names: Names) -> dict[str, str]:
    """The headers of the list: words of the catalogue for what every list has, else the names of the questions."""
    own = {column: f"registry.column.{column}" for column in ("project", "unit", "unit_type", "contact")}
    return {
        str(column): names.say(own[column]) if column in own else question_name(str(column), names=names)
        for column in table.columns
    }


def _answers(projects: pd.DataFrame, item: Item, *, names: Names) -> list[object]:
    if item.type == "text":
        return projects[item.item].fillna("").tolist()
    values = projects[item.item].where(projects[item.item] >= 0)
    if item.type != "single":
        return values.tolist()
    labels = {option.typed: getattr(option, f"label_{names.language}") for option in names.wave.options_of(item.item)}
    return [labels.get(value) for value in values]


def _ticked(projects: pd.DataFrame, items: Sequence[Item], *, names: Names) -> list[str]:
    """The options that each project ticked, joined; all of them in one word."""
    labels = {item.item: option_name(item.item, "", names=names) for item in items}
    named = [item.item for item in items if not item.exclusive]
    texts = []
    for _, row in (projects[list(labels)] == TICKED).iterrows():
        every = all(row[item] for item in named)
        chosen = [names.say("registry.every")] if every else [labels[item] for item in labels if row[item]]
        texts.append("; ".join(chosen) or names.say("registry.no_tick"))
    return texts
