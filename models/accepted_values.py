"""The lists of accepted values: rows, because they grow with the business."""

from __future__ import annotations

from peewee import CompositeKey, ForeignKeyField, TextField

from models.base import BaseModel


class NamedValue(BaseModel):
    """One value of a list."""

    name = TextField(primary_key=True)


class Destination(NamedValue):
    class Meta:
        table_name = "destinations"


class Package(BaseModel):
    """A package that agents can offer for a destination."""

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
