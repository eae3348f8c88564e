"""Suspected duplicate customers, worded for the form and the question."""

from __future__ import annotations

from collections.abc import Sequence

from dispatch.customers.row_types import Suspect
from screens.wording.text import short

MOST_TOLD = 3
MOST_NAMED = 3


def describe_suspects(suspected: Sequence[Suspect]) -> str:
    """Describe the surest of them, a line each."""
    lines = [_line(row) for row in suspected[:MOST_TOLD]]
    if len(suspected) > MOST_TOLD:
        lines.append(f"and {len(suspected) - MOST_TOLD} more with a similar name")
    return "\n".join(lines)


def _line(row: Suspect) -> str:
    name, still_open = short(row["name"]), open_bookings(row)
    if row["same"]:
        return f"Known by {row['because']}: {name}" + (f", {still_open}" if still_open else "")
    if row["because"] == "name":
        return f"{name} has {still_open}" if still_open else f"{name} is known: {_earlier(row)}"
    return f"Or is it {name}? {still_open or _earlier(row)}"


def open_bookings(row: Suspect) -> str:
    """Describe the open bookings of a customer with who has them, or ""."""
    rows = row["bookings"]
    named = [f"{one['booking_id']} ({short(one['agent_name'] or 'waiting')})" for one in rows[:MOST_NAMED]]
    if len(rows) > MOST_NAMED:
        named.append(f"{len(rows) - MOST_NAMED} more")
    return ("open booking " if len(rows) == 1 else "open bookings ") + ", ".join(named) if rows else ""


def _earlier(row: Suspect) -> str:
    last = f"last booking {row['last_booking_id']}" if row["last_booking_id"] else "no booking yet"
    return f"customer {row['customer_id']}, {last}"
