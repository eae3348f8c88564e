"""The desk's settings, shared by all terminals."""

from __future__ import annotations

from peewee import TextField

from models.base import BaseModel


class Setting(BaseModel):
    table = "settings"
    key = TextField(primary_key=True)
    value = TextField()
