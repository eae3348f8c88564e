"""Opening a database file, and waiting briefly and fairly for its write lock."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import stat
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TypeVar

from peewee import DatabaseProxy, OperationalError, SqliteDatabase, Table
from peewee import __exception_wrapper__ as peewee_errors  # type: ignore[attr-defined]  # not in its stubs

from models import copies, read_only
from models.desk_file import free_name, has_foreign_log, log_of
from models.errors import DatabaseUnavailable
from models.hints import act
from models.private_files import PRIVATE_FILE
from models.refusals import LOG_HINT, no_backup
from models.refusals import unavailable as unavailable  # for the others

T = TypeVar("T")

APPLICATION_ID = 0x41535452  # "ASTR": distinguishes our files from other programs' SQLite files
SCHEMA_VERSION = 22  # the highest number in models/migrations
NORMAL, FULL = 1, 2  # PRAGMA synchronous
TIDY_LOG_BYTES = 1_048_576
UNWRITABLE = ("read_only", "cannot_open")
LOCK_PATIENCE_S, OPEN_PATIENCE_S = 5.0, 5
PRAGMAS = {
    # A lead changes a few hundred bytes in each of about seventeen pages, and the log takes whole pages:
    # small ones make it a fifth faster. Applies to new files only.
    "page_size": 2_048,
    "foreign_keys": 1,
    # Without it the deletion inside INSERT OR REPLACE does not fire the triggers that forbid deletion. Our
    # triggers only refuse, so none recurses.
    "recursive_triggers": 1,
    # Every commit waits for the disk, so that what a command has answered survives a power cut. With NORMAL,
    # an open terminal keeps the log from being flushed, and half a minute of everybody's work is lost.
    "synchronous": "FULL",
    "cache_size": -16_384,
    # In pages: after every 32 MB of log instead of 4. An idle desk writes its log back earlier (tidy_log).
    "wal_autocheckpoint": 16_000,
    "journal_size_limit": 33_554_432,
    # Must be last: it turns off SQLite's own wait, which starves the longest waiter; begin() has a fairer
    # one. Readers never wait, except for the pragmas above, while another process closes the file.
    "busy_timeout": 0,
}

_current: ContextVar[DeskDatabase | None] = ContextVar("current_database", default=None)
database_at_work: Callable[[], Any] = _current.get  # of this thread or task, without the proxy below


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
        return database_at_work()


current_database = CurrentDatabase()


class _Commits(threading.local):
    """Whether the commits of a thread's connection wait for the disk."""

    wait = True


