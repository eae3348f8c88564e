"""One connection to a server, with Astra's limits and types."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.adapt import Loader
from psycopg.pq import TransactionStatus

from models.postgres.address import APPLICATION_NAME, Address

OLDEST_SERVER = 140_000
PREPARE_AFTER = 2  # executions
CONNECT_TIMEOUT_S = 5
SETTINGS = {
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "10s",
    # The commit lets the desk's lock go before the disk is waited for; ``flush`` waits (docs/decisions/0039).
    "synchronous_commit": "off",
    "standard_conforming_strings": "on",
    "client_encoding": "UTF8",
    "datestyle": "ISO",
    "timezone": "UTC",
}
KEEPALIVES: dict[str, Any] = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}


class _Number(Loader):
    """NUMERIC, which SUM and AVG give, as the numbers that SQLite gives: whole, else a float."""

    def load(self, data: Any) -> int | float:
        text = bytes(data).decode("ascii")
        return int(text) if text.lstrip("-").isdigit() else float(text)


class _Flag(Loader):
    """BOOLEAN as 1 and 0, as rows and JSON have them on every engine."""

    def load(self, data: Any) -> int:
        return int(bytes(data) == b"t")


def connect(address: Address) -> psycopg.Connection[Any]:
    """Open a connection in autocommit mode. Raises psycopg's errors."""
    options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items() if name != "client_encoding")
    connection = psycopg.connect(
        address.conninfo,
        autocommit=True,
        prepare_threshold=PREPARE_AFTER,
        connect_timeout=CONNECT_TIMEOUT_S,
        application_name=APPLICATION_NAME,
        client_encoding="utf8",
        options=options,
        **KEEPALIVES,
    )
    connection.adapters.register_loader("numeric", _Number)
    connection.adapters.register_loader("bool", _Flag)
    return connection


def in_transaction(connection: psycopg.Connection[Any]) -> bool:
    """Whether a transaction is open, working or failed."""
    status = connection.pgconn.transaction_status
    return status in (TransactionStatus.INTRANS, TransactionStatus.INERROR)
