"""The lists of accepted values: rows, because they grow with the business."""

from __future__ import annotations

from peewee import CompositeKey, ForeignKeyField, TextField

from models.base import BaseModel


class NamedValue(BaseModel):
    """One value of a list."""

    name = TextField(primary_key=True)


class Destination(NamedValue):
    table = "destinations"


class Package(BaseModel):
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
