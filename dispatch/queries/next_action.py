"""The next step of a booking, as its agent would take it now."""

from __future__ import annotations

from dispatch.queries.row_types import BookingRow
from models.bookings import PENDING


def is_due(follow_up_at: str | None, now: str) -> bool:
    """Return whether the follow-up time has come. Both are stored times."""
    return follow_up_at is not None and follow_up_at <= now


def next_action(row: BookingRow, now: str) -> str | None:
    """Return the next command for a booking's row (of ``views``); None when it is closed.

    A waiting booking is reassigned; else claim, then contact until the customer was reached and whenever a
    follow-up is due, then confirm. The names are those of ``astra booking`` and dispatch.bookings.
    """
    if row["status"] != PENDING:
        return None
    if row["agent_id"] is None:
        return "reassign"
    if row["claimed_at"] is None:
        return "claim"
    if is_due(row["follow_up_at"], now) or row["contacted_at"] is None:
        return "contact"
    return "confirm"
