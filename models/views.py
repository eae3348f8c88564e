"""Saved views that everybody at the desk shares."""

from __future__ import annotations

from peewee import AutoField, BooleanField, IntegerField, TextField

from models.base import BaseModel


class SavedView(BaseModel):
    """A list with its filter text, columns and order under a name; ``columns`` is a JSON list of keys.

    A deleted one stays, so that undo can bring it back; of the others each name is there once, in any case.
    """

    label = "view"
    table = "saved_views"

    view_id = AutoField()
    name = TextField()
    list_name = TextField()
    filter_text = TextField(default="")
    columns = TextField(default="[]")
    sort = TextField(default="")
    descending = BooleanField(default=False)
    deleted = BooleanField(default=False)
    version = IntegerField(default=1)
