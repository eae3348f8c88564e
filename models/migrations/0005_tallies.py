"""Running counts of each agent's closed assignments, and learned weights."""

from __future__ import annotations

from typing import Any

STATEMENTS = [
    """CREATE TABLE match_tallies (
        kind TEXT NOT NULL,
        value TEXT NOT NULL,
        agent_id INTEGER NOT NULL REFERENCES space_travel_agents (agent_id),
        closed INTEGER NOT NULL,
        confirmed INTEGER NOT NULL,
        revenue_cents INTEGER NOT NULL,
        PRIMARY KEY (kind, value, agent_id)
    ) WITHOUT ROWID""",
    # For the latest completion, and those of the day on which the last 30 days begin. Leaves out new leads.
    """CREATE INDEX bookings_completed ON bookings (completed_at, agent_id)
        WHERE completed_at IS NOT NULL""",
    """CREATE TABLE learned_weights_table (
        version INTEGER PRIMARY KEY,
        origin TEXT NOT NULL,
        learned_at TEXT NOT NULL,
        outcomes INTEGER NOT NULL,
        first_at TEXT,
        last_at TEXT,
        gate_open INTEGER NOT NULL,
        weights TEXT NOT NULL,
        fits TEXT NOT NULL,
        evaluation TEXT NOT NULL
    )""",
]

# The outcome of every closed assignment, including those without a booking.
DECIDED = """WITH decided AS (
    SELECT CASE WHEN booking_id IS NULL THEN a.agent_id ELSE b.agent_id END AS agent_id,
           a.method, a.source, b.destination, substr(b.completed_at, 1, 10) AS day,
           b.completed_at IS NOT NULL AS confirmed,
           (b.completed_at IS NOT NULL)
               * (coalesce(destination_revenue_cents, 0) + coalesce(package_revenue_cents, 0)) AS cents
    FROM assignment_history a LEFT JOIN bookings b ON b.lead_id = a.lead_id
    WHERE booking_id IS NULL OR (b.status <> 'Pending' AND NOT b.voided)
)"""
KINDS = {"all": "''", "method": "method", "source": "source", "destination": "destination", "day": "day"}


def up(migrator: Any, db: Any) -> None:
    for statement in STATEMENTS:
        db.execute_sql(statement)
    for kind, value in KINDS.items():
        db.execute_sql(
            f"""INSERT INTO match_tallies {DECIDED}
                SELECT '{kind}', {value}, agent_id, count(*), sum(confirmed), sum(cents) FROM decided
                WHERE agent_id IS NOT NULL AND {value} IS NOT NULL GROUP BY {value}, agent_id"""
        )
