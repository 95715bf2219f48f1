"""The stage `comparison`: waves and countries beside each other exactly as far as the grade of each pair allows."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from analysis import paths
from analysis.evidence import (
    comparison_records,
    printed_pairs,
    printed_slopes,
    regions,
    side_by_side,
    wave_differences,
    wave_results,
    website,
)
from analysis.evidence.equivalence import verdict
from analysis.evidence.matrix import matrix, tally
from analysis.evidence.wave_results import Answers
from analysis.evidence.website import WebsiteResult
from analysis.inputs.concepts import Concepts, load_concepts
from analysis.inputs.memory import remembered
from analysis.inputs.params import load_params
from analysis.inputs.populations import load_populations
from analysis.inputs.register import Register, load_register
from analysis.inputs.stages import read_stage
from analysis.inputs.waves import Wave, load_wave

MARGINS = (0.03, 0.05, 0.1)  # the limit in force and its alternatives (decision 0123)


@dataclass(frozen=True)
class ComparisonResult:
    """What can be said of several rounds together, from what the reports print and from the website scores.

    `matrix`: every concept by every pair of rounds, with its grade; `tally`: how many of these can be compared, by
    pair. `differences`: the pairs that may be subtracted; `margins`: how many of them get which verdict under other
    limits; `slopes`: the lines through three rounds. `response` and `steps`: who answered, and the steps between
    rounds. `beside`: printed figures that may stand side by side, with their recode variants; `series`: Sweden's own
    rows. `website`: the panel of website scores, and `regions` its last round by region. `answers`: what the answers
    of the analysed waves give for the same concepts, and `changes` their differences where the grade allows one.
    `figures` and `sources` are the register, by id.
    """

    concepts: Concepts
    figures: pd.DataFrame
    sources: pd.DataFrame
    matrix: pd.DataFrame
    tally: pd.DataFrame
    differences: pd.DataFrame
    margins: pd.DataFrame
    slopes: pd.DataFrame
    response: pd.DataFrame
    steps: pd.DataFrame
    beside: pd.DataFrame
    series: pd.DataFrame
    website: WebsiteResult
    regions: pd.DataFrame
    answers: Answers
    changes: pd.DataFrame
    confidence: float

    @cached_property
    def data(self) -> pd.DataFrame:
        """Every concept by every pair of rounds, with what was computed for the pairs that may be subtracted."""
        keys = ["concept", "reference_wave", "wave"]
        if self.differences.empty:
            return self.matrix
        computed = self.differences.drop(columns=["grade", "family"])
        return self.matrix.merge(computed, how="left", on=keys, validate="1:1")

    @cached_property
    def estimates(self) -> pd.DataFrame:
        """Every number of the tables as an estimate record, those of the website scores among them."""
        return pd.concat([comparison_records.to_estimates(self), self.website.estimates], ignore_index=True)


def run() -> ComparisonResult:
    """The stage over the register of printed figures and the waves of params.yaml.

    Raises InputError when a table of concepts or the register is malformed, or an earlier stage has not run.
    """
    params = load_params()
    waves = {wave: load_wave(wave) for wave in params.waves}
    concepts = load_concepts(waves)
    rounds = website.run(waves, concepts=concepts, small_base=params.small_base)
    answers = wave_results.from_results(concepts, waves, results_of(waves, concepts))
    link = wave_differences.link_by_code(waves)
    return assemble(
        concepts,
        load_register(),
        populations=load_populations(),
        rounds=rounds,
        regional=last_regions(rounds),
        answers=answers,
        changes=wave_differences.differences(concepts, answers.rows, confidence=params.confidence, link=link),
        confidence=params.confidence,
    )


@remembered
def assemble(
    concepts: Concepts,
    register: Register,
    *,
    populations: pd.DataFrame,
    rounds: WebsiteResult,
    regional: pd.DataFrame,
    answers: Answers,
    changes: pd.DataFrame,
    confidence: float,
) -> ComparisonResult:
    """What the printed figures of the register give under the grades, beside the website rounds and the answers."""
    figures, table = register.figures.set_index("figure_id"), matrix(concepts)
    differences = printed_pairs.differences(concepts, figures, populations=populations, confidence=confidence)
    response = printed_pairs.response(concepts, figures, populations=populations)
    return ComparisonResult(
        concepts=concepts,
        figures=figures,
        sources=register.sources.set_index("source_id"),
        matrix=table,
        tally=tally(table),
        differences=differences,
        margins=margins(differences, concepts),
        slopes=printed_slopes.slopes(concepts, figures, populations=populations, confidence=confidence),
        response=response,
        steps=printed_pairs.response_steps(concepts, response),
        beside=side_by_side.beside(concepts, figures),
        series=side_by_side.series(concepts, figures),
        website=rounds,
        regions=regional,
        answers=answers,
        changes=changes,
        confidence=confidence,
    )


def margins(differences: pd.DataFrame, concepts: Concepts) -> pd.DataFrame:
    """How many differences get each verdict under the limit of equivalence in force and under other limits."""
    levels = {family.family: family.level for family in concepts.families}
    rows = []
    for margin in MARGINS:
        found = [
            verdict(
                p=row["p_adjusted"],
                level=levels[row["family"]],
                interval=(row["tost_lo"], row["tost_hi"]),
                margin=margin,
            )
            for row in differences.to_dict("records")
        ]
        names = ("different", "within_margin", "equivalent", "undecided")
        rows.append({"margin": margin} | {name: found.count(name) for name in names})  # type: ignore[arg-type]
    return pd.DataFrame(rows)


def last_regions(rounds: WebsiteResult) -> pd.DataFrame:
    """The regions in the last round of website scores, for the leading score; empty without such a round."""
    if rounds.data.empty:
        return regions.by_region(rounds.data, pd.DataFrame(columns=["area", "region"]))
    last, lead = rounds.waves[-1].id, rounds.data["concept"].iloc[0]
    data = rounds.data
    positions = data[(data["wave"] == last) & (data["concept"] == lead) & (data["unit_type"] == regions.UNIT)]
    units = read_stage("cleaning", last)
    units = units[units["unit_type"] == regions.UNIT][["code", "region"]].rename(columns={"code": "area"})
    return regions.by_region(positions, units)


def results_of(waves: Mapping[str, Wave], concepts: Concepts) -> dict[str, pd.DataFrame]:
    """The estimate records of the stage `results`, by wave, of the analysed waves that measure a concept of surveys.

    Raises InputError when the stage has not run for one of them.
    """
    found = {}
    for wave in (wave for wave in concepts.rounds if wave in waves):
        read_stage("results", wave)
        found[wave] = pd.read_parquet(paths.estimates_part("results", wave))
    return found
