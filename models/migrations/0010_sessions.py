"""The session that a command came from, so that undo without a number takes back one's own."""

from __future__ import annotations

from typing import Any

STATEMENTS = ["ALTER TABLE events ADD COLUMN session TEXT"]


def up(migrator: Any, db: Any) -> None:
    for statement in STATEMENTS:
        db.execute_sql(statement)
