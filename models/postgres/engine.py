"""A desk in a PostgreSQL database, with one connection per thread and one write lock.

The lock is the one row of ``desk_lock``, taken with BEGIN. So there is one writer at a time, as on SQLite:
ids are the order of commits, ranks and pointers are exact, and nothing can deadlock. The row also has the
schema's number, which every transaction thus reads anew, and the number of transactions so far: whoever finds
it as they left it knows that nobody else has written since.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
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
from models.postgres.ahead import Ahead, Answer, Values, overflows
from models.postgres.dialect import PostgresDialect
from models.postgres.inspection_words import PostgresWords
from models.postgres.listening import NOTIFY, Listener
from models.postgres.numbers import Numbers, highest
from models.postgres.served_desk import ServedDesk
from models.postgres.tables import rights, upgrade

QUIET_AFTER = 10
"""Transactions after which nobody else is expected to write."""
Question = tuple[str, Sequence[object]]
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
    sends_ahead = False
    changes = -1
    alone_for = 0  # transactions between which nobody else has written
    ahead: Ahead

    def __init__(self) -> None:
        self.numbers = Numbers()
        self.listener: Listener | None = None
        self.question: Question | None = None
        self.answer: Answer | None = None  # to the question, while nothing has been written


class PostgresEngine(PostgresqlDatabase, ServedDesk):
    """The engine of a database on a server."""

    dialect = PostgresDialect()
    inspection_words = PostgresWords()
    driver_error = psycopg.Error
    switch_param = "CAST(CAST(%s AS INTEGER) AS BOOLEAN)"
    is_file = False
    sends_ahead = True
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
        thread.listener, thread.sends_ahead, thread.alone_for = None, False, 0
        with peewee_errors:
            opened = connection.connect(self.server)
        thread.ahead = Ahead(opened, prepares=not opened.is_pooled)
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
        thread = self._thread
        if kind == SNAPSHOT:
            self._trip(READ)
        elif thread.makes_schema:
            self._trip("BEGIN", upgrade.LOCK)
        else:
            self._take_lock()
            thread.sends_ahead = not thread.is_loading

    def _take_lock(self) -> None:
        """Take the lock, and what a command asks next along with it."""
        thread, ahead, is_pooled = self._thread, self._ahead(), self.driver().is_pooled
        with peewee_errors:
            for sql in ("BEGIN", *(connection.SET_LOCAL if is_pooled else ())):
                ahead.later(sql)
            locked = ahead.later(COUNT)
            thread.answer = ahead.later(*thread.question) if thread.question else None
            if is_asked := thread.alone_for < QUIET_AFTER or not thread.numbers.are_known:
                thread.numbers.ask(ahead)
        try:
            self._trip()
        except PeeweeException as error:
            if locked.is_there:
                self._check_version(locked)
            self.rollback()
            if refusals.is_locked(error):
                raise refusals.still_locked() from error
            raise
        changes, moment = self._check_version(locked)
        thread.alone_for = thread.alone_for + 1 if changes == thread.changes + 1 else 0
        if not (thread.alone_for or is_asked):
            thread.numbers.ask(ahead)
        thread.changes = changes
        self._clock.set(moment)

    def _check_version(self, locked: Answer) -> tuple[Any, Any]:
        """Refuse a schema of another version, whatever else has failed; return the rest of the row."""
        version, changes, moment = locked.fetchall()[0]
        if version != engine.SCHEMA_VERSION:
            self.rollback()
            if version > engine.SCHEMA_VERSION:
                raise newer(self.address, "changed", version)
            raise older(self.address)
        return changes, moment

    def commit(self) -> None:
        """Tell others, let the lock go, wait for the disk: one trip for all, and for what was sent ahead."""
        thread = self._thread
        told = (NOTIFY,) if thread.writes and not thread.makes_schema else ()
        last = (*told, "COMMIT", FLUSH) if thread.writes and thread.waits_for_disk else (*told, "COMMIT")
        thread.answer, thread.sends_ahead = None, False
        with overflows():
            self._trip(*last)

    def rollback(self) -> None:
        thread = self._thread
        thread.answer, thread.changes, thread.sends_ahead, thread.alone_for = None, -1, False, 0
        if not self.is_closed():
            thread.ahead.drop()
            if connection.in_transaction(self.driver()):
                self._trip("ROLLBACK")

    def wait_for_disk(self, *, wanted: bool) -> None:
        self._thread.waits_for_disk = wanted

    def flush(self) -> None:
        self._trip(FLUSH)

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

    def _trip(self, *statements: str) -> None:
        """Carry out statements, after what was sent ahead."""
        with peewee_errors:
            ahead = self._ahead()
            for sql in statements:
                ahead.later(sql)
            ahead.trip()

    def _ahead(self) -> Ahead:
        """What is sent by this thread's connection, which is opened if necessary."""
        if self._state.conn is None:  # type: ignore[attr-defined]
            self.driver()
        return self._thread.ahead

    def run_first(self, sql: str, values: Sequence[object]) -> Answer:
        thread = self._thread
        answer, thread.answer = thread.answer, None
        if answer is not None and thread.question == (sql, values):
            return answer
        thread.question = (sql, values)
        return self.run(sql, values)

    def run(self, sql: str, values: Values) -> Answer:
        self._thread.answer = None
        if sql.startswith("INSERT"):  # with numbers of its own
            self._thread.numbers.forget()
        with peewee_errors, overflows():
            return self._ask(sql, values)

    def _ask(self, sql: str, values: Values, *, is_lasting: bool = True) -> Answer:
        try:
            return self._ahead().ask(sql, values, is_lasting=is_lasting)
        except psycopg.OperationalError:
            if not self._replace_lost():
                raise
            return self._ahead().ask(sql, values, is_lasting=is_lasting)

    def later(self, sql: str, values: Sequence[object]) -> None:
        self._thread.answer = None
        with peewee_errors, overflows():
            if self._thread.sends_ahead:
                self._thread.ahead.later(sql, values)
            else:
                self._ask(sql, values)

    def check_schema(self) -> None:
        """Nothing to do: a transaction has begun with it."""

    def run_many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        self._thread.numbers.forget()
        with peewee_errors:
            self._ahead().trip()  # what comes before
            self.driver().cursor().executemany(sql, rows)

    def execute_sql(self, sql: str, params: Sequence[object] | None = None) -> Any:
        """Execute a statement of Peewee's with its values written into it.

        As parameters of their own they would differ from each other, in GROUP BY and where they stand in
        SELECT, and none of these statements comes often enough to be prepared.
        """
        self._thread.answer = None
        if sql.startswith("ROLLBACK"):  # to a savepoint: its numbers are free again
            self._thread.numbers.forget()
            self._thread.ahead.drop()
        with peewee_errors, overflows():
            text = psycopg.ClientCursor(self.driver()).mogrify(sql, params) if params else sql
            if self._thread.makes_schema:  # by several statements at once
                return self.driver().execute(text.encode())
            return self._ask(text, (), is_lasting=False)

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
