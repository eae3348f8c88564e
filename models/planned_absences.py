"""Absences that are planned, and claimed bookings that somebody else covers meanwhile.

What an absence means for the shares of agents is in models/absences.py.
"""

from __future__ import annotations

from typing import NamedTuple

from peewee import AutoField, BooleanField, IntegerField, TextField

from models.base import BaseModel, CompiledQuery, parameter


class PlannedAbsence(BaseModel):
    """An agent's absence from ``from_at`` until ``until_at``, which is not part of it.

    Those of one agent do not overlap. A ``removed`` one stays, so that undo can bring it back.
    """

    label = "absence"
    table = "planned_absences"

    absence_id = AutoField()
    agent_id = IntegerField()
    from_at = TextField()
    until_at = TextField()
    reason = TextField(null=True)
    substitute_id = IntegerField(null=True)
    removed = BooleanField(default=False)
    version = IntegerField(default=1)


class Cover(BaseModel):
    """A claimed booking of ``agent_id`` that ``substitute_id`` goes on with, until it comes back.

    It counts while the substitute has the booking, and ``ended_at`` is empty.
    """

    label = "cover"
    table = "covers"

    cover_id = AutoField()
    booking_id = IntegerField()
    agent_id = IntegerField()
    substitute_id = IntegerField()
    begun_at = TextField()
    ended_at = TextField(null=True)
    version = IntegerField(default=1)


class Absent(NamedTuple):
    """An absence of an agent, the one of now or the next."""

    absence_id: int
    from_at: str
    until_at: str
    reason: str | None
    substitute_id: int | None


_next = CompiledQuery(
    lambda: (
        PlannedAbsence.select(
            PlannedAbsence.absence_id,
            PlannedAbsence.from_at,
            PlannedAbsence.until_at,
            PlannedAbsence.reason,
            PlannedAbsence.substitute_id,
        )
        .where(
            PlannedAbsence.agent_id == parameter("agent_id"),
            ~PlannedAbsence.removed,
            PlannedAbsence.until_at > parameter("now"),
        )
        .order_by(PlannedAbsence.until_at)
        .limit(1)
    )
)


def next_absence(agent_id: int, now: str) -> Absent | None:
    """Return the absence that an agent has now, or else the next one."""
    rows = _next(agent_id=agent_id, now=now)
    return Absent(*rows[0]) if rows else None


def running_absence(agent_id: int, at: str) -> Absent | None:
    """Return the absence that an agent has at a time."""
    found = next_absence(agent_id, at)
    return found if found is not None and found.from_at <= at else None
