"""A desk in a PostgreSQL database, with one connection per thread and one write lock.

The lock is the one row of ``desk_lock``, taken with BEGIN. So there is one writer at a time, as on SQLite:
ids are the order of commits, ranks and pointers are exact, and nothing can deadlock. The row also has the
schema's number, which every transaction thus reads anew, and the number of transactions so far: whoever finds
it as they left it knows that nobody else has written since.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from peewee import OperationalError, PeeweeException, PostgresqlDatabase
from peewee import __exception_wrapper__ as peewee_errors  # type: ignore[attr-defined]  # not in its stubs

from models import engine
from models.clock import Clock, ServerClock
from models.engine import SNAPSHOT, Engine, newer, older
from models.postgres import connection, refusals
from models.postgres.address import Address
from models.postgres.ahead import Ahead, overflows
from models.postgres.dialect import PostgresDialect
from models.postgres.inspection_words import PostgresWords
from models.postgres.listening import NOTIFY, Listener
from models.postgres.numbers import Numbers, highest
from models.postgres.served_desk import ServedDesk
from models.postgres.tables import rights, upgrade

Values = Sequence[object] | Mapping[str, object]
COUNT = f"UPDATE desk_lock SET changes = changes + 1 RETURNING schema_version, changes, {connection.NOW}"
LOOK = f"SELECT changes, {connection.NOW} FROM desk_lock"
READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
# A transaction of one empty message, whose commit waits until the log is on the disk up to there.
FLUSH = "SELECT set_config('synchronous_commit', 'on', true), pg_logical_emit_message(true, 'astra', '')"


class _Thread(threading.local):
    """What a thread's connection is doing, and the numbers that its next rows have."""

    waits_for_disk = True
    writes = False
    makes_schema = False
    is_loading = False
    changes = -1

    def __init__(self) -> None:
        self.numbers = Numbers()
        self.ahead: Ahead | None = None
        self.listener: Listener | None = None


