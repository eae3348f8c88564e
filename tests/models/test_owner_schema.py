"""Upgrade to schema 24: a desk keeps what it chose with ``returning``, which is ``owner`` now."""

from __future__ import annotations

import json
import runpy
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from dispatch import agents, bookings
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.operations import configuration, undo
from models import engine
from models.settings import Setting
from tests.conftest import TestClock
from tests.old_desk import ROWS, make_old
from verify.checker import Checker

LEAD = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Sydney Stellar Port"}
SWITCHED = """INSERT INTO settings VALUES ('returning', '{value}');
INSERT INTO events (at, actor, command, detail)
    VALUES ('2082-01-01 00:00:00', 'kim', 'setting.set', '{{"key":"returning","old":{old},"new":{new}}}');"""


def stored(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("SELECT key, value FROM settings WHERE key LIKE 'owner%'"))


@pytest.mark.parametrize("schema", [9, 22])
@pytest.mark.parametrize(
    ("rows", "value", "events"),
    [
        (ROWS, "off", 1),
        (ROWS + SWITCHED.format(value="True", old="false", new="true"), "seller", 2),
        (ROWS + SWITCHED.format(value="on", old="false", new="true"), "seller", 2),
        (ROWS + SWITCHED.format(value="False", old="true", new="false"), "off", 2),
    ],
)
def test_an_old_desk_keeps_its_choice(
    tmp_path: Path, schema: int, rows: str, value: str, events: int
) -> None:
    path = make_old(tmp_path, schema, rows)
    with closing(open_desk(path, actor="kim")) as desk:
        assert desk.settings["owner"] == value
        assert not desk.settings.unreadable
    assert stored(path) == {"owner": value, "owner_since_event": str(events)}


def test_a_new_desk_begins_with_open(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with closing(open_desk(path, create=True)) as desk:
        assert desk.settings["owner"] == "open"
    assert stored(path) == {}


@pytest.mark.parametrize(("was", "back"), [(False, "off"), (True, "seller")])
def test_the_former_switch_is_undone_and_redone(tmp_path: Path, was: bool, back: str) -> None:
    words = [json.dumps(value) for value in (was, not was)]
    rows = SWITCHED.format(value=str(not was), old=words[0], new=words[1])
    with closing(open_desk(make_old(tmp_path, 22, rows), actor="kim")) as desk:
        before = desk.settings["owner"]
        undo.undo(desk, 1)
        assert desk.settings["owner"] == back
        undo.redo(desk, 2)
        assert desk.settings["owner"] == before != back


def of_before(path: Path) -> None:
    """Let a desk's log be as the former version wrote it: ``returning`` on, for the last seller alone."""
    with closing(sqlite3.connect(path)) as connection, connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        told = json.dumps({"key": "returning", "old": False, "new": True})
        connection.execute("UPDATE events SET detail = ? WHERE command = 'setting.set'", [told])
        connection.execute("DELETE FROM settings WHERE key LIKE 'owner%'")
        connection.execute("INSERT INTO settings VALUES ('returning', 'True')")
        connection.execute("DELETE FROM schema_migration WHERE name LIKE '%owner%'")
        connection.execute("PRAGMA user_version = 22")


def test_decisions_of_before_follow_from_the_former_rule(empty_desk_file: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(empty_desk_file, tmp_path / "desk.db"))
    who: dict[str, Any] = {"department": "Luxury Voyages", "job_title": "Space Travel Agent"}
    with closing(open_desk(path, clock=TestClock(), actor="kim")) as desk:
        for name, years in (("Ada", 9), ("Bob", 1)):
            agents.add(desk, first_name=name, last_name="Byron", years=years, rating=4.0, **who)
        configuration.set_value(desk, "owner", "off")
        first = intake.receive(desk, name="Kate", phone="4711", **LEAD)
        assert (first["agent_id"], bookings.decline(desk, 1, "no time")["agent_id"]) == (1, 2)
        second = intake.receive(desk, name="Kate", phone="4711", **LEAD)
        assert second["agent_id"] == 1, "the open booking is with the other agent"
    of_before(path)
    with closing(open_desk(path, clock=TestClock(), actor="kim")) as desk:
        assert desk.settings["owner"] == "seller"
        bookings.cancel(desk, 2, "no money")
        assert intake.receive(desk, name="Kate", phone="4711", **LEAD)["agent_id"] == 2
        assert desk.database.schema_version() == engine.SCHEMA_VERSION
    assert Checker(path).run()["first_fault"] is None
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM settings WHERE key = 'owner_since_event'")
    assert Checker(path).run()["first_fault"] is not None


def test_the_statements_are_for_either_engine(desk: Desk) -> None:
    (file,) = engine.MIGRATIONS.glob("*_owner.py")
    migration = runpy.run_path(str(file))
    with desk.transaction():
        Setting.create(key="returning", value="True")
        migration["up"](None, desk.database)
    with desk.reading():
        found = {row.key: row.value for row in Setting.select()}
    assert (found["owner"], found["owner_since_event"]) == ("seller", "0")
    assert "returning" not in found
