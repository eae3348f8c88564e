"""What is due, and what comes next with a booking, in words."""

from __future__ import annotations

from datetime import timedelta

from dispatch.queries.next_action import is_due, next_action
from dispatch.queries.row_types import BookingRow
from models.clock import from_text

STEPS = {
    "claim": ("Claim", "claim it"),
    "contact": ("Contact", "reach the customer"),
    "confirm": ("Confirm", "confirm it, or cancel"),
    "reassign": ("Reassign", "give it to an agent"),
}
"""The commands that may come next: in a column, and in a sentence."""
PUNCTUAL = timedelta(minutes=5)  # so long it is due, and not yet overdue
UNITS = (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("min", timedelta(minutes=1)))


def due_word(follow_up_at: str | None, now: str) -> str:
    """``due``, then ``overdue 45 min``, ``overdue 2 h``, ``overdue 3 d``; "" while it is not due."""
    if follow_up_at is None or not is_due(follow_up_at, now):
        return ""
    late = from_text(now) - from_text(follow_up_at)
    if late < PUNCTUAL:
        return "due"
    unit, length = next((name, length) for name, length in UNITS if late >= length)
    return f"overdue {late // length} {unit}"


def with_next_step(row: BookingRow, now: str) -> BookingRow:
    """A booking's row with what time makes of it: ``due`` (the word, or "") and ``next`` (the command)."""
    return row | {"due": due_word(row["follow_up_at"], now), "next": next_action(row, now)}
