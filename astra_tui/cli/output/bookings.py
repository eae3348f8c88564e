"""How a booking is told in a line: who has it, and how it stands."""

from __future__ import annotations

from astra_tui.cli.output.printing import line, local
from dispatch.queries.row_types import BookingRow


def holder(row: BookingRow) -> str:
    """The agent who has a booking."""
    return "waiting" if row["agent_id"] is None else f"{row['agent_name']} ({row['agent_id']})"


def state(row: BookingRow) -> str:
    """A booking's status, and whether somebody is at work on it."""
    if row["voided"]:
        return "Cancelled, a mistake"
    if row["status"] != "Pending" or not row["claimed_at"]:
        return str(row["status"])
    if row["unattended"]:
        return "Pending, unattended"
    return "Pending, still on it?" if row["asked_at"] else "Pending, claimed"


def tell_line(row: BookingRow) -> None:
    """What a command says of the booking that it changed."""
    line(
        f"Booking {row['booking_id']}: {row['customer_name']}, {row['destination']}, "
        f"{state(row)}, {holder(row)}"
        + (", above the agent's capacity" if row.get("over_capacity") else "")
        + (f", follow-up {local(row['follow_up_at'])}" if row["follow_up_at"] else "")
    )
