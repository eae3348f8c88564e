"""Waiting briefly and fairly for SQLite's write lock."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from peewee import OperationalError

from models.errors import DatabaseUnavailable

T = TypeVar("T")

LOCK_PATIENCE_S = 5.0


def retry_while_locked(attempt: Callable[[], T]) -> T:
    """Retry ``attempt`` until the lock is free. Raises DatabaseUnavailable after 5 s."""
    deadline: float | None = None
    while True:
        try:
            return attempt()
        except OperationalError as error:
            if "locked" not in str(error):
                raise
            deadline = deadline or time.monotonic() + LOCK_PATIENCE_S
            if time.monotonic() > deadline:
                raise still_locked() from error
        time.sleep(random.uniform(0.0005, 0.003))


def still_locked() -> DatabaseUnavailable:
    """Return the refusal after 5 s without the lock."""
    return DatabaseUnavailable(
        "locked",
        f"another process has locked the database for {LOCK_PATIENCE_S:.0f} seconds",
        "end that process, or try again later",
    )
