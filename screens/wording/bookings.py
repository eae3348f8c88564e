"""Bookings in words and colours, and how to reach their customers."""

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
BY_PHONE = frozenset({"Phone Call", "Text"})


def state(row: BookingRow) -> Text:
    """Format a booking's state, coloured if it needs attention."""
    words = booking_state(row)
    return Text(words, STYLES.get(words, ""))


def ways(row: BookingRow) -> str:
    """Return the customer's method, number and address, as far as they are known."""
    return " · ".join(filter(None, (row["method"], row["phone"], row["email"])))


def reach(row: BookingRow) -> tuple[str, str] | None:
    """Return what to copy for the method: ("phone", number) or ("e-mail", address); None if unknown."""
    known = [(kind, way) for kind, way in (("phone", row["phone"]), ("e-mail", row["email"])) if way]
    if row["method"] not in BY_PHONE:
        known.reverse()
    return known[0] if known else None
