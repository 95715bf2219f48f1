"""Who may see what the project makes: one table of stages and one of files, and the log that lists every output."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Literal

from analysis import paths
from analysis.inputs.waves import Wave

Class = Literal["public", "restricted", "internal"]
# The class of a stage's page and tables, by stage and wave; None where nobody has classed it.
Classes = Callable[[str, str], Class | None]

# Of waves whose answers are protected. Public: to everybody, after control. Restricted: rows, weights or numbers of
# single units, which stay with those who run the analysis. Decision 0183 gives the reasons.
STAGES: dict[str, Class] = {
    "overview": "public",
    "cleaning": "restricted",
    "indicators": "restricted",
    "representativeness": "restricted",
    "weighting": "restricted",
    "results": "public",
    "published": "public",
    "comparison": "public",
    "robustness": "restricted",
    "validation": "public",
    "registry": "restricted",
    "scorecard": "public",  # its page on the site is of a unit that is made up
}
# What the site has beside the pages of stages: the reference pages and the data over all pages.
BESIDE: dict[str, Class] = {
    **dict.fromkeys(("data", "methods", "glossary", "decisions", "rerun"), "public"),
    "datapackage": "public",
}
ALL = "all"


def classes(waves: Mapping[str, Wave]) -> Classes:
    """The class of a stage of a wave, or of `all`. Open and synthetic answers are public.

    Scores that others gave are not under control yet, so that the results of a wave of such scores are public only
    where it is open.
    """

    def class_of(stage: str, wave: str) -> Class | None:
        if stage not in STAGES or (wave != ALL and wave not in waves):
            return None
        if wave == ALL or not waves[wave].file.protected:
            return "public"
        scored = waves[wave].items_of("score") or waves[wave].items_of("ordinal")
        return "restricted" if scored else STAGES[stage]

    return class_of


def class_of_file(path: str, class_of: Classes) -> Class | None:
    """The class of a file of the site by its path from the top; None for a file that no page and no table explains."""
    first, *rest = PurePosixPath(path).parts
    if not rest or first == "data":
        stem = first.partition(".")[0]
        return BESIDE.get(stem, STAGES["overview"] if stem == "index" else None)
    match rest:
        case [page] if page.endswith(".html"):
            place = page.partition(".")[0]
        case ["data", place, _]:
            pass
        case _:
            return None
    stage = next((one for one in paths.STAGE_NUMBERS if paths.stage_file(one) == place), None)
    return class_of(stage, first) if stage else None


def sift(site: Path, class_of: Classes, *, said: Iterable[str]) -> list[dict[str, str]]:
    """Take what is not public out of a site that is being built, and log what stays.

    `said`: the pages that only say that they are withheld, which may stay.
    """
    rows, may_stay = [], set(said)
    for file in sorted(one for one in site.rglob("*") if one.is_file()):
        path = file.relative_to(site).as_posix()
        found = "public" if path in may_stay else class_of_file(path, class_of)
        if found == "public":
            rows.append({"output": f"site/{path}", "class": found})
        else:
            file.unlink()
    return rows


def elsewhere(outputs: Path, class_of: Classes) -> list[dict[str, str]]:
    """The pages, tables and restricted folders that are not on the site, with their class."""
    rows = []
    for place in sorted([*outputs.glob("pages/*/*.html"), *outputs.glob("tables/*/*")]):
        path = place.relative_to(outputs)
        stage = path.name.partition(".")[0].partition("_")[2]
        found = class_of(stage, path.parts[1])
        rows.append({"output": path.as_posix(), "class": "internal" if found == "public" else found or "internal"})
    rows += [{"output": one.name, "class": "internal"} for one in sorted(outputs.glob("*.csv"))]
    kept = sorted(outputs.glob("restricted/*/*"))
    return [*rows, *({"output": one.relative_to(outputs).as_posix(), "class": "restricted"} for one in kept)]
