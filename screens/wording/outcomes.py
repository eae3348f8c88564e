"""The outcomes of attempts to reach a customer, in the words of the screens."""

from __future__ import annotations

from contextlib import suppress

from dispatch.bookings import dispositions
from dispatch.bookings.contact import NO_FOLLOW_UP, end_reason, is_last, next_attempt
from dispatch.desk.desk import Desk
from dispatch.inputs.times import delays, due_times
from dispatch.queries.next_steps import is_due
from dispatch.queries.row_types import BookingRow
from dispatch.queries.wording import day_and_moment
from models.calendars import terminal
from models.dispositions import CANCELLED, Disposition
from models.errors import InvalidInput


def outcome_label(name: str) -> str:
    """Return the words for a disposition: ``No answer``."""
    return name.replace("_", " ").capitalize()


def what_follows(desk: Desk, booking: BookingRow, outcome: str, follow_up: str) -> str:
    """Say what an attempt with this outcome would make of a booking. Reads the desk; raises InvalidInput."""
    kind = dispositions.offered(outcome)
    number = booking["attempts_in_row"] + 1
    attempt = dispositions.attempt_words(kind, number)
    told = f"{attempt} attempts\n" if attempt else ""
    if is_last(kind, number):
        state = "Cancelled" if kind.ends == CANCELLED else "Cancelled as unreachable"
        return f"{told}Closes the booking. {state}: {end_reason(kind, number).removeprefix('unreachable: ')}"
    return told + _next(desk, booking, kind, follow_up)


def _next(desk: Desk, booking: BookingRow, kind: Disposition, follow_up: str) -> str:
    now, typed, at = desk.now(), follow_up.strip(), booking["follow_up_at"]
    if typed.casefold() in NO_FOLLOW_UP:
        return "No follow-up"
    if typed:
        with suppress(InvalidInput):  # said below its field
            return f"Follow-up {day_and_moment(due_times.understand(typed, now, terminal()))}"
        return "Follow-up: not understood"
    if at is not None and not is_due(at, now):
        return f"Follow-up {day_and_moment(at)}: kept unless you type another"
    again, delay = next_attempt(desk, kind, now), delays.kept(kind.delay)
    if again is None or delay is None:
        return "No follow-up unless you type one"
    return f"Follow-up {day_and_moment(again)}: {delay.words}, unless you type another"