class DeskDatabase(SqliteDatabase):
    """A SQLite file with Astra's settings and one connection per thread.

    ``chooser``, set by dispatch for the first trigger, takes a saved Lead and returns the agent's id, or None
    if it has to wait. ``statements`` has the SQL of models/base.py, ``caps`` what models/caps.py has read.
    """

    chooser: Callable[[Any], int | None] | None = None
    caps: Any = None

    def __init__(self, path: Path, source: read_only.Source | None = None) -> None:
        # absolute: SQLite takes "file:..." for an address, and ":memory:" for no file at all
        place = os.path.abspath(path) if source is None else source.address
        how = {"uri": True} if source else {}
        super().__init__(place, pragmas=PRAGMAS, lock_type="IMMEDIATE", timeout=OPEN_PATIENCE_S, **how)
        self.path, self._is_sealed = path, False
        self.why_read_only = source.why if source else ""
        if source is not None and source.copy is not None:
            weakref.finalize(self, shutil.rmtree, source.copy, ignore_errors=True)
        self.statements: dict[object, Any] = {}
        self._commits = _Commits()

    def connect(self, reuse_if_open: bool = False) -> bool:
        """Open this thread's connection, which waits for the disk as PRAGMAS say."""
        if self.is_closed():
            self._commits.wait = True
        return bool(super().connect(reuse_if_open))

    def begin(self, lock_type: str | None = None) -> None:
        """BEGIN IMMEDIATE, retried at short random intervals for up to five seconds."""
        if self._is_sealed and lock_type != "DEFERRED":
            raise read_only.refusal(self.path, self.why_read_only)
        retry_while_locked(lambda: super(DeskDatabase, self).begin(lock_type))

    def commit(self) -> None:
        """COMMIT without an extra cursor."""
        self.run("COMMIT", ())

    def rollback(self) -> None:
        """ROLLBACK, unless SQLite has done it: a second error would hide the first, such as a full disk."""
        if self.driver().in_transaction:
            super().rollback()

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

    def execute_sql(self, sql: str, params: Sequence[object] | None = None) -> sqlite3.Cursor:
        """Execute a statement of Peewee's, without its log and hooks, which nobody uses."""
        return self.run(sql, params or ())

    def seal(self) -> None:
        """Refuse to write from now on, if the desk can only be read."""
        if self.why_read_only:
            self._is_sealed = True
            self.pragma("query_only", 1, permanent=True)

    def wait_for_disk(self, *, wanted: bool) -> None:
        """Choose, outside of transactions, whether commits of this thread wait until they are on the disk."""
        if self._commits.wait is not wanted:
            self.pragma("synchronous", FULL if wanted else NORMAL)
            self._commits.wait = wanted

    def flush(self) -> None:
        """Return once every commit so far is on the disk, whoever made it."""
        # SQLite offers this as a checkpoint only, which gives up when another one is running
        with suppress(FileNotFoundError):
            copies.sync(log_of(self.path))

    def tidy_log(self) -> None:
        """Write a long log back into the file and cut it, unless somebody is using it just now."""
        with suppress(FileNotFoundError):
            if not self.why_read_only and log_of(self.path).stat().st_size > TIDY_LOG_BYTES:
                self.pragma("wal_checkpoint(TRUNCATE)")

    def check_schema(self) -> None:
        """Raise DatabaseUnavailable if the schema has changed since the file was opened."""
        version = int(self.pragma("user_version"))
        if version > SCHEMA_VERSION:
            raise _newer(self.path, "changed", version)
        if version < SCHEMA_VERSION:
            raise _older(self.path)

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
                raise still_locked() from error
        time.sleep(random.uniform(0.0005, 0.003))


def still_locked() -> DatabaseUnavailable:
    """Return the refusal after 5 s without the lock."""
    return DatabaseUnavailable(
        "locked",
        f"another process has locked the database for {LOCK_PATIENCE_S:.0f} seconds",
        "end that process, or try again later",
    )


def connect(path: Path, *, create: bool) -> tuple[DeskDatabase, int]:
    """Open the file; returns it with its schema version (0: empty). Raises DatabaseUnavailable."""
    _check_place(path, create)
    _refuse_foreign_log(path)
    if not os.access(path, os.W_OK):
        return _connect(DeskDatabase(path, read_only.source(path, SCHEMA_VERSION)))
    try:
        return _connect(DeskDatabase(path))
    except DatabaseUnavailable as error:
        if error.code not in UNWRITABLE or not read_only.reason(path):
            raise
        return _connect(DeskDatabase(path, read_only.source(path, SCHEMA_VERSION)))


def _connect(database: DeskDatabase) -> tuple[DeskDatabase, int]:
    path = database.path
    try:
        version = retry_while_locked(lambda: _checked_version(database))
        if not database.why_read_only:
            retry_while_locked(lambda: database.pragma("journal_mode", "wal"))
    except DatabaseUnavailable:
        database.close()
        raise
    except Exception as error:
        database.close()
        raise unavailable(error, path) from error
    return database, version


def _check_place(path: Path, create: bool) -> None:
    """Refuse what is no file, and make a missing one, for its owner alone. Raises DatabaseUnavailable."""
    exists = os.path.exists(path)  # False, not an error, if the folder is not readable
    if not exists and not create:
        raise DatabaseUnavailable(
            "no_database",
            f"no desk at {path}",
            f"check --db; {act('new')}, {act('first_steps')} or {act('demo')} creates one",
        )
    if os.path.isdir(path):
        raise DatabaseUnavailable("not_a_database", f"{path} is a folder", "name a file")
    if exists and not os.path.isfile(path):  # opening a pipe would wait for its other end
        raise DatabaseUnavailable("not_a_database", f"{path} is a device or a pipe", "name a file")
    if not os.path.isdir(path.parent):
        raise DatabaseUnavailable(
            "no_folder", f"no folder {path.parent}", "create it first, or choose another --db"
        )
    if not exists:
        _make_private(path)


