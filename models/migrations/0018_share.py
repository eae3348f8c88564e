"""Agents have a weight, and the policy ``share`` keeps their shares."""

from __future__ import annotations

from typing import Any

STATEMENTS = [
    """ALTER TABLE space_travel_agents ADD COLUMN weight REAL NOT NULL DEFAULT 1
        CHECK (weight BETWEEN 0 AND 10)""",
    "ALTER TABLE space_travel_agents ADD COLUMN share_due REAL",
    "ALTER TABLE space_travel_agents ADD COLUMN share_lag REAL NOT NULL DEFAULT 0",
    # Agents who were away: since when, what they are owed, since when they are held back.
    "ALTER TABLE space_travel_agents ADD COLUMN owed REAL NOT NULL DEFAULT 0",
    "ALTER TABLE space_travel_agents ADD COLUMN absent_since REAL",
    "ALTER TABLE space_travel_agents ADD COLUMN held_back_since INTEGER",
    """CREATE INDEX agents_held_back ON space_travel_agents (agent_id)
        WHERE held_back_since IS NOT NULL""",
    """CREATE TABLE share_clock (
        clock_id INTEGER PRIMARY KEY CHECK (clock_id = 1),
        moment REAL NOT NULL,
        given REAL NOT NULL,
        members TEXT NOT NULL,
        in_force INTEGER NOT NULL CHECK (in_force IN (0, 1)),
        since_decision INTEGER NOT NULL
    )""",
    # An undone lead gives its turn back.
    "ALTER TABLE round_robin_pointers ADD COLUMN lead_id INTEGER",
    "ALTER TABLE round_robin_pointers ADD COLUMN previous INTEGER NOT NULL DEFAULT 0",
    """ALTER TABLE round_robin_pointers ADD COLUMN is_back INTEGER NOT NULL DEFAULT 0
        CHECK (is_back IN (0, 1))""",
]


def up(migrator: Any, db: Any) -> None:
    for statement in STATEMENTS:
        db.execute_sql(statement)
