"""The overview: the map of the project, its waves and the state of each, and all estimates joined."""

from dataclasses import dataclass

import pandas as pd

from analysis import paths
from analysis.errors import InputError
from analysis.inputs.bearing import fill_decisions
from analysis.inputs.memory import remembered
from analysis.inputs.params import load_params
from analysis.inputs.populations import load_populations
from analysis.inputs.register import load_register
from analysis.inputs.stages import read_stage
from analysis.inputs.waves import UnitType, Wave, load_wave
from analysis.reports.display import provenance, words
from analysis.reports.display.csv_files import csv_text, write_text
from analysis.survey import estimates


@dataclass(frozen=True)
class OverviewResult:
    """The waves with their state, the map of the stages, and every estimate of the project.

    `data` has a row a wave: wave, title (three languages), year, country, state (real, printed, synthetic), whether
    units took part on their own initiative, promise, frame (units), answered (units), figures (printed figures in the
    register). `estimates` is empty, because the overview makes no number of its own; `joined` is the whole of
    `outputs/estimates.csv`.
    """

    data: pd.DataFrame
    estimates: pd.DataFrame
    joined: pd.DataFrame


def run() -> OverviewResult:
    """Describe every wave from its folder and from the register, and join the estimates of all stages.

    Raises InputError when a stage has not run.
    """
    register = load_register()
    printed = register.figures.groupby("wave").size()
    rows = [_analysed(load_wave(wave), printed) for wave in load_params().waves]
    known = {row["wave"] for row in rows}
    sources = register.figures.merge(register.sources, on="source_id").groupby("wave")["publisher"].first()
    rows += [
        printed_only(wave, publisher=sources[wave], count=int(printed[wave]))
        for wave in sources.index
        if wave not in known
    ]
    waves = pd.DataFrame(rows).sort_values(["country", "year", "wave"], ignore_index=True)
    return OverviewResult(data=waves, estimates=estimates.records([]), joined=join_estimates())


def join_estimates() -> pd.DataFrame:
    """The estimates of every stage in one table, ordered by id. Raises InputError when a part is missing."""
    parts = []
    for stage in provenance.stages():
        if stage.name == "overview":
            continue
        path = paths.estimates_part(stage.name, stage.wave)
        if not path.is_file():
            raise InputError(f"{paths.relative(path)} is missing: {stage.target} has not run; run `make report` first.")
        part = pd.read_parquet(path)
        if len(part):
            parts.append(part)
    joined = pd.concat(parts, ignore_index=True) if parts else estimates.records([])
    return fill_decisions(joined).sort_values("estimate_id", ignore_index=True)


def waves_table(result: OverviewResult, *, language: str) -> pd.DataFrame:
    """The waves as readers see them: what, year, who was asked, who answered, and what kind of data there is."""
    rows = result.data
    return pd.DataFrame(
        {
            "what": [row["title_" + language] for row in rows.to_dict("records")],
            "year": rows["year"],
            "state": [words.say(f"state.{state}", language=language) for state in rows["state"]],
            "frame": rows["frame"].astype("Int64"),
            "answered": rows["answered"].astype("Int64"),
            "figures": rows["figures"],
            "wave": rows["wave"],
        }
    )


def stages_table(*, language: str) -> pd.DataFrame:
    """The map of the project: each stage in reading order, what it is for, and for how many waves it runs."""
    declared = [stage.name for stage in provenance.stages()]
    names = [name for name in sorted(paths.STAGE_NUMBERS, key=paths.STAGE_NUMBERS.__getitem__) if name in declared]
    return pd.DataFrame(
        {
            "stage": [words.say(f"stage.{name}", language=language) for name in names],
            "purpose": [words.say(f"purpose.{name}", language=language) for name in names],
            "notebook": [f"{paths.stage_file(name)}.ipynb" for name in names],
        }
    )


def _analysed(wave: Wave, printed: pd.Series) -> dict[str, object]:
    units = read_stage("cleaning", wave.id)
    municipality: UnitType = "municipality"
    units = units[units["unit_type"] == municipality]
    return {
        "wave": wave.id,
        **{f"title_{language}": getattr(wave.file.title, language) for language in words.LANGUAGES},
        "year": wave.file.year,
        "country": wave.file.country,
        "state": "real" if wave.file.origin == "observed" else "synthetic",
        "own_initiative": wave.file.lifecycle is not None,
        "promise": wave.file.promise,
        "frame": len(units),
        "answered": int(units["disposition"].isin(["I", "P"]).sum()),
        "figures": int(printed.get(wave.id, 0)),
    }


def printed_only(wave: str, *, publisher: str, count: int) -> dict[str, object]:
    """A wave that has no folder, since only figures of it are printed: what the register says of it."""
    populations = load_populations().query("wave == @wave and group == 'all' and share_of == 'answers'")
    whole = {} if populations.empty else populations.iloc[0].to_dict()
    known = bool(whole) and whole["replies_fewest"] == whole["replies_most"]
    country, year = wave.split("-")[0], int(wave.split("-")[-1])
    title = {
        f"title_{language}": words.say("overview.printed_only", language=language, publisher=publisher, year=year)
        for language in words.LANGUAGES
    }
    return {
        "wave": wave,
        **title,
        "year": year,
        "country": {"no": "norway", "se": "sweden"}[country],
        "state": "printed",
        "own_initiative": False,
        "promise": "",
        "frame": whole.get("population_size"),
        "answered": whole["replies_most"] if known else None,
        "figures": count,
    }


def kinds_table(*, language: str) -> pd.DataFrame:
    """The three kinds of data and what each means to a reader."""
    kinds = ("real", "printed", "synthetic")
    return pd.DataFrame(
        {
            "kind": [words.say(f"state.{kind}", language=language) for kind in kinds],
            "meaning": [words.say(f"state.{kind}.meaning", language=language) for kind in kinds],
        }
    )


def write_estimates(result: OverviewResult) -> None:
    """Write every estimate of the project to `outputs/estimates.csv`."""
    write_text(_estimates_text(result.joined), paths.estimates(base=paths.staging()))


_estimates_text = remembered(csv_text)  # one file, whatever the language of the page
