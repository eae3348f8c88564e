"""Row types of erasures and exports."""

# without "from __future__ import annotations", which would compile every key at start
from typing import TypedDict

from dispatch.desk.row_types import EventRow
from models.base import Json


class Erased(TypedDict):
    """An erased customer, with everybody merged into them; the numbers of rows by table, and of events."""

    customer_id: int
    customers: list[int]
    rows: dict[str, int]
    events: int


class Expired(TypedDict):
    """A customer whom the retention setting would erase: nothing has happened since ``last_at``."""

    customer_id: int
    name: str
    last_at: str
    bookings: int
    issues: int


class Export(TypedDict):
    """Everything the desk holds of a customer: whole rows by table, and the events, oldest first."""

    customer_id: int
    exported_at: str
    rows: dict[str, list[Json]]
    events: list[EventRow]
