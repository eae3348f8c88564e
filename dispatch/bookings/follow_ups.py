"""Follow-ups: when to get back to a customer, and which are due."""

from __future__ import annotations

from dispatch import queries
from dispatch.bookings.lifecycle import nothing_to_clear, pending_booking, saved, set_follow_up
from dispatch.desk.commands import Command, command, put_back
from dispatch.inputs import validation
from dispatch.queries.row_types import BookingRow
from models.base import tuples
from models.bookings import PENDING, Booking, leads_not_to_contact


@command("booking.follow_up", past="follow-up", undo=put_back, may="booking.work")
def follow_up(running: Command, booking_id: int, at: str | None = None) -> BookingRow:
    """Set when to get back to the customer, in any form of inputs.times.due_times; None or empty clears it.

    Closing the booking clears it too. Raises NotFound, Refused, InvalidInput.
    """
    booking = pending_booking(running, booking_id)
    if validation.stripped(at, "time"):
        set_follow_up(running, booking, at)
    elif booking.follow_up_at is None:
        raise nothing_to_clear(booking_id)
    else:
        booking.follow_up_at = None
        running.detail = {"follow_up_at": None}
    if booking.claimed_at is not None:
        booking.progress_at = running.now  # a sign of work, which a claim without a next step counts from
    return saved(running, booking)


MOST_TOLD = 1_000


def fell_due(since: str, until: str, agent_id: int | None = None) -> list[int]:
    """Return the bookings whose follow-up fell due after ``since``, in that order, until ``until`` (stored).

    Of one agent, or of all; at most MOST_TOLD, and none of customers who must not be contacted.
    """
    query = Booking.select(Booking.booking_id, Booking.follow_up_at).where(
        Booking.status == PENDING,
        Booking.follow_up_at > since,
        Booking.follow_up_at <= until,
        Booking.lead_id.not_in(leads_not_to_contact()),
    )
    if agent_id is not None:
        query = query.where(Booking.agent_id == agent_id)
    rows = tuples(query.order_by(Booking.booking_id).limit(MOST_TOLD))
    return [number for number, _ in sorted(rows, key=lambda row: (row[1], row[0]))]


def due(until: str, agent_id: int | None = None, limit: int | None = None) -> list[BookingRow]:
    """Bookings whose follow-up is due by ``until`` (a stored time), longest overdue first."""
    which = queries.BookingFilter(
        agent_id=agent_id, due_until=until, sort=queries.FOLLOW_UP, descending=False
    )
    return queries.list_bookings(which, limit)
