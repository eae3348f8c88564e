"""Opening a file: created once, upgraded after a backup, refused when it is not ours."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from peewee import OperationalError

from dispatch.bootstrap import open_desk
from dispatch.desk.accepted_values import FIRST_VALUES
from dispatch.desk.desk import Desk
from models import engine
from models.database import current_database
from models.errors import DatabaseUnavailable
from models.sqlite import copies, locks, opening
from models.sqlite import engine as sqlite_engine
from models.sqlite.engine import SqliteEngine

ROOT = Path(__file__).resolve().parents[3]
OPENER = """
import sys
from dispatch.bootstrap import open_desk
sys.stdin.readline()
desk = open_desk(sys.argv[1], create=True, year_shift=int(sys.argv[2]))
with desk.reading():
    print(desk.settings["year_shift"], len(desk.values.of("destination")))
"""


def query(path: Path, sql: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def change(path: Path, sql: str) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(sql)
    connection.close()


def refusal(path: Path, **given: Any) -> DatabaseUnavailable:
    with pytest.raises(DatabaseUnavailable) as caught:
        open_desk(path, **given).close()
    return caught.value


@pytest.fixture
def next_schema(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The next release: schema 2, with one more migration."""
    folder = tmp_path / "release" / "migrations"
    folder.mkdir(parents=True)
    for file in (ROOT / "models" / "migrations").glob("0*.py"):
        (folder / file.name).write_text(file.read_text("utf-8"), "utf-8")
    migration = 'def up(migrator, db):\n    db.execute_sql("ALTER TABLE customers ADD COLUMN mood TEXT")\n'
    (folder / "0099_tier.py").write_text(migration, "utf-8")
    monkeypatch.setattr(engine, "MIGRATIONS", folder.parent / "migrations")
    monkeypatch.setattr(engine, "SCHEMA_VERSION", engine.SCHEMA_VERSION + 1)
    return folder


def columns(path: Path, table: str) -> list[str]:
    return [row[1] for row in query(path, f"PRAGMA table_info({table})")]


def test_a_new_file_is_a_complete_desk(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk.db", create=True)
    try:
        with desk.reading():
            assert desk.values.of("destination") == FIRST_VALUES["destination"]
        assert desk.settings["year_shift"] == 56
        assert desk.database.driver().execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert desk.database.driver().execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert desk.database.schema_version() == engine.SCHEMA_VERSION
    finally:
        desk.close()


def test_an_empty_file_becomes_a_desk(tmp_path: Path) -> None:
    (tmp_path / "desk.db").touch()
    open_desk(tmp_path / "desk.db").close()
    assert query(tmp_path / "desk.db", "SELECT count(*) FROM destinations") == [(5,)]


@pytest.mark.parametrize("round_", range(3))
def test_processes_opening_a_new_file_together_create_one_desk(tmp_path: Path, round_: int) -> None:
    path = tmp_path / "desk.db"
    openers = [
        subprocess.Popen(
            [sys.executable, "-c", OPENER, str(path), str(56 + number)],
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for number in range(4)
    ]
    for opener in openers:
        assert opener.stdin is not None
        opener.stdin.write("go\n")
        opener.stdin.flush()
    outputs = [opener.communicate(timeout=30) for opener in openers]
    assert [errors for _, errors in outputs] == [""] * 4
    assert len({output for output, _ in outputs}) == 1, "all of them see the same desk"
    assert outputs[0][0].split()[1] == "5"
    assert query(path, "SELECT count(*) FROM settings") == [(5,)]


def test_a_file_created_during_the_check_is_not_taken_for_foreign(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No marker, then tables a moment later: another process was creating the desk."""
    path = tmp_path / "desk.db"
    makers = [threading.Thread(target=lambda: open_desk(path, create=True).close())]
    look = SqliteEngine.get_tables

    def get_tables(database: SqliteEngine, schema: str | None = None) -> list[str]:
        while makers:
            maker = makers.pop()
            started.append(maker)
            maker.start()
            maker.join(0.3)  # done by now, unless it has to wait for this check
        found: list[str] = look(database, schema)
        return found

    started: list[threading.Thread] = []
    monkeypatch.setattr(SqliteEngine, "get_tables", get_tables)
    open_desk(path, create=True).close()
    started[0].join()
    assert query(path, "SELECT count(*) FROM destinations") == [(5,)]


def test_a_desk_whose_creation_was_killed_is_created_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Schema and settings are one transaction: no file has one without the other."""
    path = tmp_path / "desk.db"

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Desk, "_furnish", killed)
        with pytest.raises(KeyboardInterrupt):
            open_desk(path, create=True)
    open_desk(path).close()
    assert query(path, "SELECT count(*) FROM destinations") == [(5,)]


def test_a_newer_desk_is_refused_and_left_alone(path: Path) -> None:
    change(path, "PRAGMA user_version = 99")
    error = refusal(path)
    assert (error.code, error.exit_code) == ("newer_database", 3)
    assert query(path, "PRAGMA user_version") == [(99,)]


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE contacts (name TEXT)",
        "PRAGMA user_version = 1",
        "PRAGMA application_id = 7; CREATE TABLE t (a)",
    ],
)
def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path, sql: str) -> None:
    path = tmp_path / "other.db"
    change(path, sql)
    before = path.read_bytes()
    error = refusal(path, create=True)
    assert (error.code, error.exit_code) == ("foreign_database", 3)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["other.db"]


