"""What `wave.yml` says of the second table of a wave, the projects that its units registered."""

from pydantic import Field, model_validator

from analysis.inputs import tables
from analysis.inputs.instrument import ItemId


class Contacts(tables.Record):
    """Whom to ask about a project: a CSV file of its own with the column of the project's id and the named `columns`.

    `consent`: the item of the projects whose answer `yes` says that the details may be shared; anything else is no.
    """

    file: str
    columns: tuple[str, ...] = Field(min_length=1)
    consent: ItemId


class Further(tables.Record):
    """A further file of projects: `columns` says for each item it has in which of its columns the answers stand.

    Answers are codes as in the first file, or the names of the options in any of the three languages.
    """

    file: str
    columns: dict[ItemId, str] = Field(min_length=1)


class Projects(tables.Record):
    """A second table of the wave: its file and further ones, its items, the item that identifies a row, contacts."""

    file: str
    items: str
    id: ItemId
    contacts: Contacts | None = None
    further: tuple[Further, ...] = ()

    @model_validator(mode="after")
    def _with_ids(self) -> "Projects":
        nameless = next((one.file for one in self.further if self.id not in one.columns), None)
        if nameless is not None:
            raise ValueError(f"the columns of {nameless} lack {self.id!r}, which identifies a project")
        return self

    @property
    def files(self) -> tuple[str, ...]:
        """All files that projects stand in."""
        return (self.file, *(one.file for one in self.further))
