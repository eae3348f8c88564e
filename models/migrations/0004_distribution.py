"""Who may take work, what the clock changes, and what was given when."""

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
    # Those who may take work in the order of rank, and apart from them the others: a choice and what kept
    # the better ones out are both the first rows of a range. It is narrow, so that few pages change.
    "DROP INDEX agents_best_first",
    """CREATE INDEX agents_best_first ON space_travel_agents
        (takes_work, load, years_of_service DESC, rating DESC, agent_id)
        WHERE left_at IS NULL""",
    # What the clock will change: few, and the next is the first.
    "CREATE INDEX agents_due ON space_travel_agents (due_at) WHERE due_at IS NOT NULL",
    # Whether anybody lists a skill or location is told by its being empty or not.
    """CREATE INDEX agents_listing ON space_travel_agents (agent_id)
        WHERE skills IS NOT NULL OR locations IS NOT NULL""",
    # Oldest first, and empty most of the time.
    """CREATE INDEX bookings_waiting ON bookings (created_at, booking_id)
        WHERE agent_id IS NULL AND status = 'Pending'""",
    # By that index: the planner would rather take the one of agents, and sort.
    """CREATE VIEW bookings_in_wait AS
        SELECT booking_id, created_at FROM bookings INDEXED BY bookings_waiting
        WHERE agent_id IS NULL AND status = 'Pending'""",
    # With it an agent's contact rate is read from the index alone.
    "DROP INDEX bookings_agent",
    "CREATE INDEX bookings_agent ON bookings (agent_id, status, given_at, contacted_at)",
]


def up(migrator: Any, db: Any) -> None:
    for statement in [*AGENTS, *BOOKINGS, *OTHERS, *INDEXES]:
        db.execute_sql(statement)
