"""Planned absences, the bookings that are covered meanwhile, and holidays."""

from __future__ import annotations

from typing import Any

STATEMENTS = [
    """CREATE TABLE planned_absences (
        absence_id INTEGER PRIMARY KEY,
        agent_id INTEGER NOT NULL,
        from_at TEXT NOT NULL,
        until_at TEXT NOT NULL,
        reason TEXT,
        substitute_id INTEGER,
        removed INTEGER NOT NULL,
        version INTEGER NOT NULL,
        CHECK (from_at < until_at)
    )""",
    "CREATE INDEX planned_absences_of ON planned_absences (agent_id, until_at) WHERE NOT removed",
    "CREATE INDEX planned_absences_ahead ON planned_absences (until_at) WHERE NOT removed",
    """CREATE TABLE covers (
        cover_id INTEGER PRIMARY KEY,
        booking_id INTEGER NOT NULL,
        agent_id INTEGER NOT NULL,
        substitute_id INTEGER NOT NULL,
        begun_at TEXT NOT NULL,
        ended_at TEXT,
        version INTEGER NOT NULL
    )""",
    "CREATE UNIQUE INDEX covers_open ON covers (booking_id) WHERE ended_at IS NULL",
    "CREATE INDEX covers_of ON covers (agent_id) WHERE ended_at IS NULL",
    """CREATE TABLE holidays (
        holiday_id INTEGER PRIMARY KEY,
        calendar TEXT NOT NULL,
        region TEXT NOT NULL,
        day TEXT NOT NULL,
        name TEXT NOT NULL,
        removed INTEGER NOT NULL,
        version INTEGER NOT NULL
    )""",
    "CREATE UNIQUE INDEX holidays_day ON holidays (calendar, day) WHERE NOT removed",
    "ALTER TABLE space_travel_agents ADD COLUMN region TEXT",
]


def up(migrator: Any, db: Any) -> None:
    for statement in STATEMENTS:
        db.execute_sql(statement)
