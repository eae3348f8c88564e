"""Opening a database file, and waiting briefly and fairly for its write lock."""

from __future__ import annotations

import os.path
import random
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from peewee import DatabaseProxy, OperationalError, SqliteDatabase, Table
from peewee import __exception_wrapper__ as peewee_errors  # type: ignore[attr-defined]  # not in its stubs

from models.errors import DatabaseUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable


T = TypeVar("T")

APPLICATION_ID = 0x41535452  # "ASTR": distinguishes our files from other programs' SQLite files
SCHEMA_VERSION = 9  # the highest number in models/migrations
LOCK_PATIENCE_S = 5.0
OPEN_PATIENCE_S = 5
DAMAGED = ("no such table", "no such column", "no such index", "no such function", "UTF-8", "has no column")
PRAGMAS = {
    # A lead changes a few hundred bytes in each of about seventeen pages, and the log takes whole pages:
    # small ones make it a fifth faster. Applies to new files only.
    "page_size": 2_048,
    "foreign_keys": 1,
    # Without it the deletion inside INSERT OR REPLACE does not fire the triggers that forbid deletion. Our
    # triggers only refuse, so none recurses.
    "recursive_triggers": 1,
    "synchronous": "NORMAL",
    "cache_size": -16_384,
    # In pages. Only checkpoints wait for the disk: every 32 MB of log instead of 4, they are rare.
    "wal_autocheckpoint": 16_000,
    # Must be last: it turns off SQLite's own wait, which starves the longest waiter; begin() has a fairer
    # one. Readers never wait, except for the pragmas above, while another process closes the file.
    "busy_timeout": 0,
}

_current: ContextVar[DeskDatabase | None] = ContextVar("current_database", default=None)


class CurrentDatabase(DatabaseProxy):
    """The database of the desk active in this thread or task.

    The models are bound to this proxy, so several desks in one process (two applications, or one and its
    tests) never write to each other's files.
    """

    __slots__ = ()

    def __init__(self) -> None:
        object.__setattr__(self, "_callbacks", [])

    @property
    def obj(self) -> Any:
        return _current.get()


current_database = CurrentDatabase()


class DeskDatabase(SqliteDatabase):
    """A SQLite file with Astra's settings and one connection per thread.

    ``chooser``, set by dispatch for the first trigger, takes a saved Lead and returns the agent's id, or None
    if the lead has to wait. ``statements`` holds the SQL that models/base.py compiled for this database.
    """

    chooser: Callable[[Any], int | None] | None = None

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), pragmas=PRAGMAS, lock_type="IMMEDIATE", timeout=OPEN_PATIENCE_S)
        self.path = path
        self.statements: dict[object, Any] = {}

    def begin(self, lock_type: str | None = None) -> None:
        """BEGIN IMMEDIATE, retried at short random intervals for up to five seconds."""
        retry_while_locked(lambda: super(DeskDatabase, self).begin(lock_type))

    def commit(self) -> None:
        """COMMIT without an extra cursor."""
        self.run("COMMIT", ())

    def driver(self) -> sqlite3.Connection:
        """Return this thread's connection, opening it if necessary."""
        connection: sqlite3.Connection = self.connection()  # type: ignore[no-untyped-call]  # untyped in its stubs
        return connection

    def run(self, sql: str, values: Sequence[object]) -> sqlite3.Cursor:
        """Execute one statement directly on the driver, in half of Peewee's time."""
        try:
            # the thread's connection, without checking each time that it is open
            connection: sqlite3.Connection = self._state.conn or self.driver()  # type: ignore[attr-defined]
            return connection.execute(sql, values)
        except sqlite3.Error:
            with peewee_errors:  # converted to Peewee's errors, as everywhere else
                raise

    def active(self) -> Active:
        """Make this the database that the models use inside the block."""
        return Active(self)


class Active:
    """A block in which the models use one database; a class for speed, as every command enters two."""

    __slots__ = ("_database", "_token")

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def __enter__(self) -> DeskDatabase:
        self._token = _current.set(self._database)
        return self._database

    def __exit__(self, *_error: object) -> None:
        _current.reset(self._token)


def retry_while_locked(attempt: Callable[[], T]) -> T:
    """Retry ``attempt`` until the lock is free. Raises DatabaseUnavailable after 5 s."""
    deadline: float | None = None
    while True:
        try:
            return attempt()
        except OperationalError as error:
            if "locked" not in str(error):
                raise
            deadline = deadline or time.monotonic() + LOCK_PATIENCE_S
            if time.monotonic() > deadline:
                raise DatabaseUnavailable(
                    "locked",
                    f"another process has held the database locked for {LOCK_PATIENCE_S:.0f} seconds",
                    "end that process, or try again when it is done",
                ) from error
        time.sleep(random.uniform(0.0005, 0.003))


