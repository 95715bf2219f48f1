"""The weighting plan of a wave and its key estimates, as `wave.yml` states them."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, model_validator

from analysis.inputs.instrument import TICKED, ItemId
from analysis.inputs.tables import Record, check

if TYPE_CHECKING:
    from analysis.inputs.waves import Wave

Grouping = Literal["size_group", "region"]
Method = Literal["none", "poststratify", "rake", "calibrate", "propensity"]

# What bears on the weights of each method beside the method itself; any other key would be accepted and ignored.
USES: dict[str, tuple[str, ...]] = {
    "none": (),
    "poststratify": ("margins", "collapse"),
    "rake": ("margins", "collapse", "smallest"),
    "calibrate": ("margins", "collapse", "distance", "smallest", "largest", "trim"),
    "propensity": ("margins", "classes"),
}
NEEDS: dict[str, tuple[str, ...]] = {
    "poststratify": ("margins",),
    "rake": ("margins",),
    "calibrate": ("margins", "distance"),
    "propensity": ("margins",),
}


class Collapse(Record):
    """When cells of a margin are joined: below `min_n` answers, or with weights above `max_ratio` times the mean."""

    min_n: int = Field(default=5, ge=2)
    max_ratio: float = Field(default=3.0, gt=1)


class WeightingPlan(Record):
    """How the wave is weighted; each choice has a decision record.

    `none`: frame over answers within each unit type. `margins`: the groupings whose frame counts are to be met, each
    crossed with the unit type; several names in one margin are crossed with each other. `distance`, `smallest`,
    `largest` (weights) belong to calibration; `trim` is the largest weight there as a multiple of the mean weight.
    `classes`: the number of response-propensity classes, from a model with the margins as main effects.
    `modules`: whether each module gets weights of its own.
    """

    method: Method = "none"
    margins: tuple[Annotated[tuple[Grouping, ...], Field(min_length=1)], ...] = ()
    collapse: Collapse = Collapse()
    distance: Literal["linear", "exponential", "logit"] | None = None
    smallest: float = Field(default=1.0, ge=0)
    largest: float | None = Field(default=None, gt=1)
    trim: float | None = Field(default=None, gt=1)
    classes: int = Field(default=5, ge=2)
    modules: bool = False

    @model_validator(mode="after")
    def _can_hold(self) -> "WeightingPlan":
        method = self.method
        ignored = sorted(self.model_fields_set - {"method", "modules", *USES[method]})
        if ignored:
            raise ValueError(f"the method {method} has no use for {ignored[0]}, take it out")
        lacking = next((key for key in NEEDS.get(method, ()) if not getattr(self, key)), None)
        if lacking is not None:
            raise ValueError(f"the method {method} needs {lacking}")
        if method == "poststratify" and len(self.margins) > 1:
            raise ValueError("poststratify meets one margin; cross its groupings as in [[size_group, region]], or rake")
        if method == "rake" and len(self.margins) < 2:
            raise ValueError("rake needs two margins or more; poststratify meets a single one")
        doubled = [name for by in self.margins for name in by if by.count(name) > 1]
        if doubled or len(set(self.margins)) < len(self.margins):
            raise ValueError("a grouping or margin stands twice")
        if self.distance == "logit" and self.largest is None:
            raise ValueError("the distance logit needs largest, the highest weight allowed")
        if self.largest is not None and self.largest <= self.smallest:
            raise ValueError(f"largest {self.largest:g} is not above smallest {self.smallest:g}")
        return self

    def in_effect(self) -> dict[str, Any]:
        """The keys that bear on the weights, with their values: the method, what it uses, and modules."""
        values = self.model_dump(mode="json")
        return {key: values[key] for key in ("method", *USES[self.method], "modules")}

    def variant(self, changes: Mapping[str, Any], *, place: str = "variant") -> "WeightingPlan":
        """The plan with other values; keys that only the present method uses fall away with it.

        Raises InputError, naming `place`, for a plan that cannot hold.
        """
        method = changes.get("method", self.method)
        kept = {key: value for key, value in self.in_effect().items() if key in ("modules", *USES.get(method, ()))}
        return check(kept | {"method": method} | dict(changes), WeightingPlan, place=place)


class KeyEstimate(Record):
    """One of the numbers by which decisions on weights are judged: the share of units in `category`, or the mean.

    `item`: an item, or an indicator. Units without an answer to it are left out; its module is the item's.
    """

    item: ItemId
    category: tuple[str, ...] = ()
    unit_type: Literal["municipality", "county_municipality", "all"] = "municipality"

    @property
    def name(self) -> str:
        """A name for columns of files: item, category and unit type joined."""
        kind = "" if self.unit_type == "municipality" else self.unit_type
        return "__".join(part for part in (self.item, "_or_".join(self.category), kind) if part)


def key_module(one: KeyEstimate, *, wave: "Wave") -> str:
    """The module whose weights a key estimate takes: that of its item where modules are weighted apart, else none."""
    if not wave.file.weighting.modules:
        return ""
    indicator = next((entry for entry in wave.file.indicators if entry.id == one.item), None)
    return (indicator.module if indicator else wave.item(one.item).module) or ""


def problems(wave: "Wave", *, name: str) -> Iterator[str]:
    """What does not fit together between plan, key estimates and the rest of a wave, as sentences."""
    file = wave.file
    if file.weighting.modules and not file.modules:
        yield f"{name}, key 'weighting.modules': the wave has no modules; take the key out."
    known = {item.item: item for item in wave.items}
    indicators = {one.id for one in file.indicators}
    names = [one.name for one in file.key_estimates]
    for one in file.key_estimates:
        place = f"{name}, key 'key_estimates', {one.item}"
        if names.count(one.name) > 1:
            yield f"{place}: it stands twice; take one out."
        if one.unit_type not in ("all", *file.frame.unit_types):
            yield f"{place}: the frame has no {one.unit_type}; correct unit_type."
        if one.item in indicators:
            if one.category:
                yield f"{place}: an indicator has a mean and no category; take the category out."
            continue
        if one.item not in known:
            yield f"{place}: it is no item or indicator of the wave; correct the name."
            continue
        options = _options(wave, one.item)
        wrong = next((option for option in one.category if option not in options), None)
        if wrong is not None:
            yield f"{place}: {wrong!r} is no option of it; correct the category."
        if not one.category and known[one.item].type not in ("score", "count"):
            yield f"{place}: its mean says nothing; name the category whose share is meant."


def category_values(wave: "Wave", one: KeyEstimate) -> tuple[int, ...]:
    """The typed values of a key estimate's category; classes such as stars are their own values."""
    options = _options(wave, one.item)
    return tuple(options[option] for option in one.category)


def _options(wave: "Wave", item: str) -> dict[str, int]:
    record = wave.item(item)
    if record.type == "ordinal":
        return {str(level): level for level in range(record.lowest, record.highest + 1)}
    if record.type == "multi":
        return {TICKED: 1}
    return {option.option: option.value for option in wave.options_of(item) if option.value is not None}
