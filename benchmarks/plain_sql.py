"""The same desk in plain SQL: five triggers and a stored rank table (docs/rules.md, Assignment by rank).

The baseline for the budgets, so it is fast and does only what the rules require: no audit, decisions,
returning customers or claims. It shares Astra's tables and settings where they serve the rules: page size,
write-ahead log and its length, durability, foreign keys, one BEGIN IMMEDIATE and COMMIT per lead.
"""

from __future__ import annotations

import sqlite3
from itertools import islice
from pathlib import Path

from benchmarks.desks import AgentRow, leads

SCHEMA = """
PRAGMA page_size = 2048;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA cache_size = -16384;
PRAGMA wal_autocheckpoint = 16000;

CREATE TABLE space_travel_agents (
    agent_id INTEGER PRIMARY KEY,
    first_name TEXT NOT NULL CHECK (length(first_name) BETWEEN 1 AND 100),
    last_name TEXT NOT NULL CHECK (length(last_name) BETWEEN 1 AND 100),
    email TEXT,
    job_title TEXT NOT NULL,
    department TEXT NOT NULL,
    license_number TEXT UNIQUE,
    years_of_service INTEGER NOT NULL,
    rating DOUBLE PRECISION NOT NULL,
    load INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE new_customer (
    lead_id INTEGER PRIMARY KEY,
    customer_name TEXT NOT NULL CHECK (length(customer_name) BETWEEN 1 AND 100),
    method TEXT NOT NULL CHECK (method IN ('Phone Call', 'Text')),
    source TEXT NOT NULL CHECK (source IN ('Organic', 'Bought')),
    destination TEXT NOT NULL,
    launch_location TEXT NOT NULL
);
CREATE TABLE assignment_history (
    assignment_id INTEGER PRIMARY KEY,
    lead_id INTEGER NOT NULL UNIQUE REFERENCES new_customer (lead_id),
    agent_id INTEGER NOT NULL REFERENCES space_travel_agents (agent_id),
    customer_name TEXT NOT NULL,
    method TEXT NOT NULL,
    source TEXT NOT NULL,
    assigned_at TEXT NOT NULL
);
CREATE TABLE bookings (
    booking_id INTEGER PRIMARY KEY,
    assignment_id INTEGER NOT NULL UNIQUE REFERENCES assignment_history (assignment_id),
    agent_id INTEGER NOT NULL REFERENCES space_travel_agents (agent_id),
    status TEXT NOT NULL CHECK (status IN ('Pending', 'Confirmed', 'Cancelled')),
    destination TEXT NOT NULL,
    launch_location TEXT NOT NULL,
    package TEXT,
    destination_revenue_cents INTEGER,
    package_revenue_cents INTEGER,
    completed_at TEXT,
    cancelled_at TEXT
);
CREATE INDEX bookings_agent ON bookings (agent_id, status);
CREATE TABLE agent_rank_tracker (
    agent_id INTEGER PRIMARY KEY REFERENCES space_travel_agents (agent_id),
    agent_rank INTEGER NOT NULL
);
"""

RERANK = """
    UPDATE agent_rank_tracker SET agent_rank = 1 + (
        SELECT count(*) FROM space_travel_agents AS better, space_travel_agents AS self
        WHERE self.agent_id = agent_rank_tracker.agent_id AND (
            better.load < self.load
            OR better.load = self.load AND better.years_of_service > self.years_of_service
            OR better.load = self.load AND better.years_of_service = self.years_of_service
                AND better.rating > self.rating));
"""

TRIGGERS = f"""
CREATE TRIGGER assign_new_customer AFTER INSERT ON new_customer BEGIN
    INSERT INTO assignment_history (lead_id, agent_id, customer_name, method, source, assigned_at)
    SELECT new.lead_id, agent_id, new.customer_name, new.method, new.source, datetime('now', '+56 years')
    FROM agent_rank_tracker WHERE agent_rank = 1 ORDER BY agent_id LIMIT 1;
END;
CREATE TRIGGER open_booking AFTER INSERT ON assignment_history BEGIN
    INSERT INTO bookings (assignment_id, agent_id, status, destination, launch_location)
    SELECT new.assignment_id, new.agent_id, 'Pending', destination, launch_location
    FROM new_customer WHERE lead_id = new.lead_id;
END;
CREATE TRIGGER raise_load AFTER INSERT ON bookings WHEN new.status = 'Pending' BEGIN
    UPDATE space_travel_agents SET load = load + 1 WHERE agent_id = new.agent_id;
END;
CREATE TRIGGER lower_load AFTER UPDATE OF status ON bookings
WHEN old.status = 'Pending' AND new.status IN ('Confirmed', 'Cancelled') BEGIN
    UPDATE space_travel_agents SET load = max(load - 1, 0) WHERE agent_id = new.agent_id;
END;
CREATE TRIGGER rerank AFTER UPDATE OF load ON space_travel_agents BEGIN
    {RERANK}
END;
"""

ADD = """
INSERT INTO new_customer (customer_name, method, source, destination, launch_location)
VALUES (:name, :method, :source, :destination, :launch)
"""


class PlainDesk:
    """The desk of triggers, used directly through the driver."""

    def __init__(self, path: Path, agents: list[AgentRow]) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.executescript(SCHEMA)
        columns = tuple(agents[0])
        marks = ", ".join(f":{column}" for column in columns)
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.executemany(
            f"INSERT INTO space_travel_agents ({', '.join(columns)}) VALUES ({marks})",
            agents,
        )
        self.connection.execute("INSERT INTO agent_rank_tracker SELECT agent_id, 1 FROM space_travel_agents")
        self.connection.execute(RERANK)
        self.connection.execute("COMMIT")
        self.connection.executescript(TRIGGERS)
        self._leads = leads()

    def set_durability(self, level: str) -> None:
        """``full``: commits wait for the disk; ``normal``: they do not."""
        self.connection.execute(f"PRAGMA synchronous = {level}")

    def add(self, count: int) -> None:
        """Add leads, one transaction each."""
        execute = self.connection.execute
        for lead in islice(self._leads, count):
            execute("BEGIN IMMEDIATE")
            execute(ADD, lead)
            execute("COMMIT")

    def add_together(self, count: int) -> None:
        """Take in leads, all in one transaction."""
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.executemany(ADD, islice(self._leads, count))
        self.connection.execute("COMMIT")

    def loads(self) -> list[tuple[int, int]]:
        """Return every agent's id and load, to compare both desks."""
        return list(
            self.connection.execute("SELECT agent_id, load FROM space_travel_agents ORDER BY agent_id")
        )

    def close(self) -> None:
        self.connection.close()
