"""A terminal that dies: the application as a separate process, killed in the middle of a form."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

PATIENCE_S = 30.0


def require_terminals() -> None:
    """Skip the test where the system has no pseudo-terminals, as in a bare container."""
    try:
        for end in pty.openpty():
            os.close(end)
    except OSError as error:
        pytest.skip(f"this system has no pseudo-terminals: {error}")


def type_and_die(database: Path, text: bytes, until: Callable[[], bool]) -> None:
    """Start the application on a desk, type into its form, and kill -9 it once ``until`` returns true."""
    terminal, child_end = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "astra_tui.main", "--db", str(database), "--as", "kim"],
        env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"},
        stdin=child_end,
        stdout=child_end,
        stderr=child_end,
        start_new_session=True,
    )
    os.close(child_end)
    try:
        _read_until(terminal, lambda shown: b"Customer" in shown)
        os.write(terminal, text)
        _read_until(terminal, lambda _shown: until())
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
        os.close(terminal)


def _read_until(terminal: int, enough: Callable[[bytes], bool]) -> None:
    """Read what the application paints, or it would block on its output."""
    deadline, shown = time.monotonic() + PATIENCE_S, b""
    while not enough(shown):
        assert time.monotonic() < deadline, shown[-2000:]
        if select.select([terminal], [], [], 0.05)[0]:
            shown += _read(terminal)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the application has ended and closed its side
        pytest.fail("the application ended by itself")
