"""What a lead writes, made less: one index of the bookings in the order of change, and shorter decisions."""

from __future__ import annotations

from typing import Any

STATEMENTS = [
    # Within a status, for a filter by it; and the whole list is what the three have, merged. An index
    # of all and another of the Pending would each cost a lead a page.
    "CREATE INDEX bookings_status ON bookings (status, changed_at, booking_id)",
    # Written by blocks, as a table: an index cannot wait.
    "DROP INDEX events_log",
    """CREATE TABLE events_log (
        event_id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        actor TEXT NOT NULL,
        command TEXT NOT NULL,
        agent_id INTEGER
    )""",
    "INSERT INTO events_log SELECT event_id, at, actor, command, agent_id FROM events",
    "DROP INDEX bookings_pending",
    "DROP INDEX bookings_changed",
    # Those who were kept out, by the rule: it is the same for most of fifty.
    """UPDATE decisions SET excluded = coalesce(
        (SELECT json_group_object(rule, json(numbers)) FROM (
            SELECT json_extract(value, '$[1]') AS rule,
                   json_group_array(json_extract(value, '$[0]')) AS numbers
            FROM json_each(decisions.excluded) GROUP BY rule ORDER BY min(key))),
        '{}')""",
]


def up(migrator: Any, db: Any) -> None:
    for statement in STATEMENTS:
        db.execute_sql(statement)