class PostgresEngine(PostgresqlDatabase, ServedDesk):
    """The engine of a database on a server."""

    dialect = PostgresDialect()
    inspection_words = PostgresWords()
    driver_error = psycopg.Error
    switch_param = "CAST(CAST(%s AS INTEGER) AS BOOLEAN)"
    is_file = False
    for_update = False  # the desk's lock is enough
    index_value_literals = True

    def __init__(self, address: Address) -> None:
        super().__init__(address.shown)
        self.server = address
        self._thread = _Thread()
        self._clock = ServerClock()
        self.statements = {}

    # connections

    def _connect(self) -> connection.ServerConnection:
        thread = self._thread
        thread.waits_for_disk, thread.writes, thread.changes = True, False, -1
        thread.numbers.forget()
        thread.listener = None
        with peewee_errors:
            opened = connection.connect(self.server)
        self._clock.set(opened.opened_at)
        return opened

    def _set_server_version(self, conn: psycopg.Connection[Any]) -> None:
        self.server_version = conn.info.server_version

    def driver(self) -> connection.ServerConnection:
        found: connection.ServerConnection = self.connection()  # type: ignore[no-untyped-call]  # untyped in its stubs
        return found

    def is_connection_usable(self) -> bool:
        return not self.is_closed() and not self.driver().closed

    def _replace_lost(self) -> bool:
        """Connect again if the connection was lost outside of a transaction; return whether it was."""
        if self.is_closed() or not self.driver().closed or self.in_transaction():
            return False
        thread = self._thread
        waits_for_disk, writes = thread.waits_for_disk, thread.writes
        self.close()
        self.connect()
        thread.waits_for_disk, thread.writes = waits_for_disk, writes
        return True

    # transactions

    def begin(self, kind: str | None = None) -> None:
        """Take the desk's lock, within five seconds, or a snapshot; with a new connection for a lost one."""
        self._thread.writes = kind != SNAPSHOT
        if self.why_read_only and self._thread.writes:
            raise self.unwritable()
        try:
            self._start(kind)
        except OperationalError:
            if not self._replace_lost():
                raise
            self._start(kind)

    def _start(self, kind: str | None) -> None:
        if kind == SNAPSHOT:
            self._send(READ)
        elif self._thread.makes_schema:
            self._send(upgrade.MAKE)
        else:
            self._take_lock()
            if not self._thread.is_loading:
                with peewee_errors:
                    self._thread.ahead = Ahead(self.driver())
                    self._thread.numbers.ask(self.driver())

    def _take_lock(self) -> None:
        try:
            own = connection.SET_LOCAL if self.driver().is_pooled else ""
            version, changes, moment = self._send(f"BEGIN{own}; {COUNT}", last=True).fetchall()[0]
        except OperationalError as error:
            self.rollback()
            if refusals.is_locked(error):
                raise refusals.still_locked() from error
            raise
        if changes != self._thread.changes + 1:
            self._thread.numbers.forget()
        self._thread.changes = changes
        self._clock.set(moment)
        if version != engine.SCHEMA_VERSION:
            self.rollback()
            if version > engine.SCHEMA_VERSION:
                raise newer(self.address, "changed", version)
            raise older(self.address)

    def commit(self) -> None:
        """Tell others, let the lock go, wait for the disk: one trip for all, and for what was sent ahead."""
        thread = self._thread
        told = (NOTIFY,) if thread.writes and not thread.makes_schema else ()
        last = (*told, "COMMIT", FLUSH) if thread.writes and thread.waits_for_disk else (*told, "COMMIT")
        ahead, self._thread.ahead = self._thread.ahead, None
        if ahead is None:
            self._send("; ".join(last))
        else:
            with peewee_errors, overflows():
                ahead.end(last)

    def rollback(self) -> None:
        self._thread.changes = -1
        ahead, self._thread.ahead = self._thread.ahead, None
        if ahead is not None:
            ahead.abandon()
        if not self.is_closed() and connection.in_transaction(self.driver()):
            self._send("ROLLBACK")

    def wait_for_disk(self, *, wanted: bool) -> None:
        self._thread.waits_for_disk = wanted

    def flush(self) -> None:
        self._send(FLUSH)

    @property
    def clock(self) -> Clock:
        return self._clock.now

    def data_version(self) -> int:
        if self.in_transaction():
            return self._look()
        listener = self._listener()
        if not listener.is_quiet():
            listener.asking()
            listener.version = self._look()
        return listener.version

    def _listener(self) -> Listener:
        """What this thread's connection hears, which is another one if it was lost."""
        self._replace_lost()
        thread = self._thread
        if thread.listener is None:
            with peewee_errors:
                try:
                    thread.listener = Listener(self.driver())
                except psycopg.OperationalError:
                    if not self._replace_lost():
                        raise
                    thread.listener = Listener(self.driver())
        return thread.listener

    def _look(self) -> int:
        changes, moment = self.run(LOOK, ()).fetchall()[0]
        self._clock.set(moment)
        return int(changes)

    def change_signal(self) -> int | None:
        listener = self._thread.listener
        return self.driver().fileno() if listener is not None and listener.hears else None

    def tidy(self) -> None:
        """Nothing to do: the server looks after its files."""

    # statements

    def _send(self, sql: str, *, last: bool = False) -> psycopg.Cursor[Any]:
        """Send statements without parameters in one trip; the cursor is at the first result, or the last."""
        with peewee_errors:
            cursor = self.driver().execute(sql.encode())
        while last and cursor.nextset():
            pass
        return cursor

    def run(self, sql: str, values: Values) -> psycopg.Cursor[Any]:
        if sql.startswith("INSERT"):  # with numbers of its own
            self._thread.numbers.forget()
        return self._execute(sql, values)

    def _execute(self, sql: str, values: Values) -> psycopg.Cursor[Any]:
        try:
            conn: psycopg.Connection[Any] = self._state.conn or self.driver()  # type: ignore[attr-defined]
            cursor = conn.execute(sql, values or None)
            if self._thread.ahead is not None:
                self._thread.ahead.wait()
            return cursor
        except psycopg.Error as error:
            self._go_on()
            if isinstance(error, psycopg.errors.NumericValueOutOfRange):
                raise OverflowError(str(error)) from error  # as SQLite's driver says it
            with peewee_errors:  # converted to Peewee's errors, as everywhere else
                if isinstance(error, psycopg.OperationalError) and self._replace_lost():
                    return self.driver().execute(sql, values or None)
                raise

    @property
    def sends_ahead(self) -> bool:
        return True

    def later(self, sql: str, values: Sequence[object]) -> None:
        if self._thread.ahead is None:
            self._execute(sql, values)
            return
        try:
            with peewee_errors:
                self.driver().execute(sql, values or None)
        except PeeweeException:
            self._go_on()
            raise

    def _go_on(self) -> None:
        """After an error, let a savepoint's end be carried out."""
        if self._thread.ahead is not None:
            self._thread.ahead.go_on()

    def check_schema(self) -> None:
        """Nothing to do: a transaction has begun with it."""

    def run_many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        self._thread.numbers.forget()
        with peewee_errors:
            self.driver().cursor().executemany(sql, rows)

    def execute_sql(self, sql: str, params: Sequence[object] | None = None) -> psycopg.Cursor[Any]:
        """Execute a statement of Peewee's with its values written into it.

        As parameters of their own they would differ from each other, in GROUP BY and where they stand in
        SELECT, and none of these statements comes often enough to be prepared.
        """
        if sql.startswith("ROLLBACK"):  # to a savepoint: its numbers are free again
            self._thread.numbers.forget()
        with peewee_errors, overflows():
            try:
                cursor = psycopg.ClientCursor(self.driver()).execute(sql, params or None)
                if self._thread.ahead is not None:
                    self._thread.ahead.wait()
                return cursor
            except psycopg.Error as error:
                self._go_on()
                if not isinstance(error, psycopg.OperationalError) or not self._replace_lost():
                    raise
                return psycopg.ClientCursor(self.driver()).execute(sql, params or None)

    def keeps_order(self, policy: str) -> bool:
        if self._thread.makes_schema or self.is_owner:
            return False
        self.run(rights.CALL_KEEP_ORDER, (policy,))
        return True

    def next_id(self, table: str, key: str) -> int:
        numbers = self._thread.numbers
        with peewee_errors:
            is_known = numbers.has(table)
        if not is_known:
            numbers.learn(table, key, self.run(highest(table, key), ()).fetchall()[0][0])
        return numbers.take(table)

    # the schema

    def schema_version(self) -> int:
        return upgrade.version(self)

    def set_schema_version(self, version: int) -> None:
        self.run("UPDATE desk_lock SET schema_version = %s", (version,))

    def upgrade(self, fill: Callable[[], None]) -> None:
        upgrade.upgrade(self, fill)

    @contextmanager
    def making(self) -> Iterator[Any]:
        """A transaction that makes the desk's tables, before there is a desk to lock."""
        self._thread.makes_schema = True
        try:
            with self.atomic() as transaction:
                yield transaction
        finally:
            self._thread.makes_schema = False

    def another(self) -> PostgresEngine:
        """The same database by a connection of its own."""
        return PostgresEngine(self.server)

    # the desk as a whole

    def take_over(self, copy: Engine, locked: Callable[[], object]) -> None:
        from models.desk_copies import replace  # which imports the models

        self._thread.is_loading = True  # rows are not sent ahead
        try:
            replace(self, copy, locked)
        finally:
            self._thread.is_loading = False
