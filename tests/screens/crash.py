"""A real terminal: the application as a separate process, which is signalled, left alone or killed."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

PATIENCE_S = 30.0
MODE = re.compile(rb"\x1b\[\?(\d+)([hl])")
LEFT = {1049: False, 1000: False, 1003: False, 1006: False, 2004: False, 1004: False, 25: True, 7: True}
"""A terminal left in order: no alternate screen, no reports, but a cursor and wrapped lines."""


def require_terminals() -> None:
    """Skip the test where the system has no pseudo-terminals, as in a bare container."""
    try:
        for end in pty.openpty():
            os.close(end)
    except OSError as error:
        pytest.skip(f"this system has no pseudo-terminals: {error}")


class Started:
    """The application in a terminal of its own, and what it has drawn there."""

    def __init__(self, database: Path, through: Sequence[str] = (), **given: Any) -> None:
        self._near, self._far = pty.openpty()
        self.settings = termios.tcgetattr(self._far)
        ends = {"stdin": self._far, "stdout": self._far, "stderr": self._far} | given
        self.child = subprocess.Popen(
            [*through, sys.executable, "-m", "astra_tui.main", "--db", str(database), "--as", "kim"],
            env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"},
            start_new_session=True,
            preexec_fn=_heeds_signals,
            **ends,
        )
        self.shown = b""

    def type(self, text: bytes) -> None:
        os.write(self._near, text)

    def until(self, enough: Callable[[bytes], bool]) -> None:
        """Read what the application paints, or it would block on its output."""
        deadline = time.monotonic() + PATIENCE_S
        while not enough(self.shown):
            assert time.monotonic() < deadline, self.shown[-2000:]
            if not self._read():
                pytest.fail(f"the application ended by itself: {self.shown[-2000:]!r}")

    def until_it_ends(self) -> int:
        """Return the exit code."""
        deadline = time.monotonic() + PATIENCE_S
        while self.child.poll() is None:
            assert time.monotonic() < deadline, self.shown[-2000:]
            self._read()
        while select.select([self._near], [], [], 0)[0] and self._read():
            pass
        return self.child.returncode

    def until_it_stops(self) -> None:
        """Return once the process is stopped; its exit is not waited for."""
        deadline = time.monotonic() + PATIENCE_S
        while os.waitid(os.P_PID, self.child.pid, os.WSTOPPED | os.WNOHANG) is None:
            assert time.monotonic() < deadline
            self._read()

    def is_in_order(self) -> bool:
        """Is the terminal as it was found, drawing modes and line settings alike?"""
        modes = {int(number): letter == b"h" for number, letter in MODE.findall(self.shown)}
        keyboards = self.shown.count(b"\x1b[>") - self.shown.count(b"\x1b[<u")
        left = {number: modes.get(number, is_set) for number, is_set in LEFT.items()}
        return left == LEFT and keyboards == 0 and termios.tcgetattr(self._far) == self.settings

    def vanish(self) -> None:
        """Close the terminal's window."""
        for end in (self._near, self._far):
            os.close(end)
        self._near = self._far = -1

    def close(self) -> None:
        self.child.kill()
        self.child.wait()
        if self._near >= 0:
            self.vanish()

    def _read(self) -> bool:
        if select.select([self._near], [], [], 0.05)[0]:
            try:
                self.shown += os.read(self._near, 65536)
            except OSError:  # the application has ended and closed its side
                return False
        return True


def _heeds_signals() -> None:
    """Undo what the test runner ignores for itself."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGTSTP):
        signal.signal(number, signal.SIG_DFL)


@contextmanager
def started(database: Path, **given: Any) -> Iterator[Started]:
    """Start the application in a terminal, ``through`` another program, and wait for its form.

    It is killed afterwards.
    """
    require_terminals()
    terminal = Started(database, **given)
    try:
        terminal.until(lambda shown: b"Customer" in shown)
        yield terminal
    finally:
        terminal.close()


def type_and_die(database: Path, text: bytes, until: Callable[[], bool]) -> None:
    """Start the application on a desk, type into its form, and kill -9 it once ``until`` returns true."""
    with started(database) as terminal:
        terminal.type(text)
        terminal.until(lambda _shown: until())
        terminal.child.send_signal(signal.SIGKILL)
