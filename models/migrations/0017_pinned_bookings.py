"""Bookings remember since when a person's decision keeps them with their agent."""

from __future__ import annotations

from typing import Any


def up(migrator: Any, db: Any) -> None:
    db.execute_sql("ALTER TABLE bookings ADD COLUMN pinned_at TEXT")
