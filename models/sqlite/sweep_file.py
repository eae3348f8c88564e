"""The file beside a desk that says when it was last swept, and which process sweeps it all the time.

It is no row of the database: a row written each minute would make every open terminal read the desk again.
The first line is the time of the last sweep, the second one the sweeper, which keeps the file locked as long
as it lives. The system removes the lock with the process, however that ends; the file stays.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from contextlib import suppress
from pathlib import Path

from models.clock import TEXT_LENGTH, from_text, to_text
from models.private_files import PRIVATE_FILE
from models.sqlite.desk_file import identity, sweep_record_of
from models.sweepers import Held, Sweeper

PATIENCE_S, RETRY_S = 0.5, 0.02
MOST_BYTES = 2_000
SECOND_LINE = TEXT_LENGTH + 1


class SweepFile:
    """The record beside the desk at a path."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, moment: str) -> None:
        """Record that the desk was swept at a moment, a time of the desk. Raises OSError."""
        descriptor = _opened(self._path)
        try:
            os.pwrite(descriptor, f"{moment}\n".encode("ascii"), 0)
        finally:
            os.close(descriptor)

    def last(self) -> str:
        """Return when the desk was last swept; "" if that is not recorded."""
        with suppress(OSError, ValueError):
            text = _text(self._path)[:TEXT_LENGTH]
            from_text(text)
            return text
        return ""

    def sweeper(self) -> Sweeper | None:
        """Return the living process that sweeps the desk all the time."""
        with suppress(OSError):
            descriptor = os.open(sweep_record_of(self._path), os.O_RDONLY)
            try:
                # a lock held for a moment by several readers; a claim waits for them
                fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return _named(self._path)
            finally:
                os.close(descriptor)
        return None

    def unwritable(self) -> str:
        """Return the record's file if it is there and cannot be written; else ""."""
        record = sweep_record_of(self._path)
        return str(record) if record.exists() and not os.access(record, os.W_OK) else ""

    def claim(self) -> Claim:
        """Return the claim of this desk, not yet taken."""
        return Claim(self._path)


class Claim:
    """The right to sweep the desk at a path all the time, which one process has."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self, sweeper: Sweeper) -> None:
        """Take the claim, or keep it if it is still that of the desk at the path. Raises Held and OSError.

        A link may lead to another desk by now, or somebody may have removed the file.
        """
        if self._descriptor is not None and _is_record_of(self._path, self._descriptor):
            return
        self.release()
        try:
            self._descriptor = _locked(self._path)
        except BlockingIOError:
            raise Held(_named(self._path)) from None
        os.ftruncate(self._descriptor, SECOND_LINE)
        os.pwrite(self._descriptor, f"{json.dumps(sweeper._asdict())}\n".encode(), SECOND_LINE)

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _is_record_of(path: Path, descriptor: int) -> bool:
    with suppress(OSError):
        return identity(descriptor) == identity(sweep_record_of(path))
    return False


def _locked(path: Path) -> int:
    """Open and lock the record. Raises BlockingIOError if another process keeps it locked, and OSError."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        descriptor = _opened(path)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_record_of(path, descriptor):  # not removed meanwhile
                return descriptor
        except OSError as error:
            if not isinstance(error, BlockingIOError) or time.monotonic() > deadline:
                os.close(descriptor)
                raise
        os.close(descriptor)
        time.sleep(RETRY_S)


def _opened(path: Path) -> int:
    """Open the record to write; a new one gets the permissions of the desk, whose terminals all write it."""
    record = sweep_record_of(path)
    with suppress(FileExistsError):
        descriptor = os.open(record, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
        with suppress(OSError):  # not every file system has permissions
            os.fchmod(descriptor, os.stat(path).st_mode & 0o666)
        return descriptor
    return os.open(record, os.O_RDWR)


def _text(path: Path) -> str:
    with open(sweep_record_of(path), "rb") as file:
        return file.read(MOST_BYTES).decode("utf-8", "replace")


def _named(path: Path) -> Sweeper | None:
    with suppress(OSError, ValueError, TypeError, LookupError):
        found = json.loads(_text(path)[SECOND_LINE:])
        since = to_text(from_text(found["since"]))
        return Sweeper(
            int(found["pid"]), str(found["host"]), str(found["account"]), since, int(found["every_s"])
        )
    return None
