"""A new desk's file, filled at once before anybody else knows it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.files import sync
from models.sqlite.engine import SqliteEngine
from models.sqlite.opening import connect


@contextmanager
def new_file(path: Path) -> Iterator[SqliteEngine]:
    """Open an empty file to be filled; in the end it is complete without a log beside it, and on the disk.

    It does not wait for the disk in between, as whoever ends before the end leaves nothing of use.
    """
    database, _ = connect(path, create=True)
    try:
        database.pragma("journal_mode", "memory")
        database.pragma("synchronous", 0)
        yield database
    finally:
        database.close()
    sync(path)
