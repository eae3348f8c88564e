"""Caps on the leads of agents, with their counts; an agent at a cap on all leads takes no work."""

from __future__ import annotations

from typing import Any

from models.policy_indexes import drop_orders, keep_order

CAPS = [
    """CREATE TABLE caps (
        cap_id INTEGER PRIMARY KEY,
        leads INTEGER NOT NULL CHECK (leads BETWEEN 1 AND 100000),
        per TEXT NOT NULL CHECK (per IN ('hour', 'day', 'week')),
        agent_id INTEGER,
        department TEXT,
        source TEXT,
        destination TEXT,
        removed INTEGER NOT NULL,
        version INTEGER NOT NULL,
        CHECK (agent_id IS NULL OR department IS NULL)
    )""",
    """CREATE UNIQUE INDEX caps_scope ON caps (per, coalesce(agent_id, 0), coalesce(department, ''),
        coalesce(source, ''), coalesce(destination, '')) WHERE NOT removed""",
    """CREATE TABLE cap_counts (
        cap_id INTEGER NOT NULL,
        agent_id INTEGER NOT NULL,
        window_start TEXT NOT NULL,
        window_end TEXT NOT NULL,
        taken INTEGER NOT NULL,
        reached INTEGER NOT NULL,
        PRIMARY KEY (cap_id, agent_id, window_start)
    ) WITHOUT ROWID""",
    # Usually few: who is at a cap, without reading the counts of the others.
    "CREATE INDEX cap_counts_reached ON cap_counts (agent_id, cap_id, window_end, taken) WHERE reached",
    # Forces that index, as bookings_in_wait does.
    """CREATE VIEW caps_reached AS
        SELECT cap_id, agent_id, window_end, taken FROM cap_counts INDEXED BY cap_counts_reached
        WHERE reached""",
]

TAKES_WORK = [
    "DROP INDEX agents_best_first",
    "ALTER TABLE space_travel_agents DROP COLUMN takes_work",
    "ALTER TABLE space_travel_agents ADD COLUMN capped_until TEXT",
    "ALTER TABLE space_travel_agents ADD COLUMN capped_scopes TEXT",
    "ALTER TABLE space_travel_agents ADD COLUMN gone_since TEXT",
    "ALTER TABLE space_travel_agents ADD COLUMN settling_until TEXT",
    """ALTER TABLE space_travel_agents ADD COLUMN takes_work INTEGER
        GENERATED ALWAYS AS (presence = 'available' AND load + issue_load < capacity
        AND capped_until IS NULL) VIRTUAL""",
    # With the caps that an agent is at, a lead skips those agents without reading their rows.
    """CREATE INDEX agents_best_first ON space_travel_agents
        (takes_work, load, years_of_service DESC, rating DESC, agent_id, capped_scopes)
        WHERE left_at IS NULL""",
]


def up(migrator: Any, db: Any) -> None:
    for statement in CAPS:
        db.execute_sql(statement)
    drop_orders()
    for statement in TAKES_WORK:
        db.execute_sql(statement)
    for (policy,) in db.execute_sql("SELECT value FROM settings WHERE key = 'policy'").fetchall():
        keep_order(policy)
