"""Follow-up times, contact attempts, and the outcome of the last attempt."""

from __future__ import annotations

from typing import Any

COLUMNS = [
    "ALTER TABLE bookings ADD COLUMN follow_up_at TEXT CHECK (follow_up_at IS NULL OR status = 'Pending')",
    """ALTER TABLE bookings ADD COLUMN contact_attempts INTEGER NOT NULL DEFAULT 0
        CHECK (contact_attempts >= 0)""",
    "ALTER TABLE bookings ADD COLUMN last_outcome TEXT",
]

# Partial, as few bookings have one: all others, including every new lead, cost nothing.
INDEX = """CREATE INDEX bookings_follow_up ON bookings (follow_up_at, booking_id)
    WHERE follow_up_at IS NOT NULL"""

STANDING = """FROM events
    WHERE events.booking_id = bookings.booking_id AND command = 'booking.contact'
      AND NOT EXISTS (SELECT 1 FROM events AS undo WHERE undo.undoes = events.event_id)"""

# Counted from the log; a customer reached elsewhere (import) was tried at least once.
COUNT = f"""UPDATE bookings SET
        contact_attempts = max(contacted_at IS NOT NULL, (SELECT count(*) {STANDING})),
        last_outcome = coalesce(
            (SELECT json_extract(detail, '$.outcome') {STANDING} ORDER BY event_id DESC LIMIT 1),
            CASE WHEN contacted_at IS NOT NULL THEN 'reached' END)
    WHERE contacted_at IS NOT NULL
       OR booking_id IN (SELECT booking_id FROM events WHERE command = 'booking.contact')"""


def up(migrator: Any, db: Any) -> None:
    for statement in [*COLUMNS, INDEX, COUNT]:
        db.execute_sql(statement)
