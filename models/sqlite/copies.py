"""Copies of a database file, page by page, while others read and write it (SQLite's backup interface)."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from models.files import sync
from models.sqlite.desk_file import has_log, header

STEP_PAGES = 16  # fewer than the smallest desk has, so that the first step only begins a copy
RETRY_S = 0.005


DriverError = sqlite3.Error
DATABASE_ERRORS = (DriverError, OSError)
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Busy(Exception):
    """The file to write to stayed locked."""


def is_full(error: Exception) -> bool:
    """Return whether a file could not be written because there is no room for it."""
    if isinstance(error, OSError):
        return error.errno in NO_ROOM
    return "disk is full" in str(error) or "disk I/O" in str(error)


def create(path: Path, mode: int) -> None:
    """Create an empty file with at most these permissions. Raises FileExistsError and OSError."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, stat.S_IMODE(mode) & 0o666))


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """An empty file beside the target, which nobody else can read; removed in the end, unless renamed."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}-")
    os.close(descriptor)
    temporary = Path(name)
    try:
        yield temporary
    finally:
        for end in ("", "-journal", "-wal", "-shm"):
            temporary.with_name(temporary.name + end).unlink(missing_ok=True)


@contextmanager
def unchanged(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file for reading, so that neither it nor anything beside it changes."""
    # without a log nobody else is at work, and SQLite need not write one to read
    alone = not has_log(path) and not path.with_name(path.name + "-journal").exists()
    address = path.absolute().as_uri() + ("?immutable=1" if alone else "?mode=ro")
    with closing(sqlite3.connect(address, uri=True)) as connection:
        yield connection


def copy_file(source: Path, target: Path) -> None:
    """Copy a database whole into an empty file, as of one moment; writers do not wait.

    The target is complete by itself, without a log beside it, and on the disk. Raises sqlite3.Error, OSError.
    """
    with closing(sqlite3.connect(source)) as now:
        _copy_from(now, target)


def fetch(source: Path, target: Path) -> None:
    """Do the same with a file that nothing may be written to, nor beside it."""
    with unchanged(source) as now:
        _copy_from(now, target)


def _copy_from(now: sqlite3.Connection, target: Path) -> None:
    with closing(sqlite3.connect(target, isolation_level=None)) as copy:
        now.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    sync(target)


def match_pages(path: Path, present: Path) -> None:
    """Give a file, which nobody else uses, pages of another's size: one in use cannot change its own."""
    found, wanted = header(path), header(present)
    if found is not None and wanted is not None and found.page_size != wanted.page_size:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute(f"PRAGMA page_size={wanted.page_size:d}")
            connection.execute("VACUUM")


def problem(path: Path) -> str:
    """Return what is wrong with the pages of a file; "" if nothing is. Raises sqlite3.Error."""
    with unchanged(path) as connection:
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(3)")]
    return "" if found == ["ok"] else "; ".join(found)


def copy_into(
    source: sqlite3.Connection, target: Path, locked: Callable[[], object], patience_s: float
) -> None:
    """Replace the content of a database that others have open, in one commit.

    ``locked`` is called once the target can no longer be changed by others, but can still be read; it may
    write to the source. If it raises, the target stays as it was. Raises Busy and sqlite3.Error.
    """
    deadline = time.monotonic() + patience_s
    has_begun = False

    def step(status: int, _remaining: int, _total: int) -> None:
        nonlocal has_begun
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            if time.monotonic() > deadline:
                raise Busy
        elif not has_begun:
            has_begun = True
            if status == sqlite3.SQLITE_DONE:
                raise RuntimeError("the copy was done before anybody could look at it")
            locked()

    with closing(sqlite3.connect(target, timeout=0, isolation_level=None)) as present:
        present.execute("PRAGMA synchronous=FULL")
        source.backup(present, pages=STEP_PAGES, progress=step, sleep=RETRY_S)
