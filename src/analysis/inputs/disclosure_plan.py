"""What a wave declares for disclosure control: in which order groups are shown as one, before anything is withheld."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from analysis.inputs import tables

# Between groups that are shown as one: groups 4 and 5 together are `4+5`.
TOGETHER = "+"
# Size groups are numbers, and may be written so.
Group = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, int) else value)]


class Merge(tables.Record):
    """One step of the declared order: these groups of a grouping become one, where one of them is too small.

    A later step names what an earlier one has made by its groups with `+` between them.
    """

    of: Literal["size_group", "region"]
    values: tuple[Group, ...] = Field(min_length=2)

    @property
    def into(self) -> str:
        """What the groups are together."""
        return TOGETHER.join(self.values)


class DisclosurePlan(tables.Record):
    """The steps of merging, in order; each is taken only where a number of one of its groups would be withheld."""

    merge: tuple[Merge, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> "DisclosurePlan":
        for of in ("size_group", "region"):
            named = [value for step in self.merge if step.of == of for value in step.values]
            doubled = next((value for value in named if named.count(value) > 1), None)
            if doubled is not None:
                raise ValueError(f"merge names the {of} {doubled} twice; name what it became in the later step")
        return self
