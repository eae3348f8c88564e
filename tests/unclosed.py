"""Connections that nobody closed are found on every Python: only 3.13 and later tell of them."""

from __future__ import annotations

import sqlite3
import sys
import warnings
from pathlib import Path
from typing import Any

TESTS = str(Path(__file__).parent)
_connect = sqlite3.connect


class WatchedConnection(sqlite3.Connection):
    """A connection that warns, as Python 3.13 does, if it is dropped while open; names the test's line."""

    opened_at = ""

    def close(self) -> None:
        self.opened_at = ""
        super().close()

    def __del__(self) -> None:
        if self.opened_at:
            warnings.warn(f"unclosed connection, opened at {self.opened_at}", ResourceWarning, stacklevel=1)


def watch_connections() -> None:
    """Watch every connection opened from now on, by Peewee too."""

    def connect(*given: Any, **named: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = _connect(*given, **{"factory": WatchedConnection} | named)
        if isinstance(connection, WatchedConnection):
            connection.opened_at = _line_of_test()
        return connection

    sqlite3.connect = connect  # type: ignore[assignment]


def _line_of_test() -> str:
    frame = sys._getframe(2)
    while frame.f_back and not frame.f_code.co_filename.startswith(TESTS):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"
