"""An older desk on a server gets the migrations that it lacks: all of them, or none."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from peewee import PeeweeException

from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from models import engine
from models.errors import DatabaseUnavailable
from tests.server import Server, database_of

FIRST = '''
def up(migrator, db):
    for statement in (
        "ALTER TABLE bookings ADD COLUMN by_sea INTEGER NOT NULL DEFAULT 0 CHECK (by_sea IN (0, 1))",
        "UPDATE bookings SET by_sea = TRUE WHERE destination = 'Mars'",
        "CREATE TABLE ports (port_id INTEGER PRIMARY KEY, name TEXT NOT NULL, open INTEGER NOT NULL DEFAULT 1"
        " CHECK (open IN (0, 1)))",
        "CREATE INDEX ports_name ON ports (name COLLATE NOCASE)",
        "INSERT INTO ports (port_id, name) SELECT booking_id, destination FROM bookings",
        "DROP VIEW bookings_in_wait",
        """CREATE VIEW bookings_in_wait AS
            SELECT booking_id, created_at, priority, by_sea FROM bookings INDEXED BY bookings_waiting
            WHERE agent_id IS NULL AND status = 'Pending'""",
        "CREATE TRIGGER ports_stay BEFORE DELETE ON ports BEGIN SELECT RAISE(ABORT, 'ports stay'); END",
    ):
        db.execute_sql(statement)
    db.execute_sql("INSERT INTO ports (port_id, name) VALUES (9, ?)", ("100% 'sea'?",))
'''
SECOND = """
def up(migrator, db):
    db.execute_sql("ALTER TABLE space_travel_agents ADD COLUMN boats INTEGER")  # agents_here has every column
    db.execute_sql("UPDATE events SET actor = 'old ' || actor WHERE event_id = 1")  # under a trigger
    db.execute_sql("ALTER TABLE space_travel_agents DROP COLUMN boats")
    db.execute_sql("ALTER TABLE space_travel_agents ADD COLUMN ships REAL NOT NULL DEFAULT 0.5")
"""
BROKEN = """
def up(migrator, db):
    db.execute_sql("ALTER TABLE bookings ADD COLUMN half TEXT")
    db.execute_sql("UPDATE bookings SET nowhere = 1")
"""


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of migrations of a coming release, with two more."""
    folder = Path(shutil.copytree(engine.MIGRATIONS, tmp_path / "migrations"))
    present = engine.SCHEMA_VERSION
    (folder / f"{present + 1:04}_ports.py").write_text(FIRST)
    (folder / f"{present + 2:04}_ships.py").write_text(SECOND)
    monkeypatch.setattr(engine, "MIGRATIONS", folder)
    monkeypatch.setattr(engine, "SCHEMA_VERSION", present + 2)
    return folder


def take_leads(desk: Desk) -> None:
    for name, destination in (("Kate Nguyen", "Mars"), ("Lee Park", "Venus")):
        launch = "Dallas-Fort Worth Launch Complex"
        intake.receive(
            desk, name=name, method="Text", source="Organic", destination=destination, launch=launch
        )


def take_leads_there(address: str) -> None:
    with closing(open_desk(address, actor="kim")) as desk:
        take_leads(desk)


def differences(address: str) -> list[str]:
    """How a desk differs from a fresh one, which all migrations have made."""
    with closing(open_desk(address)) as desk, desk.reading():
        found = desk.database.expected_schema(desk.settings["policy"])
        return [str(one) for one in found.differences()]


def test_an_upgraded_desk_is_as_a_fresh_one(
    server: Server, address: str, request: pytest.FixtureRequest
) -> None:
    """Rows are converted, rights stay, and a terminal of the older release stops instead of writing."""
    name = database_of(address)
    take_leads_there(address)
    server.execute("CREATE ROLE looks_on", name)
    server.execute("GRANT SELECT ON agents_here TO looks_on", name)
    request.getfixturevalue("release")
    assert differences(address) == []
    assert server.execute("SELECT destination, by_sea FROM bookings ORDER BY 1", name) == [
        ("Mars", True),
        ("Venus", False),
    ]
    assert server.execute("SELECT name, open FROM ports ORDER BY port_id", name) == [
        ("Mars", True),
        ("Venus", True),
        ("100% 'sea'?", True),
    ]
    assert server.execute("SELECT actor FROM events ORDER BY event_id LIMIT 2", name) == [
        ("old kim",),
        ("kim",),
    ]
    assert server.execute("SELECT by_sea FROM bookings_in_wait ORDER BY booking_id", name) == [
        (True,),
        (False,),
    ]
    assert server.execute("SELECT ships FROM agents_here", name) == []
    assert server.execute("SELECT has_table_privilege('looks_on', 'agents_here', 'SELECT')", name) == [
        (True,)
    ]
    with pytest.raises(Exception, match="ports stay"):
        server.execute("DELETE FROM ports", name)


def test_a_terminal_of_the_older_release_stops(
    address: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(open_desk(address, actor="kim")) as older:
        present = engine.SCHEMA_VERSION
        request.getfixturevalue("release")
        open_desk(address).close()
        monkeypatch.setattr(engine, "SCHEMA_VERSION", present)
        with pytest.raises(DatabaseUnavailable) as caught:
            take_leads(older)
    assert (caught.value.code, caught.value.exit_code) == ("newer_database", 3)


def test_only_the_owner_of_the_tables_updates_a_desk(
    server: Server, address: str, request: pytest.FixtureRequest
) -> None:
    name = database_of(address)
    server.execute("CREATE ROLE dispatches LOGIN", name)
    server.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO dispatches", name)
    before = snapshot(server, address)
    request.getfixturevalue("release")
    with pytest.raises(DatabaseUnavailable) as caught:
        open_desk(server.url(name, "dispatches"))
    assert caught.value.code == "older_database"
    assert "owner" in caught.value.hint
    assert snapshot(server, address) == before


def test_a_migration_that_fails_leaves_the_desk_as_it_was(
    server: Server, address: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_leads_there(address)
    before = snapshot(server, address)
    folder: Path = request.getfixturevalue("release")
    (folder / f"{engine.SCHEMA_VERSION + 1:04}_broken.py").write_text(BROKEN)
    monkeypatch.setattr(engine, "SCHEMA_VERSION", engine.SCHEMA_VERSION + 1)
    with pytest.raises((DatabaseUnavailable, PeeweeException)):
        open_desk(address)
    assert snapshot(server, address) == before


def snapshot(server: Server, address: str) -> list[object]:
    """What tells whether a desk's schema or rows have changed."""
    name = database_of(address)
    asked = (
        "SELECT schema_version, changes FROM desk_lock",
        "SELECT attrelid::regclass, attname FROM pg_attribute ORDER BY 1, 2",
        "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public' ORDER BY 1",
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
        "SELECT * FROM bookings ORDER BY 1",
        "SELECT name FROM schema_migration ORDER BY 1",
    )
    return [server.execute(sql, name) for sql in asked]
