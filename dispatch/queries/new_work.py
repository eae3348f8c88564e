"""New work on an agent's desk since the last look, and who brought it."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

from dispatch.desk.event_log import last_event
from models.agents import Agent
from models.audit import Event
from models.base import tuples
from models.bookings import PENDING, Booking
from models.database import current_database

NEWEST_LOOKED_AT = 200  # of a bulk load, any one event shows that others are at work


RESTORE = "desk.restore"


@dataclass(frozen=True)
class Restored:
    """A restore: its event, who did it, the backup, and the number of events lost, None if not known."""

    event_id: int
    actor: str
    file: str
    lost_events: int | None


@dataclass(frozen=True)
class Glance:
    """An agent's Pending bookings at one moment: ``unclaimed`` ids among ``pending`` ones."""

    agent_id: int
    name: str
    pending: frozenset[int]
    unclaimed: frozenset[int]
    last_event: int


def glance(agent_id: int) -> Glance:
    """Read an agent's desk; an unknown agent has no name and no work."""
    mine = Booking.select(Booking.booking_id, Booking.claimed_at).where(
        Booking.agent_id == agent_id, Booking.status == PENDING
    )
    who = Agent.select(Agent.first_name, Agent.last_name).where(Agent.agent_id == agent_id)
    with current_database.obj.snapshot():  # one snapshot
        rows, names, newest = tuples(mine), tuples(who), last_event()
    return Glance(
        agent_id,
        " ".join(names[0]) if names else "",
        frozenset(number for number, _ in rows),
        frozenset(number for number, claimed_at in rows if claimed_at is None),
        newest,
    )


def arrived(before: Glance, now: Glance, own: Collection[int]) -> list[int]:
    """Return the unclaimed bookings that others brought between two glances.

    ``own`` are the ids of one's own events. Bookings brought by a command that names none, such as a drained
    queue or an import, belong to its actor too.
    """
    fresh = sorted(now.unclaimed - before.pending)
    if not fresh:
        return []
    happened = tuples(
        Event.select(Event.event_id, Event.booking_id).where(
            Event.event_id > before.last_event, Event.event_id <= now.last_event
        )
    )
    mine = {booking_id for event_id, booking_id in happened if event_id in own}
    others = {booking_id for event_id, booking_id in happened if event_id not in own}
    if mine and not others:
        return []
    return [number for number in fresh if number in others or mine.isdisjoint((number, None))]


@dataclass(frozen=True)
class Heard:
    """Whether anybody else has written an event, and whether the desk was restored from a backup."""

    by_others: bool
    is_restored: bool


def heard_since(since: int, own: Collection[int]) -> Heard:
    """Look at the events after the one with this id; a restore's is always among them."""
    later = Event.select(Event.event_id, Event.command).where(Event.event_id > since)
    rows = tuples(later.order_by(Event.event_id.desc()).limit(NEWEST_LOOKED_AT))
    return Heard(
        any(event_id not in own for event_id, _ in rows), any(command == RESTORE for _, command in rows)
    )


def last_restore() -> Restored | None:
    """Return the newest restore of the desk."""
    query = Event.select(Event.event_id, Event.actor, Event.detail).where(Event.command == RESTORE)
    rows = tuples(query.order_by(Event.event_id.desc()).limit(1))
    if not rows:
        return None
    event_id, actor, detail = rows[0]
    known = json.loads(detail)
    return Restored(event_id, actor, known["file"], known["lost_events"])
