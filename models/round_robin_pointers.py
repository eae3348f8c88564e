"""Where the round robin stands."""

from __future__ import annotations

from peewee import AutoField, IntegerField, TextField

from models.base import BaseModel


class RoundRobinPointer(BaseModel):
    """The agent who was last given a lead of a pair of launch location and destination.

    The agent may have left since: the pointer is a place in the row of ids.
    """

    label = "pointer"

    pointer_id = AutoField()
    location = TextField()
    skill = TextField()
    agent_id = IntegerField()

    class Meta:
        table_name = "round_robin_pointers"
