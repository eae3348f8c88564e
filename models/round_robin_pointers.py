"""Positions of the round robin."""

from __future__ import annotations

from peewee import AutoField, IntegerField, TextField

from models.base import BaseModel


class RoundRobinPointer(BaseModel):
    """The agent who got the last lead of a pair of launch location and destination; with both empty, of any.

    Only a position in the sequence of ids: the agent may have left since.
    """

    label = "pointer"
    table = "round_robin_pointers"

    pointer_id = AutoField()
    location = TextField()
    skill = TextField()
    agent_id = IntegerField()
