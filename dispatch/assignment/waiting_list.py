"""Bookings that wait for an agent, and their assignment as soon as one is free."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from peewee import Tuple

from dispatch.assignment.assign import find_agent, taker_for
from dispatch.assignment.eligibility import Pool
from dispatch.desk.commands import Command
from models.base import CompiledQuery, parameter
from models.bookings import Booking, Waiting

if TYPE_CHECKING:
    from dispatch.desk.desk import Desk

AT_ONCE = 100

_oldest_waiting = CompiledQuery(
    lambda: (
        Waiting.select(Waiting.created_at, Waiting.booking_id)
        .where(Tuple(Waiting.created_at, Waiting.booking_id) > Tuple(parameter("since"), parameter("last")))
        .order_by(Waiting.created_at, Waiting.booking_id)
        .limit(parameter("limit"))
    )
)


def anybody_free() -> bool:
    """Whether any agent may take work."""
    return Pool().first_id() is not None


def drain_waiting(running: Command, returned: Mapping[int, str] | None = None) -> None:
    """Assign waiting bookings, oldest first, as long as an agent may take work.

    ``returned`` are those that an agent has just given back, and why: they wait their turn with the others,
    but do not count as drained.
    """
    returned = returned or {}
    drained = []
    if anybody_free():
        for booking_id in _waiting():
            booking = Booking.lock(booking_id)
            # a booking that every free agent has declined stays waiting, untouched
            if taker_for(running, booking) is not None:
                find_agent(running, booking, because=returned.get(booking_id, ""))
                drained.append(booking_id)
            elif not anybody_free():
                break
    drained = [booking_id for booking_id in drained if booking_id not in returned]
    if drained:
        running.detail["drained"] = drained


def drainable(desk: Desk) -> bool:
    """Whether a booking is waiting that an agent could take now."""
    asking = Command(desk, "waiting.assign")
    return anybody_free() and any(
        taker_for(asking, Booking.lock(booking_id)) is not None for booking_id in _waiting()
    )


def _waiting() -> Iterator[int]:
    since, last = "", 0
    while rows := _oldest_waiting(since=since, last=last, limit=AT_ONCE):
        yield from (booking_id for _, booking_id in rows)
        since, last = rows[-1]
