"""The streams of a process, which may be closed, full or gone: none of that undoes what a command did."""

from __future__ import annotations

import errno
import io
import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO

OUTPUT_LOST = "cannot write the output"
CLOSED = "stdout is closed"


class OutputLost(Exception):
    """Stdout cannot be written; says why."""


class ClosedStream(io.StringIO):
    """Stands for a stream that the process was started without."""

    def __init__(self, reason: str = "") -> None:
        super().__init__()
        self._reason = reason

    def write(self, text: str, /) -> int:
        if self._reason:
            raise OSError(errno.EBADF, self._reason)
        return len(text)


class Guarded:
    """A stream whose errors are those of the output alone: raised as OutputLost, or ignored on stderr.

    A reader that has gone (``astra log | head``) is no loss: BrokenPipeError is passed on.
    """

    def __init__(self, stream: TextIO, *, ignores_errors: bool) -> None:
        self._stream = stream
        self._ignores_errors = ignores_errors

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        with self._guarding():
            return self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with self._guarding():
            self._stream.flush()

    @contextmanager
    def _guarding(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:
            if self._ignores_errors:
                return
            if isinstance(error, BrokenPipeError):
                raise
            raise OutputLost(_reason(error)) from error


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, OSError):
        return "the disk is full" if error.errno == errno.ENOSPC else error.strerror or str(error)
    return str(error)


def open_missing() -> None:
    """Put something in the place of the streams that the process was started without (``astra >&-``)."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115
    if sys.stdout is None:
        sys.stdout = ClosedStream(CLOSED)
    if sys.stderr is None:
        sys.stderr = ClosedStream()


@contextmanager
def guarded() -> Iterator[None]:
    """Guard stdout and stderr inside the block."""
    out, err = sys.stdout, sys.stderr
    guarded_out: Any = Guarded(out, ignores_errors=False)
    guarded_err: Any = Guarded(err, ignores_errors=True)
    sys.stdout, sys.stderr = guarded_out, guarded_err
    try:
        yield
    finally:
        sys.stdout, sys.stderr = out, err
        try:
            err.flush()
        except (OSError, ValueError):
            _discard(err)


def reader_has_gone() -> bool:
    """Return whether stdout is a pipe whose reader has ended: ``astra log --follow | head -1``."""
    try:
        waiting = select.poll()
        waiting.register(sys.stdout.fileno(), 0)
        return any(what & select.POLLERR for _, what in waiting.poll(0))
    except (OSError, ValueError):  # no file, or closed: writing to it says so
        return False


def leave_stdout() -> None:
    """Discard what is still to be written to stdout, without an error when the process ends."""
    _discard(sys.stdout)


def _discard(stream: TextIO) -> None:
    """Let what a stream still holds go nowhere: Python would write it at the end, and exit with 120."""
    with suppress(OSError, io.UnsupportedOperation):
        descriptor = stream.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)
