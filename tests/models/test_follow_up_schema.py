"""Upgrade from schema 1: follow-ups, and how often customers were called."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from dispatch import queries
from dispatch.bookings import follow_ups
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.operations import undo
from models.bookings import Booking
from tests.old_desk import make_old
from tests.query_cost import FEW, add_bookings, extra_steps, plans

ROOT = Path(__file__).resolve().parents[2]
OLD_ROWS = """
INSERT INTO customers (customer_id, name, created_at) VALUES (1, 'Kate', 'x');
INSERT INTO space_travel_agents VALUES
    (1, 'Ada', 'Byron', NULL, 'Agent', 'Premium', NULL, NULL, 9, 4, 4, 20, 0, 0, 3, 10, 'available', NULL);
WITH numbers (n) AS (VALUES (1), (2), (3), (4))
INSERT INTO new_customer SELECT n, 1, 'Kate', 'Text', 'Organic', 'Mars', 'Dubai', NULL, 'x' FROM numbers;
INSERT INTO bookings (booking_id, lead_id, agent_id, status, destination, launch_location,
                      created_at, changed_at, contacted_at, completed_at, voided, version)
VALUES (1, 1, 1, 'Pending', 'Mars', 'Dubai', 'x', 'x', 'x', NULL, 0, 3),
       (2, 2, 1, 'Confirmed', 'Mars', 'Dubai', 'x', 'x', 'x', 'x', 0, 1),
       (3, 3, 1, 'Pending', 'Mars', 'Dubai', 'x', 'x', NULL, NULL, 0, 1),
       (4, 4, 1, 'Pending', 'Mars', 'Dubai', 'x', 'x', NULL, NULL, 0, 1);
INSERT INTO events (event_id, at, actor, command, booking_id, detail, undoes) VALUES
    (1, 'x', 'kim', 'booking.contact', 1, '{"outcome":"reached"}', NULL),
    (2, 'x', 'kim', 'booking.contact', 1, '{"outcome":"no_answer"}', NULL),
    (3, 'x', 'kim', 'booking.contact', 1, '{"outcome":"reached"}', NULL),
    (4, 'x', 'kim', 'undo', 1, NULL, 3),
    (5, 'x', 'kim', 'booking.contact', 3, '{"outcome":"no_answer"}', NULL),
    (6, 'x', 'kim', 'booking.note', 4, '{"text":"hello"}', NULL);
"""


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    """A desk of schema 1."""
    return make_old(tmp_path, 1, OLD_ROWS)


def test_a_desk_of_schema_1_opens_after_a_backup_and_its_attempts_are_counted(old_file: Path) -> None:
    desk = open_desk(old_file, actor="kim")
    try:
        with desk.reading():
            rows = queries.list_bookings(queries.BookingFilter(sort="id", descending=False))
        found = [(row["contact_attempts"], row["last_outcome"], row["follow_up_at"]) for row in rows]
        assert found == [
            (2, "no_answer", None),
            (1, "reached", None),
            (1, "no_answer", None),
            (0, None, None),
        ]
        assert follow_ups.follow_up(desk, 1, "in 2 hours")["version"] == 4
        undo.undo(desk)
        assert desk.database.driver().execute("PRAGMA foreign_key_check").fetchone() is None
    finally:
        desk.close()
    backup = sqlite3.connect(old_file.with_name("old.db.v1.bak"))
    try:
        assert backup.execute("PRAGMA user_version").fetchone() == (1,)
        columns = [row[1] for row in backup.execute("PRAGMA table_info(bookings)")]
        assert "follow_up_at" not in columns
    finally:
        backup.close()


@pytest.mark.on_file
@pytest.mark.parametrize("agent_id", [None, 1])
def test_due_follow_ups_cost_the_same_among_many_bookings(
    desk: Desk, add_agent: Callable[..., object], add_lead: Callable[..., object], agent_id: int | None
) -> None:
    """Without a scan of all bookings, or a sort beyond one agent's own."""
    add_agent()
    add_agent()
    add_lead()
    now = desk.now()
    with desk.transaction():
        Booking.update(follow_up_at=now).execute()
    which = queries.BookingFilter(agent_id=agent_id, due_until=now, sort=queries.FOLLOW_UP, descending=False)

    def due() -> list[int]:
        return [row["booking_id"] for row in queries.list_bookings(which, 50)]

    def add_others() -> None:
        add_bookings(desk, agent_id=1, status="Cancelled", cancelled_at=now, follow_up_at=None)
        add_bookings(desk, agent_id=2, follow_up_at=None)
        add_bookings(desk, agent_id=2, follow_up_at="2083-01-01 09:00:00")

    assert extra_steps(desk, due, add_others) < FEW
    found = plans(desk, due)
    assert not any(plan.startswith("SCAN") for plan in found), found
    assert agent_id or not any("TEMP B-TREE" in plan for plan in found), found
    with desk.reading():
        assert due() == [1]
