"""Every Pending booking has a next step: what finds those whose time is up, and which warnings were given.

A booking from before keeps its times: its first contact is awaited since it came in (docs/rules.md, Next
steps).
"""

from __future__ import annotations

from typing import Any

UNTRIED = """status = 'Pending' AND contact_attempts = 0 AND follow_up_at IS NULL
    AND (agent_id IS NULL OR given_at IS NOT NULL)"""
IDLE = "status = 'Pending' AND contact_attempts > 0 AND follow_up_at IS NULL"

STATEMENTS = [
    "ALTER TABLE bookings ADD COLUMN clock_from TEXT",
    f"""CREATE INDEX bookings_untried ON bookings ((COALESCE(clock_from, created_at)), priority)
        WHERE {UNTRIED}""",
    f"""CREATE VIEW bookings_to_try AS
        SELECT booking_id, COALESCE(clock_from, created_at) AS since, priority, agent_id, claimed_at,
            pinned_at
        FROM bookings INDEXED BY bookings_untried WHERE {UNTRIED}""",
    f"""CREATE INDEX bookings_idle ON bookings ((COALESCE(progress_at, given_at, changed_at)), priority)
        WHERE {IDLE}""",
    f"""CREATE VIEW bookings_left AS
        SELECT booking_id, COALESCE(progress_at, given_at, changed_at) AS since, priority, agent_id,
            claimed_at
        FROM bookings INDEXED BY bookings_idle WHERE {IDLE}""",
    # One row a booking, from the first warning on: no lead writes one.
    """CREATE TABLE contact_alarms (
        booking_id INTEGER PRIMARY KEY REFERENCES bookings (booking_id),
        since TEXT NOT NULL,
        percent INTEGER NOT NULL CHECK (percent IN (50, 75, 90, 100)),
        level INTEGER NOT NULL DEFAULT 0 CHECK (level BETWEEN 0 AND 3),
        warned_at TEXT NOT NULL,
        next_level_at TEXT
    )""",
]


def up(migrator: Any, db: Any) -> None:
    for statement in STATEMENTS:
        db.execute_sql(statement)
