"""Accepted values can be retired, and know what they are called now (docs/decisions/0051-lists.md)."""

from __future__ import annotations

from typing import Any

LISTS = (
    *("destinations", "launch_locations", "communication_methods", "lead_sources"),
    *("departments", "job_titles", "packages"),
)


def up(migrator: Any, db: Any) -> None:
    for table in LISTS:
        db.execute_sql(f"ALTER TABLE {table} ADD COLUMN retired_at TEXT")
        db.execute_sql(f"ALTER TABLE {table} ADD COLUMN renamed_to TEXT")
