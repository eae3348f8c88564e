"""The lists of accepted values: rows, because they grow and shrink with the business.

A value that is not accepted any more keeps its row, as bookings and agents still have its name. A renamed one
is retired, too, and knows its new name.
"""

from __future__ import annotations

from typing import Any

from peewee import CompositeKey, ForeignKeyField, TextField

from models.base import BaseModel


class ListedValue(BaseModel):
    """What every value has: when it was retired, and what it is called now if it was renamed."""

    retired_at = TextField(null=True)
    renamed_to = TextField(null=True)


class NamedValue(ListedValue):
    """One value of a list."""

    name = TextField(primary_key=True)


class Destination(NamedValue):
    table = "destinations"


class Package(ListedValue):
    """A package that agents can offer for a destination."""

    table = "packages"

    destination = ForeignKeyField(Destination, column_name="destination", lazy_load=False)
    name = TextField()

    class Meta:
        primary_key = CompositeKey("destination", "name")


class LaunchLocation(NamedValue):
    table = "launch_locations"


class CommunicationMethod(NamedValue):
    table = "communication_methods"


class LeadSource(NamedValue):
    table = "lead_sources"


class Department(NamedValue):
    table = "departments"


class JobTitle(NamedValue):
    table = "job_titles"


def put_state(
    model: type[ListedValue], key: dict[str, Any], retired_at: str | None, renamed_to: str | None = None
) -> None:
    """Accept a value (``retired_at`` None), new or not, or retire it; ``key`` has its name and destination.

    These rows have no listeners: they count in nothing.
    """
    match = [model._meta.fields[name] == value for name, value in key.items()]
    if model.select().where(*match).exists():
        state = {"retired_at": retired_at, "renamed_to": renamed_to}
        model.update(state).where(*match).execute()
    else:
        model(retired_at=retired_at, renamed_to=renamed_to, **key).save()
