"""Which of a booking's verbs can be done now, as its row in a list shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dispatch.queries.row_types import BookingRow
from models.bookings import PENDING
from screens.wording.bookings import is_open


def is_held(row: BookingRow) -> bool:
    return is_open(row) and row["agent_id"] is not None


def is_finished(row: BookingRow) -> bool:
    return row["status"] != PENDING and not row["voided"]


def _is_claimed(row: BookingRow) -> bool:
    return is_held(row) and row["claimed_at"] is not None


def _is_unclaimed(row: BookingRow) -> bool:
    return is_held(row) and row["claimed_at"] is None


RULES: Mapping[str, Callable[[BookingRow], bool]] = {
    "next_step": is_open,
    "claim": _is_unclaimed,
    "contact": is_held,
    "confirm": is_held,
    "cancel": is_open,
    "reassign": is_open,
    "follow_up": is_held,
    "keep": _is_claimed,
    "release": _is_claimed,
    "decline": is_held,
    "reopen": is_finished,
    "rate": lambda row: is_finished(row) and row["agent_id"] is not None,
}
"""By action; the others can be done with every booking."""
