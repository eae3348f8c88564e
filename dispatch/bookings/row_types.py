"""What became of several bookings, key by key."""

# no "from __future__ import annotations" here: as text, each key would be compiled at start
from typing import TypedDict

from dispatch.queries.row_types import BookingRow


class BatchLine(TypedDict):
    """What became of one booking: as it is afterwards, or why it was refused."""

    booking_id: int
    ok: bool
    booking: BookingRow | None
    error: dict[str, str] | None


class BatchResult(TypedDict):
    """What became of several bookings; ``done`` and ``refused`` count the ``results``."""

    done: int
    refused: int
    results: list[BatchLine]
