"""Indexes for lists in the order of names, regardless of case."""

from __future__ import annotations

from typing import Any

STATEMENTS = [
    "CREATE INDEX leads_name ON new_customer (customer_name COLLATE NOCASE)",
    """CREATE INDEX agents_name ON space_travel_agents
        (first_name COLLATE NOCASE, last_name COLLATE NOCASE)""",
]


def up(migrator: Any, db: Any) -> None:
    for statement in STATEMENTS:
        db.execute_sql(statement)
