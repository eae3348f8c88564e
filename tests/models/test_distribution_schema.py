"""Upgrade from schema 3: who may take work, and when agents last received some."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from dispatch import bookings, queries
from dispatch.agents.presence import set_presence
from dispatch.assignment import shuffle
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from models import database as db

ROOT = Path(__file__).resolve().parents[2]
OLD_ROWS = """
INSERT INTO customers (customer_id, name, created_at) VALUES (1, 'Kate', 'x');
INSERT INTO space_travel_agents (agent_id, first_name, last_name, job_title, department, years_of_service,
    rating, prior_rating, prior_answers, score_sum, score_count, load, capacity, presence)
VALUES (1, 'Ada', 'Byron', 'Agent', 'Premium', 9, 4, 4, 20, 0, 0, 2, 10, 'available'),
       (2, 'Bob', 'Byron', 'Agent', 'Premium', 5, 4, 4, 20, 0, 0, 0, 2, 'available');
WITH numbers (n) AS (VALUES (1), (2))
INSERT INTO new_customer SELECT n, 1, 'Kate', 'Text', 'Organic', 'Mars', 'Dubai', NULL, 'x' FROM numbers;
INSERT INTO assignment_history VALUES (1, 1, 1, 'Kate', 'Text', 'Organic', '2082-01-01 09:00:00'),
                                      (2, 2, 1, 'Kate', 'Text', 'Organic', '2082-01-02 09:00:00');
INSERT INTO bookings (booking_id, lead_id, assignment_id, agent_id, status, destination, launch_location,
                      created_at, changed_at, voided, version)
VALUES (1, 1, 1, 1, 'Pending', 'Mars', 'Dubai', 'x', 'x', 0, 3),
       (2, 2, 2, 1, 'Pending', 'Mars', 'Dubai', 'x', 'x', 0, 1);
INSERT INTO decisions (lead_id, agent_id, decided_at, policy, settings_version, reason, candidates, excluded)
VALUES (1, 1, 'x', 'rank', 1, 'lowest load (0)', '[[1,0,9,4.0]]',
        '[[5,"away"],[7,"full (1/1)"],[2,"away"]]'),
       (2, 1, 'x', 'rank', 1, 'lowest load (0)', '[[1,0,9,4.0]]', '[]');
"""


@pytest.fixture
def old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A desk of schema 3."""
    folder = tmp_path / "release" / "migrations"
    folder.mkdir(parents=True)
    for number in ("0001", "0002", "0003"):
        (first,) = (ROOT / "models" / "migrations").glob(f"{number}_*.py")
        shutil.copy(first, folder)
    path = tmp_path / "old.db"
    with monkeypatch.context() as patch:
        patch.setattr(db, "__file__", str(folder.parent / "database.py"))
        patch.setattr(db, "SCHEMA_VERSION", 3)
        open_desk(path, create=True).close()
    connection = sqlite3.connect(path)
    connection.executescript(OLD_ROWS)
    connection.close()
    return path


def test_a_desk_of_schema_3_opens_and_distributes(old_file: Path) -> None:
    desk = open_desk(old_file, actor="kim")
    try:
        driver = desk.database.driver()
        found = driver.execute("SELECT takes_work, last_given_at FROM agents_here ORDER BY agent_id")
        assert found.fetchall() == [(1, "2082-01-02 09:00:00"), (1, None)]
        kept_out = driver.execute("SELECT excluded FROM decisions ORDER BY decision_id").fetchall()
        assert [json.loads(text) for (text,) in kept_out] == [{"away": [5, 2], "full (1/1)": [7]}, {}]
        with desk.reading():
            rows = queries.list_bookings(queries.BookingFilter())
        assert [(row["given_at"], row["asked_at"], row["unattended"]) for row in rows] == [
            (None, None, False)
        ] * 2
        trip = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Sydney Stellar Port"}
        assert intake.receive(desk, name="Kate", **trip)["agent_id"] == 2
        bookings.claim(desk, 1, 1)
        assert set_presence(desk, 1, "away")["returned"] == [2]
        assert shuffle.shuffle(desk)["moves"] == []
        assert desk.database.pragma("foreign_key_check") is None
    finally:
        desk.close()


def plan_of(desk: Desk, run: object, part: str) -> str:
    assert callable(run)
    statements: list[str] = []
    with desk.reading():
        connection = desk.database.driver()
        connection.set_trace_callback(statements.append)
        run()
        connection.set_trace_callback(None)
        query = next(statement for statement in statements if part in statement)
        return " ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}"))


def test_assignments_due_agents_and_waiting_bookings_use_indexes(desk: Desk) -> None:
    from dispatch.assignment import waiting_list
    from dispatch.assignment.eligibility import Pool
    from dispatch.assignment.policies import POLICIES
    from models.customers import Lead

    lead = Lead(destination="Mars", launch_location="Sydney Stellar Port")
    rank, robin = POLICIES["rank"], POLICIES["round_robin"]
    seek = "INDEX agents_best_first (takes_work=?)"
    assert seek in plan_of(desk, lambda: rank.ranked(lead, Pool(), 11), "agents_here")
    unable = plan_of(desk, lambda: rank.ranked(lead, Pool().unable(), 50), "agents_here")
    assert seek in unable
    assert "TEMP B-TREE" not in unable
    assert "rowid>?" in plan_of(desk, lambda: robin.ranked(lead, Pool(), 11), "agents_here")
    assert "INDEX bookings_waiting" in plan_of(
        desk, lambda: list(waiting_list._waiting()), "bookings_in_wait"
    )
    assert "INDEX agents_due" in plan_of(desk, desk.settings.begin, "due_at")
