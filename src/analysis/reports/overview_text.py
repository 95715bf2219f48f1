"""The answer on the front page: a few sentences computed from estimate records, each with the place where it stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis import paths
from analysis.inputs import tables
from analysis.inputs.concepts import Family
from analysis.inputs.populations import load_headlines
from analysis.reports.display import words
from analysis.reports.overview import OverviewResult

HIGHER = ("different", "within_margin")
WEBSITE = "website_total"
Row = dict[Any, Any]


@dataclass(frozen=True)
class Answer:
    """Sentences that belong together, and where their numbers stand: stage, wave, place on the page."""

    text: str
    stage: str
    wave: str
    anchor: str

    def address(self, language: str) -> str:
        """The place, from the first page of the site."""
        return f"{self.wave}/{paths.stage_file(self.stage)}.{language}.html#{self.anchor}"


def linked(result: OverviewResult, *, language: str) -> list[tuple[str, str, str]]:
    """The answers as a page shows them: text, address of the place where the numbers stand, words of the link."""
    titles = result.data.set_index("wave")[f"title_{language}"]
    shown = []
    for answer in answers(result.data, result.joined, language=language):
        page = words.say(f"stage.{answer.stage}", language=language)
        if answer.wave in titles:
            page = words.say("overview.answer.where", language=language, page=page, wave=titles[answer.wave])
        shown.append((answer.text, answer.address(language), page))
    return shown


def answers(waves: pd.DataFrame, records: pd.DataFrame, *, language: str) -> list[Answer]:
    """What can be said so far, from printed figures, the comparison, and the website scores.

    `waves` has a row a wave as `OverviewResult.data`, `records` are all estimates of the project. Nothing is said from
    synthetic answers.
    """
    real = records[records["source"] != "synthetic"]
    printed, compared = (real[real["stage"] == stage] for stage in ("published", "comparison"))
    return [
        *_printed(waves, printed, language),
        *_between(compared, language),
        *_over_time(compared, language),
        *(list(_panel(compared, language)) or _website(waves, real, language)),
    ]


def _printed(waves: pd.DataFrame, printed: pd.DataFrame, language: str) -> Iterator[Answer]:
    """Of each survey the first figure that its page shows first, with its interval and its bounds."""
    shares = printed[(printed["mode"] == "D") & (printed["measure"] == "share")].set_index("item")
    first = [figure for figure in load_headlines(set(printed["item"]))["figure_id"] if figure in shares.index]
    for wave in waves[waves["state"] == "synthetic"].sort_values(["country", "year"]).to_dict("records"):
        found = (shares.loc[figure].to_dict() | {"figure": figure} for figure in first)
        said = (row for row in found if row["wave"] == wave["wave"] and _claim(row) in words.catalogue())
        for row in list(said)[:1]:
            who = "published" if wave["own_initiative"] else row["unit_type"] or "all"
            known = pd.notna(row["n_answered"])
            base = {"n": row["n_answered"], "all": row["n_frame"]} if known else {}
            text = words.say(
                "overview.answer.printed",
                language=language,
                round=_round(wave["wave"], language),
                p=row["point"],
                who=words.say(f"printed.who.{who}", language=language),
                base=words.say(f"overview.answer.{'base' if known else 'no_base'}", language=language, **base),
                claim=words.say(_claim(row), language=language),
                lo=row["ci_lo"],
                hi=row["ci_hi"],
                low=row["bound_lo"],
                high=row["bound_hi"],
            )
            yield Answer(text, "results", wave["wave"], "printed-lead")


def _between(compared: pd.DataFrame, language: str) -> Iterator[Answer]:
    """Whether a step in time or between the countries may be taken at all, and in how many cases only a look."""
    rows = compared[(compared["item"] == "concepts") & (compared["reference_wave"] != "")]
    first, second = rows["reference_wave"].map(_country), rows["wave"].map(_country)
    differences = _differences(compared)
    subtracted = differences["reference_wave"].map(_country) + differences["wave"].map(_country)
    pairs = {
        "overview.answer.norway": ((first == "no") & (second == "no"), {"nono"}),
        "comparison.countries": (first != second, {"nose", "seno"}),
    }
    for key, (mask, steps) in pairs.items():
        counts = rows[mask].groupby("category")["k"].sum()
        beside, named = int(counts.get("beside", 0)), int(counts.get("name", 0))
        if beside + named and not set(subtracted) & steps:
            text = words.say(key, language=language, n=beside + named, c=beside, d=named)
            yield Answer(text, "comparison", "all", "comparison-cannot")


def _over_time(compared: pd.DataFrame, language: str) -> Iterator[Answer]:
    """Between two rounds of one country: how many shares are higher, lower, practically the same, or undecided."""
    for (first, last), rows in _differences(compared).groupby(["reference_wave", "wave"], sort=True):
        verdict = rows["flags"].str.rsplit(";").str[-1]
        found = rows[verdict.isin(HIGHER)]
        counts = {
            "higher": int((found["point"] > 0).sum()),
            "lower": int((found["point"] < 0).sum()),
            "equivalent": int((verdict == "equivalent").sum()),
            "undecided": int((verdict == "undecided").sum()),
        }
        values = {"n": len(rows), "first": _year(str(first)), "last": _year(str(last)), "margin": _margin()}
        said = [words.say(f"comparison.{key}", language=language, k=k, **values) for key, k in counts.items() if k]
        yield Answer(" ".join(said), "comparison", "all", "comparison-differences")


def _panel(compared: pd.DataFrame, language: str) -> Iterator[Answer]:
    """Websites of the first and the last round: where municipalities stood among each other, and no more."""
    rows = compared[(compared["item"] == WEBSITE) & (compared["unit_type"] == "municipality")]
    same = rows[rows["category"] == "same third"].sort_values(["reference_wave", "wave"], ascending=[True, False])
    for row in same.head(1).to_dict("records"):
        pair = (rows["wave"] == row["wave"]) & (rows["reference_wave"] == row["reference_wave"])
        expected = rows.loc[pair & (rows["category"] == "same third if unrelated"), "point"].iloc[0]
        years = {"first": _year(row["reference_wave"]), "last": _year(row["wave"])}
        said = [
            words.say("comparison.same", language=language, k=row["k"], n=row["n_answered"], p=row["point"], **years),
            words.say("comparison.expected", language=language, p=expected),
            words.say("overview.answer.rounds", language=language),
        ]
        yield Answer(" ".join(said), "comparison", "all", "comparison-website")


def _website(waves: pd.DataFrame, real: pd.DataFrame, language: str) -> Iterator[Answer]:
    """The average score of the one round of websites there is, as a share of what could be reached."""
    levels = real.query(
        "stage == 'results' and estimate_type == 'level' and measure == 'mean' and estimand == 'M' "
        "and item == 'total' and unit_type == 'municipality' and subset == '' and source == 'observed'"
    )
    for row in levels.merge(waves[["wave", "year"]], on="wave").to_dict("records"):
        values = {"year": row["year"], "n": row["n_answered"], "N": row["n_frame"], "p": row["point"]}
        yield Answer(words.say("overview.answer.website", language=language, **values), "results", row["wave"], "text")


def _differences(compared: pd.DataFrame) -> pd.DataFrame:
    """The main record of each difference of two printed shares of answers."""
    steps = (compared["estimate_type"] == "difference") & (compared["measure"] == "share")
    return compared[steps & (compared["category"] == "") & (compared["item"] != "response")]


def _margin() -> float:
    families = tables.read_table(paths.raw() / "comparison" / "families.csv", Family, key=["family"])
    return max(family.margin for family in families)


def _claim(row: Mapping[Any, Any]) -> str:
    return f"printed.claim.{row['figure']}"


def _round(wave: str, language: str) -> str:
    name = words.say(f"comparison.country.{_country(wave)}", language=language)
    return words.say("comparison.round", language=language, country=name, year=_year(wave))


def _country(wave: str) -> str:
    return wave.split("-")[0]


def _year(wave: str) -> str:
    return wave.split("-")[-1]
