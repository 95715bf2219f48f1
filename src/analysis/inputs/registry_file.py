"""What `wave.yml` says of the second table of a wave, the projects that its units registered."""

from pydantic import Field

from analysis.inputs import tables
from analysis.inputs.instrument import ItemId


class Contacts(tables.Record):
    """Whom to ask about a project: a CSV file of its own with the column of the project's id and the named `columns`.

    `consent`: the item of the projects whose answer `yes` says that the details may be shared; anything else is no.
    """

    file: str
    columns: tuple[str, ...] = Field(min_length=1)
    consent: ItemId


class Projects(tables.Record):
    """A second table of the wave: its file, its items, the column that identifies a row, and the contact details."""

    file: str
    items: str
    id: ItemId
    contacts: Contacts | None = None
