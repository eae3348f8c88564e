"""Opening a database file, and the short fair wait for its write lock."""

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

from peewee import DatabaseProxy, OperationalError, SqliteDatabase
from peewee import __exception_wrapper__ as peewee_errors  # type: ignore[attr-defined]  # not in its stubs

from models.errors import DatabaseUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable


T = TypeVar("T")

APPLICATION_ID = 0x41535452  # "ASTR": told apart from any other program's SQLite file
SCHEMA_VERSION = 9  # the highest number in models/migrations
LOCK_PATIENCE_S = 5.0
OPEN_PATIENCE_S = 5
PRAGMAS = {
    # A lead touches some seventeen pages, each a few hundred bytes, and logs them whole: small ones take a
    # fifth off it. Only a new file heeds this.
    "page_size": 2_048,
    "foreign_keys": 1,
    # INSERT OR REPLACE deletes the row that it replaces: only so does the trigger that refuses it fire. All
    # our triggers only refuse, so nothing becomes recursive.
    "recursive_triggers": 1,
    "synchronous": "NORMAL",
    "cache_size": -16_384,
    # In pages. Only checkpoints wait for the disk: with 32 MB of log between two, not 4, they are seldom.
    "wal_autocheckpoint": 16_000,
    # Last: SQLite's own waiting ends here. It starves whoever waits longest, so begin() has a better one;
    # and readers do not wait, once the pragmas above have read the file (somebody may be closing it).
    "busy_timeout": 0,
}

_current: ContextVar[DeskDatabase | None] = ContextVar("current_database", default=None)


class CurrentDatabase(DatabaseProxy):
    """The database of the desk that is at work in this thread or task.

    The models are bound to this proxy, so that several desks (an application and its tests, two
    applications in one process) never write into each other's file.
    """

    __slots__ = ()

    def __init__(self) -> None:
        object.__setattr__(self, "_callbacks", [])

    @property
    def obj(self) -> Any:
        return _current.get()


current_database = CurrentDatabase()


class DeskDatabase(SqliteDatabase):
    """A SQLite file with Astra's settings; one connection a thread.

    ``chooser`` is what dispatch registers for the first trigger: it takes a saved Lead and returns
    the agent's id, or None when the lead has to wait. ``statements`` is the SQL that models.base compiled
    for this database: another may speak another dialect.
    """

    chooser: Callable[[Any], int | None] | None = None

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), pragmas=PRAGMAS, lock_type="IMMEDIATE", timeout=OPEN_PATIENCE_S)
        self.path = path
        self.statements: dict[object, Any] = {}

    def begin(self, lock_type: str | None = None) -> None:
        """BEGIN IMMEDIATE, tried again at random short intervals for up to five seconds."""
        retry_while_locked(lambda: super(DeskDatabase, self).begin(lock_type))

    def commit(self) -> None:
        """COMMIT, without a cursor of its own."""
        self.run("COMMIT", ())

    def driver(self) -> sqlite3.Connection:
        """This thread's connection, opened where needed."""
        connection: sqlite3.Connection = self.connection()  # type: ignore[no-untyped-call]  # so are its stubs
        return connection

    def run(self, sql: str, values: Sequence[object]) -> sqlite3.Cursor:
        """Execute one statement through the driver itself; Peewee's own way takes twice the time."""
        try:
            # the thread's open connection, without asking each time whether it is open
            connection: sqlite3.Connection = self._state.conn or self.driver()  # type: ignore[attr-defined]
            return connection.execute(sql, values)
        except sqlite3.Error:
            with peewee_errors:  # Peewee's errors, as of any other statement
                raise

    def active(self) -> Active:
        """Make this the database that the models speak to, inside the block."""
        return Active(self)


class Active:
    """A block in which the models speak to one database; a class, as every command enters two."""

    __slots__ = ("_database", "_token")

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def __enter__(self) -> DeskDatabase:
        self._token = _current.set(self._database)
        return self._database

    def __exit__(self, *_error: object) -> None:
        _current.reset(self._token)


def retry_while_locked(attempt: Callable[[], T]) -> T:
    """Call ``attempt`` until the lock is free. Raises DatabaseUnavailable after 5 s."""
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
    """Open the file and tell its schema version (0: empty). Raises DatabaseUnavailable."""
    if not create and not os.path.exists(path):  # a folder that may not be looked into is no error here
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


def look_into(path: Path) -> DeskDatabase:
    """Open a desk's file as it is: nothing is made, migrated or written. Raises DatabaseUnavailable."""
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
    # all three as of one moment: another process may be making the file just now
    with database.atomic("DEFERRED"):
        version = int(database.pragma("user_version") or 0)
        ours = database.pragma("application_id") == APPLICATION_ID
        foreign = not ours and (version or database.get_tables())
    if foreign:
        raise DatabaseUnavailable(
            "foreign_database",
            f"{database.path} is a database of another program",
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
    """The refusal that explains a driver's error."""
    text = str(error)
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
    """Copy the file beside itself, page by page, before its schema is changed."""
    target = database.path.with_name(f"{database.path.name}.v{version}.bak")
    # by a connection of its own: SQLite does not copy from one that is inside a transaction
    with (
        peewee_errors,
        closing(sqlite3.connect(database.path)) as now,
        closing(sqlite3.connect(target)) as copy,
    ):
        now.backup(copy)
    return target


def migrate(database: DeskDatabase, furnish: Callable[[], None]) -> None:
    """Bring the schema up to date, once, however many processes try; data is copied first.

    ``furnish`` fills a new desk in the same transaction, so that a file is a whole desk or none.
    """
    from playhouse.migrations import Runner  # slow to import, and needed only when something is to do

    # Rebuilding a table with foreign keys on would delete its children; inside BEGIN the switch is dead.
    database.pragma("foreign_keys", 0)
    try:
        with database.atomic():
            version = int(database.pragma("user_version"))
            # only now is it sure that no other process has brought it up to date meanwhile
            if version < SCHEMA_VERSION:
                if version:
                    backup_before_upgrade(database, version)
                Runner(database, str(Path(__file__).parent / "migrations")).up()
                database.pragma("application_id", APPLICATION_ID)
                database.pragma("user_version", SCHEMA_VERSION)
                furnish()
    finally:
        database.pragma("foreign_keys", 1)
