"""One connection to a server, with Astra's limits and types."""

from __future__ import annotations

import logging
from typing import Any

import psycopg
from psycopg.adapt import Loader
from psycopg.pq import TransactionStatus

from models.postgres.address import APPLICATION_NAME, Address
from models.postgres.patience import Waiter

logging.getLogger("psycopg").addHandler(logging.NullHandler())  # else it writes to stderr, over everything
OLDEST_SERVER = 140_000
NOW = "extract(epoch FROM clock_timestamp())"
"""The server's time in SQL, in seconds."""
FIRST = f"SELECT pg_backend_pid(), {NOW}"
NO_OPTIONS = "unsupported startup parameter"  # as a pool says it
IN_EACH_TRANSACTION = {
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "10s",
    # The commit lets the desk's lock go before the disk is waited for; ``flush`` waits (docs/decisions/0039).
    "synchronous_commit": "off",
}
SETTINGS = IN_EACH_TRANSACTION | {
    "standard_conforming_strings": "on",
    "datestyle": "ISO",
    "timezone": "UTC",
    # by these the server, too, notices a host that is gone
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "15000",
}
SET_LOCAL = [f"SET LOCAL {name} = '{value}'" for name, value in IN_EACH_TRANSACTION.items()]
"""What a transaction begins with where a connection keeps no settings."""
CHANGEABLE: dict[str, Any] = {
    "application_name": APPLICATION_NAME,
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""Parts of an address that may say otherwise; in s, but the last, which is in ms."""


class ServerConnection(Waiter):
    """A connection; ``is_pooled`` if it leads to a pool such as PgBouncer.

    A pool may give each transaction to another connection of its own: those keep no settings and no prepared
    statements, and bring no notifications. ``opened_at`` is the server's time in seconds.
    """

    is_pooled = False
    opened_at = 0.0


class _Number(Loader):
    """NUMERIC, which SUM and AVG give, as the numbers that SQLite gives: whole, else a float."""

    def load(self, data: Any) -> int | float:
        text = bytes(data).decode("ascii")
        return int(text) if text.lstrip("-").isdigit() else float(text)


class _Flag(Loader):
    """BOOLEAN as 1 and 0, as rows and JSON have them on every engine."""

    def load(self, data: Any) -> int:
        return int(bytes(data) == b"t")


def connect(address: Address) -> ServerConnection:
    """Open a connection in autocommit mode. Raises psycopg's errors."""
    ours = [f"-c {name}={value}" for name, value in SETTINGS.items()]
    connection = None
    try:
        connection = _open(address, options=" ".join((address.parts.get("options", ""), *ours)))
    except psycopg.OperationalError as error:
        if NO_OPTIONS not in str(error):
            raise
    connection = connection or _open(address)
    try:
        _get_to_know(connection)
    except BaseException:  # an interruption, too, would leave it open
        connection.close()
        raise
    return connection


def _get_to_know(connection: ServerConnection) -> None:
    connection.adapters.register_loader("numeric", _Number)
    connection.adapters.register_loader("bool", _Flag)
    pid, connection.opened_at = connection.execute(FIRST.encode()).fetchall()[0]
    connection.is_pooled = pid != connection.info.backend_pid
    if not connection.is_pooled:
        connection.pid = pid


def _open(address: Address, **more: Any) -> ServerConnection:
    given = {name: value for name, value in CHANGEABLE.items() if name not in address.parts}
    opened = ServerConnection.connect(
        address.conninfo, autocommit=True, prepare_threshold=None, client_encoding="utf8", **given, **more
    )
    opened.address = address
    return opened


def in_transaction(connection: psycopg.Connection[Any]) -> bool:
    """Whether a transaction is open, working or failed."""
    status = connection.pgconn.transaction_status
    return status in (TransactionStatus.INTRANS, TransactionStatus.INERROR)
