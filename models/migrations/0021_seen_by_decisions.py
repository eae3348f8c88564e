"""Decisions keep what they saw: the last event before them, and a digest of the agents compared."""

from __future__ import annotations

from typing import Any

COLUMNS = [
    "ALTER TABLE decisions ADD COLUMN after_event INTEGER",
    "ALTER TABLE decisions ADD COLUMN seen TEXT",
]


def up(migrator: Any, db: Any) -> None:
    for statement in COLUMNS:
        db.execute_sql(statement)
