"""Agents have a weight: their part of the leads under the policy ``share``."""

from __future__ import annotations

from typing import Any


def up(migrator: Any, db: Any) -> None:
    db.execute_sql("""ALTER TABLE space_travel_agents ADD COLUMN weight REAL NOT NULL DEFAULT 1
        CHECK (weight BETWEEN 0 AND 10)""")
