"""A small register that contradicts itself nowhere: every printed number was worked out from the same made-up answers.

60 municipalities were asked and 40 replied; 10 of these are large and 30 small.
"""

from dataclasses import replace
from typing import Any

import pandas as pd

from analysis.inputs.register import Figure
from analysis.inputs.relations import Member, Reference, Relation, Relations, Term

COLUMNS = list(Figure.model_fields)
# id: statistic, value, base, base status, and what differs from the rest of the row
PRINTED: dict[str, tuple[str, str, int | None, str, dict[str, str]]] = {
    "asked": ("count", "60", 60, "frame", {"unit": "municipalities"}),
    "replied": ("count", "40", 60, "frame", {"unit": "municipalities"}),
    "rate": ("percent", "67", 60, "frame", {}),  # 40 of 60 is 66.7
    "yes": ("percent", "45", 40, "printed", {"answer_category": "yes", "sector": "roads"}),  # 18
    "yes-again": ("percent", "45", 40, "printed", {"answer_category": "yes", "quantity_id": "yes"}),
    "partly": ("percent", "35", 40, "printed", {"answer_category": "partly", "sector": "roads"}),  # 14
    "no": ("percent", "20", 40, "printed", {"answer_category": "no"}),  # 8
    "yes-or-partly": ("percent", "80", 40, "printed", {}),  # 32
    "yes-large": ("percent", "70", 10, "printed", {"group": "large"}),  # 7
    "yes-small": ("percent", "37", 30, "printed", {"group": "small"}),  # 11
    "projects": ("count", "57", None, "", {"unit": "projects"}),
    "projects-new": ("count", "20", None, "", {"unit": "projects"}),
    "projects-running": ("count", "30", None, "", {"unit": "projects"}),
    "projects-done": ("count", "7", None, "", {"unit": "projects"}),
    "things": ("count", "2", None, "", {"unit": "things", "sector": "roads"}),
    "mean-things": ("mean", "0.8", 40, "printed", {"unit": "things"}),  # (18 + 14) / 40
    "mean-staff": ("mean", "3.4", 7, "printed", {"unit": "persons"}),  # 24 / 7
    "fewest-staff": ("count", "1", None, "", {"unit": "persons"}),
    "most-staff": ("count", "6", None, "", {"unit": "persons"}),
    "hours": ("money", "12", None, "", {"unit": "hours"}),
    "price": ("money", "5", None, "", {"unit": "kroner"}),
    "cost": ("money", "60", None, "", {"unit": "kroner"}),
    "network-said": ("count", "15", 40, "printed", {}),
    "network-listed": ("count", "20", 60, "frame", {}),
    "nearly-half": ("percent", "48", 40, "printed", {}),  # 19
    "nearly-half-word": ("share_text", "50", 40, "printed", {"precision": "verbal", "quantity_id": "nearly-half"}),
    "towns": ("count", "20", None, "", {"unit": "towns"}),
    "towns-north": ("count", "7", None, "", {"unit": "towns"}),
    "towns-north-share": ("percent", "88", None, "", {"unit": "% of towns"}),  # 7 of 8
    "towns-south": ("count", "6", None, "", {"unit": "towns"}),
    "towns-south-share": ("percent", "50", None, "", {"unit": "% of towns"}),  # 6 of 12
}
# id: kind, how, then members as role=figure, role=figure:value or role=@reference
RELATED: dict[str, tuple[str, str | None, str]] = {
    "choice": ("single_choice", "complete", "option=yes option=partly option=no"),
    "open-choice": ("single_choice", "open", "option=yes option=no"),
    "status": ("parts", "complete", "whole=projects part=projects-new part=projects-running part=projects-done"),
    "either": ("parts", "complete", "whole=yes-or-partly part=yes part=partly"),
    "sizes": ("subgroups", "complete", "total=yes group=yes-large group=yes-small"),
    "order": ("ranking", None, "ranked=yes:1 ranked=partly:2 lower=no higher=yes-or-partly"),
    "staff": ("range", None, "minimum=fewest-staff value=mean-staff maximum=most-staff"),
    "things-of": ("mean_of_counts", None, "mean=mean-things number=things item=yes item=partly"),
    "share": ("arithmetic", "100 * part / whole", "part=replied whole=asked result=rate"),
    "product": ("arithmetic", "hours * price", "hours=hours price=price result=cost"),
    "frame": ("reference", "units", "units=@units-2020 result=asked"),
    "network": ("register", None, "survey=network-said register=network-listed"),
    "replies": ("asked", None, "asked=asked answered=replied answered=rate"),
    "bases": ("asked", None, "asked=replied answered=yes answered=partly answered=no answered=nearly-half"),
    "word": ("word", None, "word=nearly-half-word:half figure=nearly-half"),
    "table": ("table", None, "row=yes:1 row=partly:2 row=no:3"),
    "regions": (
        "group_sizes",
        None,
        "total=towns count=towns-north:1 share=towns-north-share:1 count=towns-south:2 share=towns-south-share:2",
    ),
}


def figures(changes: dict[str, dict[str, Any]] | None = None) -> pd.DataFrame:
    """The figures of the register, with other values in some cells."""
    table = pd.DataFrame([_row(key) | (changes or {}).get(key, {}) for key in PRINTED], columns=COLUMNS)
    return table.assign(base_n=table["base_n"].astype("Int64"))


def relations(only: str | None = None) -> Relations:
    """The relations of the register, or one of them."""
    kept = {key: value for key, value in RELATED.items() if only in (None, key)}
    return Relations(
        relations=tuple(
            Relation(relation_id=key, kind=kind, how=how, label_en=key, source_locator="p.1")
            for key, (kind, how, _) in kept.items()
        ),
        members=tuple(_member(key, text) for key, (_, _, members) in kept.items() for text in members.split()),
        references=tuple(
            Reference(reference_id=f"units-{year}", series="units", reference_date=f"{year}-01-01", value=value,
                      unit="municipalities", source="made up")
            for year, value in ((2020, "60"), (2021, "58"))
        ),
        terms=(Term(term_id="half", label_en="half", share="1/2", side="about", tolerance="5"),),
    )  # fmt: skip


def without_relations(found: Relations, *ids: str) -> Relations:
    """The relations without some."""
    return replace(
        found,
        relations=tuple(relation for relation in found.relations if relation.relation_id not in ids),
        members=tuple(member for member in found.members if member.relation_id not in ids),
    )


def _row(key: str) -> dict[str, Any]:
    statistic, value, base, status, more = PRINTED[key]
    row = dict.fromkeys(COLUMNS, "") | {
        "figure_id": key,
        "quantity_id": key,
        "source_id": "made-up",
        "source_locator": f"p.{list(PRINTED).index(key)}",
        "wave": "no-2020",
        "domain": "all",
        "label_en": key,
        "statistic": statistic,
        "value": value,
        "precision": "one_decimal" if "." in value else "integer",
        "unit": "% of municipalities",
        "base_n": base,
        "base_status": status,
        "group": "all",
        "note": "a note",
    }
    return row | more


def _member(relation: str, text: str) -> Member:
    role, _, target = text.partition("=")
    figure, _, value = target.partition(":")
    if figure.startswith("@"):
        return Member(relation_id=relation, role=role, reference_id=figure[1:])
    return Member(relation_id=relation, role=role, figure_id=figure, value=value or None)