def _make_private(path: Path) -> None:
    """Make an empty file that only its owner can read; SQLite gives the files beside it the same mode."""
    try:
        copies.create(Path(os.path.realpath(path)), PRIVATE_FILE)
    except FileExistsError:
        pass  # another process was faster
    except (OSError, ValueError) as error:
        raise unavailable(error, path) from error


def open_read_only(path: Path) -> DeskDatabase:
    """Open an existing desk without creating, migrating or writing anything. Raises DatabaseUnavailable."""
    if not os.path.isfile(path):
        raise DatabaseUnavailable("no_database", f"no desk at {path}")
    _refuse_foreign_log(path)
    is_writable = os.access(path, os.W_OK)
    database = DeskDatabase(path, None if is_writable else read_only.source(path, SCHEMA_VERSION))
    try:
        database.pragma("query_only", 1)
        version = _checked_version(database)
    except Exception as error:
        database.close()
        raise unavailable(error, path) from error
    if version < SCHEMA_VERSION:
        database.close()
        raise _older(path)
    return database


def _refuse_foreign_log(path: Path) -> None:
    """Raise DatabaseUnavailable if opening the file would apply the log of another one to it."""
    if has_foreign_log(path):
        raise DatabaseUnavailable(
            "foreign_log", f"a leftover log of another file is beside {path}: {log_of(path)}", LOG_HINT
        )


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
        raise _newer(database.path, "made", version)
    return version


def _newer(path: Path, done: str, version: int) -> DatabaseUnavailable:
    return DatabaseUnavailable(
        "newer_database",
        f"{path} was {done} by a newer Astra (schema {version}; this one reads {SCHEMA_VERSION})",
        "update Astra",
    )


def _older(path: Path) -> DatabaseUnavailable:
    return DatabaseUnavailable(
        "older_database", f"{path} was made by an older Astra", "open it in Astra to update it"
    )


def backup_before_upgrade(database: DeskDatabase, version: int) -> Path:
    """Copy the file to an unused name beside it, as private as it is, before its schema changes.

    The copy gets that name once it is whole: a process that ends before leaves nothing that looks like one.
    """
    path = database.path
    target = path.with_name(f"{path.name}.v{version}.bak")
    if target.exists() and not target.is_file():
        raise no_backup(target, "it is there already, and no file")
    target = free_name(target)
    try:
        with copies.beside(target) as temporary:
            copies.copy_file(path, temporary)
            temporary.chmod(stat.S_IMODE(os.stat(path).st_mode) & 0o666)
            copies.put_in_place(temporary, target, force=False)
    except copies.DATABASE_ERRORS as error:
        raise no_backup(target, getattr(error, "strerror", None) or str(error)) from error
    return target


def _check_not_lowered(database: DeskDatabase, version: int, migrations: Path) -> None:
    """Refuse a file whose number is lower than its tables say: there is nothing to upgrade."""
    history = Table("schema_migration").bind(database)
    applied = history.select().count() if database.table_exists("schema_migration") else 0
    if applied >= len([*migrations.glob("[0-9]*.py")]):
        raise DatabaseUnavailable(
            "damaged",
            f"{database.path} claims schema {version}, but its tables are of schema {SCHEMA_VERSION}",
            f"{act('restore')} restores a backup",
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
                migrations = Path(__file__).parent / "migrations"
                _check_not_lowered(database, version, migrations)
                if version and not database.why_read_only:
                    backup_before_upgrade(database, version)
                Runner(database, str(migrations)).up()
                database.pragma("application_id", APPLICATION_ID)
                database.pragma("user_version", SCHEMA_VERSION)
                fill()
    finally:
        database.pragma("foreign_keys", 1)
