"""Presence, shifts, skills and locations of agents, the times of offers, and round-robin pointers."""

from __future__ import annotations

from typing import Any

AGENTS = [
    "ALTER TABLE space_travel_agents ADD COLUMN presence_until TEXT",
    "ALTER TABLE space_travel_agents ADD COLUMN presence_reason TEXT",
    "ALTER TABLE space_travel_agents ADD COLUMN hours TEXT",
    "ALTER TABLE space_travel_agents ADD COLUMN due_at TEXT",
    "ALTER TABLE space_travel_agents ADD COLUMN skills TEXT",
    "ALTER TABLE space_travel_agents ADD COLUMN locations TEXT",
    "ALTER TABLE space_travel_agents ADD COLUMN last_given_at TEXT",
    "ALTER TABLE space_travel_agents ADD COLUMN offers_missed INTEGER NOT NULL DEFAULT 0",
    """ALTER TABLE space_travel_agents ADD COLUMN takes_work INTEGER
        GENERATED ALWAYS AS (presence = 'available' AND load < capacity) VIRTUAL""",
    """UPDATE space_travel_agents SET last_given_at = (
        SELECT max(assigned_at) FROM assignment_history AS given
        WHERE given.agent_id = space_travel_agents.agent_id)""",
]

BOOKINGS = [
    "ALTER TABLE bookings ADD COLUMN given_at TEXT",
    "ALTER TABLE bookings ADD COLUMN progress_at TEXT",
    "ALTER TABLE bookings ADD COLUMN asked_at TEXT",
    "ALTER TABLE bookings ADD COLUMN shuffled_at TEXT",
]

OTHERS = [
    "ALTER TABLE decisions ADD COLUMN notes TEXT NOT NULL DEFAULT '{}'",
    """CREATE TABLE round_robin_pointers (
        pointer_id INTEGER PRIMARY KEY,
        location TEXT NOT NULL,
        skill TEXT NOT NULL,
        agent_id INTEGER NOT NULL,
        UNIQUE (location, skill)
    )""",
    """CREATE TABLE event_bookings (
        event_id INTEGER NOT NULL REFERENCES events (event_id),
        booking_id INTEGER NOT NULL,
        PRIMARY KEY (event_id, booking_id)
    ) WITHOUT ROWID""",
    "CREATE INDEX event_bookings_booking ON event_bookings (booking_id)",
    "CREATE VIEW agents_here AS SELECT * FROM space_travel_agents WHERE left_at IS NULL",
]

INDEXES = [
    # Agents who take work in the order of rank, and separately the others: the choice and the better agents
    # excluded are both the first rows of a range. Narrow, so few pages change.
    "DROP INDEX agents_best_first",
    """CREATE INDEX agents_best_first ON space_travel_agents
        (takes_work, load, years_of_service DESC, rating DESC, agent_id)
        WHERE left_at IS NULL""",
    # Scheduled changes of presence: few, the next one first.
    "CREATE INDEX agents_due ON space_travel_agents (due_at) WHERE due_at IS NOT NULL",
    # Empty unless some agent lists a skill or location.
    """CREATE INDEX agents_listing ON space_travel_agents (agent_id)
        WHERE skills IS NOT NULL OR locations IS NOT NULL""",
    # Oldest first; usually empty.
    """CREATE INDEX bookings_waiting ON bookings (created_at, booking_id)
        WHERE agent_id IS NULL AND status = 'Pending'""",
    # Forces that index: the planner would use the one of agents and sort.
    """CREATE VIEW bookings_in_wait AS
        SELECT booking_id, created_at FROM bookings INDEXED BY bookings_waiting
        WHERE agent_id IS NULL AND status = 'Pending'""",
    # Covers an agent's contact rate.
    "DROP INDEX bookings_agent",
    "CREATE INDEX bookings_agent ON bookings (agent_id, status, given_at, contacted_at)",
]


def up(migrator: Any, db: Any) -> None:
    for statement in [*AGENTS, *BOOKINGS, *OTHERS, *INDEXES]:
        db.execute_sql(statement)
