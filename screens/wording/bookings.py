"""Bookings in words and colours."""

from __future__ import annotations

from rich.text import Text

from dispatch.queries.row_types import BookingRow
from dispatch.queries.wording import booking_state
from dispatch.service.wording import priority_words
from models.bookings import PENDING
from screens.wording import priorities
from screens.wording.contacts import with_mark
from screens.wording.text import BAD, CARE, GOOD, QUIET

STYLES = {
    "entered by mistake": QUIET,
    "Confirmed": f"{QUIET} {GOOD}",
    "Cancelled": QUIET,
    "Unreachable": QUIET,
    "Waiting": f"bold {CARE}",
    "Seen by all": f"bold {CARE}",
    "! unattended": f"bold {BAD}",
    "Still on it? claimed": f"bold {CARE}",
    "Due, claimed": f"bold {CARE}",
    "Due, unclaimed": f"bold {CARE}",
    "Pending, claimed": "",
    "Pending, unclaimed": CARE or "bold",
}
"""Loud where somebody is needed, quiet where all is done."""
SHORT = {
    "Pending, claimed": "claimed",
    "Pending, unclaimed": "unclaimed",
    "Due, claimed": "follow up",
    "Due, unclaimed": "due",
    "! unattended": "unattended",
    "Still on it? claimed": "still on it?",
    "entered by mistake": "undone",
}
AGAIN = {"Phone Call": "call again", "Text": "text again"}
"""What is due with a claimed booking, by its method."""
UNCLAIMED, CLAIMED, CONFIRMED, CANCELLED, LATE, VOIDED = "○◐✓✗!–"
"""One sign a state, so that it can be read without colour."""
STEPS = {
    "claim": ("Claim", "claim it"),
    "contact": ("Contact", "reach the customer"),
    "confirm": ("Confirm", "confirm it, or cancel"),
    "reassign": ("Assign", "give it to an agent"),
}
"""The commands that may follow: in a column, and in a sentence."""


def is_open(row: BookingRow) -> bool:
    """Return whether a booking still has an agent, or waits for one."""
    return row["status"] == PENDING and not row["voided"]


def state(row: BookingRow) -> Text:
    """Format a booking's state in one or two words, coloured if it needs attention."""
    words = booking_state(row)
    short = SHORT.get(words, words.lower())
    return Text(AGAIN.get(row["method"], short) if words == "Due, claimed" else short, STYLES.get(words, ""))


def state_with_sign(row: BookingRow) -> Text:
    """Format a booking's state in a list: a sign and one or two words, loud only where someone is needed."""
    words = state(row)
    return Text(f"{_sign(row)} {words.plain}", words.style)


def plain_state(row: BookingRow) -> str:
    """Return a booking's state in one word for files: unclaimed, claimed, waiting, confirmed, ..., void."""
    if row["voided"]:
        return "void"
    if row.get("unreachable"):
        return "unreachable"
    if row["status"] != PENDING:
        return row["status"].lower()
    if row["agent_id"] is None:
        return "waiting"
    return "claimed" if row["claimed_at"] else "unclaimed"


def customer(row: BookingRow) -> Text:
    """Format the customer of a booking, behind the sign of another priority than the usual one."""
    sign = priorities.SIGNS[row["priority"]]
    name = with_mark(row["customer_name"], row["do_not_contact"])
    return Text.assemble((f"{sign} " if sign else "", _priority_style(row)), name)


def priority(row: BookingRow) -> Text:
    """Format a booking's priority behind its sign."""
    sign = priorities.SIGNS[row["priority"]]
    words = priority_words(row["priority"])
    return Text(f"{sign} {words}" if sign else words, _priority_style(row))


def _priority_style(row: BookingRow) -> str:
    return priorities.STYLES[row["priority"]] if is_open(row) else QUIET


def due_mark(row: BookingRow) -> Text:
    """Format when the follow-up is due: the time left, or how late it is behind a mark."""
    if row.get("due"):
        return Text(f"{LATE} {row['until']}", f"bold {CARE}")
    return Text(row["until"])


def sign(row: BookingRow) -> Text:
    """Format a booking's state as one sign, coloured like the words of ``state``."""
    return Text(_sign(row), STYLES.get(booking_state(row), ""))


def _sign(row: BookingRow) -> str:
    if row["voided"]:
        return VOIDED
    if row["status"] != PENDING:
        return CONFIRMED if row["status"] == "Confirmed" else CANCELLED
    if any(row.get(key) for key in ("due", "unattended", "asked_at", "seen_by_all")):
        return LATE
    return CLAIMED if row["claimed_at"] else UNCLAIMED
