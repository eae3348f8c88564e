"""Bookings in words and colours."""

from __future__ import annotations

from rich.text import Text

from dispatch.queries.row_types import BookingRow
from screens.wording.text import BAD, CARE, GOOD


def state(row: BookingRow) -> Text:
    """A booking's status in one word or two: claimed, unclaimed, due, unattended, waiting, Confirmed, ..."""
    if row["voided"]:
        return Text("entered by mistake", "dim")
    if row["status"] == "Confirmed":
        return Text("Confirmed", GOOD)
    if row["status"] == "Cancelled":
        return Text("Cancelled", BAD)
    if row["agent_id"] is None:
        return Text("Waiting", f"bold {CARE}")
    if row.get("unattended"):
        return Text("! unattended", f"bold {BAD}")
    if row.get("asked_at"):
        return Text("Still on it? claimed", f"bold {CARE}")
    if row.get("due"):  # what next_step made of the follow-up
        return Text(f"Due, {'claimed' if row['claimed_at'] else 'unclaimed'}", f"bold {CARE}")
    return Text("Pending, claimed", "bold") if row["claimed_at"] else Text("Pending, unclaimed")
