"""Bookings in words and colours."""

from __future__ import annotations

from rich.text import Text

from dispatch.queries.row_types import BookingRow
from dispatch.queries.wording import booking_state
from screens.wording.text import BAD, CARE, GOOD

STYLES = {
    "entered by mistake": "dim",
    "Confirmed": GOOD,
    "Cancelled": BAD,
    "Waiting": f"bold {CARE}",
    "! unattended": f"bold {BAD}",
    "Still on it? claimed": f"bold {CARE}",
    "Due, claimed": f"bold {CARE}",
    "Due, unclaimed": f"bold {CARE}",
    "Pending, claimed": "bold",
}
STEPS = {
    "claim": ("Claim", "claim it"),
    "contact": ("Contact", "reach the customer"),
    "confirm": ("Confirm", "confirm it, or cancel"),
    "reassign": ("Reassign", "give it to an agent"),
}
"""The commands that may follow: in a column, and in a sentence."""


def state(row: BookingRow) -> Text:
    """Format a booking's state, coloured if it needs attention."""
    words = booking_state(row)
    return Text(words, STYLES.get(words, ""))
