"""A changed booking in one line."""

from __future__ import annotations

from astra_tui.cli.output.printing import line
from dispatch.desk.desk import Desk
from dispatch.queries.caps import override_words
from dispatch.queries.next_steps import limits_of, with_step
from dispatch.queries.row_types import BookingRow
from dispatch.queries.wording import booking_state, holder, moment
from models.priorities import USUAL


def unusual_priority(row: BookingRow) -> str:
    """Return a booking's priority, "" for the usual one."""
    return "" if row["priority"] == USUAL else row["priority"]


def stepped(desk: Desk, row: BookingRow) -> BookingRow:
    """Add the next step to a changed booking; the result of a repeat may be one of an earlier version."""
    if "clock_from" not in row:
        return row
    with desk.reading():
        return with_step(row, limits_of(desk.settings, desk.now()))


def print_line(row: BookingRow) -> None:
    line(
        f"Booking {row['booking_id']}: {row['customer_name']}, {row['destination']}, "
        f"{booking_state(row)}, {holder(row)}"
        + (f", {priority}" if (priority := unusual_priority(row)) else "")
        + (f", {row['attempt']} attempts" if row.get("attempt") else "")
        + (", above the agent's capacity" if row.get("over_capacity") else "")
        + (f"; {override_words(row['agent_name'], row['over_cap'])}" if row.get("over_cap") else "")
        + (f"; {row['unsuited']}" if "unsuited" in row else "")
        + (f", follow-up {moment(row['follow_up_at'])}" if row["follow_up_at"] else "")
    )
