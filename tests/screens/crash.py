"""A terminal that dies: the application as a separate process, killed in the middle of a form."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE_S = 30.0


def type_and_die(database: Path, text: bytes, until: Callable[[], bool]) -> None:
    """Start the application on a desk, type into its form, and kill -9 it once ``until`` returns true."""
    child, terminal = pty.fork()
    if child == 0:
        environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
        arguments = [sys.executable, "-m", "astra_tui.main", "--db", str(database), "--as", "kim"]
        os.execvpe(sys.executable, arguments, environment)
    try:
        _read_until(terminal, lambda shown: b"Customer" in shown)
        os.write(terminal, text)
        _read_until(terminal, lambda _shown: until())
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)


def _read_until(terminal: int, enough: Callable[[bytes], bool]) -> None:
    """Read what the application paints, or it would block on its output."""
    deadline, shown = time.monotonic() + PATIENCE_S, b""
    while not enough(shown):
        assert time.monotonic() < deadline, shown[-2000:]
        if select.select([terminal], [], [], 0.05)[0]:
            shown += os.read(terminal, 65536)
