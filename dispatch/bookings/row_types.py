"""Row types of commands on several bookings."""

# without "from __future__ import annotations", which would compile every key at start
from typing import TypedDict

from dispatch.desk.row_types import BulkResult
from dispatch.queries.row_types import BookingRow


class BatchLine(TypedDict):
    """The result for one booking: the booking afterwards, or the reason for refusing it."""

    booking_id: int
    ok: bool
    booking: BookingRow | None
    error: dict[str, str] | None


BatchResult = BulkResult[BatchLine]
