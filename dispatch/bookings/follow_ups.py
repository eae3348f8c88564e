"""Getting back to a customer: when it was promised, and what is due."""

from __future__ import annotations

from typing import Any

from dispatch import queries
from dispatch.bookings.lifecycle import pending_booking, saved, set_follow_up
from dispatch.desk.commands import Command, command, put_back
from dispatch.inputs import validation
from models.errors import Refused

Row = dict[str, Any]


@command("booking.follow_up", past="follow-up", undo=put_back)
def follow_up(running: Command, booking_id: int, at: str | None = None) -> Row:
    """Set when to get back to the customer, in any form of dispatch.moments; None or empty clears it.

    Closing the booking clears it too. Raises NotFound, Refused, InvalidInput.
    """
    booking = pending_booking(running, booking_id)
    if validation.stripped(at, "time"):
        set_follow_up(running, booking, at)
    elif booking.follow_up_at is None:
        raise Refused("no_follow_up", f"booking {booking_id} has no follow-up to clear")
    else:
        booking.follow_up_at = None
        running.detail = {"follow_up_at": None}
    return saved(running, booking)


def due(until: str, agent_id: int | None = None, limit: int | None = None) -> list[Row]:
    """The bookings whose follow-up is due by ``until`` (a stored time), the longest overdue first."""
    which = queries.BookingFilter(
        agent_id=agent_id, due_until=until, sort=queries.FOLLOW_UP, descending=False
    )
    return queries.list_bookings(which, limit)
