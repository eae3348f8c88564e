"""Hearing of others' commits: every transaction that writes notifies whoever listens (NOTIFY, LISTEN)."""

from __future__ import annotations

import time
from typing import Any

import psycopg

from models.postgres.connection import ServerConnection

CHANNEL = "astra_desk"
NOTIFY = f"NOTIFY {CHANNEL}"
ASK_EVERY_S = 10.0
"""How often to ask even if nothing is heard: a network that is gone says nothing, either."""


class Listener:
    """What one connection hears, and the number that was read last.

    ``hears`` is False where notifications do not arrive: behind a pool that lends out connections for one
    transaction each, and on a server that only reads. There one has to ask.
    """

    version = -1

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection
        self._asked_at = time.monotonic()
        self._has_news = False
        self.hears = not connection.is_pooled and self._begin()
        self._has_news = True

    def _begin(self) -> bool:
        """Listen, and check it by a notification to oneself."""
        self._connection.add_notify_handler(self._hear)
        try:
            self._connection.execute(f"LISTEN {CHANNEL}".encode())
            self._connection.execute(NOTIFY.encode())
        except psycopg.OperationalError:
            raise
        except psycopg.DatabaseError:  # a server that only reads
            return False
        self._receive()
        return self._has_news

    def _hear(self, _notice: Any) -> None:
        self._has_news = True

    def _receive(self) -> None:
        """Take in what has arrived, without waiting. Raises psycopg's errors."""
        self._connection.pgconn.consume_input()
        while self._connection.pgconn.notifies() is not None:
            self._has_news = True

    def is_quiet(self) -> bool:
        """Return whether nobody has committed since the last look, as far as can be known without asking."""
        if not self.hears or time.monotonic() - self._asked_at > ASK_EVERY_S:
            return False
        try:
            self._receive()
        except psycopg.OperationalError:  # lost: whoever asks finds out
            return False
        return not self._has_news

    def asking(self) -> None:
        """Note that the number is about to be read; what is heard from now on is newer."""
        self._has_news, self._asked_at = False, time.monotonic()
