"""The desk: agents, customers, leads, assignments, bookings, accepted values, decisions, events."""

from __future__ import annotations

from typing import Any

NAME = "CHECK (length({0}) BETWEEN 1 AND 100)"

TABLES = [
    "CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE destinations (name TEXT PRIMARY KEY)",
    "CREATE TABLE launch_locations (name TEXT PRIMARY KEY)",
    "CREATE TABLE communication_methods (name TEXT PRIMARY KEY)",
    "CREATE TABLE lead_sources (name TEXT PRIMARY KEY)",
    "CREATE TABLE departments (name TEXT PRIMARY KEY)",
    "CREATE TABLE job_titles (name TEXT PRIMARY KEY)",
    """CREATE TABLE packages (
        destination TEXT NOT NULL REFERENCES destinations (name),
        name TEXT NOT NULL,
        PRIMARY KEY (destination, name)
    )""",
    f"""CREATE TABLE space_travel_agents (
        agent_id INTEGER PRIMARY KEY,
        first_name TEXT NOT NULL {NAME.format("first_name")},
        last_name TEXT NOT NULL {NAME.format("last_name")},
        email TEXT,
        job_title TEXT NOT NULL,
        department TEXT NOT NULL,
        manager_name TEXT,
        license_number TEXT UNIQUE,
        years_of_service INTEGER NOT NULL CHECK (years_of_service >= 0),
        rating DOUBLE PRECISION NOT NULL CHECK (rating BETWEEN 0 AND 5),
        prior_rating DOUBLE PRECISION NOT NULL,
        prior_answers INTEGER NOT NULL,
        score_sum INTEGER NOT NULL,
        score_count INTEGER NOT NULL,
        load INTEGER NOT NULL CHECK (load >= 0),
        capacity INTEGER NOT NULL CHECK (capacity >= 0),
        presence TEXT NOT NULL,
        left_at TEXT
    )""",
    f"""CREATE TABLE customers (
        customer_id INTEGER PRIMARY KEY,
        name TEXT NOT NULL {NAME.format("name")},
        phone TEXT,
        email TEXT,
        created_at TEXT NOT NULL
    )""",
    """CREATE TABLE new_customer (
        lead_id INTEGER PRIMARY KEY,
        customer_id INTEGER NOT NULL REFERENCES customers (customer_id),
        customer_name TEXT NOT NULL,
        method TEXT NOT NULL,
        source TEXT NOT NULL,
        destination TEXT,
        launch_location TEXT,
        requests TEXT,
        received_at TEXT NOT NULL
    )""",
    """CREATE TABLE assignment_history (
        assignment_id INTEGER PRIMARY KEY,
        lead_id INTEGER NOT NULL UNIQUE REFERENCES new_customer (lead_id),
        agent_id INTEGER REFERENCES space_travel_agents (agent_id),
        customer_name TEXT NOT NULL,
        method TEXT NOT NULL,
        source TEXT NOT NULL,
        assigned_at TEXT NOT NULL
    )""",
    """CREATE TABLE bookings (
        booking_id INTEGER PRIMARY KEY,
        lead_id INTEGER NOT NULL UNIQUE REFERENCES new_customer (lead_id),
        assignment_id INTEGER REFERENCES assignment_history (assignment_id),
        agent_id INTEGER REFERENCES space_travel_agents (agent_id),
        status TEXT NOT NULL CHECK (status IN ('Pending', 'Confirmed', 'Cancelled')),
        destination TEXT NOT NULL,
        launch_location TEXT NOT NULL,
        package TEXT,
        destination_revenue_cents INTEGER CHECK (destination_revenue_cents BETWEEN 0 AND 999999999999),
        package_revenue_cents INTEGER CHECK (package_revenue_cents BETWEEN 0 AND 999999999999),
        created_at TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        claimed_at TEXT,
        contacted_at TEXT,
        completed_at TEXT,
        cancelled_at TEXT,
        cancel_reason TEXT,
        score INTEGER CHECK (score BETWEEN 1 AND 5),
        scored_agent_id INTEGER REFERENCES space_travel_agents (agent_id),
        date_fault TEXT,
        voided INTEGER NOT NULL,
        version INTEGER NOT NULL,
        CHECK ((completed_at IS NOT NULL) = (status = 'Confirmed')),
        CHECK ((cancelled_at IS NOT NULL) = (status = 'Cancelled'))
    )""",
    """CREATE TABLE decisions (
        decision_id INTEGER PRIMARY KEY,
        lead_id INTEGER NOT NULL REFERENCES new_customer (lead_id),
        agent_id INTEGER REFERENCES space_travel_agents (agent_id),
        decided_at TEXT NOT NULL,
        policy TEXT NOT NULL,
        settings_version INTEGER NOT NULL,
        reason TEXT NOT NULL,
        candidates TEXT NOT NULL,
        excluded TEXT NOT NULL
    )""",
    """CREATE TABLE events (
        event_id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        actor TEXT NOT NULL,
        command TEXT NOT NULL,
        booking_id INTEGER,
        agent_id INTEGER,
        detail TEXT,
        before TEXT,
        after TEXT,
        request_id TEXT,
        fingerprint TEXT,
        result TEXT,
        undoes INTEGER REFERENCES events (event_id)
    )""",
]

INDEXES = [
    # The best agent is its first row; agents who have left are not in it.
    """CREATE INDEX agents_best_first ON space_travel_agents
        (load, years_of_service DESC, rating DESC, agent_id) WHERE left_at IS NULL""",
    "CREATE INDEX customers_phone ON customers (phone) WHERE phone IS NOT NULL",
    "CREATE INDEX customers_email ON customers (email) WHERE email IS NOT NULL",
    "CREATE INDEX leads_customer ON new_customer (customer_id)",
    "CREATE INDEX bookings_changed ON bookings (changed_at, booking_id)",
    "CREATE INDEX bookings_agent ON bookings (agent_id, status)",
    # Few of a million are Pending: the queue's first filter finds them, already sorted.
    "CREATE INDEX bookings_pending ON bookings (changed_at, booking_id) WHERE status = 'Pending'",
    "CREATE INDEX decisions_lead ON decisions (lead_id)",
    "CREATE INDEX events_booking ON events (booking_id) WHERE booking_id IS NOT NULL",
    "CREATE UNIQUE INDEX events_request ON events (request_id) WHERE request_id IS NOT NULL",
    "CREATE UNIQUE INDEX events_undoes ON events (undoes) WHERE undoes IS NOT NULL",
]

RANK_VIEW = """CREATE VIEW agent_rank_tracker AS
    SELECT agent_id,
           RANK() OVER (ORDER BY load, years_of_service DESC, rating DESC) AS agent_rank
    FROM space_travel_agents
    WHERE left_at IS NULL"""

APPEND_ONLY = [
    """CREATE TRIGGER events_keep BEFORE UPDATE ON events
        BEGIN SELECT RAISE(ABORT, 'events are append-only'); END""",
    """CREATE TRIGGER events_stay BEFORE DELETE ON events
        BEGIN SELECT RAISE(ABORT, 'events are append-only'); END""",
]


def up(migrator: Any, db: Any) -> None:
    for statement in [*TABLES, *INDEXES, RANK_VIEW, *APPEND_ONLY]:
        db.execute_sql(statement)
