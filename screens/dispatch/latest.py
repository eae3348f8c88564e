"""The latest bookings below the form, newest first, with how long ago each came in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.text import Text

from dispatch.leads import intake
from dispatch.queries.row_types import BookingRow
from dispatch.queries.wording import short_age
from screens.widgets.columns import Column
from screens.wording.bookings import customer, plain_state, state_with_sign


class Assigned(NamedTuple):
    """A lead, and the booking it has become."""

    lead: intake.NotedLead
    booking: BookingRow


COLUMNS: tuple[Column[BookingRow], ...] = (
    Column("age", "Age", 6, right=True),
    Column("booking_id", "No.", 5, right=True),
    Column("customer_name", "Customer", 12, customer, grows=True),
    Column("destination", "To", 9, drop=1),
    Column("launch_location", "From", 12, drop=2, grows=True),
    Column("agent_name", "Agent", 12, lambda row: _went_to(row), grows=True),
    Column("state", "State", 14, state_with_sign, plain=plain_state),
)


def with_ages(rows: Sequence[BookingRow], now: str) -> list[BookingRow]:
    """Add to each booking how long ago it came in."""
    return [row | {"age": short_age(row["created_at"], now)} for row in rows]


def _went_to(row: BookingRow) -> Text:
    if row["voided"]:
        return Text("–", "dim")
    return Text(f"→ {row['agent_name'] or 'waiting'}")
