"""One connection to a server, with Astra's limits and types."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.adapt import Loader
from psycopg.pq import TransactionStatus

from models.postgres.address import APPLICATION_NAME, Address

OLDEST_SERVER = 140_000
PREPARE_AFTER = 2  # executions
SETTINGS = {
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "10s",
    # The commit lets the desk's lock go before the disk is waited for; ``flush`` waits (docs/decisions/0039).
    "synchronous_commit": "off",
    "standard_conforming_strings": "on",
    "datestyle": "ISO",
    "timezone": "UTC",
}
CHANGEABLE: dict[str, Any] = {
    "application_name": APPLICATION_NAME,
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""Parts of an address that may say otherwise; in s, but the last, which is in ms."""


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
    ours = [f"-c {name}={value}" for name, value in SETTINGS.items()]
    connection = psycopg.connect(
        address.conninfo,
        autocommit=True,
        prepare_threshold=PREPARE_AFTER,
        client_encoding="utf8",
        options=" ".join((address.parts.get("options", ""), *ours)),
        **{name: value for name, value in CHANGEABLE.items() if name not in address.parts},
    )
    connection.adapters.register_loader("numeric", _Number)
    connection.adapters.register_loader("bool", _Flag)
    return connection


def in_transaction(connection: psycopg.Connection[Any]) -> bool:
    """Whether a transaction is open, working or failed."""
    status = connection.pgconn.transaction_status
    return status in (TransactionStatus.INTRANS, TransactionStatus.INERROR)
