"""Attempts to reach a customer: their outcomes, when the next one is, and which is the last."""

from __future__ import annotations

from dispatch.bookings import dispositions
from dispatch.bookings.lifecycle import cancelled, described, pending_booking, saved, set_follow_up
from dispatch.customers.contacts import refuse_contact
from dispatch.desk.commands import Command, command, put_back
from dispatch.desk.desk import Desk
from dispatch.inputs import validation
from dispatch.inputs.times import delays, hours
from dispatch.queries.next_steps import is_due
from dispatch.queries.row_types import BookingRow
from dispatch.queries.wording import plural
from models.bookings import Booking
from models.dispositions import CANCELLED, Disposition
from models.errors import InvalidInput

NO_FOLLOW_UP = ("none", "no")
"""Typed for a follow-up: there is to be none."""


@command("booking.contact", past="contact", undo=put_back, may="booking.work")
def contact(
    running: Command,
    booking_id: int,
    outcome: str,
    text: str | None = None,
    follow_up: str | None = None,
    anyway: bool = False,
) -> BookingRow:
    """Record an attempt to reach the customer; the booking keeps the time of the first success.

    ``outcome`` names a disposition, which says what follows: the last attempt closes the booking; after any
    other the follow-up is set, unless one is still ahead. ``text`` is a note, ``follow_up`` another time for
    it (inputs.times), or ``none``. Reaching the customer clears a follow-up that is due. A customer who
    must not be contacted is only ``anyway``. The result has ``attempt``, such as ``3rd of 6``, from the
    second in a row on. Raises NotFound, Refused, InvalidInput.
    """
    kind = dispositions.offered(outcome)
    written = validation.optional_text(text, "text", limit=validation.TEXT_LENGTH, lines=True)
    booking = pending_booking(running, booking_id)
    if not anyway:
        refuse_contact(booking.lead_id, booking_id)
    number = booking.attempts_in_row + 1
    booking.contact_attempts += 1
    booking.last_outcome = kind.name
    booking.asked_at = None
    booking.attempts_in_row = 0 if kind.reaches else number
    if booking.claimed_at is not None:
        booking.progress_at = running.now
    if kind.reaches:
        booking.contacted_at = booking.contacted_at or running.now
        if is_due(booking.follow_up_at, running.now):
            booking.follow_up_at = None
    running.detail = {"outcome": kind.name} | ({"text": written} if written else {})
    told = dispositions.attempt_words(kind, number)
    if told and number > 1:
        running.detail["attempt"] = told
    if is_last(kind, number):
        row = _ended(running, booking, kind, number, follow_up)
    else:
        _set_next(running, booking, kind, follow_up)
        row = saved(running, booking)
    return row | {"attempt": told} if "attempt" in running.detail else row


def is_last(kind: Disposition, number: int) -> bool:
    """Return whether an attempt, the ``number``th in a row, ends its booking."""
    return kind.attempts is not None and number >= kind.attempts


def next_attempt(desk: Desk, kind: Disposition, now: str) -> str | None:
    """Return when a disposition lets the next attempt be made. Raises InvalidInput."""
    delay = delays.kept(kind.delay)
    if delay is None:
        return None
    settings = desk.settings
    week = hours.of_a_clock(settings["sla_hours"], settings["sla_holidays"], settings["zone"])
    return delay.after(now, hours.stored(week))


def _ended(
    running: Command, booking: Booking, kind: Disposition, number: int, follow_up: str | None
) -> BookingRow:
    if validation.stripped(follow_up, "follow_up").casefold() not in ("", *NO_FOLLOW_UP):
        problem = f"{kind.name.replace('_', ' ')} ends the booking: no follow-up"
        raise InvalidInput("follow_up", problem, "leave it out, or choose another outcome")
    reason = end_reason(kind, number)
    booking.unreachable = kind.ends != CANCELLED
    running.detail |= {"ends": kind.ends, "reason": reason}
    cancelled(running, booking, reason)
    return described(running, booking.booking_id)


def end_reason(kind: Disposition, number: int) -> str:
    """Return the reason for which an attempt closes its booking."""
    if kind.ends == CANCELLED:
        return str(kind.reason)
    tries = f", {plural(number, 'attempt')} in a row" if number > 1 else ""
    return f"{kind.ends}: {kind.name.replace('_', ' ')}{tries}"


def _set_next(running: Command, booking: Booking, kind: Disposition, follow_up: str | None) -> None:
    """Set the follow-up that was typed, or else that of the disposition unless one is still ahead."""
    typed = validation.stripped(follow_up, "follow_up")
    if typed.casefold() in NO_FOLLOW_UP:
        if booking.follow_up_at is not None:
            booking.follow_up_at = running.detail["follow_up_at"] = None
    elif typed:
        set_follow_up(running, booking, typed)
    elif booking.follow_up_at is None or is_due(booking.follow_up_at, running.now):
        again = next_attempt(running.desk, kind, running.now)
        if again is not None:
            booking.follow_up_at = running.detail["follow_up_at"] = again
