"""Bookings in the order in which they came in, for lists and for filters by that time."""

from __future__ import annotations

from typing import Any

INDEX = "CREATE INDEX bookings_created ON bookings (created_at, booking_id)"


def up(migrator: Any, db: Any) -> None:
    db.execute_sql(INDEX)
