"""`wave.yml`: what a wave is, whom it asked and when, how its file is read, and the rules by which it is cleaned."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from analysis.inputs import tables
from analysis.inputs.disclosure_plan import DisclosurePlan
from analysis.inputs.instrument import Identifier, ItemId, Scale
from analysis.inputs.params import WaveId
from analysis.inputs.registry_file import Projects
from analysis.inputs.weighting_plan import KeyEstimate, WeightingPlan

UnitType = Literal["municipality", "county_municipality"]
Share = Annotated[float, Field(gt=0, le=1)]
# The dispositions of AAPOR, Standard Definitions, that a status in the file can state.
Stated = Literal["R", "NC", "O", "UH", "UO", "NE"]


class Words(tables.Record):
    """One text in the three languages of the pages."""

    en: str
    nb: str
    sv: str


def _alike(text: object) -> object:
    return dict.fromkeys(("en", "nb", "sv"), text) if isinstance(text, str) else text


# What a source says of its survey: in three languages, or one text that stands for all of them.
Said = Annotated[Words, BeforeValidator(_alike)]


class Exclusion(tables.Record):
    """A unit of the frame that the wave never meant to cover, with the reason."""

    unit_type: UnitType
    code: str
    reason: str


class FrameRef(tables.Record):
    """The frame that was invited: a country's units of the named types on a date, without those excluded.

    `file`: a frame in the wave's own folder, for synthetic answers, in place of the units of data/raw/frames, and
    `code_changes` its codes that were retired.
    """

    country: Literal["norway", "sweden"]
    date: date
    unit_types: tuple[UnitType, ...] = ("municipality",)
    exclude: tuple[Exclusion, ...] = ()
    file: str | None = None
    code_changes: str | None = None


class FieldPeriod(tables.Record):
    """First and last day of data collection, both included."""

    first: date
    last: date

    @model_validator(mode="after")
    def _in_order(self) -> "FieldPeriod":
        if self.last < self.first:
            raise ValueError("the last day of the field period lies before the first")
        return self


class Responses(tables.Record):
    """The file of answers and its columns: those that identify a unit, and those about how an answer came about.

    `code`: the unit's code, or its name where the file has no codes. `status`: the state of an answer or assessment,
    `assessment`: its number, `published_on`: the day it was published, `role`: who answered, `attempts`: how often the
    unit was contacted, `tool_version`: the version of the questionnaire. `encoding`, `separator`, `decimal` and
    `sheet` are needed only where the file leaves them open.
    """

    file: str
    code: str = "code"
    unit_type: str | None = None
    answered_on: str | None = None
    role: str | None = None
    attempts: str | None = None
    tool_version: str | None = None
    status: str | None = None
    assessment: str | None = None
    published_on: str | None = None
    encoding: str | None = None
    separator: Literal[",", ";", "\t"] | None = None
    decimal: Literal[".", ","] | None = None
    sheet: str | None = None

    def columns(self) -> dict[str, str]:
        """The columns that are named, by what they hold: code, unit_type, answered_on, role and so on."""
        about = ("file", "encoding", "separator", "decimal", "sheet")
        return {key: value for key, value in self.model_dump().items() if key not in about and value is not None}


class Groups(tables.Record):
    """The schemes by which units are grouped: size groups and regions of data/raw/frames."""

    size: str
    region: str


class CutPoints(tables.Record):
    """The lowest value of the item `of` in each class of `item` above the first, as inferred from the data."""

    item: ItemId
    of: ItemId
    lower: tuple[int, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _rising(self) -> "CutPoints":
        if list(self.lower) != sorted(set(self.lower)):
            raise ValueError("the cut-points do not rise from class to class")
        return self


class Named(tables.Record):
    """A module or subject area with its label."""

    id: Identifier
    label: Words


class Indicator(tables.Record):
    """A composite score: `rule` of its items' scores, from 0 to `scale_maximum`.

    `items`: the declared number of scored questions, where a scored multi-select block is one question.
    """

    id: Identifier
    label: Words
    module: Identifier | None = None
    scale_maximum: float = Field(gt=0)
    items: int = Field(ge=1)
    rule: Literal["mean"] = "mean"
    source_locator: str | None = None


class Dispositions(tables.Record):
    """When an answer is complete or partial: by the share of applicable items, or by the number of modules answered.

    `module_min`: share of a module's applicable items from which the module counts as answered. `statuses`: what a
    status in the file says of a unit, as a disposition of AAPOR.
    """

    complete_min: Share = 0.8
    partial_min: Share = 0.5
    complete_modules: int | None = Field(default=None, ge=1)
    partial_modules: int | None = Field(default=None, ge=1)
    module_min: Share = 0.5
    statuses: dict[str, Stated] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_rule(self) -> "Dispositions":
        if (self.complete_modules is None) != (self.partial_modules is None):
            raise ValueError("complete_modules and partial_modules go together")
        if self.by_modules and {"complete_min", "partial_min"} & self.model_fields_set:
            raise ValueError("a wave counts shares of items or modules, not both")
        low, high = (
            (self.partial_modules or 0, self.complete_modules or 0)
            if self.by_modules
            else (self.partial_min, self.complete_min)
        )
        if low > high:
            raise ValueError("what makes an answer partial is above what makes it complete")
        return self

    @property
    def by_modules(self) -> bool:
        """Whether modules are counted, and not shares of items."""
        return self.complete_modules is not None


class Lifecycle(tables.Record):
    """A tool in which a unit saves many assessments: the latest with the status `published` on `freeze_date` counts."""

    published: str
    freeze_date: date
    keep: Literal["latest"] = "latest"


class SpecialGroup(tables.Record):
    """The first `size` units of the universe in an order; at equal values the lower code comes first."""

    by: Literal["population"]
    order: Literal["ascending", "descending"]
    size: int = Field(ge=1)
    universe: Literal["respondents", "frame"]
    ties: Literal["code"]


class Calculation(tables.Record):
    """Arithmetic of the source: a formula of printed figures and of one number that is not printed."""

    id: Identifier
    label: Words
    formula: str
    given: dict[str, str]
    result: str
    unit: str
    solve_for: str
    assumptions: tuple[Words, ...] = Field(min_length=1)


class WaveFile(tables.Record):
    """The content of `wave.yml`.

    `freeze_date`: answers after it are late and dropped; `answered`: how many answered an item, where its printed base
    is smaller than those asked; `invalid_max`: the share of an item's answers off its scale from which the match of
    codes, and not the answers, must be wrong; `key_estimates`: the numbers by which decisions on weights are judged;
    `methodology`: how the wave was made, as far as its source says;
    `follows`: the earlier waves that asked the same units, the oldest first, for synthetic answers to follow.
    """

    wave: WaveId
    title: Words
    country: Literal["norway", "sweden"]
    year: int = Field(ge=1990, le=2100)
    instrument: Words
    about: Words
    origin: Literal["observed", "synthetic"]
    promise: Literal["open", "aggregates_only", "named_with_consent"] = "aggregates_only"
    licence: Said
    credit: Said
    source: str
    frame: FrameRef
    field_period: FieldPeriod
    freeze_date: date | None = None
    responses: Responses
    projects: Projects | None = None
    invalid_max: Share = 0.05
    duplicates: Literal["refuse", "most_complete_then_latest", "latest"] = "refuse"
    dispositions: Dispositions = Dispositions()
    lifecycle: Lifecycle | None = None
    groups: Groups
    special_groups: dict[Identifier, SpecialGroup] = Field(default_factory=dict)
    disclosure: DisclosurePlan = DisclosurePlan()
    weighting: WeightingPlan = WeightingPlan()
    key_estimates: tuple[KeyEstimate, ...] = ()
    cut_points: CutPoints | None = None
    scale: Scale | None = None
    modules: tuple[Named, ...] = ()
    areas: tuple[Named, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    answered: dict[ItemId, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    calculations: tuple[Calculation, ...] = ()
    methodology: dict[Identifier, Said] = Field(default_factory=dict)
    follows: tuple[WaveId, ...] = ()

    @property
    def protected(self) -> bool:
        """Whether what was promised limits what may be published; synthetic answers are nobody's."""
        return self.promise != "open" and self.origin != "synthetic"

    @model_validator(mode="after")
    def _ids_once(self) -> "WaveFile":
        for key in ("modules", "areas", "indicators", "calculations"):
            ids = [entry.id for entry in getattr(self, key)]
            doubled = next((one for one in ids if ids.count(one) > 1), None)
            if doubled is not None:
                raise ValueError(f"{doubled} stands twice among the {key}")
        if self.dispositions.statuses and not self.responses.status:
            raise ValueError("dispositions.statuses needs the column responses.status")
        if self.lifecycle and not (self.responses.status and self.responses.published_on):
            raise ValueError("a lifecycle needs the columns responses.status and responses.published_on")
        if self.lifecycle and self.lifecycle.freeze_date > self.field_period.last:
            raise ValueError("the freeze date of the lifecycle lies after the field period")
        return self
