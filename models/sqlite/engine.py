"""A desk in a SQLite file, with Astra's settings and one connection per thread."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from peewee import SqliteDatabase
from peewee import __exception_wrapper__ as peewee_errors  # type: ignore[attr-defined]  # not in its stubs

from models import files
from models.engine import SNAPSHOT, Checked, Engine, ExpectedSchema
from models.errors import DatabaseUnavailable
from models.sqlite import checkup, copies, desk_file, full_text, read_only, refusals
from models.sqlite.compaction import compact
from models.sqlite.content import SqliteContent
from models.sqlite.desk_file import log_of
from models.sqlite.dialect import SqliteDialect
from models.sqlite.inspection_words import SqliteWords
from models.sqlite.locks import LOCK_PATIENCE_S, retry_while_locked, still_locked
from models.sqlite.sweep_file import SweepFile
from models.sqlite.upgrade import migrate

NORMAL, FULL = 1, 2  # PRAGMA synchronous
TIDY_LOG_BYTES = 1_048_576
OPEN_PATIENCE_S = 5
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
    # In pages: after every 32 MB of log instead of 4. An idle desk writes its log back earlier (tidy).
    "wal_autocheckpoint": 16_000,
    "journal_size_limit": 33_554_432,
    # Must be last: it turns off SQLite's own wait, which starves the longest waiter; begin() has a fairer
    # one. Readers never wait, except for the pragmas above, while another process closes the file.
    "busy_timeout": 0,
}


class _Commits(threading.local):
    """Whether the commits of a thread's connection wait for the disk."""

    wait = True


class SqliteEngine(SqliteDatabase, Engine):
    """The engine of a file; ``source`` is how to read one that cannot be written."""

    dialect = SqliteDialect()
    inspection_words = SqliteWords()
    driver_error = sqlite3.Error

    def __init__(self, path: Path, source: read_only.Source | None = None) -> None:
        # absolute: SQLite takes "file:..." for an address, and ":memory:" for no file at all
        place = os.path.abspath(path) if source is None else source.address
        how = {"uri": True} if source else {}
        super().__init__(place, pragmas=PRAGMAS, lock_type="IMMEDIATE", timeout=OPEN_PATIENCE_S, **how)
        self._path, self._is_sealed = path, False
        if source is not None:
            self.why_read_only = source.why
        if source is not None and source.copy is not None:
            weakref.finalize(self, shutil.rmtree, source.copy, ignore_errors=True)
        self.statements = {}
        self._commits = _Commits()

    @property
    def address(self) -> str:
        return str(self._path)

    @property
    def file(self) -> Path:
        return self._path

    @property
    def home(self) -> Path:
        return self._path

    @property
    def sweep_record(self) -> SweepFile:
        return SweepFile(self._path)

    def connect(self, reuse_if_open: bool = False) -> bool:
        """Open this thread's connection, which waits for the disk as PRAGMAS say."""
        if self.is_closed():
            self._commits.wait = True
        return bool(super().connect(reuse_if_open))

    def begin(self, lock_type: str | None = None) -> None:
        """BEGIN IMMEDIATE, retried at short random intervals for up to five seconds."""
        if lock_type == SNAPSHOT:
            lock_type = "DEFERRED"
        elif self._is_sealed:
            raise self.unwritable()
        retry_while_locked(lambda: super(SqliteEngine, self).begin(lock_type))

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

    def later(self, sql: str, values: Sequence[object]) -> None:
        self.run(sql, values)

    def run_many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        with peewee_errors:
            self.driver().executemany(sql, rows)

    def execute_sql(self, sql: str, params: Sequence[object] | None = None) -> sqlite3.Cursor:
        """Execute a statement of Peewee's, without its log and hooks, which nobody uses."""
        return self.run(sql, params or ())

    def seal(self) -> None:
        if self.why_read_only:
            self._is_sealed = True
            self.pragma("query_only", 1, permanent=True)

    def wait_for_disk(self, *, wanted: bool) -> None:
        if self._commits.wait is not wanted:
            self.pragma("synchronous", FULL if wanted else NORMAL)
            self._commits.wait = wanted

    def flush(self) -> None:
        # SQLite offers this as a checkpoint only, which gives up when another one is running
        with suppress(FileNotFoundError):
            files.sync(log_of(self._path))

    def tidy(self) -> None:
        """Write a long log back into the file and cut it, unless somebody is using it just now."""
        with suppress(FileNotFoundError):
            if not self.why_read_only and log_of(self._path).stat().st_size > TIDY_LOG_BYTES:
                self.pragma("wal_checkpoint(TRUNCATE)")

    def data_version(self) -> int:
        return int(self.pragma("data_version"))

    def schema_version(self) -> int:
        return int(self.pragma("user_version") or 0)

    def upgrade(self, fill: Callable[[], None]) -> None:
        migrate(self, self._path, fill, keep_copy=not self.why_read_only)

    @property
    def content(self) -> SqliteContent:
        return SqliteContent(self)

    def take_over(self, copy: Engine, locked: Callable[[], object]) -> None:
        copies.match_pages(copy.file, self._path)
        try:
            copies.copy_into(copy.driver(), self._path, locked, LOCK_PATIENCE_S)
        except copies.Busy as error:
            raise still_locked() from error

    def identity(self) -> object:
        return desk_file.identity(self._path)

    def checkup(self) -> Mapping[str, Callable[[], Checked]]:
        return checkup.checks(self, self._path)

    def expected_schema(self, policy: str) -> ExpectedSchema:
        from models.sqlite import schema  # slow to import, seldom needed

        return schema.expected(policy, type(self))

    def full_text_fault(self, table: str) -> str:
        return full_text.fault(self, table)

    def rebuild_full_text(self, table: str) -> None:
        full_text.rebuild(self, table)

    def size(self) -> int:
        return self._path.stat().st_size

    def compact(self) -> bool:
        return compact(self)

    def refusal(self, error: Exception) -> DatabaseUnavailable:
        return refusals.unavailable(error, self._path)

    def unwritable(self) -> DatabaseUnavailable:
        return read_only.refusal(self._path, self.why_read_only)
