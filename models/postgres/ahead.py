"""Statements gathered here, and carried out by the server in one trip (libpq's pipeline mode).

psycopg's own pipeline sends each statement by itself: the server wakes up for each, and until the sign that
all is sent it takes the terminal for one that is still talking, and would wait for one that hangs, with the
desk's lock, for ever. So what needs no answer is kept here until one is needed, and then leaves at once, with
that sign behind it.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple

import psycopg
from psycopg.abc import PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.generators import fetch_many, send
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGconn, PGresult

Values = Sequence[object] | Mapping[str, object]
PREPARE_AFTER = 2  # executions
MOST_PREPARED, MOST_COUNTED = 300, 2_000
"""As there are statements made for a number of values, which differ without end."""
MOST_AT_ONCE = 64
"""So that all of them fit into what libpq sends at once."""
WIDE = {21: 20, 23: 20}
"""The type of a number, which psycopg takes from its size: one for all, for one statement prepared."""
ROWS_AT_ONCE = 1_000
IS_PLACE = re.compile("%[s%]")


class Answer:
    """What a statement has brought, as a cursor says it; asked for before its trip, it makes the trip."""

    __slots__ = ("_ahead", "_left", "_result")

    def __init__(self, ahead: Ahead) -> None:
        self._ahead = ahead
        self._result: PGresult | None = None
        self._left: Iterator[tuple[Any, ...]] | None = None

    @property
    def is_there(self) -> bool:
        return self._result is not None

    def arrive(self, result: PGresult) -> None:
        self._result = result

    def _arrived(self) -> PGresult:
        if self._result is None:
            self._ahead.trip()
        if self._result is None:
            raise psycopg.InterfaceError("a statement before this one has failed")
        return self._result

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        if self._left is None:
            self._left = self._ahead.rows(self._arrived())
        return self._left

    def fetchall(self) -> list[tuple[Any, ...]]:
        return list(self)

    def fetchone(self) -> tuple[Any, ...] | None:
        return next(iter(self), None)

    @property
    def description(self) -> list[tuple[str]]:
        """The names of the columns; none if the statement brings no rows."""
        result = self._arrived()
        names = [result.fname(number) or b"" for number in range(result.nfields)]
        return [(name.decode(),) for name in names]

    @property
    def rowcount(self) -> int:
        changed = self._arrived().command_tuples
        return -1 if changed is None else changed

    def close(self) -> None:
        """Nothing is kept open."""


class _Statement(NamedTuple):
    """One to be sent; ``key`` is None for what is not worth preparing."""

    sql: bytes
    values: Sequence[Any]
    types: tuple[int, ...]
    answer: Answer
    key: tuple[bytes, tuple[int, ...]] | None


class Ahead:
    """What a connection is about to send. All methods raise psycopg's errors.

    The error of a statement is raised by the trip that carries it out; those behind it are not carried out.
    """

    def __init__(self, connection: psycopg.Connection[Any], *, prepares: bool = True) -> None:
        self._connection = connection
        self._gathered: list[_Statement] = []
        self._dumping = Transformer(connection)
        self._prepares = prepares
        self._times: dict[object, int] = {}
        self._names: OrderedDict[object, bytes] = OrderedDict()
        self._numbers = count(1)

    def later(self, sql: str, values: Values = (), *, is_lasting: bool = True) -> Answer:
        """Gather a statement; ``is_lasting`` if the same will come again."""
        if isinstance(values, Mapping):
            sql, values, is_lasting = psycopg.ClientCursor(self._connection).mogrify(sql, values), (), False
        answer, text = Answer(self), sql.encode()
        dumped: Sequence[Any] = ()
        types: tuple[int, ...] = ()
        if values:
            dumped = self._dumping.dump_sequence(values, [PyFormat.TEXT] * len(values))
            types = tuple([WIDE.get(kind, kind) for kind in self._dumping.types or ()])
            text = _numbered(sql)
        is_a_word = b" " not in text  # such as ROLLBACK, which has to work whatever has failed
        key = (text, types) if is_lasting and self._prepares and not is_a_word else None
        self._gathered.append(_Statement(text, dumped, types, answer, key))
        if len(self._gathered) > MOST_AT_ONCE:
            self.trip()
        return answer

    def ask(self, sql: str, values: Values = (), *, is_lasting: bool = True) -> Answer:
        """Carry out a statement, with those gathered before."""
        answer = self.later(sql, values, is_lasting=is_lasting)
        self.trip()
        return answer

    def drop(self) -> None:
        """Send nothing of what is gathered: it would be rolled back."""
        self._gathered = []

    def trip(self) -> None:
        """Send what is gathered, and receive the answers."""
        gathered, self._gathered = self._gathered, []
        if not gathered:
            return
        if self._connection.closed:
            raise psycopg.OperationalError("the connection is closed")
        connection = self._connection.pgconn
        connection.enter_pipeline_mode()
        try:
            answers: list[_Sent] = []
            for statement in gathered:
                self._send(connection, statement, answers)
            connection.pipeline_sync()
            self._connection.wait(self._receive(connection, answers))
        finally:
            self._leave(connection)

    def _send(self, connection: PGconn, statement: _Statement, sent: list[_Sent]) -> None:
        sql, values, types, answer, key = statement
        name = self._names.get(key) if key else None
        if name is None and key and self._is_worth_it(key):
            self._make_room(connection, sent)
            name = self._names[key] = b"astra_%d" % next(self._numbers)
            connection.send_prepare(name, sql, types)
            sent.append(_Sent(prepared=key))
        if name is None:
            connection.send_query_params(sql, values, types)
        else:
            connection.send_query_prepared(name, values)
        sent.append(_Sent(answer))

    def _is_worth_it(self, key: object) -> bool:
        if len(self._times) > MOST_COUNTED:
            self._times.clear()
        self._times[key] = times = self._times.get(key, 0) + 1
        return times > PREPARE_AFTER

    def _make_room(self, connection: PGconn, sent: list[_Sent]) -> None:
        """Let the server forget the statement that was prepared first."""
        if len(self._names) >= MOST_PREPARED:
            _, name = self._names.popitem(last=False)
            connection.send_query_params(b"DEALLOCATE " + name, None)
            sent.append(_Sent())

    def _receive(self, connection: PGconn, sent: list[_Sent]) -> PQGen[None]:
        """Receive all answers, then raise the first error among them."""
        failed: PGresult | None = None
        yield from send(connection)
        try:
            for each in sent:
                result = yield from _next(connection)
                if result.status == ExecStatus.FATAL_ERROR:
                    failed = failed or result
                elif failed is None and each.answer is not None:
                    each.answer.arrive(result)
                if failed is not None and each.prepared is not None:
                    self._names.pop(each.prepared, None)
            while (result := (yield from _next(connection))).status != ExecStatus.PIPELINE_SYNC:
                failed = failed or result  # of the end itself, such as a commit's
        except psycopg.OperationalError:
            if failed is None:
                raise
        if failed is not None:  # what the server has said last, if it has closed the connection
            raise error_from_result(failed, encoding="utf-8")

    def _leave(self, connection: PGconn) -> None:
        if connection.status == ConnStatus.OK:
            try:
                connection.exit_pipeline_mode()
            except psycopg.OperationalError:  # interrupted: nobody can tell what its answers belong to
                self._connection.close()

    def rows(self, result: PGresult) -> Iterator[tuple[Any, ...]]:
        """The rows of a result; of many, a few at a time."""
        loading, number = Transformer(self._connection), result.ntuples
        loading.set_pgresult(result)
        for first in range(0, number, ROWS_AT_ONCE):
            yield from loading.load_rows(first, min(first + ROWS_AT_ONCE, number), tuple)


class _Sent(NamedTuple):
    answer: Answer | None = None
    prepared: object = None


def _next(connection: PGconn) -> PQGen[PGresult]:
    """The result of the next message."""
    results = yield from fetch_many(connection)
    if not results:
        raise psycopg.OperationalError("the server has not answered to all that was sent")
    last: PGresult = results[-1]
    return last


@lru_cache(1000)
def _numbered(sql: str) -> bytes:
    """The statement as the server has it: $1 for the first %s."""
    numbers = count(1)
    return IS_PLACE.sub(lambda found: f"${next(numbers)}" if found[0] == "%s" else "%", sql).encode()


@contextmanager
def overflows() -> Iterator[None]:
    """Raise OverflowError for a number of more than 64 bits, as SQLite's driver does."""
    try:
        yield
    except psycopg.errors.NumericValueOutOfRange as error:
        raise OverflowError(str(error)) from error
