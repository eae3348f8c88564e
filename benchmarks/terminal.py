"""The application in a pseudo-terminal: send keys, read what is painted."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.processes import ASTRA, environment

PATIENCE_S = 20.0
STILL_S = 0.3


class NothingPainted(Exception):
    """The application ended or timed out before the expected text was painted."""


class Terminal:
    """A terminal running the application, which is killed when the ``with`` block ends."""

    def __init__(self, folder: Path, database: Path, *, rows: int = 24, columns: int = 80) -> None:
        self._side, inside = pty.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._process = subprocess.Popen(
            ASTRA, stdin=inside, stdout=inside, stderr=inside, env=environment(folder, database), cwd=folder
        )
        os.close(inside)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._side)

    def press(self, keys: bytes) -> None:
        os.write(self._side, keys)

    def wait_for(self, shown: str, *, times: int = 1) -> None:
        """Wait until a text has been painted ``times`` times since the last call. Raises NothingPainted."""
        wanted, written = shown.encode(), b""
        while written.count(wanted) < times:
            ready, _, _ = select.select([self._side], [], [], PATIENCE_S)
            if not ready:
                raise NothingPainted(f"no {shown} on the screen within {PATIENCE_S:.0f} s")
            try:
                written += os.read(self._side, 65_536)
            except OSError:  # the other side is closed
                last = written.decode(errors="replace").strip().splitlines()
                raise NothingPainted(last[-1].strip() if last else "the application ended") from None

    def rest(self) -> None:
        """Wait until nothing has been painted for a while."""
        while select.select([self._side], [], [], STILL_S)[0]:
            os.read(self._side, 65_536)