def test_a_file_that_is_not_a_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no database at all\n" * 100)
    assert refusal(path).code == "not_a_database"


@pytest.mark.parametrize(
    ("name", "create", "code"),
    [
        ("missing.db", False, "no_database"),
        (".", True, "not_a_database"),
        ("no/such/folder.db", True, "no_folder"),
        ("n" * 300, False, "no_database"),
        ("n" * 300, True, "cannot_open"),
        ("nul\0.db", False, "no_database"),
        ("nul\0.db", True, "cannot_open"),
    ],
)
def test_a_path_that_cannot_be_a_desk_is_refused(tmp_path: Path, name: str, create: bool, code: str) -> None:
    error = refusal(tmp_path / name, create=create)
    assert error.code == code
    assert error.exit_code == 3
    assert os.listdir(tmp_path) == []


def test_an_upgrade_follows_a_backup(path: Path, next_schema: Path) -> None:
    change(path, "INSERT INTO customers (name, created_at) VALUES ('Kate', 'x')")
    open_desk(path).close()
    assert "mood" in columns(path, "customers")
    assert query(path, "SELECT name FROM customers") == [("Kate",)]
    backup = path.with_name(f"desk.db.v{engine.SCHEMA_VERSION - 1}.bak")
    assert "mood" not in columns(backup, "customers")
    assert query(backup, "SELECT name FROM customers") == [("Kate",)]
    assert query(backup, "PRAGMA integrity_check") == [("ok",)]


def test_the_backup_is_never_of_the_upgraded_file(path: Path, next_schema: Path) -> None:
    """Two processes found the old schema; the second must not overwrite the first one's backup."""
    late = SqliteEngine(path)
    try:
        first, version = opening.connect(path, create=False)
        first.close()
        assert version == engine.SCHEMA_VERSION - 1
        open_desk(path).close()
        with late.active():
            late.upgrade(lambda: None)
    finally:
        late.close()
    backup = path.with_name(f"desk.db.v{engine.SCHEMA_VERSION - 1}.bak")
    assert "mood" not in columns(backup, "customers")


@pytest.mark.parametrize(("mode", "most"), [(0o600, 0o600), (0o644, 0o644), (0o666, 0o666)])
def test_the_backup_is_as_private_as_the_desk(path: Path, next_schema: Path, mode: int, most: int) -> None:
    path.chmod(mode)
    open_desk(path).close()
    backup = path.with_name(f"desk.db.v{engine.SCHEMA_VERSION - 1}.bak")
    assert stat.S_IMODE(backup.stat().st_mode) & ~most == 0
    assert query(backup, "PRAGMA journal_mode") == [("delete",)]


def test_the_backup_takes_a_free_name(path: Path, next_schema: Path) -> None:
    taken = path.with_name(f"desk.db.v{engine.SCHEMA_VERSION - 1}.bak")
    taken.write_text("precious")
    open_desk(path).close()
    assert taken.read_text() == "precious"
    backup = path.with_name(f"desk.db.v{engine.SCHEMA_VERSION - 1}-2.bak")
    assert query(backup, "PRAGMA integrity_check") == [("ok",)]


