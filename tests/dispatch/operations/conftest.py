"""A desk at work for the doctor: the demo, some days on, with every kind of row."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from dispatch import agents, bookings, customers
from dispatch.agents.presence import set_hours, set_presence
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.operations import doctor, undo
from dispatch.operations.backup import backup
from dispatch.operations.configuration import set_value
from dispatch.queries.customer_index import catch_up
from models.errors import DeskError
from seeds.demo.demo import make_demo
from seeds.demo.issues import make_issues
from tests.conftest import TestClock

TRIP = {"method": "Text", "source": "Organic", "destination": "Mars"}
LAUNCH = "Dallas-Fort Worth Launch Complex"


@pytest.fixture(scope="session")
def busy_desk_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("busy") / "desk.db"
    clock = TestClock()
    desk = open_desk(path, create=True, clock=clock, actor="kim")
    try:
        make_demo(desk)
        make_issues(desk)
        for number in range(40):
            clock.advance(minutes=3)
            phone = f"+4971{number // 2:04}"
            row = intake.receive(desk, name=f"Kim {number} Ito", launch=LAUNCH, phone=phone, **TRIP)
            _work_on(desk, row["booking_id"], row["agent_id"], number)
        catch_up(desk)
        set_presence(desk, 3, "away")
        set_hours(desk, 5, "mon-fri 09:00-17:00 UTC")
        agents.change(desk, 4, skills="Mars,Venus", capacity=3)
        agents.leave(desk, 8, hand_over=True)
        customers.merge(desk, 460, 461)
        set_value(desk, "policy", "round_robin")
        intake.receive(desk, name="Nia Stone", launch=LAUNCH, **TRIP)
        undo.undo(desk)
    finally:
        desk.close()
    return path


def _work_on(desk: Desk, booking_id: int, agent_id: int | None, number: int) -> None:
    if agent_id is None:
        return
    if number % 3 == 0:
        bookings.claim(desk, booking_id, agent_id)
    if number % 4 == 0:
        bookings.confirm(desk, booking_id, "Luxury Dome Stay", 1000, 200)
        bookings.rate(desk, booking_id, 4)
    elif number % 5 == 0:
        bookings.cancel(desk, booking_id, "no money")


def rows(path: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def change(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(sql)


@pytest.fixture
def broken(tmp_path: Path, busy_desk_file: Path) -> Callable[..., Path]:
    """Make a copy of the busy desk and do something to it that no command does."""

    def break_it(script: str = "", *, keeps_triggers: bool = False) -> Path:
        path = Path(shutil.copy(busy_desk_file, tmp_path / "broken.db"))
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript("PRAGMA foreign_keys = 0; PRAGMA ignore_check_constraints = 1;")
            of_triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            triggers = connection.execute(of_triggers).fetchall()
            if not keeps_triggers:  # somebody with such access would put them back, too
                connection.executescript("".join(f"DROP TRIGGER {name};" for name, _ in triggers))
            connection.executescript(script)
            if not keeps_triggers:
                connection.executescript("".join(f"{sql};" for _, sql in triggers))
        return path

    return break_it


def examined(path: Path) -> dict[str, str]:
    """What the doctor finds wrong, by check, or how the desk is refused."""
    clock = TestClock()
    clock.advance(hours=3)
    try:
        desk = open_desk(path, clock=clock, actor="kim")
    except DeskError as error:
        return {"refused": error.message} if error.exit_code == 3 and error.hint else {}
    try:
        with desk.reading():
            report = doctor.examine(desk)
    finally:
        desk.close()
    wrong = {row["check"]: row for row in report["checks"] if not row["ok"] and not row["warning"]}
    assert report["ok"] is not bool(wrong)
    assert all(row["hint"] for row in wrong.values())
    return {check: row["detail"] for check, row in wrong.items()}


@pytest.fixture
def saved(desk: Desk, tmp_path: Path, add_agent: Callable[..., Any], add_lead: Callable[..., Any]) -> Path:
    """A backup with one lead; the desk has two more since."""
    add_agent()
    add_lead("Kate Nguyen")
    file = Path(backup(desk, tmp_path / "saved.db")["file"])
    add_lead("John Doe")
    add_lead("Mia Wong")
    return file
