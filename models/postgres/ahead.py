"""Statements that are sent without waiting for their answers: libpq's pipeline mode, in one transaction."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import psycopg

Send = Callable[[], None]


class Ahead:
    """The pipeline of a transaction; one trip to the server brings all answers so far.

    The error of a statement is raised by a later one, by ``wait()`` or by ``end()``; those behind it fail,
    until ``go_on()``.
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._stack = ExitStack()
        self._pipeline = self._stack.enter_context(connection.pipeline())
        self._pipeline.command_queue = _Complete(self._pipeline)

    def wait(self) -> None:
        """Receive the answers to everything sent so far. Raises psycopg's errors."""
        self._pipeline.sync()

    def end(self, last: Sequence[str]) -> None:
        """Send the last statements, and receive all answers. Raises psycopg's errors."""
        with self._stack:
            try:
                for sql in last:
                    self._connection.execute(sql.encode())
            except psycopg.Error:
                self.go_on()
                raise

    def go_on(self) -> None:
        """Receive what is left after an error, so that what is sent from now on is carried out."""
        with suppress(psycopg.Error):
            self._pipeline.sync()

    def abandon(self) -> None:
        """Leave the pipeline; the transaction is rolled back anyway."""
        with suppress(psycopg.Error):
            self._stack.close()


class _Complete(deque[Send]):
    """What a pipeline is about to send, with the sign behind each statement that it is complete.

    Both go out at once. Until that sign the server takes the terminal for one that is still talking, and
    would wait for one that hangs, with the desk's lock, for ever.
    """

    def __init__(self, pipeline: psycopg.Pipeline) -> None:
        super().__init__(pipeline.command_queue)
        self._pipeline = pipeline

    def popleft(self) -> Send:
        send, end = super().popleft(), self._pipeline.pgconn.pipeline_sync
        if self or send == end:
            return send

        def send_complete() -> None:
            send()
            end()
            self._pipeline.result_queue.append(None)

        return send_complete


@contextmanager
def overflows() -> Iterator[None]:
    """Raise OverflowError for a number of more than 64 bits, as SQLite's driver does."""
    try:
        yield
    except psycopg.errors.NumericValueOutOfRange as error:
        raise OverflowError(str(error)) from error
