"""Seals of the events, the account behind an actor, and erasures, which alone may change what was written."""

from __future__ import annotations

from typing import Any

TABLES = [
    "ALTER TABLE events ADD COLUMN account TEXT",
    """CREATE TABLE event_seals (
        event_id INTEGER PRIMARY KEY REFERENCES events (event_id),
        head TEXT NOT NULL,
        salts TEXT NOT NULL
    )""",
    """CREATE TABLE erasures (
        customer_id INTEGER PRIMARY KEY REFERENCES customers (customer_id),
        erased_at TEXT NOT NULL,
        closed INTEGER NOT NULL
    )""",
]

# An erasure is open inside its own transaction only, so no other command ever sees one.
UNLESS_ERASING = "NOT EXISTS (SELECT 1 FROM erasures WHERE NOT closed)"
KEPT = {
    "events": (
        "event_id at actor account command booking_id agent_id undoes customer_id issue_id session",
        "events are append-only",
    ),
    "interactions": (
        "interaction_id issue_id at kind author agent_id channel compound resolution_attempt answer_needed"
        " status_from status_to",
        "interactions are append-only",
    ),
    "event_seals": ("event_id head", "seals are append-only"),
}
"""The columns that not even an erasure changes, and the refusal."""


def _append_only() -> list[str]:
    statements = []
    for table, (columns, refusal) in KEPT.items():
        changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in columns.split())
        statements += [
            f"DROP TRIGGER IF EXISTS {table}_keep",
            f"""CREATE TRIGGER {table}_keep BEFORE UPDATE ON {table}
                WHEN {UNLESS_ERASING} OR {changed}
                BEGIN SELECT RAISE(ABORT, '{refusal}'); END""",
        ]
    return [
        *statements,
        """CREATE TRIGGER event_seals_stay BEFORE DELETE ON event_seals
            BEGIN SELECT RAISE(ABORT, 'seals are append-only'); END""",
    ]


def up(migrator: Any, db: Any) -> None:
    for statement in [*TABLES, *_append_only()]:
        db.execute_sql(statement)
