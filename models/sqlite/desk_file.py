"""The file of a desk as such: its header, the log beside it, and whether another file has taken its place."""

from __future__ import annotations

import os
import struct
import threading
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from models import files

HEADER = 100  # bytes
MOST_OPEN = 64

Identity = tuple[int, int]
"""A file's device and inode."""


class Header(NamedTuple):
    """What the first bytes of a SQLite file say; ``pages`` are those it should have."""

    page_size: int
    uses_log: bool
    changes: int
    pages: int
    schema: int
    application_id: int


_descriptors: dict[Identity, int] = {}
_descriptors_lock = threading.Lock()


def header(path: Path) -> Header | None:
    """Read a file's header without opening it as a database; None if it is not one. Raises OSError."""
    with _descriptors_lock:
        first = os.pread(_descriptor(path), HEADER, 0)
    if len(first) < HEADER or not first.startswith(b"SQLite format 3\0"):
        return None
    (page_size,) = struct.unpack_from(">H", first, 16)
    changes, pages = struct.unpack_from(">II", first, 24)
    schema, application_id = struct.unpack_from(">I4xI", first, 60)
    # a page of 65,536 bytes is written as 1
    size = 65_536 if page_size == 1 else page_size
    return Header(size, first[19] == 2, changes, pages, schema, application_id)


def _descriptor(path: Path) -> int:
    """Open a file to read, and keep it open.

    When a process closes any descriptor of a file, it loses all its locks on it, also those of SQLite: others
    would think that nobody has the desk open, and remove its log.
    """
    known = _descriptors.get(identity(path))
    if known is None:
        while len(_descriptors) >= MOST_OPEN:
            os.close(_descriptors.pop(next(iter(_descriptors))))
        known = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        status = os.fstat(known)
        _descriptors[status.st_dev, status.st_ino] = known
    return known


def identity(file: Path | int) -> Identity:
    """Return what tells the file at a path, or of a descriptor, from others. Raises OSError."""
    status = os.stat(file)
    return status.st_dev, status.st_ino


def log_of(path: Path) -> Path:
    """Return the path of a database's write-ahead log."""
    return _beside(path, "-wal")


def index_of(path: Path) -> Path:
    """Return the path of the index of a database's log, which all who have it open share."""
    return _beside(path, "-shm")


def sweep_record_of(path: Path) -> Path:
    """Return the path of the file that records the sweeps of a desk."""
    return _beside(path, "-sweep")


def _beside(path: Path, ending: str) -> Path:
    """Return a file that belongs to a desk: of a link, it lies beside the file that the link leads to."""
    if path.is_symlink():
        path = Path(os.path.realpath(path))
    return path.with_name(path.name + ending)


def has_log(path: Path) -> bool:
    """Return whether a log that holds anything lies beside a file."""
    with suppress(OSError, ValueError):  # ValueError: a path with a null character
        return os.stat(log_of(path)).st_size > 0
    return False


def has_foreign_log(path: Path) -> bool:
    """Return whether the log beside a file cannot be its own, as the file is one that has none.

    Every desk in use has a log, and no backup has: a log beside a backup is left from the file before it.
    """
    if not has_log(path):
        return False
    with suppress(OSError):
        found = header(path)
        return found is not None and not found.uses_log
    return False


def free_name(path: Path) -> Path:
    """Return the path, or the first of its numbered variants that no file and no log of one has."""
    return files.free_name(path, lambda one: os.path.lexists(one) or has_log(one))


class DeskFile:
    """The file a desk was opened in, and whether it is still the one at the path.

    SQLite finds the log by the path of the file. So after another file has taken its place, whoever opens
    that one applies the log of the old file to it, unless ``set_log_aside()`` was called in time.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: Identity | None = None
        self._log: Identity | None = None
        self._written_at = 0
        self._changes = 0
        self._lock = threading.Lock()

    def identity(self) -> Identity:
        """Return what tells the file now at the path from others. Raises OSError."""
        return identity(self.path)

    def take(self) -> None:
        """Take the file now at the path for the desk's own; a connection to it is open. Raises OSError."""
        self._written_at = os.stat(self.path).st_mtime_ns
        self._file, self._log = identity(self.path), None
        with suppress(OSError):
            self._log = identity(log_of(self.path))
        found = header(self.path)
        self._changes = found.changes if found else 0

    def replaced(self) -> str:
        """Return how another file has taken its place, "" if none has. Raises OSError if none is there."""
        with self._lock:
            status = os.stat(self.path)
            if (status.st_dev, status.st_ino) != self._file:
                return "replaced"
            if status.st_mtime_ns == self._written_at:
                return ""
            found = header(self.path)
            # the counter only grows, and SQLite never makes a desk in use one without a log
            if found is None or not found.uses_log or found.changes < self._changes:
                return "overwritten"
            self._written_at, self._changes = status.st_mtime_ns, found.changes
            return ""

    def set_log_aside(self) -> None:
        """Move the old file's log out of the way of the one that has its place now."""
        log = log_of(self.path)
        with self._lock, suppress(OSError):
            if self._log is None or identity(log) != self._log:
                return  # the new file's own, or moved by another terminal
            aside = free_name(log.with_name(log.name + ".old"))
            if identity(self.path) != self._file:
                os.replace(log, aside)  # the old file may exist under another name, and the log with it
            else:
                with suppress(OSError):
                    aside.touch(0o600)
                    aside.write_bytes(log.read_bytes())
                # our connections still have it, and would write it to the file when they are closed
                os.truncate(log, 0)
                log.unlink()
            index_of(self.path).unlink(missing_ok=True)
