"""What a customer says of the trip: departure, return, travellers, budget and language."""

from __future__ import annotations

from typing import Any

COLUMNS = [
    "ALTER TABLE new_customer ADD COLUMN departs_on TEXT",
    "ALTER TABLE new_customer ADD COLUMN returns_on TEXT",
    "ALTER TABLE new_customer ADD COLUMN travellers INTEGER CHECK (travellers BETWEEN 1 AND 10000)",
    """ALTER TABLE new_customer ADD COLUMN budget_cents INTEGER
        CHECK (budget_cents BETWEEN 0 AND 999999999999)""",
    "ALTER TABLE new_customer ADD COLUMN language TEXT",
]

# Partial: a lead without such facts costs nothing.
INDEXES = [
    f"CREATE INDEX leads_{column} ON new_customer ({column}, lead_id) WHERE {column} IS NOT NULL"
    for column in ("departs_on", "travellers", "budget_cents", "language")
]


def up(migrator: Any, db: Any) -> None:
    for statement in [*COLUMNS, *INDEXES]:
        db.execute_sql(statement)
