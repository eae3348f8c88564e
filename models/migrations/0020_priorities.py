"""Bookings have a priority, and those that wait are found by it; every one so far is MEDIUM."""

from __future__ import annotations

from typing import Any

STATEMENTS = [
    "ALTER TABLE bookings ADD COLUMN priority INTEGER NOT NULL DEFAULT 2 CHECK (priority BETWEEN 1 AND 5)",
    # Few have another than MEDIUM: a new lead costs no more, and a list by priority needs no sorting.
    "CREATE INDEX bookings_priority ON bookings (priority, booking_id) WHERE priority <> 2",
    "DROP VIEW bookings_in_wait",
    "DROP INDEX bookings_waiting",
    # Of each priority the oldest first; usually empty.
    """CREATE INDEX bookings_waiting ON bookings (priority, created_at, booking_id)
        WHERE agent_id IS NULL AND status = 'Pending'""",
    """CREATE VIEW bookings_in_wait AS
        SELECT booking_id, created_at, priority FROM bookings INDEXED BY bookings_waiting
        WHERE agent_id IS NULL AND status = 'Pending'""",
]


def up(migrator: Any, db: Any) -> None:
    for statement in STATEMENTS:
        db.execute_sql(statement)
