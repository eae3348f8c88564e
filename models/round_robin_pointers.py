"""Positions of the round robin."""

from __future__ import annotations

from peewee import AutoField, BooleanField, IntegerField, TextField

from models.base import BaseModel


class RoundRobinPointer(BaseModel):
    """The agent who got the last lead of a pair of launch location and destination; with both empty, of any.

    Only a position in the sequence of ids: the agent may have left since; 0 is before all. ``lead_id`` is the
    lead that moved it last, from ``previous``; when that is undone it ``is_back``, the two ids exchanged.
    """

    label = "pointer"
    table = "round_robin_pointers"

    pointer_id = AutoField()
    location = TextField()
    skill = TextField()
    agent_id = IntegerField(default=0)
    lead_id = IntegerField(null=True)
    previous = IntegerField(default=0)
    is_back = BooleanField(default=False)