def connect(path: Path, *, create: bool) -> tuple[DeskDatabase, int]:
    """Open the file; returns it with its schema version (0: empty). Raises DatabaseUnavailable."""
    if not create and not os.path.exists(path):  # False, not an error, if the folder is not readable
        raise DatabaseUnavailable(
            "no_database",
            f"there is no database at {path}",
            "check --db, or create it with: astra import or astra demo",
        )
    if os.path.isdir(path):
        raise DatabaseUnavailable("not_a_database", f"{path} is a folder", "name a file")
    if not os.path.isdir(path.parent):
        raise DatabaseUnavailable(
            "no_folder", f"there is no folder {path.parent}", "create it first, or choose another --db"
        )
    database = DeskDatabase(path)
    try:
        version = retry_while_locked(lambda: _checked_version(database))
        retry_while_locked(lambda: database.pragma("journal_mode", "wal"))
    except DatabaseUnavailable:
        database.close()
        raise
    except Exception as error:
        database.close()
        raise unavailable(error, path) from error
    return database, version


def open_read_only(path: Path) -> DeskDatabase:
    """Open an existing desk without creating, migrating or writing anything. Raises DatabaseUnavailable."""
    if not os.path.isfile(path):
        raise DatabaseUnavailable("no_database", f"there is no database at {path}")
    database = DeskDatabase(path)
    try:
        database.pragma("query_only", 1)
        version = _checked_version(database)
    except Exception as error:
        database.close()
        raise unavailable(error, path) from error
    if version < SCHEMA_VERSION:
        database.close()
        raise DatabaseUnavailable(
            "older_database", f"{path} was made by an older Astra", "open it with Astra"
        )
    return database


def _checked_version(database: DeskDatabase) -> int:
    # all three in one snapshot: another process may be creating the file
    with database.atomic("DEFERRED"):
        version = int(database.pragma("user_version") or 0)
        ours = database.pragma("application_id") == APPLICATION_ID
        foreign = not ours and (version or database.get_tables())
    if foreign:
        raise DatabaseUnavailable(
            "foreign_database",
            f"{database.path} belongs to another program",
            "choose another file with --db",
        )
    if version > SCHEMA_VERSION:
        raise DatabaseUnavailable(
            "newer_database",
            f"{database.path} was made by a newer Astra (schema {version}; this one knows {SCHEMA_VERSION})",
            "update Astra",
        )
    return version


def unavailable(error: Exception, path: Path) -> DatabaseUnavailable:
    """Turn a driver's error into a refusal that explains it."""
    text = str(error)
    if any(part in text for part in DAMAGED):
        return DatabaseUnavailable(
            "damaged", f"{path} is damaged: {text}", "astra doctor tells what is wrong; restore a backup"
        )
    if "not a database" in text or "malformed" in text:
        return DatabaseUnavailable(
            "not_a_database", f"{path} is not an Astra database: {text}", "choose another file with --db"
        )
    if "readonly" in text or "read-only" in text:
        return DatabaseUnavailable(
            "read_only", f"{path} cannot be written", "check its permissions and its folder's"
        )
    if "locked" in text:
        return DatabaseUnavailable(
            "locked", f"{path} is locked by another process", "try again when it is done"
        )
    if "disk is full" in text or "disk I/O" in text:
        return DatabaseUnavailable("disk", f"{path}: {text}", "free some space, then repeat the command")
    return DatabaseUnavailable("cannot_open", f"{path}: {text}", "check the path and its permissions")


def backup_before_upgrade(database: DeskDatabase, version: int) -> Path:
    """Copy the file, page by page, to one beside it, before its schema changes."""
    target = database.path.with_name(f"{database.path.name}.v{version}.bak")
    # on a separate connection: SQLite cannot copy from one inside a transaction
    with (
        peewee_errors,
        closing(sqlite3.connect(database.path)) as now,
        closing(sqlite3.connect(target)) as copy,
    ):
        now.backup(copy)
    return target


def _check_not_lowered(database: DeskDatabase, version: int) -> None:
    """Refuse a file whose number is lower than its tables say: there is nothing to upgrade."""
    if not database.table_exists("schema_migration"):
        return
    applied = Table("schema_migration").bind(database).select().count()
    if applied >= SCHEMA_VERSION:
        raise DatabaseUnavailable(
            "damaged",
            f"{database.path} claims schema {version}, but its tables are of schema {applied}",
            "restore a backup: astra restore FILE",
        )


def migrate(database: DeskDatabase, fill: Callable[[], None]) -> None:
    """Upgrade the schema, once even if several processes try, after a backup of any data.

    ``fill`` sets up a new desk in the same transaction, so a file never holds half a desk.
    """
    from playhouse.migrations import Runner  # slow to import, seldom needed

    # Rebuilding a table with foreign keys on would delete its children. Has no effect inside BEGIN.
    database.pragma("foreign_keys", 0)
    try:
        with database.atomic():
            version = int(database.pragma("user_version"))
            # under the lock: another process may have upgraded it first
            if version < SCHEMA_VERSION:
                _check_not_lowered(database, version)
                if version:
                    backup_before_upgrade(database, version)
                Runner(database, str(Path(__file__).parent / "migrations")).up()
                database.pragma("application_id", APPLICATION_ID)
                database.pragma("user_version", SCHEMA_VERSION)
                fill()
    finally:
        database.pragma("foreign_keys", 1)
