"""Upgrade to schema 25: open work from before has its next step, and all its times stay as they were."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from dispatch import queries
from dispatch.bootstrap import open_desk
from dispatch.operations.doctor import examine
from dispatch.queries.next_steps import count_late, limits_of, step_of
from tests.conftest import TestClock
from tests.old_desk import ROWS, make_old

TIMES = "SELECT created_at, changed_at, claimed_at, contacted_at, completed_at, cancelled_at FROM bookings"


@pytest.mark.parametrize("schema", [9, 17, 24])
def test_an_old_desk_keeps_its_times_and_gets_next_steps(tmp_path: Path, schema: int) -> None:
    path = make_old(tmp_path, schema, ROWS)
    with closing(sqlite3.connect(path)) as connection:
        before = connection.execute(TIMES).fetchall()
    with closing(open_desk(path, actor="kim", clock=TestClock())) as desk, desk.reading():
        limits = limits_of(desk.settings, desk.now())
        (row,) = queries.list_bookings(queries.BookingFilter())
        assert step_of(row, limits) == ("waiting", "2082-01-01 04:00:00")
        assert count_late(limits) == (0, 1, 0)
        checks = {one["check"]: one["ok"] for one in examine(desk)["checks"]}
        assert checks["next steps"]
        assert checks["schema"]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute(TIMES).fetchall() == before
