"""`params.yaml`: which waves are analysed, in which languages, with which method parameters."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import tables

Language = Literal["en", "nb", "sv"]
WaveId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]


class Validation(tables.Record):
    """How nonresponse is drawn on known scores: the wave they are of, and whose response by size is the gradient.

    `steepness`: multiples of the gradient on the logit scale; `odds_ratios`: of answering, for one standard deviation
    of the score, 1 where answering does not depend on it. `least_coverage`: below it an interval has failed.
    """

    truth: WaveId
    response_of: WaveId
    steepness: tuple[Annotated[float, Field(ge=0)], ...] = Field(min_length=1)
    odds_ratios: tuple[Annotated[float, Field(gt=0)], ...] = Field(min_length=1)
    replicates: int = Field(ge=2)
    seed: int = Field(ge=0)
    least_coverage: float = Field(gt=0, lt=1)


class Params(tables.Record):
    """The choices that hold for all waves."""

    waves: tuple[WaveId, ...]
    registries: tuple[WaveId, ...]
    scorecards: tuple[WaveId, ...]
    languages: tuple[Language, ...] = Field(min_length=1)
    confidence: float = Field(gt=0.5, lt=1)
    small_base: int = Field(ge=1)
    min_share: float = Field(gt=0, le=1)
    validation: Validation

    @field_validator("waves", "registries", "scorecards", "languages")
    @classmethod
    def _each_once(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        doubled = next((value for value in values if values.count(value) > 1), None)
        if doubled is not None:
            raise ValueError(f"{doubled} stands twice")
        if "all" in values:
            raise ValueError("'all' names what is made from all waves and cannot be a wave")
        return values

    @model_validator(mode="after")
    def _registries_and_scorecards_are_of_waves(self) -> "Params":
        for key in ("registries", "scorecards"):
            strange = next((wave for wave in getattr(self, key) if wave not in self.waves), None)
            if strange is not None:
                raise ValueError(f"{key} names {strange}, which is not among the waves; take it out there too")
        return self


def load_params() -> Params:
    """The checked content of `params.yaml`. Raises InputError for an unknown key or a wrong value."""
    return tables.read_yaml(paths.root() / "params.yaml", Params)


def require_folders(params: Params) -> None:
    """Raises InputError for the first wave of `params.yaml` that has no folder in data/raw/waves."""
    for wave in params.waves:
        file = paths.wave(wave) / "wave.yml"
        if not file.is_file():
            problem = f"{wave} has no file {paths.relative(file)}"
            raise InputError(f"params.yaml, key 'waves': {problem}; add the wave's folder or remove its id.")