def test_the_backup_gets_its_name_once_it_is_whole(
    path: Path, next_schema: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[list[str]] = []

    def copied(source: Path, target: Path) -> None:
        copy_file(source, target)
        found.append([name for name in os.listdir(path.parent) if name.endswith(".bak")])

    copy_file = copies.copy_file
    monkeypatch.setattr(copies, "copy_file", copied)
    open_desk(path).close()
    assert found == [[]]
    made = [name for name in os.listdir(path.parent) if "bak" in name]
    assert made == [f"desk.db.v{engine.SCHEMA_VERSION - 1}.bak"], "nothing else is left"


def test_a_backup_that_cannot_be_written_is_named_instead_of_the_desk(path: Path, next_schema: Path) -> None:
    taken = path.with_name(f"desk.db.v{engine.SCHEMA_VERSION - 1}.bak")
    taken.mkdir()
    error = refusal(path)
    assert (error.code, error.exit_code) == ("no_backup", 3)
    assert f"cannot write the backup before the upgrade, {taken}" in error.message


def test_a_backup_that_does_not_fit_is_not_left_behind(
    path: Path, next_schema: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(copies, "copy_file", full)
    assert refusal(path).code == "no_backup"
    assert not [name for name in os.listdir(path.parent) if "bak" in name]
    assert "mood" not in columns(path, "customers")


def test_a_failed_upgrade_leaves_the_desk_as_it_was(path: Path, next_schema: Path) -> None:
    (next_schema / "0099_tier.py").write_text(
        'def up(migrator, db):\n    db.execute_sql("ALTER TABLE customers ADD COLUMN mood TEXT")\n    1 / 0\n'
    )
    with pytest.raises(ZeroDivisionError):
        open_desk(path)
    assert "mood" not in columns(path, "customers")
    assert query(path, "PRAGMA user_version") == [(engine.SCHEMA_VERSION - 1,)]


def test_a_backup_that_cannot_be_written_stops_the_upgrade(path: Path, next_schema: Path) -> None:
    path.with_name(f"desk.db.v{engine.SCHEMA_VERSION - 1}.bak").mkdir()
    assert refusal(path).exit_code == 3
    assert "mood" not in columns(path, "customers")


def test_a_lock_that_is_never_released_is_reported(
    desk: Desk, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "LOCK_PATIENCE_S", 0.02)
    holder = sqlite3.connect(path, isolation_level=None)
    try:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseUnavailable) as caught, desk.transaction():
            pass
    finally:
        holder.close()
    assert (caught.value.code, caught.value.exit_code) == ("locked", 3)


def test_a_short_wait_for_the_lock_goes_unnoticed(desk: Desk, path: Path) -> None:
    holder = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    threading.Timer(0.05, lambda: holder.execute("COMMIT")).start()
    with desk.transaction():
        pass
    holder.close()


def test_a_reader_does_not_wait_for_a_writer(desk: Desk, path: Path) -> None:
    holder = sqlite3.connect(path, isolation_level=None)
    try:
        holder.execute("BEGIN IMMEDIATE")
        with desk.reading():
            assert desk.values.of("method") == ("Phone Call", "Text")
    finally:
        holder.close()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("file is not a database", "not_a_database"),
        ("database disk image is malformed", "not_a_database"),
        ("attempt to write a readonly database", "read_only"),
        ("database is locked", "locked"),
        ("database or disk is full", "disk"),
        ("disk I/O error", "disk"),
        ("unable to open database file", "cannot_open"),
    ],
)
def test_a_driver_error_becomes_readable(desk: Desk, text: str, code: str) -> None:
    with pytest.raises(DatabaseUnavailable) as caught, desk.reading():
        raise OperationalError(text)
    assert caught.value.code == code
    assert caught.value.hint


def test_each_thread_has_its_own_connection(desk: Desk) -> None:
    seen = [desk.database.driver()]

    def work() -> None:
        seen.append(desk.database.driver())
        desk.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen[0] is not seen[1]
    assert not desk.database.is_closed(), "each thread closes its own"


FULL = "the disk is full (database or disk is full)"


@pytest.fixture
def no_room(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file cannot grow by a page: SQLite's own full disk."""
    (pages,) = query(path, "PRAGMA page_count")[0]
    monkeypatch.setattr(sqlite_engine, "PRAGMAS", sqlite_engine.PRAGMAS | {"max_page_count": pages})


@pytest.mark.usefixtures("no_room")
def test_a_full_disk_is_told_as_one(desk: Desk, add_agent: Callable[..., Any]) -> None:
    """SQLite rolls back by itself; the rollback after it hid that the disk was full."""

    def fill() -> None:
        for number in range(1000):
            add_agent("x" * 90, last_name=str(number))

    with pytest.raises(DatabaseUnavailable) as caught:
        fill()
    assert (caught.value.code, caught.value.message) == ("disk", f"{desk.database.file}: {FULL}")
    assert not desk.in_transaction
    with desk.reading():
        assert desk.values.of("method")


def test_a_disk_that_fills_up_at_the_commit_is_told_as_full(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def commit(database: SqliteEngine) -> None:
        database.run("ROLLBACK", ())
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(SqliteEngine, "commit", commit)
    with pytest.raises(DatabaseUnavailable) as caught, desk.transaction():
        pass
    assert FULL in caught.value.message


def test_the_end_of_a_savepoint_that_is_gone_does_not_hide_why(desk: Desk) -> None:

    def fail() -> None:
        with desk.transaction(), current_database.atomic():
            desk.database.run("ROLLBACK", ())
            raise OperationalError("database or disk is full")

    with pytest.raises(DatabaseUnavailable) as caught:
        fail()
    assert FULL in caught.value.message


@pytest.mark.parametrize("text", ["disk I/O error", "unable to open database file"])
def test_an_error_beside_a_full_disk_names_it(desk: Desk, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Without a file for its shared memory SQLite cannot even read, and calls that an I/O error."""
    has_room = os.statvfs(desk.database.file.parent)
    monkeypatch.setattr(os, "statvfs", lambda _: os.statvfs_result((*has_room[:4], 0, *has_room[5:])))
    with pytest.raises(DatabaseUnavailable) as caught, desk.reading():
        raise OperationalError(text)
    assert (caught.value.code, caught.value.message) == (
        "disk",
        f"{desk.database.file}: the disk is full ({text})",
    )
