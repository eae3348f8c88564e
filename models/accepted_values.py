"""The accepted values. The lists grow with the business, so they are rows."""

from __future__ import annotations

from peewee import CompositeKey, ForeignKeyField, TextField

from models.base import BaseModel


class NamedValue(BaseModel):
    """One accepted word of a list."""

    name = TextField(primary_key=True)


class Destination(NamedValue):
    class Meta:
        table_name = "destinations"


class Package(BaseModel):
    """What an agent can propose for a destination."""

    destination = ForeignKeyField(Destination, column_name="destination", lazy_load=False)
    name = TextField()

    class Meta:
        table_name = "packages"
        primary_key = CompositeKey("destination", "name")


class LaunchLocation(NamedValue):
    class Meta:
        table_name = "launch_locations"


class CommunicationMethod(NamedValue):
    class Meta:
        table_name = "communication_methods"


class LeadSource(NamedValue):
    class Meta:
        table_name = "lead_sources"


class Department(NamedValue):
    class Meta:
        table_name = "departments"


class JobTitle(NamedValue):
    class Meta:
        table_name = "job_titles"
